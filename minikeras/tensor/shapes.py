"""Shape rules: from the shapes of a primitive's arguments to the shape of its result.

A dimension is an int or None (unknown until there is data). Every rule takes the array
arguments' shapes by position and the primitive's metadata by keyword, and ignores the
metadata it does not know.
"""

from collections.abc import Sequence

__all__ = [
    "Shape",
    "axes",
    "broadcast",
    "broadcast_two",
    "concatenate",
    "matmul",
    "reduce",
    "same",
    "same_tuple",
    "standardize",
    "to",
]

Shape = tuple[int | None, ...]


def standardize(shape) -> Shape:
    """Returns a shape as a tuple of ints and Nones.

    Raises:
        ValueError: for negative or fractional dimensions, or something not iterable.

    >>> standardize([None, 3])
    (None, 3)
    """
    if isinstance(shape, int) or not hasattr(shape, "__iter__"):
        raise ValueError(
            f"A shape must be a tuple of ints, got {shape!r}. Try shape=({shape},)."
        )
    dims = tuple(None if dim is None else _dimension(dim, shape) for dim in shape)
    return dims


def _dimension(dim, shape) -> int:
    try:
        number = int(dim)
    except (TypeError, ValueError):
        number = -1
    if number != dim or number < 0:
        raise ValueError(
            f"A shape must hold non-negative ints or None, got {dim!r} in {shape!r}."
        )
    return number


def axes(axis, ndim: int) -> tuple[int, ...]:
    """Returns the axes that `axis` (None, an int or several) means, none negative.

    Raises:
        ValueError: if an axis is out of range.

    >>> axes(-1, 3), axes(None, 2)
    ((2,), (0, 1))
    """
    if axis is None:
        return tuple(range(ndim))
    given = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    for one in given:
        if not -ndim <= one < ndim:
            raise ValueError(
                f"axis {one} is out of range for {ndim} axes. "
                f"Try an axis between {-ndim} and {ndim - 1}."
            )
    return tuple(int(one) % ndim for one in given)


def same(*shapes: Shape, **metadata) -> Shape:
    """The result has the first argument's shape."""
    return shapes[0]


def same_tuple(*shapes: Shape, **metadata) -> list[Shape]:
    """Several results, each with the shape of the argument in its place."""
    return list(shapes)


def to(*shapes: Shape, shape, **metadata) -> Shape:
    """The result has the shape that the metadata asks for."""
    return tuple(shape)


def broadcast_two(a: Shape, b: Shape) -> Shape:
    """The shape that two shapes broadcast to, with NumPy's rule.

    Raises:
        ValueError: if two dimensions differ and neither is 1.
    """
    if a == b:
        return a
    if len(a) < len(b):
        a, b = b, a
    lead = len(a) - len(b)
    pairs = zip(a[lead:], b, strict=True)
    return a[:lead] + tuple(_broadcast_dim(m, n, a, b) for m, n in pairs)


def _broadcast_dim(m, n, a: Shape, b: Shape):
    if m == n or n == 1:
        return m
    if m == 1 or m is None:
        return n
    if n is None:
        return m
    raise ValueError(
        f"Shapes {a} and {b} do not broadcast: {m} and {n} differ and neither is 1."
    )


def broadcast(*shapes: Shape, **metadata) -> Shape:
    """All arguments broadcast together.

    >>> broadcast((None, 3), (2, 1, 1))
    (2, None, 3)
    """
    result: Shape = ()
    for shape in shapes:
        result = broadcast_two(result, shape)
    return result


def reduce(x: Shape, *, axis=None, keepdims: bool = False, **metadata) -> Shape:
    """The axes are dropped, or kept with length 1.

    >>> reduce((None, 3, 4), axis=-1), reduce((2, 3), axis=0, keepdims=True)
    ((None, 3), (1, 3))
    """
    gone = axes(axis, len(x))
    if keepdims:
        return tuple(1 if i in gone else dim for i, dim in enumerate(x))
    return tuple(dim for i, dim in enumerate(x) if i not in gone)


def matmul(a: Shape, b: Shape, **metadata) -> Shape:
    """NumPy's rule: vectors, matrices and broadcast stacks of matrices.

    Raises:
        ValueError: if the inner dimensions differ.
    """
    if not a or not b:
        raise ValueError(f"matmul needs at least one axis, got shapes {a} and {b}.")
    inner_a, inner_b = a[-1], b[-2] if len(b) > 1 else b[0]
    if inner_a is not None and inner_b is not None and inner_a != inner_b:
        raise ValueError(
            f"matmul needs the last axis of the first and the second last axis of the "
            f"second argument to agree, got shapes {a} and {b}."
        )
    batch = broadcast_two(a[:-2], b[:-2])
    return batch + a[-2:-1] + (b[-1:] if len(b) > 1 else ())


def concatenate(*shapes: Shape, axis: int = -1, **metadata) -> Shape:
    """Lengths add up along one axis; the other dimensions must agree.

    Raises:
        ValueError: if they do not.
    """
    (axis,) = axes(axis, len(shapes[0]))
    dims = list(shapes[0])
    for shape in shapes[1:]:
        if len(shape) != len(dims):
            raise ValueError(f"concatenate needs shapes of one rank, got {shapes}.")
        for i, dim in enumerate(shape):
            dims[i] = _joined(dims[i], dim, i == axis, shapes, axis)
    return tuple(dims)


def _joined(m, n, is_axis: bool, shapes, axis: int):
    if is_axis:
        return None if m is None or n is None else m + n
    if m is not None and n is not None and m != n:
        raise ValueError(
            f"concatenate: all axes but {axis} must agree, got shapes {shapes}."
        )
    return n if m is None else m
