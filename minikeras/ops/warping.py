"""Images seen through a map: each new pixel looks at a place of the old image."""

import itertools
import math

import numpy as np

from ..tensor import cast, convert_to_tensor, operation
from ..tensor.random import random_normal
from ..utils import checks
from .arithmetic import abs, add, divide, mod, multiply, subtract
from .bounds import clip, floor, round
from .common import shape_of
from .filters import gaussian_blur
from .indexing import take
from .joining import concatenate, stack
from .logic import greater_equal, less, less_equal, logical_and, where
from .movement import expand_dims, reshape
from .pictures import as_batch, dtype_of
from .solving import solve

__all__ = [
    "affine_transform",
    "elastic_transform",
    "map_coordinates",
    "perspective_transform",
]

MODES = ("constant", "nearest", "wrap", "mirror", "reflect")
ORDERS = {"nearest": 0, "bilinear": 1}


def _inside(index, size: int, mode: str):
    """An index that may lie outside of an axis, brought inside as the mode says."""
    if mode == "wrap":
        return mod(index, size)
    if mode == "mirror" and size > 1:
        turn = 2 * (size - 1)
        return subtract(size - 1, abs(subtract(mod(index, turn), size - 1)))
    if mode == "reflect":
        double = mod(index, 2 * size)
        return where(less(double, size), double, subtract(2 * size - 1, double))
    return clip(index, 0, size - 1)


def _neighbours(place, size: int, order: int, mode: str) -> list:
    """The positions around places on an axis: index, weight, whether it exists."""
    if order == 0:
        pairs = [(cast(round(place), dtype="int32"), None)]
    else:
        low = floor(place)
        share = subtract(place, low)
        low = cast(low, dtype="int32")
        pairs = [(low, subtract(1.0, share)), (add(low, 1), share)]
    found = []
    for index, weight in pairs:
        there = None
        if mode == "constant":
            there = logical_and(greater_equal(index, 0), less_equal(index, size - 1))
        found.append((_inside(index, size, mode), weight, there))
    return found


def _sampled(values, sizes, places, order: int, mode: str, fill_value, start=0):
    """Reads `values`, whose first axis is a row of all positions, at places.

    Args:
        values: (positions, ...).
        sizes: The lengths of the axes that the positions make up.
        places: Coordinates, one tensor per axis.
        order: 0: the nearest position, 1: a mean of the nearest ones.
        mode: What lies outside.
        fill_value: What lies outside with mode "constant".
        start: Position to count from, a tensor that broadcasts to the places.
    """
    extra = len(shape_of(values)) - 1
    wide = tuple(range(-extra, 0)) if extra else ()
    axes = [_neighbours(x, n, order, mode) for x, n in zip(places, sizes, strict=True)]
    strides = [math.prod(sizes[i + 1 :]) for i in range(len(sizes))]
    total = None
    for corner in itertools.product(*axes):
        position, weight, there = start, None, None
        for (index, share, exists), stride in zip(corner, strides, strict=True):
            position = add(multiply(index, stride), position)
            weight = share if weight is None else multiply(weight, share)
            if exists is not None:
                there = exists if there is None else logical_and(there, exists)
        part = take(values, position, axis=0)
        if there is not None:
            there = expand_dims(there, axis=wide) if extra else there
            part = where(there, part, cast(fill_value, dtype=dtype_of(values)))
        if weight is not None:
            part = multiply(part, expand_dims(weight, axis=wide) if extra else weight)
        total = part if total is None else add(total, part)
    return total


def _finished(y, dtype: str):
    """Numbers in the dtype of the images; rounded, if that is one of whole numbers."""
    return cast(y if dtype.startswith("float") else round(y), dtype=dtype)


def _working(x):
    return x if dtype_of(x) in ("float32", "float64") else cast(x, dtype="float32")


