"""`minikeras.ops` next to real Keras: signatures, values, dtypes and slopes."""

import inspect

import numpy as np
import pytest

from minikeras import activations, ops
from minikeras.tensor import GradientTape, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)

rng = np.random.default_rng(3)
X = rng.normal(size=(3, 4)).astype("float32")
Y = rng.normal(size=(3, 4)).astype("float32")
P = rng.uniform(0.1, 0.9, (3, 4)).astype("float32")
HOT = np.eye(4, dtype="float32")[[1, 0, 3]]
LABELS = np.array([1, 0, 3], "int32")
EDGES = np.array([-6, -3, -1, -0.5, 0, 0.5, 1, 3, 6], "float32")
WHOLE = np.array([[3, -1, 2, 0], [0, 5, 5, 1]], "int32")

PUBLIC = [
    name
    for name in ops.__all__
    if hasattr(keras.ops, name) and name not in ops.SUBMODULES
]


def parameters(function):
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.default) for p in found if p.name != "out"]


def test_all_names_are_keras_names():
    assert {*PUBLIC, *ops.SUBMODULES} == set(ops.__all__)
    assert set(activations.__all__) == {
        name for name in dir(keras.activations) if not name.startswith("_")
    }


@pytest.mark.parametrize("name", PUBLIC)
def test_signature(name):
    assert parameters(getattr(ops, name)) == parameters(getattr(keras.ops, name))


@pytest.mark.parametrize("name", activations.__all__)
def test_activation_signature(name):
    ours, theirs = getattr(activations, name), getattr(keras.activations, name)
    assert parameters(ours) == parameters(theirs)


def flat(value):
    if isinstance(value, (tuple, list)):
        return [array for one in value for array in flat(one)]
    return [np.asarray(value)]


def compare(name, args, kwargs):
    theirs = flat(getattr(keras.ops, name)(*args, **kwargs))
    ours = flat(getattr(ops, name)(*args, **kwargs))
    for mine, wanted in zip(ours, theirs, strict=True):
        assert mine.dtype == wanted.dtype
        np.testing.assert_allclose(mine, wanted, rtol=2e-5, atol=2e-6)


UNARY = """
    abs absolute arctan arcsinh cbrt ceil cos cosh deg2rad erf erfc exp exp2 expm1
    floor hard_sigmoid hard_silu hard_tanh isfinite isinf isnan log_sigmoid negative
    rad2deg relu relu6 round selu sigmoid sign silu sin sinc sinh soft_shrink
    softplus softsign sparse_plus sparse_sigmoid square squareplus tan tanh
    tanh_shrink trunc celu elu gelu hard_shrink leaky_relu log_softmax softmax
    sparsemax glu all any amax amin argmax argmin count_nonzero cumprod cumsum flip
    logsumexp max mean min nan_to_num norm normalize ones_like prod ptp ravel sort
    argsort std sum transpose tril triu var zeros_like trace diagonal
    layer_normalization rms_normalization logical_not signbit
""".split()
# JAX refuses integers here, or warns.
FLOAT_ONLY = """
    celu elu erf erfc glu hard_shrink hard_sigmoid hard_silu hard_tanh
    layer_normalization leaky_relu log_sigmoid log_softmax normalize relu6
    rms_normalization selu sigmoid silu soft_shrink softsign sparse_plus
    sparse_sigmoid sparsemax squareplus tanh_shrink
""".split()


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    compare(name, (X,), {})


@pytest.mark.parametrize("name", [n for n in UNARY if n not in FLOAT_ONLY])
def test_unary_of_integers(name):
    compare(name, (WHOLE,), {})


PAIRS = """
    add subtract multiply divide true_divide floor_divide mod fmod maximum minimum
    fmax fmin power equal not_equal less less_equal greater greater_equal arctan2
    hypot logaddexp divide_no_nan heaviside logical_and logical_or logical_xor
""".split()


@pytest.mark.parametrize("name", PAIRS)
def test_pairs(name):
    x = P if name == "power" else X
    for other in (Y, 2.0, 2, np.array([1, 2, 3, 4], "int32"), np.float32(1.5)):
        compare(name, (x, other), {})


