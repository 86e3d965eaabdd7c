import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops

A = np.array([[1.0, 5.0, 3.0]], "float32")
B = np.array([[4.0, 2.0, 3.0]], "float32")
MASK = np.array([[True, True, False], [True, False, False]])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("add", A + B),
        ("subtract", A - B),
        ("multiply", A * B),
        ("average", (A + B) / 2),
        ("maximum", np.maximum(A, B)),
        ("minimum", np.minimum(A, B)),
        ("concatenate", np.concatenate([A, B], -1)),
        ("dot", [[(A * B).sum()]]),
    ],
)
def test_functions_and_layers_agree(name, expected):
    np.testing.assert_allclose(getattr(layers, name)([A, B]).numpy(), expected)
    kwargs = {"axes": -1} if name == "dot" else {}
    layer = getattr(layers, name.capitalize())(**kwargs)
    np.testing.assert_allclose(layer((A, B)).numpy(), expected)


def test_more_than_two_inputs():
    np.testing.assert_allclose(layers.Add()([A, A, B]).numpy(), 2 * A + B)
    np.testing.assert_allclose(layers.Average()([A, A, B]).numpy(), (2 * A + B) / 3)


def test_one_input_passes():
    np.testing.assert_array_equal(layers.Maximum()([A]).numpy(), A)


@pytest.mark.parametrize(
    ("shapes", "expected"),
    [
        ([(3,), (4, 3)], (None, 4, 3)),
        ([(3,), (None, 3)], (None, None, 3)),
        ([(2, 3, 5), (5,)], (None, 2, 3, 5)),
        ([(1, 3), (2, 1)], (None, 2, 3)),
    ],
)
def test_inputs_broadcast_after_the_batch_axis(shapes, expected):
    assert layers.Add()([keras.Input(shape) for shape in shapes]).shape == expected
    arrays = [np.ones((7, *(n or 4 for n in shape))) for shape in shapes]
    sizes = tuple(n or 4 for n in expected[1:])
    assert layers.Add()(arrays).shape == (7, *sizes)


def test_integers_stay_integers():
    ones = np.ones((2, 3), "int32")
    assert layers.Add()([ones, ones]).dtype == "int32"


@pytest.mark.parametrize("name", ["Add", "Maximum"])
def test_masks_of_elementwise_layers(name):
    layer = getattr(layers, name)()
    x = np.ones((2, 3, 4))
    both = layer.compute_mask([x, x], [ops.convert_to_tensor(MASK)] * 2)
    np.testing.assert_array_equal(both.numpy(), MASK)
    either = [ops.convert_to_tensor(MASK), ops.convert_to_tensor(~MASK)]
    assert layer.compute_mask([x, x], either).numpy().all()
    assert layer.compute_mask([x, x], [ops.convert_to_tensor(MASK), None]) is None


@pytest.mark.parametrize(
    ("axis", "masks", "expected"),
    [
        (1, (MASK, ~MASK), np.concatenate([MASK, ~MASK], 1)),
        (1, (MASK, None), np.concatenate([MASK, np.ones_like(MASK)], 1)),
        (-1, (MASK, ~MASK), np.ones_like(MASK)),  # a step counts if any input has it
        (-1, (MASK, None), np.ones_like(MASK)),
        (-1, (MASK, MASK), MASK),
        (0, (MASK, MASK), np.concatenate([MASK, MASK], 0)),
    ],
)
def test_masks_of_concatenate(axis, masks, expected):
    x = ops.convert_to_tensor(np.ones((2, 3, 4), "float32"))
    given = [m if m is None else ops.convert_to_tensor(m) for m in masks]
    found = layers.Concatenate(axis).compute_mask([x, x], given)
    np.testing.assert_array_equal(found.numpy(), expected)


