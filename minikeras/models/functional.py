"""`Functional`: a model made of the graph between symbolic inputs and outputs."""

import warnings

from .. import ops
from ..layers.call_context import calls
from ..layers.input_layer import InputLayer
from ..layers.layer import Layer
from ..tensor import KerasTensor, Node, Tensor
from ..utils import checks, configurable, naming, serialization, tree
from .entry import Entry, put_masks
from .model import MODELS, Model
from .network import Network, node_of
from .nodes import read_graph, write_graph

__all__ = ["Functional", "model_from_graph"]


@MODELS.register(module="keras.src.models.functional")
class Functional(Model):
    """A model made of the graph between symbolic inputs and outputs.

    It is what `Model(inputs, outputs)` returns. The inputs may also lie inside another
    model's graph: then the new model is the part behind them, with shared layers.

    Args:
        inputs: KerasTensor, or a list, tuple or dict of them. The model is called with
            data in the same structure.
        outputs: KerasTensor, or a list, tuple or dict of them. The model returns its
            results in the same structure.
        name: Its name; made up if None.
        **kwargs: `trainable`, `dtype`.

    >>> from minikeras import layers
    >>> x = layers.Input((3,), name="x")
    >>> hidden = layers.Dense(4, name="hidden")(x)
    >>> model = Model(x, {"y": layers.Dense(1)(hidden)})
    >>> features = Model(model.input, model.get_layer("hidden").output)
    >>> features.output_shape
    (None, 4)
    """

    def __init__(self, inputs, outputs, name=None, **kwargs):
        super().__init__(name=name, **kwargs)
        owner = checks.owner_name(self)
        self._input_structure = _checked(inputs, "inputs", owner)
        self._output_structure = _checked(outputs, "outputs", owner)
        self.inputs, self.outputs = tree.flatten(inputs), tree.flatten(outputs)
        entries = [_entry_node(x) for x in self.inputs]
        self._network = Network(owner, self.inputs, entries, self.outputs)
        self._running = self._network  # what a call runs: with side results, if any
        self._side_losses: list[KerasTensor] = []
        self._taps: list[KerasTensor] = []
        _check_names(owner, self._network.operations)
        self._layers = [op for op in self.operations if isinstance(op, Layer)]
        self._entries = [
            Entry(x, node.operation.name, node.operation.optional)
            for x, node in zip(self.inputs, entries, strict=True)
        ]
        is_alone = isinstance(outputs, (list, KerasTensor)) and len(self.outputs) == 1
        self._unwraps = is_alone  # [x] gives x, as in Keras
        self.autocast = False  # the entries cast to what each input is declared as
        self.built = True

    # What it is made of ---------------------------------------------------------------

    @property
    def operations(self) -> list:
        """The layers and the ops between them, from the inputs to the outputs."""
        return self._network.operations

    @property
    def input(self):
        """The symbolic inputs in the structure that the model was made with."""
        return self._input_structure

    @property
    def output(self):
        """The symbolic outputs in the structure that the model was made with."""
        return self._output_structure

    @property
    def input_shape(self):
        """The shape of the input, or the list of shapes if there are several."""
        return _one_or_all([x.shape for x in self.inputs])

    @property
    def output_shape(self):
        """The shape of the output, or the list of shapes if there are several."""
        return _one_or_all([x.shape for x in self.outputs])

    @property
    def input_names(self) -> list[str]:
        """The names under which data in a dict is looked up."""
        return [entry.name for entry in self._entries]

    @property
    def output_names(self) -> list[str]:
        """The names of the layers that the outputs come from."""
        return [self._network.producer(x).operation.name for x in self.outputs]

    # Calling --------------------------------------------------------------------------

    def call(self, inputs, training=None, mask=None):
        """Runs the graph.

        Args:
            inputs: Data in the structure of the inputs, or a dict by input names.
            training: Passed to the layers that take it, unless None.
            mask: Masks for the inputs, in their structure.
        """
        if type(inputs) is Tensor and len(self._entries) == 1:
            values = [self._entries[0].fit(inputs, self)]
        else:
            pairs = zip(self._entries, self._in_order(inputs), strict=True)
            values = [entry.fit(x, self) for entry, x in pairs]
        if mask is not None:
            put_masks(values, mask)
        results = self._running.run(values, training)
        if self._running is not self._network:
            results = self._put_aside(results)
        if self._unwraps:
            return results[0]
        return tree.pack_sequence_as(self._output_structure, results)

    def _put_aside(self, results: list) -> list:
        """Keeps the values of side losses and taps; returns those of the outputs."""
        count, losses = len(self.outputs), len(self._side_losses)
        for loss in results[count : count + losses]:
            super().add_loss(loss)
        taps = zip(self._taps, results[count + losses :], strict=True)
        self._tapped = {id(x): value for x, value in taps}
        return results[:count]

    def add_loss(self, loss) -> None:
        """Adds scalars to the loss of the model.

        Args:
            loss: Symbolic tensor made of tensors of the model, computed anew in each
                call; or a value, inside of `call`; or a list of them.
        """
        symbols = [x for x in tree.flatten(loss) if type(x) is KerasTensor]
        if symbols and not calls.depth:
            self._extend(losses=[ops.mean(x) if x.shape else x for x in symbols])
        super().add_loss(loss)

    def tap(self, tensors: list) -> None:
        """Lets each call keep the values of tensors of the graph, in `_tapped`."""
        known = {id(x) for x in self._taps}
        self._extend(taps=[x for x in tensors if id(x) not in known])

    def _extend(self, losses=(), taps=()) -> None:
        losses, taps = [*self._side_losses, *losses], [*self._taps, *taps]
        entries = [self._network.producer(x) for x in self.inputs]
        outputs = [*self.outputs, *losses, *taps]
        owner = checks.owner_name(self)
        self._running = Network(owner, self.inputs, entries, outputs)
        self._side_losses, self._taps = losses, taps

    def _in_order(self, inputs) -> list:
        """Returns the data for each input, in the order of `inputs`."""
        structure = self._input_structure
        if isinstance(inputs, dict):
            if isinstance(structure, dict):
                inputs = {key: self._data_for(key, inputs) for key in structure}
            else:
                inputs = [self._data_for(name, inputs) for name in self.input_names]
        elif isinstance(structure, dict):
            warnings.warn(
                f"{checks.owner_name(self)}: the inputs were declared as a dict with "
                f"keys {sorted(structure)}; other structures are taken in this order.",
                stacklevel=3,
            )
        values = tree.flatten(inputs)
        if len(values) != len(self._entries):
            names = self.input_names
            example = ", ".join(f"{name!r}: ..." for name in names)
            raise ValueError(
                f"{checks.owner_name(self)} expects {len(names)} input(s), {names}, "
                f"got {len(values)}. Try {{{example}}}."
            )
        return values

    def _data_for(self, key, data: dict):
        if key not in data:
            raise ValueError(
                f"{checks.owner_name(self)}: there is no data for the input {key!r}; "
                f"the dict has the keys {list(data)}. {checks.did_you_mean(key, data)}"
            )
        return data[key]

    # Configs --------------------------------------------------------------------------

    def get_config(self) -> dict:
        """Returns the layers and calls; of one's own `__init__`, its arguments."""
        base = {"name": self.name, "trainable": self.trainable}
        if _takes_graph(type(self)):
            graph = write_graph(self._network, self.input, self.output)
            return {**base, **graph}
        base["dtype"] = serialization.serialize_keras_object(self.dtype_policy)
        skip = {*base, "inputs", "outputs", "autocast", "activity_regularizer"}
        return {**base, **configurable.arguments(self, skip)}

    def get_build_config(self) -> dict:
        """Returns no shape: a graph is built when it is made."""
        return {"input_shape": None}


