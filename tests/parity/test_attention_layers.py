"""Attention layers next to those of real Keras, over drawn configurations.

Same weights, inputs and masks; then three steps of gradient descent on both sides.
"""

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
pytestmark = [
    pytest.mark.skipif(keras.backend.backend() != "jax", reason="JAX only"),
    pytest.mark.filterwarnings("default"),
]

BATCH, LENGTH, WIDTH, FEATURES = 2, 4, 5, 6
RATE, STEPS = 0.2, 3


def drawn(seed):
    """Name, constructor arguments, inputs and call arguments of one configuration."""
    rng = np.random.default_rng(seed)
    name = ("MultiHeadAttention", "GroupQueryAttention", "MultiHeadAttention",
            "Attention", "AdditiveAttention")[seed % 5]  # fmt: skip
    make = {"Attention": luong, "AdditiveAttention": bahdanau}.get(name, headed)
    return name, *make(rng, name)


def chance(rng, share=0.5):
    return bool(rng.random() < share)


def arrays(rng, *shapes):
    return [rng.normal(size=shape).astype("float32") for shape in shapes]


def mask_of(rng, *shape):
    mask = rng.random(shape) < 0.7
    mask[..., 0] = chance(rng, 0.8)  # else some rows may see nothing
    return mask


def luong(rng, name):
    kwargs = {
        "use_scale": chance(rng),
        "score_mode": "concat" if chance(rng) else "dot",
        "dropout": 0.3 if chance(rng) else 0.0,
    }
    shapes = [(BATCH, LENGTH, FEATURES), (BATCH, WIDTH, FEATURES)]
    if chance(rng):
        shapes.insert(1, (BATCH, WIDTH, 3))
    masks = [
        mask_of(rng, BATCH, length) if chance(rng) else None
        for length in (LENGTH, WIDTH)
    ]
    options = {"mask": masks, "use_causal_mask": chance(rng)}
    return kwargs, [arrays(rng, *shapes)], options


def bahdanau(rng, name):
    kwargs, inputs, options = luong(rng, name)
    del kwargs["score_mode"]
    return kwargs, inputs, options


def headed(rng, name):
    kwargs = {
        "use_bias": chance(rng),
        "use_gate": chance(rng, 0.3),
        "dropout": 0.3 if chance(rng, 0.3) else 0.0,
        "sliding_window": int(rng.integers(1, 4)) if chance(rng, 0.3) else None,
        "kernel_regularizer": "l2" if chance(rng, 0.3) else None,
    }
    lead, axis = (BATCH,), 1
    if name == "GroupQueryAttention":
        kwargs |= {"head_dim": 3, "num_query_heads": 4}
        kwargs["num_key_value_heads"] = int(rng.choice([1, 2, 4]))
    else:
        kwargs |= {"num_heads": int(rng.integers(1, 4)), "key_dim": 3}
        kwargs["output_shape"] = [None, 5, (2, 3)][rng.integers(3)]
        if chance(rng, 0.3):
            lead, axis = (BATCH, 3), 2
            kwargs |= {"attention_axes": 2, "sliding_window": None}
        if kwargs["dropout"] or axis == 2:  # elsewhere JAX wants one size for both
            kwargs["value_dim"] = 2
    shapes = [(*lead, LENGTH, FEATURES), (*lead, WIDTH, FEATURES)]
    if chance(rng, 0.3):
        shapes.insert(1, (*lead, WIDTH, 3))
    options = {}
    if axis == 1:
        options["use_causal_mask"] = chance(rng, 0.3)
    if chance(rng):
        options["value_mask"] = mask_of(rng, *lead, WIDTH)
    if name == "GroupQueryAttention" and chance(rng):  # the other ignores it in Keras
        options["query_mask"] = mask_of(rng, *lead, LENGTH)
    if chance(rng, 0.3):
        options["attention_mask"] = mask_of(rng, *lead, LENGTH, WIDTH)
    return kwargs, arrays(rng, *shapes), options


def ours_after(layer, inputs, options, target):
    """Output before, and weights after, some steps."""
    first = layer(*inputs, **options).numpy()
    for _ in range(STEPS):
        with minikeras.GradientTape() as tape:
            y = layer(*inputs, **options)
            loss = minikeras.ops.mean(minikeras.ops.square(y - target))
            loss = loss + sum(layer.losses, 0.0)
        weights = layer.trainable_weights
        for w, g in zip(weights, tape.gradient(loss, weights), strict=True):
            w.assign(w - RATE * g)
    return first, layer.get_weights()


def theirs_after(layer, inputs, options, target):
    """The same of a built layer of Keras; compiled once, with little optimization."""
    fixed = [v.value for v in layer.non_trainable_variables]

    def loss(values):
        y, _, losses = layer.stateless_call(
            values, fixed, *inputs, return_losses=True, **options
        )
        return keras.ops.mean(keras.ops.square(y - target)) + sum(losses, 0.0), y

    values, outputs = [v.value for v in layer.trainable_variables], []
    step = jax.jit(
        jax.value_and_grad(loss, has_aux=True),
        compiler_options={"xla_backend_optimization_level": 0},
    )
    for _ in range(STEPS if values else 1):
        (_, y), slopes = step(values)
        outputs.append(np.asarray(y))
        values = [w - RATE * g for w, g in zip(values, slopes, strict=True)]
    return outputs[0], [np.asarray(w) for w in values]


@pytest.mark.parametrize("seed", range(52))
def test_outputs_and_training(seed):
    name, kwargs, inputs, options = drawn(seed)
    theirs, ours = (getattr(k.layers, name)(**kwargs) for k in (keras, minikeras))
    y = ours(*inputs, **options)
    theirs.build(*minikeras.tree.map_structure(np.shape, inputs))
    assert [w.path.split("/", 1)[1:] for w in ours.weights] == [
        w.path.split("/", 1)[1:] for w in theirs.weights
    ]
    ours.set_weights(theirs.get_weights())
    target = np.random.default_rng(1).normal(size=y.shape).astype("float32")
    got, weights = ours_after(ours, inputs, options, target)
    expected, wanted = theirs_after(theirs, inputs, options, target)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5)
    for mine, real in zip(weights, wanted, strict=True):
        np.testing.assert_allclose(mine, real, rtol=1e-4, atol=1e-4)
