"""What the primitive contract (tests/contract/test_primitives.py) knows of primitives.

Arrays are described, not given: see drawing.py. Families of layers have files of their
own, `kernels_<family>.py`.
"""

import math

import numpy as np

from . import (
    kernels_attention,
    kernels_convolution,
    kernels_ctc,
    kernels_image,
    kernels_linalg,
    kernels_normalizing,
    kernels_pooling,
    kernels_recurrent,
    kernels_resizing,
    kernels_spectral,
    kernels_statistics,
)
from .drawing import B, D, P, R, U, Z, case, exactly

S = slice
EPS = 1e-7

# Formulas ---------------------------------------------------------------------------


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis=-1):
    return np.exp(x) / np.exp(x).sum(axis=axis, keepdims=True)


def erf(x):
    return np.vectorize(math.erf)(x)


def inverse_erf(y):
    """The inverse of erf by bisection."""
    low, high = np.full(np.shape(y), -6.0), np.full(np.shape(y), 6.0)
    for _ in range(80):
        middle = (low + high) / 2
        below = erf(middle) < y
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low


def logsumexp(x, axis=None, keepdims=False):
    return np.log(np.exp(x).sum(axis=axis, keepdims=keepdims))


def spread(dy, shape, axis=None):
    return np.broadcast_to(dy if axis is None else np.expand_dims(dy, axis), shape)


def scattered(shape, key, dy):
    y = np.zeros(shape)
    np.add.at(y, key, dy)
    return y


def at_key(x, *indices, key):
    rest = iter(indices)
    return x[tuple(next(rest) if part == "?" else part for part in key)]


def one_hot(x, num_classes, axis=-1):
    return np.moveaxis(np.eye(num_classes)[x], -1, axis)


def crossentropy(target, output, axis=-1, epsilon=EPS):
    share = np.clip(output / output.sum(axis, keepdims=True), epsilon, 1 - epsilon)
    return -(target * np.log(share)).sum(axis)


def binary_crossentropy(target, output, epsilon=EPS):
    p = np.clip(output, epsilon, 1 - epsilon)
    return -target * np.log(p) - (1 - target) * np.log(1 - p)


def slope(function, step=1e-6):
    """dy times the derivative of a function that keeps elements apart."""
    return lambda dy, x: dy * (function(x + step) - function(x - step)) / (2 * step)


def row_slope(function, step=1e-6):
    """dy times the derivatives by the last argument of a function of rows."""

    def slopes(dy, *args):
        *rest, x = args
        result = np.empty(x.shape)
        for i in np.ndindex(x.shape):
            change = np.zeros(x.shape)
            change[i] = step
            up, down = function(*rest, x + change), function(*rest, x - change)
            result[i] = (dy * (up - down) / (2 * step)).sum()
        return result

    return slopes


def standardized(x, axis, epsilon=1e-3):
    mean, variance = x.mean(axis), x.var(axis)
    centred = x - x.mean(axis, keepdims=True)
    return centred / np.sqrt(x.var(axis, keepdims=True) + epsilon), mean, variance


def standardized_slope(dy, y, variance, axis, epsilon):
    common = dy.mean(axis, keepdims=True) + y * (dy * y).mean(axis, keepdims=True)
    return (dy - common) / np.sqrt(np.expand_dims(variance, axis) + epsilon)


# Elementwise ------------------------------------------------------------------------

PLAIN = {
    R: """absolute arctan arcsinh cbrt ceil cos cosh deg2rad exp exp2 expm1 fabs
        floor negative rad2deg sign sin sinc sinh square tan tanh trunc""",
    P: "log log10 log1p log2 reciprocal sqrt",
    U: "arccos arcsin arctanh",
}
UNARY = {
    name: [case(getattr(np, name), drawn(2, 3))]
    for drawn, names in PLAIN.items()
    for name in names.split()
}
PAIRS = """add subtract multiply divide true_divide floor_divide mod fmod maximum
    minimum fmax fmin heaviside hypot arctan2 logaddexp logaddexp2"""