def model_from_graph(cls: type, config: dict) -> Model:
    """Makes a model of a functional config.

    Args:
        cls: `Functional`, or a model class with the same constructor. Any other class
            is replaced by `Functional`.
        config: What `Functional.get_config` returned, or its like in older files.
    """
    inputs, outputs = read_graph(config)
    options = {key: config[key] for key in ("name", "trainable") if key in config}
    if not (issubclass(cls, Functional) or _takes_graph(cls)):
        cls = Functional
    return cls(inputs, outputs, **options)


def _takes_graph(cls: type) -> bool:
    """Tells whether a class is made of inputs and outputs, as `Functional` is."""
    return configurable.argument_names(cls)[:2] == ["inputs", "outputs"]


def _checked(structure, what: str, owner: str):
    """Returns a structure of symbolic tensors, if it is one."""
    for x in tree.flatten(structure) or [structure]:
        if type(x) is not KerasTensor:
            raise ValueError(
                f"{owner}: {what} must be KerasTensors, got {checks.show(x)}. They "
                "come from Input(shape=...) and from calling layers on them."
            )
    return structure


def _entry_node(x: KerasTensor) -> Node:
    """Returns the node of an input's InputLayer, a new one if it has none."""
    node = node_of(x)
    if node is not None and isinstance(node.operation, InputLayer):
        return node
    stem = f"{node.operation.name}_output" if node else x.name
    layer = InputLayer(batch_shape=x.shape, dtype=x.dtype, name=naming.auto_name(stem))
    return layer._inbound_nodes[0]


def _check_names(owner: str, operations: list) -> None:
    """Raises if two operations have one name: then neither could be found again."""
    known = {}
    for operation in operations:
        other = known.setdefault(operation.name, operation)
        if other is not operation:
            raise ValueError(
                f"{owner}: two layers have the name {operation.name!r}: "
                f"{_described(other)} and {_described(operation)}. Give one of them "
                f"another: {type(operation).__name__}(..., "
                f"name={operation.name + '_2'!r})."
            )


def _described(operation) -> str:
    shape = operation._inbound_nodes[0].output_tensors[0].shape
    return f"a {type(operation).__name__} with output shape {shape}"


def _one_or_all(shapes: list):
    return shapes[0] if len(shapes) == 1 else shapes
