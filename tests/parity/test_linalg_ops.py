"""Linear algebra next to real Keras: values, dtypes, slopes, shapes, errors."""

import numpy as np
import pytest

import minikeras
from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)

# JAX will drop stacks of vectors one day.
pytestmark = pytest.mark.filterwarnings("ignore:.*batched 1D solves:FutureWarning")
rng = np.random.default_rng(0)
SHAPES = [(3, 3), (1, 1), (2, 3, 3), (2, 1, 2, 2)]
TALL = [(3, 2), (2, 4, 2)]
FLAT = [(2, 3), (2, 2, 4)]


def square(shape, dtype="float32"):
    x = rng.normal(size=shape) + 3 * np.eye(shape[-1])
    return (np.round(x * 2) if dtype.startswith("int") else x).astype(dtype)


def positive(shape, dtype="float32"):
    x = square(shape, dtype)
    return (x @ x.swapaxes(-1, -2) + np.eye(shape[-1], dtype=dtype)).astype(dtype)


def oblong(shape):
    return (rng.normal(size=shape) + 2 * np.eye(*shape[-2:])).astype("float32")


def calls():
    """Name, arguments and keywords."""
    for shape in SHAPES:
        for dtype in ("float32", "int32", "int8"):
            for name in ("inv", "det", "slogdet", "logdet", "pinv", "matrix_rank"):
                yield name, [square(shape, dtype)], {}
            yield "cholesky", [positive(shape, "float32")], {}
            yield "eigh", [positive(shape, dtype)], {}
            yield "svd", [square(shape, dtype)], {"compute_uv": False}
        for upper in (False, True):
            yield "cholesky", [positive(shape)], {"upper": upper}
            if len(shape) == 2:  # Keras on JAX takes no batches
                yield "cholesky_inverse", [square(shape)], {"upper": upper}
        for lower in (False, True):
            b = rng.normal(size=(*shape[:-1], 2)).astype("float32")
            yield "solve_triangular", [square(shape), b], {"lower": lower}
        yield "solve", [square(shape), rng.normal(size=shape).astype("float32")], {}
        yield "lu_factor", [square(shape)], {}
        yield "qr", [square(shape)], {"mode": "complete"}
    yield "solve", [square((3, 3)), np.ones(3, "float32")], {}
    yield "solve_triangular", [square((3, 3)), np.ones(3, "float32")], {}
    yield "solve_triangular", [np.ones((3, 3), bool), np.ones(3, "float32")], {}
    yield "solve_triangular", [square((2, 3, 3)), real((2, 3))], {}  # two vectors
    for shape in TALL + FLAT:
        for name in ("pinv", "matrix_rank", "lu_factor"):
            yield name, [oblong(shape)], {}
        yield "svd", [oblong(shape)], {"compute_uv": False}
        yield "matrix_rank", [oblong(shape)], {"tol": 1.5}
        yield "pinv", [oblong(shape)], {"rcond": 0.3}
        for mode in ("reduced", "complete"):
            yield "qr", [oblong(shape)], {"mode": mode}
        for full in (False, True):
            yield "svd", [oblong(shape)], {"full_matrices": full}
        if len(shape) == 2:
            yield "lstsq", [oblong(shape), oblong((shape[0], 2))], {}
            yield "lstsq", [oblong(shape), oblong((shape[0], 1))[:, 0]], {}
    pairs = [
        ((3,), (3,)),
        ((2,), (2,)),
        ((4, 3), (3,)),
        ((4, 2), (4, 3)),
        ((4, 2), (2,)),
    ]
    for a, b in pairs:
        yield "cross", [real(a), real(b)], {}
    yield "cross", [real((3, 4)), real((3, 4))], {"axis": 0}
    yield "cross", [real((3, 4)), real((4, 3))], {"axisa": 0, "axisb": 1, "axisc": 0}
    whole = np.array([[1, 2, 3], [0, 1, 2]], "int32")
    yield "cross", [whole[0], whole[1]], {}
    for a, b in [((2, 3), (3, 2)), ((2,), (2, 3)), ((2, 2, 2), (3,)), ((3,), (2,))]:
        yield "kron", [real(a), real(b)], {}
    yield "kron", [np.array([1, 2], "int8"), real((2,))], {}
    for dtype in ("float32", "int32", "int8", "uint8"):
        for columns in (None, 1, 4):
            for increasing in (False, True):
                x = np.array([1, 2, 3], dtype)
                yield "vander", [x], {"N": columns, "increasing": increasing}
    for a, b in [((3, 2), (4, 2)), ((2, 3, 2), (2, 1, 2)), ((1, 5), (1, 5))]:
        yield "cdist", [real(a), real(b)], {}


