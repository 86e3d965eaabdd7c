"""Fourier transforms, spectra over time, and complex numbers."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor

rng = np.random.default_rng(6)
PAIR = rng.normal(size=(2, 3, 4)), rng.normal(size=(2, 3, 4))
SIGNAL = rng.normal(size=(2, 23))


def inner(outputs):
    """A weighted sum of everything that came out."""
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    draw = np.random.default_rng(1)
    return sum(ops.sum(y * draw.normal(size=y.shape)) for y in outputs)


def gradients(function, *arrays):
    tensors = [x if type(x) is Tensor else Tensor(np.asarray(x)) for x in arrays]
    with GradientTape() as tape:
        tape.watch(tensors)
        y = function(*tensors)
    return tape.gradient(y, tensors)


def check_slope(function, *arrays):
    """The gradient against a finite difference along a random direction."""
    found = gradients(function, *arrays)
    ways = [rng.normal(size=np.shape(x)) for x in arrays]
    slope = sum(float((g.numpy() * w).sum()) for g, w in zip(found, ways, strict=True))
    ahead, behind = (
        float(function(*(x + s * w for x, w in zip(arrays, ways, strict=True))))
        for s in (1e-6, -1e-6)
    )
    assert slope == pytest.approx((ahead - behind) / 2e-6, rel=1e-5, abs=1e-7)


# Transforms -------------------------------------------------------------------------

FUNCTIONS = {
    "fft": (ops.fft, np.fft.fft),
    "fft2": (ops.fft2, np.fft.fft2),
    "ifft2": (ops.ifft2, np.fft.ifft2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_transforms_of_pairs(name):
    ours, numpys = FUNCTIONS[name]
    real, imaginary = ours(PAIR)
    expected = numpys(PAIR[0] + 1j * PAIR[1])
    np.testing.assert_allclose(real + 1j * imaginary.numpy(), expected, rtol=1e-12)
    assert [y.shape for y in ours((KerasTensor((None, 3, 4)),) * 2)] == [
        (None, 3, 4)
    ] * 2


@pytest.mark.parametrize("name", [*FUNCTIONS, "irfft"])
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_transforms_keep_float_dtypes(name, dtype):
    pair = tuple(x.astype(dtype) for x in PAIR)
    parts = getattr(ops, name)(pair)
    parts = parts if isinstance(parts, tuple) else (parts,)
    assert all(part.dtype == dtype for part in parts)


@pytest.mark.parametrize("length", [None, 3, 6, 7])
def test_irfft(length):
    found = ops.irfft(PAIR, length)
    expected = np.fft.irfft(PAIR[0] + 1j * PAIR[1], length)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    open_bins = (KerasTensor((2, None)),) * 2
    assert ops.irfft(open_bins, length).shape == (2, length)
    check_slope(lambda *parts: inner(ops.irfft(parts, length)), *PAIR)


def test_one_unused_part_has_no_influence():
    g = gradients(lambda *parts: inner(ops.fft(parts)[1]), *PAIR)
    expected = gradients(
        lambda *parts: inner(ops.fft(parts)[1]) + 0 * inner(ops.fft(parts)), *PAIR
    )
    for mine, wanted in zip(g, expected, strict=True):
        np.testing.assert_allclose(mine, wanted, atol=1e-12)


@pytest.mark.parametrize("name", [*FUNCTIONS, "irfft"])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        (PAIR[0], r"a pair of tensors \(real, imaginary\)"),
        (PAIR[:1], r"a pair of tensors \(real, imaginary\)"),
        ((PAIR[0], PAIR[1][:1]), "must have the same shape"),
        ((1.0, 2.0), "at least"),
        ((np.ones((2, 2), "int32"),) * 2, "must hold floats, got int32 and int32"),
        ((np.ones((2, 2), "complex64"),) * 2, "must hold floats"),
    ],
)
def test_what_is_no_pair_is_refused(name, x, message):
    with pytest.raises(ValueError, match=message):
        getattr(ops, name)(x)


# Spectra over time ------------------------------------------------------------------

WINDOWS = ["hann", "hamming", None, np.array([1.0, 2.0, 3.0, 2.0])]


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("center", [True, False])
def test_stft_by_its_definition(window, center):
    x = np.pad(SIGNAL, ((0, 0), (4, 4)), mode="reflect") if center else SIGNAL
    turns = np.arange(4) / 4
    weights = {
        "hann": 0.5 - 0.5 * np.cos(2 * np.pi * turns),
        "hamming": 0.54 - 0.46 * np.cos(2 * np.pi * turns),
    }
    weights = weights[window] if isinstance(window, str) else window
    weights = np.ones(8) if window is None else np.pad(weights, 2)
    frames = [x[:, s : s + 8] * weights for s in range(0, x.shape[1] - 7, 3)]
    expected = np.fft.rfft(np.stack(frames, 1))
    real, imaginary = ops.stft(SIGNAL, 4, 3, 8, window, center)
    np.testing.assert_allclose(real + 1j * imaginary.numpy(), expected, atol=1e-12)
    described = ops.stft(KerasTensor((None, 23)), 4, 3, 8, window, center)
    assert [y.shape for y in described] == [(None, *real.shape[1:])] * 2
    described = ops.stft(KerasTensor((2, None)), 4, 3, 8, window, center)
    assert [y.shape for y in described] == [(2, None, 5)] * 2


@pytest.mark.parametrize("window", ["hann", "hamming", WINDOWS[3]], ids=str)
@pytest.mark.parametrize("fft_length", [4, 8])
def test_istft_undoes_stft(window, fft_length):
    spectra = ops.stft(SIGNAL, 4, 1, fft_length, window)
    found = ops.istft(spectra, 4, 1, fft_length, window=window)
    np.testing.assert_allclose(found, SIGNAL, atol=1e-9)
    short = ops.istft(spectra, 4, 1, fft_length, 9, window)
    np.testing.assert_allclose(short, SIGNAL[:, :9], atol=1e-9)
    described = tuple(KerasTensor((None, *y.shape[1:])) for y in spectra)
    assert ops.istft(described, 4, 1, fft_length, 9, window).shape == (None, 9)
    assert ops.istft(described, 4, 1, fft_length, window=window).shape == (None, 23)
    unknown = (KerasTensor((2, None, fft_length // 2 + 1)),) * 2
    assert ops.istft(unknown, 4, 1, fft_length, window=window).shape == (2, None)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
@pytest.mark.parametrize("center", [True, False])
def test_slopes_of_spectra(window, center):
    check_slope(lambda x: inner(ops.stft(x, 4, 3, 5, window, center)), SIGNAL)
    spectra = [y.numpy() for y in ops.stft(SIGNAL, 4, 3, 5, window, center)]
    check_slope(
        lambda *parts: inner(ops.istft(parts, 4, 3, 5, 12, window, center)), *spectra
    )


def test_slopes_of_a_learned_window():
    def there_and_back(window):
        spectra = ops.stft(SIGNAL, 4, 2, 5, window)
        return inner(ops.istft([2 * y for y in spectra], 4, 2, 5, window=window + 1))

    check_slope(there_and_back, WINDOWS[3])


def test_spectra_in_plans():
    def there_and_back(x):
        real, imaginary = ops.stft(x, 4, 2, 8)
        power = ops.square(real) + ops.square(imaginary)
        return power, ops.istft((real * power, imaginary * power), 4, 2, 8)

    step = keras.function(there_and_back)
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(2, 20)).astype("float32")
        for mine, wanted in zip(step(x), there_and_back(x), strict=True):
            np.testing.assert_array_equal(mine, wanted)
    assert len(step.plans()) == 1


def test_spectra_in_a_functional_model():
    inputs = keras.Input((20,))
    spectra = ops.stft(inputs, 4, 2, 8)
    model = keras.Model(inputs, ops.istft(spectra, 4, 2, 8))
    x = SIGNAL[:, :20].astype("float32")
    assert model.output.shape == (None, 20)
    np.testing.assert_allclose(model.predict(x, verbose=0), x, atol=1e-5)


@pytest.mark.parametrize(
    ("kwargs", "error", "message"),
    [
        ({"x": np.arange(9)}, TypeError, "must be float32 or float64, got int64"),
        ({"x": SIGNAL.astype("float16")}, TypeError, "got float16"),
        ({"sequence_length": 9}, ValueError, "from 1 to fft_length"),
        ({"sequence_length": 0}, ValueError, "from 1 to fft_length"),
        ({"sequence_stride": 0}, ValueError, "sequence_stride must be a positive int"),
        ({"window": "kaiser"}, ValueError, "'hann', 'hamming', a tensor or None"),
        ({"window": np.ones(3)}, ValueError, r"must have the shape \(4,\)"),
    ],
)
def test_stft_refuses(kwargs, error, message):
    sizes = {"sequence_length": 4, "sequence_stride": 2, "fft_length": 8}
    with pytest.raises(error, match=message):
        ops.stft(**{"x": SIGNAL, **sizes, **kwargs})


# Complex numbers --------------------------------------------------------------------

COMPLEX = np.array([1 + 2j, -3j, 0.5, -1 + 0.25j], "complex64")
DTYPES = "bool int8 uint8 int32 int64 float16 float32 float64".split()


@pytest.mark.parametrize("dtype", DTYPES)
def test_parts_of_real_numbers(dtype):
    x = np.array([1, 0, 1]).astype(dtype)
    for function in (ops.real, ops.conj, ops.conjugate):
        assert function(x).dtype == dtype
        np.testing.assert_array_equal(function(x), x)
    assert ops.imag(x).dtype == dtype
    assert not ops.imag(x).numpy().any()
    assert ops.angle(x).dtype == (dtype if dtype.startswith("float") else "float32")
    assert ops.view_as_real(x).dtype == dtype
    assert ops.view_as_complex(x[:2]).dtype == "complex64"
    wide = "complex128" if dtype == "float64" else "complex64"
    assert ops.polar(x, x).dtype == wide


def test_parts_of_complex_numbers():
    for dtype, part in (("complex64", "float32"), ("complex128", "float64")):
        x = COMPLEX.astype(dtype)
        assert ops.real(x).dtype == ops.imag(x).dtype == ops.angle(x).dtype == part
        assert ops.conj(x).dtype == dtype
        np.testing.assert_array_equal(ops.real(x), x.real)
        np.testing.assert_array_equal(ops.imag(x), x.imag)
        np.testing.assert_allclose(ops.angle(x), np.angle(x), rtol=1e-6)
        np.testing.assert_allclose(ops.polar(abs(x), np.angle(x)), x, atol=1e-6)
        np.testing.assert_array_equal(
            ops.view_as_real(x), np.stack([x.real, x.imag], 1)
        )
        np.testing.assert_array_equal(ops.view_as_complex(ops.view_as_real(x)), x)
        assert ops.isreal(x).tolist() == [False, False, True, False]


def test_python_numbers():
    assert ops.convert_to_tensor([1 + 2j]).dtype == "complex64"
    assert ops.imag(1 + 2j).dtype == "float32"
    assert float(ops.imag(1 + 2j)) == 2
    assert ops.real(2).dtype == "int32"
    assert ops.polar(1, 0).numpy() == 1 + 0j
    assert float(ops.angle(-1.0)) == pytest.approx(np.pi)


def test_symbolic_complex_numbers():
    x, z = KerasTensor((None, 2)), KerasTensor((None, 2), "complex64")
    assert ops.view_as_complex(x).shape == (None,)
    assert ops.view_as_complex(x).dtype == ops.polar(x, x).dtype == "complex64"
    for function in (ops.real, ops.imag, ops.angle):
        assert (function(z).shape, function(z).dtype) == ((None, 2), "float32")
    assert ops.view_as_real(z).shape == (None, 2, 2)
    assert ops.polar(KerasTensor((None, 1)), KerasTensor((3,))).shape == (None, 3)


@pytest.mark.parametrize("x", [1.0, np.ones(3), np.ones((2, 0))])
def test_view_as_complex_wants_pairs(x):
    with pytest.raises(ValueError, match="the last axis of x must have length 2"):
        ops.view_as_complex(x)


def test_casts_from_complex_numbers_keep_the_real_part():
    np.testing.assert_array_equal(ops.cast(COMPLEX, "float32"), COMPLEX.real)
    assert ops.cast([1.0], "complex64").tolist() == [1 + 0j]


def as_pair(z):
    return ops.real(z), ops.imag(z)


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: inner(as_pair(ops.polar(x, y))),
        lambda x, y: inner(as_pair(ops.conj(ops.polar(x, y)))),
        lambda x, y: inner(ops.angle(ops.polar(x, y) + x)),
        lambda x, y: inner(ops.abs(ops.polar(x, y) * (x + y) + 1)),
        lambda x, y: inner(as_pair(ops.exp(ops.polar(x, y)) / (ops.polar(y, x) + 2))),
        lambda x, y: inner(ops.view_as_real(ops.square(ops.polar(x, y)))[..., ::-1]),
    ],
)
def test_slopes_through_complex_numbers(function):
    x, y = rng.uniform(0.5, 1.5, (2, 3)), rng.uniform(-1, 1, (2, 3))
    check_slope(function, x, y)
    check_slope(lambda *xs: inner(tuple(gradients(function, *xs))), x, y)


def test_complex_numbers_in_plans():
    def function(x):
        z = ops.view_as_complex(x)
        return ops.abs(z * z), ops.angle(ops.conj(z)), ops.view_as_real(ops.exp(z))

    step = keras.function(function)
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(3, 2)).astype("float32")
        for mine, wanted in zip(step(x), function(x), strict=True):
            np.testing.assert_array_equal(mine, wanted)
