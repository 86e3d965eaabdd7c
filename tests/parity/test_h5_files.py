"""`.h5` files between minikeras and real Keras, live, in both directions."""

import json

import h5py
import numpy as np
import pytest

import minikeras
from tests.parity.file_models import OPTIMIZERS, data, functional, sequential, trained

real = pytest.importorskip("keras")

pytestmark = pytest.mark.filterwarnings("ignore")  # real Keras warns about .h5 itself


@pytest.mark.parametrize("build", [sequential, functional])
@pytest.mark.parametrize(
    ("writer", "reader"), [(minikeras, real), (real, minikeras)], ids=["out", "in"]
)
@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o[0])
def test_model_with_training_state(tmp_path, writer, reader, build, optimizer):
    path = str(tmp_path / "model.h5")
    model = trained(writer, build, optimizer)
    model.save(path)
    twin = reader.models.load_model(path)
    x, _ = data()
    np.testing.assert_allclose(
        twin.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5, atol=1e-5
    )
    restore_optimizer(twin, path)
    state, loaded = (
        [np.asarray(v) for v in m.optimizer.variables] for m in (model, twin)
    )
    assert len(state) == len(loaded) > 2
    for ours, theirs in zip(state, loaded, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def restore_optimizer(model, path):
    """Makes up for Keras 3.15, which loads an .h5 file's optimizer without its slots.

    The names in the file, in order, must be those of Keras's own variables.
    """
    if not isinstance(model, real.Model):
        return
    config = real.optimizers.serialize(model.optimizer)
    optimizer = model.optimizer = real.optimizers.deserialize(config)
    optimizer.build(model.trainable_variables)
    with h5py.File(path) as file:
        group = file["optimizer_weights"]
        names = list(group.attrs["weight_names"])
        assert names == [v.path for v in optimizer.variables]
        for variable, name in zip(optimizer.variables, names, strict=True):
            variable.assign(group[name][()])


@pytest.mark.parametrize(
    ("writer", "reader"), [(minikeras, real), (real, minikeras)], ids=["out", "in"]
)
def test_training_goes_on_elsewhere(tmp_path, writer, reader):
    def build(keras):  # no dropout: its draws differ between backends
        hidden = keras.layers.Dense(6, activation="tanh")
        return keras.Sequential([keras.Input((4,)), hidden, keras.layers.Dense(3)])

    model = build(writer)
    model.compile(writer.optimizers.Adam(0.01), "mse", metrics=["mean_absolute_error"])
    x, _ = data()
    t = np.sin(x[:, :3])
    model.fit(x, t, epochs=2, verbose=0)
    model.save(str(tmp_path / "model.h5"))
    twin = reader.models.load_model(str(tmp_path / "model.h5"))
    restore_optimizer(twin, tmp_path / "model.h5")
    ours, theirs = (
        m.fit(x, t, epochs=3, batch_size=8, shuffle=False, verbose=0).history
        for m in (model, twin)
    )
    assert ours.keys() == theirs.keys()
    for name, values in ours.items():
        np.testing.assert_allclose(values, theirs[name], rtol=1e-4)


@pytest.mark.parametrize("build", [sequential, functional])
def test_weights_alone(tmp_path, build):
    """Keras 3 reads weights in this layout, but no longer writes them."""
    ours, theirs = build(minikeras), build(real)
    ours.save_weights(tmp_path / "w.h5")
    theirs.load_weights(str(tmp_path / "w.h5"))
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("build", [sequential, functional])
def test_config_is_written_alike(tmp_path, build):
    configs = []
    for keras in (minikeras, real):
        keras.utils.clear_session()
        build(keras).save(str(tmp_path / f"{keras.__name__}.h5"))
        with h5py.File(tmp_path / f"{keras.__name__}.h5") as file:
            configs.append(json.loads(file.attrs["model_config"]))
    assert configs[0] == configs[1]
