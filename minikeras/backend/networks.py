"""Activations, losses, convolutions, pooling and random numbers of Keras 1 and 2."""

from .. import activations, config, ops, random
from ..legacy import doors
from ..tensor.symbolic import SymbolicValueError
from ..utils import checks

__all__ = [
    "batch_normalization",
    "bias_add",
    "binary_crossentropy",
    "categorical_crossentropy",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "depthwise_conv2d",
    "dropout",
    "elu",
    "hard_sigmoid",
    "in_top_k",
    "l2_normalize",
    "normalize_batch_in_training",
    "pool2d",
    "pool3d",
    "random_binomial",
    "random_normal",
    "random_uniform",
    "relu",
    "resize_images",
    "resize_volumes",
    "separable_conv1d",
    "separable_conv2d",
    "sigmoid",
    "softmax",
    "softplus",
    "softsign",
    "sparse_categorical_crossentropy",
    "spatial_2d_padding",
    "spatial_3d_padding",
    "tanh",
    "temporal_padding",
    "truncated_normal",
]

sigmoid, softplus, softsign, tanh = ops.sigmoid, ops.softplus, ops.softsign, ops.tanh


def old(function):
    """Lets a function be called by the old names of its arguments too."""
    return doors.open_function(f"backend.{function.__name__}")(function)


def relu(x, alpha=0.0, max_value=None, threshold=0.0):
    """Returns x above a threshold, alpha times the rest, at most max_value."""
    return activations.relu(x, alpha, max_value, threshold)


def elu(x, alpha=1.0):
    """Returns x where positive, alpha * (exp(x) - 1) elsewhere."""
    return ops.elu(x, alpha)


def softmax(x, axis=-1):
    """Returns shares: exp(x) over its sum."""
    return ops.softmax(x, axis=axis)


def hard_sigmoid(x):
    """Returns 0.2 x + 0.5, between 0 and 1: as Keras 1 and 2 had it."""
    return ops.clip(x * 0.2 + 0.5, 0.0, 1.0)


def l2_normalize(x, axis=None):
    """Returns x over its length along an axis, or over that of all."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return x * ops.rsqrt(ops.maximum(squares, config.epsilon()))


def in_top_k(predictions, targets, k):
    """Tells for each row whether the target is among the k largest predictions."""
    return ops.in_top_k(ops.cast(targets, "int32"), predictions, k)


def dropout(x, level, noise_shape=None, seed=None):
    """Sets a share of the elements to 0 and scales the others up."""
    return random.dropout(x, level, noise_shape=noise_shape, seed=seed)


# ----------------------------------------------------------------------------- losses


def categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Returns the cross-entropy of shares, row by row."""
    return ops.categorical_crossentropy(
        target, output, from_logits=from_logits, axis=axis
    )


def sparse_categorical_crossentropy(target, output, from_logits=False, axis=-1):
    """Returns the cross-entropy with class numbers as targets, row by row."""
    target = ops.cast(target, "int32")
    if len(target.shape) == len(output.shape):
        target = ops.squeeze(target, -1)
    return ops.sparse_categorical_crossentropy(
        target, output, from_logits=from_logits, axis=axis
    )


def binary_crossentropy(target, output, from_logits=False):
    """Returns the cross-entropy of each element."""
    return ops.binary_crossentropy(target, output, from_logits=from_logits)


# ----------------------------------------------------------------------- convolutions


