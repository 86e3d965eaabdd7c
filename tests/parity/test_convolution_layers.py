"""Convolution and resizing layers next to real Keras, over drawn arguments.

Outputs, gradients and the weights after three steps of training must agree. Real Keras
runs on JAX, one compiled step per layer, which is what most of the time goes into.
"""

import random

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")
jax = pytest.importorskip("jax")
pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # what Keras and JAX warn of
    pytest.mark.skipif(keras.backend.backend() != "jax", reason="needs JAX beneath"),
]
RATE = 0.1


def several(draw, rank, most, least=1):
    """An int for all axes, or one for each."""
    if draw.random() < 0.5:
        return draw.randint(least, most)
    return tuple(draw.randint(least, most) for _ in range(rank))


def formatted(draw, space, channels):
    """A data format and a shape in it."""
    if draw.random() < 0.65:
        return {"data_format": "channels_last"}, (*space, channels)
    return {"data_format": "channels_first"}, (channels, *space)


def window(draw, rank, most_padding=("valid", "same")):
    """What all convolutions take, and a space that is large enough."""
    most = 2 if rank == 3 else 3
    stretched = draw.choice(["strides", "dilation_rate", None])
    kwargs = {
        "kernel_size": several(draw, rank, most),
        "padding": draw.choice(most_padding),
        "activation": draw.choice([None, "tanh", "sigmoid"]),
        "use_bias": draw.random() < 0.8,
    }
    if stretched:
        kwargs[stretched] = several(draw, rank, most)
    least = 1 if kwargs["padding"] != "valid" else (most - 1) * most + 1
    return kwargs, [draw.randint(least, least + 3) for _ in range(rank)]


def convolution(draw, rank):
    kwargs, space = window(
        draw, rank, ("valid", "same", "causal") if rank == 1 else ("valid", "same")
    )
    groups = draw.choice([1, 1, 2, 3])
    more, shape = formatted(draw, space, groups * draw.randint(1, 3))
    filters = groups * draw.randint(1, 3)
    return {**kwargs, **more, "filters": filters, "groups": groups}, shape


def transposed(draw, rank):
    kwargs, _ = window(draw, rank)
    strides = kwargs.get("strides", 1)
    least = strides if isinstance(strides, int) else min(strides)
    kwargs["output_padding"] = draw.choice([None, draw.randint(0, least - 1)])
    space = [draw.randint(1, 4) for _ in range(rank)]
    more, shape = formatted(draw, space, draw.randint(1, 3))
    return {**kwargs, **more, "filters": draw.randint(1, 3)}, shape


def depthwise(draw, rank):
    kwargs, space = window(draw, rank)
    more, shape = formatted(draw, space, draw.randint(1, 3))
    return {**kwargs, **more, "depth_multiplier": draw.randint(1, 2)}, shape


def separable(draw, rank):
    kwargs, shape = depthwise(draw, rank)
    return {**kwargs, "filters": draw.randint(1, 3)}, shape


def margins(draw, rank, name):
    """A number, or numbers, or pairs of them; and a space that bears cropping."""
    forms = [draw.randint(0, 2), tuple(draw.randint(0, 2) for _ in range(rank))]
    pairs = tuple((draw.randint(0, 2), draw.randint(0, 2)) for _ in range(rank))
    value = draw.choice([*forms, pairs]) if rank > 1 else draw.choice([1, *pairs])
    space = [draw.randint(5, 7) for _ in range(rank)]
    more, shape = formatted(draw, space, 2)
    if rank == 1 and name == "cropping":
        more, shape = {}, (*space, 2)
    return {name: value, **more}, shape


def upsampling(draw, rank):
    space = [draw.randint(1, 5) for _ in range(rank)]
    more, shape = formatted(draw, space, draw.randint(1, 3))
    kwargs = {"size": several(draw, rank, 3), **more}
    if rank == 1:
        kwargs = {"size": draw.randint(1, 3)}
    if rank == 2:
        modes = ["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"]
        kwargs["interpolation"] = draw.choice(modes)
    return kwargs, shape


KINDS = [  # name of the layers, how arguments are drawn, how many for each rank
    ("Conv{}D", convolution, (14, 18, 8)),
    ("Conv{}DTranspose", transposed, (9, 12, 5)),
    ("DepthwiseConv{}D", depthwise, (8, 8)),
    ("SeparableConv{}D", separable, (7, 7)),
    ("Cropping{}D", lambda draw, rank: margins(draw, rank, "cropping"), (2, 4, 3)),
    ("ZeroPadding{}D", lambda draw, rank: margins(draw, rank, "padding"), (2, 4, 3)),
    ("UpSampling{}D", upsampling, (2, 12, 4)),
]
DRAWN = [
    pytest.param(
        name.format(rank),
        *make(random.Random(100 * rank + seed), rank),
        id=f"{name.format(rank)}-{seed}",
    )
    for name, make, counts in KINDS
    for rank, count in enumerate(counts, 1)
    for seed in range(count)
]