BINARY = {
    name: [
        case(getattr(np, name), R(2, 3), R(3)),
        case(getattr(np, name), R(2, 1), 0.75),
        case(getattr(np, name), -0.75, R(2, 3)),
    ]
    for name in PAIRS.split()
}
ELEMENTWISE = {
    "arccosh": [case(lambda x: np.arccosh(x + 0), exactly([1.5, 2.0, 3.0]))],
    "clip": [
        case(np.clip, R(2, 3), -0.8, 0.8),
        case(np.clip, R(2, 3), exactly([-1.2, -0.7, 0.2]), exactly([0.3, 0.9, 1.3])),
    ],
    "divide_no_nan": [
        case(np.divide, R(2, 3), P(2, 3)),
        case(
            lambda x1, x2: np.array([0.5, 0.0, 0.0]),
            exactly([1.0, 2.0, 0.0]),
            exactly([2.0, 0.0, 0.0]),
            order=0,
        ),
    ],
    "erf": [case(erf, R(2, 3)), case(erf, exactly([-5.0, -0.4, 0.0, 0.4, 2.0, 7.0]))],
    "erfc": [case(lambda x: 1 - erf(x), R(2, 3))],
    "erfinv": [case(inverse_erf, U(2, 3))],
    "log_or_zero": [
        case(np.log, P(2, 3)),
        case(lambda x: np.array([0.0, 0.0]), exactly([-1.0, 0.0]), order=0),
    ],
    "nan_to_num": [
        case(np.positive, R(2, 3)),
        case(
            lambda x, **m: np.array([1.0, 2.0]),
            exactly([np.nan, np.inf]),
            nan=1.0,
            posinf=2.0,
            order=0,
        ),
    ],
    "nextafter": [case(np.nextafter, R(2, 3), R(3))],
    "power": [
        case(np.power, P(2, 3), R(3)),
        case(np.power, R(2, 3), 2),
        case(np.power, R(2, 3), 3),
        case(np.power, R(2, 3), 0),
        case(np.power, P(2, 3), 0.5),
        case(np.power, P(2, 3), -1),
        case(np.power, 2.0, R(2, 3)),
    ],
    "round": [case(np.round, R(2, 3)), case(np.round, R(2, 3), decimals=1, order=1)],
    "rsqrt": [case(lambda x: x**-0.5, P(2, 3))],
    "to_inside": [
        case(
            lambda dy, x, low, high: dy * ((x > low) & (x < high)),
            R(2, 3),
            R(2, 3),
            -0.8,
            0.8,
        ),
        case(
            lambda *xs: np.array([1.0, 2.0, 2.0, 0.0]),
            exactly([2.0, 2.0, 4.0, 2.0]),
            exactly([0.0, 0.5, 1.0, 2.0]),
            0.0,
            1.0,
            order=0,
        ),
    ],
    "to_larger": [
        case(lambda dy, x1, x2: dy * (x1 > x2), R(2, 3), R(2, 3), R(2, 3)),
        case(
            lambda *xs: np.array([1.0, 0.0]),
            exactly([2.0, 2.0]),
            exactly([1.0, 0.0]),
            1.0,
            order=0,
        ),
    ],
}

# Truth and bits ---------------------------------------------------------------------

TRUTH = {
    **{
        name: [
            case(getattr(np, name), Z(3)(2, 3), Z(3)(3)),
            case(getattr(np, name), R(2), 0.5),
        ]
        for name in "equal not_equal less less_equal greater greater_equal".split()
    },
    **{
        name: [case(getattr(np, name), B(2, 3), B(3))]
        for name in "logical_and logical_or logical_xor".split()
    },
    **{
        name: [case(getattr(np, name), exactly([1.0, -0.0, np.nan, np.inf, -np.inf]))]
        for name in "isfinite isinf isnan isneginf isposinf isreal signbit".split()
    },
    **{
        name: [case(getattr(np, name), Z(8)(2, 3), Z(8)(3))]
        for name in "bitwise_and bitwise_or bitwise_xor gcd lcm".split()
    },
    "logical_not": [case(np.logical_not, B(2, 3))],
    "near": [
        case(
            lambda x1, x2, **m: np.isclose(x1, x2, **m),
            exactly([1.0, 2.0, np.nan]),
            exactly([1.0 + 1e-7, 2.1, np.nan]),
            rtol=1e-5,
            atol=1e-8,
            equal_nan=True,
        ),
    ],
    "bitwise_invert": [case(np.invert, Z(8)(2, 3))],
    "bitwise_left_shift": [case(np.left_shift, Z(8)(2, 3), 2)],
    "bitwise_right_shift": [case(np.right_shift, Z(8)(2, 3), 1)],
    "choose": [
        case(np.where, B(2, 3), R(2, 3), R(3)),
        case(np.where, B(2, 3), R(2, 3), 0.0),
        case(np.where, B(3), 1.0, R(2, 1)),
    ],
}

# Reductions -------------------------------------------------------------------------

AXES = [{}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}]


def reduced(function, drawn=R, order=2, axes=AXES):
    return [case(function, drawn(2, 3, 4), order=order, **axis) for axis in axes]


