"""By pattern: axes rearranged, functions called element by element, choice by case."""

import functools
import math

from ..tensor import any_symbolic, broadcast_to, cast, dtypes, operation, shapes
from ..utils.lazy import LazyModule
from .common import shape_of
from .core import convert_to_tensor
from .joining import stack
from .logic import where
from .movement import reshape, transpose

__all__ = ["rearrange", "select", "vectorize"]

re = LazyModule("re")

# Choosing ---------------------------------------------------------------------------


@operation
def select(condlist, choicelist, default=0):
    """Takes each element from the first choice whose condition holds there.

    Args:
        condlist: List of bool tensors.
        choicelist: List of as many tensors.
        default: Elements for which no condition holds.

    >>> select([[True, False], [True, True]], [1, 2], 3).tolist()
    [1, 2]
    """
    lists = [x for x in (condlist, choicelist) if isinstance(x, (list, tuple)) and x]
    if len(lists) < 2 or len(condlist) != len(choicelist):
        raise ValueError(
            "select: condlist and choicelist must be lists of equal length, with one "
            f"condition at least, got {condlist!r} and {choicelist!r}."
        )
    values = [convert_to_tensor(x) if shape_of(x) else x for x in choicelist]
    kinds = [getattr(x, "dtype", type(x)) for x in (*values, default)]
    y = cast(default, dtype=dtypes.result_type(*kinds))
    for condition, choice in zip(condlist[::-1], values[::-1], strict=True):
        y = where(condition, choice, y)
    return y


# Rearranging ------------------------------------------------------------------------


def _groups(side: str, pattern: str) -> list[list[str]]:
    """One side of a pattern, "a (b c)", as [["a"], ["b", "c"]]."""
    if not re.fullmatch(r"\s*((\w+|\(\s*\w+(\s+\w+)*\s*\))\s*)*", side):
        raise ValueError(
            f"rearrange: a pattern is made of names of axes, with parentheses around "
            f"those that are one, such as 'a b c -> (a b) c', got {pattern!r}."
        )
    return [one.strip("()").split() for one in re.findall(r"\([^()]*\)|\w+", side)]


def _names(groups: list[list[str]]) -> list[str]:
    return [name for group in groups for name in group]


def _sides(pattern: str) -> tuple:
    """Both sides of a pattern, which must have the same names, each once."""
    if not isinstance(pattern, str):
        raise TypeError(f"rearrange: pattern must be a string, got {pattern!r}.")
    before, _, after = pattern.partition("->")
    before, after = _groups(before, pattern), _groups(after, pattern)
    names = _names(before)
    if sorted(names) != sorted(_names(after)) or len(set(names)) < len(names):
        raise ValueError(
            "rearrange: both sides of a pattern must have the same names, each once, "
            f"got {pattern!r}."
        )
    return before, after


def _lengths(dims: tuple, groups: list[list[str]], given: dict, pattern: str) -> dict:
    """The length of each axis by name; at most one in a group is worked out."""
    lengths = dict(given)
    for dim, group in zip(dims, groups, strict=True):
        open_ones = [name for name in group if name not in given]
        known = math.prod([given[name] for name in group if name in given])
        fits = dim is None or (dim % known == 0 if open_ones else dim == known)
        if len(open_ones) > 1 or not fits:
            raise ValueError(
                f"rearrange: cannot part an axis of length {dim} into "
                f"({' '.join(group)}) with the lengths {given}; pattern {pattern!r}, "
                f"shape {dims}. Give the lengths of all but one, as {group[0]}=2."
            )
        for name in open_ones:
            lengths[name] = None if dim is None else dim // known
    return lengths


@operation
def rearrange(tensor, pattern, **axes_lengths):
    """Splits, reorders and joins axes as a pattern says (einops, A. Rogozhnikov).

    Args:
        tensor: Tensor.
        pattern: Names of the axes, "->", and the names as the result has them.
            Parentheses join several into one axis.
        **axes_lengths: Lengths of axes in parentheses on the left, all but one each.

    >>> rearrange([[1, 2, 3, 4]], "a (b c) -> c (a b)", c=2).tolist()
    [[1, 3], [2, 4]]
    """
    before, after = _sides(pattern)
    names, dims = _names(before), shape_of(tensor)
    if len(dims) != len(before) or not set(axes_lengths) <= set(names):
        raise ValueError(
            f"rearrange: the left side of {pattern!r} must name all axes, and the "
            f"lengths be of these; got shape {dims} and lengths {axes_lengths}."
        )
    lengths = _lengths(dims, before, axes_lengths, pattern)
    x = reshape(tensor, tuple(lengths[name] for name in names))
    x = transpose(x, tuple(names.index(name) for name in _names(after)))
    return reshape(x, tuple(_joined([lengths[n] for n in group]) for group in after))


def _joined(lengths: list) -> int | None:
    return None if None in lengths else math.prod(lengths)


# Element by element -----------------------------------------------------------------


