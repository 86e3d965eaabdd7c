"""One thread in BLAS, while our own threads share the work.

OpenBLAS's threads spin at barriers. Beside another busy process that makes a training
step ten times slower; our own threads (parallel.py) are as fast and do not. So the
OpenBLAS that NumPy brings along is told to use one thread for a while. Other libraries
(Accelerate, MKL) are left alone.
"""

import os
import threading
from collections.abc import Callable, Iterator

import numpy as np

from .lazy import LazyModule

__all__ = ["num_threads", "single_threaded"]

ctypes = LazyModule("ctypes")

# scipy-openblas is what wheels of NumPy contain; 64_ marks 64-bit integers
NAMES = [(p, s) for p in ("scipy_openblas", "openblas") for s in ("64_", "")]


def _libraries() -> Iterator[str]:
    """Files that may lead to BLAS, those that surely are loaded already first."""
    umath = getattr(getattr(np, "_core", None), "_multiarray_umath", None)
    if hasattr(umath, "__file__"):
        yield umath.__file__  # its symbols include those of the libraries it needs
    package = os.path.dirname(np.__file__)
    for folder in (f"{package}.libs", os.path.join(package, ".dylibs")):
        if os.path.isdir(folder):
            names = (name for name in os.listdir(folder) if "openblas" in name)
            yield from (os.path.join(folder, name) for name in sorted(names))


def _find() -> tuple[Callable, Callable] | None:
    """OpenBLAS's functions that get and set the number of threads, or None."""
    for path in _libraries():
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        for prefix, suffix in NAMES:
            try:
                getter = getattr(library, f"{prefix}_get_num_threads{suffix}")
                setter = getattr(library, f"{prefix}_set_num_threads{suffix}")
            except AttributeError:
                continue
            getter.argtypes, setter.argtypes = (), (ctypes.c_int,)
            getter.restype, setter.restype = ctypes.c_int, None
            return getter, setter
    return None


class _Scope:
    """Counts who is inside: the first one in sets one thread, the last one restores.

    Attributes:
        inside: How many `with` statements are open, in all threads.
        before: Number of threads to restore.
        controls: The pair found by `_find`, None where there is none.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.inside = 0
        self.before = 1
        self.probed = False
        self.controls: tuple[Callable, Callable] | None = None

    def probe(self) -> tuple[Callable, Callable] | None:
        if not self.probed:
            self.controls = _find()
            self.probed = True
        return self.controls

    def __enter__(self):
        with self.lock:
            if not self.inside and self.probe():
                getter, setter = self.controls
                self.before = getter()
                setter(1)
            self.inside += 1

    def __exit__(self, *error):
        with self.lock:
            self.inside -= 1
            if not self.inside and self.controls:
                _, setter = self.controls
                setter(self.before)


_scope = _Scope()
if hasattr(os, "register_at_fork"):  # no child may be born with the lock held
    os.register_at_fork(
        before=_scope.lock.acquire,
        after_in_parent=_scope.lock.release,
        after_in_child=_scope.lock.release,
    )


def single_threaded() -> _Scope:
    """Returns a context manager in which BLAS uses one thread.

    The setting belongs to the whole process. Scopes may be nested and be open in many
    threads; the last one to close restores what the first one found.

    >>> with single_threaded():
    ...     num_threads() in (1, None)
    True
    """
    return _scope


def num_threads() -> int | None:
    """Returns how many threads BLAS uses now, None where it cannot be told."""
    controls = _scope.probe()
    return controls[0]() if controls else None
