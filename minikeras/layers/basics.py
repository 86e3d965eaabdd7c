"""The layers a first lecture needs: Dense, Embedding, Lambda, Masking, Identity.

Each layer is three methods: `__init__` keeps its arguments, `build` makes its weights,
`call` computes. Configs, output shapes and saved weights follow from these.
"""

from .. import activations, constraints, initializers, ops, regularizers
from ..ops.products import affine
from ..tensor import Tensor, dtypes, no_history, state, symbolic
from ..utils import checks, serialization
from ..utils.custom_objects import custom_object_scope, find_custom
from .input_spec import InputSpec
from .layer import LAYERS, Layer
from .lora import LowRank, refuse_quantization


@LAYERS.register()
class Dense(LowRank, Layer):
    """Connects every input feature with every unit.

    y = activation(x @ kernel + bias)

    Args:
        units: Number of outputs, a positive int.
        activation: Name or function; None leaves the sum as it is.
        use_bias: Whether a bias is added.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output.
        kernel_constraint, bias_constraint: Projections after each update.
        lora_rank, lora_alpha: Train `kernel + alpha / rank * a @ b` with small a and b
            instead of the kernel (Hu et al., 2021).
        quantization_config: Must be None; NumPy gains nothing from quantised weights.

    Shape: (..., features) -> (..., units)

    >>> import numpy as np
    >>> Dense(2, activation="relu")(np.ones((4, 3))).shape
    (4, 2)
    """

    adapted = "kernel"

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        lora_rank=None,
        lora_alpha=None,
        quantization_config=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.units = checks.positive_int(self, units=units)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.keep_lora(lora_rank, lora_alpha)
        self.quantization_config = refuse_quantization(
            self, quantization_config=quantization_config
        )
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape):
        features = input_shape[-1]
        self._kernel = self.add_weight(shape=(features, self.units), name="kernel")
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), name="bias")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})
        self.start_lora()

    @property
    def kernel(self):
        """The matrix in use: the variable, plus the adaptation where there is one."""
        return self.in_use(self._kernel)

    def call(self, inputs, training=None):
        if self.bias is None:
            outputs = ops.matmul(inputs, self.kernel)
        else:
            outputs = affine(inputs, self.kernel, self.bias)
        return outputs if self.activation is None else self.activation(outputs)


@LAYERS.register()
class Embedding(LowRank, Layer):
    """Looks up a trainable vector for each integer.

    y[..., :] = embeddings[x[...], :]

    Args:
        input_dim: Size of the vocabulary; inputs are in [0, input_dim).
        output_dim: Length of each vector.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: As usual.
        mask_zero: Whether 0 marks padding, to be skipped by the layers after this one.
        weights: Array (input_dim, output_dim) to start from, or a list with it.
        lora_rank, lora_alpha: See `Dense`.
        quantization_config: Must be None.

    Shape: (...) -> (..., output_dim)

    >>> import numpy as np
    >>> Embedding(1000, 64)(np.array([[3, 5, 0]])).shape
    (1, 3, 64)
    """

    adapted = "embeddings"

    def __init__(
        self,
        input_dim,
        output_dim,
        embeddings_initializer="uniform",
        embeddings_regularizer=None,
        embeddings_constraint=None,
        mask_zero=False,
        weights=None,
        lora_rank=None,
        lora_alpha=None,
        quantization_config=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.input_dim = checks.positive_int(self, input_dim=input_dim)
        self.output_dim = checks.positive_int(self, output_dim=output_dim)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False  # Integers come in; float16 could not hold them.
        self.keep_lora(lora_rank, lora_alpha)
        self.quantization_config = refuse_quantization(
            self, quantization_config=quantization_config
        )
        if weights is not None:
            self.build()
            self.set_weights(weights if isinstance(weights, list) else [weights])

    def build(self, input_shape=None):
        self._embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim), name="embeddings"
        )
        self.start_lora()

    @property
    def embeddings(self):
        """The table in use: the variable, plus the adaptation where there is one."""
        return self.in_use(self._embeddings)

    def call(self, inputs):
        if not dtypes.is_int(inputs.dtype):
            inputs = ops.cast(inputs, "int32")
        if type(inputs) is Tensor and inputs.array.size:
            if state.recorder is not None:
                state.recorder.check(self._check_range, inputs.array)
            self._check_range(inputs.array)
        return ops.take(self.embeddings, inputs, axis=0)

    def _check_range(self, indices):
        low, high = indices.min(), indices.max()
        if low < 0 or high >= self.input_dim:
            raise ValueError(
                f"{checks.owner_name(self)}: inputs must be ints in [0, "
                f"{self.input_dim}), got {low if low < 0 else high}. "
                f"Try Embedding(input_dim={max(int(high), 0) + 1}, ...)."
            )

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def get_config(self):
        """Returns the config, in which Keras always has the activity regularizer."""
        return {"activity_regularizer": None, **super().get_config()}


