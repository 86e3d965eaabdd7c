import numpy as np
import pytest

from minikeras import activations, layers, ops

X = np.array([[-2.0, -0.5, 0.1, 3.0]], "float32")


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (layers.ReLU(), [0.0, 0.0, 0.1, 3.0]),
        (layers.ReLU(2.0, 0.5, 0.2), [-1.1, -0.35, -0.05, 2.0]),
        (layers.LeakyReLU(), [-0.6, -0.15, 0.1, 3.0]),
        (layers.PReLU("ones"), [-2.0, -0.5, 0.1, 3.0]),
        (layers.ELU(2.0), [2 * np.expm1(-2.0), 2 * np.expm1(-0.5), 0.1, 3.0]),
        (layers.Activation(None), [-2.0, -0.5, 0.1, 3.0]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_values(layer, expected):
    np.testing.assert_allclose(layer(X).numpy()[0], expected, rtol=1e-5)


def test_softmax_over_several_axes():
    out = layers.Softmax(axis=[1, 2])(np.ones((2, 3, 4)))
    np.testing.assert_allclose(out.numpy(), 1 / 12, rtol=1e-6)


def test_softmax_leaves_out_what_is_masked():
    mask = np.array([[True, True, False], [False, False, False]])
    out = layers.Softmax()(np.ones((2, 3)), mask=mask)
    assert out.tolist() == [[0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]


def test_activation_keeps_a_name_function_or_layer():
    assert layers.Activation("relu").get_config()["activation"] == "relu"
    assert layers.Activation(activations.relu).get_config()["activation"] == "relu"
    nested = layers.Activation(layers.ReLU(name="r")).get_config()["activation"]
    assert nested["class_name"] == "ReLU"


def test_prelu_shares_slopes():
    layer = layers.PReLU(shared_axes=[1])
    layer.build((None, 3, 2))
    assert layer.alpha.shape == (1, 2)
    assert layer.input_spec.axes == {2: 2}
    assert layers.PReLU(shared_axes=1).get_config()["shared_axes"] == [1]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (
            lambda: layers.LeakyReLU(-0.1),
            "negative_slope must be a number of 0 or more",
        ),
        (
            lambda: layers.LeakyReLU(None),
            "negative_slope must be a number of 0 or more",
        ),
        (lambda: layers.ReLU(max_value=-1), "max_value must be a number of 0 or more"),
        (
            lambda: layers.ReLU(threshold=None),
            "threshold must be a number of 0 or more",
        ),
        (lambda: layers.Softmax("last"), "axis must be an int or a tuple of ints"),
        (lambda: layers.Activation("rleu"), "Did you mean 'relu'"),
        (lambda: layers.PReLU(shared_axes=[5])(X), r"shared_axes must be in \[-2, 2\)"),
    ],
)
def test_arguments_are_checked(make, text):
    with pytest.raises(ValueError, match=text):
        make()


def test_prelu_gradient_of_the_slope():
    layer = layers.PReLU("ones")
    layer.build((None, 4))
    assert ops.sum(layer(X)).item() == pytest.approx(0.6, rel=1e-5)
