"""The README as it stands: its programs run, and what it shows is what comes out."""

import pathlib
import re

import pytest

import minikeras as keras

README = pathlib.Path(__file__).parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
(SHOWN,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_programs_run(program, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(program, {})


def test_the_printed_backpropagation_is_what_is_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (program,) = (p for p in PROGRAMS if "model.source" in p)
    keras.utils.clear_session()  # names start with dense
    exec(program, {})
    printed = {line.strip() for line in capsys.readouterr().out.split("\n")}
    shown = [line for line in SHOWN.split("\n") if line and line != "..."]
    assert [line for line in shown if line not in printed] == []
    assert len(shown) > 20