@pytest.mark.parametrize("name", [n for n in PAIRS if n != "power"])
def test_pairs_of_integers(name):
    for other in (np.array([1, 2, 3, 4], "int32"), 3, 2.5):
        compare(name, (WHOLE, other), {})


CALLS = [
    ("arange", (5,), {}),
    ("arange", (1, 3, 0.5), {}),
    ("average", (X,), {"axis": 1, "weights": np.array([1, 2, 3, 4], "float32")}),
    ("bincount", (np.array([0, 1, 1, 4]),), {"minlength": 3}),
    ("broadcast_to", (X[:1], (3, 4)), {}),
    ("clip", (X, -0.5, 0.5), {}),
    ("clip", (WHOLE, 1, 3), {}),
    ("concatenate", ([X, Y],), {"axis": 1}),
    ("cumsum", (X,), {"axis": 1}),
    ("diag", (X[0],), {"k": 1}),
    ("digitize", (X, np.array([-0.5, 0.0, 0.5], "float32")), {}),
    ("dot", (X, Y.T), {}),
    ("einsum", ("ij,kj->ik", X, Y), {}),
    ("einsum", ("ij,ij", X, Y), {}),
    ("einsum", ("...i,ij->...j", np.stack([X, Y]), X.T), {}),
    ("einsum", ("ii->i", X[:3, :3]), {}),
    ("expand_dims", (X, (0, -1)), {}),
    ("eye", (3, 4), {"k": 1}),
    ("full", ((2, 2), 3), {}),
    ("gelu", (X,), {"approximate": False}),
    ("in_top_k", (LABELS, X), {"k": 2}),
    ("inner", (X, Y), {}),
    ("isclose", (X, X + 1e-7), {}),
    ("isin", (WHOLE, np.array([3, 5])), {}),
    ("leaky_relu", (X, 0.3), {}),
    ("linspace", (0, 1, 5), {}),
    ("logspace", (0, 2, 5), {}),
    ("matmul", (X, Y.T), {}),
    ("mean", (X,), {"axis": (0, 1), "keepdims": True}),
    ("meshgrid", (X[0], Y[0]), {}),
    ("moments", (X,), {"axes": [0]}),
    ("moveaxis", (X[None], 0, -1), {}),
    ("multi_hot", (np.array([[0, 2], [1, 1]]), 4), {}),
    ("norm", (X,), {"ord": 1, "axis": 1}),
    ("norm", (X,), {"ord": np.inf, "axis": 0, "keepdims": True}),
    ("norm", (X,), {"ord": 2, "axis": (0, 1)}),
    ("norm", (X,), {"ord": "nuc", "axis": (0, 1)}),
    ("norm", (X,), {"ord": 1, "axis": (0, 1)}),
    ("normalize", (X,), {"axis": 0, "order": 1}),
    ("one_hot", (LABELS, 4), {"axis": 0}),
    ("outer", (X[0], Y[0]), {}),
    ("pad", (X, ((1, 0), (0, 2))), {"constant_values": 3}),
    ("pad", (X, 1), {"mode": "reflect"}),
    ("repeat", (X, 2), {"axis": 1}),
    ("reshape", (X, (2, -1)), {}),
    ("roll", (X, 1), {"axis": 0}),
    ("rot90", (X,), {}),
    ("saturate_cast", (X * 300, "uint8"), {}),
    ("scatter", (np.array([[0], [2]]), Y[:2], (3, 4)), {}),
    ("scatter_update", (X, np.array([[0, 1], [2, 3]]), Y[0, :2]), {"reduction": "add"}),
    ("searchsorted", (np.sort(X[0]), Y[0]), {}),
    ("slice", (X, (1, 0), (2, 2)), {}),
    ("slice_update", (X, (1, 1), Y[:2, :2]), {}),
    ("split", (X, 2), {"axis": 1}),
    ("split", (X, [1, 3]), {"axis": 1}),
    ("array_split", (X, 3), {"axis": 1}),
    ("squeeze", (X[None],), {}),
    ("stack", ([X, Y],), {"axis": -1}),
    ("swapaxes", (X, 0, 1), {}),
    ("take", (X, np.array([2, 0])), {"axis": 1}),
    ("take_along_axis", (X, np.argsort(X, 1)), {"axis": 1}),
    ("tensordot", (X, Y), {"axes": ((0,), (0,))}),
    ("tile", (X, (2, 1)), {}),
    ("top_k", (X, 2), {}),
    ("tri", (3,), {}),
    ("unique", (WHOLE,), {"return_counts": True}),
    ("unravel_index", (np.array([5, 2]), (2, 3)), {}),
    ("unstack", (X,), {"axis": 1}),
    ("vdot", (X, Y), {}),
    ("vstack", ([X, Y],), {}),
    ("hstack", ([X, Y],), {}),
    ("where", (X > 0, X, 0.0), {}),
    ("batch_normalization", (X, Y[0], P[0], -1), {"offset": Y[1], "scale": P[1]}),
    ("batch_normalization", (X, Y[:, 0], P[:, 0], 0), {}),
    ("binary_crossentropy", (HOT, P), {}),
    ("binary_crossentropy", (HOT, X), {"from_logits": True}),
    ("categorical_crossentropy", (HOT, P), {}),
    ("categorical_crossentropy", (HOT, X), {"from_logits": True}),
    ("categorical_crossentropy", (HOT.T, P.T), {"axis": 0}),
    ("sparse_categorical_crossentropy", (LABELS, P), {}),
    ("sparse_categorical_crossentropy", (LABELS[:, None], X), {"from_logits": True}),
    ("layer_normalization", (X,), {"gamma": P[0], "beta": Y[0]}),
    ("layer_normalization", (X,), {"gamma": P[:, 0], "axis": 0}),
    ("layer_normalization", (X,), {"rms_scaling": True}),
    ("threshold", (X, 0.2, -1.0), {}),
]