@operation
def map_coordinates(inputs, coordinates, order, fill_mode="constant", fill_value=0):
    """Reads a tensor at places between its elements.

    Args:
        inputs: Tensor of any rank.
        coordinates: (rank, ...): where to read, in elements along each axis.
        order: 0: the nearest element, 1: linear between the nearest ones.
        fill_mode: What lies outside: "constant", "nearest", "wrap", "mirror" or
            "reflect".
        fill_value: The value with "constant".

    Returns:
        The shape of `coordinates` without its first axis.
    """
    checks.one_of("map_coordinates", MODES, fill_mode=fill_mode)
    checks.one_of("map_coordinates", (0, 1), order=order)
    sizes, dtype = shape_of(inputs), dtype_of(inputs)
    if shape_of(coordinates)[0] != len(sizes):
        raise ValueError(
            f"map_coordinates: coordinates need one row for each of the {len(sizes)} "
            f"axes of inputs, got shape {shape_of(coordinates)}."
        )
    x = reshape(_working(inputs), newshape=(-1,))
    coordinates = (
        coordinates if hasattr(coordinates, "dtype") else convert_to_tensor(coordinates)
    )
    if not dtype_of(coordinates).startswith("float"):
        coordinates = cast(coordinates, dtype="float32")
    places = [coordinates[i] for i in range(len(sizes))]
    y = _sampled(x, sizes, places, order, fill_mode, fill_value)
    return _finished(y, dtype)


def _warped(x, rows, columns, interpolation: str, fill_mode: str, fill_value):
    """Images (batch, height, width, channels) read at (batch, rows, columns)."""
    batch, height, width, channels = shape_of(x)
    dtype = dtype_of(x)
    flat = reshape(_working(x), newshape=(-1, channels))
    count = shape_of(rows)[0] if batch is None else batch
    starts = np.arange(count or 1, dtype="int32").reshape(-1, 1, 1) * (height * width)
    y = _sampled(
        flat, (height, width), (rows, columns), ORDERS[interpolation], fill_mode,
        fill_value, starts,
    )  # fmt: skip
    return _finished(y, dtype)


def _grid(height: int, width: int, dtype: str):
    """The coordinates of all pixels: rows and columns, (1, height, width)."""
    rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
    return rows[None].astype(dtype), columns[None].astype(dtype)


def _seen(x, a, interpolation, fill_mode, fill_value):
    """Images seen through projective maps, of which `a` has eight numbers each."""
    height, width = shape_of(x)[1:3]
    rows, columns = _grid(height, width, dtype_of(a))
    a = [expand_dims(a[:, i], axis=(1, 2)) for i in range(8)]

    def moved(p, q, r):
        return add(add(multiply(p, columns), multiply(q, rows)), r)

    below = moved(a[6], a[7], 1.0)
    across, down = (divide(moved(*a[i : i + 3]), below) for i in (0, 3))
    return _warped(x, down, across, interpolation, fill_mode, fill_value)


def _check(name: str, interpolation: str, fill_mode: str) -> None:
    checks.one_of(name, tuple(ORDERS), interpolation=interpolation)
    checks.one_of(name, MODES, fill_mode=fill_mode)


def _as_rows(name: str, numbers, shape: tuple):
    """One row of numbers per image, as floats."""
    numbers = numbers if hasattr(numbers, "dtype") else convert_to_tensor(numbers)
    given = shape_of(numbers)
    if given[-len(shape) :] != shape or len(given) > len(shape) + 1:
        raise ValueError(
            f"{name}: expected numbers of shape {shape}, or (batch, *{shape}), got "
            f"shape {given}."
        )
    numbers = _working(numbers)
    return expand_dims(numbers, axis=0) if len(given) == len(shape) else numbers


