"""Open sizes in every layer, and what the families' own tests leave out."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.tensor import Tensor
from tests.cases.layer_case import arguments_of, called, dtype_of
from tests.cases.layers import CASES

X = np.ones((4, 3, 2), "float32")


def shapes_of(case):
    return case.shape if isinstance(case.shape, list) else [case.shape]


EVERY = [
    pytest.param(name, case, axis, id=f"{name}-{i}-{axis}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
    for axis in range(max(map(len, shapes_of(case))))
]


def output_shapes(name, case, shapes):
    dtype = dtype_of(case)
    layer = getattr(layers, name)(**arguments_of(case, keras))
    outputs = called(layer, case, [keras.Input(s, dtype=dtype) for s in shapes])
    return [x.shape for x in keras.tree.flatten(outputs)]


@pytest.mark.parametrize(("name", "case", "axis"), EVERY)
def test_open_size_is_open_after_the_layer_or_known_or_refused(name, case, axis):
    """A symbolic shape never contradicts the real one, whichever size is open."""
    shapes = shapes_of(case)
    opened = [tuple(None if i == axis else n for i, n in enumerate(s)) for s in shapes]
    real = output_shapes(name, case, shapes)
    try:
        found = output_shapes(name, case, opened)
    except ValueError as error:
        said = str(error)
        assert "None" in said or "known" in said or "open" in said
        return
    assert len(found) == len(real)
    for mine, wanted in zip(found, real, strict=True):
        assert len(mine) == len(wanted)
        assert all(m in (None, w) for m, w in zip(mine, wanted, strict=True))


# Reshaping ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "shape", "expected"),
    [
        (layers.Flatten(), (None, 3, None), (None, None)),
        (layers.Flatten("channels_first"), (2, None, 3), (None, None)),
        (layers.Flatten(), (2, 0, 3), (None, 0)),
        (layers.Reshape((6,)), (None, None), (None, 6)),
        (layers.Reshape((2, -1, 2)), (None, 3), (None, 2, None, 2)),
        (layers.Reshape(()), (1,), (None,)),
        (layers.Reshape((0,)), (0, 3), (None, 0)),
        (layers.Permute((3, 1, 2)), (None, 2, None), (None, None, None, 2)),
        (layers.RepeatVector(3), (None,), (None, 3, None)),
    ],
)
def test_shapes_of_reshaping_layers(layer, shape, expected):
    assert layer(keras.Input(shape)).shape == expected
    assert tuple(layer.compute_output_shape((None, *shape))) == expected


def test_open_sizes_are_filled_when_the_data_comes():
    x = keras.Input((None, 4))
    y = layers.Reshape((-1, 2))(layers.Permute((2, 1))(layers.Flatten()(x)[:, None]))
    model = keras.Model(x, y)
    assert y.shape == (None, None, 2)
    for steps in (1, 3):
        values = np.arange(8.0 * steps).reshape(2, steps, 4)
        found = model.predict(values, verbose=0)
        np.testing.assert_array_equal(found, values.reshape(2, 2 * steps, 2))


@pytest.mark.parametrize("shape", [(6,), (0,)])
def test_nothing_cannot_be_divided(shape):
    with pytest.raises(ValueError, match=r"target_shape=\(0, -1\) \(0 values\)"):
        layers.Reshape((0, -1))(keras.Input(shape))


# Regularization -----------------------------------------------------------------------

DROPOUTS = [layers.Dropout, layers.AlphaDropout]


@pytest.mark.parametrize("make", DROPOUTS)
@pytest.mark.parametrize(
    ("noise_shape", "shared"),
    [((None, 1, None), (1,)), ((1, 1, 6), (0, 1)), ((7, 6), (0,)), ((8, 7, 1), (2,))],
)
def test_noise_shape_says_which_axes_share_their_fate(make, noise_shape, shared):
    ones = np.ones((8, 7, 6), "float32")
    out = make(0.5, noise_shape=noise_shape, seed=3)(ones, training=True).numpy()
    assert out.shape == ones.shape
    assert len(np.unique(out)) == 2
    for axis in shared:
        assert (out == out.take([0], axis)).all()
    for axis in {0, 1, 2} - set(shared):
        assert (out != out.take([0], axis)).any()


@pytest.mark.parametrize("make", DROPOUTS)
@pytest.mark.parametrize("noise_shape", [(2, 1, 1), (4, 3, 2, 1), (None, 1), (4, 2)])
def test_noise_shape_that_does_not_fit_is_refused(make, noise_shape):
    with pytest.raises(ValueError, match=r"noise_shape must broadcast to the inputs'"):
        make(0.5, noise_shape=noise_shape)(X, training=True)


@pytest.mark.parametrize(
    ("make", "shape"),
    [
        (layers.SpatialDropout1D, (50, 4, 3)),
        (layers.SpatialDropout2D, (50, 4, 5, 3)),
        (layers.SpatialDropout3D, (50, 2, 4, 5, 3)),
    ],
)
def test_spatial_dropout_keeps_or_drops_whole_maps(make, shape):
    ones = np.ones(shape, "float32")
    out = make(0.4, seed=2)(ones, training=True).numpy()
    maps = out.reshape(50, -1, 3)
    assert (maps == maps[:, :1]).all()
    kept = maps[:, 0] > 0
    np.testing.assert_allclose(out[out > 0], 1 / 0.6, rtol=1e-6)
    assert 0.45 < kept.mean() < 0.75
    assert (kept != kept[:, :1]).any()  # maps of one sample go separate ways


def test_noise_has_the_spread_that_was_asked_for():
    ones = np.ones((200, 100), "float32")
    added = layers.GaussianNoise(0.3, seed=1)(ones, training=True).numpy()
    assert added.mean() == pytest.approx(1, abs=0.01)
    assert added.std() == pytest.approx(0.3, abs=0.01)
    factors = layers.GaussianDropout(0.2, seed=1)(2 * ones, training=True).numpy() / 2
    assert factors.mean() == pytest.approx(1, abs=0.02)
    assert factors.std() == pytest.approx((0.2 / 0.8) ** 0.5, abs=0.01)


def test_alpha_dropout_keeps_mean_and_spread():
    x = np.random.default_rng(0).normal(size=(200, 100)).astype("float32")
    out = layers.AlphaDropout(0.3, seed=1)(x, training=True).numpy()
    assert out.mean() == pytest.approx(0, abs=0.02)
    assert out.std() == pytest.approx(1, abs=0.02)
    most = np.unique(out, return_counts=True)[1].max()  # the dropped have one value
    assert most / out.size == pytest.approx(0.3, abs=0.01)


def test_gradients_pass_where_values_pass():
    x = keras.ops.convert_to_tensor(X)
    for make in (layers.Dropout, layers.GaussianDropout):
        with keras.GradientTape() as tape:
            tape.watch(x)
            y = make(0.5, seed=5)(x, training=True)
        np.testing.assert_allclose(tape.gradient(y, x).numpy(), y.numpy(), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "bool"])
def test_whole_numbers_become_floats_when_disturbed(dtype):
    for layer in (layers.Dropout(0.5), layers.GaussianNoise(0.1)):
        out = layer(X.astype(dtype), training=True)
        assert type(out) is Tensor and out.dtype == "float32"


def test_suggested_rates_are_short():
    with pytest.raises(ValueError, match=r"Try Dropout\(rate=0.011\)"):
        layers.Dropout(1.1)
