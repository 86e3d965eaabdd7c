"""The benchmark program: nothing here is timed."""

import importlib
import json
import sys

import numpy as np
import pytest

import minikeras as keras
from benchmarks import contest, contestants, installed, measure, plots, table, worker
from benchmarks.growth import AXES
from benchmarks.products import dense, floor_ms
from benchmarks.workloads import WORKLOADS

program = importlib.import_module("benchmarks.__main__")

FIGURES = {
    "minikeras": {"step_ms": 0.05, "step_ms_min": 0.04, "floor_ms_min": 0.01},
    "jax": {"step_ms": 0.5, "step_ms_min": 0.4, "peak_mb": 1234.0},
    "torch": {"error": "ImportError: no torch"},
}
TITLES = {"minikeras": "minikeras", "jax": "Keras on JAX", "torch": "Keras on torch"}
RESULTS = {
    "about": {
        "date": "2026-11-23",
        "machine": "a laptop",
        "how": "Medians.",
        "titles": TITLES,
        "versions": {"minikeras": "minikeras 1"},
    },
    "workloads": {
        "idle": {"lecture": FIGURES, "cnn": {"skipped": "not yet: needs Conv2D"}},
        "busy": {
            "lecture": {**FIGURES, "jax": {"step_ms": 1.0}},
            "cnn": {"skipped": "not yet: needs Conv2D"},
        },
    },
    "growth": {
        "batch": {"minikeras": {"8": 0.1, "32": 0.2}},
        "length": {"skipped": "not yet: needs LSTM"},
    },
    "install": {"minikeras": {"import_s": 0.08, "installed_mb": 71.0}},
}