REDUCTIONS = {
    **{
        name: reduced(getattr(np, name))
        for name in "sum mean var max min amax amin".split()
    },
    "sum": [*reduced(np.sum), case(np.sum, Z(5)(2, 3), axis=1)],
    "prod": [
        *reduced(np.prod, order=1),
        case(np.prod, Z(5)(2, 3)),
        case(np.prod, exactly([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]), axis=1, order=1),
    ],
    "all": reduced(np.all, B),
    "any": reduced(np.any, B),
    "argmax": reduced(np.argmax, axes=AXES[:3]),
    "argmin": reduced(np.argmin, axes=AXES[:3]),
    "logsumexp": reduced(logsumexp),
    "cumsum": [case(np.cumsum, R(2, 3)), case(np.cumsum, R(2, 3), axis=1)],
    "cumprod": [
        case(np.cumprod, R(2, 3), order=1),
        case(np.cumprod, R(2, 3), axis=0, order=1),
        case(np.cumprod, exactly([2.0, 0.0, 3.0, 0.0, 5.0]), axis=0, order=1),
    ],
    "cumprod_grad": [
        case(
            lambda dy, x, y, axis: row_slope(np.cumprod)(dy, x),
            R(4),
            exactly([2.0, 3.0, 4.0, 5.0]),
            exactly([2.0, 6.0, 24.0, 120.0]),
            axis=0,
            order=0,
        ),
    ],
    "prod_grad": [
        case(
            lambda dy, x, **m: dy[:, None] * x.prod(1, keepdims=True) / x,
            R(2),
            R(2, 3),
            shape=(2, 3),
            axis=1,
            order=0,
        ),
    ],
    "spread": [
        case(spread, R(), shape=(2, 3)),
        case(spread, R(3), shape=(2, 3), axis=0),
        case(spread, R(2, 4), shape=(2, 3, 4), axis=1),
    ],
    "mean_grad": [
        case(lambda dy, shape: spread(dy, shape) / 6, R(), shape=(2, 3)),
        case(
            lambda dy, shape, axis: spread(dy, shape, axis) / 3,
            R(2),
            shape=(2, 3),
            axis=1,
        ),
    ],
    "to_extreme": [
        case(
            lambda dy, x, y, axis: np.where(x == y[:, None], dy[:, None], 0),
            R(2),
            exactly([[1.0, 2.0], [4.0, 3.0]]),
            exactly([2.0, 4.0]),
            axis=1,
        ),
        case(
            lambda dy, x, y, axis: np.array([dy[0] / 2, 0, dy[0] / 2])[None],
            R(1),
            exactly([[2.0, 1.0, 2.0]]),
            exactly([2.0]),
            axis=1,
        ),
    ],
    "to_extreme_back": [
        case(
            lambda dx, x, y, axis: dx * np.array([[0.5, 0.0, 0.5]]),
            R(1, 3),
            exactly([[2.0, 1.0, 2.0]]),
            exactly([2.0]),
            axis=1,
        ),
    ],
}

# Products ---------------------------------------------------------------------------


def einsum(formula):
    def reference(*operands, inputs, result):
        return np.einsum(formula, *operands)

    inputs, _, result = formula.partition("->")
    return reference, {"inputs": tuple(inputs.split(",")), "result": result}


def contracted(formula, *shapes):
    reference, metadata = einsum(formula)
    return case(reference, *(R(*shape) for shape in shapes), **metadata)


def error_of_softmax(dy, target, p, *, axis, **metadata):
    total = target.sum(axis=axis, keepdims=True)
    return np.expand_dims(dy, axis) * (p * total - target)


PRODUCTS = {
    "affine_slopes": [
        case(lambda dy, x, w: (dy @ w.T, x.T @ dy), R(2, 4), R(2, 3), R(3, 4)),
    ],
    "affine": [
        case(lambda x, w, b: x @ w + b, R(2, 3), R(3, 4), R(4)),
        case(lambda x, w, b: x @ w + b, R(5, 2, 3), R(3, 4), R(4)),
    ],
    "matmul": [
        case(np.matmul, R(2, 3), R(3, 4)),
        case(np.matmul, R(5, 2, 3), R(3, 4)),
        case(np.matmul, R(5, 2, 3), R(5, 3, 4)),
        case(np.matmul, R(2, 3), R(5, 3, 4)),
        case(np.matmul, R(3), R(3)),
        case(np.matmul, R(3), R(3, 4)),
        case(np.matmul, R(2, 3), R(3)),
        case(np.matmul, R(5, 2, 3), R(3)),
        case(np.matmul, R(3), R(5, 3, 4)),
    ],
    "tensordot": [
        case(np.tensordot, R(2, 3, 4), R(3, 4, 5)),
        case(np.tensordot, R(2, 3), R(4), axes=0),
        case(np.tensordot, R(2, 3, 4), R(4, 5, 2), axes=((0, -1), (2, 0))),
        case(np.tensordot, R(2, 3, 4), R(4, 2, 3), axes=((2, 0, 1), (0, 1, 2))),
    ],
    "contract": [
        contracted("ij,jk->ik", (2, 3), (3, 4)),
        contracted("bij,bjk->bki", (5, 2, 3), (5, 3, 4)),
        contracted("ab,ab->b", (2, 3), (2, 3)),
        contracted("ab,c->ca", (2, 3), (4,)),
        contracted("ab,bc->", (2, 3), (3, 4)),
        contracted("bij,bjk->bik", (5, 2, 1), (1, 3, 4)),
        contracted("abc->ca", (2, 3, 4)),
        contracted("ab,bc,cd->ad", (2, 3), (3, 4), (4, 2)),
    ],
    "singular_values": [
        case(lambda x: np.linalg.svd(x, compute_uv=False), R(2, 3), order=1),
    ],
    "singular_values_grad": [
        case(lambda dy, x: dy[0] * x / np.linalg.norm(x), R(1), R(1, 3), order=0),
    ],
}

