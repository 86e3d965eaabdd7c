"""Images cut, padded, taken to pieces and put together again."""

import math

import numpy as np

from ..tensor import dtypes, operation, primitive
from ..utils import checks
from .common import shape_of
from .indexing import take, take_grad
from .movement import reshape, transpose
from .padding import pad
from .pictures import as_batch, is_last
from .windows import windows

__all__ = [
    "crop_images",
    "depth_to_space",
    "extract_patches",
    "extract_patches_3d",
    "fold",
    "pad_images",
    "space_to_depth",
    "unfold",
]


def several(name: str, count: int, **named) -> tuple[int, ...]:
    """One int for each of so many axes."""
    ((argument, value),) = named.items()
    if isinstance(value, (tuple, list)) and len(value) == count:
        return tuple(value)
    if not isinstance(value, (int, np.integer)):
        checks.fail(name, argument, value, f"be an int or {count} ints", (2,) * count)
    return (int(value),) * count


# Patches ----------------------------------------------------------------------------


def _joined(x, *, count):
    tail = x[len(x) - count :]
    return (*x[: len(x) - count], None if None in tail else math.prod(tail))


@primitive(shape=_joined, kind="view")
def join_last(x, *, count: int):
    """Makes one axis of the last ones."""
    return x.reshape(*x.shape[: x.ndim - count], -1)


@primitive(shape=lambda x, *, tail: (*x[:-1], *tail), kind="view")
def part_last(x, *, tail: tuple):
    """Makes several axes of the last one."""
    return x.reshape(*x.shape[:-1], *tail)


join_last.grad(x=lambda g, x_shape, count: part_last(g, tail=x_shape[-count:]))
part_last.grad(x=lambda g, tail: join_last(g, count=len(tail)))


def _extracted(name, images, size, strides, dilation_rate, padding, data_format, rank):
    checks.one_of(name, ("valid", "same"), padding=padding)
    sizes = several(name, rank, size=size)
    steps = sizes if strides is None else several(name, rank, strides=strides)
    gaps = several(name, rank, dilation_rate=dilation_rate)
    x, back = as_batch(name, images, data_format, rank)
    spans = [(n - 1) * d + 1 for n, d in zip(sizes, gaps, strict=True)]
    if padding == "same":
        x = _padded_same(x, spans, steps)
    too_small = [
        n for n, m in zip(shape_of(x)[1:-1], spans, strict=True) if n and n < m
    ]
    if too_small:
        raise ValueError(
            f"{name}: patches of size {sizes} reach over {tuple(spans)} and do not fit "
            f"into images of shape {shape_of(images)}. Try padding='same'."
        )
    found = windows(x, sizes=(*spans, shape_of(x)[-1]), strides=(*steps, 1))
    every = (slice(None),) * (rank + 1)
    inside = tuple(slice(None, None, d) for d in gaps)
    return back(join_last(found[(*every, 0, *inside)], count=rank + 1))


