"""Nested structures: tuples, lists and dicts with leaves, public as `keras.tree`.

A structure is a leaf, or a list, tuple, named tuple, deque or dict of structures.
Dicts are walked in sorted key order (ordered dicts in their own), so that two dicts
with the same keys always flatten alike. Everything else, `None` too, is a leaf.
"""

import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable

__all__ = [
    "MAP_TO_NONE",
    "assert_same_paths",
    "assert_same_structure",
    "flatten",
    "flatten_with_path",
    "is_nested",
    "lists_to_tuples",
    "map_shape_structure",
    "map_structure",
    "map_structure_up_to",
    "pack_sequence_as",
    "traverse",
]

_NESTED = (dict, list, tuple, deque)


class MAP_TO_NONE:
    """Returned by a `traverse` function to put None in a structure."""


def is_nested(structure) -> bool:
    """Tells whether a structure has branches, that is, is not a leaf.

    >>> is_nested([1, 2]), is_nested("ab"), is_nested(())
    (True, False, True)
    """
    return isinstance(structure, _NESTED)


def _keys(structure: dict) -> list:
    if isinstance(structure, OrderedDict):
        return list(structure)
    try:
        return sorted(structure)
    except TypeError:  # keys of several types have no order of their own
        return list(structure)


def _children(structure) -> Iterable:
    if isinstance(structure, dict):
        return [structure[key] for key in _keys(structure)]
    return structure


def _entries(structure) -> Iterable[tuple]:
    """Returns (key or index, child) pairs in the order of `flatten`."""
    if isinstance(structure, dict):
        return [(key, structure[key]) for key in _keys(structure)]
    return enumerate(structure)


def _rebuild(structure, children: list):
    """Returns a structure of the same type and keys with other children."""
    if isinstance(structure, dict):
        new = dict(zip(_keys(structure), children, strict=True))
        ordered = {key: new[key] for key in structure}
        return _dict_like(structure, ordered)
    if isinstance(structure, tuple):
        is_named = hasattr(structure, "_fields")
        return type(structure)(*children) if is_named else tuple(children)
    if isinstance(structure, deque):
        return deque(children, structure.maxlen)
    return list(children)


def _dict_like(structure: dict, items: dict) -> dict:
    if isinstance(structure, defaultdict):
        return defaultdict(structure.default_factory, items)
    return OrderedDict(items) if isinstance(structure, OrderedDict) else items


def flatten(structure) -> list:
    """Returns the leaves in order.

    >>> flatten({"b": 1, "a": [2, (3, None)]})
    [2, 3, None, 1]
    """
    if not isinstance(structure, _NESTED):
        return [structure]
    leaves: list = []
    _collect(structure, leaves)
    return leaves


def _collect(structure, leaves: list) -> None:
    for child in _children(structure):
        if isinstance(child, _NESTED):
            _collect(child, leaves)
        else:
            leaves.append(child)


def flatten_with_path(structure) -> list[tuple[tuple, object]]:
    """Returns (path, leaf) pairs; a path holds the keys and indices that lead there.

    >>> flatten_with_path({"a": [5, 6]})
    [(('a', 0), 5), (('a', 1), 6)]
    """
    if not is_nested(structure):
        return [((), structure)]
    return [
        ((key, *path), leaf)
        for key, child in _entries(structure)
        for path, leaf in flatten_with_path(child)
    ]


def map_structure(func: Callable, *structures, none_is_leaf: bool = True):
    """Calls a function on the leaves at the same place; returns the same structure.

    Args:
        func: Takes as many leaves as there are structures.
        *structures: Structures alike in shape and types.
        none_is_leaf: False leaves None in place without a call.

    >>> map_structure(lambda x, y: x + y, {"a": 1, "b": [2]}, {"a": 10, "b": [20]})
    {'a': 11, 'b': [22]}
    """
    if not callable(func):
        raise TypeError(f"map_structure: func must be callable, got {func!r}.")
    if not structures:
        raise ValueError("map_structure needs at least one structure.")
    first, *others = structures
    if not isinstance(first, _NESTED):
        for other in others:
            _check_alike(first, other, ())
        return _map_leaf(func, structures, none_is_leaf)
    for other in others:
        _check_same(first, other, ())
    return _map(func, structures, none_is_leaf)


