"""Progress on the screen: a live bar, a notebook widget, or plain lines in a file.

`Progbar` keeps the counts and writes the text in Keras's look; tqdm puts it on the
screen. Where it goes decides how it looks:

    terminal        12/12 ━━━━━━━━━━━━━━━━━━━━ 0s 2ms/step - loss: 0.3100
    notebook        tqdm's widget with the same text around it
    file or pipe    12/12 - 0s - 2ms/step - loss: 0.3100

Between two drawings an update only adds numbers up, so a bar costs next to nothing.
"""

import functools
import os
import sys
import threading
import time
import weakref

import numpy as np

from .. import config
from . import checks
from .lazy import LazyModule

__all__ = ["Progbar", "is_live", "print_message", "resolve_verbose"]

find_modules = LazyModule("importlib.util")
logging = LazyModule("logging")
shutil = LazyModule("shutil")
tqdm = LazyModule("tqdm")
tqdm_notebook = LazyModule("tqdm.notebook")

_BOLD, _GREEN, _GREY = "\x1b[1m", "\x1b[32m", "\x1b[37m"
_RESET = "\x1b[0m"

_on_screen = weakref.WeakSet()  # the Progbar whose bar is live: one at most


class Progbar:
    """Shows how far a loop has come, with the running values of some metrics.

    Args:
        target: Number of steps expected; None when it is not known.
        width: Length of the bar in characters.
        verbose: 0 shows nothing, 1 a live bar (one line at the end where the output
            is no terminal), 2 one line at the end.
        interval: Least time between two drawings, in seconds.
        stateful_metrics: Names of metrics to show as they come. All others are
            averaged over the steps.
        stateless_metrics: Names of metrics to average; all others are shown as they
            come. Give this or `stateful_metrics`, not both.
        unit_name: What one step is called.

    >>> bar = Progbar(target=3, verbose=2, unit_name="file")
    >>> for size in (1.0, 2.0, 6.0):
    ...     bar.add(1, values=[("size", size)])  # doctest: +ELLIPSIS
    3/3 - 0s - ...s/file - size: 6.0000
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int | str = 1,
        interval: float = 0.05,
        stateful_metrics=None,
        stateless_metrics=None,
        unit_name: str = "step",
    ):
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError(
                "Progbar: stateful_metrics and stateless_metrics exclude each other, "
                "got both. Try Progbar(target, stateful_metrics=[...])."
            )
        self.target = target or None
        self.width = checks.positive_int("Progbar", width=width)
        self.verbose = resolve_verbose(verbose, owner="Progbar")
        self.interval = checks.non_negative("Progbar", interval=interval)
        self.unit_name = unit_name
        self.title = ""  # leads the plain lines: "Epoch 3/10"
        self._averaged = None if stateless_metrics is None else set(stateless_metrics)
        self._as_they_come = set(stateful_metrics or ())
        self._values = {}  # name -> [sum, weight]
        self._seen = 0
        self._start = self._last_drawn = time.perf_counter()
        self._first_step_end = None
        self.is_live = self.verbose == 1 and is_live()
        self._bar = None
        if self.is_live:
            _clear_screen()  # an interrupted loop may have left its bar there

    def update(self, current: int, values=None, finalize: bool | None = None) -> None:
        """Notes that `current` steps are done, and draws when it is time to.

        Args:
            current: Number of steps done.
            values: Pairs `(name, value in the last step)`.
            finalize: Whether this is the last update; then the values are shown as
                they are. By default: when the target is reached.
        """
        now = time.perf_counter()
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if values:
            self._note(values, max(current - self._seen, 1), finalize)
        if current == 1:
            self._first_step_end = now
        self._seen = current
        if finalize:
            self._finish(current, now)
        elif self.is_live and now - self._last_drawn >= self.interval:
            self._draw(current, now)
            self._last_drawn = now

    def add(self, n: int, values=None) -> None:
        """Notes that `n` more steps are done."""
        self.update(self._seen + n, values)

    def is_due(self, current: int) -> bool:
        """Tells whether an update would show: a loop may skip those that do not.

        Only for bars that average nothing. The first step counts always: it starts
        the clock that leaves out its own, untypical time.
        """
        elapsed = time.perf_counter() - self._last_drawn
        return current == 1 or (self.is_live and elapsed >= self.interval)

    def _note(self, values, weight: int, finalize: bool) -> None:
        for name, value in values:
            is_number = not isinstance(value, (str, type(None)))
            if finalize or not (is_number and self._averages(name)):
                self._values[name] = [value, 1]
                continue
            entry = self._values.setdefault(name, [0.0, 0])
            entry[0] = entry[0] + value * weight
            entry[1] += weight

    def _averages(self, name: str) -> bool:
        if self._averaged is not None:
            return name in self._averaged
        return name not in self._as_they_come

    # What is shown.

    def _finish(self, current: int, now: float) -> None:
        """Writes the last state of the bar, to stay."""
        if self._bar is not None or (self.is_live and _in_notebook()):
            self._draw(current, now, final=True)
            self._leave()
        elif self.is_live:  # too short an epoch for tqdm to have drawn anything
            print_message(self._line(current, now, final=True))
        elif self.verbose:
            print_message(self._plain_line(current, now))

    def _draw(self, current: int, now: float, final: bool = False) -> None:
        """Gives tqdm the text; the last one is drawn by closing the bar."""
        if _in_notebook():
            text, columns, rows = self._widget_text(current, now, final), None, None
        else:
            columns, rows = shutil.get_terminal_size()
            columns, rows = columns or 80, rows or 24  # a terminal may not know them
            columns = None if final else columns  # the last line may wrap
            text = _escape(self._line(current, now, final, columns))
        if self._bar is None:
            _clear_screen()
            self._bar = _open_bar(self.target, current, text, columns, rows)
            _on_screen.add(self)
            return
        self._bar.n, self._bar.bar_format, self._bar.ncols = current, text, columns
        if not final:
            self._bar.refresh()

    def _leave(self) -> None:
        """Lets the bar stand as it is; what is drawn later gets a new line."""
        self._bar.close()
        self._bar = None
        _on_screen.discard(self)

    def _line(self, current: int, now: float, final: bool, columns=None) -> str:
        """Returns the text of a terminal line, cut to `columns` while it is live."""
        counter, clock = self._counter(current), self._clock(current, now, final)
        filled, rest = self._bar_cells(current)
        tail = f" {self._pace(current, now)}{self._metrics()}"
        if columns:
            head = f"{counter} {filled}{rest} {clock}"
            tail = tail[: max(columns - len(head), 0)]
        bar = _paint(_GREEN, filled) + _paint(_GREY, rest)
        parts = (_paint(_BOLD, counter), bar, _paint(_BOLD, clock))
        return " ".join(part for part in parts if part) + tail

    def _plain_line(self, current: int, now: float) -> str:
        elapsed = f"{now - self._start:.0f}s"
        parts = (self.title, self._counter(current).strip(), elapsed)
        head = " - ".join(part for part in parts if part)
        return f"{head} - {self._pace(current, now)}{self._metrics()}"

    def _widget_text(self, current: int, now: float, final: bool) -> str:
        """Returns the text of a notebook bar; tqdm puts its widget for `{bar}`."""
        counter, clock = self._counter(current), self._clock(current, now, final)
        tail = f"{clock} {self._pace(current, now)}{self._metrics()}"
        return f"{counter.strip()} {{bar}} {_escape(tail)}"

    def _counter(self, current: int) -> str:
        if self.target is None:
            return f"{current:>7}/Unknown"
        return f"{current:>{len(str(self.target))}}/{self.target}"

    def _bar_cells(self, current: int) -> tuple[str, str]:
        if self.target is None:
            return "", ""
        full, empty = _cells(getattr(sys.stdout, "encoding", None))
        filled = min(int(self.width * current / self.target), self.width)
        return full * filled, empty * (self.width - filled)

    def _clock(self, current: int, now: float, final: bool) -> str:
        """Returns the time left, or the time taken where that cannot be said."""
        if final or self.target is None:
            return f"{now - self._start:.0f}s"
        left = self._step_seconds(current, now) * (self.target - current)
        return _format_duration(max(left, 0.0))

    def _pace(self, current: int, now: float) -> str:
        """Returns the mean time of a step: `2ms/step`."""
        seconds = self._step_seconds(current, now)
        if seconds >= 1 or seconds == 0:
            return f"{seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f"{seconds * 1e3:.0f}ms/{self.unit_name}"
        return f"{seconds * 1e6:.0f}us/{self.unit_name}"

    def _step_seconds(self, current: int, now: float) -> float:
        """Returns the mean time of a step, the first left out where there are more."""
        if not current:
            return 0.0
        if self._first_step_end is not None and current > 1:
            return (now - self._first_step_end) / (current - 1)
        return (now - self._start) / current

    def _metrics(self) -> str:
        shown = (
            (name, total / weight if weight > 1 else total)
            for name, (total, weight) in self._values.items()
        )
        return "".join(f" - {name}: {_format_value(value)}" for name, value in shown)


def print_message(text: str) -> None:
    """Shows a line to the user: above a live bar, or in the log when that is asked.

    `config.disable_interactive_logging()` sends it to the logger `minikeras`.
    """
    if not config.is_interactive_logging_enabled():
        logging.getLogger("minikeras").info(text)
    elif sys.stdout is None:  # a program without a console
        pass
    elif "tqdm" in sys.modules and getattr(_bar_class(), "_instances", True):
        _bar_class().write(text, file=sys.stdout)
        sys.stdout.flush()
    else:
        print(text, file=sys.stdout, flush=True)


def resolve_verbose(verbose, owner="fit") -> int:
    """Returns 0, 1 or 2 for a `verbose` argument; "auto" is 1.

    1 is right everywhere: a `Progbar` sees itself whether it can be live.

    >>> [resolve_verbose(value) for value in ("auto", True, 2)]
    [1, 1, 2]
    """
    if isinstance(verbose, str) and verbose == "auto":
        return 1
    verbose = int(verbose) if isinstance(verbose, (bool, np.integer)) else verbose
    return checks.one_of(owner, allowed=(0, 1, 2, "auto"), verbose=verbose)


def is_live() -> bool:
    """Tells whether the output can redraw a line: a terminal or a notebook."""
    if not config.is_interactive_logging_enabled() or sys.stdout is None:
        return False
    if _in_kernel():
        return True
    is_terminal = getattr(sys.stdout, "isatty", bool)()
    return is_terminal and os.environ.get("TERM") != "dumb"


def _in_kernel() -> bool:
    """Tells whether an IPython kernel (a notebook) runs this process."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell is not None and "IPKernelApp" in shell.config