@old
def conv1d(x, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolves sequences; see `ops.conv`. Its padding may be "causal"."""
    if padding == "causal":
        reach = int(dilation_rate) * (kernel.shape[0] - 1)
        first = (data_format or config.image_data_format()) == "channels_first"
        pads = [(0, 0), (0, 0), (reach, 0)] if first else [(0, 0), (reach, 0), (0, 0)]
        x, padding = ops.pad(x, pads), "valid"
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old
def conv2d(
    x, kernel, strides=(1, 1), padding="valid", data_format=None, dilation_rate=(1, 1)
):
    """Convolves images; see `ops.conv`."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old
def conv3d(
    x,
    kernel,
    strides=(1, 1, 1),
    padding="valid",
    data_format=None,
    dilation_rate=(1, 1, 1),
):
    """Convolves volumes; see `ops.conv`."""
    return ops.conv(x, kernel, strides, padding, data_format, dilation_rate)


@old
def conv2d_transpose(
    x,
    kernel,
    output_shape,
    strides=(1, 1),
    padding="valid",
    data_format=None,
    dilation_rate=(1, 1),
):
    """Convolves images the other way; the kernel is (height, width, out, in).

    Args:
        x: Images.
        kernel: Kernel.
        output_shape: Shape of the result, from which the padding follows.
        strides, padding, data_format, dilation_rate: See `ops.conv_transpose`.
    """
    first = (data_format or config.image_data_format()) == "channels_first"
    places = (2, 3) if first else (1, 2)
    margins = [n // 2 if padding == "same" else 0 for n in kernel.shape[:2]]
    reaches = [
        (n - 1) * d + 1 for n, d in zip(kernel.shape[:2], dilation_rate, strict=True)
    ]
    extra = [
        output_shape[i] - ((x.shape[i] - 1) * step + reach - 2 * margin)
        for i, step, reach, margin in zip(
            places, strides, reaches, margins, strict=True
        )
        if None not in (output_shape[i], x.shape[i])
    ]
    return ops.conv_transpose(
        x,
        kernel,
        strides,
        padding,
        tuple(extra) if len(extra) == 2 else None,
        data_format,
        dilation_rate,
    )


@old
def separable_conv1d(
    x,
    depthwise_kernel,
    pointwise_kernel,
    strides=1,
    padding="valid",
    data_format=None,
    dilation_rate=1,
):
    """Convolves sequences channel by channel and mixes the channels then."""
    kernels = (depthwise_kernel, pointwise_kernel)
    return ops.separable_conv(x, *kernels, strides, padding, data_format, dilation_rate)


@old
def separable_conv2d(
    x,
    depthwise_kernel,
    pointwise_kernel,
    strides=(1, 1),
    padding="valid",
    data_format=None,
    dilation_rate=(1, 1),
):
    """Convolves images channel by channel and mixes the channels then."""
    kernels = (depthwise_kernel, pointwise_kernel)
    return ops.separable_conv(x, *kernels, strides, padding, data_format, dilation_rate)


@old
def depthwise_conv2d(
    x,
    depthwise_kernel,
    strides=(1, 1),
    padding="valid",
    data_format=None,
    dilation_rate=(1, 1),
):
    """Convolves images channel by channel."""
    return ops.depthwise_conv(
        x, depthwise_kernel, strides, padding, data_format, dilation_rate
    )


def _pool(x, pool_size, strides, padding, data_format, pool_mode):
    checks.one_of("pool", pool_mode=pool_mode, allowed=("max", "avg"))
    function = ops.max_pool if pool_mode == "max" else ops.average_pool
    return function(x, tuple(pool_size), tuple(strides), padding, data_format)


@old
def pool2d(
    x, pool_size, strides=(1, 1), padding="valid", data_format=None, pool_mode="max"
):
    """Returns the maxima ("max") or means ("avg") of windows of images."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


@old
def pool3d(
    x, pool_size, strides=(1, 1, 1), padding="valid", data_format=None, pool_mode="max"
):
    """Returns the maxima ("max") or means ("avg") of windows of volumes."""
    return _pool(x, pool_size, strides, padding, data_format, pool_mode)


@old
def bias_add(x, bias, data_format=None):
    """Adds a bias: one number for each channel, or for each place and channel."""
    first = (data_format or config.image_data_format()) == "channels_first"
    rank = len(x.shape)
    if rank == 2 or not first:
        return x + bias
    if len(bias.shape) == 1:
        return x + ops.reshape(bias, (1, -1, *[1] * (rank - 2)))
    return x + ops.transpose(bias, (rank - 2, *range(rank - 2)))


@old
def resize_images(
    x, height_factor, width_factor, data_format=None, interpolation="nearest"
):
    """Makes images larger by whole factors.

    Args:
        x: Images.
        height_factor, width_factor: How many times larger.
        data_format: "channels_last" or "channels_first".
        interpolation: "nearest" repeats pixels, "bilinear" blends them.
    """
    first = (data_format or config.image_data_format()) == "channels_first"
    axes = (2, 3) if first else (1, 2)
    if interpolation == "nearest":
        x = ops.repeat(x, height_factor, axis=axes[0])
        return ops.repeat(x, width_factor, axis=axes[1])
    size = (x.shape[axes[0]] * height_factor, x.shape[axes[1]] * width_factor)
    return ops.image.resize(x, size, interpolation, data_format=data_format)


@old
def resize_volumes(x, depth_factor, height_factor, width_factor, data_format=None):
    """Makes volumes larger by whole factors: repeats voxels."""
    first = (data_format or config.image_data_format()) == "channels_first"
    factors = (depth_factor, height_factor, width_factor)
    for axis, factor in enumerate(factors, 2 if first else 1):
        x = ops.repeat(x, factor, axis=axis)
    return x


def temporal_padding(x, padding=(1, 1)):
    """Puts zeros before and after the steps of sequences."""
    padding = (padding, padding) if isinstance(padding, int) else tuple(padding)
    return ops.pad(x, [(0, 0), padding, (0, 0)])


@old
def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Puts zeros around images: ((top, bottom), (left, right))."""
    return _padded(x, padding, data_format)


@old
def spatial_3d_padding(x, padding=((1, 1), (1, 1), (1, 1)), data_format=None):
    """Puts zeros around volumes: a pair for each axis."""
    return _padded(x, padding, data_format)


def _padded(x, padding, data_format):
    first = (data_format or config.image_data_format()) == "channels_first"
    pairs = [(p, p) if isinstance(p, int) else tuple(p) for p in padding]
    sides = [(0, 0), (0, 0), *pairs] if first else [(0, 0), *pairs, (0, 0)]
    return ops.pad(x, sides)


# --------------------------------------------------------------------- normalization


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """Returns the normalized batch, its mean and its variance."""
    mean, variance = ops.moments(x, tuple(reduction_axes), keepdims=True)
    normalized = (x - mean) * ops.rsqrt(variance + epsilon)
    shape = mean.shape
    if gamma is not None:
        normalized = normalized * ops.reshape(gamma, shape)
    if beta is not None:
        normalized = normalized + ops.reshape(beta, shape)
    axes = tuple(reduction_axes)
    return normalized, ops.squeeze(mean, axes), ops.squeeze(variance, axes)


def batch_normalization(x, mean, var, beta, gamma, axis=-1, epsilon=1e-3):
    """Returns gamma * (x - mean) / sqrt(var + epsilon) + beta."""
    result = (x - mean) * ops.rsqrt(var + epsilon)
    result = result if gamma is None else result * gamma
    return result if beta is None else result + beta


# --------------------------------------------------------------------- random numbers


def _kind(dtype):
    return dtype or config.floatx()


@old
def random_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Returns normal random numbers."""
    return _drawn(random.normal, shape, mean, stddev, _kind(dtype), seed)


@old
def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Returns normal random numbers, none farther than two deviations away."""
    return _drawn(random.truncated_normal, shape, mean, stddev, _kind(dtype), seed)


@old
def random_uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Returns uniform random numbers."""
    return _drawn(random.uniform, shape, minval, maxval, _kind(dtype), seed)


@old
def random_binomial(shape, p=0.0, dtype=None, seed=None):
    """Returns ones with probability p, else zeros."""
    drawn = _drawn(random.uniform, shape, 0.0, 1.0, _kind(dtype), seed)
    return ops.cast(drawn < p, _kind(dtype))


def _drawn(function, shape, low, high, dtype, seed):
    """Random numbers of a shape; one with open sizes is that of a symbolic tensor."""
    if None in tuple(shape):
        raise SymbolicValueError(
            f"{function.__name__}: the shape {tuple(shape)} has open sizes: it is that "
            "of a symbolic tensor. Draw in a layer's call, or in a Lambda layer."
        )
    return function(tuple(shape), low, high, dtype=dtype, seed=seed)
