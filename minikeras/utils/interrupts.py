"""Ctrl-C while something runs that must not be left half done."""

import signal
import threading

from .progress import print_message

__all__ = ["Interrupts"]


class Interrupts:
    """Context in which the first Ctrl-C is only noted; the second one interrupts.

    Outside of the main thread, where Python hears no signals, it does nothing.

    Args:
        message: What the user is told at the first one.

    Attributes:
        is_asked: Whether somebody has pressed Ctrl-C.

    >>> with Interrupts("Ending soon.") as interrupts:
    ...     signal.raise_signal(signal.SIGINT)
    ...     print(interrupts.is_asked)
    Ending soon.
    True
    """

    def __init__(self, message: str):
        self.message = message
        self.is_asked = False
        self._handler = None

    def __enter__(self) -> "Interrupts":
        usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if usual and threading.current_thread() is threading.main_thread():
            self._handler = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *exception) -> None:
        if self._handler is not None:
            signal.signal(signal.SIGINT, self._handler)

    def _note(self, number, frame) -> None:
        if self.is_asked:
            raise KeyboardInterrupt
        self.is_asked = True
        print_message(self.message)
