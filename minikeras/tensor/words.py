"""Words for what a kernel makes on its way: those that its own text uses.

While a kernel is recorded, the names of its local variables are noted, so that the
source of a program speaks of `slope` and `share` as the kernel does.
"""

import sys
from collections.abc import Callable

from .traced import Traced

__all__ = ["watched"]

PACKAGE = __name__.partition(".")[0] + "."


def watched(recorder, kernel: Callable, args, options: dict):
    """Calls a kernel with Traced; notes what its text calls the values it makes.

    The result gets no word: it is called after the primitive, or what it stands for.
    """

    def note(frame, event, result):
        if event == "return" and is_ours(frame):
            for name, x in frame.f_locals.items():
                if type(x) is Traced and len(name) > 1 and name not in NO_WORDS:
                    give(x, name)

    def give(x: Traced, word: str) -> None:
        value = recorder.value_of(x.array)
        if value.place is recorder._place and value.array is None:
            value.word = word

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        results = kernel(*args, **options)
    finally:
        sys.setprofile(before)
    first = results[0] if type(results) is tuple else results
    if type(first) is Traced:
        give(first, "")
    return results


def is_ours(frame) -> bool:
    """Whether a function is a kernel's, not the recorder's own."""
    module = str(frame.f_globals.get("__name__"))
    return module.startswith(PACKAGE) and module not in RECORDER


RECORDER = tuple(f"{__package__}.{name}" for name in ("recorder", "traced", "words"))
NO_WORDS = frozenset(("self", "out", "result", "made", "dy", "dx", "x1", "x2"))