def real(shape):
    return rng.normal(size=shape).astype("float32")


CALLS = [pytest.param(*one, id=f"{one[0]}-{i}") for i, one in enumerate(list(calls()))]
SIGNS = ("qr", "svd")  # the columns of Q, U and V may have either sign


def flat(result):
    found = result if isinstance(result, (tuple, list)) else [result]
    return [np.asarray(x) for x in found]


def free_of_signs(name, arrays):
    """What is the same for both signs; vectors that no equation fixes are left out."""
    if name == "eigh":
        return arrays[:1]
    if name in SIGNS and len(arrays) > 1:
        return [np.abs(x) for x in arrays if name == "qr" or x.ndim == arrays[1].ndim]
    return arrays


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_values_and_dtypes(name, args, kwargs):
    ours = flat(getattr(ops, name)(*args, **kwargs))
    theirs = flat(getattr(keras.ops, name)(*args, **kwargs))
    assert [(x.shape, x.dtype) for x in ours] == [(x.shape, x.dtype) for x in theirs]
    if kwargs.get("mode") == "complete" or kwargs.get("full_matrices"):
        return  # columns beyond the rank are free
    pairs = zip(free_of_signs(name, ours), free_of_signs(name, theirs), strict=True)
    for mine, wanted in pairs:
        np.testing.assert_allclose(mine, wanted, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize(("name", "args", "kwargs"), CALLS)
def test_symbolic_shapes(name, args, kwargs):
    if name in ("lstsq", "vander"):
        return  # Keras's own rules differ from its results
    symbols = [KerasTensor(x.shape, x.dtype.name) for x in args]
    ours = flat_symbols(getattr(ops, name)(*symbols, **kwargs))
    real = flat(getattr(ops, name)(*args, **kwargs))
    assert [x.shape for x in ours] == [x.shape for x in real]
    assert [x.dtype for x in ours] == [x.dtype.name for x in real]


def flat_symbols(result):
    return list(result) if isinstance(result, (tuple, list)) else [result]


SMOOTH = {  # one of each kind: JAX compiles every slope anew
    (name, *(x.shape for x in args), *kwargs.items()): param
    for param in CALLS
    for name, args, kwargs in [param.values]
    if name not in ("matrix_rank", "svd", "qr", "eigh", "lu_factor")
    and all(x.dtype == np.float32 for x in args)
    and args[0].shape not in ((2, 1, 2, 2), (2, 4, 2), (2, 2, 4))
}.values()


@pytest.mark.parametrize(("name", "args", "kwargs"), SMOOTH)
def test_slopes(name, args, kwargs):
    ours, theirs = getattr(ops, name), getattr(keras.ops, name)
    sources = [Tensor(x) for x in args]
    with GradientTape() as tape:
        tape.watch(sources)
        y = ours(*sources, **kwargs)
        y = y[-1] if isinstance(y, tuple) else y
        total = ops.sum(y * y)

    def loss(values):
        y = theirs(*values, **kwargs)
        y = y[-1] if isinstance(y, tuple) else y
        return (y * y).sum()

    wanted = jax.grad(loss)([jax.numpy.asarray(x) for x in args])
    for mine, expected in zip(tape.gradient(total, sources), wanted, strict=True):
        size = 1 + np.abs(expected).max()
        np.testing.assert_allclose(np.asarray(mine) / size, expected / size, atol=3e-4)


@pytest.mark.parametrize("shape", [(4, 4), (2, 3, 3)])
def test_slopes_of_what_has_signs(shape):
    x = positive(shape)
    for name, part in (("eigh", 1), ("svd", 0), ("qr", 0)):

        def ours(x, name=name, part=part):
            y = getattr(ops, name)(x)[part]
            return ops.sum(y**4)

        source = Tensor(x)
        with GradientTape() as tape:
            tape.watch(source)
            total = ours(source)
        expected = jax.grad(
            lambda x, name=name, part=part: (
                getattr(keras.ops, name)(x)[part] ** 4
            ).sum()
        )(jax.numpy.asarray(x))
        np.testing.assert_allclose(tape.gradient(total, source), expected, atol=2e-3)


def test_jvp():
    def f(x, y):
        return ops.sin(x) * y, {"sum": ops.sum(x)}

    def theirs(x, y):
        return keras.ops.sin(x) * y, {"sum": keras.ops.sum(x)}

    args = [real((2, 3)), real((2, 3))], [real((2, 3)), real((2, 3))]
    (y, extra), (dy, dextra) = ops.jvp(f, *args)
    (ky, kextra), (dky, dkextra) = keras.ops.jvp(theirs, *args)
    for mine, wanted in (
        (y, ky),
        (dy, dky),
        (extra["sum"], kextra["sum"]),
        (dextra["sum"], dkextra["sum"]),
    ):
        np.testing.assert_allclose(mine, wanted, rtol=1e-5)


def test_jvp_in_a_model():
    def rate(ops, x):
        return ops.jvp(lambda x: (ops.sin(x) * x, x + 1), [x], [x * 2], has_aux=True)

    given, results = real((4, 3)), []
    for library, functions in ((minikeras, ops), (keras, keras.ops)):
        inputs = library.Input((3,))
        outputs = rate(functions, inputs)
        assert [y.shape for y in outputs] == [(None, 3)] * 3
        results.append(library.Model(inputs, outputs)(given))
    for mine, wanted in zip(*results, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-5)


SYMBOLIC = {
    "matrix_rank": [(None, None)],
    "vander": [(None,)],
    "cross": [(None, 2), (None, 3)],
    "cdist": [(None, 4, 3), (None, None, 3)],
    "solve_triangular": [(None, 3, 3), (None, 3)],
    "det": [(None, 3, 3)],
    "pinv": [(None, 3, 2)],
    "qr": [(None, 3, 2)],
    "svd": [(None, 3, 2)],
}


@pytest.mark.parametrize("name", SYMBOLIC)
def test_unknown_sizes(name):
    ours = getattr(ops, name)(*map(KerasTensor, SYMBOLIC[name]))
    theirs = getattr(keras.ops, name)(*map(keras.KerasTensor, SYMBOLIC[name]))
    pairs = zip(flat_symbols(ours), flat_symbols(theirs), strict=True)
    for mine, wanted in pairs:
        assert (mine.shape, mine.dtype) == (wanted.shape, wanted.dtype)


def test_lists():
    rows = [[1.0, 2.0], [2.0, 4.0]]
    for name in ("matrix_rank", "cholesky_inverse", "qr", "pinv"):
        mine, wanted = (flat(getattr(o, name)(rows)) for o in (ops, keras.ops))
        np.testing.assert_allclose(mine[0], wanted[0], rtol=1e-4)


WRONG = {
    "lstsq": (np.ones((2, 3, 3)), np.ones((3, 2))),
    "cdist": (np.ones(2), np.ones((3, 2))),
    "cross": (np.ones(4), np.ones(4)),
    "solve": (np.ones((3, 3)), np.ones(4)),
    "solve_triangular": (np.ones((3, 2)), np.ones(3)),
    "vander": (np.ones(3), -1),
    "jvp": (np.sin, (1.0,), ()),
}


@pytest.mark.parametrize("name", WRONG)
def test_kinds_of_errors(name):
    with pytest.raises((TypeError, ValueError)) as theirs:
        getattr(keras.ops, name)(*WRONG[name])
    with pytest.raises((TypeError, ValueError), match=f"^{name}: |^solve: ") as ours:
        getattr(ops, name)(*WRONG[name])
    assert isinstance(ours.value, theirs.type)


@pytest.mark.parametrize(
    "name", ["cholesky", "inv", "det", "eigh", "eig", "cholesky_inverse", "logdet"]
)
@pytest.mark.parametrize("shape", [(3, 2), (2,)])
def test_errors(name, shape):
    x = np.ones(shape, "float32")
    with pytest.raises((ValueError, TypeError)):
        getattr(keras.ops, name)(x)
    with pytest.raises(ValueError, match=r"got shape \("):
        getattr(ops, name)(x)
