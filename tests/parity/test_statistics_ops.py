"""Statistics, missing values, segments, samples, patterns: next to live Keras.

Calls are drawn: shapes, axes, dtypes, numbers in place of tensors. Dtypes of 64 bits
are left out, since JAX has none.
"""

import inspect
import warnings

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)

NAMES = """
    median quantile percentile nanmax nanmin nanmean nanmedian nanpercentile
    nanquantile nanstd nansum nanvar nanprod nanargmax nanargmin nancumsum nancumprod
    histogram corrcoef correlate trapezoid diff select ldexp segment_sum segment_max
    segment_min segment_prod bartlett blackman hamming hanning kaiser i0 vectorize
    rearrange
""".split()
DTYPES = "bool uint8 int8 uint32 int32 float16 float32".split()
SHAPES = [(), (5,), (3, 4), (2, 1, 3), (4, 0)]  # few: JAX compiles for each


@pytest.mark.parametrize("name", NAMES)
def test_signature(name):
    ours, theirs = (
        [(p.name, p.kind, p.default) for p in inspect.signature(f).parameters.values()]
        for f in (getattr(ops, name), getattr(keras.ops, name))
    )
    ours = [p for p in ours if p[0] != "out"]
    assert [(n, d) for n, _, d in ours] == [(n, d) for n, _, d in theirs]


# Drawing ------------------------------------------------------------------------------


def tensor(rng, shape=None, dtype=None, holes=0.0):
    """Numbers in steps of 1 / 4, so that there are ties."""
    shape = SHAPES[rng.integers(4)] if shape is None else shape
    dtype = rng.choice(DTYPES) if dtype is None else dtype
    low = 0 if dtype in ("bool", "uint8", "uint16", "uint32") else -6
    x = rng.integers(low, 7, shape) / (4 if dtype.startswith("float") else 1)
    if dtype.startswith("float"):
        x = np.where(rng.random(shape) < holes, np.nan, x)
    return np.asarray(x).astype(dtype)


def axis_of(rng, x, several=True):
    choices = [None, *range(-x.ndim, x.ndim)]
    if several and x.ndim > 1:
        choices += [(0, 1), (-1, 0), (-1,)]
    return choices[rng.integers(len(choices))]


def a_reduction(rng, holes):
    x = tensor(rng, holes=holes)
    options = {"axis": axis_of(rng, x), "keepdims": bool(rng.integers(2))}
    return (x,), {k: v for k, v in options.items() if rng.random() < 0.8}


def a_position(rng):
    x = tensor(rng, holes=0.4)
    return (x,), {"axis": axis_of(rng, x, several=False)}


def a_quantile(rng, scale, holes):
    (x,), options = a_reduction(rng, holes)
    q = [float(rng.random()), [0.1, 0.75], (0.0, 1.0, 0.3)][rng.integers(3)]
    q = np.float32(q) * scale if isinstance(q, float) else [p * scale for p in q]
    # halves are rounded to even places here, as NumPy and TensorFlow do
    options["method"] = str(rng.choice(["linear", "midpoint", "lower", "higher"]))
    return (x, q), options


def a_histogram(rng):
    x = rng.normal(size=int(rng.choice([1, 20]))).astype("float32")
    x = x if rng.random() < 0.6 else (x * 9).astype(rng.choice(["int8", "int32"]))
    limits = [None, (-1, 2), (0.0, 1.5)][rng.integers(3)]
    return (x,), {"bins": int(rng.choice([1, 5])), "range": limits}


def a_correlation(rng):
    return (tensor(rng, (int(rng.integers(1, 4)), 7)),), {}


def a_sliding(rng):
    dtype = str(rng.choice(["int8", "int32", "float16", "float32"]))
    m, n = rng.choice([1, 2, 5], 2)
    mode = str(rng.choice(["valid", "same", "full"]))
    return (tensor(rng, (m,), dtype), tensor(rng, (n,), dtype), mode), {}


def an_integral(rng):
    y = tensor(rng, SHAPES[rng.integers(1, 4)], "float32")
    axis = int(rng.integers(-y.ndim, y.ndim))
    x = [None, tensor(rng, (y.shape[axis],), "float32"), tensor(rng, y.shape, "int32")]
    return (y, x[rng.integers(3)]), {"dx": float(rng.random()), "axis": axis}


