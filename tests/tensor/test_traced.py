"""`Traced`: what kernels do with it is noted, and gives the same bits again."""

from pathlib import Path

import numpy as np
import pytest

from minikeras.tensor.memory import Memory
from minikeras.tensor.program import Value
from minikeras.tensor.recorder import Recorder
from minikeras.tensor.traced import HANDLERS, Traced, Untraceable

X = np.random.default_rng(3).normal(size=(2, 3, 4)).astype("float32")
Y = np.random.default_rng(4).normal(size=(2, 3, 4)).astype("float32")


def record(kernel, *arrays):
    """Returns the program of a kernel's calls, and what they gave."""
    recorder = Recorder(arrays)
    result = kernel(*(Traced(x, recorder) for x in arrays))
    assert type(result) is Traced
    return recorder.program([result.array]), result.array.copy()


def replay(program, *arrays):
    """Carries out a program call by call."""
    memory = Memory(program).arrays

    def given(x):
        if type(x) is Value:
            return memory[id(x)]
        return type(x)(map(given, x)) if type(x) in (list, tuple) else x

    for v, array in zip(program.inputs, arrays, strict=True):
        memory[id(v)] = array.copy()
    for e in program.equations:
        args, options = given(e.args), {k: given(x) for k, x in e.options.items()}
        made = [e.target] if e.target is not None else e.outputs
        if e.style in ("view", "assign"):
            memory[id(made[0])] = np.asarray(e.function(*args, **options))
        elif e.call == "np.copyto":
            np.copyto(given(made[0]), *args, casting="unsafe", **options)
        else:
            e.function(*args, **options, out=given(made[0]))
    return given(program.results[0])


def filled(x):
    y = np.empty_like(x, shape=(3, 4))
    y[...] = 7
    y[1:, 0] = x[0, 1:, 2]
    y[0, 0] = x[1, 2, 3]
    return y


def doubled(x):
    y = np.empty_like(x)
    np.copyto(y, x)
    y *= 2.0
    return y


KERNELS = {
    "ufunc": lambda x, y: np.add(x, y),
    "out": lambda x, y: np.exp(np.add(x, y, out=np.empty_like(x))),
    "operators": lambda x, y: (1 - x) * y / (x * x + 1) - -y,
    "in place": lambda x, y: doubled(x),
    "reduce": lambda x, y: np.add.reduce(x, axis=(0, 2), keepdims=True),
    "reduce to one": lambda x, y: np.maximum.reduce(x, axis=None),
    "accumulate": lambda x, y: np.add.accumulate(x, axis=1),
    "matmul": lambda x, y: np.matmul(x, y.swapaxes(-1, -2)),
    "shape": lambda x, y: x.reshape(x.shape[0], np.shape(x)[1] * 4) * len(x),
    "ndim": lambda x, y: x * np.ndim(x),
    "copyto where": lambda x, y: np.where(x > 0, x, y),
    "where numbers": lambda x, y: np.where(x > y, 1, 0.5),
    "empty_like": lambda x, y: filled(x),
    "zeros_like": lambda x, y: np.zeros_like(x, dtype=bool),
    "ones_like": lambda x, y: np.ones_like(x) + x,
    "full_like": lambda x, y: np.full_like(x, 3, dtype="int32"),
    "broadcast_to": lambda x, y: np.broadcast_to(x[:, :1], x.shape) * y,
    "diagonal": lambda x, y: np.diagonal(x, 1, 1, 2) * 2,
    "expand_dims": lambda x, y: np.expand_dims(x, (0, 2)) + 1,
    "flip": lambda x, y: np.flip(x, 1) - y,
    "moveaxis": lambda x, y: np.moveaxis(x, 0, -1) + 1,
    "ravel": lambda x, y: np.ravel(x) * y.ravel(),
    "reshape": lambda x, y: np.reshape(x, (6, -1)) - y.reshape((6, 4)),
    "reshape of a transpose": lambda x, y: x.T.reshape(-1) * 2,
    "squeeze": lambda x, y: np.squeeze(x[:, :1], 1) + y[:, 1:2].squeeze(),
    "swapaxes": lambda x, y: np.swapaxes(x, 0, 1) + 1,
    "transpose": lambda x, y: np.transpose(x, (2, 0, 1)) - y.transpose(2, 0, 1),
    "argmax": lambda x, y: np.argmax(x, axis=-1) + y.argmin(axis=-1),
    "argmin": lambda x, y: np.argmin(x, axis=0, keepdims=True),
    "clip": lambda x, y: np.clip(x, -0.5, 0.5) + y.clip(0, 1),
    "concatenate": lambda x, y: np.concatenate([x, y * 2], axis=1),
    "stack": lambda x, y: np.stack((x, y), axis=2),
    "cumprod": lambda x, y: np.cumprod(x, axis=1),
    "cumsum": lambda x, y: np.cumsum(x, axis=1) + y.cumsum(axis=1),
    "dot": lambda x, y: np.dot(x[0], y[0].T) + x[1].dot(y[1].T),
    "einsum": lambda x, y: np.einsum("ijk,ijk->j", x, y),
    "round": lambda x, y: np.round(x, 1),
    "take": lambda x, y: np.take(x, [2, 0], axis=1, mode="clip") + y.take([1, 1], 1),
    "argsort": lambda x, y: np.argsort(x, axis=-1, kind="stable"),
    "sort": lambda x, y: np.sort(x, axis=1) + y,
    "tensordot": lambda x, y: np.tensordot(x, y, ([1, 2], [1, 2])),
    "tile": lambda x, y: np.tile(x, 2),
    "sum": lambda x, y: np.sum(x, axis=1) + y.sum(1),
    "prod": lambda x, y: np.prod(x, axis=-1) + y.prod(axis=-1),
    "max": lambda x, y: np.max(x, axis=0) + y.max(0),
    "min": lambda x, y: np.min(x) + y.min(),
    "mean": lambda x, y: np.mean(x, axis=(0, 1)) + y.mean((0, 1)),
    "all": lambda x, y: np.all(x > -1, axis=1) & (y > -1).all(1),
    "any": lambda x, y: np.any(x > 1, axis=1) | (y > 1).any(1),
    "astype": lambda x, y: (x * 9).astype("int32"),
    "copy": lambda x, y: x.copy(),
    "one element": lambda x, y: x[0, 1, 2] * y,
}  # fmt: skip


