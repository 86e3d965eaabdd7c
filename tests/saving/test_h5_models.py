"""Whole models in `.h5` files: what real Keras wrote, and our own round trips."""

import json
import pathlib

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, saving
from minikeras.saving import hdf5

DATA = pathlib.Path(__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def expected():
    return dict(np.load(DATA / "keras_h5.npz"))


def small_model(**compile_arguments):
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(5, activation="tanh", name="hidden"),
            layers.BatchNormalization(),
            layers.Dense(3, name="out"),
        ],
        name="net",
    )
    if compile_arguments:
        model.compile(**compile_arguments)
    return model


def random(*shape):
    return np.random.default_rng(3).normal(size=shape).astype("float32")


def weights_equal(a, b):
    return all(map(np.array_equal, a.get_weights(), b.get_weights()))


# ------------------------------------------------------------ files of real Keras


@pytest.mark.parametrize("name", ["mlp", "nested"])
def test_model_of_keras_predicts_the_same(expected, name):
    model = saving.load_model(DATA / f"keras3_{name}.h5", compile=False)
    y = model.predict(expected[f"{name}_x"], verbose=0)
    np.testing.assert_allclose(y, expected[f"{name}_y"], rtol=1e-5, atol=1e-6)


def test_model_of_tf_keras_predicts_the_same(expected):
    model = saving.load_model(DATA / "tf_keras_mlp.h5", compile=False)
    y = model.predict(expected["mlp_x"], verbose=0)
    np.testing.assert_allclose(y, expected["tf_keras_mlp_y"], rtol=1e-5, atol=1e-6)


def test_weights_of_tf_keras_fit(expected):
    model = saving.load_model(DATA / "keras3_mlp.h5", compile=False)
    model.load_weights(DATA / "tf_keras_mlp_weights.h5")
    y = model.predict(expected["mlp_x"], verbose=0)
    np.testing.assert_allclose(y, expected["tf_keras_mlp_y"], rtol=1e-5, atol=1e-6)


def test_training_goes_on_where_keras_stopped(expected):
    model = saving.load_model(DATA / "keras3_adam.h5")
    assert int(model.optimizer.iterations) == 9
    x, t = expected["adam_x"], expected["adam_t"]
    np.testing.assert_allclose(
        model.predict(x, verbose=0), expected["adam_y"], rtol=1e-5
    )
    history = model.fit(x, t, epochs=2, batch_size=8, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], expected["adam_loss"], rtol=1e-5)
    np.testing.assert_allclose(
        history["accuracy"], expected["adam_accuracy"], rtol=1e-5
    )


def scale_shift():
    class ScaleShift(layers.Layer):
        def __init__(self, start=1.0, **kwargs):
            super().__init__(**kwargs)
            self.start = start

        def build(self, input_shape):
            self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")
            self.shift = self.add_weight((input_shape[-1],), "zeros", name="shift")

        def call(self, x):
            return x * self.scale + self.shift

    return ScaleShift


def test_custom_layer_by_plain_name(expected):
    path = DATA / "keras3_custom_layer.h5"  # class_name golden>ScaleShift
    model = saving.load_model(path, {"ScaleShift": scale_shift()}, compile=False)
    y = model.predict(expected["custom_layer_x"], verbose=0)
    np.testing.assert_allclose(y, expected["custom_layer_y"], rtol=1e-5, atol=1e-6)


# --------------------------------------------------------------------- round trips


def test_round_trip_with_training_state(tmp_path):
    x, t = random(12, 4), random(12, 3)
    model = small_model(
        optimizer=keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"]
    )
    model.fit(x, t, epochs=2, verbose=0)
    model.save(tmp_path / "net.h5")
    twin = keras.models.load_model(tmp_path / "net.h5")
    assert weights_equal(model, twin)
    ours, theirs = (
        m.fit(x, t, epochs=2, shuffle=False, verbose=0).history for m in (model, twin)
    )
    assert ours == theirs
    assert weights_equal(model, twin)