@functools.cache
def _has_widgets() -> bool:
    return find_modules.find_spec("ipywidgets") is not None


def _in_notebook() -> bool:
    return _in_kernel() and _has_widgets()


def _open_bar(target: int | None, current: int, text: str, columns, rows):
    return _bar_class()(
        total=target,
        initial=current,
        bar_format=text,
        file=sys.stdout,
        ncols=columns,
        nrows=rows,
    )


def _clear_screen() -> None:
    for progbar in tuple(_on_screen):
        progbar._leave()


def _bar_class():
    return _make_bar_class(_in_notebook())


@functools.cache
def _make_bar_class(is_widget: bool):
    """Returns tqdm's bar without its watchdog thread and process lock.

    The thread would redraw bars that stand still; ours are drawn by `update` alone.
    """
    base = tqdm_notebook.tqdm_notebook if is_widget else tqdm.tqdm
    settings = {"monitor_interval": 0, "_lock": threading.RLock()}
    return type("KerasBar", (base,), settings)


def _cells(encoding: str | None) -> tuple[str, str]:
    """Returns a full and an empty cell of the bar that the output can print."""
    try:
        "━".encode(encoding or "ascii")
    except UnicodeEncodeError:
        return "=", "."
    return "━", "━" if _uses_colour() else "─"


def _uses_colour() -> bool:
    return not os.environ.get("NO_COLOR")


def _paint(colour: str, text: str) -> str:
    return f"{colour}{text}{_RESET}" if text and _uses_colour() else text


def _escape(text: str) -> str:
    """Returns a text that comes out of `str.format` as it was."""
    return text.replace("{", "{{").replace("}", "}}")


def _format_duration(seconds: float) -> str:
    """Returns a time as Keras prints it: `42s`, `1:05`, `2:00:00`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{rest:02d}"
    return f"{minutes}:{rest:02d}" if minutes else f"{rest}s"


def _format_value(value) -> str:
    """Returns a metric's value with four decimals, or in scientific form if tiny."""
    if value is None or isinstance(value, str):
        return str(value)
    mean = float(np.mean(value)) if np.ndim(value) else float(value)
    return f"{mean:.4f}" if abs(mean) > 1e-3 else f"{mean:.4e}"
