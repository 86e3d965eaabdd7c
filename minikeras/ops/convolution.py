"""Convolutions: a small kernel slides over images, sounds or volumes."""

from .. import config
from ..tensor import operation
from ..utils import checks
from .common import shape_of
from .kernels.convolution import convolve, convolve_transposed, reach
from .kernels.depthwise import depthwise_convolve
from .movement import moveaxis

__all__ = ["conv", "conv_transpose", "depthwise_conv", "separable_conv"]


@operation
def conv(inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1):
    """Convolves inputs with a kernel, in 1, 2 or 3 dimensions.

    y[n, i, f] = sum over k, c of x[n, i * strides + k * dilation_rate, c] * w[k, c, f]

    A kernel with fewer channels than the inputs belongs to a convolution in groups:
    each group of filters looks at channels of its own.

    Args:
        inputs: Tensor (batch, *sizes, channels).
        kernel: Tensor (*kernel_size, channels / groups, filters).
        strides: Step between windows, an int for all axes or one for each.
        padding: "valid": windows lie inside the input. "same": zeros around it, so that
            there are size / strides windows, rounded up.
        data_format: "channels_last", or "channels_first" for inputs of shape (batch,
            channels, *sizes); None means the configured one.
        dilation_rate: Step between the places of a window, likewise.

    Returns:
        Tensor (batch, *new_sizes, filters), or with the channels first.

    >>> conv([[[1.0], [2.0], [4.0]]], [[[1.0]], [[-1.0]]]).tolist()
    [[[-1.0], [-2.0]]]
    """
    x, window = _prepared(
        "conv", inputs, kernel, strides, padding, data_format, dilation_rate
    )
    channels, (*_, wanted, filters) = shape_of(x)[-1], shape_of(kernel)
    if channels is not None and channels % wanted:
        raise ValueError(
            f"conv: the inputs' {channels} channels must be a multiple of the kernel's "
            f"{wanted}, got inputs of shape {shape_of(inputs)} and a kernel of shape "
            f"{shape_of(kernel)}."
        )
    if channels is not None and filters % (channels // wanted):
        raise ValueError(
            f"conv: filters must be divisible by the number of groups, got {filters} "
            f"filters and {channels // wanted} groups (inputs {shape_of(inputs)}, "
            f"kernel {shape_of(kernel)})."
        )
    return _as_given(convolve(x, kernel, **window), data_format)


@operation
def depthwise_conv(
    inputs, kernel, strides=1, padding="valid", data_format=None, dilation_rate=1
):
    """Convolves each channel with kernels of its own.

    y[n, i, c * m + j] = sum over k of x[n, i * strides + k, c] * w[k, c, j]

    Args:
        inputs: Tensor (batch, *sizes, channels).
        kernel: Tensor (*kernel_size, channels, m): m filters for each channel.
        strides: As for `conv`.
        padding: As for `conv`.
        data_format: As for `conv`.
        dilation_rate: As for `conv`.

    >>> depthwise_conv([[[1.0, 5.0], [2.0, 6.0]]], [[[1.0], [10.0]]]).tolist()
    [[[1.0, 50.0], [2.0, 60.0]]]
    """
    x, window = _prepared(
        "depthwise_conv", inputs, kernel, strides, padding, data_format, dilation_rate
    )
    channels, wanted = shape_of(x)[-1], shape_of(kernel)[-2]
    if channels not in (None, wanted):
        raise ValueError(
            f"depthwise_conv: the kernel must be made for {channels} channels, got "
            f"inputs of shape {shape_of(inputs)} and a kernel of shape "
            f"{shape_of(kernel)}, made for {wanted}."
        )
    return _as_given(depthwise_convolve(x, kernel, **window), data_format)


@operation
def separable_conv(
    inputs,
    depthwise_kernel,
    pointwise_kernel,
    strides=1,
    padding="valid",
    data_format=None,
    dilation_rate=1,
):
    """Convolves each channel by itself, then mixes the channels.

    Args:
        inputs: Tensor (batch, *sizes, channels).
        depthwise_kernel: Tensor (*kernel_size, channels, m).
        pointwise_kernel: Tensor (1, ..., channels * m, filters).
        strides: As for `conv`.
        padding: As for `conv`.
        data_format: As for `conv`.
        dilation_rate: As for `conv`.

    >>> separable_conv([[[1.0], [2.0]]], [[[3.0]]], [[[1.0, 2.0]]]).tolist()
    [[[3.0, 6.0], [6.0, 12.0]]]
    """
    y = depthwise_conv(
        inputs, depthwise_kernel, strides, padding, data_format, dilation_rate
    )
    return conv(y, pointwise_kernel, data_format=data_format)


@operation
def conv_transpose(
    inputs,
    kernel,
    strides=1,
    padding="valid",
    output_padding=None,
    data_format=None,
    dilation_rate=1,
):
    """Convolves the other way round: each input spreads its kernel over the output.

    It is the gradient of `conv` by its inputs, used to make images larger.

    Args:
        inputs: Tensor (batch, *sizes, channels).
        kernel: Tensor (*kernel_size, filters, channels): filters first.
        strides: Step between the places where kernels are put down.
        padding: "valid": all that the kernels cover. "same": sizes * strides.
        output_padding: Places to add at the end, an int or one for each axis; None
            lets the size follow from the strides alone.
        data_format: As for `conv`.
        dilation_rate: As for `conv`.

    >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], strides=2).tolist()
    [[[1.0], [10.0], [2.0], [20.0]]]
    """
    owner = "conv_transpose"
    rank = _rank_of(owner, inputs, kernel)
    x = _channels_last(owner, inputs, data_format)
    strides = checks.int_or_tuple(owner, rank, strides=strides)
    dilation = checks.int_or_tuple(owner, rank, dilation_rate=dilation_rate)
    padding = _padding_of(owner, padding)
    if output_padding is None:
        extra = (None,) * rank
    else:
        extra = checks.int_or_tuple(owner, rank, least=0, output_padding=output_padding)
    (_, *sizes, channels), (*kernel_size, filters, wanted) = (
        shape_of(x), shape_of(kernel)
    )  # fmt: skip
    if channels not in (None, wanted):
        raise ValueError(
            f"conv_transpose: the kernel must be made for {channels} channels, got "
            f"inputs of shape {shape_of(inputs)} and a kernel of shape "
            f"{shape_of(kernel)}, made for {wanted}."
        )
    spans = reach(kernel_size, dilation)
    size, before = zip(
        *map(_spread_out, sizes, strides, spans, extra, (padding,) * rank), strict=True
    )
    y = convolve_transposed(
        x, kernel, strides=strides, before=before, dilation=dilation,
        size=(*size, filters),
    )  # fmt: skip
    return _as_given(y, data_format)


def _spread_out(size, stride: int, span: int, extra, padding: str) -> tuple:
    """The length after a transposed convolution, and how much is cut at its start."""
    if size is None:
        return None, 0
    full = (size - 1) * stride + span
    if padding == "valid":
        return full + (max(stride - span, 0) if extra is None else extra), 0
    length = full - 2 * (span // 2) + extra if extra is not None else size * stride
    return length, max(full - length, 0) // 2


# Arguments --------------------------------------------------------------------------


def _rank_of(owner: str, inputs, kernel) -> int:
    rank = len(shape_of(inputs)) - 2
    if rank not in (1, 2, 3) or len(shape_of(kernel)) != rank + 2:
        raise ValueError(
            f"{owner}: inputs must have 3, 4 or 5 axes (batch, 1 to 3 sizes, channels) "
            f"and the kernel as many, got inputs of shape {shape_of(inputs)} and a "
            f"kernel of shape {shape_of(kernel)}."
        )
    return rank


def _padding_of(owner: str, padding) -> str:
    padding = padding.lower() if isinstance(padding, str) else padding
    return checks.one_of(owner, padding=padding, allowed=("valid", "same"))


def _format_of(owner: str, data_format) -> str:
    if data_format is None:
        return config.image_data_format()
    allowed = ("channels_last", "channels_first")
    return checks.one_of(owner, data_format=data_format, allowed=allowed)


def _channels_last(owner: str, x, data_format):
    is_first = _format_of(owner, data_format) == "channels_first"
    return moveaxis(x, 1, -1) if is_first else x


def _as_given(y, data_format):
    is_first = _format_of("conv", data_format) == "channels_first"
    return moveaxis(y, -1, 1) if is_first else y


def _prepared(owner, inputs, kernel, strides, padding, data_format, dilation_rate):
    """The inputs with the channels last, and the window as the primitives take it."""
    rank = _rank_of(owner, inputs, kernel)
    x = _channels_last(owner, inputs, data_format)
    strides = checks.int_or_tuple(owner, rank, strides=strides)
    dilation = checks.int_or_tuple(owner, rank, dilation_rate=dilation_rate)
    padding = _padding_of(owner, padding)
    sizes, kernel_size = shape_of(x)[1:-1], shape_of(kernel)[:rank]
    spans = reach(kernel_size, dilation)
    found = list(map(_covered, sizes, strides, spans, (padding,) * rank))
    if any(n is not None and n < 1 for n, _ in found):
        raise ValueError(
            f"{owner}: the kernel must fit into the inputs, got inputs of shape "
            f"{shape_of(inputs)} and a kernel of shape {shape_of(kernel)} that spans "
            f"{tuple(spans)} places. Try padding='same', a smaller kernel or larger "
            "inputs."
        )
    size, before = zip(*found, strict=True)
    window = {
        "strides": strides,
        "before": before,
        "dilation": dilation,
        "size": size,
    }
    return x, window


def _covered(size, stride: int, span: int, padding: str) -> tuple:
    """How many windows there are along an axis, and how many zeros before it."""
    if size is None:
        return None, 0
    if padding == "valid":
        return (size - span) // stride + 1, 0
    count = -(-size // stride)
    return count, max((count - 1) * stride + span - size, 0) // 2