@operation
def affine_transform(
    images,
    transform,
    interpolation="bilinear",
    fill_mode="constant",
    fill_value=0,
    data_format=None,
):
    """Turns, stretches and shifts images.

    The pixel in column x and row y of the result is that of the images in column
    (a0 x + a1 y + a2) / k and row (b0 x + b1 y + b2) / k, with k = c0 x + c1 y + 1.

    Args:
        images: (height, width, channels) or a batch of that.
        transform: (a0, a1, a2, b0, b1, b2, c0, c1), or one such row per image.
        interpolation: "nearest" or "bilinear".
        fill_mode: What lies outside: "constant", "nearest", "wrap", "mirror" or
            "reflect".
        fill_value: The value with "constant".
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    _check("affine_transform", interpolation, fill_mode)
    x, back = as_batch("affine_transform", images, data_format)
    a = _as_rows("affine_transform", transform, (8,))
    return back(_seen(x, a, interpolation, fill_mode, fill_value))


@operation
def perspective_transform(
    images,
    start_points,
    end_points,
    interpolation="bilinear",
    fill_value=0,
    data_format=None,
):
    """Shows images as if seen from another place.

    Args:
        images: (height, width, channels) or a batch of that.
        start_points: Four points (column, row) of the images, (4, 2), or for each
            image.
        end_points: Where they come to lie, likewise.
        interpolation: "nearest" or "bilinear".
        fill_value: The value of what lies outside.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    name = "perspective_transform"
    _check(name, interpolation, "constant")
    x, back = as_batch(name, images, data_format)
    starts = _as_rows(name, start_points, (4, 2))
    ends = _as_rows(name, end_points, (4, 2))
    a = projection(starts, ends)
    return back(_seen(x, a, interpolation, "constant", fill_value))


def projection(starts, ends):
    """The eight numbers that bring each end point to its start point."""
    x, y, u, v = ends[..., 0], ends[..., 1], starts[..., 0], starts[..., 1]
    zero = multiply(x, 0.0)
    one = add(zero, 1.0)

    def negated(p, q):
        return multiply(multiply(p, q), -1.0)

    above = [x, y, one, zero, zero, zero, negated(x, u), negated(y, u)]
    below = [zero, zero, zero, x, y, one, negated(x, v), negated(y, v)]
    system = concatenate([stack(above, axis=-1), stack(below, axis=-1)], axis=1)
    wanted = expand_dims(concatenate([u, v], axis=1), axis=-1)
    return solve(system, wanted)[..., 0]


@operation
def elastic_transform(
    images,
    alpha=20.0,
    sigma=5.0,
    interpolation="bilinear",
    fill_mode="reflect",
    fill_value=0.0,
    seed=None,
    data_format=None,
):
    """Pulls images about as if they were of rubber. (Simard, 2003)

    Each pixel is read from a place that lies beside it by smoothed random amounts.

    Args:
        images: (height, width, channels) or a batch of that.
        alpha: How strong the pull is, in pixels.
        sigma: How smooth it is: the width of the Gaussian filter, in pixels.
        interpolation: "nearest" or "bilinear".
        fill_mode: What lies outside: as for `affine_transform`.
        fill_value: The value with "constant".
        seed: Int, SeedGenerator, or None for draws that differ each time.
        data_format: "channels_last", "channels_first" or None: as in the settings.
    """
    _check("elastic_transform", interpolation, fill_mode)
    x, back = as_batch("elastic_transform", images, data_format)
    batch, height, width, _ = shape_of(x)
    shape = (batch or 1, height, width, 2)
    pulls = random_normal(0.0, 1.0, shape=shape, dtype="float32", seed=seed)
    return back(pull(x, pulls, alpha, sigma, interpolation, fill_mode, fill_value))


def pull(x, pulls, alpha, sigma, interpolation, fill_mode, fill_value):
    """Images with each pixel read beside its place.

    Args:
        x: (batch, height, width, channels).
        pulls: How far down and to the right, before smoothing, in units of alpha:
            (batch, height, width, 2).
        alpha, sigma, interpolation, fill_mode, fill_value: As for `elastic_transform`.
    """
    size = int(6 * sigma) | 1
    pulls = gaussian_blur(
        pulls, (size, size), (sigma, sigma), data_format="channels_last"
    )
    rows, columns = (
        add(multiply(pulls[..., i], alpha), grid)
        for i, grid in enumerate(_grid(*shape_of(x)[1:3], "float32"))
    )
    return _warped(x, rows, columns, interpolation, fill_mode, fill_value)
