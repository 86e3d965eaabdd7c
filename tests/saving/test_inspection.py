"""`python -m minikeras inspect`: what it tells of a file."""

import json
import pathlib
import subprocess
import sys
import zipfile

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.__main__ import main

DATA = pathlib.Path(__file__).parents[1] / "data"
TOLD = """\
{path}: a .keras archive
  keras_version: {version}
  date_saved: {date}

Sequential 'net'
  InputLayer 'x' batch_shape=(None, 3), dtype=float32
  Dense 'hidden' units=2, activation=relu, dtype=float32
  Sequential 'inner'
    InputLayer 'input_layer' batch_shape=(None, 2), dtype=float32
    Dense 'out' units=1, activation=linear, dtype=float32

Weights: 4 arrays, 11 numbers
                                     shape   dtype          mean        std        min        max
  layers/dense/0                     (3, 2)  float32         0.5        0.5          0          1
  layers/dense/1                     (2,)    float32           0          0          0          0
  layers/sequential/layers/dense/0   (2, 1)  float32           1          0          1          1
  layers/sequential/layers/dense/1   (1,)    float32           0          0          0          0

Training:
  optimizer: Adam, learning_rate 0.5
  loss: mse
  metrics: mae
  state of the optimizer: 10 arrays
"""  # noqa: E501


def net():
    keras.utils.clear_session()
    inner = keras.Sequential(
        [keras.Input((2,)), layers.Dense(1, kernel_initializer="ones", name="out")],
        name="inner",
    )
    hidden = layers.Dense(2, activation="relu", name="hidden")
    model = keras.Sequential([keras.Input((3,), name="x"), hidden, inner], name="net")
    hidden.kernel.assign([[0.0, 1.0]] * 3)
    model.compile(keras.optimizers.Adam(0.5), "mse", metrics=["mae"])
    return model


def told(path, capsys) -> str:
    assert main(["inspect", str(path)]) == 0
    return capsys.readouterr().out


def test_all_of_an_archive(tmp_path, capsys):
    path = tmp_path / "net.keras"
    model = net()
    model.optimizer.build(model.trainable_variables)
    model.save(path)
    metadata = json.loads(zipfile.ZipFile(path).read("metadata.json"))
    expected = TOLD.format(
        path=path, version=metadata["keras_version"], date=metadata["date_saved"]
    )
    found = [" ".join(line.split()) for line in told(path, capsys).splitlines()]
    assert found == [" ".join(line.split()) for line in expected.splitlines()]


def test_each_format(tmp_path, capsys):
    model = net()
    model.save(tmp_path / "folder", zipped=False)
    assert ": a model folder\n" in told(tmp_path / "folder", capsys)
    model.save_weights(tmp_path / "w.weights.h5")
    out = told(tmp_path / "w.weights.h5", capsys)
    assert ": weights in the layout of Keras 3\n" in out and "Dense" not in out
    assert "layers/dense/0" in out and "state of the optimizer: 2 arrays" in out
    model.save_weights(tmp_path / "w.h5")
    out = told(tmp_path / "w.h5", capsys)
    assert ": weights in the layout of Keras 1 and 2\n" in out
    assert "hidden/net/hidden/kernel" in out


@pytest.mark.parametrize("name", ["tf_keras_mlp.h5", "keras3_nested.h5"])
def test_files_of_keras(name, capsys):
    out = told(DATA / name, capsys)
    assert ": an HDF5 model\n" in out
    assert "keras_version" in out and "Dense" in out and "kernel" in out
    assert "Warning" not in out


def test_warnings(tmp_path, capsys):
    class Mine(layers.Identity):
        pass

    model = keras.Sequential(
        [keras.Input((3,)), Mine(), layers.Lambda(lambda x: x), layers.Dense(1)]
    )
    model.layers[-1].bias.assign([np.nan])
    model.save(tmp_path / "odd.keras")
    out = told(tmp_path / "odd.keras", capsys)
    assert "Warning: 'Mine' is no class of Keras; pass custom_objects={'Mine'" in out
    assert "Warning: it holds Python code (a lambda), which runs only with" in out
    assert "Warning: layers/dense/1 holds NaN or infinite numbers." in out


def test_nothing_is_made_and_nothing_runs(tmp_path, capsys):
    """A model of a terabyte is told of; its config is not followed."""
    path = tmp_path / "net.keras"
    net().save(path)
    with zipfile.ZipFile(path) as file:
        members = {name: file.read(name) for name in file.namelist()}
    config = json.loads(members["config.json"])
    config["config"]["layers"][1]["config"]["units"] = 1 << 40
    with zipfile.ZipFile(path, "w") as file:
        for name, data in members.items():
            is_config = name == "config.json"
            file.writestr(name, json.dumps(config) if is_config else data)
    assert "units=1099511627776" in told(path, capsys)


def test_errors_are_told_and_no_traceback(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("notes")
    with h5py.File(tmp_path / "big.weights.h5", "w") as file:
        group = file.create_group("layers/dense/vars")
        group.create_dataset("0", (1 << 20, 1 << 20), "float32", chunks=(64, 64))
    for name, message in (
        ("notes.txt", "is not an HDF5 file"),
        ("none.keras", "There is no file"),
        ("big.weights.h5", "claims 4,398,046,511,104 bytes"),
    ):
        assert main(["inspect", str(tmp_path / name)]) == 1
        captured = capsys.readouterr()
        assert captured.out == "" and message in captured.err
    with pytest.raises(SystemExit):
        main(["inspect"])
    assert main(["unknown"]) == 1
    assert "no file 'unknown' to run" in capsys.readouterr().err


def test_from_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "minikeras", "inspect", str(DATA / "keras3_mlp.h5")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Weights: " in done.stdout and done.stderr == ""
