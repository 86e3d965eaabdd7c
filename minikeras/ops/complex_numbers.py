"""Complex numbers: their parts, and numbers made of parts.

Tensors may hold complex64 and complex128. Gradients follow JAX's convention: with
respect to z = x + i y it is dL/dx - i dL/dy, so that the rules of differentiable
functions (sums, products, powers, exponentials ...) stand as they do for real numbers.
What looks at real and imaginary part one by one is here, and `abs` and `conjugate`;
others of that kind, such as `norm`, `sign` or `maximum`, are not for complex tensors.
"""

import numpy as np

from ..tensor import cast, dtypes, operation, primitive, shapes
from .arithmetic import conjugate, multiply
from .common import deliver, room, shape_of
from .elementwise import arctan2, cos, sin
from .joining import stack

__all__ = ["angle", "imag", "polar", "real", "view_as_complex", "view_as_real"]

_PARTS = {"complex64": "float32", "complex128": "float64"}


def _part(x):
    name = dtypes.result_type(x)
    return name, _PARTS.get(name, name)


def _joined(real, imaginary):
    part = dtypes.result_type(real, imaginary, "float32")
    if "complex" in part:
        raise ValueError(
            f"Complex numbers are made of two real tensors, got {real} "
            f"and {imaginary}. Try ops.real(x)."
        )
    return part, dtypes.result_type(part, "complex64")


part_of = primitive(shape=shapes.same, dtype=_part, is_whole=True)

# Parts ------------------------------------------------------------------------------


@part_of
def real(x, *, out=None):
    """Returns the real part.

    >>> real([1 + 2j, 3]).tolist()
    [1.0, 3.0]
    """
    return deliver(x.real.copy(), out)


@part_of
def imag(x, *, out=None):
    """Returns the imaginary part; 0 for real numbers.

    >>> imag([1 + 2j, 3]).tolist()
    [2.0, 0.0]
    """
    return deliver(x.imag.copy(), out)


@primitive(shape=shapes.broadcast, dtype=_joined, is_whole=True)
def join_parts(real, imaginary, *, out=None):
    """Makes complex numbers of their real and imaginary parts."""
    shape = np.broadcast_shapes(real.shape, imaginary.shape)
    out = room(real, out, shape, np.result_type(real, "complex64"))
    out.real, out.imag = real, imaginary
    return out


def _imag_slope(g, x_dtype):
    nothing = multiply(g, 0.0)
    return conjugate(join_parts(nothing, g)) if "complex" in x_dtype else nothing


real.grad(x=lambda g, x_dtype: cast(g, dtype=x_dtype))
imag.grad(x=_imag_slope)
join_parts.grad(real=lambda g: real(g), imaginary=lambda g: imag(conjugate(g)))


@operation
def angle(x):
    """Returns the angle between a complex number and 1, in radians from -pi to pi.

    Args:
        x: Tensor; of real numbers, negative ones have the angle pi.

    >>> round(float(angle(1j)), 4)
    1.5708
    """
    return arctan2(imag(x), real(x))


# Complex numbers made of real ones --------------------------------------------------


@operation
def polar(abs_, angle):
    """Makes complex numbers: abs_ * (cos(angle) + i sin(angle)).

    Args:
        abs_: Distance from 0.
        angle: Angle in radians; the two broadcast together.

    >>> polar(2.0, 0.0).tolist()
    (2+0j)
    """
    return join_parts(multiply(abs_, cos(angle)), multiply(abs_, sin(angle)))


@operation
def view_as_complex(x):
    """Makes complex64 numbers of a last axis that holds real and imaginary part.

    >>> view_as_complex([[1.0, 2.0], [3.0, 4.0]]).tolist()
    [(1+2j), (3+4j)]
    """
    dims = shape_of(x)
    if not dims or dims[-1] not in (2, None):
        raise ValueError(
            "view_as_complex: the last axis of x must have length 2 (real and "
            f"imaginary part), got shape {dims}. Try ops.stack([x, y], axis=-1)."
        )
    x = cast(real(x), dtype="float32")
    return join_parts(x[..., 0], x[..., 1])


@operation
def view_as_real(x):
    """Puts real and imaginary part next to each other in a new last axis.

    >>> view_as_real([1 + 2j, 3 + 4j]).tolist()
    [[1.0, 2.0], [3.0, 4.0]]
    """
    return stack([real(x), imag(x)], axis=-1)
