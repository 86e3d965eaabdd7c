"""Progbar: what a terminal, a notebook without widgets and a file get to see."""

import io
import logging
import os
import re
import subprocess
import sys
import types

import pytest

from minikeras import config
from minikeras.utils import progress
from minikeras.utils.progress import Progbar, print_message, resolve_verbose

ANSI = re.compile("\x1b\\[[0-9;]*m")


class Terminal(io.StringIO):
    """A standard output that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self):
        return True

    def lines(self):
        """Returns what stays to see: of each line the text after its last return."""
        text = ANSI.sub("", self.getvalue())
        return [line.split("\r")[-1].rstrip() for line in text.rstrip("\n").split("\n")]


@pytest.fixture
def terminal(monkeypatch):
    fake = types.SimpleNamespace(stdout=Terminal(), modules=sys.modules)
    monkeypatch.setattr(progress, "sys", fake)  # pytest sets the real one anew
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return fake.stdout


@pytest.fixture
def clock(monkeypatch):
    """Time that stands still until a test moves it."""
    now = types.SimpleNamespace(seconds=100.0)
    fake = types.SimpleNamespace(perf_counter=lambda: now.seconds)
    monkeypatch.setattr(progress, "time", fake)
    return now


def test_terminal_shows_one_line_in_the_look_of_keras(terminal, clock):
    bar = Progbar(12, stateless_metrics=())
    for step in range(1, 13):
        clock.seconds += 0.1
        bar.update(step, [("accuracy", 0.5), ("loss", 1 / step)], finalize=False)
    bar.update(12, [("accuracy", 0.91), ("loss", 0.31)], finalize=True)
    assert terminal.lines() == [
        "12/12 ━━━━━━━━━━━━━━━━━━━━ 1s 100ms/step - accuracy: 0.9100 - loss: 0.3100"
    ]
    assert terminal.getvalue().count("\r") == 13


def test_terminal_line_is_live(terminal, clock):
    bar = Progbar(1000, width=10)
    clock.seconds += 0.25
    bar.update(250, [("loss", 0.5)])
    shown = ANSI.sub("", terminal.getvalue())
    assert shown == "\r 250/1000 ━━━━━━━━━━ 0s 1ms/step - loss: 0.5000"
    assert "\x1b[32m━━\x1b[0m\x1b[37m━━━━━━━━\x1b[0m" in terminal.getvalue()
    bar.update(1000, finalize=True)


def test_drawing_is_throttled_by_time(terminal, clock):
    bar = Progbar(1000, interval=0.05)
    for step in range(1, 1000):
        clock.seconds += 0.001
        bar.update(step)
    assert 18 <= terminal.getvalue().count("\r") <= 20
    bar.update(1000)


def test_live_line_is_cut_to_the_terminal_but_the_last_is_whole(
    terminal, clock, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "60")
    values = [(f"a_long_metric_{i}", 0.5) for i in range(5)]
    bar = Progbar(2)
    clock.seconds += 1
    bar.update(1, values)
    assert len(ANSI.sub("", terminal.getvalue()).strip("\r")) == 60
    bar.update(2, values)
    assert terminal.lines()[-1].endswith("a_long_metric_4: 0.5000")


def test_braces_in_a_name_are_shown_as_they_are(terminal, clock):
    bar = Progbar(2)
    clock.seconds += 1
    bar.update(1, [("f{1}", 0.5)])
    assert "f{1}: 0.5000" in terminal.getvalue()
    bar.update(2)


def test_message_goes_above_the_live_bar(terminal, clock):
    bar = Progbar(2)
    clock.seconds += 1
    bar.update(1)
    print_message("Epoch 1: saving")
    bar.update(2)
    lines = terminal.lines()
    assert lines[0] == "Epoch 1: saving"
    assert lines[1].startswith("2/2 ━━━━")


def test_a_bar_left_behind_does_not_get_in_the_way(terminal, clock):
    interrupted = Progbar(9)
    clock.seconds += 1
    interrupted.update(3)
    second = Progbar(2)
    clock.seconds += 1
    second.update(1)
    interrupted.update(9)
    second.update(2)
    counters = [line.split()[0] for line in terminal.lines()]
    assert counters == ["3/9", "9/9", "2/2"]


def test_ascii_terminal_gets_an_ascii_bar(terminal, clock):
    terminal.encoding = "ascii"
    bar = Progbar(2, width=4)
    clock.seconds += 1
    bar.update(1)
    assert ANSI.sub("", terminal.getvalue()) == "\r1/2 ==.. 1s 1s/step"
    bar.update(2)


def test_no_color_is_honoured(terminal, clock, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    bar = Progbar(2, width=4)
    clock.seconds += 1
    bar.update(1)
    assert terminal.getvalue() == "\r1/2 ━━── 1s 1s/step"
    bar.update(2)


def test_unknown_target_shows_the_time_taken(terminal, clock):
    bar = Progbar(None)
    clock.seconds += 3
    bar.update(30)
    assert ANSI.sub("", terminal.getvalue()) == "\r     30/Unknown 3s 100ms/step"
    bar.update(30, finalize=True)


def test_a_short_epoch_is_one_line_without_returns(terminal, clock):
    Progbar(1).update(1, [("loss", 0.5)])
    assert "\r" not in terminal.getvalue()
    assert terminal.lines() == ["1/1 ━━━━━━━━━━━━━━━━━━━━ 0s 0s/step - loss: 0.5000"]


def test_a_file_gets_one_plain_line(capsys, clock):
    bar = Progbar(3)
    for step in range(1, 4):
        clock.seconds += 0.002
        bar.update(step, [("loss", 1.0)])
    assert capsys.readouterr().out == "3/3 - 0s - 2ms/step - loss: 1.0000\n"


def test_verbose_2_is_plain_on_a_terminal_too(terminal, clock):
    bar = Progbar(1, verbose=2)
    bar.title = "Epoch 1/2"
    bar.update(1)
    assert terminal.getvalue() == "Epoch 1/2 - 1/1 - 0s - 0s/step\n"


def test_verbose_0_shows_nothing(terminal, clock):
    bar = Progbar(1, verbose=0)
    clock.seconds += 9
    bar.update(1)
    assert terminal.getvalue() == ""


@pytest.mark.parametrize(
    "options, shown",
    [
        ({}, "loss: 2.0000"),  # (1 * 1 + 3 * 1) / 2: every step weighs the same
        ({"stateful_metrics": ["loss"]}, "loss: 3.0000"),
        ({"stateless_metrics": ["loss"]}, "loss: 2.0000"),
        ({"stateless_metrics": ["other"]}, "loss: 3.0000"),
    ],
)
def test_averages(options, shown, terminal, clock):
    bar = Progbar(9, interval=0, **options)
    bar.add(1, [("loss", 1.0)])
    bar.add(1, [("loss", 3.0)])
    assert terminal.getvalue().endswith(f"{shown}\x1b[0m")
    bar.update(9)


def test_a_step_of_several_weighs_as_many(terminal, clock):
    bar = Progbar(None, interval=0)
    bar.update(1, [("loss", 1.0)])
    bar.update(20, [("loss", 2.0)])  # the numbers of Keras 3.15
    assert "loss: 1.9500" in terminal.getvalue()
    bar.update(20, [("loss", 2.0)], finalize=True)
    assert terminal.lines()[-1].endswith("loss: 2.0000")


@pytest.mark.parametrize(
    "value, text",
    [
        (1e-3, "1.0000e-03"),
        (0.003, "0.0030"),
        (0.0, "0.0000e+00"),
        (-1.0, "-1.0000"),
        (float("nan"), "nan"),
        (123456.789, "123456.7890"),
        ([1.0, 2.0], "1.5000"),
        ("high", "high"),
        (None, "None"),
    ],
)
def test_values_are_printed_as_keras_does(value, text, capsys, clock):
    Progbar(1).update(1, [("name", value)])
    assert capsys.readouterr().out == f"1/1 - 0s - 0s/step - name: {text}\n"


@pytest.mark.parametrize(
    "seconds, left, pace",
    [(2, "18s 2s/step", 2), (20, "3:00 20s/step", 20), (800, "2:00:00 800s/step", 800)],
)
def test_time_left(seconds, left, pace, terminal, clock):
    bar = Progbar(10)
    clock.seconds += seconds
    bar.update(1)
    assert ANSI.sub("", terminal.getvalue()).endswith(left)
    bar.update(10)


def test_first_step_does_not_count_for_the_pace(terminal, clock):
    bar = Progbar(10)
    clock.seconds += 60
    bar.update(1)
    clock.seconds += 2
    bar.update(3)
    assert ANSI.sub("", terminal.getvalue()).rstrip().endswith("7s 1s/step")
    bar.update(10)


def test_is_due_says_when_an_update_would_show(terminal, clock):
    bar = Progbar(10)
    assert bar.is_due(1)
    assert not bar.is_due(2)
    clock.seconds += 0.06
    assert bar.is_due(2)


def test_log_gets_the_lines_when_interactive_logging_is_off(caplog, capsys):
    config.disable_interactive_logging()
    try:
        with caplog.at_level(logging.INFO, "minikeras"):
            Progbar(1).update(1, [("loss", 0.5)])
    finally:
        config.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert caplog.messages[0].endswith("loss: 0.5000")


def test_notebook_bar(monkeypatch, clock):
    """In a notebook tqdm's widget gets the text, with `{bar}` between its halves."""
    drawn = []

    class Widget:
        n = 0

        def __init__(self, bar_format, **options):
            self.bar_format = bar_format
            drawn.append(bar_format)

        def refresh(self):
            drawn.append(self.bar_format)

        def close(self):
            drawn.append(self.bar_format)

    monkeypatch.setattr(progress, "_in_kernel", lambda: True)
    monkeypatch.setattr(progress, "_has_widgets", lambda: True)
    monkeypatch.setattr(progress, "_bar_class", lambda: Widget)
    bar = Progbar(4)
    clock.seconds += 1
    bar.update(1, [("loss", 0.5)])
    bar.update(4, [("loss", 0.25)])
    assert drawn == [
        "1/4 {bar} 3s 1s/step - loss: 0.5000",
        "4/4 {bar} 1s 0s/step - loss: 0.2500",
    ]