def _map_leaf(func: Callable, leaves: tuple, none_is_leaf: bool):
    if leaves[0] is None and not none_is_leaf:
        if any(leaf is not None for leaf in leaves):
            raise ValueError(f"Expected None in every structure, got {leaves!r}.")
        return None
    return func(*leaves)


def _map(func: Callable, structures: tuple, none_is_leaf: bool):
    first = structures[0]
    if not isinstance(first, _NESTED):
        return _map_leaf(func, structures, none_is_leaf)
    if isinstance(first, dict):
        columns = [[s[key] for s in structures] for key in _keys(first)]
    else:
        columns = list(zip(*structures, strict=True))
    return _rebuild(first, [_map(func, c, none_is_leaf) for c in columns])


def assert_same_structure(a, b, check_types=None) -> None:
    """Raises ValueError unless both have the same types, lengths and keys.

    Args:
        a, b: The structures.
        check_types: Deprecated: types are always compared.

    >>> assert_same_structure([1, 2], [3])
    Traceback (most recent call last):
    ValueError: The structures differ: a list of 2 against a list of 1.
    """
    if check_types is not None:
        advice = "Leave it out." if check_types else "Try assert_same_paths."
        message = f"assert_same_structure: check_types has no effect. {advice}"
        warnings.warn(message, DeprecationWarning, stacklevel=2)
    _check_same(a, b, ())


def _check_same(a, b, path: tuple) -> None:
    _check_alike(a, b, path)
    if not isinstance(a, _NESTED):
        return
    for key, child in _entries(a):
        other = b[key]
        if isinstance(child, _NESTED) or isinstance(other, _NESTED):
            _check_same(child, other, (*path, key))


def _check_alike(a, b, path: tuple) -> None:
    """Compares two nodes: kind, length and keys, not what is below."""
    if not isinstance(a, _NESTED) and not isinstance(b, _NESTED):
        return
    keys_differ = isinstance(a, dict) and isinstance(b, dict) and a.keys() != b.keys()
    if _kind(a) != _kind(b) or keys_differ or len(a) != len(b):
        where = f" at {_spell(path)}" if path else ""
        raise ValueError(
            f"The structures differ{where}: {_sketch(a)} against {_sketch(b)}."
        )


def _kind(structure) -> type | None:
    if isinstance(structure, dict):
        return dict
    if isinstance(structure, tuple) and hasattr(structure, "_fields"):
        return type(structure)
    return next((kind for kind in _NESTED if isinstance(structure, kind)), None)


def _sketch(structure) -> str:
    if not isinstance(structure, _NESTED):
        return f"a leaf ({type(structure).__name__})"
    if isinstance(structure, dict):
        return f"a dict with keys {_keys(structure)}"
    return f"a {type(structure).__name__} of {len(structure)}"


def _spell(path: tuple) -> str:
    return "".join(f"[{key!r}]" for key in path)


def assert_same_paths(a, b) -> None:
    """Raises ValueError unless the same paths lead to leaves; lists equal tuples.

    >>> assert_same_paths([1, (2, 3)], (4, [5, 6]))
    """
    paths_a = {path for path, _ in flatten_with_path(a)}
    paths_b = {path for path, _ in flatten_with_path(b)}
    if paths_a != paths_b:
        only_a = ", ".join(sorted(map(_spell, paths_a - paths_b))) or "none"
        only_b = ", ".join(sorted(map(_spell, paths_b - paths_a))) or "none"
        raise ValueError(
            f"The structures have different paths. Only in the first: {only_a}. "
            f"Only in the second: {only_b}."
        )


