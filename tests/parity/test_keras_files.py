"""`.keras` and `.weights.h5` between minikeras and real Keras, live, both ways."""

import json
import zipfile

import h5py
import numpy as np
import pytest

import minikeras
from tests.parity.file_models import OPTIMIZERS, data, functional, sequential, trained

real = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")
WAYS = pytest.mark.parametrize(
    ("writer", "reader"), [(minikeras, real), (real, minikeras)], ids=["out", "in"]
)


def subclass(keras):
    """A model of one's own: layers in lists and dicts, a weight beside them."""

    class Block(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.rows = [keras.layers.Dense(4), keras.layers.Dense(4)]
            self.named = {"a": keras.layers.Dense(4, activation="relu")}
            self._last = keras.layers.LayerNormalization()

        def build(self, input_shape):
            self.scale = self.add_weight(shape=(4,), initializer="ones", name="scale")

        def call(self, x):
            for layer in (*self.rows, *self.named.values(), self._last):
                x = layer(x)
            return x * self.scale

    class Net(keras.Model):
        def __init__(self, units=3, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.block = Block()
            self.out = keras.layers.Dense(units, activation="softmax")

        def call(self, x):
            return self.out(self.block(x))

        def get_config(self):
            return {"units": self.units}

    return Net()


def known(keras, build):
    """The classes that the model was made of."""
    if build is not subclass:
        return None
    model = subclass(keras)
    return {"Net": type(model), "Block": type(model.block)}


@WAYS
@pytest.mark.parametrize("build", [sequential, functional, subclass])
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o[0])
@pytest.mark.parametrize("zipped", [True, False])
def test_model_with_training_state(tmp_path, writer, reader, build, optimizer, zipped):
    path = str(tmp_path / ("model.keras" if zipped else "model"))
    model = trained(writer, build, optimizer)
    model.save(path, zipped=zipped)
    twin = reader.models.load_model(path, custom_objects=known(reader, build))
    x, y = data()
    np.testing.assert_allclose(
        twin.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-5
    )
    state, loaded = (
        [np.asarray(v) for v in m.optimizer.variables] for m in (model, twin)
    )
    for ours, theirs in zip(state, loaded, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    if build is not sequential:  # no dropout: its draws differ between backends
        histories = [
            m.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0).history
            for m in (model, twin)
        ]
        for name, values in histories[0].items():
            np.testing.assert_allclose(values, histories[1][name], rtol=1e-4)


@WAYS
@pytest.mark.parametrize("build", [sequential, functional, subclass])
def test_weights_alone(tmp_path, writer, reader, build):
    model, twin = trained(writer, build, OPTIMIZERS[0]), build(reader)
    twin(np.zeros((1, 4), "float32"))
    model.save_weights(str(tmp_path / "w.weights.h5"))
    twin.load_weights(str(tmp_path / "w.weights.h5"))
    for a, b in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    model.save_weights(str(tmp_path / "s.weights.json"), max_shard_size=400 / 2**30)
    other = build(reader)
    other(np.zeros((1, 4), "float32"))
    other.load_weights(str(tmp_path / "s.weights.json"))
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def unshared(config):
    """Without the numbers of dtype policies, which Keras shares and we do not."""
    if isinstance(config, list):
        return [unshared(item) for item in config]
    if not isinstance(config, dict):
        return config
    is_policy = config.get("class_name") == "DTypePolicy"
    left = {"shared_object_id"} if is_policy else set()
    return {k: unshared(v) for k, v in config.items() if k not in left}


@pytest.mark.parametrize("build", [sequential, functional])
def test_config_is_written_alike(tmp_path, build):
    configs, trees = [], []
    for keras in (minikeras, real):
        keras.utils.clear_session()
        path = tmp_path / f"{keras.__name__}.keras"
        trained(keras, build, OPTIMIZERS[0]).save(str(path))
        with zipfile.ZipFile(path) as file:
            configs.append(json.loads(file.read("config.json")))
            (tmp_path / "w.h5").write_bytes(file.read("model.weights.h5"))
        with h5py.File(tmp_path / "w.h5") as file:
            found = {}
            file.visititems(
                lambda name, item, found=found: found.update(
                    {name: (getattr(item, "shape", None), dict(item.attrs))}
                )
            )
            trees.append(found)
    assert configs[0] == unshared(configs[1])
    assert trees[0] == trees[1]
