"""keras.tree: order, structure checks and replacement."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from minikeras import tree

Point = namedtuple("Point", "x y")
NESTED = {"b": 1, "a": [2, (3, None)], "c": Point(4, 5)}


def test_flatten_walks_dicts_by_sorted_key():
    assert tree.flatten(NESTED) == [2, 3, None, 1, 4, 5]
    assert tree.flatten(OrderedDict(b=1, a=2)) == [1, 2]
    assert tree.flatten({1: "x", "y": 2}) == ["x", 2]
    assert tree.flatten(None) == [None]
    assert tree.flatten([]) == []


def test_paths_lead_to_the_leaves():
    paths = tree.flatten_with_path(NESTED)
    assert paths[1] == (("a", 1, 0), 3)
    assert [leaf for _, leaf in paths] == tree.flatten(NESTED)
    assert tree.flatten_with_path(7) == [((), 7)]


@pytest.mark.parametrize(
    "structure",
    [NESTED, [], (), {}, deque([1, [2]], maxlen=3), OrderedDict(b=1, a=(2,)), 3],
)
def test_map_keeps_types_and_key_order(structure):
    same = tree.map_structure(lambda x: x, structure)
    assert same == structure
    assert type(same) is type(structure)
    if isinstance(structure, dict):
        assert list(same) == list(structure)


def test_defaultdict_keeps_its_factory():
    mapped = tree.map_structure(lambda x: x, defaultdict(list, a=1))
    assert mapped["new"] == []


def test_map_pairs_by_key():
    both = tree.map_structure(lambda x, y: (x, y), {"b": 1, "a": 2}, {"a": 3, "b": 4})
    assert both == {"b": (1, 4), "a": (2, 3)}


def test_none_may_be_no_leaf():
    mapped = tree.map_structure(lambda x: 0, [1, None], none_is_leaf=False)
    assert mapped == [0, None]
    with pytest.raises(ValueError, match=r"Expected None in every structure"):
        tree.map_structure(lambda x, y: 0, [None], [1], none_is_leaf=False)


@pytest.mark.parametrize(
    ("a", "b", "message"),
    [
        ([1, 2], (1, 2), "a list of 2 against a tuple of 2"),
        ([1, 2], [1], "a list of 2 against a list of 1"),
        ({"a": 1}, {"b": 1}, "a dict with keys ['a'] against a dict with keys ['b']"),
        (1, [1], "a leaf (int) against a list of 1"),
        ({"a": [1, (2,)]}, {"a": [1, 2]}, "at ['a'][1]: a tuple of 1 against a leaf"),
    ],
)
def test_different_structures_are_told(a, b, message):
    with pytest.raises(ValueError) as caught:
        tree.assert_same_structure(a, b)
    assert message in str(caught.value)
    with pytest.raises(ValueError, match="The structures differ"):
        tree.map_structure(lambda x, y: x, a, b)


def test_same_structures_pass():
    tree.assert_same_structure(NESTED, NESTED)
    tree.assert_same_structure({"a": 1}, OrderedDict(a=2))
    tree.assert_same_paths([1, Point(2, 3)], (4, [5, 6]))
    with pytest.raises(
        ValueError, match=r"Only in the first: \[1\]\. Only in the secon"
    ):
        tree.assert_same_paths([1, 2], [1])


def test_pack_is_the_inverse_of_flatten():
    packed = tree.pack_sequence_as(NESTED, range(10, 16))
    assert packed == {"b": 13, "a": [10, (11, 12)], "c": Point(14, 15)}
    assert tree.pack_sequence_as(3, [4]) == 4
    with pytest.raises(ValueError, match="has 6 leaves, but 1 were given"):
        tree.pack_sequence_as(NESTED, [1])
    with pytest.raises(TypeError, match="needs a flat sequence of leaves, got 3"):
        tree.pack_sequence_as([1], 3)


def test_shapes_count_as_leaves():
    shapes = {"a": [1, 2], "b": (None, 3), "c": [(1,), [2, 3]]}
    assert tree.map_shape_structure(len, shapes) == {"a": 2, "b": 2, "c": [1, 2]}
    assert tree.map_shape_structure(len, ()) == 0


def test_map_up_to_stops_at_the_shallow_leaves():
    pairs = tree.map_structure_up_to([0, 0], lambda x, y: (x, y), [[1, 2], 3], [4, 5])
    assert pairs == [([1, 2], 4), (3, 5)]
    with pytest.raises(ValueError, match="a list of 2 against a list of 1"):
        tree.map_structure_up_to([0, 0], lambda x: x, [1])


def test_traverse_replaces_nodes():
    def to_tuple(node):
        return tuple(node) if isinstance(node, list) else None

    assert tree.traverse(to_tuple, [1, [2]]) == (1, [2])
    assert tree.traverse(to_tuple, [1, [2]], top_down=False) == (1, (2,))
    assert tree.lists_to_tuples(NESTED)["a"] == (2, (3, None))
    none = tree.traverse(
        lambda x: tree.MAP_TO_NONE if isinstance(x, int) else None, [1, "a"]
    )
    assert none == [None, "a"]


@pytest.mark.parametrize("function", [tree.map_structure, tree.map_shape_structure])
def test_function_must_be_callable(function):
    with pytest.raises(TypeError, match="func must be callable, got 3"):
        function(3, [1])


@pytest.mark.parametrize("check_types, advice", [(True, "Leave it"), (False, "paths")])
def test_check_types_has_no_effect(check_types, advice):
    with pytest.warns(DeprecationWarning, match=f"check_types has no effect.*{advice}"):
        tree.assert_same_structure([1], [2], check_types)