def _padded_same(x, spans, steps):
    """Images with as many zeros around as "same" needs."""
    around = [(0, 0)]
    for n, span, step in zip(shape_of(x)[1:-1], spans, steps, strict=True):
        missing = span - 1 if n is None else (-(-n // step) - 1) * step + span - n
        missing = max(missing, 0)
        around.append((missing // 2, missing - missing // 2))
    return pad(x, (*around, (0, 0)))


@operation
def extract_patches(
    images, size, strides=None, dilation_rate=1, padding="valid", data_format=None
):
    """Cuts images into patches, each laid out as one row of numbers.

    Args:
        images: (height, width, channels) or a batch of that.
        size: Height and width of a patch, or an int for both.
        strides: How far patches are apart; None: `size`, so that they touch.
        dilation_rate: How far the pixels of a patch are apart.
        padding: "valid", or "same": with zeros around.
        data_format: "channels_last", "channels_first" or None: as in the settings.

    Returns:
        (rows, columns, height * width * channels of a patch), or a batch of that.
    """
    return _extracted(
        "extract_patches", images, size, strides, dilation_rate, padding, data_format, 2
    )


@operation
def extract_patches_3d(
    volumes, size, strides=None, dilation_rate=1, padding="valid", data_format=None
):
    """Cuts volumes (depth, height, width, channels): see `extract_patches`."""
    return _extracted(
        "extract_patches_3d", volumes, size, strides, dilation_rate, padding,
        data_format, 3,
    )  # fmt: skip


def _places(size, kernel, dilation, padding, stride):
    """Where the numbers of each patch lie in a row of all pixels, padding included.

    Returns:
        (numbers of a patch, patches), and the padded size.
    """
    padded = [n + 2 * p for n, p in zip(size, padding, strict=True)]
    along = []
    for n, k, d, s in zip(padded, kernel, dilation, stride, strict=True):
        starts = np.arange(0, n - (k - 1) * d, s)
        along.append(np.arange(k)[:, None] * d + starts)
    rows, columns = along
    places = rows[:, None, :, None] * padded[1] + columns[None, :, None, :]
    return places.reshape(math.prod(kernel), -1).astype("int32"), padded


def _pieces(name: str, x, size, kernel_size, dilation, padding, stride):
    if len(shape_of(x)) != (4 if name == "unfold" else 3):
        expected = "(batch, channels, height, width)"
        if name == "fold":
            expected = "(batch, channels * numbers of a patch, patches)"
        raise ValueError(f"{name}: x must be {expected}, got shape {shape_of(x)}.")
    kernel = several(name, 2, kernel_size=kernel_size)
    dilation = several(name, 2, dilation=dilation)
    padding = several(name, 2, padding=padding)
    places, padded = _places(
        size, kernel, dilation, padding, several(name, 2, stride=stride)
    )
    return places, padded, padding


@operation
def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """Lays each patch of images out as a column: what a convolution multiplies.

    Args:
        x: (batch, channels, height, width).
        kernel_size: Height and width of a patch, or an int for both; so the others.
        dilation: How far the pixels of a patch are apart.
        padding: How many zeros there are around the images.
        stride: How far patches are apart.

    Returns:
        (batch, channels * numbers of a patch, patches).
    """
    size = shape_of(x)[2:]
    places, _, around = _pieces(
        "unfold", x, size, kernel_size, dilation, padding, stride
    )
    channels = shape_of(x)[1]
    x = pad(x, ((0, 0), (0, 0), *((p, p) for p in around)))
    x = reshape(x, newshape=(-1, channels, math.prod(shape_of(x)[2:])))
    found = take(x, places, axis=2)
    return reshape(found, newshape=(-1, channels * len(places), places.shape[1]))


@operation
def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Adds the patches of `unfold` up where they came from.

    Args:
        x: (batch, channels * numbers of a patch, patches).
        output_size: Height and width of the images, or an int for both.
        kernel_size: And the others: see `unfold`.
        dilation: How far the pixels of a patch are apart.
        padding: How many zeros there were around the images.
        stride: How far patches are apart.

    Returns:
        (batch, channels, height, width).
    """
    size = several("fold", 2, output_size=output_size)
    places, padded, around = _pieces(
        "fold", x, size, kernel_size, dilation, padding, stride
    )
    _, numbers, patches = shape_of(x)
    if numbers % len(places) or patches not in (places.shape[1], None):
        raise ValueError(
            f"fold: images of size {size} have {places.shape[1]} patches of "
            f"{len(places)} numbers per channel, got x of shape {shape_of(x)}."
        )
    channels = numbers // len(places)
    x = reshape(x, newshape=(-1, *places.shape))
    sums = scatter_places(x, places, size=math.prod(padded))
    y = reshape(sums, newshape=(-1, channels, *padded))
    inside = (slice(p, p + n) for p, n in zip(around, size, strict=True))
    return y[(slice(None), slice(None), *inside)]


@primitive(
    shape=lambda x, places, *, size: (x[0], size), dtype=dtypes.first, is_whole=True
)
def scatter_places(x, places, *, size: int, out=None):
    """Adds up what belongs to each of `size` places."""
    return take_grad.kernel(x, places, shape=(len(x), size), axis=1, out=out)


scatter_places.grad(x=lambda g, places: take(g, places, axis=1))


# Blocks of pixels -------------------------------------------------------------------


def _moved(name: str, x, block_size: int, data_format: str, is_apart: bool):
    """Moves channels into space, or back."""
    checks.positive_int(name, block_size=block_size)
    x, back = as_batch(name, x, data_format)
    _, height, width, depth = shape_of(x)
    n, last = block_size, is_last(data_format)
    fits, unit = ([depth], n * n) if is_apart else ([height, width], n)
    if any(length is not None and length % unit for length in fits):
        what = "channels" if is_apart else "height and width"
        raise ValueError(
            f"{name}: {what} must be a multiple of {unit} for block_size={n}, got "
            f"shape {shape_of(x)} (batch, height, width, channels)."
        )
    if is_apart:  # with channels first, a channel's block lies together
        parts = depth // (n * n)
        x = part_last(x, tail=(n, n, parts) if last else (parts, n, n))
        axes = (0, 1, 3, 2, 4, 5) if last else (0, 1, 4, 2, 5, 3)
        return back(pairs_joined(transpose(x, axes=axes)))
    axes = (0, 1, 3, 2, 4, 5) if last else (0, 1, 3, 5, 2, 4)
    return back(join_last(transpose(pairs_parted(x, size=n), axes=axes), count=3))


def _paired(x):
    pairs = x[1:3], x[3:5]
    rows, columns = (None if None in pair else math.prod(pair) for pair in pairs)
    return (x[0], rows, columns, x[5])


@primitive(shape=_paired, kind="view")
def pairs_joined(x):
    """(b, h, i, w, j, c) -> (b, h * i, w * j, c)."""
    b, h, i, w, j, c = x.shape
    return x.reshape(b, h * i, w * j, c)


def _parted(x, *, size):
    h, w = (None if m is None else m // size for m in x[1:3])
    return (x[0], h, size, w, size, x[3])


@primitive(shape=_parted, kind="view")
def pairs_parted(x, *, size: int):
    """(b, h * size, w * size, c) -> (b, h, size, w, size, c)."""
    b, h, w, c = x.shape
    return x.reshape(b, h // size, size, w // size, size, c)


pairs_joined.grad(x=lambda g, x_shape: pairs_parted(g, size=x_shape[2]))
pairs_parted.grad(x=lambda g: pairs_joined(g))


@operation
def depth_to_space(x, block_size, data_format="channels_last"):
    """Makes blocks of pixels out of channels: images grow, their channels get fewer.

    Args:
        x: (batch, height, width, channels), with block_size^2 times as many channels
            as the result.
        block_size: Height and width of a block.
        data_format: "channels_last" or "channels_first".
    """
    return _moved("depth_to_space", x, block_size, data_format, True)


@operation
def space_to_depth(x, block_size, data_format="channels_last"):
    """Makes channels out of blocks of pixels: the inverse of `depth_to_space`."""
    return _moved("space_to_depth", x, block_size, data_format, False)


# Edges ------------------------------------------------------------------------------


def _margins(name: str, size, before, after, target, words, sign: int) -> tuple:
    """What is cut off (sign -1) or put on (1) at both ends of an axis."""
    if [before, after, target].count(None) != 1:
        raise ValueError(
            f"{name}: exactly two of {', '.join(words)} must be given, got "
            f"{words[0]}={before}, {words[1]}={after}, {words[2]}={target}."
        )
    if target is not None and size is None:
        if before is None or sign > 0:
            raise ValueError(f"{name}: {words[2]} needs images of a known size.")
        return before, None
    if before is None:
        before = sign * (target - size) - after
    if after is None:
        after = sign * (target - size) - before
    if before < 0 or after < 0 or (sign < 0 and size and before + after >= size):
        raise ValueError(
            f"{name}: {words[0]} and {words[1]} come to {before} and {after} for "
            f"images of length {size} there; they must be 0 or more, and leave some."
        )
    return before, after


_CROPS = (
    ("top_cropping", "bottom_cropping", "target_height"),
    ("left_cropping", "right_cropping", "target_width"),
)
_PADS = tuple(
    tuple(word.replace("cropping", "padding") for word in words) for words in _CROPS
)


@operation
def crop_images(
    images,
    top_cropping=None,
    left_cropping=None,
    bottom_cropping=None,
    right_cropping=None,
    target_height=None,
    target_width=None,
    data_format=None,
):
    """Cuts rows and columns off images.

    Args:
        images: (height, width, channels) or a batch of that.
        top_cropping: Rows to cut off above; of the three numbers for an axis two are
            given.
        left_cropping: Columns to cut off on the left.
        bottom_cropping: Rows to cut off below.
        right_cropping: Columns to cut off on the right.
        target_height: Rows of the result.
        target_width: Columns of the result.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    x, back = as_batch("crop_images", images, data_format)
    _, height, width, _ = shape_of(x)
    rows = height, top_cropping, bottom_cropping, target_height
    columns = width, left_cropping, right_cropping, target_width
    cuts = []
    for given, words in zip((rows, columns), _CROPS, strict=True):
        before, after = _margins("crop_images", *given, words, -1)
        end = before + given[3] if given[3] is not None else -after or None
        cuts.append(slice(before, end))
    return back(x[(slice(None), *cuts)])


@operation
def pad_images(
    images,
    top_padding=None,
    left_padding=None,
    bottom_padding=None,
    right_padding=None,
    target_height=None,
    target_width=None,
    data_format=None,
):
    """Puts zeros around images; arguments as for `crop_images`."""
    x, back = as_batch("pad_images", images, data_format)
    _, height, width, _ = shape_of(x)
    rows = height, top_padding, bottom_padding, target_height
    columns = width, left_padding, right_padding, target_width
    around = [
        _margins("pad_images", *given, words, 1)
        for given, words in zip((rows, columns), _PADS, strict=True)
    ]
    return back(pad(x, ((0, 0), *around, (0, 0))))
