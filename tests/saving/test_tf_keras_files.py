"""Files that tf_keras 2.21 wrote: predictions, and training that goes on.

The files and numbers are in tests/data/tf_keras_files.zip, which
tests/parity/tf_keras_files.py wrote.
"""

import io
import pathlib
import zipfile

import numpy as np
import pytest

import minikeras as keras

from ..parity.tf_keras_files import STEPS, ZIP, training, weights_of

with zipfile.ZipFile(ZIP) as archive:
    NAMES = sorted(n.removesuffix(".npz") for n in archive.namelist() if ".npz" in n)
# Nadam's momentum grew more slowly before tf.keras 2.11 than it does today; later, in
# compiled steps alone, it was multiplied for each weight. There is nothing to keep.
OTHER_RULES = ("optimizer_legacy_nadam", "optimizer_nadam")
TRAINED = [n for n in NAMES if n.startswith(("optimizer", "model"))]
TRAINED = [n for n in TRAINED if n not in OTHER_RULES]


@pytest.fixture
def stored(tmp_path):
    """Unpacks one file; returns its path and numbers."""

    def unpack(name, suffix=".h5"):
        with zipfile.ZipFile(ZIP) as archive:
            path = archive.extract(name + suffix, tmp_path)
            numbers = np.load(io.BytesIO(archive.read(f"{name}.npz")))
        inputs = [numbers[n] for n in numbers.files if n.startswith("input")]
        return path, inputs[0] if len(inputs) == 1 else inputs, numbers

    return unpack


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.filterwarnings("ignore:.*saved without training configuration")
def test_predictions(stored, name):
    path, inputs, numbers = stored(name)
    outputs = keras.models.load_model(path).predict(inputs, verbose=0)
    assert outputs.shape == numbers["outputs"].shape
    np.testing.assert_allclose(outputs, numbers["outputs"], rtol=1e-5, atol=1e-6)


ARCHIVES = [n for n in TRAINED if n.startswith("model")]


@pytest.mark.parametrize("name", ARCHIVES)
def test_json_and_weights(stored, name):
    path, inputs, numbers = stored(name, ".json")
    model = keras.models.model_from_json(pathlib.Path(path).read_text("utf-8"))
    model.load_weights(stored(name, ".weights.h5")[0])
    outputs = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(outputs, numbers["outputs"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [(n, ".h5") for n in TRAINED] + [(n, ".keras") for n in ARCHIVES],
)
def test_training_goes_on(stored, name, suffix):
    path, _, numbers = stored(name, suffix)
    model = keras.models.load_model(path)
    assert int(model.optimizer.iterations.numpy()) == STEPS
    x, y = training(model)
    for step in range(STEPS, 2 * STEPS):
        model.train_on_batch(x[step], y[step])
    weights = [w.numpy() for w in weights_of(model)]
    assert len(weights) == len([n for n in numbers.files if "weight" in n])
    for i, value in enumerate(weights):
        expected = numbers[f"weight_{i:02}"]
        np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)
