"""What every layer owes, checked for every layer in the registry."""

import json

import numpy as np
import pytest

import minikeras as keras
from minikeras.layers.layer import LAYERS
from tests.cases.layer_case import arguments_of, arrays_of, called, dtype_of
from tests.cases.layers import CASES

BATCH = 2
STEP = 1e-6
EVERY = [
    pytest.param(name, case, id=f"{name}-{i}")
    for name, cases in CASES.items()
    for i, case in enumerate(cases)
]
every_layer = pytest.mark.parametrize(("name", "case"), EVERY)


def make(name, case, **kwargs):
    return getattr(keras.layers, name)(**arguments_of(case, keras, **kwargs))


def shapes_of(case):
    return case.shape if isinstance(case.shape, list) else [case.shape]


def arrays(case, dtype="float32", seed=0):
    return arrays_of(case, BATCH, np.random.default_rng(seed), dtype)


def test_every_layer_has_a_case():
    registered = {name for name, _ in LAYERS.items()}
    registered -= {"InPhase"}  # of minikeras.backend, if that is loaded
    assert registered - set(CASES) == set()


@every_layer
def test_config_round_trip(name, case):
    layer = make(name, case)
    config = layer.get_config()
    saved = json.loads(json.dumps(config))
    assert json.loads(json.dumps(type(layer).from_config(saved).get_config())) == saved
    form = json.loads(json.dumps(keras.layers.serialize(layer)))
    twin = keras.layers.deserialize(form)
    assert type(twin) is type(layer)
    assert json.loads(json.dumps(twin.get_config())) == saved


@every_layer
@pytest.mark.parametrize("batch", [None, BATCH])
def test_symbolic_shape_is_the_eager_shape(name, case, batch):
    layer = make(name, case)
    dtype = dtype_of(case)
    symbols = [keras.Input(s, batch_size=batch, dtype=dtype) for s in shapes_of(case)]
    symbolic = called(layer, case, symbols)
    eager = called(layer, case, arrays(case))
    assert symbolic.shape == (batch, *eager.shape[1:])
    assert symbolic.dtype == eager.dtype.name == case.gives
    inputs = [(batch, *shape) for shape in shapes_of(case)]
    assert tuple(called(layer.compute_output_shape, case, inputs)) == symbolic.shape


@every_layer
def test_builds_once_and_makes_its_weights(name, case):
    layer = make(name, case)
    inputs = arrays(case)
    called(layer, case, inputs)
    first = list(layer.weights)
    called(layer, case, inputs)
    assert layer.built
    assert [id(w) for w in layer.weights] == [id(w) for w in first]
    assert [w.shape for w in layer.weights] == [tuple(s) for s in case.weights]
    assert layer.count_params() == sum(w.size for w in first)


@pytest.mark.parametrize(
    ("name", "case"), [p for p in EVERY if p.values[1].gives == "float32"]
)
def test_gradients_are_directional_derivatives(name, case):
    """One training step's gradients against finite differences, in float64."""
    inputs = arrays(case, "float64")
    floats = inputs if dtype_of(case) == "float32" else []
    twin = make(name, case, dtype="float64")
    called(twin, case, inputs)
    rng = np.random.default_rng(1)
    values = [np.asarray(rng.normal(size=w.shape) ** 2 + 0.1) for w in twin.weights]
    config = twin.get_config()

    def loss(weights, xs):
        layer = type(twin).from_config(config)
        with keras.GradientTape() as tape:
            tensors = [keras.ops.convert_to_tensor(x) for x in xs]
            tape.watch(tensors if floats else [])
            called(layer, case, tensors)  # builds
            layer = type(twin).from_config(config)
            called(layer.build, case, batch_shapes(case))
            layer.set_weights(weights)
            y = called(layer, case, tensors, training=True)
            total = keras.ops.sum(keras.ops.square(y) + y) + sum(layer.losses, 0.0)
        sources = [*layer.trainable_weights, *(tensors if floats else [])]
        places = [id(w) for w in layer.weights]
        trained = [places.index(id(w)) for w in layer.trainable_weights]
        return float(total), tape.gradient(total, sources), trained

    _, gradients, trained = loss(values, inputs)
    ways = [rng.normal(size=g.shape) for g in gradients]
    assert all(np.isfinite(g.numpy()).all() for g in gradients)

    def moved(step):
        weights, xs = list(values), list(inputs)
        for place, way in zip(trained, ways, strict=False):
            weights[place] = np.asarray(weights[place] + step * way)
        for place, way in enumerate(ways[len(trained) :]):
            xs[place] = xs[place] + step * way
        return loss(weights, xs)[0]

    numeric = (moved(STEP) - moved(-STEP)) / (2 * STEP)
    analytic = sum((g.numpy() * w).sum() for g, w in zip(gradients, ways, strict=True))
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-7)


def batch_shapes(case):
    return [(BATCH, *shape) for shape in shapes_of(case)]


@pytest.mark.parametrize(("name", "case"), [p for p in EVERY if p.values[1].masks])
def test_mask_goes_where_it_should(name, case):
    layer = make(name, case)
    masks = [np.ones((BATCH, *shape[:-1]), bool) for shape in shapes_of(case)]
    inputs = [keras.ops.convert_to_tensor(x) for x in arrays(case)]
    for x, mask in zip(inputs, masks, strict=True):
        x._keras_mask = keras.ops.convert_to_tensor(mask)
    out = called(layer, case, inputs)
    assert out._keras_mask.shape == out.shape[:-1]


@every_layer
def test_same_seed_same_numbers(name, case):
    def run():
        keras.utils.set_random_seed(7)
        layer = make(name, case)
        out = called(layer, case, arrays(case), training=True)
        return [out.numpy(), *layer.get_weights()]

    for first, second in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(first, second)


@every_layer
def test_float32_stays_float32(name, case):
    layer = make(name, case)
    out = called(layer, case, arrays(case, "float64"), training=True)
    assert out.dtype == case.gives
    assert {w.dtype for w in layer.weights} <= {"float32", "int32"}  # ints count


@every_layer
def test_not_trainable_is_frozen(name, case):
    layer = make(name, case)
    layer.trainable = False
    called(layer, case, arrays(case))
    before = layer.get_weights()
    called(layer, case, arrays(case), training=True)
    assert layer.trainable_weights == []
    for old, new in zip(before, layer.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
