"""NASNet: two kinds of cells, found by search, stacked again and again.

B. Zoph, V. Vasudevan, J. Shlens and Q. V. Le (2017), *Learning Transferable
Architectures for Scalable Image Recognition*, arXiv:1707.07012.
"""

from ..layers import (
    Activation,
    Add,
    AveragePooling2D,
    BatchNormalization,
    Concatenate,
    Conv2D,
    Cropping2D,
    MaxPooling2D,
    SeparableConv2D,
    ZeroPadding2D,
)
from .common import ARGUMENTS, architecture, preprocessing, stride_padding
from .imagenet_utils import decode_predictions

__all__ = ["NASNetLarge", "NASNetMobile", "decode_predictions", "preprocess_input"]


def _nasnet(request, size, stem, filters, repeats, is_large, hashes):
    if request.input_shape is None and not is_large:  # as Keras has it, without top too
        last = (size, size, 3)
        request.input_shape = last if request.channel_axis == 3 else last[::-1]
    x = _stem(request, size, stem)
    x, before = _reduction_cell(request, x, x, filters // 4, "stem_1", False)
    x, before = _reduction_cell(request, x, before, filters // 2, "stem_2", True)
    for stage in range(3):
        if stage:
            name = f"reduce_{stage * repeats}"
            facts = (filters, name, False)
            x, last = _reduction_cell(request, x, before, *facts)
            before = before if is_large else last
        for k in range(repeats):
            number = stage * repeats + (stage > 0) + k
            facts = (filters, str(number), k == 0)
            x, before = _normal_cell(request, x, before, *facts)
        filters *= 2
    x = Activation("relu")(x)
    kind = request.owner.removeprefix("NASNet").lower()
    end = "" if request.include_top else "-no-top"
    file, fname = f"nasnet/NASNet-{kind}{end}.h5", f"nasnet_{kind}{end}.h5"
    top = request.top(x, pool_name=None, is_named=False)
    hash_ = hashes[not request.include_top]
    return request.model(top, file, hash_, fname.replace("-", "_"))


def _stem(request, size, filters):
    x = request.images(size, smallest=32)
    x = Conv2D(
        filters,
        3,
        strides=2,
        use_bias=False,
        kernel_initializer="he_normal",
        name="stem_conv1",
    )(x)
    return _normalized(request, x, "stem_bn1")


def _normal_cell(request, x, before, filters, name, is_halved):
    """Returns a map of the same size, and the one that it was made of.

    Args:
        request: The user's arguments.
        x: Map of features.
        before: The map that x was made of.
        filters: Channels of each of the five blocks.
        name: How the names of the layers end.
        is_halved: Whether `before` has twice the height and width of x.
    """
    before = _adjusted(request, before, filters, name, is_halved)
    y = _squeezed(request, x, filters, f"normal_{{}}_1_{name}")

    def separable(x, kernel, place):
        return _separable(request, x, filters, kernel, f"normal_{place}_{name}")

    def average(x, place):
        place = f"normal_{place}_{name}"
        return AveragePooling2D(3, strides=1, padding="same", name=place)(x)

    blocks = [
        (separable(y, 5, "left1"), separable(before, 3, "right1")),
        (separable(before, 5, "left2"), separable(before, 3, "right2")),
        (average(y, "left3"), before),
        (average(before, "left4"), average(before, "right4")),
        (separable(y, 3, "left5"), y),
    ]
    sums = [
        Add(name=f"normal_add_{k}_{name}")(block) for k, block in enumerate(blocks, 1)
    ]
    return _joined(request, [before, *sums], f"normal_concat_{name}"), x


def _reduction_cell(request, x, before, filters, name, is_halved):
    """Returns a map of half the height and width, and the one that it was made of."""
    before = _adjusted(request, before, filters, name, is_halved)
    y = _squeezed(request, x, filters, f"reduction_{{}}_1_{name}")
    zeros = stride_padding(y, 3, request.channel_axis)
    padded = ZeroPadding2D(zeros, name=f"reduction_pad_1_{name}")(y)

    def separable(x, kernel, place, stride=2):
        place = f"reduction_{place}_{name}"
        return _separable(request, x, filters, kernel, place, stride)

    def pooled(kind, place):
        return kind(3, strides=2, name=f"reduction_{place}_{name}")(padded)

    def added(pair, place):
        return Add(name=f"reduction_{place}_{name}")(pair)

    first = added([separable(y, 5, "left1"), separable(before, 7, "right1")], "add_1")
    second = [pooled(MaxPooling2D, "left2"), separable(before, 7, "right2")]
    second = added(second, "add_2")
    third = [pooled(AveragePooling2D, "left3"), separable(before, 5, "right3")]
    third = added(third, "add3")
    place = f"reduction_left4_{name}"
    fourth = AveragePooling2D(3, strides=1, padding="same", name=place)(first)
    fourth = Add()([second, fourth])
    fifth = [separable(first, 3, "left4", 1), pooled(MaxPooling2D, "right5")]
    fifth = added(fifth, "add4")
    place = f"reduction_concat_{name}"
    return _joined(request, [second, third, fourth, fifth], place), x


def _squeezed(request, x, filters, name):
    """Brings a map to the channels of a cell; `name` has a place for the layer's."""
    x = Activation("relu")(x)
    x = _pointwise(x, filters, name.format("conv"))
    return _normalized(request, x, name.format("bn"))


def _adjusted(request, before, filters, name, is_halved):
    """Brings the map of the cell before to the size and channels of this one."""
    if is_halved:
        before = Activation("relu", name=f"adjust_relu_1_{name}")(before)
        shifted = ZeroPadding2D(((0, 1), (0, 1)))(before)
        shifted = Cropping2D(((1, 0), (1, 0)))(shifted)
        halves = []
        for k, x in enumerate((before, shifted), 1):
            x = AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_{k}_{name}")(x)
            halves.append(_pointwise(x, filters // 2, f"adjust_conv_{k}_{name}"))
        before = _joined(request, halves, None)
    elif before.shape[request.channel_axis] != filters and name != "stem_1":
        before = Activation("relu")(before)
        before = _pointwise(before, filters, f"adjust_conv_projection_{name}")
    else:
        return before
    return _normalized(request, before, f"adjust_bn_{name}")


def _separable(request, x, filters, kernel, name, stride=1):
    """Twice ReLU, a separable convolution and normalization."""
    for k, step in enumerate((stride, 1), 1):
        x = Activation("relu")(x)
        if step == 2:
            zeros = stride_padding(x, kernel, request.channel_axis)
            x = ZeroPadding2D(zeros, name=f"separable_conv_1_pad_{name}")(x)
        x = SeparableConv2D(
            filters,
            kernel,
            strides=step,
            padding="same" if step == 1 else "valid",
            use_bias=False,
            name=f"separable_conv_{k}_{name}",
        )(x)
        x = _normalized(request, x, f"separable_conv_{k}_bn_{name}")
    return x


def _pointwise(x, filters, name):
    return Conv2D(
        filters,
        1,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=name,
    )(x)


def _normalized(request, x, name):
    axis = request.last_axis
    return BatchNormalization(axis=axis, momentum=0.9997, name=name)(x)


def _joined(request, maps, name):
    return Concatenate(axis=request.last_axis, name=name)(maps)


_ARGUMENTS = {"input_shape": None, **ARGUMENTS}
NASNetLarge = architecture(
    "NASNetLarge",
    _nasnet,
    "NASNet-A (6 @ 4032): 88,949,818 parameters.",
    arguments=_ARGUMENTS,
    name="nasnet_large",
    size=331,
    stem=96,
    filters=168,
    repeats=6,
    is_large=True,
    hashes=("11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"),
)
NASNetMobile = architecture(
    "NASNetMobile",
    _nasnet,
    "NASNet-A (4 @ 1056): 5,326,716 parameters.",
    arguments=_ARGUMENTS,
    name="nasnet_mobile",
    size=224,
    stem=32,
    filters=44,
    repeats=4,
    is_large=False,
    hashes=("020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"),
)
preprocess_input = preprocessing("tf")
