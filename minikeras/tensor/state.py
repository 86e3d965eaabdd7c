"""What is going on in this thread: is a tape recording, do graphs keep history?

One object, read on every primitive call, so its fields are plain attributes.
"""

import threading

__all__ = ["State", "state"]


class State(threading.local):
    """Per-thread switches of the tensor floor.

    Attributes:
        tapes: How many gradient tapes record right now.
        pending: Weak references to tapes that may still be asked for gradients.
        history: Whether symbolic calls add nodes to the graph.
        autocast: Float dtype that variables are read in, or None for their own.
    """

    def __init__(self):
        self.tapes = 0
        self.pending = []
        self.history = True
        self.autocast = None


state = State()