# Movement ---------------------------------------------------------------------------


def padded_back(dy, shape, pad_width, mode):
    first = {"edge": dy[0] + dy[1], "reflect": dy[1], "symmetric": dy[0] + dy[1]}[mode]
    last = {
        "edge": dy[2] + dy[3] + dy[4],
        "reflect": dy[0] + dy[2] + dy[4],
        "symmetric": dy[2] + dy[3],
    }[mode]
    if mode == "reflect":
        first = dy[1] + dy[3]
    if mode == "symmetric":
        first = first + dy[4]
    return np.array([first, last])


MOVEMENT = {
    "broadcast_to": [case(np.broadcast_to, R(3, 1), shape=(2, 3, 4))],
    "unbroadcast": [
        case(lambda x, shape: x.sum(0, keepdims=True), R(2, 3), shape=(1, 3)),
        case(lambda x, shape: x.sum(), R(2, 3), shape=()),
        case(lambda x, shape: x.sum((0, 2)).reshape(3, 1), R(2, 3, 4), shape=(3, 1)),
    ],
    "stop_gradient": [case(np.positive, R(2, 3), order=0)],
    "reshape": [
        case(lambda x, newshape: x.reshape(newshape), R(2, 3), newshape=(3, 2)),
        case(lambda x, newshape: x.reshape(newshape), R(2, 3), newshape=(-1,)),
    ],
    "ravel": [case(np.ravel, R(2, 3))],
    "expand_dims": [
        case(np.expand_dims, R(2, 3), axis=1),
        case(np.expand_dims, R(2, 3), axis=(0, -1)),
    ],
    "squeeze": [
        case(np.squeeze, R(2, 1, 3, 1)),
        case(np.squeeze, R(2, 1, 3, 1), axis=-1),
        case(lambda x, axis: x[:, 0, :, 0], R(2, 1, 3, 1), axis=[1, 3]),
    ],
    "transpose": [
        case(np.transpose, R(2, 3, 4)),
        case(np.transpose, R(2, 3, 4), axes=(1, 2, 0)),
        case(np.transpose, R(2, 3, 4), axes=(-1, 0, 1)),
    ],
    "transpose_last": [case(lambda x: x.swapaxes(-1, -2), R(2, 3, 4))],
    "swapaxes": [case(np.swapaxes, R(2, 3, 4), axis1=0, axis2=-1)],
    "moveaxis": [
        case(np.moveaxis, R(2, 3, 4), source=0, destination=-1),
        case(np.moveaxis, R(2, 3, 4), source=(0, 1), destination=(2, 0)),
    ],
    "flip": [case(np.flip, R(2, 3)), case(np.flip, R(2, 3), axis=(0, 1))],
    "roll": [
        case(np.roll, R(2, 3), shift=2),
        case(np.roll, R(2, 3), shift=(1, 2), axis=(0, 1)),
    ],
    "join": [
        case(lambda *xs, axis: np.concatenate(xs, axis), R(2, 3), R(1, 3), axis=0),
        case(
            lambda *xs, axis: np.concatenate(xs, axis),
            R(2, 3),
            R(2, 1),
            R(2, 2),
            axis=-1,
        ),
    ],
    "pile": [
        case(lambda *xs, axis: np.stack(xs, axis), R(2, 3), R(2, 3), axis=1),
        case(lambda *xs, axis: np.stack(xs, axis), R(2), R(2), axis=-1),
    ],
    "cut": [
        case(
            lambda x, points, axis: np.split(x, points, axis),
            R(2, 5),
            points=(1, 3),
            axis=1,
        ),
    ],
    "tile": [
        case(lambda x, repeats: np.tile(x, repeats), R(2, 3), repeats=times)
        for times in (2, (2, 1, 3), (2, 3))
    ],
    "repeat": [
        case(np.repeat, R(2, 3), repeats=2),
        case(np.repeat, R(2, 3), repeats=3, axis=1),
        case(np.repeat, R(2, 3), repeats=(0, 2, 1), axis=1),
    ],
    "repeat_grad": [
        case(
            lambda dy, **m: dy.reshape(3, 2).sum(1), R(6), shape=(3,), repeats=2, axis=0
        ),
    ],
    "pad": [
        case(lambda x, pad_width: np.pad(x, pad_width), R(2, 3), pad_width=1),
        case(
            lambda x, pad_width, constant_values: np.pad(
                x, pad_width, constant_values=7
            ),
            R(2, 3),
            pad_width=((0, 1), (2, 0)),
            constant_values=7.0,
            order=1,
        ),
        *(
            case(
                lambda x, pad_width, mode: np.pad(x, pad_width, mode),
                R(3, 4),
                pad_width=((1, 2), (0, 2)),
                mode=mode,
            )
            for mode in ("edge", "reflect", "symmetric", "wrap")
        ),
    ],
    "unpad": [
        case(padded_back, R(5), shape=(2,), pad_width=(1, 2), mode=mode)
        for mode in ("edge", "reflect", "symmetric")
    ],
}