@pytest.mark.parametrize(
    ("axes", "shapes", "equation"),
    [
        (1, [(3,), (3,)], None),
        (1, [(3, 4), (3, 5)], "bki,bkj->bij"),
        ((2, 1), [(3, 4), (4, 5)], "bik,bkj->bij"),
        (-1, [(4,), (3, 4)], "bk,bik->bi"),
        ((2, 3), [(3, 4), (5, 6, 4)], "bik,bjlk->bijl"),
    ],
)
def test_dot_is_a_sum_per_sample(axes, shapes, equation):
    rng = np.random.default_rng(0)
    x1, x2 = (rng.normal(size=(2, *shape)) for shape in shapes)
    expected = np.einsum(equation or "bk,bk->b", x1, x2)
    expected = expected if equation else expected[:, None]
    out = layers.Dot(axes)([x1, x2])
    np.testing.assert_allclose(out.numpy(), expected, rtol=1e-4, atol=1e-5)
    symbolic = layers.Dot(axes)([keras.Input(shape) for shape in shapes])
    assert symbolic.shape == (None, *expected.shape[1:])


def test_dot_of_unit_vectors_is_the_cosine():
    out = layers.Dot(1, normalize=True)([A, 2 * A])
    np.testing.assert_allclose(out.numpy(), [[1.0]], rtol=1e-6)


def both(*shapes):
    return [np.ones(shape) for shape in shapes]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.Add(name="a")(both((2, 3), (2, 4))),
            r"Add 'a': inputs must have shapes that broadcast, got \(2, 3\) and "
            r"\(2, 4\). Shapes \(3,\) and \(4,\) do not broadcast",
        ),
        (
            lambda: layers.Add(name="a")([keras.Input((3,)), keras.Input((4,))]),
            r"got \(None, 3\) and \(None, 4\)",
        ),
        (
            lambda: layers.Add()(both((4, 2), (3, 2))),
            r"must have the same batch size, got shapes \(4, 2\) and \(3, 2\)",
        ),
        (
            lambda: layers.Add()(A),
            r"inputs must be a list of at least 1, got one of shape \(1, 3\)",
        ),
        (
            lambda: layers.Subtract()([A, A, A]),
            r"inputs must be a list of exactly 2, got \(1, 3\) and \(1, 3\) and",
        ),
        (
            lambda: layers.Concatenate(1, name="c")(both((2, 3, 4), (2, 3, 5))),
            r"Concatenate 'c': inputs must agree on every axis but axis 1, got shapes "
            r"\(2, 3, 4\) and \(2, 3, 5\)",
        ),
        (
            lambda: layers.Concatenate()(both((2, 3), (2, 3, 4))),
            r"got shapes \(2, 3\) and \(2, 3, 4\)",
        ),
        (lambda: layers.Concatenate(3)([A, A]), r"axis must be in \[-2, 2\), got 3"),
        (
            lambda: layers.Dot(1, name="d")(both((2, 3, 4), (2, 4, 5))),
            r"Dot 'd': both axes to sum along must have the same size, got 3 "
            r"\(axis 1 of \(2, 3, 4\)\) and 4 \(axis 1 of \(2, 4, 5\)\)",
        ),
        (lambda: layers.Dot((1, 2, 3)), "axes must be an int or two ints, got"),
        (lambda: layers.Dot("a"), "axes must be an int or a tuple of ints, got 'a'"),
        (lambda: layers.Dot(0)([A, A]), "axes must leave out the batch axis 0, got 0"),
        (lambda: layers.Dot(5)([A, A]), r"axes must be in \[-2, 2\), got 5"),
        (
            lambda: layers.Add(name="a").compute_mask([A, B], [MASK]),
            "Add 'a': inputs and mask must have the same length, got 2 and 1",
        ),
        (
            lambda: layers.Add(name="a").compute_mask([A, B], MASK),
            "Add 'a': mask must be a list, got",
        ),
    ],
)
def test_errors(make, text):
    with pytest.raises(ValueError, match=text):
        make()