@pytest.mark.parametrize(
    "verbose, level", [("auto", 1), (0, 0), (1, 1), (2, 2), (True, 1), (False, 0)]
)
def test_verbose_levels(verbose, level):
    assert resolve_verbose(verbose) == level


def test_bad_arguments():
    with pytest.raises(ValueError, match="verbose must be one of 0, 1, 2, 'auto'"):
        Progbar(3, verbose="atuo")
    with pytest.raises(ValueError, match="width must be a positive int, got 0"):
        Progbar(3, width=0)
    with pytest.raises(ValueError, match="stateless_metrics exclude each other"):
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


SCRIPT = """
import time
from minikeras.utils.progress import Progbar
bar = Progbar(3)
for step in range(3):
    time.sleep(0.06)
    bar.add(1, [("loss", 0.5)])
"""


def test_a_real_pipe_gets_no_control_codes():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, check=True, timeout=60
    )
    assert re.fullmatch(rb"3/3 - 0s - \d+ms/step - loss: 0.5000\r?\n", done.stdout)
    assert done.stderr == b""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals")
def test_a_real_terminal_gets_a_live_bar():
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8"}
    subprocess.run(
        [sys.executable, "-c", SCRIPT], stdout=slave, env=environment, check=True
    )
    os.close(slave)
    shown = ANSI.sub("", os.read(master, 100_000).decode())
    os.close(master)
    states = [state.split()[0] for state in shown.split("\r") if state.strip()]
    assert states[0] == "1/3" and states[-1] == "3/3"
    assert "━" * 20 in shown and shown.rstrip().endswith("loss: 0.5000")
