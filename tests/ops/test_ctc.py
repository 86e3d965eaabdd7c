"""Connectionist temporal classification: lengths, dtypes, plans, errors."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import ops
from minikeras.tensor import GradientTape, KerasTensor, Tensor
from tests.cases.kernels_ctc import losses

rng = np.random.default_rng(4)
LOGITS = rng.normal(size=(3, 5, 4)).astype("float32")
TARGET = np.array([[1, 2, 2], [3, 0, 0], [2, 1, 0]], "int32")
COUNTS = np.array([3, 1, 2], "int32"), np.array([5, 4, 2], "int32")


def slope(function, x):
    x = Tensor(np.asarray(x))
    with GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x).numpy()


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int32"])
def test_loss_has_at_least_32_bits(dtype):
    logits = (LOGITS * 3).astype(dtype)
    found = ops.ctc_loss(TARGET, logits, *COUNTS)
    assert found.dtype == ("float64" if dtype == "float64" else "float32")
    expected = losses(TARGET, logits.astype("float64"), *COUNTS, 0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_loss_takes_lists_floats_and_variables():
    expected = ops.ctc_loss(TARGET, LOGITS, *COUNTS)
    lists = TARGET.tolist(), LOGITS.tolist(), *(x.tolist() for x in COUNTS)
    np.testing.assert_array_equal(ops.ctc_loss(*lists), expected)
    floats = TARGET.astype("float32"), keras.Variable(LOGITS), *COUNTS
    np.testing.assert_array_equal(ops.ctc_loss(*floats), expected)


def test_frames_after_the_end_do_not_matter():
    changed = LOGITS.copy()
    changed[1, 4:], changed[2, 2:] = 7, np.nan
    np.testing.assert_array_equal(
        ops.ctc_loss(TARGET, changed, *COUNTS), ops.ctc_loss(TARGET, LOGITS, *COUNTS)
    )
    g = slope(lambda x: ops.sum(ops.ctc_loss(TARGET, x, *COUNTS)), LOGITS)
    assert not g[1, 4:].any()
    assert not g[2, 2:].any()
    np.testing.assert_allclose(g.sum(axis=2), 0, atol=1e-6)


def test_labels_after_the_end_may_be_anything():
    filled = np.where(np.arange(3) < COUNTS[0][:, None], TARGET, -1)
    np.testing.assert_array_equal(
        ops.ctc_loss(filled, LOGITS, *COUNTS), ops.ctc_loss(TARGET, LOGITS, *COUNTS)
    )


def test_a_long_sequence_keeps_its_precision():
    frames = 800
    logits = rng.normal(size=(1, frames, 5)).astype("float32")
    target, counts = np.tile([1, 2, 3, 4], (1, 60)), ([240], [frames])
    exact = slope(
        lambda x: ops.sum(ops.ctc_loss(target, x, *counts)), logits.astype("float64")
    )
    found = slope(lambda x: ops.sum(ops.ctc_loss(target, x, *counts)), logits)
    np.testing.assert_allclose(found, exact, atol=2e-3)


def test_too_few_frames_give_a_large_finite_loss():
    loss = ops.ctc_loss(TARGET[:1], LOGITS[:1], [3], [2])
    np.testing.assert_allclose(loss, 1e5, rtol=1e-3)
    g = slope(lambda x: ops.sum(ops.ctc_loss(TARGET[:1], x, [3], [2])), LOGITS[:1])
    assert np.isfinite(g).all()


def test_no_samples_and_no_labels():
    none = ops.ctc_loss(TARGET[:0], LOGITS[:0], *(x[:0] for x in COUNTS))
    assert none.shape == (0,)
    empty = ops.ctc_loss(TARGET[:, :0], LOGITS, [0, 0, 0], COUNTS[1])
    blank = np.log(np.exp(LOGITS).sum(-1)) - LOGITS[:, :, 0]
    inside = np.arange(5) < COUNTS[1][:, None]
    np.testing.assert_allclose(empty, (blank * inside).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({0: TARGET[0]}, "target must have the shape"),
        ({1: LOGITS[0]}, r"shape \(batch, frames, classes\)"),
        ({2: COUNTS[0][:, None]}, "target_length"),
        ({2: COUNTS[0][:1]}, "the same number of samples"),
        ({0: TARGET + 4}, "labels must be from 0 to 3"),
        ({0: TARGET - 4}, "labels must be from 0 to 3"),
        ({4: 4}, "mask_index must be one of the 4 classes"),
        ({4: -1}, "mask_index must be one of the 4 classes"),
    ],
)
def test_loss_refuses(change, message):
    args = {**dict(enumerate((TARGET, LOGITS, *COUNTS, 0))), **change}
    with pytest.raises(ValueError, match=message):
        ops.ctc_loss(*args.values())


def test_slopes_of_slopes_are_refused():
    x = Tensor(LOGITS)
    with GradientTape() as outer:
        outer.watch(x)
        with GradientTape() as tape:
            tape.watch(x)
            y = ops.sum(ops.ctc_loss(TARGET, x, *COUNTS))
        g = ops.sum(ops.square(tape.gradient(y, x)))
    with pytest.raises(TypeError, match="ctc_slopes is not differentiable"):
        outer.gradient(g, x)


@pytest.mark.parametrize("strategy", ["greedy", "beam_search"])
def test_decoding_is_symbolic_and_planned(strategy):
    x, lengths = KerasTensor((None, 5, 4)), KerasTensor((None,), "int32")
    top_paths = 1 if strategy == "greedy" else 2
    kwargs = {"strategy": strategy, "beam_width": 4, "top_paths": 2}
    labels, scores = ops.ctc_decode(x, lengths, **kwargs)
    assert (labels.shape, labels.dtype) == ((top_paths, None, 5), "int32")
    assert (scores.shape, scores.dtype) == ((None, top_paths), "float32")
    step = keras.function(lambda *args: ops.ctc_decode(*args, **kwargs))
    for seed in range(3):
        x = np.random.default_rng(seed).normal(size=(3, 5, 4)).astype("float32")
        for mine, wanted in zip(
            step(x, COUNTS[1]), ops.ctc_decode(x, COUNTS[1], **kwargs), strict=True
        ):
            np.testing.assert_array_equal(mine, wanted)


def test_loss_in_a_functional_model():
    inputs = keras.Input((5, 4)), keras.Input((3,), dtype="int32")
    counts = [keras.Input((), dtype="int32") for _ in range(2)]
    model = keras.Model([*inputs, *counts], ops.ctc_loss(inputs[1], inputs[0], *counts))
    assert model.output.shape == (None,)
    found = model.predict([LOGITS, TARGET, *COUNTS], verbose=0)
    np.testing.assert_array_equal(found, ops.ctc_loss(TARGET, LOGITS, *COUNTS))


def test_the_loss_class_trains_a_model():
    keras.utils.set_random_seed(0)
    x = rng.normal(size=(8, 6, 3)).astype("float32")
    y = np.array([[1, 2]] * 4 + [[2, 0]] * 4)
    model = keras.Sequential([keras.Input((6, 3)), keras.layers.Dense(3)])
    model.compile(keras.optimizers.Adam(0.1), "ctc")
    history = model.fit(x, y, epochs=30, verbose=0).history["loss"]
    assert history[-1] < 0.7 * history[0]
    eager = keras.losses.CTC()(y, model.predict(x, verbose=0))
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), eager, rtol=1e-5)


@pytest.mark.parametrize("arrays", [(TARGET[0], LOGITS), (TARGET, LOGITS[0])])
def test_the_loss_function_wants_sequences(arrays):
    with pytest.raises(ValueError, match="ctc: y_true must have the shape"):
        keras.losses.ctc(*arrays)


def test_beam_search_of_several_samples_equals_one_by_one():
    x = rng.normal(size=(4, 9, 5)).astype("float32") * 2
    lengths = np.array([9, 4, 0, 7])
    kwargs = {"strategy": "beam_search", "beam_width": 3, "top_paths": 3}
    labels, scores = ops.ctc_decode(x, lengths, **kwargs)
    for i in range(4):
        one = ops.ctc_decode(x[i : i + 1, :], lengths[i : i + 1], **kwargs)
        np.testing.assert_array_equal(labels[:, i], one[0][:, 0])
        np.testing.assert_allclose(scores[i], one[1][0], rtol=1e-6)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"strategy": "best"}, "'greedy' or 'beam_search', got 'best'"),
        ({"strategy": "beam_search", "beam_width": 2, "top_paths": 3}, "top_paths=3"),
        ({"strategy": "beam_search", "beam_width": 0}, "beam_width=0"),
        ({"mask_index": 4}, "one of the 4 classes"),
    ],
)
def test_decoding_refuses(kwargs, message):
    with pytest.raises(ValueError, match=message):
        ops.ctc_decode(LOGITS, COUNTS[1], **kwargs)
