"""The benchmark of single layers: nothing here is timed."""

import importlib

import numpy as np
import pytest

import minikeras
from benchmarks import contest, contestants, layer_steps, layers, measure, table

program = importlib.import_module("benchmarks.__main__")

TITLES = {"minikeras": "minikeras", "jax": "Keras on JAX", "torch": "Keras on torch"}
FOUND = {
    "Dense": {
        "minikeras": {"forward_ms": 0.5, "forward_ms_min": 0.4, "both_ms": 2.0},
        "jax": {"forward_ms": 1.0, "both_ms": 0.9},
        "torch": {"error": "RuntimeError: no gradient on the CPU"},
    },
    "Conv2D-groups": {"skipped": "not yet: needs Conv2D"},
}
RESULTS = {
    "about": {
        "date": "2026-11-23",
        "machine": "a laptop",
        "how": "Medians.",
        "titles": TITLES,
        "versions": {"minikeras": "minikeras 1"},
    },
    "layers": FOUND,
}


def small(row):
    return row._replace(shape=(2, *row.shape[1:]))


@pytest.mark.parametrize("name", layers.ROWS)
def test_row_runs_as_a_plan_or_says_what_it_needs(name):
    row = small(layers.ROWS[name])
    if row.missing(minikeras.layers):
        with pytest.raises(AttributeError):
            row.build(minikeras.layers)
        return
    forward, both = layer_steps.steps(minikeras, row)
    once, _, again = (forward().numpy() for _ in range(3))  # the last by the plan
    y, gradients = both()
    assert y.shape == once.shape == again.shape
    assert np.isfinite(once).all()
    assert len(gradients) >= (row.below is None)
    assert all(g is not None and np.isfinite(g.numpy()).all() for g in gradients)


def test_gradients_of_inputs_and_weights_are_taken():
    row = small(layers.ROWS["Dense"])
    _, (kernel, bias, x) = layer_steps.steps(minikeras, row)[1]()
    assert [kernel.shape, bias.shape, x.shape] == [(784, 512), (512,), (2, 784)]
    row = small(layers.ROWS["Embedding"])
    _, gradients = layer_steps.steps(minikeras, row)[1]()
    assert [g.shape for g in gradients] == [(10_000, 64)]


def test_titles_and_families_tell_rows_apart():
    titles = {row.title for row in layers.ROWS.values()}
    assert len(titles) == len(layers.ROWS) == len(layers.EVERY)
    assert layers.ROWS["Conv2D-1x1"].title == "Conv2D 1x1, 32 x 28 x 28 x 32"


def test_a_missing_layer_is_not_yet_measured(monkeypatch):
    row = layers.ROWS["Dense"]._replace(layer="Hologram", inner=("Dense", {}))
    monkeypatch.setitem(layers.ROWS, "Dense", row)
    found = measure.layers({}, ["Dense"], None)
    assert found == {"Dense": {"skipped": "not yet: needs Hologram"}}


def test_worker_measures_rows_and_tells_of_failures(monkeypatch):
    broken = layers.ROWS["Dense"]._replace(options={"units": -1})
    monkeypatch.setitem(layers.ROWS, "Dense", broken)
    job = contestants.MINIKERAS.job(layers=["Add", "Dense"], seconds=0)
    found = layers.times(job)
    assert found["Add/forward_ms_min"] <= found["Add/forward_ms"]
    assert found["Dense/error"].startswith("ValueError: Dense 'dense")
    assert set(measure.part_of({"minikeras": found}, "Add")["minikeras"]) == {
        f"{way}_ms{end}" for way in layers.WAYS for end in ("", "_min")
    }
    assert set(measure.part_of({"minikeras": found}, "Dense")["minikeras"]) == {"error"}


def test_reasons_outlive_the_summary():
    reports = [{"Dense/error": "no"}, {"Dense/error": "no"}]
    assert contest.summary(reports) == {"Dense/error": "no"}


def test_report_has_ratios_and_losers():
    text = table.layers_report(RESULTS)
    title = "Dense, 128 x 784"
    assert f"| {title} | 0.5 (0.4) | 1 | failed | **2.00** |" in text
    assert f"| {title} | 2 | 0.9 | failed | **0.45** |" in text
    assert text.count("Below 0.5 of the best peer's speed") == 1
    assert f"- {title}: 0.45" in text
    assert f"- {title}, torch: RuntimeError: no gradient on the CPU" in text
    assert "- Conv2D groups, 32 x 28 x 28 x 32: not yet: needs Conv2D" in text


def test_command_line_of_layers(tmp_path, monkeypatch, capsys):
    options = program.parsed(["layers", "--only", "Dense,Conv2D-groups"])
    assert (options.part, options.seconds) == ("layers", 0.5)
    assert options.only == ["Dense", "Conv2D-groups"]
    assert program.parsed([]).seconds == 2
    with pytest.raises(SystemExit):
        program.parsed(["layers", "--only", "mlp"])
    assert "no 'mlp', there are Dense" in capsys.readouterr().err


def test_report_is_kept_and_goes_into_the_page(tmp_path, monkeypatch):
    page = (program.HERE / "README.md").read_text(encoding="utf-8")
    (tmp_path / "README.md").write_text(page, encoding="utf-8")
    monkeypatch.setattr(program, "HERE", tmp_path)
    options = program.parsed(["layers", "--write", "--output", str(tmp_path / "kept")])
    program.keep_part(RESULTS, "a table of layers\n", options)
    new = (tmp_path / "README.md").read_text(encoding="utf-8")
    start, end = table.LAYERS_MARKERS
    assert f"{start}\n\na table of layers\n\n{end}" in new
    assert new.split(start)[0] == page.split(start)[0]
    assert (tmp_path / "kept" / "layers.json").exists()