def a_difference(rng):
    x = tensor(rng, SHAPES[rng.integers(1, 5)])
    return (x,), {"n": int(rng.integers(4)), "axis": int(rng.integers(-x.ndim, x.ndim))}


def a_choice(rng):
    shape = SHAPES[rng.integers(1, 4)]
    count = int(rng.integers(1, 4))
    choices = [tensor(rng, shape if rng.random() < 0.7 else ()) for _ in range(count)]
    default = [0, 1.5, tensor(rng, ())][rng.integers(3)]
    return ([tensor(rng, shape, "bool") for _ in choices], choices, default), {}


def a_power(rng):
    x = tensor(rng)
    n = tensor(rng, x.shape, str(rng.choice(["int8", "int32", "uint8"])))
    return (x, n if rng.random() < 0.7 else int(rng.integers(-9, 9))), {}


def some_segments(rng):
    data = tensor(rng, SHAPES[rng.integers(1, 4)])
    if data.dtype == "bool":  # JAX neither adds nor multiplies these
        data = data.astype("int8")
    ids = rng.integers(-1, 4, len(data)).astype("int32")
    is_sorted = bool(rng.integers(2))
    return (data, np.sort(ids) if is_sorted else ids, 4, is_sorted), {}


def a_pattern(rng):
    calls = [
        ("a b c -> c a b", {}),
        ("a (b d) c -> (a d) (b c)", {"d": 3}),
        ("a b (c d e) -> a (b d) (c e)", {"c": 2, "d": 1}),
        ("a b c -> (c b a)", {}),
    ]
    pattern, lengths = calls[rng.integers(len(calls))]
    return (tensor(rng, (2, 3, 4)), pattern), lengths


DRAWN = {
    "median": lambda rng: a_reduction(rng, 0.1),
    "quantile": lambda rng: a_quantile(rng, 1, 0.1),
    "percentile": lambda rng: a_quantile(rng, 100, 0.1),
    "nanquantile": lambda rng: a_quantile(rng, 1, 0.4),
    "nanpercentile": lambda rng: a_quantile(rng, 100, 0.4),
    "nanargmax": a_position,
    "nanargmin": a_position,
    "nancumsum": a_position,
    "nancumprod": a_position,
    "histogram": a_histogram,
    "corrcoef": a_correlation,
    "correlate": a_sliding,
    "trapezoid": an_integral,
    "diff": a_difference,
    "select": a_choice,
    "ldexp": a_power,
    "i0": lambda rng: ((tensor(rng),), {}),
    "kaiser": lambda rng: ((int(rng.choice([0, 1, 6])), float(rng.random() * 9)), {}),
    "rearrange": a_pattern,
}
for _name in "nanmax nanmin nanmean nanmedian nanstd nansum nanvar nanprod".split():
    DRAWN[_name] = lambda rng: a_reduction(rng, 0.4)
for _name in "segment_sum segment_max segment_min segment_prod".split():
    DRAWN[_name] = some_segments
for _name in "bartlett blackman hamming hanning".split():
    DRAWN[_name] = lambda rng: ((int(rng.integers(7)),), {})

every_draw = pytest.mark.parametrize("seed", range(9))
every_name = pytest.mark.parametrize("name", DRAWN)


