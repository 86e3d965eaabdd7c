import numpy as np
import pytest

import minikeras as keras
from minikeras.layers import EinsumDense

# equation, output_shape, bias_axes, input shape: kernel, bias, output
FORMS = [
    ("ab,bc->ac", 64, None, (None, 32), (32, 64), None, (None, 64)),
    ("abc,cd->abd", (None, 6), "d", (None, 5, 4), (4, 6), (6,), (None, 5, 6)),
    ("...x,xy->...y", 6, "y", (None, 5, 4), (4, 6), (6,), (None, 5, 6)),
    ("ab...,bc->ac...", 6, "c", (None, 5, 4, 3), (5, 6), (6, 1, 1), (None, 6, 4, 3)),
    (
        "abc,cde->abde",
        (None, 2, 3),
        "de",
        (None, 5, 4),
        (4, 2, 3),
        (2, 3),
        (None, 5, 2, 3),
    ),
    ("abcd,cde->abe", (None, 3), "e", (None, 5, 4, 2), (4, 2, 3), (3,), (None, 5, 3)),
    (
        "abc,cde->abed",
        (None, 3, 2),
        "ed",
        (None, 5, 4),
        (4, 2, 3),
        (3, 2),
        (None, 5, 3, 2),
    ),
    ("...ab,bc->...ac", (None, 7), "c", (None, 5, 4), (4, 7), (7,), (None, 5, 7)),
    ("abc,cd->abd", (5, 6), "bd", (None, 5, 4), (4, 6), (5, 6), (None, 5, 6)),
    ("abc,cd->abd", (5, 6), "b", (None, 5, 4), (4, 6), (5, 1), (None, 5, 6)),
    ("abc,ad->abd", (5, 6), None, (2, 5, 4), (2, 6), None, (2, 5, 6)),
]


@pytest.mark.parametrize("form", FORMS, ids=[form[0] for form in FORMS])
def test_shapes_follow_from_the_equation(form):
    equation, output_shape, bias_axes, shape, kernel, bias, output = form
    layer = EinsumDense(equation, output_shape, bias_axes=bias_axes)
    assert layer(keras.Input(batch_shape=shape)).shape == output
    assert layer.kernel.shape == kernel
    assert getattr(layer.bias, "shape", None) == bias
    x = np.random.default_rng(0).normal(size=[n or 2 for n in shape])
    expected = np.einsum(equation, x, layer.kernel.numpy())
    np.testing.assert_allclose(layer(x).numpy(), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("equation", "output_shape", "options", "shape", "text"),
    [
        ("abc;cd->abd", 6, {}, (None, 5, 4), "equation must look like 'ab,bc->ac'"),
        ("a...b,bc->a...c", 6, {}, (None, 5, 4), "equation must look like"),
        ("ab...,cb...->ac...", 6, {}, (None, 5, 4), "equation must look like"),
        ("abc,cd->ade", (5, 6), {}, (None, 5, 4), "'e' in its output but in neither"),
        ("abc,cd->abd", 6, {}, (None, 5, 4), "needs 3 axes for output_shape"),
        ("abc,cd->abd", (5, 6), {}, (None, 5), "needs 3 axes for inputs, got shape"),
        ("abc,cd->abd", (7, 6), {}, (None, 5, 4), "gives 'b' the size 5 in inputs of"),
        ("abc,cd->abd", (5, 6), {"bias_axes": "z"}, (None, 5, 4), "bias_axes='z'"),
        (
            "ab,bc->ac",
            (None,),
            {},
            (None, 3),
            "leaves open the size of the kernel's axis",
        ),
    ],
)
def test_equations_are_checked(equation, output_shape, options, shape, text):
    with pytest.raises(ValueError, match=text):
        EinsumDense(equation, output_shape, **options).build(shape)


def test_config_has_the_keys_of_keras():
    config = EinsumDense("ab,bc->ac", 4, name="e").get_config()
    assert config["output_shape"] == [4]
    assert "gptq_unpacked_column_size" not in config
    assert config["activity_regularizer"] is None
