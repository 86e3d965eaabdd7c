"""`.keras` files of 50 models that real Keras wrote: loaded, saved, loaded again."""

import io
import json
import pathlib
import zipfile

import h5py
import numpy as np
import pytest

import minikeras as keras

BUNDLE = zipfile.ZipFile(pathlib.Path(__file__).parents[1] / "data/keras3_models.zip")
FACTS = json.loads(BUNDLE.read("facts.json"))
NAMES = sorted(n.removesuffix(".keras") for n in BUNDLE.namelist() if "keras" in n)


def predicted(name, model):
    """Inputs as the model was fed in Keras, and its outputs there and here."""
    arrays, facts = np.load(io.BytesIO(BUNDLE.read(f"{name}.npz"))), FACTS.get(name, {})
    order = sorted(arrays, key=lambda key: int(key[1:]))
    xs = [arrays[key] for key in order if key[0] == "x"]
    ys = [arrays[key] for key in order if key[0] == "y"]
    names = facts.get("input_names")
    x = dict(zip(names, xs, strict=True)) if names else xs if len(xs) > 1 else xs[0]
    for _ in range(facts.get("repeat", 1)):
        out = model.predict(x, batch_size=facts.get("batch_size", 32), verbose=0)
    return ys, keras.tree.flatten(out)


def check(name, model):
    for expected, found in zip(*predicted(name, model), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)


def tree(path) -> dict:
    """Groups and shapes in a weights file."""
    found = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: found.update({name: getattr(item, "shape", None)})
        )
    return found


@pytest.mark.parametrize("name", NAMES)
def test_model_of_keras(name, tmp_path):
    path = tmp_path / "theirs.keras"
    path.write_bytes(BUNDLE.read(f"{name}.keras"))
    model = keras.models.load_model(path)
    check(name, model)

    model.save(tmp_path / "ours.keras")
    check(name, keras.models.load_model(tmp_path / "ours.keras"))

    member = "model.weights.h5"
    weights = tmp_path / member
    weights.write_bytes(zipfile.ZipFile(path).read(member))
    model.save_weights(tmp_path / "ours.weights.h5")
    ours, theirs = tree(tmp_path / "ours.weights.h5"), tree(weights)
    extra = {key for key in theirs.keys() - ours.keys() if theirs[key] is not None}
    assert not extra  # groups without weights may be missing
    assert all(theirs[key] == ours[key] for key in theirs.keys() & ours.keys())
    twin = keras.models.model_from_json(model.to_json())
    twin.load_weights(weights)
    check(name, twin)