def _parsed(signature: str) -> tuple:
    """Both sides of "(m,n),(n)->(m)" as [["m", "n"], ["n"]], [["m"]]."""
    group = r"\(\s*(\w+(\s*,\s*\w+)*)?\s*\)"
    side = rf"\s*{group}(\s*,\s*{group})*\s*"
    if not re.fullmatch(f"{side}->{side}", signature):
        raise ValueError(
            "vectorize: a signature names the axes of what the function takes and "
            f"returns, such as '(m,n),(n)->(m)', got {signature!r}."
        )
    return tuple(
        [re.findall(r"\w+", axes) for axes in re.findall(r"\(([^)]*)\)", side)]
        for side in signature.split("->")
    )


def _check_core(core: tuple, names: list, lengths: dict) -> None:
    """Checks the axes that a function sees, and notes what their names stand for."""
    agree = len(core) == len(names)
    pairs = zip(names, core, strict=False)
    if not agree or any(lengths.setdefault(name, n) != n for name, n in pairs):
        raise ValueError(
            f"vectorize: the signature has the axes ({', '.join(names)}) where the "
            f"shape is {core}, with the lengths {lengths} elsewhere."
        )


def _split(tensors: list, names: list) -> tuple:
    """Tensors as rows of what the function sees; the axes that it does not see."""
    lengths: dict = {}
    cuts = [max(x.ndim - len(own), 0) for x, own in zip(tensors, names, strict=True)]
    for x, own, cut in zip(tensors, names, cuts, strict=True):
        _check_core(x.shape[cut:], own, lengths)
    pairs = list(zip(tensors, cuts, strict=True))
    outer = shapes.broadcast(*[x.shape[:cut] for x, cut in pairs])
    whole = [
        (broadcast_to(x, (*outer, *x.shape[cut:])), x.shape[cut:]) for x, cut in pairs
    ]
    return [reshape(x, (math.prod(outer), *core)) for x, core in whole], outer, lengths


def _assembled(results: list, outer: tuple, returns, lengths: dict):
    """Stacks what the function returned for each element."""
    if not results:
        raise ValueError(
            "vectorize: without elements there is nothing to call the function on, got "
            f"the shape {outer}."
        )
    several = isinstance(results[0], (tuple, list))
    columns = zip(*results, strict=True) if several else [results]
    columns = [stack([convert_to_tensor(y) for y in column]) for column in columns]
    if returns is not None and len(returns) != len(columns):
        raise ValueError(
            f"vectorize: the function returns {len(columns)} tensors, and the "
            f"signature has {len(returns)}."
        )
    for column, names in zip(columns, returns or (), strict=False):
        _check_core(column.shape[1:], names, lengths)
    whole = tuple(reshape(x, (*outer, *x.shape[1:])) for x in columns)
    return whole if several else whole[0]


def vectorize(pyfunc, *, excluded=None, signature=None):
    """Turns a function of elements into one of tensors, with NumPy's broadcasting.

    The function is called once per element: for clarity, not for speed.

    Args:
        pyfunc: Function of tensors without axes, or with those of the signature.
        excluded: Positions and names of arguments that are passed on as they are.
        signature: Axes that the function takes and returns, such as "(m,n),(n)->(m)";
            None: elements alone.

    >>> vectorize(lambda a, b: a + b)([1, 2, 3], 2).tolist()
    [3, 4, 5]
    >>> vectorize(lambda v: v[::-1], signature="(n)->(n)")([[1, 2], [3, 4]]).tolist()
    [[2, 1], [4, 3]]
    """
    if not callable(pyfunc):
        raise ValueError(f"vectorize: pyfunc must be callable, got {pyfunc!r}.")
    excluded = frozenset(() if excluded is None else excluded)
    takes, returns = (None, None) if signature is None else _parsed(signature)

    @functools.wraps(pyfunc)
    def vectorized(*args, **kwargs):
        given = {**dict(enumerate(args)), **kwargs}
        keys = [key for key in given if key not in excluded]
        names = _names_for([given[key] for key in keys], takes)
        rows, outer, lengths = _split(
            [convert_to_tensor(given[k]) for k in keys], names
        )
        results = []
        for i in range(math.prod(outer)):
            given.update((key, row[i]) for key, row in zip(keys, rows, strict=True))
            positional = [given[place] for place in range(len(args))]
            results.append(pyfunc(*positional, **{k: given[k] for k in kwargs}))
        return _assembled(results, outer, returns, lengths)

    return vectorized


def _names_for(values: list, takes: list | None) -> list:
    """The names of the axes that a function sees, one list per argument."""
    if any_symbolic(*values):
        raise ValueError(
            "vectorize: the function is called element by element, and a symbolic "
            "tensor has none yet. Call it in the call method of a Layer."
        )
    names = [[] for _ in values] if takes is None else takes
    if len(names) != len(values):
        raise TypeError(
            f"vectorize: the signature has {len(names)} tensors, got {len(values)}."
        )
    return names
