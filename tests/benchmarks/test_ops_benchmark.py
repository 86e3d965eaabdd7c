"""The benchmark of small calls: nothing here is timed."""

import importlib

import numpy as np
import pytest

import minikeras
from benchmarks import contestants, measure, ops, table

program = importlib.import_module("benchmarks.__main__")

RESULTS = {
    "about": {
        "date": "2026-11-23",
        "machine": "a laptop",
        "how": "Medians.",
        "titles": {"minikeras": "minikeras", "numpy": "Keras on NumPy"},
        "versions": {"minikeras": "minikeras 1"},
    },
    "ops": {
        "add": {
            "minikeras": {"arrays_us": 1.5, "tensors_us": 1.25, "numpy_us": 0.5},
            "numpy": {"error": "TypeError: no"},
        },
        "softmax": {"minikeras": {"arrays_us": 5.0, "tensors_us": 4.0}},
    },
}


@pytest.mark.parametrize("name", ops.ROWS)
def test_row_runs_on_arrays_and_tensors(name):
    row = ops.ROWS[name]
    arrays = row.arguments()
    tensors = [minikeras.ops.convert_to_tensor(x) for x in arrays]
    found = [np.asarray(row.call(minikeras.ops, *xs)) for xs in (arrays, tensors)]
    np.testing.assert_array_equal(*found)
    if row.numpy:
        np.testing.assert_allclose(found[0], row.numpy(*arrays), rtol=1e-6)


def test_worker_measures_rows_and_tells_of_failures(monkeypatch):
    def fails(ops, x, y):
        raise TypeError("no")

    monkeypatch.setitem(ops.ROWS, "relu", ops.Row("relu", fails))
    found = ops.times(contestants.MINIKERAS.job(ops=["add", "relu"], seconds=0))
    assert found["relu/error"] == "TypeError: no"
    figures = measure.part_of({"minikeras": found}, "add")["minikeras"]
    assert set(figures) == {
        f"{way}_us{end}"
        for way in ("arrays", "tensors", "numpy")
        for end in ("", "_min")
    }


def test_report_says_what_a_call_costs_beyond_numpy():
    text = table.ops_report(RESULTS)
    assert "| add, 10 | 0.5 | 1.5 | failed | **1** |" in text
    assert "| add, 10 | 0.5 | 1.25 | failed | **0.75** |" in text
    assert "| softmax, 10 x 10 | - | 5 | - | - |" in text
    assert "- add, 10, numpy: TypeError: no" in text


def test_command_line_and_page(tmp_path, monkeypatch):
    page = (program.HERE / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(program, "HERE", tmp_path)
    options = program.parsed(["ops", "--write", "--output", str(tmp_path / "kept")])
    assert (options.part, options.seconds) == ("ops", 0.2)
    program.keep_part(RESULTS, "a table of calls\n", options)
    start, end = table.OPS_MARKERS
    new = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"{start}\n\na table of calls\n\n{end}" in new
    assert (tmp_path / "kept" / "ops.json").exists()
