"""Every example in a docstring runs, and every Python block of the README."""

import contextlib
import doctest
import importlib
import io
import pathlib
import re

import numpy as np
import pytest

import minikeras as keras

ROOT = pathlib.Path(keras.__file__).parent
OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = [
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
    for path in sorted(ROOT.rglob("*.py"))
    if path.name not in ("__init__.py", "__main__.py")
]


@pytest.mark.parametrize("name", MODULES)
def test_docstring_examples(name):
    module = importlib.import_module(name)
    names = {**vars(module), "np": np, "keras": keras}
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    report = io.StringIO()
    for example in doctest.DocTestFinder().find(module, globs=names):
        keras.utils.clear_session()
        runner.run(example, out=report.write)
    assert runner.failures == 0, report.getvalue()


def readme_blocks() -> list[str]:
    text = (ROOT.parent / "README.md").read_text("utf-8")
    return re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)


@pytest.mark.parametrize("block", readme_blocks(), ids=lambda code: code.split("\n")[0])
def test_readme_examples(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})
    assert shown.getvalue()