def outcome(module, name, args, kwargs):
    """The results as arrays, or the exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            result = getattr(module, name)(*args, **kwargs)
        except Exception as error:
            return error
    several = result if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(y) for y in several]


def compare(ours, theirs):
    for y, wanted in zip(ours, theirs, strict=True):
        assert (y.shape, y.dtype) == (wanted.shape, wanted.dtype)
        close = 4e-3 if y.dtype == "float16" else 3e-5
        np.testing.assert_allclose(y, wanted, rtol=close, atol=close)


@every_draw
@every_name
def test_drawn_call(name, seed):
    args, kwargs = DRAWN[name](np.random.default_rng(seed))
    theirs = outcome(keras.ops, name, args, kwargs)
    ours = outcome(ops, name, args, kwargs)
    assert isinstance(ours, Exception) == isinstance(theirs, Exception), (ours, theirs)
    if not isinstance(ours, Exception):
        compare(ours, theirs)


# Symbolic -----------------------------------------------------------------------------


def symbolic(cls, x, unknown: bool):
    if isinstance(x, list):
        return [symbolic(cls, y, unknown) for y in x]
    if not isinstance(x, np.ndarray) or x.ndim == 0:
        return x
    dims = (None, *x.shape[1:]) if unknown else x.shape
    return cls(dims, x.dtype.name)


# Keras's own shape or dtype differs from what it computes, or None stops it.
OWN_WAYS = "corrcoef select bartlett blackman hamming hanning kaiser".split()


@pytest.mark.parametrize("unknown", [False, True])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", [n for n in DRAWN if n not in OWN_WAYS])
def test_symbolic_call(name, seed, unknown):
    if unknown and name in ("correlate", "rearrange"):
        pytest.skip("Keras has no answer")
    args, kwargs = DRAWN[name](np.random.default_rng(seed))
    if "quantile" in name or "percentile" in name:
        args = (args[0], np.asarray(args[1], "float32").tolist())
    count = 2 if name in ("correlate", "trapezoid", "ldexp") else 1
    count = 2 if name.startswith("segment") else count
    theirs, ours = (
        getattr(module, name)(
            *[symbolic(cls, x, unknown) for x in args[:count]], *args[count:], **kwargs
        )
        for module, cls in ((keras.ops, keras.KerasTensor), (ops, KerasTensor))
    )
    pairs = zip(*map(as_list, (ours, theirs)), strict=True)
    for y, wanted in pairs:
        assert y.shape == tuple(wanted.shape)
        assert y.dtype == wanted.dtype or name == "histogram"


def as_list(x):
    return list(x) if isinstance(x, (tuple, list)) else [x]


# Slopes -------------------------------------------------------------------------------

UNSLOPED = """
    nanargmax nanargmin segment_prod bartlett blackman hamming hanning kaiser select
