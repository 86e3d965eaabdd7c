"""What code tells a recorder, if one is at work: small hooks, cheap when none is."""

import functools

from .state import state

__all__ = ["number", "one_call", "phase"]


def phase(name: str) -> None:
    """Tells a recorder what comes next: "loss", "update" ..."""
    if state.recorder is not None:
        state.recorder.phase = name


def number(x):
    """Returns a tensor or variable of one element as a number.

    While a program is recorded, as a number of the program: arithmetic on it becomes
    part of each step.
    """
    if not hasattr(x, "array"):
        return float(x)
    if state.recorder is None:
        return x.array.item()
    if hasattr(x, "path"):
        state.recorder.name(x)
    return state.recorder.host(x.array)


def one_call(function):
    """Lets a function with `out=` be one call of the program, whatever it does inside.

    For what threads share, or what is one thought: `parallel_matmul(x, w, out=y)`.
    """

    @functools.wraps(function)
    def called(*args, out=None):
        for x in args:
            recorder = getattr(x, "recorder", None)  # only a Traced has one
            if recorder is not None:
                return recorder.compute(function.__name__, function, args, {}, out)
        return function(*args, out=out)

    return called
