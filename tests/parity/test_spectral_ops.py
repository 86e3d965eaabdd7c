"""Fourier transforms and complex numbers next to real Keras: drawn calls."""

import functools

import numpy as np
import pytest

from minikeras import ops
from minikeras.tensor import GradientTape, Tensor

jax = pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("slopes are compared with JAX's", allow_module_level=True)

DTYPES = "bool int8 int16 int32 uint8 uint16 uint32 float16 float32 complex64".split()


def flat(value):
    return list(value) if isinstance(value, (tuple, list)) else [value]


def outcome(module, name, args, kwargs):
    try:
        return [np.asarray(y) for y in flat(getattr(module, name)(*args, **kwargs))]
    except (TypeError, ValueError, IndexError) as error:
        return error


def compare(name, *args, **kwargs):
    theirs = outcome(keras.ops, name, args, kwargs)
    ours = outcome(ops, name, args, kwargs)
    if isinstance(theirs, Exception):
        assert type(ours) is type(theirs), (ours, theirs)
        return
    assert not isinstance(ours, Exception), ours
    for mine, wanted in zip(ours, theirs, strict=True):
        assert (mine.dtype, mine.shape) == (wanted.dtype, wanted.shape)
        np.testing.assert_allclose(mine, wanted, rtol=2e-4, atol=2e-4)


def weigh(module, outputs):
    draw = np.random.default_rng(1)
    return sum(
        module.sum(y * draw.normal(size=y.shape).astype("float32"))
        for y in flat(outputs)
    )


def compare_slopes(call, *arrays):
    """Slopes of `call(ops, *arrays)`, for all arrays."""
    theirs = jax.grad(
        lambda xs: weigh(keras.ops, call(keras.ops, *xs)), allow_int=True
    )(arrays)
    tensors = [Tensor(x) for x in arrays]
    with GradientTape() as tape:
        tape.watch(tensors)
        y = weigh(ops, call(ops, *tensors))
    for mine, wanted in zip(tape.gradient(y, tensors), theirs, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=2e-4, atol=2e-4)


def of_pair(name, kwargs, module, *pair):
    return getattr(module, name)(pair, **kwargs)


def normal(rng, *shape):
    return rng.normal(size=shape).astype("float32")


@pytest.mark.parametrize("name", ["fft", "fft2", "ifft2", "irfft"])
@pytest.mark.parametrize("seed", range(2))
def test_transforms(name, seed):
    rng = np.random.default_rng(seed)
    for ndim in (1, 2, 4):
        shape = rng.integers(2, 6, ndim)
        pair = normal(rng, *shape), normal(rng, *shape)
        kwargs = {"fft_length": int(rng.integers(1, 9))} if name == "irfft" else {}
        compare(name, pair, **kwargs)
        if ndim == 2:
            compare_slopes(functools.partial(of_pair, name, kwargs), *pair)


@pytest.mark.parametrize("name", ["fft", "fft2", "ifft2", "irfft"])
def test_what_transforms_refuse(name):
    x = np.ones((2, 3), "float32")
    for dtype in DTYPES:
        if dtype not in ("float16", "float32"):  # JAX has no transform of float16
            compare(name, (x.astype(dtype), x.astype(dtype)))
            compare(name, (x, x.astype(dtype)))
    for given in (x, (x,), (x, x, x), (x, x[:1]), (x, x[0]), [x, x], (x[:0], x[:0])):
        if given is not x:
            compare(name, given)
    compare(name, (x[0, 0], x[0, 0]))


@pytest.mark.parametrize("seed", range(10))
def test_rfft(seed):
    rng = np.random.default_rng(seed)
    x = normal(rng, *rng.integers(1, 9, rng.integers(1, 4)))
    length = [None, 0, -1, *range(1, 8)][seed]
    compare("rfft", x, length)
    compare("rfft", (x * 3).astype("int32"), length)
    if seed in (0, 5):
        compare_slopes(lambda k, x: k.rfft(x, length), x)