@pytest.mark.parametrize("name", WORKLOADS)
def test_workload_trains_or_says_what_it_needs(name):
    workload = WORKLOADS[name]
    if workload.missing(keras):
        with pytest.raises(AttributeError):
            workload.build(keras)
        return
    x, y = workload._replace(batch=2).data(1)
    model = workload.build(keras)
    before = [w.numpy() for w in model.trainable_variables]
    history = model.fit(x, y, batch_size=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    after = [w.numpy() for w in model.trainable_variables]
    assert any((b != a).any() for b, a in zip(before, after, strict=True))
    assert x.dtype == y.dtype == np.float32 or "int" in f"{x.dtype}{y.dtype}"


@pytest.mark.parametrize("name", WORKLOADS)
def test_products_of_a_workload_are_positive(name):
    products = WORKLOADS[name].products
    assert products
    assert all(min(product) > 0 for product in products)


def test_products_of_dense_layers_are_those_of_the_model():
    model = WORKLOADS["mlp"].build(keras)
    kernels = [w.shape for w in model.trainable_variables if len(w.shape) == 2]
    forward = [(p.inner, p.columns) for p in WORKLOADS["mlp"].products if p.rows == 128]
    assert [shape for shape in kernels if shape in forward] == kernels
    assert len(WORKLOADS["mlp"].products) == 3 * len(kernels) - 1


def test_floor_counts_repeated_products():
    assert floor_ms(dense(2, 3, 4), seconds=0) > 0


@pytest.mark.parametrize("axis", [axis for axis in AXES.values() if not axis.needs])
def test_growth_task_trains(axis):
    model, batch, x, y = axis.task(keras, axis.values[0])
    model.fit(x[:batch], y[:batch], batch_size=batch, verbose=0)
    assert len(x) == len(y) and len(x) % batch == 0


def test_worker_measures_what_the_tables_show(capsys):
    job = contestants.MINIKERAS.job(workload="tabular", seconds=0)
    found = worker.main(job)
    assert worker.MARK in capsys.readouterr().out
    shown = {m.key for m in table.MEASURES} - {"epoch_s"}  # the parent's clock
    assert shown <= set(found)
    assert found["step_ms_min"] <= found["step_ms"]
    assert found["peak_mb"] is None or found["peak_mb"] > 10


def test_worker_runs_in_a_process_and_its_failure_is_told():
    task = {"workload": "lecture", "seconds": 0}
    report = contest.worker_turn(contestants.MINIKERAS, **task)
    assert 0 < report["epoch_s"]
    report = contest.worker_turn(contestants.MINIKERAS, workload="no such", seconds=0)
    assert report == {"error": "KeyError: 'no such'"}


def test_turns_alternate_and_start_with_another_each_round():
    order = [name for _, name in contest.turns(["a", "b", "c"], 3)]
    assert order == list("abcbcacab")


def test_summary_takes_medians_and_least_values():
    reports = [{"t": t, "t_min": t / 2} for t in (3.0, 1.0, 2.0)]
    assert contest.summary(reports) == {"t": 2.0, "t_min": 0.5}
    assert contest.summary([{"t": None}, {"t": None}]) == {"t": None}
    assert contest.summary([{"t": 1.0}, {"error": "x"}]) == {"error": "x"}


def test_missing_layers_skip_the_workload(monkeypatch):
    row = WORKLOADS["lecture"]._replace(needs=("Dense", "Hologram"))
    monkeypatch.setitem(WORKLOADS, "lecture", row)
    found = measure.workload({}, "lecture", None, "idle")
    assert found == {"skipped": "not yet: needs Hologram"}


def test_report_has_a_cell_for_everything():
    text = table.report(RESULTS)
    assert "| workload | minikeras | Keras on JAX | best Keras / minikeras |" in text
    assert "| lecture net 3-4-4-3 | 0.05 (0.04) | 0.5 (0.4) | **10.00** |" in text
    assert "| lecture net 3-4-4-3 | 1,234 | - |" in text
    assert "- MNIST CNN: not yet: needs Conv2D" in text
    assert "- lecture net 3-4-4-3, torch: ImportError: no torch" in text
    assert "| lecture net 3-4-4-3 | 0.01 | 0.05 | 20% |" in text
    assert "| lecture net 3-4-4-3 | 1.00 | 2.00 | - |" in text
    assert "not yet: needs LSTM" in text
    assert "| minikeras | 0.08 | 71 |" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    widths = [line.count("|") for line in table.report(RESULTS).splitlines()]
    runs = "".join("x" if width else " " for width in widths).split()
    assert len(runs) >= 5
    block = []
    for width in [*widths, 0]:
        block = [*block, width] if width else []
        assert len(set(block)) <= 1


def test_numbers_keep_three_digits():
    numbers = [table.number(value) for value in (0.012345, 1.5, 99.96, 12345.6)]
    assert numbers == ["0.0123", "1.5", "100", "12,346"]


def test_report_goes_between_the_markers_of_the_page():
    page = (program.HERE / "README.md").read_text(encoding="utf-8")
    once = table.put_between_markers(page, "an old table")
    twice = table.put_between_markers(once, "a new table\n")
    assert "an old table" in once and "an old table" not in twice
    assert f"{table.START}\n\na new table\n\n{table.END}" in twice
    assert twice.startswith(page.split(table.START)[0])
    assert twice.endswith(page.split(table.END)[1])


def test_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="each marker once"):
        table.put_between_markers("a page", "text")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--only", "lectures"], "no 'lectures', there are lecture, tabular"),
        (["--peers", "theano"], "no 'theano', there are jax"),
        (["--rounds", "0"], "must be at least 1, got 0"),
        (["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_options_that_make_no_sense_are_refused(arguments, message, capsys):
    with pytest.raises(SystemExit):
        program.parsed(arguments)
    assert message in capsys.readouterr().err


def test_results_stay_out_of_the_repository_unless_they_are_written():
    assert program.parsed([]).output == program.PASSING
    assert program.parsed(["--write"]).output == program.KEPT
    assert program.link(program.KEPT / "idle.svg") == "results/idle.svg"


def test_a_peer_that_is_not_there_is_left_out(monkeypatch, capsys):
    lacking = contestants.PEERS["jax"]._replace(modules=("no_such_module",))
    monkeypatch.setitem(contestants.PEERS, "jax", lacking)
    assert list(contestants.find(["jax"], [sys.executable])) == ["minikeras"]
    assert "without Keras on JAX: no no_such_module here" in capsys.readouterr().err


def test_installed_size_counts_what_is_required():
    found = installed.main(["minikeras", "numpy"])
    assert found["versions"]["numpy"] == np.__version__
    assert found["bytes"] > installed.total_bytes(["numpy"]) > 10**6


def test_children_run_as_a_user_would(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    settings = contestants.PEERS["torch"].environment()
    assert settings["KERAS_BACKEND"] == "torch"
    assert "PYTHONDONTWRITEBYTECODE" not in settings


def test_results_are_kept(tmp_path, capsys):
    options = program.parsed(["--output", str(tmp_path / "deep" / "folder")])
    program.keep(RESULTS, "the report\n", options)
    assert (options.output / "report.md").read_text() == "the report\n"
    assert json.loads((options.output / "results.json").read_text()) == RESULTS


@pytest.mark.skipif(plots.matplotlib is None, reason="matplotlib is not installed")
def test_plots_are_drawn_and_come_out_the_same(tmp_path):
    files = plots.draw(RESULTS, tmp_path)
    assert [file.name for file in files] == ["idle.svg", "busy.svg", "growth.svg"]
    texts = [file.read_text() for file in files]
    assert "Keras on JAX" in texts[0]
    assert [file.read_text() for file in plots.draw(RESULTS, tmp_path)] == texts


def test_without_matplotlib_plots_say_how_to_get_it(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(plots, "matplotlib", None)
    assert plots.draw(RESULTS, tmp_path) == []
    assert "pip install" in capsys.readouterr().out


def test_sklearn_peer_takes_keras_targets():
    pytest.importorskip("sklearn")
    peer = importlib.import_module("benchmarks.sklearn_peer")
    for name in ("lecture", "tabular", "mlp", "autoencoder"):
        workload = WORKLOADS[name]
        x, y = workload._replace(batch=20).data(1)
        model = peer.SklearnModel(*workload.sklearn)
        model.fit(x, y, batch_size=20)
        assert len(model.predict(x[:1], verbose=0)) == 1
