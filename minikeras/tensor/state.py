"""What is going on in this thread: is a tape recording, do graphs keep history?

One object, read on every primitive call, so its fields are plain attributes.
"""

import threading

__all__ = ["State", "state", "values_are_read"]


class State(threading.local):
    """Per-thread switches of the tensor floor.

    Attributes:
        tapes: How many gradient tapes record right now.
        pending: Weak references to tapes that may still be asked for gradients.
        history: Whether symbolic calls add nodes to the graph.
        autocast: Float dtype that variables are read in, or None for their own.
        recorder: The recorder that notes what is done, or None.
        late: Variables whose random first values are still to be drawn, or None.
        room: How many bytes new variables may still take; None: as many as there are.
    """

    def __init__(self):
        self.tapes = 0
        self.pending = []
        self.history = True
        self.autocast = None
        self.recorder = None
        self.late = None
        self.room = None


state = State()


def values_are_read() -> None:
    """Tells a recorder, if one is at work, that Python reads the value of a tensor."""
    if state.recorder is not None:
        state.recorder.stop("Python reads the value of a tensor")
