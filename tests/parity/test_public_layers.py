"""Every public name of `keras.layers` is there, or is known to come later, and why."""

import warnings

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")

LATER = {
    "never: layers of other packages": """
        FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper
    """.split(),
}
ABSENT = {name for names in LATER.values() for name in names}
PUBLIC = {name for name in dir(keras.layers) if not name.startswith("_")}
SOUND = np.random.default_rng(0).normal(size=(2, 40, 2)).astype("float32")


def test_each_name_is_listed_once():
    names = [name for names in LATER.values() for name in names]
    assert len(names) == len(ABSENT)
    assert ABSENT <= PUBLIC


@pytest.mark.parametrize("name", sorted(PUBLIC - ABSENT))
def test_public_name_is_there(name):
    ours, theirs = getattr(minikeras.layers, name), getattr(keras.layers, name)
    assert ours.__name__ == theirs.__name__
    assert isinstance(ours, type) == isinstance(theirs, type)


@pytest.mark.parametrize("name", sorted(ABSENT))
def test_listed_name_is_not_there_yet(name):
    assert not hasattr(minikeras.layers, name), f"{name} exists: take it off the list"


def test_no_other_names_are_public():
    extra = set(minikeras.layers.__all__) - PUBLIC
    assert extra <= {"LocallyConnected1D", "LocallyConnected2D"}  # of Keras 2


def test_classes_are_related_as_in_keras():
    for name in sorted(PUBLIC - ABSENT):
        theirs, ours = getattr(keras.layers, name), getattr(minikeras.layers, name)
        for base in PUBLIC - ABSENT if isinstance(theirs, type) else ():
            if isinstance(parent := getattr(keras.layers, base), type):
                wanted = issubclass(theirs, parent)
                assert issubclass(ours, getattr(minikeras.layers, base)) == wanted, (
                    f"{name} of {base}"
                )


# The layers that belong to no family --------------------------------------------------


def both(name, *args, **kwargs):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras, of lengths that are no powers of 2
        theirs = getattr(keras.layers, name)(*args, **kwargs)
    return theirs, getattr(minikeras.layers, name)(*args, **kwargs)


@pytest.mark.parametrize("window", ["hann", "hamming", "blackman", None, range(1, 8)])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
@pytest.mark.parametrize("lengths", [(7, None, False), (7, 9, True), (7, 12, False)])
def test_spectrogram_starts_with_the_same_kernels(window, scaling, lengths):
    window = list(window) if isinstance(window, range) else window
    frame_length, fft_length, periodic = lengths
    theirs, ours = both(
        "STFTSpectrogram",
        frame_length=frame_length,
        fft_length=fft_length,
        window=window,
        periodic=periodic,
        scaling=scaling,
    )
    for layer in (theirs, ours):
        layer.build((None, 40, 2))
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, real, atol=2e-5)


@pytest.mark.parametrize("mode", ["log", "magnitude", "psd", "real", "imag", "stft"])
@pytest.mark.parametrize(
    ("data_format", "expand_dims"), [("channels_last", False), ("channels_first", True)]
)
def test_spectrogram_and_its_slope(mode, data_format, expand_dims):
    jax = pytest.importorskip("jax")
    theirs, ours = both(
        "STFTSpectrogram",
        mode,
        frame_length=8,
        frame_step=3,
        padding="same",
        expand_dims=expand_dims,
        data_format=data_format,
    )
    x = SOUND if data_format == "channels_last" else SOUND.swapaxes(1, 2)
    expected = np.asarray(theirs(x))
    tensor = minikeras.ops.convert_to_tensor(x)
    with minikeras.GradientTape() as tape:
        tape.watch(tensor)
        out = ours(tensor)
        total = minikeras.ops.sum(out * expected)
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-4, atol=1e-4)
    slope = jax.grad(lambda a: (theirs(a) * expected).sum())(x)
    np.testing.assert_allclose(
        tape.gradient(total, tensor).numpy(), slope, rtol=1e-3, atol=1e-3
    )


def test_angles_of_a_spectrogram():
    theirs, ours = both("STFTSpectrogram", "angle", frame_length=8)
    turn = ours(SOUND).numpy() - np.asarray(theirs(SOUND))
    np.testing.assert_allclose(np.exp(1j * turn), 1, atol=1e-3)  # pi is also -pi


@pytest.mark.parametrize(("scale", "mag_exp"), [(1, 1.0), (1000, 2.0)])
def test_mel_spectrogram(scale, mag_exp):
    options = {"fft_length": 16, "sequence_stride": 4, "num_mel_bins": 3}
    theirs, ours = both("MelSpectrogram", mag_exp=mag_exp, top_db=40.0, **options)
    x = SOUND[..., 0] * np.array([[1], [scale]], "float32")  # one is louder
    expected = np.asarray(theirs(x))
    np.testing.assert_allclose(ours(x).numpy(), expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("bins", [(20, 129, 8000, 125.0, 3800.0), (5, 9, 100, 1.0, 50)])
def test_mel_matrix(bins):
    theirs, ours = (layer.linear_to_mel_weight_matrix for layer in both_mel())
    np.testing.assert_allclose(ours(*bins), np.asarray(theirs(*bins)), atol=1e-4)


def both_mel():
    return both("MelSpectrogram")


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("cap", [None, 0.01])
def test_embedding_in_reverse(tied, cap):
    theirs, ours = both(
        "ReversibleEmbedding", 5, 3, tie_weights=tied, logit_soft_cap=cap
    )
    x = SOUND[:, :4, :1] * np.ones(3, "float32")
    theirs.build(None), ours.build(None)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    expected = np.asarray(theirs(x, reverse=True))
    np.testing.assert_allclose(ours(x, reverse=True).numpy(), expected, atol=1e-6)
    assert ours(minikeras.Input((4, 3)), reverse=True).shape == (None, 4, 5)