""".split()


@pytest.mark.parametrize("name", [n for n in DRAWN if n not in UNSLOPED])
def test_slope(name):
    rng = np.random.default_rng(100)
    args, kwargs = DRAWN[name](rng)
    x = args[0].astype("float32")
    if name == "corrcoef":  # rows that lie apart from each other
        x = rng.normal(size=x.shape).astype("float32")
    if name == "histogram":
        kwargs["range"] = None
    if name in ("nanstd", "nanmedian", "median"):
        x, kwargs = rng.normal(size=(3, 4)).astype("float32"), {"axis": 1}
        x[1, 2] = np.nan if name.startswith("nan") else 0.5
    args = args[1:]
    weights = [0.5, 1.5]

    def total(module, x):
        results = as_list(getattr(module, name)(x, *args, **kwargs))
        return sum(module.sum(y * w) for y, w in zip(results, weights, strict=False))

    wanted = jax.grad(lambda x: total(keras.ops, x))(x)
    x = Tensor(x)
    with GradientTape() as tape:
        tape.watch(x)
        y = total(ops, x)
    found = tape.gradient(y, x)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


def test_slope_of_products_of_segments():
    """JAX has none: that of the products written out."""
    x, ids = np.array([[2.0, 3.0], [4.0, 0.5], [5.0, 7.0]], "float32"), [1, 0, 1]
    tensor = Tensor(x)
    with GradientTape() as tape:
        tape.watch(tensor)
        y = ops.sum(ops.segment_prod(tensor, ids, 2))
    wanted = jax.grad(lambda x: (x[0] * x[2]).sum() + x[1].sum())(x)
    np.testing.assert_allclose(tape.gradient(y, tensor), wanted)


# Functions made element by element ----------------------------------------------------

X = np.arange(12, dtype="float32").reshape(3, 4)
MADE = [
    (lambda m: lambda a, b: a + b, {}, (X, 2.0)),
    (lambda m: lambda a, b: a * b, {}, (X[:, :1], X[0])),
    (lambda m: lambda a: (a, a + 1), {}, (X,)),
    (lambda m: lambda a, b: a * b[0], {"excluded": {1}}, (X, [5.0, 6.0])),
    (lambda m: m.matmul, {"signature": "(m,n),(n)->(m)"}, (X[None], X[:2])),
    (lambda m: m.sum, {"signature": "(n)->()"}, (X,)),
    (lambda m: lambda v: (m.max(v), v), {"signature": "(n)->(),(n)"}, (X,)),
    (lambda m: m.cumsum, {"signature": "(n)->(n)"}, (X,)),
    (lambda m: lambda v, w: m.sum(v) + w, {"signature": "(n),()->()"}, (X, X[:, 0])),
    (lambda m: m.dot, {"signature": "(n),(n)->()"}, (X, X[0, :3])),
    (lambda m: m.dot, {"signature": "(n),(n)->()"}, (X, 3.0)),
    (lambda m: m.dot, {"signature": "(n),(n)->()"}, (X,)),
    (lambda m: m.sum, {"signature": "n->()"}, (X,)),
    (lambda m: m.sum, {"signature": "(n)->(n)"}, (X,)),
    (lambda m: lambda a, b: a + b, {}, (X, X[0, :3])),
]


@pytest.mark.parametrize(("make", "options", "args"), MADE)
def test_vectorize(make, options, args):
    def call(module):
        return module.vectorize(make(module), **options)(*args)

    class Made:
        def __init__(self, module):
            self.call = lambda: call(module)

    theirs, ours = (outcome(Made(m), "call", (), {}) for m in (keras.ops, ops))
    if isinstance(theirs, Exception):
        assert isinstance(ours, type(theirs)), (ours, theirs)
    else:
        compare(ours, theirs)


# Errors -------------------------------------------------------------------------------

V = X[0]
WRONG = [
    ("quantile", (X, 0.5), {"method": "low"}),
    ("quantile", (X, 0.5), {"axis": 2}),
    ("median", (X,), {"axis": 2}),
    ("nanmax", (X,), {"axis": -3}),
    ("nanmax", (X[:0],), {}),
    ("nanargmax", (X[:0],), {}),
    ("nanpercentile", (X, 30), {"method": "low"}),
    ("histogram", (X,), {}),
    ("histogram", (V, 2.5), {}),
    ("histogram", (V, -1), {}),
    ("histogram", (V, 3, (1,)), {}),
    ("histogram", (V, 3, (2, 1)), {}),
    ("histogram", (V, 3, [1, 2]), {}),
    ("corrcoef", (X[None],), {}),
    ("correlate", (V, V), {"mode": "all"}),
    ("correlate", (V, X), {}),
    ("correlate", (V, 2.0), {}),
    ("correlate", (V, V[:0]), {}),
    ("trapezoid", (X,), {"axis": 2}),
    ("trapezoid", (2.0,), {}),
    ("diff", (X,), {"n": -1}),
    ("diff", (X,), {"axis": 2}),
    ("diff", (2.0,), {}),
    ("select", ([], []), {}),
    ("select", ([X > 2], [X, X]), {}),
    ("select", (X > 2, X), {}),
    ("select", ([X > 2], [X[:, :3]]), {}),
    ("ldexp", (X, 2.0), {}),
    ("ldexp", (X, X > 2), {}),
    ("segment_sum", (X, np.array([0, 1]), 2), {}),
    ("segment_max", (X, np.array([[0], [1], [0]]), 2), {}),
    ("segment_sum", (X, np.array([0, 1, 1]), -1), {}),
    ("kaiser", (keras.KerasTensor(()), 2.0), {}),
    ("rearrange", (X, "a b"), {}),
    ("rearrange", (X, "a b -> a c"), {}),
    ("rearrange", (X, "a b -> a () b"), {}),
    ("rearrange", (X, 5), {}),
    ("vectorize", (5,), {}),
]


@pytest.mark.parametrize(
    ("name", "args", "kwargs"), WRONG, ids=[f"{w[0]}-{i}" for i, w in enumerate(WRONG)]
)
def test_same_kind_of_error(name, args, kwargs):
    theirs = outcome(keras.ops, name, args, kwargs)
    own = [
        KerasTensor(tuple(x.shape)) if isinstance(x, keras.KerasTensor) else x
        for x in args
    ]
    ours = outcome(ops, name, own, kwargs)
    kind = TypeError if isinstance(theirs, TypeError) else ValueError
    assert isinstance(theirs, kind)
    assert isinstance(ours, kind), ours
