"""`KerasFileEditor`: what it shows, and what it changes."""

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.saving import KerasFileEditor, SavingError

SUMMARY = """\
Weights structure
  > layers
  │   ├─ dense
  │   │   ├─ 0: shape=(4, 3), dtype=float32
  │   │   └─ 1: shape=(3,), dtype=float32
  │   └─ dense_1
  │       ├─ 0: shape=(3, 2), dtype=float32
  │       └─ 1: shape=(2,), dtype=float32
  └─ optimizer
      ├─ 0: shape=(), dtype=int32
      └─ 1: shape=(), dtype=float32
"""


def net(units=3, compiled=True, more=()):
    model = keras.Sequential(
        [keras.Input((4,)), layers.Dense(units), layers.Dense(2), *more]
    )
    if compiled:
        model.compile("adam", "mse")
    return model


@pytest.fixture(params=["net.weights.h5", "net.keras"])
def path(request, tmp_path):
    path = tmp_path / request.param
    model = net()
    model.save(path) if path.suffix == ".keras" else model.save_weights(path)
    return path


def test_summary_is_that_of_keras(path, capsys):
    editor = KerasFileEditor(path)
    is_archive = path.suffix == ".keras"
    assert ("Saved with Keras" in capsys.readouterr().out) == is_archive
    editor.summary()
    assert capsys.readouterr().out == SUMMARY
    assert (editor.config is not None) == is_archive
    assert editor.object_metadata["/optimizer"]["name"] == "adam"


def test_comparison_with_a_model(path, capsys):
    editor = KerasFileEditor(path)
    assert editor.compare(net())["status"] == "success"
    capsys.readouterr()
    other = net(5, compiled=False, more=[layers.Dense(2)])
    result = editor.compare(other)
    assert result == {"status": "error", "error_count": 5, "match_count": 1}
    said = capsys.readouterr().out
    for line in (
        "...Object /layers/dense_2 present in reference model, missing from saved file",
        "...Object /optimizer present in saved file, missing from reference model",
        "...Weight shape mismatch for /layers/dense/0",
        "    In reference model: shape=(4, 5)",
        "    In saved file: shape=(4, 3)",
        "Found 5 errors: saved file is not compatible with the reference model",
    ):
        assert line in said.splitlines()


def test_an_edited_file_fits_another_model(path, tmp_path):
    before = path.read_bytes()
    editor = KerasFileEditor(path)
    editor.delete_object("optimizer")
    editor.rename_object("layers/dense_1", "dense_2")
    kernel, bias = np.ones((3, 3), "float32"), np.zeros(3, "float32")
    editor.add_object("layers/dense_1", {"0": kernel})
    editor.add_weights("dense_1", {"1": bias, "9": bias})
    editor.delete_weight("dense_1", "9")
    editor.save(tmp_path / "new.weights.h5")
    assert path.read_bytes() == before
    model = keras.Sequential([keras.Input((4,)), *(layers.Dense(n) for n in (3, 3, 2))])
    model.load_weights(tmp_path / "new.weights.h5")
    np.testing.assert_array_equal(model.layers[1].kernel, kernel)
    old = KerasFileEditor(path).weights_dict["layers"]
    np.testing.assert_array_equal(model.layers[0].kernel, old["dense"]["0"])
    np.testing.assert_array_equal(model.layers[2].kernel, old["dense_1"]["0"])


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda e: e.add_object("layers/dense", {}), "is in the file already"),
        (lambda e: e.add_object("no/dense", {}), "'no' is not there. The file holds"),
        (lambda e: e.add_object("layers/x", [1]), "weights must be a dict of arrays"),
        (lambda e: e.add_object("layers/x", {"0": "a"}), "to arrays of numbers"),
        (lambda e: e.add_object("layers/x", {0: 1.0}), "names without slashes"),
        (lambda e: e.rename_object("dense", "dense_1"), "there is one of that name"),
        (lambda e: e.rename_object("dense", "a/b"), "it is a path"),
        (lambda e: e.delete_object("conv"), "'conv' is not there"),
        (lambda e: e.delete_weight("dense", "7"), "has no weight '7'. It has 0, 1"),
        (lambda e: e.save("net.h5"), r"must end in \.weights\.h5"),
    ],
)
def test_wrong_edits_are_explained_and_change_nothing(path, act, message, capsys):
    editor = KerasFileEditor(path)
    capsys.readouterr()
    with pytest.raises(SavingError, match=message):
        act(editor)
    editor.summary()
    assert capsys.readouterr().out == SUMMARY


def test_a_name_that_two_objects_have(path):
    editor = KerasFileEditor(path)
    editor.add_object("layers/dense/dense", {"0": np.ones(2)})
    with pytest.raises(SavingError, match="occurs more than once; give its path"):
        editor.delete_object("dense")


def test_files_that_are_not_opened(tmp_path):
    for name in ("a.txt", "a.h5"):
        with pytest.raises(SavingError, match=r"opens \.keras and \.weights\.h5"):
            KerasFileEditor(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        KerasFileEditor(tmp_path / "none.weights.h5")
    with h5py.File(tmp_path / "big.weights.h5", "w") as file:
        group = file.create_group("layers/dense/vars")
        group.create_dataset("0", (1 << 20, 1 << 20), "float32", chunks=(64, 64))
    with pytest.raises(SavingError, match="claims 4,398,046,511,104 bytes"):
        KerasFileEditor(tmp_path / "big.weights.h5")
    with h5py.File(tmp_path / "loop.weights.h5", "w") as file:
        layers_of_it = file.create_group("layers")
        layers_of_it["again"] = layers_of_it
    with pytest.raises(SavingError, match="nests groups without an end"):
        KerasFileEditor(tmp_path / "loop.weights.h5")