@pytest.mark.parametrize("seed", range(8))
def test_stft_and_istft(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(2, 7))
    window = ["hann", "hamming", None, normal(rng, size) + 2][seed % 4]
    args = size, int(rng.integers(1, size + 1)), size + int(rng.integers(0, 4))
    kwargs = {"window": window, "center": bool(seed // 4 % 2)}
    x = normal(rng, *rng.integers(1, 3, seed % 3), 21)
    compare("stft", x, *args, **kwargs)
    spectra = [np.asarray(y) for y in keras.ops.stft(x, *args, **kwargs)]
    if window is not None or kwargs["center"]:  # Keras's JAX loses the end there
        for length in (None, 18):
            compare("istft", spectra, *args, length, **kwargs)
    if seed < 1:
        compare_slopes(lambda k, x: k.stft(x, *args, **kwargs), x)
        kwargs["center"] = True
        compare_slopes(lambda k, *xs: k.istft(xs, *args, 9, **kwargs), *spectra)


def test_what_spectra_refuse():
    x = np.ones(12, "float32")
    for dtype in DTYPES:
        compare("stft", x.astype(dtype), 4, 2, 4)
    for args in ((4, 2, 2), (4, 0, 4), (0, 2, 4)):
        compare("stft", x, *args)
    for window in (np.ones(3, "float32"), "none", np.ones((4, 1), "float32")):
        compare("stft", x, 4, 2, 4, window)
    compare("stft", x[:3], 4, 2, 4, center=False)
    compare("stft", x[:0], 4, 2, 4)
    compare("istft", (x, x), 4, 2, 4)


PARTS = ["real", "imag", "conj", "conjugate", "angle", "view_as_real", "isreal"]


@pytest.mark.parametrize("name", [*PARTS, "view_as_complex"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_complex_numbers(name, dtype):
    rng = np.random.default_rng(3)
    for shape in ((2,), (3, 2), (0, 2), (2, 1, 2)):
        x = rng.normal(size=shape) * 3
        x = (x + 1j * rng.normal(size=shape) if "complex" in dtype else abs(x)) + 1
        if not (name == "view_as_complex" and "complex" in dtype):
            compare(name, x.astype(dtype))


@pytest.mark.parametrize(
    "x", [2.5, -2.5, 2, True, 1 + 2j, [1, 2], [1 + 2j, 3]], ids=str
)
@pytest.mark.parametrize("name", PARTS)
def test_python_numbers(name, x):
    if name == "isreal" and not isinstance(x, list):
        x = [x]
    compare(name, x)


@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (2, 3)])
def test_view_as_complex_wants_pairs(shape):
    compare("view_as_complex", np.ones(shape, "float32"))


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d != "float16"])
def test_polar(dtype):
    x = np.arange(6).reshape(2, 3)
    compare("polar", x.astype(dtype), (x / 2).astype(dtype))
    if dtype != "complex64":
        compare("polar", x[:, :1].astype(dtype), x[0].astype("float32"))


COMPOSED = {
    "polar": lambda k, x, y: k.view_as_real(k.polar(x, y)),
    "conj": lambda k, x, y: k.view_as_real(k.conj(k.polar(x, y))),
    "angle": lambda k, x, y: k.angle(k.polar(x, y)),
    "abs": lambda k, x, y: k.abs(k.polar(x, y) + k.polar(y, x)),
    "product": lambda k, x, y: k.real(k.polar(x, y) * k.polar(y, x)),
    "quotient": lambda k, x, y: k.imag(k.polar(x, y) / (k.polar(y, x) + 3.0)),
    "exp": lambda k, x, y: k.real(k.exp(k.polar(x, y))),
    "mixed": lambda k, x, y: k.imag(x * k.polar(x, y)),
    "matmul": lambda k, x, y: k.abs(k.matmul(k.polar(x, y), k.polar(y.T, x.T))),
    "viewed": lambda k, x, y: k.abs(k.view_as_complex(k.stack([x, y], -1))),
}


@pytest.mark.parametrize("name", COMPOSED)
@pytest.mark.parametrize("seed", range(1))
def test_slopes_through_complex_numbers(name, seed):
    rng = np.random.default_rng(seed)
    compare_slopes(COMPOSED[name], normal(rng, 2, 3), normal(rng, 2, 3))