def pack_sequence_as(structure, flat_sequence: Iterable):
    """Returns the structure with its leaves replaced, in the order of `flatten`.

    >>> pack_sequence_as({"b": 1, "a": [2, 3]}, [10, 20, 30])
    {'b': 30, 'a': [10, 20]}
    """
    if not hasattr(flat_sequence, "__iter__"):
        raise TypeError(
            f"pack_sequence_as needs a flat sequence of leaves, got {flat_sequence!r}."
        )
    leaves = list(flat_sequence)
    is_flat = type(structure) is list and not any(map(is_nested, structure))
    if is_flat and len(leaves) == len(structure):
        return leaves
    wanted = len(flatten(structure))
    if len(leaves) != wanted:
        raise ValueError(
            f"The structure has {wanted} leaves, but {len(leaves)} were given."
        )
    rest = iter(leaves)
    return _map(lambda _: next(rest), (structure,), True)


def lists_to_tuples(structure):
    """Returns the structure with every list turned into a tuple.

    >>> lists_to_tuples([1, {"a": [2, 3]}])
    (1, {'a': (2, 3)})
    """

    def convert(node):
        return tuple(node) if isinstance(node, list) else None

    return traverse(convert, structure, top_down=False)


def map_shape_structure(func: Callable, structure):
    """Calls a function on every shape: lists or tuples of ints and None count as one.

    >>> map_shape_structure(len, {"x": (None, 3), "y": [(2,), (4, 5)]})
    {'x': 2, 'y': [1, 2]}
    """
    if not callable(func):
        raise TypeError(f"map_shape_structure: func must be callable, got {func!r}.")
    if _is_shape(structure) or not is_nested(structure):
        return func(structure)
    children = [map_shape_structure(func, child) for child in _children(structure)]
    return _rebuild(structure, children)


def _is_shape(structure) -> bool:
    is_sequence = isinstance(structure, (list, tuple))
    return is_sequence and all(s is None or isinstance(s, int) for s in structure)


def map_structure_up_to(shallow_structure, func: Callable, *structures):
    """Maps over structures as deep as the first goes; what lies below stays whole.

    >>> map_structure_up_to([0, 0], lambda x: x, [[1, 2], {"a": 3}])
    [[1, 2], {'a': 3}]
    """
    if not structures:
        raise ValueError("map_structure_up_to needs at least one structure.")
    return _map_up_to(shallow_structure, func, structures, ())


def _map_up_to(shallow, func: Callable, structures, path: tuple):
    if not is_nested(shallow):
        return func(*structures)
    for structure in structures:
        _check_alike(shallow, structure, path)
    children = [
        _map_up_to(child, func, [s[key] for s in structures], (*path, key))
        for key, child in _entries(shallow)
    ]
    return _rebuild(shallow, children)


def traverse(func: Callable, structure, top_down: bool = True):
    """Calls a function on every node, branches too; what it returns replaces the node.

    Args:
        func: Takes a subtree. None keeps it and goes on inside; any other value
            replaces it; `MAP_TO_NONE` replaces it by None.
        structure: Where to start.
        top_down: Whether a branch comes before its children.

    >>> traverse(lambda x: "leaf" if x == 1 else None, [1, (2, 1)])
    ['leaf', (2, 'leaf')]
    """
    if top_down:
        replacement = func(structure)
        if replacement is not None:
            return _replaced(replacement)
    if is_nested(structure):
        children = [traverse(func, child, top_down) for child in _children(structure)]
        structure = _rebuild(structure, children)
    if not top_down:
        replacement = func(structure)
        if replacement is not None:
            return _replaced(replacement)
    return structure


def _replaced(replacement):
    is_none = replacement is MAP_TO_NONE or isinstance(replacement, MAP_TO_NONE)
    return None if is_none else replacement
