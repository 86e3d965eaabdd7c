"""Calls of the public functions that are made of primitives, for their contract.

See tests/contract/test_functions.py. Primitives have cases of their own.
"""

from collections import namedtuple

import numpy as np

from minikeras import ops

from .drawing import B, D, P, R, Z, exactly

# args:   descriptions of arrays (drawing.py), lists of them, numbers, functions
# kwargs: the other arguments
# like:   the result in plain NumPy; by default NumPy's function of that name
# traits: "data": the shape depends on the data, so that there is neither a plan nor a
#         foretold shape; "static": no arrays go in; "random": draws numbers;
#         "eager": not for symbolic tensors; "written": runs without a plan
Call = namedtuple("Call", "args kwargs like traits")

KERAS = "compared with Keras in tests/parity only"


def call(*args, like=None, traits="", **kwargs):
    return Call(args, kwargs, like, set(traits.split()))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def one_hot_of(labels, classes):
    return np.eye(classes)[labels]


def moments(x, axis):
    return x.mean(axis), x.var(axis)


def layer_normalized(x, epsilon):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon)


def scanned(x):
    return np.cumsum(x)[-1], np.cumsum(x)


CASES = {
    "adaptive_average_pool": [
        call(R(2, 6, 3), 3, like=lambda x, n: x.reshape(2, 3, 2, 3).mean(2)),
        call(R(1, 7, 5, 2), (3, 2), like=KERAS),
    ],
    "adaptive_max_pool": [
        call(R(2, 6, 3), 3, like=lambda x, n: x.reshape(2, 3, 2, 3).max(2)),
        call(R(1, 7, 5, 2), (3, 2), like=KERAS),
    ],
    "allclose": [call(R(2, 3), R(2, 3)), call(exactly([1.0]), exactly([1.0 + 1e-9]))],
    "append": [call(R(2, 3), R(2, 3)), call(R(2, 3), R(2, 1), axis=1)],
    "arange": [call(2, 7, 2, traits="static")],
    "array": [call(R(2, 3))],
    "array_split": [call(R(7, 2), 3), call(R(2, 7), 2, axis=-1)],
    "associative_scan": [
        call(ops.add, R(5, 2), like=lambda f, x: x.cumsum(0)),
        call(ops.multiply, R(2, 6), axis=1, like=lambda f, x, axis: x.cumprod(1)),
    ],
    "average": [call(R(2, 3)), call(R(2, 3), axis=1, weights=P(3))],
    "average_pool": [
        call(R(2, 6, 3), 2, like=lambda x, n: x.reshape(2, 3, 2, 3).mean(2)),
        call(R(1, 5, 4, 2), 3, strides=1, padding="same", like=KERAS),
    ],
    "batch_normalization": [
        call(
            R(4, 3), R(3), P(3), -1,
            like=lambda x, mean, var, axis: (x - mean) / np.sqrt(var + 1e-3),
        )
    ],
    "binary_crossentropy": [
        call(
            exactly([[0.0, 1.0], [1.0, 0.0]]), P(2, 2), from_logits=True,
            like=lambda y, x, from_logits: np.log1p(np.exp(x)) - y * x,
        )
    ],
    "bincount": [
        call(Z(5)(8), minlength=6, traits="data"),
        call(Z(5)(8), weights=P(8), minlength=5, traits="data"),
    ],
    "categorical_crossentropy": [
        call(D(2, 4), D(2, 4), like=lambda y, p: -(y * np.log(p)).sum(-1))
    ],
    "celu": [
        call(R(2, 3), 1.5, like=lambda x, a: np.maximum(x, 0)
             + np.minimum(0, a * np.expm1(x / a)))
    ],
    "concatenate": [call([R(2, 3), R(2, 1)], axis=1), call([R(2, 3), R(1, 3)])],
    "cond": [
        call(
            exactly(True), lambda: ops.ones(2), lambda: ops.zeros(2), traits="written",
            like=lambda *a: np.ones(2),
        )
    ],
    "conv": [
        call(
            R(2, 5, 2), R(1, 2, 3), like=lambda x, w: x @ w[0],
        ),
        call(R(1, 5, 6, 2), R(3, 2, 2, 3), 2, "same", like=KERAS),
    ],
    "conv_transpose": [call(R(1, 4, 2), R(3, 3, 2), 2, "valid", like=KERAS)],
    "convert_to_numpy": [call(R(2, 3), like=lambda x: x, traits="eager written")],
    "convert_to_tensor": [call(R(2, 3), like=lambda x: x)],
    "count_nonzero": [call(Z(2)(3, 4)), call(Z(2)(3, 4), axis=1)],
    "depthwise_conv": [call(R(1, 5, 6, 2), R(3, 3, 2, 2), 1, "same", like=KERAS)],
    "diag": [call(R(3)), call(R(3, 3), k=1)],
    "diagflat": [call(R(2, 2)), call(R(2), k=-1)],
    "dot": [call(R(2, 3), R(3, 4)), call(R(3), R(3)), call(R(2, 3), 2.0)],
    "dot_product_attention": [
        call(R(2, 4, 2, 3), R(2, 5, 2, 3), R(2, 5, 2, 3), like=KERAS)
    ],
    "dsplit": [call(R(2, 3, 4), 2)],
    "dstack": [call([R(2, 3), R(2, 3)])],
    "dtype": [call(R(2), like=lambda x: "float64", traits="eager")],
    "einsum": [call("ij,jk->ik", R(2, 3), R(3, 4)), call("bij->b", R(2, 3, 2))],
    "empty": [call((2, 3), like=KERAS, traits="static random")],
    "eye": [call(3, traits="static"), call(2, 4, 1, traits="static")],
    "fliplr": [call(R(2, 3))],
    "flipud": [call(R(2, 3))],
    "fori_loop": [
        call(0, 3, lambda i, x: x * 2.0, R(2), like=lambda a, b, f, x: x * 8)
    ],
    "full": [call((2, 3), 7.0, traits="static")],
    "gelu": [
        call(R(2, 3), True, like=lambda x, a: 0.5 * x
             * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))))
    ],
    "geomspace": [call(1.0, 8.0, 4, traits="static")],
    "get_item": [call(R(3, 4), (slice(1, 3), 0), like=lambda x, key: x[key])],
    "glu": [call(R(2, 4), like=lambda x: x[:, :2] * sigmoid(x[:, 2:]))],
    "hard_shrink": [call(R(2, 3), like=lambda x: x * (np.abs(x) > 0.5))],
    "hard_sigmoid": [call(R(2, 3), like=lambda x: np.clip(x / 6 + 0.5, 0, 1))],
    "hard_silu": [call(R(2, 3), like=lambda x: x * np.clip(x / 6 + 0.5, 0, 1))],
    "hard_swish": [call(R(2, 3), like=lambda x: x * np.clip(x / 6 + 0.5, 0, 1))],
    "hard_tanh": [call(R(2, 3), like=lambda x: np.clip(x, -1, 1))],
    "hsplit": [call(R(2, 4), 2)],
    "hstack": [call([R(2, 3), R(2, 1)])],
    "identity": [call(3, traits="static")],
    "inner": [call(R(2, 3), R(4, 3)), call(R(3), R(3))],
    "is_tensor": [call(R(2), like=KERAS, traits="written random")],
    "isclose": [call(exactly([1.0, 2.0]), exactly([1.0 + 1e-9, 3.0]))],
    "isin": [call(Z(5)(2, 3), exactly([1, 3]))],
    "layer_normalization": [call(R(2, 5), epsilon=1e-3, like=layer_normalized)],
    "linspace": [
        call(0.0, 1.0, 5, traits="static"), call(R(2), R(2), 4, axis=-1),
    ],
    "log_sigmoid": [call(R(2, 3), like=lambda x: -np.log1p(np.exp(-x)))],
    "logspace": [call(0.0, 2.0, 3, traits="static")],
    "map": [call(lambda x: x * x, R(3, 2), like=lambda f, x: x * x)],
    "max_pool": [
        call(R(2, 6, 3), 2, like=lambda x, n: x.reshape(2, 3, 2, 3).max(2)),
        call(R(1, 5, 4, 2), 3, strides=2, padding="same", like=KERAS),
    ],
    "meshgrid": [call(R(2), R(3)), call(R(2), R(3), indexing="ij")],
    "moments": [call(R(3, 4), 0, like=moments)],
    "multi_hot": [
        call(exactly([[0, 2], [1, 1]]), 4,
             like=lambda x, n: one_hot_of(x, n).max(1))
    ],
    "ndim": [call(R(2, 3), traits="eager")],
    "norm": [
        call(R(2, 3), like=np.linalg.norm),
        call(R(2, 3), ord=1, axis=1, like=lambda x, **k: np.linalg.norm(x, **k)),
        call(R(3, 3), ord="nuc", axis=(0, 1),
             like=lambda x, **k: np.linalg.norm(x, **k)),
    ],
    "normalize": [
        call(R(2, 3), like=lambda x: x / np.linalg.norm(x, axis=-1, keepdims=True))
    ],
    "ones": [call((2, 3), traits="static")],
    "outer": [call(R(2), R(3)), call(R(2, 2), R(3))],
    "ptp": [call(R(2, 3)), call(R(2, 3), axis=1, keepdims=True)],
    "rms_normalization": [
        call(R(2, 5), like=lambda x: x
             / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-7))
    ],
    "rot90": [call(R(2, 3)), call(R(2, 3, 2), k=3, axes=(1, 2))],
    "saturate_cast": [
        call(R(2, 3), "uint8", like=lambda x, d: np.clip(x, 0, 255).astype("uint8"))
    ],
    "scan": [
        call(lambda c, x: (c + x, c + x), exactly(0.0), R(4), like=lambda f, c, x:
             scanned(x))
    ],
    "selu": [call(R(2, 3), like=KERAS)],
    "separable_conv": [
        call(R(1, 5, 6, 2), R(3, 3, 2, 2), R(1, 1, 4, 3), 1, "valid", like=KERAS)
    ],
    "shape": [call(R(2, 3), traits="eager")],
    "silu": [call(R(2, 3), like=lambda x: x * sigmoid(x))],
    "size": [call(R(2, 3), traits="eager")],
    "view": [call(Z(9)(3, 4), "uint8", like=lambda x, d: x.view(d))],
    "slice": [call(R(3, 4), (1, 0), (2, 3), like=lambda x, a, n: x[1:3, :3])],
    "slice_update": [call(R(3, 4), (1, 1), R(2, 2), like=KERAS)],
    "soft_shrink": [
        call(R(2, 3), like=lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0))
    ],
    "softsign": [call(R(2, 3), like=lambda x: x / (1 + np.abs(x)))],
    "sort": [call(R(2, 5)), call(R(4, 2), axis=0)],
    "sparse_categorical_crossentropy": [
        call(Z(4)(3), D(3, 4), like=lambda y, p: -np.log(p[np.arange(3), y]))
    ],
    "sparse_plus": [call(R(2, 3), like=KERAS)],
    "sparse_sigmoid": [call(R(2, 3), like=lambda x: np.clip(x / 2 + 0.5, 0, 1))],
    "sparsemax": [call(R(2, 4), like=KERAS)],
    "split": [call(R(6, 2), 3), call(R(2, 6), (2, 3), axis=1)],
    "squareplus": [call(R(2, 3), like=lambda x: (x + np.sqrt(x * x + 4)) / 2)],
    "stack": [call([R(2, 3), R(2, 3)], axis=1)],
    "std": [call(R(2, 3)), call(R(2, 3), axis=1)],
    "stop_gradient": [call(Z(5)(2, 3), like=lambda x: x)],
    "swish": [call(R(2, 3), like=lambda x: x * sigmoid(x))],
    "switch": [
        call(exactly(1), [lambda x: x, lambda x: x * 2.0], R(2), traits="written",
             like=lambda i, f, x: x * 2)
    ],
    "tanh_shrink": [call(R(2, 3), like=lambda x: x - np.tanh(x))],
    "threshold": [
        call(R(2, 3), 0.3, -1.0, like=lambda x, t, d: np.where(x > t, x, d))
    ],
    "top_k": [call(R(2, 5), 2, like=lambda x, k: (
        -np.sort(-x)[:, :2], np.argsort(-x, kind="stable")[:, :2]))],
    "trace": [call(R(3, 3)), call(R(2, 3, 4), offset=1, axis1=1, axis2=2)],
    "tri": [call(3, 4, 1, traits="static")],
    "unique": [call(Z(4)(6), traits="data")],
    "unstack": [call(R(3, 2), like=list), call(R(2, 3), axis=1, like=lambda x, axis:
                                                list(x.T))],
    "vdot": [call(R(2, 3), R(2, 3))],
    "vectorized_map": [call(lambda x: x * x, R(3, 2), like=lambda f, x: x * x)],
    "vsplit": [call(R(4, 2), 2)],
    "vstack": [call([R(2, 3), R(1, 3)])],
    "where": [call(B(2, 3), R(2, 3), R(3)), call(B(2, 3), R(2, 3), 0.0)],
    "while_loop": [
        call(
            lambda x: ops.sum(x) < 100.0, lambda x: x * 2.0, P(2), traits="written",
            like=KERAS,
        )
    ],
    "zeros": [call((2, 3), traits="static")],
}  # fmt: skip
CASES["custom_gradient"] = []  # tests/tensor