@pytest.mark.filterwarnings("ignore:.*rms_scaling.*")
@pytest.mark.parametrize(
    ("name", "args", "kwargs"), CALLS, ids=[f"{c[0]}-{i}" for i, c in enumerate(CALLS)]
)
def test_call(name, args, kwargs):
    compare(name, args, kwargs)


def slopes(function, x):
    x = Tensor(np.array(x))
    with GradientTape() as tape:
        tape.watch(x)
        y = ops.sum(function(x))
    return tape.gradient(y, x)


# Kinks included; the hard limits of hard_tanh and its like are shared between both
# sides here, as JAX does for `clip`.
SLOPES = """
    relu relu6 leaky_relu elu selu celu silu gelu softplus softsign hard_sigmoid
    hard_silu log_sigmoid sigmoid tanh_shrink soft_shrink squareplus softmax
    log_softmax abs max min
""".split()


@pytest.mark.parametrize("name", SLOPES)
def test_slope_at_kinks(name):
    theirs = jax.grad(lambda x: (getattr(keras.ops, name)(x) * EDGES[::-1]).sum())
    ours = slopes(lambda x: getattr(ops, name)(x) * EDGES[::-1], EDGES)
    np.testing.assert_allclose(ours, theirs(EDGES), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["maximum", "minimum", "clip"])
def test_slope_is_shared_by_equals(name):
    limits = (0.0, 1.0) if name == "clip" else (0.5,)
    theirs = jax.grad(lambda x: getattr(keras.ops, name)(x, *limits).sum())(EDGES)
    ours = slopes(lambda x: getattr(ops, name)(x, *limits), EDGES)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize("kind", ["binary", "categorical", "sparse_categorical"])
def test_slope_of_crossentropies(kind, from_logits):
    target = LABELS if kind.startswith("sparse") else HOT
    x = np.concatenate([X if from_logits else P, [[0, 1, 0, 0]]]).astype("float32")
    target = np.concatenate([target, target[:1]])
    name = f"{kind}_crossentropy"
    theirs = jax.grad(
        lambda x: getattr(keras.ops, name)(target, x, from_logits=from_logits).sum()
    )(x)
    ours = slopes(lambda x: getattr(ops, name)(target, x, from_logits=from_logits), x)
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "arguments", [(0.2, 6.0, 1.0), (0.0, 2.5, 0.0), (0.5, None, -1)]
)
def test_relu_variations(arguments):
    theirs = keras.activations.relu(EDGES, *arguments)
    np.testing.assert_allclose(activations.relu(EDGES, *arguments), theirs, rtol=1e-6)
