"""Spectrograms, and embeddings that lead back."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops

RATE = 1000


def tone(hertz, samples=1000):
    return np.sin(2 * np.pi * hertz * np.arange(samples) / RATE).astype("float32")


# Spectrograms -------------------------------------------------------------------------


@pytest.mark.parametrize("hertz", [125, 250])
def test_a_tone_stands_out_at_its_frequency(hertz):
    layer = layers.STFTSpectrogram("magnitude", frame_length=64)
    out = layer(tone(hertz)[None, :, None]).numpy()
    assert out.shape == (1, 30, 33)
    assert (out.argmax(-1) == hertz * 64 // RATE).all()


def test_untrained_transform_is_that_of_numpy():
    x = np.random.default_rng(0).normal(size=(1, 8, 1)).astype("float32")
    layer = layers.STFTSpectrogram("stft", 8, window=None)
    real, imaginary = np.split(layer(x).numpy()[0, 0], 2)
    expected = np.fft.rfft(x[0, :, 0])
    np.testing.assert_allclose(real + 1j * imaginary, expected, atol=1e-5)


def test_transform_can_be_trained_or_not():
    for trainable, count in ((True, 2), (False, 0)):
        layer = layers.STFTSpectrogram(frame_length=8, trainable=trainable)
        layer(np.ones((1, 16, 1), "float32"))
        assert len(layer.trainable_weights) == count
        assert len(layer.weights) == 2


def test_silence_has_finite_spectra_and_slopes():
    x = ops.zeros((1, 32, 1))
    for mode in ("log", "magnitude", "psd"):
        layer = layers.STFTSpectrogram(mode, frame_length=8)
        with keras.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        assert np.isfinite(y.numpy()).all()
        assert np.isfinite(tape.gradient(y, x).numpy()).all()


def test_silence_is_as_quiet_as_min_power():
    layer = layers.MelSpectrogram(64, 16, num_mel_bins=4, min_power=1e-3)
    assert layer(ops.zeros((100,))).numpy().max() == pytest.approx(-30)


def test_a_tone_stands_out_at_its_pitch():
    layer = layers.MelSpectrogram(
        128, 32, sampling_rate=RATE, num_mel_bins=8, min_freq=10.0
    )
    low, high = layer(np.stack([tone(60), tone(400)])).numpy()
    assert low.shape == (8, 32)
    assert low.mean(1).argmax() < high.mean(1).argmax()
    assert low.max() - low.min() <= layer.top_db + 1e-3


def test_whole_numbers_and_single_signals():
    layer = layers.MelSpectrogram(16, 8, num_mel_bins=3, sampling_rate=100)
    sound = (100 * tone(20, 40)).astype("int16")
    assert layer(sound).shape == (3, 6)
    assert layer(sound[None]).dtype == "float32"
    assert layer(keras.Input((None,))).shape == (None, 3, None)


def test_defaults_that_are_worked_out_are_in_the_config():
    config = layers.MelSpectrogram(fft_length=64, sampling_rate=11025).get_config()
    assert config["sequence_length"] == 64
    assert config["max_freq"] == 5512


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: layers.STFTSpectrogram("loud"), "mode must be one of 'log', 'magn"),
        (
            lambda: layers.STFTSpectrogram(frame_length=8, frame_step=9),
            "frame_step must be at most frame_length=8, got 9",
        ),
        (
            lambda: layers.STFTSpectrogram(frame_length=8, fft_length=4),
            "fft_length must be an int of at least 8, got 4",
        ),
        (
            lambda: layers.STFTSpectrogram(frame_length=8, window=np.ones(4)),
            r"window must have shape \(8,\), not \(4,\)",
        ),
        (
            lambda: layers.STFTSpectrogram(frame_length=8)(np.ones((1, 5, 1))),
            "signal has 5 samples, fewer than one frame: frame_length=8. Try padding=",
        ),
        (lambda: layers.STFTSpectrogram()(np.ones((2, 999))), "expects 3 axes, got sh"),
        (lambda: layers.STFTSpectrogram(window="sine"), "window must be one of 'hann'"),
        (lambda: layers.STFTSpectrogram(scaling="x"), "scaling must be one of 'densi"),
        (lambda: layers.STFTSpectrogram(padding="causal"), "padding must be one of"),
        (
            lambda: layers.MelSpectrogram(fft_length=16, sequence_length=32),
            "sequence_length must be at most fft_length=16, got 32",
        ),
        (
            lambda: layers.MelSpectrogram(max_freq=10),
            "max_freq must be above min_freq=20.0, got 10",
        ),
        (
            lambda: layers.MelSpectrogram(min_power=0),
            "min_power must be a number above",
        ),
        (lambda: layers.MelSpectrogram(window="x"), "window must be one of 'hann'"),
        (
            lambda: ops.extract_sequences(np.ones(3), 4, 1),
            "sequence_length=4 is longer than the signal, which has 3 values",
        ),
    ],
)
def test_errors_of_spectrograms(make, text):
    with pytest.raises(ValueError, match=text):
        make()


# Embeddings that lead back ------------------------------------------------------------


def test_tied_weights_learn_from_both_ways():
    layer = layers.ReversibleEmbedding(5, 3)
    tokens = np.array([[1, 2]])
    with keras.GradientTape() as tape:
        y = layer(layer(tokens), reverse=True)
    (slope,) = tape.gradient(y, layer.trainable_weights)
    assert (slope.numpy() != 0).all()  # every row is a score, two are looked up as well
    table = layer.embeddings.numpy()
    np.testing.assert_allclose(y.numpy()[0], table[[1, 2]] @ table.T, rtol=1e-5)


def test_a_matrix_of_its_own_leads_back():
    layer = layers.ReversibleEmbedding(5, 3, tie_weights=False)
    y = layer(layer(np.array([[1]])), reverse=True).numpy()
    assert [w.shape for w in layer.weights] == [(5, 3), (3, 5)]
    table, back = layer.get_weights()
    np.testing.assert_allclose(y[0, 0], table[1] @ back, rtol=1e-5)
    given = layers.ReversibleEmbedding(5, 3, tie_weights=False, weights=[table, back])
    np.testing.assert_array_equal(given(np.array([1])).numpy(), table[[1]])


def test_scores_stay_below_the_cap_and_have_their_dtype():
    layer = layers.ReversibleEmbedding(
        5, 3, logit_soft_cap=0.5, reverse_dtype="float16"
    )
    scores = layer(100 * np.ones((2, 3), "float32"), reverse=True)
    assert scores.dtype == "float16"
    assert abs(scores.numpy()).max() <= 0.5
    assert layer(keras.Input((3,)), reverse=True).dtype == "float16"


def test_a_model_of_language_in_one_layer():
    layer = layers.ReversibleEmbedding(6, 4, mask_zero=True)
    tokens = keras.Input((None,), dtype="int32")
    vectors = layer(tokens)
    model = keras.Model(tokens, layer(vectors, reverse=True))
    assert model.output_shape == (None, None, 6)
    assert layer.compute_mask(ops.convert_to_tensor([[1, 0]])).numpy().tolist() == [
        [True, False]
    ]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile("sgd", loss)
    x = np.array([[1, 2, 3], [3, 4, 0]])
    losses = [model.train_on_batch(x, x) for _ in range(5)]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.ReversibleEmbedding(5, 3, name="e")(
                np.ones((2, 4)), reverse=True
            ),
            r"'e': with reverse=True inputs must end in an axis of output_dim=3, got",
        ),
        (
            lambda: layers.ReversibleEmbedding(5, 3, logit_soft_cap=0),
            "logit_soft_cap must be a number above 0, got 0",
        ),
        (
            lambda: layers.ReversibleEmbedding(5, 3, tie_weights="yes"),
            "tie_weights must be True or False, got 'yes'",
        ),
    ],
)
def test_errors_of_reversible_embeddings(make, text):
    with pytest.raises(ValueError, match=text):
        make()
