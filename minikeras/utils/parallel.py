"""A few threads that share large pieces of array work.

NumPy lets go of the interpreter lock inside its loops, so two threads compute at once.
Handing work over costs 20 to 60 microseconds. Whoever calls works too, and nobody waits
for a thread that has not begun: on a busy machine the caller just does it all itself.

Results must not depend on the number of threads: cut the work the same way always, and
let every job write to its own part of the result.
"""

import contextvars
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence

from . import checks
from .lazy import LazyModule

__all__ = [
    "BLOCK",
    "alongside",
    "num_threads",
    "run_all",
    "set_num_threads",
]

queue = LazyModule("queue")

VARIABLE = "MINIKERAS_NUM_THREADS"
MOST = 4  # more threads than this must be asked for

# Threads swap the interpreter lock at every ufunc call. In smaller blocks they spend
# more time on that than they gain: 32k elements break even, 128k are 1.9 times faster.
BLOCK = 2**17


class _Batch:
    """Jobs that several threads take from one end, and what became of them."""

    __slots__ = ("bell", "context", "entered", "errors", "left", "todo")

    def __init__(self, jobs: Sequence[Callable], bell):
        self.todo = deque(enumerate(jobs))
        self.context = contextvars.copy_context()  # np.errstate lives there
        self.errors: list = []
        self.entered: list = []  # one entry per helper that came, and that left:
        self.left: list = []  # lists, because `append` cannot be torn apart by threads
        self.bell = bell

    def work(self) -> None:
        while self.todo:
            try:
                index, job = self.todo.popleft()
            except IndexError:
                return  # another thread was faster
            try:
                job()
            except BaseException as error:
                self.errors.append((isinstance(error, Exception), index, error))
                self.todo.clear()

    def help(self) -> None:
        self.entered.append(1)  # before taking a job, so that `finish` waits for it
        try:
            self.context.copy().run(self.work)
        finally:
            self.left.append(1)
            self.bell.put(1)

    def finish(self) -> None:
        """Waits until no helper can write to the caller's arrays any more."""
        self.todo.clear()
        interruption = None
        while len(self.left) < len(self.entered):
            try:
                self.bell.get()
            except BaseException as error:  # Ctrl-C must not leave before them either
                interruption = error
        if interruption is not None:
            raise interruption

    def __enter__(self):
        return self

    def __exit__(self, failure, *details) -> None:
        """Does what nobody has begun, unless the caller failed; waits; raises."""
        try:
            if failure is None:
                self.work()
        finally:
            self.finish()
        if self.errors and failure is None:
            raise self.first_error()

    def first_error(self) -> BaseException:
        """The error of the first job that failed; but interruptions go first."""
        *_, error = min(self.errors, key=lambda entry: entry[:2])
        self.errors.clear()  # an error that is found through its own traceback stays
        return error


class _Team:
    """Daemon threads that wait at one inbox for batches to help with."""

    def __init__(self):
        self.lock = threading.Lock()
        self.inbox = queue.SimpleQueue()
        self.new_bell = queue.SimpleQueue
        self.size = 0

    def call(self, batch: _Batch, helpers: int) -> None:
        if self.size < helpers:
            self._grow(helpers)
        for _ in range(min(helpers, self.size)):
            self.inbox.put(batch)

    def _grow(self, size: int) -> None:
        with self.lock:
            while self.size < size:
                thread = threading.Thread(
                    target=self._serve, name="minikeras-worker", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError:
                    return  # no threads here, or no longer: the caller works alone
                self.size += 1

    def _serve(self) -> None:
        while True:
            batch = self.inbox.get()
            if batch is None:
                return
            batch.help()
            del batch  # keep nothing alive while waiting

    def dismiss(self) -> None:
        for _ in range(self.size):
            self.inbox.put(None)


class _Office:
    """How many threads there may be, and the team, once somebody needs it."""

    def __init__(self):
        self.threads: int | None = None
        self.forget_team()

    def forget_team(self) -> None:
        """After a fork: threads do not live on in the child, and locks may be held."""
        self.lock = threading.Lock()
        self.current: _Team | None = None

    def team(self) -> _Team:
        if self.current is None:
            with self.lock:
                self.current = self.current or _Team()
        return self.current

    def resize(self, threads: int | None) -> None:
        with self.lock:
            old, self.current, self.threads = self.current, None, threads
        if old is not None:
            old.dismiss()


_office = _Office()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_office.forget_team)


def _usable_cpus() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _default_threads() -> int:
    """The number the environment asks for, else one per processor up to `MOST`."""
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return min(_usable_cpus(), MOST)
    if not text.isdecimal() or int(text) < 1:
        checks.fail("environment", VARIABLE, text, "be a positive int", 1)
    return int(text)


def num_threads() -> int:
    """Returns how many threads share large work, the calling one included.

    `MINIKERAS_NUM_THREADS`, read once, or else the number of processors up to 4.
    """
    threads = _office.threads  # once: another thread may be changing it
    if threads is None:
        threads = _office.threads = _default_threads()
    return threads


def set_num_threads(threads: int | None) -> None:
    """Sets how many threads share large work; 1 means none but the calling one.

    Args:
        threads: A positive int, or None to ask the environment again.
    """
    if threads is not None:
        threads = checks.positive_int("set_num_threads", threads=threads)
    _office.resize(threads)


def run_all(jobs: Sequence[Callable[[], object]]) -> None:
    """Calls every job once, on several threads if there are any, and waits for all.

    Jobs start in order. They hold to the caller's `np.errstate`. If some fail, those
    not yet begun are dropped and the first one's error is raised. Jobs may themselves
    call `run_all`, and many threads may call it at once.

    Args:
        jobs: Functions without arguments; what they return is ignored.
    """
    helpers = min(num_threads(), len(jobs)) - 1
    if helpers < 1:
        for job in jobs:
            job()
        return
    with _start(jobs, helpers):
        pass


def alongside(jobs: Sequence[Callable[[], object]]) -> _Batch:
    """Lets other threads call jobs while the caller does something else.

        with alongside([weight_gradient]):
            input_gradient()

    At the end of the `with` block the caller does the jobs that no thread has begun
    (with one thread: all), waits for the others, and gets the first error.
    """
    return _start(jobs, min(num_threads() - 1, len(jobs)))


def _start(jobs: Sequence[Callable], helpers: int) -> _Batch:
    if helpers < 1:
        return _Batch(jobs, bell=None)  # nobody will ring
    team = _office.team()
    batch = _Batch(jobs, team.new_bell())
    team.call(batch, helpers)
    return batch