@pytest.mark.parametrize("name", KERNELS)
def test_a_record_gives_the_same_bits_again(name):
    kernel = KERNELS[name]
    program, first = record(kernel, X, Y)
    expected = np.asarray(kernel(X, Y))
    assert (first.dtype, first.shape) == (expected.dtype, expected.shape)
    assert first.tobytes() == expected.tobytes()
    other = X * -1.5, Y + 0.25
    again, expected = replay(program, *other), np.asarray(kernel(*other))
    assert again.tobytes() == expected.tobytes()


def test_every_function_that_is_noted_is_tried():
    source = Path(__file__).read_text(encoding="utf-8")
    named = {function.__name__ for function in HANDLERS} - {"may_share_memory"}
    assert [name for name in sorted(named) if f"np.{name}(" not in source] == []


def test_astype_to_the_same_dtype_is_nothing():
    program, _ = record(lambda x: x.astype("float32") + 1, X)
    assert [e.call for e in program.equations] == ["np.add"]


def test_equal_reductions_are_calls_of_one_function():
    program, _ = record(lambda x: np.sum(x) + np.add.reduce(x, axis=None), X)
    first, second, _ = program.equations
    assert first.function is second.function


def test_a_single_element_is_a_copy_as_in_numpy():
    def kernel(x):
        first = x[0, 0, 0]
        x[0] = 5
        return first * 1

    program, _ = record(kernel, X.copy())
    assert replay(program, X) == X[0, 0, 0]


@pytest.mark.parametrize(
    "kernel",
    [
        lambda x: np.asarray(x),
        lambda x: float(x),
        lambda x: x and 1,
        lambda x: list(x),
        lambda x: range(x),
        lambda x: x[np.array([0, 1])],
        lambda x: x[[0, 1]],
        lambda x: x[x > 0],
        lambda x: x[True],
        lambda x: np.repeat(x, 2),
        lambda x: np.linalg.svd(x),
        lambda x: np.add.at(x, [0], 1),
        lambda x: np.add.outer(x, x),
        lambda x: np.modf(x),
        lambda x: np.add(x, 1, out=np.empty(x.shape, "float32")),
        lambda x: np.copyto(np.empty(x.shape, "float32"), x),
    ],
)
def test_what_cannot_be_noted_is_refused(kernel):
    with pytest.raises(Untraceable):
        record(kernel, X)
