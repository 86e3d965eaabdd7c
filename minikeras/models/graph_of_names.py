"""`Graph` of Keras 0: layers that are put together by their names."""

from ..layers.input_layer import Input
from ..layers.layer import LAYERS
from ..legacy import doors
from ..legacy.merging import MODES
from ..utils import checks
from .functional import Functional

__all__ = ["Graph"]


class Graph:
    """A model of named inputs, nodes and outputs; it becomes a `Model` when compiled.

    >>> from minikeras import layers
    >>> import warnings
    >>> warnings.simplefilter("ignore", DeprecationWarning)
    >>> graph = Graph()
    >>> graph.add_input(name="x", input_shape=(4,))
    >>> graph.add_node(layers.Dense(3), name="hidden", input="x")
    >>> graph.add_output(name="y", input="hidden")
    >>> graph.model.output_shape
    (None, 3)
    """

    def __init__(self):
        doors.warn("Graph() is Model(inputs, outputs) today.")
        self._tensors = {}
        self._inputs: list[str] = []
        self._outputs: dict = {}
        self._model = None

    def add_input(self, name, input_shape=None, batch_input_shape=None, dtype="float"):
        """Adds an input; `dtype` "int" is for indices."""
        kinds = {"float": None, "int": "int32"}
        self._take(name)
        self._inputs.append(name)
        self._tensors[name] = Input(
            shape=None if batch_input_shape else input_shape,
            batch_shape=batch_input_shape,
            dtype=kinds.get(dtype, dtype),
            name=name,
        )

    def add_node(
        self,
        layer,
        name,
        input=None,
        inputs=(),
        merge_mode="concat",
        concat_axis=-1,
        dot_axes=-1,
        create_output=False,
    ):
        """Calls a layer on a named tensor, or on several that are merged first.

        Args:
            layer: The layer.
            name: What its output is called.
            input: Name of the tensor it takes.
            inputs: Names of several tensors instead.
            merge_mode, concat_axis, dot_axes: See `Merge`.
            create_output: Whether it is an output of the model too.
        """
        source = self._source(input, inputs, merge_mode, concat_axis, dot_axes)
        self._take(name)
        self._tensors[name] = layer(source)
        if create_output:
            self._outputs[name] = self._tensors[name]

    def add_output(
        self,
        name,
        input=None,
        inputs=(),
        merge_mode="concat",
        concat_axis=-1,
        dot_axes=-1,
    ):
        """Makes a named tensor, or several that are merged, an output of the model."""
        source = self._source(input, inputs, merge_mode, concat_axis, dot_axes)
        if name in self._outputs:
            checks.fail("Graph", "name", name, "be a new name")
        identity = LAYERS.find("Activation")("linear", name=name)
        self._outputs[name] = identity(source)
        self._model = None

    def _take(self, name) -> None:
        if name in self._tensors:
            checks.fail("Graph", "name", name, "be a new name")

    def _source(self, input, inputs, mode, concat_axis, dot_axes):
        names = [input] if input is not None else list(inputs)
        for name in names:
            if name not in self._tensors:
                known = checks.did_you_mean(name, self._tensors)
                raise ValueError(f"Graph: there is no node {name!r}. {known}")
        tensors = [self._tensors[name] for name in names]
        if len(tensors) == 1:
            return tensors[0]
        checks.one_of("Graph", merge_mode=mode, allowed=tuple(MODES))
        kind, taken, fixed = MODES[mode]
        given = {"concat_axis": concat_axis, "dot_axes": dot_axes}
        arguments = {new: given[old] for new, old in taken.items()}
        return LAYERS.find(kind)(**arguments, **fixed)(tensors)

    @property
    def model(self) -> Functional:
        """The model of what was added so far."""
        if self._model is None:
            inputs = {name: self._tensors[name] for name in self._inputs}
            self._model = Functional(inputs, dict(self._outputs))
        return self._model

    def fit(self, data, **kwargs):
        """Trains on a dict that holds the inputs and the targets by name."""
        return self.model.fit(*self._parted(data), **kwargs)

    def evaluate(self, data, **kwargs):
        """Measures on a dict that holds the inputs and the targets by name."""
        return self.model.evaluate(*self._parted(data), **kwargs)

    def train_on_batch(self, data, **kwargs):
        """Takes a step on a dict that holds the inputs and the targets by name."""
        return self.model.train_on_batch(*self._parted(data), **kwargs)

    def _parted(self, data: dict) -> tuple[dict, dict]:
        missing = [k for k in (*self._inputs, *self._outputs) if k not in data]
        if missing:
            raise ValueError(
                f"Graph: the data must have all inputs and outputs by name; "
                f"{missing} are missing, got {list(data)}."
            )
        first = {name: data[name] for name in self._inputs}
        return first, {name: data[name] for name in self._outputs}

    def predict(self, data, **kwargs) -> dict:
        """Computes the outputs, a dict by name."""
        inputs = {name: data[name] for name in self._inputs}
        return self.model.predict(inputs, **kwargs)

    def __getattr__(self, name: str):
        """Everything else is the model's: compile, summary, save_weights, ..."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.model, name)
