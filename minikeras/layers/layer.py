"""`Layer`: the base of all layers. Its `__call__` reads as a table of contents.

A layer is three methods. `__init__` keeps its arguments, each under its own name;
`build` makes the weights once the input shape is known; `call` computes. What follows
from these is derived here: config, output shape, weights, masks, losses.
"""

import warnings

from .. import constraints, dtype_policies, initializers, regularizers
from ..legacy import doors
from ..metrics import Mean
from ..tensor import (
    KerasTensor,
    Operation,
    Tensor,
    Variable,
    any_symbolic,
    graph,
    no_history,
    standing_in,
    symbolic,
)
from ..utils import checks, configurable, serialization, tree
from ..utils.lazy import LazyModule
from ..utils.registry import Registry
from .call_context import (
    LayerCall,
    built_once,
    calls,
    is_loose,
    mask_of,
    signature_of,
)
from .input_spec import assert_input_compatibility, describe
from .inputs import as_tuples, cast_input, has_shape, implied_input_shape, shape_of
from .weights import WeightHolder

__all__ = ["LAYERS", "Layer"]

methods = LazyModule(f"{__package__.partition('.')[0]}.legacy.methods")

LAYERS = Registry("layer", "keras.layers", __package__)


class Layer(WeightHolder, Operation):
    """A function with weights: the building block of models.

    Args:
        activity_regularizer: Penalty on the output, per sample, added to the loss.
        trainable: Whether training updates the weights.
        dtype: Dtype name or `DTypePolicy`; None means the global policy.
        autocast: Whether float inputs are cast to the compute dtype.
        name: Its name; made from the class name if None.

    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.factor = self.add_weight(shape=(), initializer="ones")
    ...     def call(self, inputs):
    ...         return inputs * self.factor
    >>> Scale()(np.ones((2, 3))).shape
    (2, 3)
    """

    built = False
    _kind = "layer"  # which names of earlier Keras it answers to
    _is_initialized = False
    _call_signature = None
    _initial_weights = None  # arrays that `build` ends with, instead of drawn ones

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        doors.open_layer_class(cls)
        if "build" in vars(cls):
            cls.build = built_once(vars(cls)["build"])

    def __init__(
        self,
        *,
        activity_regularizer=None,
        trainable=True,
        dtype=None,
        autocast=True,
        name=None,
        **kwargs,
    ):
        super().__init__(name=name)
        self._is_initialized = True
        self._batch_input_shape = implied_input_shape(self, kwargs)
        self._weights: list[Variable] = []
        self._losses: list = []
        self._losses_of = self._call_number = 0
        self._trainable = bool(trainable)
        self._is_building = False
        self._build_shapes = None
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.input_spec = None
        self.supports_masking = False
        self.built = False

    def __getattr__(self, name: str):
        """Asks for what layers had in earlier Keras."""
        return methods.missing(self, self._kind, name)

    # Dtypes ---------------------------------------------------------------------------

    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation and the output."""
        return self.dtype_policy.of(self).compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self.dtype_policy.of(self).variable_dtype

    @property
    def input_dtype(self) -> str:
        """The dtype that float inputs are cast to."""
        return self.compute_dtype

    @property
    def path(self) -> str:
        """The layer's name behind those of the layers it was built in."""
        return getattr(self, "_path", self.name)

    # Weights --------------------------------------------------------------------------

    def build(self, input_shape):
        """Makes the weights; called once, before the first call.

        Args:
            input_shape: Shape of the input, a tuple with None for the batch size; for
                several inputs, the list or dict of their shapes.
        """
        self.built = True

    @doors.open_add_weight
    def add_weight(
        self,
        shape=None,
        initializer=None,
        dtype=None,
        trainable=True,
        autocast=True,
        regularizer=None,
        constraint=None,
        aggregation="none",
        overwrite_with_gradient=False,
        name=None,
    ) -> Variable:
        """Makes a weight of this layer.

        For a weight named "kernel", the attributes `kernel_initializer`,
        `kernel_regularizer` and `kernel_constraint` are used where nothing is passed.

        Args:
            shape: Its shape; () if None.
            initializer: Function, name or value; Glorot uniform for floats, else zeros.
            dtype: Its dtype; the layer's `variable_dtype` if None.
            trainable: Whether training updates it.
            autocast: Whether it is read in the compute dtype.
            regularizer: Penalty on it, added to the loss.
            constraint: Projection after each update.
            aggregation: See `Variable`.
            overwrite_with_gradient: Whether an update replaces it by its gradient.
            name: Its name; made up if None.
        """
        dtype = dtype or self.variable_dtype
        initializer = self._weight_option(name, "initializer", initializer)
        if initializer is None:
            is_float = str(dtype).startswith("float")
            initializer = "glorot_uniform" if is_float else "zeros"
        if isinstance(initializer, (str, dict, type)) or callable(initializer):
            initializer = initializers.get(initializer)
        variable = Variable(
            initializer,
            shape=() if shape is None else shape,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            aggregation=aggregation,
            name=name,
        )
        variable.overwrite_with_gradient = overwrite_with_gradient
        variable.regularizer = regularizers.get(
            self._weight_option(name, "regularizer", regularizer)
        )
        variable.constraint = constraints.get(
            self._weight_option(name, "constraint", constraint)
        )
        self._weights.append(variable)
        return variable

    add_variable = add_weight

    def _weight_option(self, name: str | None, option: str, given):
        return vars(self).get(f"{name}_{option}") if given is None else given

    # Calling --------------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        """Calls the layer: casts and checks inputs, builds once, fills flags, masks."""
        if not self.built:
            self._check_initialized()
        if not args and kwargs:
            args, kwargs = self._first_by_keyword(kwargs)
        given, args = args, tuple([cast_input(self, x) for x in args])
        if self.input_spec is not None:
            assert_input_compatibility(self, args[0])
        is_symbolic = any_symbolic(*args, *kwargs.values())
        with LayerCall(self):
            kwargs = self._fill_training(args, kwargs)
            kwargs = self._fill_masks(args, kwargs)
            if not self.built:
                self._build_for(args, kwargs)
            if is_symbolic:
                outputs = self._call_symbolically(given, args, kwargs)
            else:
                outputs = self.call(*args, **kwargs)
            self._pass_mask(args, outputs)
            if self.activity_regularizer is not None and not is_symbolic:
                self._penalize(outputs)
        return outputs

    def _check_initialized(self) -> None:
        if not self._is_initialized:
            raise RuntimeError(
                f"{type(self).__name__}: super().__init__() was not called. Make it "
                "the first line of __init__: super().__init__(**kwargs)."
            )

    def _first_by_keyword(self, kwargs: dict) -> tuple[tuple, dict]:
        """layer(inputs=x) is layer(x)."""
        first = self._signature.names[:1]
        if not first or first[0] not in kwargs:
            return (), kwargs
        rest = dict(kwargs)
        return (rest.pop(first[0]),), rest

    @property
    def _signature(self):
        if self._call_signature is None:
            self._call_signature = signature_of(self.call)
        return self._call_signature

    def _fill_training(self, args: tuple, kwargs: dict) -> dict:
        """Passes the training flag on: given, else of the call around, else default."""
        signature = self._signature
        training, place = kwargs.get("training"), signature.training
        is_positional = place is not None and place < len(args)
        if is_positional:
            training = args[place]
        if training is None:
            training = calls.training
        if training is None:
            training = signature.training_default
        calls.training = training
        if place is None:
            if "training" in kwargs:
                kwargs = {k: v for k, v in kwargs.items() if k != "training"}
        elif training is not None and not is_positional:
            kwargs["training"] = training
        return kwargs

    def _fill_masks(self, args: tuple, kwargs: dict) -> dict:
        """Passes the masks on that ride on the inputs, where `call` takes them."""
        signature = self._signature
        if not signature.masks:
            return kwargs
        named = dict(zip(signature.names, args, strict=False))
        found = {
            mask: mask_of(named.get(owner, kwargs.get(owner)))
            for mask, owner in signature.masks.items()
            if mask not in named and kwargs.get(mask) is None
        }
        return {**kwargs, **found}

    def _build_for(self, args: tuple, kwargs: dict) -> None:
        """Builds for the shapes of the arguments."""
        names = signature_of(self.build).names
        if len(names) < 2 or names[0] == "input_shape":
            self.build(*(shape_of(x) for x in args[:1])) if names else self.build()
            return
        named = {**dict(zip(self._signature.names, args, strict=False)), **kwargs}
        given = {f"{k}_shape": shape_of(v) for k, v in named.items() if has_shape(v)}
        self.build(**{name: given[name] for name in names if name in given})

    def _call_symbolically(self, given: tuple, args: tuple, kwargs: dict):
        outputs = self.compute_output_spec(*args, **kwargs)
        loose = {k: None for k in self._signature.masks if is_loose(kwargs.get(k))}
        return graph.record(self, given, {**kwargs, **loose}, outputs)

    def compute_output_spec(self, *args, **kwargs):
        """Returns the outputs' shapes and dtypes as KerasTensors, without a node."""
        own_rule = type(self).compute_output_shape is not Layer.compute_output_shape
        if own_rule and (type(self).build is not Layer.build or not self._children()):
            return self._spec_from_shape(args)
        try:
            with no_history():
                return self.call(*args, **kwargs)
        except symbolic.SymbolicValueError:
            if own_rule:
                return self._spec_from_shape(args)
            with no_history():
                return symbolic.probe(lambda xs: self.call(*xs, **kwargs), args)

    def _spec_from_shape(self, args: tuple):
        names = signature_of(self.compute_output_shape).names
        count = max(1, sum(name.endswith("shape") for name in names))
        shape = self.compute_output_shape(*map(shape_of, args[:count]))
        return tree.map_shape_structure(
            lambda s: KerasTensor(s, self.compute_dtype), shape
        )

    def compute_output_shape(self, input_shape):
        """Returns the shape of the output for the shape of an input."""
        inputs = tree.map_shape_structure(
            lambda s: KerasTensor(s, self.input_dtype), input_shape
        )
        with no_history():
            outputs = self(inputs)
        return tree.map_structure(lambda x: x.shape, outputs)

    # Masks ----------------------------------------------------------------------------

    def compute_mask(self, inputs, previous_mask):
        """Returns the mask of the output: that of the input, unless overridden."""
        return previous_mask

    def _pass_mask(self, args: tuple, outputs) -> None:
        first = args[0] if args else None
        previous = first._keras_mask if type(first) is Tensor else mask_of(first)
        if not self.supports_masking:
            if previous is not None and "mask" not in self._signature.names:
                warnings.warn(
                    f"{describe(self)} got an input with a mask, but does not support "
                    "masks: the mask ends here. If the layer can pass it on, set "
                    "self.supports_masking = True.",
                    stacklevel=3,
                )
            return
        if previous is None and type(self).compute_mask is Layer.compute_mask:
            return
        mask = self.compute_mask(args[0], previous)
        if mask is None:
            return
        flat = tree.flatten(outputs)
        masks = [mask] if len(flat) == 1 else tree.flatten(mask)
        for x, m in zip(flat, masks, strict=False):
            if getattr(x, "_keras_mask", None) is None:
                x._keras_mask = m

    def stateless_call(
        self,
        trainable_variables,
        non_trainable_variables,
        *args,
        return_losses=False,
        **kwargs,
    ):
        """Calls the layer as if its variables had these values, and changes nothing.

        Args:
            trainable_variables: A value for each of `trainable_variables`; gradients
                flow to those that are Tensors.
            non_trainable_variables: A value for each of `non_trainable_variables`.
            *args: As for a call.
            return_losses: Whether to return `losses` too.
            **kwargs: As for a call.

        Returns:
            The outputs, and the values that the non-trainable variables have now; the
            list of losses third, if asked for.
        """
        if not self.built:
            raise ValueError(
                f"{describe(self)}: stateless_call needs a built layer. Call it on "
                "data once, or call build(input_shape)."
            )
        given = {
            "trainable_variables": trainable_variables,
            "non_trainable_variables": non_trainable_variables,
        }
        for name, values in given.items():
            expected = len(getattr(self, name))
            if not isinstance(values, (list, tuple)) or len(values) != expected:
                must = f"be a list of {expected} values, one for each of them"
                checks.fail(self, name, values, must)
        changing = self.non_trainable_variables
        variables = [*self.trainable_variables, *changing]
        values = [*trainable_variables, *non_trainable_variables]
        with standing_in(variables, values):
            outputs = self(*args, **kwargs)
            after = [v.value for v in changing]
            losses = self.losses if return_losses else None
        return (outputs, after, losses) if return_losses else (outputs, after)

    # Losses and metrics ---------------------------------------------------------------

    def add_loss(self, loss) -> None:
        """Adds scalars to the loss of the model; for use inside `call`.

        Args:
            loss: A scalar tensor or a list of them.
        """
        if self._losses_of != calls.number:
            self._losses, self._losses_of = [], calls.number
        losses = [x for x in tree.flatten(loss) if type(x) is not KerasTensor]
        self._losses.extend(x for x in losses if x is not None)

    def add_metric(self, value, name=None, aggregation="mean") -> None:
        """Shows a value among the metrics, as the mean so far; for use inside `call`.

        It is a method of Keras 2. In Keras 3 a layer makes `metrics.Mean(name=...)` in
        `__init__` and calls its `update_state`.

        Args:
            value: Tensor.
            name: Name of the metric.
            aggregation: Must be "mean".
        """
        checks.one_of(self, aggregation=aggregation, allowed=("mean",))
        if not isinstance(name, str):
            checks.fail(self, "name", name, "be a str", "my_metric")
        if type(value) is KerasTensor:
            if not calls.depth:
                must = "be a value. Call add_metric inside of a layer's call"
                checks.fail(self, "value", value, must)
            return
        added = vars(self).setdefault("_added_metrics", {})
        if name not in added:
            added[name] = Mean(name)
        added[name].update_state(value)

    def _penalize(self, outputs) -> None:
        """Adds the penalty on the output, per sample."""
        for x in tree.flatten(outputs):
            self.add_loss(self.activity_regularizer(x) / float(x.shape[0]))

    @property
    def losses(self) -> list:
        """The losses added in the last call, and the penalties on trainable weights."""
        added, penalties = [], []
        for layer in self._flatten_layers():
            if layer._losses_of == self._call_number:
                added.extend(layer._losses)
            if layer.trainable:
                penalties.extend(
                    v.regularizer(v)
                    for v in layer._own_variables()
                    if v.regularizer is not None and v.trainable
                )
        return added + penalties

    # Configs --------------------------------------------------------------------------

    def get_config(self) -> dict:
        """Returns the constructor's arguments as plain values: enough for a twin."""
        self._check_initialized()
        policy = self.dtype_policy
        base = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialization.serialize_keras_object(policy),
        }
        if self.activity_regularizer is not None:
            base["activity_regularizer"] = regularizers.serialize(
                self.activity_regularizer
            )
        skip = {*base, "autocast", "activity_regularizer", "weights"}
        is_overridden = type(self).get_config is not Layer.get_config
        return {**base, **configurable.arguments(self, skip, lenient=is_overridden)}

    @classmethod
    def from_config(cls, config: dict) -> "Layer":
        """Makes a layer of what `get_config` returned."""
        return cls(**config)

    def get_build_config(self) -> dict | None:
        """Returns the shapes that the layer was built for, or None."""
        if self._build_shapes is None:
            return None
        if len(self._build_shapes) == 1:
            return {"input_shape": next(iter(self._build_shapes.values()))}
        return {"shapes_dict": dict(self._build_shapes)}

    def build_from_config(self, config: dict) -> None:
        """Builds the layer for what `get_build_config` returned."""
        if "shapes_dict" in config:
            self.build(**{k: as_tuples(v) for k, v in config["shapes_dict"].items()})
        elif config.get("input_shape") is not None:
            self.build(as_tuples(config["input_shape"]))
