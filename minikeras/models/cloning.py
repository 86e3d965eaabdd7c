"""`clone_model`: the same architecture again, with new weights."""

from ..layers.input_layer import InputLayer
from ..layers.layer import Layer
from ..tensor import FunctionOperation, KerasTensor
from ..utils import checks, tree
from .functional import Functional
from .model import Model
from .network import call_plainly
from .sequential import Sequential

__all__ = ["clone_model"]


def clone_model(
    model,
    input_tensors=None,
    clone_function=None,
    call_function=None,
    recursive=False,
    **kwargs,
):
    """Returns a model with the same architecture and new layers, so with new weights.

    Args:
        model: The model.
        input_tensors: KerasTensors to build the new model on, in the structure of its
            inputs, instead of new ones.
        clone_function: `layer -> layer`, makes each new layer, except inputs. The
            default makes it of the layer's config; return the layer itself to share it.
        call_function: `(layer, *args, **kwargs) -> outputs`, makes each call in a
            functional model's graph.
        recursive: Whether the layers of models in the model are cloned one by one.
        **kwargs: None are taken.

    >>> from minikeras import layers
    >>> model = Sequential([layers.Input((3,)), layers.Dense(2)], name="net")
    >>> clone_model(model).layers[0] is model.layers[0]
    False
    """
    if kwargs:
        raise TypeError(f"clone_model: unknown argument {next(iter(kwargs))!r}.")
    if not isinstance(model, Model):
        checks.fail("clone_model", "model", model, "be a model")
    copy = _Copy(clone_function, call_function, recursive)
    if isinstance(model, Sequential):
        return copy.sequential(model, input_tensors)
    if isinstance(model, Functional):
        return copy.functional(model, input_tensors)
    if (
        clone_function is not None
        or call_function is not None
        or input_tensors is not None
    ):
        raise ValueError(
            f"{checks.owner_name(model)}: only Sequential and functional models can be "
            "cloned with clone_function, call_function or input_tensors; a subclass is "
            "made anew from its config. Leave them out."
        )
    return type(model).from_config(model.get_config())


class _Copy:
    """How the layers of a model are copied and called; see `clone_model`."""

    def __init__(self, clone_function, call_function, recursive):
        self.clone_function = clone_function or _from_config
        self.call_function = call_function
        self.recursive = recursive

    def layer(self, layer: Layer) -> Layer:
        """Returns the copy of a layer."""
        if self.recursive and isinstance(layer, Sequential):
            return self.sequential(layer)
        if self.recursive and isinstance(layer, Functional):
            return self.functional(layer)
        copy = self.clone_function(layer)
        if not isinstance(copy, Layer):
            raise ValueError(
                "clone_model: clone_function must return a layer, got "
                f"{checks.show(copy)} for {checks.owner_name(layer)}."
            )
        return copy

    def sequential(self, model: Sequential, input_tensors=None) -> Sequential:
        """Returns the copy of a Sequential model."""
        if self.call_function is not None:
            raise ValueError(
                f"{checks.owner_name(model)}: call_function is for functional models "
                "only; the layers of a Sequential model are merely listed."
            )
        inputs = [x for x in model._layers if isinstance(x, InputLayer)]
        if input_tensors is not None:
            given = tree.flatten(input_tensors)
            _check_inputs(model, given, 1)
            inputs = [InputLayer(input_tensor=given[0], name=given[0].name)]
        else:
            inputs = [_from_config(layer) for layer in inputs]
        layers = [*inputs, *map(self.layer, model.layers)]
        return type(model)(layers, trainable=model.trainable, name=model.name)

    def functional(self, model: Functional, input_tensors=None) -> Functional:
        """Returns the copy of a functional model."""
        if input_tensors is None:
            nodes = [model._network.producer(x) for x in model.inputs]
            inputs = [_from_config(node.operation).output for node in nodes]
        else:
            inputs = tree.flatten(input_tensors)
            _check_inputs(model, inputs, len(model.inputs))
        copies = {op: self._operation(op) for op in model.operations}

        def call(operation, args, kwargs):
            if self.call_function is None or isinstance(operation, FunctionOperation):
                return call_plainly(copies[operation], args, kwargs)
            return self.call_function(copies[operation], *args, **kwargs)

        outputs = model._network.run(inputs, call=call)
        return type(model)(
            tree.pack_sequence_as(model.input, inputs),
            tree.pack_sequence_as(model.output, outputs),
            name=model.name,
        )

    def _operation(self, operation):
        if isinstance(operation, FunctionOperation):
            return FunctionOperation(
                operation.function, operation.constants, operation.name
            )
        is_input = isinstance(operation, InputLayer)
        return None if is_input else self.layer(operation)


def _from_config(layer: Layer) -> Layer:
    return type(layer).from_config(layer.get_config())


def _check_inputs(model: Model, tensors: list, count: int) -> None:
    for x in tensors:
        if type(x) is not KerasTensor:
            checks.fail("clone_model", "input_tensors", x, "be KerasTensors")
    if len(tensors) != count:
        raise ValueError(
            f"clone_model: {checks.owner_name(model)} has {count} input(s), got "
            f"{len(tensors)} input_tensors."
        )