# Reading and writing ------------------------------------------------------------------


def read(x, key):
    return x[key]


def last_hot(x, num_classes, axis=-1):
    return one_hot(x, num_classes).max(-2)


def updated(inputs, indices, updates, reduction=None):
    y = inputs.copy()
    key = tuple(np.moveaxis(indices, -1, 0))
    if reduction is None:
        y[key] = updates
    else:
        {"add": np.add, "mul": np.multiply, "max": np.maximum}[reduction].at(
            y, key, updates
        )
    return y


TWICE = exactly([2, 0, 2])
POINTS = exactly([[0, 1], [1, 2], [0, 1]])

POSITIONS = {
    "get_item": [
        case(read, R(3, 4, 5), key=key)
        for key in (
            1,
            -1,
            S(1, 3),
            (S(None), 2),
            (..., 0),
            (None, 1),
            S(None, None, -2),
            (0, S(1, None), None, -1),
        )
    ],
    "get_item_grad": [
        case(
            lambda dy, key, shape: scattered(shape, key, dy),
            R(2),
            key=(S(1, 3), 0),
            shape=(3, 4),
        ),
    ],
    "get_items": [
        case(at_key, R(3, 4), TWICE, key=("?",)),
        case(at_key, R(4, 3), TWICE, key=(S(None), "?")),
        case(at_key, R(3, 4, 3), TWICE, TWICE, key=("?", S(1, 3), "?")),
        case(at_key, R(3, 4, 3), TWICE, key=(None, 0, "?", ...)),
        case(at_key, R(2, 3, 3), TWICE, TWICE, key=(..., "?", "?")),
    ],
    "get_items_grad": [
        case(
            lambda dy, i, key, shape: scattered(shape, i, dy),
            R(3, 4),
            TWICE,
            key=("?",),
            shape=(3, 4),
        ),
    ],
    "take": [
        case(np.take, R(3, 4), TWICE),
        case(np.take, R(3, 4), TWICE, axis=0),
        case(np.take, R(3, 4), Z(4)(2, 3), axis=-1),
        case(np.take, R(3, 4), Z(3)(200), axis=0),
        case(np.take, R(3, 4), exactly([-1, 0]), axis=0),
    ],
    "take_grad": [
        case(
            lambda dy, i, shape, axis: scattered(shape, i, dy),
            R(3, 4),
            TWICE,
            shape=(3, 4),
            axis=0,
        ),
        case(
            lambda dy, i, shape, axis: scattered(shape, i, dy),
            R(200, 2),
            Z(3)(200),
            shape=(3, 2),
            axis=0,
        ),
        case(
            lambda dy, i, shape, axis: scattered(shape, i % 3, dy),
            R(120, 2),
            exactly([-1, 0, 1, 2] * 30),
            shape=(3, 2),
            axis=0,
        ),
    ],
    "take_along_axis": [
        case(np.take_along_axis, R(2, 3), Z(3)(2, 2), axis=1),
        case(lambda x, i: np.take(x, i), R(2, 3), exactly([5, 0, 5])),
    ],
    "take_along_axis_grad": [
        case(
            lambda dy, i, shape, axis: scattered(shape, ([[0], [1]], i), dy),
            R(2, 2),
            Z(3)(2, 2),
            shape=(2, 3),
            axis=1,
        ),
    ],
    "gather_nd": [
        case(lambda x, i: x[i[:, 0], i[:, 1]], R(3, 4), POINTS),
        case(lambda x, i: x[i[:, 0]], R(3, 4), exactly([[2], [2]])),
    ],
    "scatter": [
        case(
            lambda i, v, shape: scattered(shape, (i[:, 0], i[:, 1]), v),
            POINTS,
            R(3),
            shape=(2, 3),
        ),
    ],
    "scatter_update": [
        case(updated, R(3, 4), exactly([[0, 1], [1, 2]]), R(2)),
        case(updated, R(3, 4), exactly([[2], [0]]), R(2, 4)),
        case(updated, R(3, 4), POINTS, R(3), reduction="add"),
        case(updated, R(3, 4), exactly([[0, 1], [1, 2]]), R(2), reduction="mul"),
        case(updated, R(3, 4), POINTS, R(3), reduction="max", order=0),
    ],
    "box": [
        case(lambda x, start, shape: x[1:3, 1:], R(3, 4), start=(1, 1), shape=(2, -1)),
    ],
    "write_box": [
        case(
            lambda x, u, start: np.concatenate([x[:1], u, x[3:]]),
            R(4),
            R(2),
            start=(1,),
        ),
    ],
    "one_hot": [
        case(one_hot, Z(4)(2, 3), num_classes=4),
        case(one_hot, Z(4)(2, 3), num_classes=4, axis=1),
        case(lambda x, **m: np.zeros((2, 3)), exactly([-1, 3]), num_classes=3),
    ],
    "many_hot": [
        case(last_hot, Z(4)(2, 3), num_classes=4),
        case(last_hot, Z(4)(3), num_classes=4),
    ],
    "argsort": [
        case(np.argsort, R(2, 3)),
        case(np.argsort, R(2, 3), axis=0),
        case(np.argsort, R(2, 3), axis=None),
    ],
    "argpartition": [case(np.argpartition, R(2, 5), kth=2)],
    "top_places": [
        case(
            lambda x, k: np.argsort(-x, axis=-1, kind="stable")[..., :k], R(2, 5), k=3
        ),
        case(lambda x, k: np.array([1, 2]), exactly([1, 5, 3]), k=2),
    ],
    "in_top_k": [
        case(
            lambda t, p, k: np.array([True, False, False]),
            exactly([1, 0, 7]),
            exactly([[1.0, 2.0, 2.0], [1.0, 3.0, 2.0], [1.0, 1.0, 1.0]]),
            k=1,
        ),
    ],
    "searchsorted": [
        case(
            np.searchsorted, exactly([1.0, 2.0, 3.0]), exactly([[2.0, 0.0], [4.0, 2.5]])
        ),
        case(np.searchsorted, exactly([1.0, 2.0, 3.0]), exactly([2.0]), side="right"),
    ],
    "digitize": [case(np.digitize, R(2, 3), exactly([-0.5, 0.5]))],
    "count_up": [
        case(
            lambda x, w, minlength: np.bincount(x, w, minlength),
            exactly([1, 3, 1, 0]),
            P(4),
            minlength=5,
        )
    ],
    "found": [
        case(
            lambda x, **k: np.unique(x, True, True, True),
            exactly([3, 1, 3, 2]),
            axis=None,
            size=3,
            fill_value=0,
        )
    ],
    "nonzero": [case(np.nonzero, exactly([[0, 2], [1, 0]]))],
    "unravel_index": [case(np.unravel_index, exactly([[0, 5], [3, 2]]), shape=(2, 3))],
    "contained": [case(np.isin, Z(5)(2, 3), exactly([1, 3]))],
    "same_winner": [
        case(lambda a, b: (a.argmax(-1) == b.argmax(-1)) * 1.0, D(9, 3), D(9, 3)),
    ],
    "count_above": [
        case(
            lambda w, p, t: (w * (p > t[:, None, None])).sum(1),
            P(5, 2),
            D(5, 2),
            exactly([0.3, 0.6, 0.4]),
        ),
    ],
}

