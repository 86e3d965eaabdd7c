"""Statistics, missing values, segments, samples and choices, by plain NumPy."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor, function

rng = np.random.default_rng(12)
X = rng.normal(size=(3, 4)).astype("float32")
Y = rng.normal(size=(3, 4)).astype("float32")
HOLES = X.copy()
HOLES[0, 1] = HOLES[2] = np.nan
IDS = np.array([1, 0, 1], "int32")
EVEN = np.arange(3, dtype="int32")

# What each function does to one matrix, and whether the result has a slope.
CALLS = {
    "median": lambda x: ops.median(x, axis=1),
    "quantile": lambda x: ops.quantile(x, [0.3, 0.9], axis=1),
    "quantile of all": lambda x: ops.quantile(x, 0.37),
    "quantile between": lambda x: ops.quantile(x, 0.3, (0, 1), "midpoint", True),
    "quantile at": lambda x: ops.quantile(x, [[0.2], [0.6]], -1, "nearest"),
    "percentile": lambda x: ops.percentile(x, [20, 70], axis=0, keepdims=True),
    "nansum": lambda x: ops.nansum(x, axis=1),
    "nanprod": lambda x: ops.nanprod(x, axis=(0, 1), keepdims=True),
    "nancumsum": lambda x: ops.nancumsum(x, axis=0),
    "nancumprod": lambda x: ops.nancumprod(x, axis=1),
    "nanmean": lambda x: ops.nanmean(x, axis=0),
    "nanvar": lambda x: ops.nanvar(x, axis=1, keepdims=True),
    "nanstd": lambda x: ops.nanstd(x, axis=1),
    "nanmax": lambda x: ops.nanmax(x, axis=1),
    "nanmin": lambda x: ops.nanmin(x),
    "nanargmax": lambda x: ops.nanargmax(x, axis=1),
    "nanargmin": lambda x: ops.nanargmin(x, axis=0, keepdims=True),
    "nanquantile": lambda x: ops.nanquantile(x, [0.1, 0.8], axis=1),
    "nanpercentile": lambda x: ops.nanpercentile(x, 25, axis=0, keepdims=True),
    "nanmedian": lambda x: ops.nanmedian(x, axis=1),
    "histogram": lambda x: ops.histogram(ops.ravel(x), bins=3),
    "histogram in a range": lambda x: ops.histogram(ops.ravel(x), 4, (-1.0, 1.0)),
    "corrcoef": lambda x: ops.corrcoef(x),
    "corrcoef of one": lambda x: ops.corrcoef(x[0]),
    "correlate": lambda x: ops.correlate(x[0], x[1, :2], mode="valid"),
    "correlate the same": lambda x: ops.correlate(x[0, :3], x[1], mode="same"),
    "correlate fully": lambda x: ops.correlate(x[0], x[1], mode="full"),
    "trapezoid": lambda x: ops.trapezoid(x, axis=0),
    "trapezoid at places": lambda x: ops.trapezoid(x, x=[0, 1, 3, 4]),
    "diff": lambda x: ops.diff(x, n=2),
    "diff along": lambda x: ops.diff(x, axis=0),
    "select": lambda x: ops.select([x > 1, x > 0], [x * 2, x * x], 3.0),
    "ldexp": lambda x: ops.ldexp(x, np.array([1, 0, -2, 3], "int32")),
    "i0": lambda x: ops.i0(x),
    "kaiser": lambda x: ops.kaiser(5, x[0, :1]),
    "segment_sum": lambda x: ops.segment_sum(x, IDS, num_segments=3),
    "segment_prod": lambda x: ops.segment_prod(x, IDS, num_segments=2),
    "segment_max": lambda x: ops.segment_max(x, IDS, num_segments=2),
    "segment_min": lambda x: ops.segment_min(x, IDS, num_segments=2),
    "rearrange": lambda x: ops.rearrange(x, "a (b c) -> c (a b)", c=2),
    "vectorize": lambda x: ops.vectorize(lambda a, b: a * b)(x, x[0]),
    "vectorize rows": lambda x: ops.vectorize(ops.dot, signature="(n),(n)->()")(
        x, x[1]
    ),
}
MISSING = [name for name in CALLS if name.startswith("nan")]
FLAT = ["nanargmax", "nanargmin"]  # positions have no slope
EAGER = ["vectorize", "vectorize rows"]
every_call = pytest.mark.parametrize("name", CALLS)


def flat(results):
    return list(results) if isinstance(results, tuple) else [results]


def total(name, x):
    """A sum of all results with weights of their own."""
    results = flat(CALLS[name](x))
    weights = [
        np.random.default_rng(i).uniform(0.5, 1.5, y.shape)
        for i, y in enumerate(results)
    ]
    parts = [ops.sum(y * w) for y, w in zip(results, weights, strict=True)]
    return parts[0] if len(parts) == 1 else parts[0] + parts[1]


def slope(name, x):
    x = Tensor(np.array(x))
    with GradientTape() as tape:
        tape.watch(x)
        y = total(name, x)
    return tape.gradient(y, x)


def steepness(name, x, direction, step=1e-6):
    up, down = total(name, x + step * direction), total(name, x - step * direction)
    return (float(up) - float(down)) / (2 * step)


@pytest.mark.parametrize(
    "name", [n for n in CALLS if n not in (*FLAT, "histogram in a range")]
)
def test_gradient_is_the_slope(name):
    x, direction = X.astype("float64"), rng.normal(size=X.shape)
    found = float(np.sum(slope(name, x) * direction))
    assert found == pytest.approx(steepness(name, x, direction), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", [n for n in MISSING if n not in FLAT])
def test_gradient_passes_by_missing_values(name):
    x = HOLES[:2].astype("float64")
    direction = np.where(np.isnan(x), 0, rng.normal(size=x.shape))
    found = slope(name, x).numpy()
    assert (found[np.isnan(x)] == 0).all()
    expected = steepness(name, x, direction)
    assert np.sum(found * direction) == pytest.approx(expected, rel=1e-5, abs=1e-6)


SMOOTH = ["nanvar", "nanstd", "corrcoef", "i0", "kaiser", "select"]


@pytest.mark.parametrize("name", [*SMOOTH, "correlate fully", "segment_prod"])
def test_gradient_of_the_gradient(name):
    x, direction, step = X.astype("float64"), rng.normal(size=X.shape), 1e-6
    x = Tensor(x)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as tape:
            tape.watch(x)
            y = total(name, x)
        first = ops.sum(tape.gradient(y, x) * direction)
    found = float(ops.sum(outer.gradient(first, x) * direction))
    up, down = (
        float(np.sum(slope(name, x.numpy() + s * direction) * direction))
        for s in (step, -step)
    )
    assert found == pytest.approx((up - down) / (2 * step), rel=1e-4, abs=1e-5)


@every_call
def test_symbolic_shape_is_the_real_one(name):
    if name in EAGER:
        return
    real = flat(CALLS[name](X))
    for dims in (X.shape, (None, 4), (None, None)):
        if None in dims and name == "corrcoef of one":
            dims = (3, dims[1])
        symbolic = KerasTensor(dims)
        if dims[0] is None and name in ("correlate", "correlate the same", "rearrange"):
            continue
        found = flat(CALLS[name](symbolic))
        for y, wanted in zip(found, real, strict=True):
            pairs = zip(y.shape, wanted.shape, strict=True)
            assert all(m in (n, None) for m, n in pairs)
            assert y.dtype == wanted.dtype.name
            assert None in dims or y.shape == wanted.shape


@every_call
def test_plan_does_what_eager_does(name):
    call = CALLS[name]

    def both(x):
        with GradientTape() as tape:
            tape.watch(x)
            y = total(name, x)
        return call(x), y, tape.gradient(y, x) if name not in FLAT else y

    planned = function(both)
    for _ in range(4):
        x = rng.normal(size=X.shape).astype("float32")
        found, wanted = planned(x), both(Tensor(x))
        pairs = zip(*map(keras.tree.flatten, (found, wanted)), strict=True)
        for a, b in pairs:
            np.testing.assert_array_equal(a, b)
    assert planned.plans(), planned.reasons()


@every_call
def test_dtype_is_kept(name):
    for dtype in ("float16", "float32", "float64"):
        for y in flat(CALLS[name](X.astype(dtype))):
            wanted = "float32" if (name, dtype) == ("kaiser", "float16") else dtype
            assert y.dtype == ("int32" if name in FLAT else wanted)


@pytest.mark.parametrize("name", ["quantile", "nanmean", "segment_max", "rearrange"])
def test_inside_a_functional_model(name):
    x = keras.Input((4,), batch_size=3)
    model = keras.Model(x, CALLS[name](x))
    np.testing.assert_array_equal(model(X), CALLS[name](X))


# Values -------------------------------------------------------------------------------

AXES = [None, 0, 1, -1, (0, 1), [1], ()]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, of rows of NaNs
@pytest.mark.parametrize("axis", AXES, ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(
    "name", "nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian".split()
)
def test_missing_values_are_left_out(name, axis, keepdims):
    found = getattr(ops, name)(HOLES, axis=axis, keepdims=keepdims)
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    wanted = getattr(np, name)(HOLES, axis=numpy_axis, keepdims=keepdims)
    np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)
    assert found.dtype == "float32"


def test_whole_numbers_are_never_missing():
    whole = np.array([[3, 1], [2, 2]], "int8")
    assert ops.nanmax(whole).dtype == "int8"
    assert ops.nanargmin(whole, axis=1).tolist() == [1, 0]
    assert ops.nansum(whole).dtype == "int32"
    assert ops.nanmean(whole).tolist() == 2.0
    assert ops.nancumsum([True, True]).tolist() == [1, 2]


def test_position_among_missing_values():
    assert ops.nanargmax(HOLES, axis=1).tolist()[2] == -1
    assert ops.nanargmin([np.nan, 3.0, 1.0]).tolist() == 2


def test_running_sums_in_another_dtype():
    assert ops.nancumsum(HOLES, axis=1, dtype="float64").dtype == "float64"


def test_largest_of_minus_infinities():
    assert float(ops.nanmax([-np.inf, np.nan])) == -np.inf


@pytest.mark.parametrize("q", [0.0, 0.35, 1.0, [0.2, 0.5], [[0.1], [0.9]]], ids=str)
@pytest.mark.parametrize("axis", AXES[:-1], ids=str)
@pytest.mark.parametrize("method", "linear lower higher midpoint nearest".split())
def test_quantiles(q, axis, method):
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    for keepdims in (False, True):
        found = ops.quantile(X, q, axis, method, keepdims)
        wanted = np.quantile(X, q, axis=numpy_axis, method=method, keepdims=keepdims)
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_quantile_beside_a_missing_value():
    assert ops.median([[1.0, np.nan], [1.0, 2.0]], axis=1).tolist()[1] == 1.5
    assert np.isnan(ops.quantile([1.0, np.nan], 0.0).numpy())
    assert ops.nanquantile([[1.0, np.nan], [np.nan] * 2], 1, axis=1).tolist()[0] == 1.0


def test_quantile_of_many_halves():
    x = np.arange(5001, dtype="float16") / 8
    assert float(ops.quantile(x, 0.9)) == np.float16(4500 / 8)


def test_slope_by_the_share_itself():
    q = Tensor(np.array(0.3))
    with GradientTape() as tape:
        tape.watch(q)
        y = ops.quantile(np.array([1.0, 2.0, 5.0, 9.0]), q)
    assert float(tape.gradient(y, q)) == pytest.approx(3 * 1.0)


def test_quantile_of_a_share_that_is_symbolic():
    assert ops.quantile(X, KerasTensor((5,)), axis=1).shape == (5, 3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: ops.quantile(X, 50), ValueError, "between 0 and 1, got 50"),
        (lambda: ops.percentile(X, -1), ValueError, "percentile: q must lie between 0"),
        (lambda: ops.quantile(X, np.nan), ValueError, "between 0 and 1"),
        (lambda: ops.quantile(X, 0.5, method="low"), ValueError, "Try method='lower'"),
        (lambda: ops.median(X[:0]), IndexError, "no elements, got shape \\(0, 4\\)"),
        (lambda: ops.median(X, axis=2), ValueError, "axis 2 is out of range"),
        (lambda: ops.histogram(X), ValueError, "must be a vector, got shape \\(3, 4"),
        (lambda: ops.histogram(X[0], 2.5), TypeError, "bins must be an int"),
        (lambda: ops.histogram(X[0], 0), ValueError, "bins must be a positive int"),
        (lambda: ops.histogram(X[0], 2, [0, 1]), ValueError, "a tuple \\(low, high\\)"),
        (lambda: ops.histogram(X[0], 2, (1, 0)), ValueError, "a tuple \\(low, high\\)"),
        (lambda: ops.histogram(HOLES[0], 2), ValueError, "is not finite"),
        (lambda: ops.corrcoef(X[None]), ValueError, "a matrix"),
        (lambda: ops.correlate(X, X[0]), ValueError, "x1 must be a vector"),
        (lambda: ops.correlate(X[0], 3.0), ValueError, "x2 must be a vector"),
        (lambda: ops.correlate(X[0], X[0], "all"), ValueError, "mode must be one of"),
        (lambda: ops.diff(X, n=-1), ValueError, "n must be an int of 0 or more"),
        (lambda: ops.diff(3.0), ValueError, "axis -1 is out of range"),
        (lambda: ops.trapezoid(X, axis=2), ValueError, "axis 2 is out of range"),
        (lambda: ops.ldexp(X, 2.0), TypeError, "x2 must hold whole numbers"),
        (lambda: ops.hamming(KerasTensor(())), TypeError, "symbolic"),
        (lambda: ops.select([X > 0], []), ValueError, "lists of equal length"),
        (lambda: ops.select(X > 0, X), ValueError, "must be lists"),
        (lambda: ops.select([X > 0], [X, X]), ValueError, "lists of equal length"),
        (lambda: ops.segment_sum(X, IDS[:2]), ValueError, "\\(2,\\) and \\(3, 4\\)"),
        (lambda: ops.segment_sum(X, X), ValueError, "must be a vector with one number"),
        (lambda: ops.segment_sum(X, IDS, 1), IndexError, "Try num_segments=2"),
    ],
)
def test_errors_teach(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("bins", [1, 3, 10])
@pytest.mark.parametrize("limits", [None, (-1, 1), (0.0, 0.0)], ids=str)
def test_histogram(bins, limits):
    counts, edges = ops.histogram(X.ravel(), bins, limits)
    wanted = np.histogram(X.ravel(), bins, limits)
    np.testing.assert_array_equal(counts, wanted[0])
    np.testing.assert_allclose(edges, wanted[1], rtol=1e-6, atol=1e-7)


def test_histogram_of_one_value():
    counts, edges = ops.histogram(np.full(3, 2), 3)
    assert counts.tolist() == [0, 3, 0]
    assert edges.tolist() == pytest.approx([1.5, 1.8333333, 2.1666667, 2.5])


def test_correlations():
    np.testing.assert_allclose(ops.corrcoef(X), np.corrcoef(X), rtol=1e-5)
    assert float(ops.corrcoef(X[0])) == pytest.approx(1)
    for mode in ("valid", "same", "full"):
        for m, n in [(4, 1), (4, 2), (3, 4), (4, 4), (2, 3), (1, 4)]:
            found = ops.correlate(X[0, :m], X[1, :n], mode)
            wanted = np.correlate(X[0, :m], X[1, :n], mode)
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_differences_and_integrals(axis):
    for n in range(6):
        found = ops.diff(X, n, axis)
        np.testing.assert_allclose(found, np.diff(X, n, axis), rtol=1e-5, atol=1e-6)
    for places in (None, Y, Y[0, : X.shape[axis]]):
        found = ops.trapezoid(X, places, 2.0, axis)
        wanted = np.trapezoid(X, places, 2.0, axis)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)


def test_difference_of_truth_values_and_bytes():
    assert ops.diff([True, False, False]).tolist() == [True, False]
    assert ops.diff(np.array([1, 3, 2], "uint8")).tolist() == [2, 255]


@pytest.mark.parametrize("length", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hanning"])
def test_windows(name, length):
    for given in (length, float(length), Tensor(np.array(length)), [length]):
        found = getattr(ops, name)(given)
        assert found.dtype == "float32"
        np.testing.assert_allclose(found, getattr(np, name)(length), atol=1e-6)


@pytest.mark.parametrize("length", [0, 1, 2, 5, 8])
def test_kaiser_windows(length):
    for beta in (0, 2.5, 14.0):
        found, wanted = ops.kaiser(length, beta), np.kaiser(length, beta)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


def test_bessel_function_far_out():
    x = np.array([-700.0, -30.0, 0.0, 1e-8, 5.0, 100.0, 700.0])
    np.testing.assert_allclose(ops.i0(x), np.i0(x), rtol=1e-12)


def test_powers_of_two():
    x = np.array([1e-30, 3.0, np.inf], "float32")
    assert ops.ldexp(x, 120).tolist() == np.ldexp(x, 120).tolist()
    assert ops.ldexp(3, 2).tolist() == 12.0
    assert ops.ldexp(X.astype("float16"), np.array(2, "int64")).dtype == "float16"


def test_first_condition_wins():
    found = ops.select([X > 1, X > 0, True], [1, Y, X], -1.0)
    np.testing.assert_array_equal(found, np.select([X > 1, X > 0], [1, Y], X))
    assert ops.select([[True, False]], [np.array([1, 2], "int8")]).dtype == "int8"


# Segments -----------------------------------------------------------------------------


def test_segments_without_a_count():
    assert ops.segment_sum(X, IDS).shape == (2, 4)
    assert ops.segment_sum(KerasTensor((None, 4)), IDS).shape == (None, 4)
    with pytest.raises(ValueError, match="zero-size"):
        ops.segment_sum(X[:0], IDS[:0])


@pytest.mark.parametrize(
    ("name", "dtype", "empty"),
    [
        ("sum", "int8", 0),
        ("prod", "bool", True),
        ("max", "int8", -128),
        ("max", "bool", False),
        ("max", "float16", -np.inf),
        ("min", "uint8", 255),
        ("min", "bool", True),
    ],
)
def test_segment_without_rows(name, dtype, empty):
    call = getattr(ops, f"segment_{name}")
    y = call(np.array([1, 1, 0]).astype(dtype), [0, 0, -1], num_segments=2, sorted=True)
    assert y.dtype == dtype
    assert y.tolist()[1] == empty
    assert call(np.zeros((0, 2), dtype), IDS[:0], 1).tolist() == [[empty, empty]]


def test_slopes_of_segments_at_ties_and_zeros():
    x = np.array([[2.0, 0.0], [2.0, 3.0], [5.0, 0.0]])
    ids = np.array([0, 0, -1], "int32")

    def slopes(name):
        data = Tensor(x)
        with GradientTape() as tape:
            tape.watch(data)
            y = ops.sum(getattr(ops, f"segment_{name}")(data, ids, num_segments=1))
        return tape.gradient(y, data).tolist()

    assert slopes("max") == [[0.5, 0.0], [0.5, 1.0], [0.0, 0.0]]
    assert slopes("sum") == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0]]
    assert slopes("prod") == [[2.0, 3.0], [2.0, 0.0], [0.0, 0.0]]