def mean_square(y, target):
    return ((y - target) ** 2).mean()


def step_of_real_keras(layer):
    """A compiled step: output, gradients of weights and input, new weights."""

    def loss(weights, x, target):
        y, _ = layer.stateless_call(weights, [], x)
        return mean_square(y, target), y

    def step(weights, x, target):
        (_, y), (slopes, slope) = jax.value_and_grad(loss, (0, 1), has_aux=True)(
            weights, x, target
        )
        new = [w - RATE * g for w, g in zip(weights, slopes, strict=True)]
        return y, [*slopes, slope], new

    return jax.jit(step)


def gradients(layer, x, target):
    with minikeras.GradientTape() as tape:
        x = minikeras.ops.convert_to_tensor(x)
        tape.watch(x)
        loss = minikeras.ops.mean(minikeras.ops.square(layer(x) - target))
    return tape.gradient(loss, [*layer.trainable_weights, x])


def same(ours, theirs, tolerance):
    np.testing.assert_allclose(ours, np.asarray(theirs), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "kwargs", "shape"), DRAWN)
def test_three_steps(name, kwargs, shape):
    rng = np.random.default_rng(3)
    x = rng.normal(size=(3, *shape)).astype("float32")
    theirs = getattr(keras.layers, name)(**kwargs)
    ours = getattr(minikeras.layers, name)(**kwargs)
    model = minikeras.Sequential([minikeras.Input(shape), ours])
    theirs.build(x.shape)
    assert [w.path.split("/")[-1] for w in theirs.weights] == [
        w.name for w in ours.weights
    ]
    weights = [rng.normal(0, 0.7, w.shape).astype("float32") for w in theirs.weights]
    ours.set_weights(weights)
    assert model.output_shape[1:] == tuple(theirs.compute_output_shape(x.shape))[1:]
    target = rng.normal(size=theirs.compute_output_shape(x.shape)).astype("float32")
    model.compile(minikeras.optimizers.SGD(RATE), "mse")
    step = step_of_real_keras(theirs)
    for number in range(3):
        y, slopes, weights = step(weights, x, target)
        if number in (0, 2):
            same(model.predict(x, verbose=0), y, 1e-5 if number == 0 else 1e-4)
            for mine, real in zip(gradients(ours, x, target), slopes, strict=True):
                same(mine.numpy(), real, 1e-4)
        if weights:
            model.train_on_batch(x, target)
    for mine, real in zip(ours.get_weights(), weights, strict=True):
        same(mine, real, 1e-4)


PENALTIES = [
    ("Conv2D", {"filters": 3}, "kernel"),
    ("Conv2DTranspose", {"filters": 3, "strides": 2}, "kernel"),
    ("DepthwiseConv2D", {"depth_multiplier": 2}, "depthwise"),
    ("SeparableConv2D", {"filters": 3}, "pointwise"),
]


@pytest.mark.parametrize(("name", "kwargs", "weight"), PENALTIES)
def test_fit_with_penalties_and_constraints(name, kwargs, weight):
    def build(K):
        layer = getattr(K.layers, name)(
            kernel_size=2,
            activity_regularizer="l2",
            bias_regularizer="l2",
            bias_constraint="non_neg",
            **{f"{weight}_regularizer": "l2", f"{weight}_constraint": "max_norm"},
            **kwargs,
        )
        model = K.Sequential([K.Input((4, 3, 2)), layer])
        model.compile(K.optimizers.SGD(RATE), "mse")
        return model

    rng = np.random.default_rng(5)
    theirs, ours = build(keras), build(minikeras)
    values = [rng.normal(size=w.shape) for w in theirs.get_weights()]
    x = rng.normal(size=(6, 4, 3, 2)).astype("float32")
    y = rng.normal(size=(6, *theirs.output_shape[1:])).astype("float32")
    for model in (theirs, ours):
        model.set_weights(values)
        model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
    same(ours.history.history["loss"], theirs.history.history["loss"], 1e-4)
    for mine, real in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        same(mine, real, 1e-4)


def test_the_grid_is_large_enough():
    assert len(DRAWN) >= 120
    assert len({repr(p.values) for p in DRAWN}) >= 115