# Making -----------------------------------------------------------------------------

MAKING = {
    "cast": [case(lambda x, dtype: x, R(2, 3), dtype="float64")],
    "read_bytes": [
        case(
            lambda x, dtype, widths: x.view(dtype),
            Z(8)(2, 3),
            dtype=dtype,
            widths=(4, np.dtype(dtype).itemsize),
        )
        for dtype in ("float32", "int16")
    ],
    "copy": [case(np.positive, R(2, 3))],
    "zeros_like": [case(np.zeros_like, R(2, 3))],
    "ones_like": [case(np.ones_like, R(2, 3))],
    "empty_like": [case(np.zeros_like, R(2, 3))],
    "full_like": [case(lambda x, v: np.full_like(x, v), R(2, 3), 2.5)],
    "tril": [case(np.tril, R(3, 4)), case(np.tril, R(2, 3, 3), k=-1)],
    "triu": [case(np.triu, R(3, 4)), case(np.triu, R(2, 3, 3), k=1)],
    "diagonal": [
        case(np.diagonal, R(3, 4)),
        case(np.diagonal, R(3, 4, 2), offset=-1, axis1=2, axis2=0),
    ],
    "diagonal_grad": [
        case(
            lambda dy, **m: np.diag(dy, 1),
            R(2),
            shape=(3, 3),
            offset=1,
            axis1=0,
            axis2=1,
        ),
    ],
}

