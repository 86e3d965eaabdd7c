"""What the base class does for every layer: building, weights, flags, masks, losses."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import KerasTensor, Layer, ops


class Scale(Layer):
    def __init__(self, start=1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = start
        self.builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.seen = input_shape
        self.factor = self.add_weight(
            shape=(input_shape[-1],),
            initializer=keras.initializers.Constant(self.start),
            name="factor",
        )

    def call(self, inputs):
        return inputs * self.factor


class Flags(Layer):
    def call(self, inputs, training=None):
        self.training = training
        return inputs


class Outer(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.inner = Flags()

    def call(self, inputs):
        return self.inner(inputs)


class Masked(Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, inputs, mask=None):
        self.mask = mask
        return inputs * 1.0


X = np.ones((2, 3), "float32")


def test_a_layer_builds_once_for_the_first_input():
    layer = Scale()
    assert not layer.built
    layer(X)
    layer(X)
    assert (layer.builds, layer.seen, layer.built) == (1, (2, 3), True)
    assert layer.factor.path == "scale/factor"


def test_a_symbolic_call_gives_shape_and_history():
    layer = Scale()
    x = KerasTensor((None, 3))
    y = layer(x)
    assert y.shape == (None, 3)
    assert y._keras_history == (layer, 0, 0)
    assert layer.input is x
    assert layer.output is y
    assert layer.compute_output_shape((None, 5, 3)) == (None, 5, 3)


def test_the_input_and_output_are_those_of_the_first_call():
    layer = keras.layers.Dropout(0.5)
    x = KerasTensor((None, 3))
    y = layer(x)
    layer(KerasTensor((None, 3)))
    assert layer.input is x
    assert layer.output is y


def test_a_layer_never_called_has_no_output():
    with pytest.raises(AttributeError, match="'scale' was never called on symbolic"):
        _ = Scale().output


def test_inputs_become_tensors_of_the_compute_dtype():
    assert Scale()(X.astype("float64")).dtype == "float32"
    assert Scale()([[1.0, 2.0]]).shape == (1, 2)
    assert Flags()(np.array([1, 2])).dtype == "int64"
    assert Flags(autocast=False)(X.astype("float64")).dtype == "float64"
    assert Scale(dtype="float64")(X).dtype == "float64"


def test_mixed_precision_computes_in_float16_and_keeps_float32_weights():
    layer = Scale(dtype="mixed_float16")
    assert layer(X).dtype == "float16"
    assert layer.factor.numpy().dtype == "float32"
    assert (layer.compute_dtype, layer.variable_dtype) == ("float16", "float32")


def test_config_comes_from_the_signature():
    layer = Scale(start=2.0, name="s", trainable=False)
    twin = Scale.from_config(layer.get_config())
    assert twin.get_config() == layer.get_config()
    assert layer.get_config()["start"] == 2.0
    assert (twin.name, twin.trainable, twin.start) == ("s", False, 2.0)


def test_an_argument_that_was_not_kept_is_named():
    class Forgetful(Layer):
        def __init__(self, units, **kwargs):
            super().__init__(**kwargs)

    with pytest.raises(
        ValueError, match="Forgetful: the argument 'units' was not kept"
    ):
        Forgetful(3).get_config()


def test_forgetting_super_init_is_explained():
    class Hasty(Layer):
        def __init__(self):
            self.units = 3

        def call(self, inputs):
            return inputs

    with pytest.raises(RuntimeError, match=r"Hasty: super\(\).__init__\(\) was not"):
        Hasty()(X)


def test_an_unknown_argument_gets_a_suggestion():
    with pytest.raises(TypeError, match="Scale: unknown argument 'sart'. .*'start'"):
        Scale(sart=2.0)


def test_a_layer_without_call_is_explained():
    class Empty(Layer):
        pass

    with pytest.raises(TypeError, match="Empty 'empty' has no call method"):
        Empty()(X)


def test_names_count_up_and_have_no_slash():
    assert [Scale().name, Scale().name] == ["scale", "scale_1"]
    with pytest.raises(ValueError, match="name must be a string without '/'"):
        Scale(name="a/b")


def test_the_training_flag_reaches_the_layers_inside():
    outer = Outer()
    for flag in (True, False):
        outer(X, training=flag)
        assert outer.inner.training is flag
    outer(X)
    assert outer.inner.training is None


def test_weights_are_found_in_attributes_lists_and_dicts():
    class Many(Layer):
        def __init__(self):
            super().__init__()
            self.own = keras.Variable([1.0], trainable=False, name="own")
            self.layers_list = [Scale()]
            self.named = {"a": Scale(), "b": (Scale(),)}

        def call(self, inputs):
            for layer in [*self.layers_list, self.named["a"], self.named["b"][0]]:
                inputs = layer(inputs)
            return inputs

    layer = Many()
    layer(X)
    assert [v.path for v in layer.weights] == [
        "own",
        "many/scale/factor",
        "many/scale_1/factor",
        "many/scale_2/factor",
    ]
    assert len(layer.trainable_weights) == 3
    assert len(layer.non_trainable_weights) == 1
    layer.layers_list.append(Scale())
    layer.layers_list[-1](X)
    assert len(layer.weights) == 5
    assert layer.count_params() == 13


def test_trainable_false_freezes_everything_below():
    outer = Outer()
    outer.scale = Scale()
    outer.scale(X)
    outer.trainable = False
    assert outer.scale.trainable is False
    assert outer.trainable_weights == []
    assert outer.non_trainable_weights == outer.weights == [outer.scale.factor]
    outer.trainable = True
    assert outer.trainable_weights == [outer.scale.factor]


def test_variables_are_weights_and_seeds_and_training_updates_some():
    outer = Outer()
    outer.scale, outer.noise = Scale(), keras.layers.Dropout(0.5)
    outer.scale(X)
    seed = outer.noise.seed_generator.state
    assert outer.variables == [outer.scale.factor, seed]
    assert outer.trainable_variables == [outer.scale.factor]
    assert outer.non_trainable_variables == [seed]
    outer.trainable = False
    assert outer.non_trainable_variables == [outer.scale.factor, seed]


def test_get_and_set_weights():
    layer = Scale()
    layer(X)
    layer.set_weights([np.array([1.0, 2.0, 3.0])])
    assert layer(X).tolist() == [[1.0, 2.0, 3.0]] * 2
    (weights,) = layer.get_weights()
    weights[:] = 0
    assert layer.factor.numpy().tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (
            [],
            r"has 1 weights, but set_weights got 0 arrays. Expected shapes: \[\(3,\)\]",
        ),
        ([np.ones(4)], r"'scale/factor' has shape \(3,\), but .* of shape \(4,\)"),
    ],
)
def test_set_weights_checks_before_it_writes(weights, message):
    layer = Scale()
    layer(X)
    with pytest.raises(ValueError, match=message):
        layer.set_weights(weights)
    assert layer.factor.numpy().tolist() == [1.0] * 3


def test_count_params_needs_a_built_layer():
    with pytest.raises(ValueError, match="Scale 'scale': the number of parameters"):
        Scale().count_params()


def test_add_weight_finds_its_options_by_name():
    class Ruled(Layer):
        def __init__(self):
            super().__init__()
            self.kernel_initializer = keras.initializers.Constant(-2.0)
            self.kernel_regularizer = keras.regularizers.L1(0.5)
            self.kernel_constraint = keras.constraints.NonNeg()

        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(2,), name="kernel")

        def call(self, inputs):
            return inputs

    layer = Ruled()
    layer(X)
    assert layer.kernel.numpy().tolist() == [-2.0, -2.0]
    assert layer.kernel.constraint is layer.kernel_constraint
    assert [float(loss) for loss in layer.losses] == [2.0]
    layer.trainable = False
    assert layer.losses == []


def test_added_losses_are_those_of_the_last_call():
    class Adding(Layer):
        def call(self, inputs):
            self.add_loss(ops.sum(inputs))
            return inputs

    class Around(Layer):
        def __init__(self):
            super().__init__()
            self.inner = Adding()

        def call(self, inputs):
            return self.inner(self.inner(inputs))

    layer = Around()
    for _ in range(3):
        layer(X)
        assert [float(loss) for loss in layer.losses] == [6.0, 6.0]


def test_activity_regularizer_adds_a_loss_per_sample():
    layer = Flags(activity_regularizer=keras.regularizers.L2(0.5))
    layer(X)
    assert float(layer.losses[0]) == pytest.approx(1.5)  # 0.5 * 6 for 2 samples
    assert layer.get_config()["activity_regularizer"]["class_name"] == "L2"


def test_masks_ride_on_tensors():
    x = ops.convert_to_tensor(X)
    x._keras_mask = ops.convert_to_tensor([True, False])
    layer = Masked()
    y = layer(x)
    assert layer.mask is x._keras_mask
    assert y._keras_mask is x._keras_mask


def test_a_layer_that_drops_a_mask_says_so():
    x = ops.convert_to_tensor(X)
    x._keras_mask = ops.convert_to_tensor([True, False])
    with pytest.warns(UserWarning, match="Flags 'flags' got an input with a mask"):
        Flags()(x)


def test_user_shape_rules_are_respected():
    class Doubling(Layer):
        def call(self, inputs):
            return np.concatenate([inputs.numpy()] * 2, axis=-1)

        def compute_output_shape(self, input_shape):
            return (*input_shape[:-1], 2 * input_shape[-1])

    assert Doubling()(KerasTensor((None, 3))).shape == (None, 6)


def test_numpy_code_in_call_is_probed_for_its_shape():
    class Halving(Layer):
        def call(self, inputs):
            return inputs.numpy()[:, ::2]

    assert Halving()(KerasTensor((None, 6))).shape == (None, 3)


def test_input_spec_is_checked():
    layer = Scale()
    layer.input_spec = keras.InputSpec(min_ndim=2, axes={-1: 3})
    with pytest.raises(
        ValueError, match=r"'scale' expects at least 2 axes, got shape \(3,\)"
    ):
        layer(np.ones(3))
    with pytest.raises(
        ValueError, match=r"expects length 3 on axis -1, got shape \(2, 4\)"
    ):
        layer(np.ones((2, 4)))


def test_build_config_brings_the_weights_back():
    layer = Scale()
    layer(X)
    twin = Scale()
    twin.build_from_config(layer.get_build_config())
    assert twin.factor.shape == (3,)


def test_several_inputs_build_by_argument_name():
    class Pair(Layer):
        def build(self, query_shape, value_shape):
            self.shapes = (query_shape, value_shape)

        def call(self, query, value):
            return query + value

    layer = Pair()
    layer(X, value=np.ones((2, 1), "float32"))
    assert layer.shapes == ((2, 3), (2, 1))
    assert layer.get_build_config() == {
        "shapes_dict": {"query_shape": (2, 3), "value_shape": (2, 1)}
    }