@LAYERS.register()
class Lambda(Layer):
    """Wraps a function as a layer.

    y = function(x, **arguments)

    Named functions survive saving when they are registered
    (`@keras.saving.register_keras_serializable()`); a `lambda` is stored as Python
    bytecode, which loads only with `safe_mode=False`. A layer of your own has neither
    problem.

    Args:
        function: Takes the inputs, and `mask` and `training` if it names them.
        output_shape: Shape without the batch axis, or a function of the input shape.
            Worked out if None.
        mask: Output mask, or a function `(inputs, mask)` that returns it.
        arguments: Dict of further keyword arguments of the function.

    >>> import numpy as np
    >>> Lambda(lambda x: x**2)(np.array([1.0, 3.0])).numpy().tolist()
    [1.0, 9.0]
    """

    takes_text = True

    def __init__(
        self, function, output_shape=None, mask=None, arguments=None, **kwargs
    ):
        super().__init__(**kwargs)
        if not callable(function):
            checks.fail(self, "function", function, "be callable")
        if arguments is not None and not isinstance(arguments, dict):
            checks.fail(self, "arguments", arguments, "be a dict", {"alpha": 0.1})
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self.supports_masking = mask is not None
        self._output_shape = output_shape
        self._takes = _parameters(function) & {"mask", "training"}

    def call(self, inputs, mask=None, training=None):
        arguments = dict(self.arguments)
        if "mask" in self._takes:
            arguments["mask"] = mask
        if "training" in self._takes:
            arguments["training"] = training
        return self.function(inputs, **arguments)

    def compute_output_shape(self, input_shape):
        """Returns what `output_shape` says, or what the function makes of the input."""
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        batch = input_shape[0]
        batch = batch[0] if isinstance(batch, (list, tuple)) else batch
        return batch, *self._output_shape

    def compute_output_spec(self, inputs, **kwargs):
        """Returns the output's shape and dtype; tries the function if need be."""
        if self._output_shape is not None:
            return self._spec_from_shape((inputs,))
        with no_history():
            try:
                return self.call(inputs, **kwargs)
            except symbolic.SymbolicValueError:
                return symbolic.probe(lambda x: self.call(x, **kwargs), inputs)

    def compute_mask(self, inputs, mask=None):
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def get_config(self):
        """Returns the config, functions by name and lambdas as bytecode."""
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialization.serialize_keras_object(self.dtype_policy),
            "function": _function_config(self.function),
        }
        for name, value in (("output_shape", self._output_shape), ("mask", self.mask)):
            if value is not None:
                config[name] = _function_config(value) if callable(value) else value
        config["arguments"] = serialization.serialize_keras_object(self.arguments)
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None, safe_mode=None):
        """Makes the layer; bytecode in the config needs `safe_mode=False`."""
        config, layer = dict(config), config.get("name")
        with custom_object_scope(custom_objects):
            for name in ("function", "output_shape", "mask"):
                if isinstance(config.get(name), dict):
                    config[name] = _function(config[name], safe_mode, layer)
            config["arguments"] = serialization.deserialize_keras_object(
                config.get("arguments") or {}
            )
        return cls(**config)


def _parameters(function):
    code = getattr(function, "__code__", None)
    count = code.co_argcount + code.co_kwonlyargcount if code else 0
    return set(code.co_varnames[:count]) if code else set()


def _function_config(function):
    if getattr(function, "__name__", None) == "<lambda>":
        code = serialization.dump_code(function)
        return {"class_name": "__lambda__", "config": code}
    return serialization.serialize_keras_object(function)


def _function(config, safe_mode, layer):
    """The function that a config means; the user may give one by the layer's name."""
    if config.get("class_name") != "__lambda__":
        return serialization.deserialize_keras_object(config)
    own = find_custom(layer, None) if layer else None
    if own is not None:
        return own
    fix = f"Pass custom_objects={{{layer!r}: function}} with the function in code."
    try:
        if not config["config"].get("is_foreign"):
            serialization.refuse_code(safe_mode)
        return serialization.load_code(config["config"])
    except ValueError as error:
        raise ValueError(f"Lambda {layer!r}: {error} {fix}") from error


@LAYERS.register()
class Masking(Layer):
    """Marks the timesteps to skip: those in which every feature has one value.

    Args:
        mask_value: The value that stands for "nothing here".

    Shape: (batch, steps, features), unchanged; skipped steps become 0.

    >>> import numpy as np
    >>> x = np.array([[[1.0, 2.0], [0.0, 0.0]]])
    >>> Masking().compute_mask(x).numpy().tolist()
    [[True, False]]
    """

    def __init__(self, mask_value=0.0, **kwargs):
        super().__init__(**kwargs)
        self.mask_value = mask_value
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        kept = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return inputs * ops.cast(kept, inputs.dtype)

    def compute_mask(self, inputs, mask=None):
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)


@LAYERS.register("TFDIdentity")  # as files of a FeatureSpace call it
class Identity(Layer):
    """Passes its input on: y = x. A placeholder for a layer to come."""

    takes_text = True

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = True

    def call(self, inputs):
        return inputs
