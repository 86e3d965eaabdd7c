"""Control flow: conditions, loops and functions mapped over tensors.

Everything here is eager, so plain Python does it: the functions exist for code that is
also to run on compiled backends.
"""

from ..tensor import any_symbolic, state
from ..utils import tree
from .indexing import get_item
from .joining import stack
from .movement import flip, moveaxis

__all__ = [
    "associative_scan",
    "cond",
    "fori_loop",
    "map",
    "scan",
    "switch",
    "vectorized_map",
    "while_loop",
]


def cond(pred, true_fn, false_fn):
    """Calls one function if the condition holds and the other if not.

    Args:
        pred: A truth value.
        true_fn: Function without arguments.
        false_fn: Function without arguments; its results have the same form.

    >>> cond(1 < 2, lambda: "yes", lambda: "no")
    'yes'
    """
    if not any_symbolic(pred):
        return true_fn() if pred else false_fn()
    if state.history:
        raise ValueError(
            "cond: the condition is symbolic, and only one of the branches could go "
            "into the graph. Try ops.where(condition, x1, x2), or cond in a Layer."
        )
    return true_fn()  # inside a layer: both branches have this shape


def switch(index, branches, *operands):
    """Calls the function at this position of a list, the last one at most.

    >>> switch(1, [abs, float], 3)
    3.0
    """
    place = min(max(int(index), 0), len(branches) - 1)
    return branches[place](*operands)


def while_loop(cond, body, loop_vars, maximum_iterations=None):
    """Calls `body` on the loop's values as long as `cond` of them holds.

    Args:
        cond: Function of the values.
        body: Function of the values that returns the next ones.
        loop_vars: A value, or a tuple or list of values that are passed one by one.
        maximum_iterations: Most calls of body; None: no limit.

    >>> while_loop(lambda i: i < 10, lambda i: i + 1, 0)
    10
    """
    several = isinstance(loop_vars, (tuple, list))
    values = tuple(loop_vars) if several else (loop_vars,)
    count = 0
    while (maximum_iterations is None or count < maximum_iterations) and cond(*values):
        following = body(*values)
        values = tuple(following) if several else (following,)
        count += 1
    return type(loop_vars)(values) if several else values[0]


def fori_loop(lower, upper, body_fun, init_val):
    """Calls `body_fun(i, value)` for i from lower up to upper - 1.

    >>> fori_loop(0, 4, lambda i, total: total + i, 0)
    6
    """
    value = init_val
    for i in range(int(lower), int(upper)):
        value = body_fun(i, value)
    return value


def _length(xs, axis: int = 0) -> int:
    return tree.flatten(xs)[0].shape[axis]


def _rows(xs, count: int):
    """The elements along the first axis of everything in a structure."""
    for i in range(count):
        yield tree.map_structure(lambda x, i=i: get_item(x, i), xs)


def _stacked(rows: list):
    return tree.map_structure(lambda *values: stack(values), *rows)


def map(f, xs):
    """Calls a function on each element along the first axis and stacks the results.

    Args:
        f: Function of one element (a structure like xs).
        xs: Tensor, or a structure of tensors with first axes of the same length.

    >>> import numpy as np
    >>> map(lambda row: row + 1, np.array([1, 2])).tolist()
    [2, 3]
    """
    return _stacked([f(row) for row in _rows(xs, _length(xs))])


def vectorized_map(function, elements):
    """Calls a function on each element along the first axis: see `map`."""
    return map(function, elements)


def scan(f, init, xs=None, length=None, reverse=False, unroll=1):
    """Runs along the first axis with a value that is carried from element to element.

    Args:
        f: Function `(carry, x)` that returns `(next carry, y)`.
        init: First value of the carry.
        xs: Tensors to run along, or None.
        length: How many steps; needed if xs is None.
        reverse: Whether to run from the last element to the first.
        unroll: For compiled backends; loops are plain Python here, and it changes
            nothing.

    Returns:
        The last carry, and all y stacked.

    >>> import numpy as np
    >>> total, sums = scan(lambda c, x: (c + x, c + x), 0, np.array([1, 2, 3]))
    >>> int(total), sums.tolist()
    (6, [1, 3, 6])
    """
    if xs is None and length is None:
        raise ValueError("scan needs xs or length. Try scan(f, init, length=10).")
    count = int(length) if length is not None else _length(xs)
    rows = list(_rows(xs, count)) if xs is not None else [None] * count
    carry, results = init, []
    for row in reversed(rows) if reverse else rows:
        carry, y = f(carry, row)
        results.append(y)
    if reverse:
        results.reverse()
    return carry, None if not results or results[0] is None else _stacked(results)


def associative_scan(f, elems, reverse=False, axis=0):
    """Returns the running results of an associative function of two elements.

    Args:
        f: Function `(a, b)` of two structures like elems.
        elems: Tensor, or a structure of tensors.
        reverse: Whether to run from the end.
        axis: Axis to run along.

    >>> import numpy as np
    >>> associative_scan(lambda a, b: a + b, np.array([1, 2, 3])).tolist()
    [1, 3, 6]
    """
    moved = tree.map_structure(lambda x: _first(x, axis, reverse), elems)
    rows = list(_rows(moved, _length(moved)))
    for i in range(1, len(rows)):
        rows[i] = f(rows[i - 1], rows[i])
    return tree.map_structure(lambda x: _back(x, axis, reverse), _stacked(rows))


def _first(x, axis: int, reverse: bool):
    x = moveaxis(x, source=axis, destination=0)
    return flip(x, axis=0) if reverse else x


def _back(x, axis: int, reverse: bool):
    x = flip(x, axis=0) if reverse else x
    return moveaxis(x, source=0, destination=axis)