def test_loaded_model_is_saved_alike(tmp_path):
    model = small_model(optimizer="sgd", loss="mse", metrics=["mae"])
    model.save(tmp_path / "a.h5")
    saving.load_model(tmp_path / "a.h5").save(tmp_path / "b.h5")
    with h5py.File(tmp_path / "a.h5") as a, h5py.File(tmp_path / "b.h5") as b:
        assert dict(a.attrs) == dict(b.attrs)


def test_layout_is_that_of_keras(tmp_path):
    """The same groups, attributes and config as in the file of real Keras."""
    model = saving.load_model(DATA / "keras3_adam.h5")
    model.save(tmp_path / "ours.h5")
    with (
        h5py.File(DATA / "keras3_adam.h5") as real,
        h5py.File(tmp_path / "ours.h5") as f,
    ):
        assert tree_of(f) == tree_of(real)
        for name in ("model_config", "training_config"):
            assert json.loads(f.attrs[name]) == json.loads(real.attrs[name])


def tree_of(file):
    """Every path with its attributes' content or its dataset's shape and dtype."""
    found = {}

    def visit(path, item):
        names = {k: list(v) for k, v in item.attrs.items() if k.endswith("_names")}
        is_group = isinstance(item, h5py.Group)
        found[path] = names if is_group else (item.shape, item.dtype)

    file.visititems(visit)
    return found


def test_without_optimizer(tmp_path):
    model = small_model(optimizer="adam", loss="mse")
    model.save(tmp_path / "net.h5", include_optimizer=False)
    with h5py.File(tmp_path / "net.h5") as file:
        assert list(file) == ["model_weights"]
        assert "training_config" not in file.attrs
    with pytest.warns(UserWarning, match="saved without training configuration"):
        twin = saving.load_model(tmp_path / "net.h5")
    assert not twin.compiled
    assert weights_equal(model, twin)


def test_subclass_comes_back_built(tmp_path):
    class Doubler(keras.Model):
        def __init__(self, units=2, **kwargs):
            super().__init__(**kwargs)
            self.units = units
            self.dense = layers.Dense(units)
            self.bonus = self.add_weight((units,), "ones", name="bonus")

        def call(self, x):
            return 2 * self.dense(x) + self.bonus

    model = Doubler(3)
    y = model.predict(random(2, 4), verbose=0)
    model.bonus.assign([1, 2, 3])
    model.save(tmp_path / "own.h5")
    twin = saving.load_model(tmp_path / "own.h5", {"Doubler": Doubler}, compile=False)
    np.testing.assert_array_equal(twin.bonus.numpy(), [1, 2, 3])
    expected = np.add(y, [0, 1, 2])
    np.testing.assert_allclose(twin.predict(random(2, 4), verbose=0), expected, 1e-6)


def test_lambda_needs_trust(tmp_path):
    model = keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "code.h5")
    with pytest.raises(ValueError, match="safe_mode=False"):
        saving.load_model(tmp_path / "code.h5", compile=False)
    model = saving.load_model(tmp_path / "code.h5", compile=False, safe_mode=False)
    np.testing.assert_array_equal(model.predict(np.ones((1, 2)), verbose=0), [[2, 2]])


def test_many_layers_need_several_attributes(tmp_path):
    names = [f"layer_{i}" for i in range(4500)]
    with h5py.File(tmp_path / "names.h5", "w") as file:
        hdf5.write_names(file, "layer_names", names)
        assert sorted(file.attrs) == ["layer_names0", "layer_names1"]
        assert hdf5.read_names(file, "layer_names") == names


def test_own_loss_and_objects_of_compile(tmp_path):
    def half(y_true, y_pred):
        return keras.ops.mean(y_pred - y_true) / 2

    model = small_model(
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9),
        loss=half,
        metrics=[keras.metrics.MeanSquaredError(name="squares")],
    )
    model.fit(random(4, 4), random(4, 3), verbose=0)
    model.save(tmp_path / "net.h5")
    twin = saving.load_model(tmp_path / "net.h5", custom_objects={"half": half})
    assert twin.optimizer.get_config() == model.optimizer.get_config()
    x, t = random(4, 4), random(4, 3)
    assert twin.evaluate(x, t, verbose=0) == model.evaluate(x, t, verbose=0)
    assert "squares" in twin.metrics[1].metrics[0].name