# Networks ---------------------------------------------------------------------------


def elu(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.exp(x) - 1))


def leaky(x, negative_slope=0.2):
    return np.where(x >= 0, x, negative_slope * x)


def hidden_sigmoid(target, logits):
    return binary_crossentropy(target, sigmoid(logits))


def hidden_softmax(target, logits, axis=-1):
    return crossentropy(target, softmax(logits, axis), axis)


def labelled(function):
    return lambda target, output, **m: function(
        one_hot(target, output.shape[-1]), output, **m
    )


LABELS = Z(4)(3)

NETWORKS = {
    "relu": [case(lambda x: x * (x > 0), R(2, 3))],
    "relu_grad": [case(lambda dy, y: dy * (y > 0), R(2, 3), R(2, 3))],
    "relu6": [case(lambda x: np.clip(x, 0, 6), exactly([-1.0, 2.0, 7.0]))],
    "relu6_grad": [
        case(lambda dy, y: dy * [0, 1, 0], R(3), exactly([-1.0, 2.0, 7.0]), order=1),
    ],
    "leaky_relu": [
        case(leaky, R(2, 3)),
        case(leaky, R(2, 3), negative_slope=1.5),
        case(leaky, R(2, 3), negative_slope=-0.5),
    ],
    "leaky_relu_grad": [
        case(
            lambda dy, x, negative_slope: dy * np.where(x > 0, 1, negative_slope),
            R(2, 3),
            R(2, 3),
            negative_slope=0.3,
        ),
    ],
    "elu": [case(elu, R(2, 3)), case(elu, R(2, 3), alpha=0.5)],
    "elu_grad": [
        case(
            lambda dy, x, y, alpha: dy * np.where(x > 0, 1, y + alpha),
            R(2, 3),
            R(2, 3),
            R(2, 3),
            alpha=0.5,
        ),
    ],
    "sigmoid": [case(sigmoid, R(2, 3))],
    "sigmoid_grad": [case(lambda dy, y: dy * y * (1 - y), R(2, 3), U(2, 3))],
    "tanh_grad": [case(lambda dy, y: dy * (1 - y**2), R(2, 3), U(2, 3))],
    "softplus": [case(lambda x: np.log(1 + np.exp(x)), R(2, 3))],
    "softmax": [
        case(softmax, R(2, 3)),
        case(softmax, R(2, 3), axis=0),
        case(softmax, R(2, 3, 4), axis=(1, 2)),
    ],
    "softmax_grad": [
        case(
            lambda dy, y, axis: y * (dy - (dy * y).sum(axis, keepdims=True)),
            R(2, 3),
            D(2, 3),
            axis=-1,
        ),
    ],
    "log_softmax": [
        case(lambda x, axis=-1: np.log(softmax(x, axis)), R(2, 3)),
        case(lambda x, axis=-1: np.log(softmax(x, axis)), R(2, 3), axis=0),
    ],
    "sigmoid_crossentropy": [case(hidden_sigmoid, U(2, 3), R(2, 3))],
    "sigmoid_crossentropy_grad": [
        case(
            lambda dy, t, x: slope(lambda x: hidden_sigmoid(t, x))(dy, x),
            R(2, 3),
            U(2, 3),
            R(2, 3),
        ),
    ],
    "binary_likelihood": [case(binary_crossentropy, U(2, 3), D(2, 3), epsilon=EPS)],
    "binary_likelihood_grad": [
        case(
            lambda dy, t, x, epsilon: slope(lambda x: binary_crossentropy(t, x))(dy, x),
            R(2, 3),
            U(2, 3),
            D(2, 3),
            epsilon=EPS,
        ),
        case(
            lambda *xs, **m: np.zeros(2),
            R(2),
            exactly([1.0, 0.0]),
            exactly([0.0, 1.0]),
            epsilon=EPS,
            order=0,
        ),
    ],
    "softmax_crossentropy": [
        case(hidden_softmax, D(3, 4), R(3, 4)),
        case(hidden_softmax, U(3, 4), R(3, 4), axis=0),
    ],
    "softmax_crossentropy_grad": [
        case(
            lambda dy, t, x, axis: row_slope(hidden_softmax)(dy, t, x),
            R(3),
            U(3, 4),
            R(3, 4),
            axis=-1,
        ),
    ],
    "likelihood": [
        case(crossentropy, D(3, 4), P(3, 4), epsilon=EPS),
        case(crossentropy, U(3, 4), P(3, 4), epsilon=EPS, axis=0),
    ],
    "likelihood_grad": [
        case(
            lambda dy, t, x, **m: row_slope(crossentropy)(dy, t, x),
            R(3),
            U(3, 4),
            P(3, 4),
            epsilon=EPS,
            axis=-1,
        ),
    ],
    "logits_slope": [
        case(error_of_softmax, R(3), D(3, 4), D(3, 4), epsilon=EPS, axis=-1),
        case(error_of_softmax, R(4), D(3, 4), D(3, 4), epsilon=EPS, axis=0),
        case(
            lambda *xs, **m: np.zeros((2, 2)),
            R(2),
            exactly([[1.0, 0.0], [0.0, 1.0]]),
            exactly([[1.0, 0.0], [1.0, 0.0]]),
            epsilon=EPS,
            axis=-1,
            order=0,
        ),
    ],
    "logits_slope_of_labels": [
        case(
            lambda dy, t, p, **m: error_of_softmax(dy, np.eye(4)[t], p, axis=-1),
            R(3),
            LABELS,
            D(3, 4),
            epsilon=EPS,
            axis=-1,
        ),
    ],
    "logits_slope_of_two": [
        case(
            lambda dy, t, p, epsilon: dy * (p - t),
            R(2, 3),
            U(2, 3),
            D(2, 3),
            epsilon=EPS,
        ),
    ],
    "sparse_softmax_crossentropy": [
        case(labelled(hidden_softmax), LABELS, R(3, 4)),
        case(lambda t, x: np.zeros(2), exactly([-1, 4]), R(2, 4), order=1),
    ],
    "sparse_softmax_crossentropy_grad": [
        case(
            lambda dy, t, x, axis: row_slope(labelled(hidden_softmax))(dy, t, x),
            R(3),
            LABELS,
            R(3, 4),
            axis=-1,
        ),
    ],
    "sparse_likelihood": [case(labelled(crossentropy), LABELS, P(3, 4), epsilon=EPS)],
    "sparse_likelihood_grad": [
        case(
            lambda dy, t, x, **m: row_slope(labelled(crossentropy))(dy, t, x),
            R(3),
            LABELS,
            P(3, 4),
            epsilon=EPS,
            axis=-1,
        ),
    ],
    "standardize": [
        case(standardized, R(3, 4), axis=0),
        case(standardized, R(2, 3, 4), axis=(1, 2), epsilon=0.1),
        case(standardized, R(2, 3, 4), axis=1),
        case(standardized, R(4, 4), axis=0),
        case(standardized, R(4, 4), axis=1),
        case(standardized, R(2, 2, 4), axis=-1),
        case(standardized, R(2, 2, 4), axis=(0, 1)),
    ],
    "standardize_grad": [
        case(standardized_slope, R(3, 4), R(3, 4), P(4), axis=0, epsilon=1e-3, order=1),
        case(standardized_slope, R(4, 4), R(4, 4), P(4), axis=0, epsilon=1e-3, order=1),
        case(standardized_slope, R(4, 4), R(4, 4), P(4), axis=1, epsilon=1e-3, order=1),
    ],
    "keep": [
        case(lambda x, mask, rate: x * mask / (1 - rate), R(2, 3), B(2, 3), rate=0.25)
    ],
}

CASES = {
    **UNARY,
    **BINARY,
    **ELEMENTWISE,
    **TRUTH,
    **REDUCTIONS,
    **PRODUCTS,
    **MOVEMENT,
    **POSITIONS,
    **MAKING,
    **NETWORKS,
    **kernels_attention.CASES,
    **kernels_convolution.CASES,
    **kernels_ctc.CASES,
    **kernels_image.CASES,
    **kernels_linalg.CASES,
    **kernels_normalizing.CASES,
    **kernels_pooling.CASES,
    **kernels_recurrent.CASES,
    **kernels_resizing.CASES,
    **kernels_spectral.CASES,
    **kernels_statistics.CASES,
}
