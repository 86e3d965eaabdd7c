"""`Sequential`: a model that is a list of layers, each fed by the one before."""

from ..layers.call_context import calls
from ..layers.input_layer import InputLayer
from ..layers.inputs import as_tuples
from ..layers.layer import Layer
from ..tensor import KerasTensor, dtypes
from ..utils import checks, naming, serialization, tree
from .entry import Entry, put_masks
from .model import MODELS, Model
from .network import graph_of_its_own, node_of, takes_training

__all__ = ["Sequential"]


@MODELS.register(module="keras")
class Sequential(Model):
    """A list of layers, each fed by the one before.

    Its weights are made as soon as the input shape is known: from an `Input` at the
    beginning, from `build(input_shape)`, or from the first data that come.

    Args:
        layers: The layers, and perhaps an `Input` first.
        trainable: Whether training updates the weights.
        name: Its name; made up if None.

    >>> from minikeras import layers
    >>> model = Sequential([layers.Input((3,)), layers.Dense(4), layers.Dense(1)])
    >>> model.output_shape
    (None, 1)
    """

    def __init__(self, layers=None, trainable=True, name=None):
        super().__init__(trainable=trainable, name=name)
        self.autocast = False  # the entry casts
        self._layers: list[Layer] = []
        self._forward: list[tuple] = []  # (layer, whether it takes `training`)
        self._tensors: list[KerasTensor] = []  # the input, and what each layer makes
        self._entry: Entry | None = None
        for layer in layers or ():
            self.add(layer, rebuild=False)
        self._rebuild()

    # The list of layers ---------------------------------------------------------------

    def add(self, layer, rebuild=True):
        """Puts a layer at the end.

        Args:
            layer: A Layer, or what `Input` returns, which goes to the beginning.
            rebuild: Whether the layer's weights are made now, if the shapes are known.

        Raises:
            ValueError: if it is not a layer, or its name is taken.
        """
        layer = self._checked(_input_layer_of(layer))
        if isinstance(layer, InputLayer):
            self._check_first_input(layer)
            self._layers.insert(0, layer)
        else:
            shape = layer._batch_input_shape
            if not self._layers and shape is not None:
                self._layers.append(InputLayer(batch_shape=shape))
            self._layers.append(layer)
            self._forward.append((layer, takes_training(layer)))
        self.built = False
        if rebuild:
            self._rebuild()

    def pop(self, rebuild=True) -> Layer:
        """Takes the last layer off and returns it.

        Args:
            rebuild: Kept for Keras code: the layers that stay need no rebuilding.
        """
        if not self._forward:
            raise IndexError(f"{checks.owner_name(self)}: there is no layer to pop.")
        layer, _ = self._forward.pop()
        self._layers.pop()
        del self._tensors[len(self._forward) + 1 :]
        self.built = self.built and bool(self._forward)
        return layer

    @property
    def layers(self) -> list[Layer]:
        """The layers; the input is not one of them."""
        return [layer for layer, _ in self._forward]

    def _checked(self, layer) -> Layer:
        if not isinstance(layer, Layer):
            raise ValueError(
                f"{checks.owner_name(self)}: only layers can be added, got "
                f"{checks.show(layer)}. {_advice(layer)}"
            )
        for other in self._layers:
            if other.name == layer.name and other is not layer:
                kinds = f"a {type(other).__name__} and a {type(layer).__name__}"
                raise ValueError(
                    f"{checks.owner_name(self)}: two layers have the name "
                    f"{layer.name!r}, {kinds}. Give one of them another: "
                    f"{type(layer).__name__}(..., name={layer.name + '_2'!r})."
                )
        return layer

    def _check_first_input(self, layer: InputLayer) -> None:
        if self._layers and isinstance(self._layers[0], InputLayer):
            raise ValueError(
                f"{checks.owner_name(self)} has an input already, of shape "
                f"{self._layers[0].batch_shape}; another of shape {layer.batch_shape} "
                "cannot be added. Use Model(inputs, outputs) for several inputs."
            )

    # Building -------------------------------------------------------------------------

    def _rebuild(self) -> None:
        """Builds if the input shape is known."""
        if not self._forward:
            return
        first = self._layers[0]
        if isinstance(first, InputLayer):
            self.build(first.batch_shape)
        elif isinstance(first, Model) and len(getattr(first, "inputs", ())) == 1:
            self.build(first.inputs[0].shape)
        elif len(getattr(first, "inputs", ())) > 1:
            self.build([x.shape for x in first.inputs])

    def build(self, input_shape=None):
        """Makes the weights of all layers.

        Args:
            input_shape: Shape of the input with its batch axis. It may be left out if
                there is an `Input`.
        """
        if not self._forward:
            raise ValueError(
                f"{checks.owner_name(self)} has no layers to build. "
                "Try model.add(Dense(1))."
            )
        if self._start(input_shape):
            naming.auto_name("functional")  # Keras counts it as a functional model
            with graph_of_its_own():
                for layer in self.layers[len(self._tensors) - 1 :]:
                    self._tensors.append(layer(self._tensors[-1]))
        else:
            super().build(input_shape)

    def _start(self, shape) -> bool:
        """Sees to the symbolic input; False if there are several inputs."""
        if self._tensors:
            self._check_same_input(shape)
            return True
        first = self._layers[0]
        if not isinstance(first, InputLayer):
            if shape is None:
                raise ValueError(
                    f"{checks.owner_name(self)}: the input shape is not known. Give "
                    "it, as in build((None, 8)), or begin with Input(shape=(8,))."
                )
            if not isinstance(shape, (list, tuple)) or any(map(tree.is_nested, shape)):
                self._tensors = [first.input] if hasattr(first, "inputs") else []
                return bool(self._tensors)
            inner = getattr(first, "inputs", None)  # those of a model
            dtype = inner[0].dtype if inner else first.input_dtype
            first = InputLayer(batch_shape=shape, dtype=dtype)
            self._layers.insert(0, first)
        self._tensors = [first.output]
        self._entry = Entry(first.output, first.name, first.optional)
        return True

    def _build_for(self, args, kwargs):
        """Builds for the arguments; of strings, only they tell the input's dtype."""
        is_text = dtypes.standardize(getattr(args[0], "dtype", None)) == "string"
        if is_text and not isinstance(self._layers[0], InputLayer):
            entry = InputLayer(batch_shape=args[0].shape, dtype="string")
            self._layers.insert(0, entry)
        super()._build_for(args, kwargs)

    def _check_same_input(self, shape) -> None:
        known = getattr(self._tensors[0], "shape", None)
        if (
            known is not None
            and shape is not None
            and not calls.depth
            and tuple(shape)[1:] != known[1:]
        ):
            raise ValueError(
                f"{checks.owner_name(self)} is built for inputs of shape {known}; it "
                f"cannot be built for {tuple(shape)}. Make a new model."
            )

    # Calling --------------------------------------------------------------------------

    def call(self, inputs, training=None, mask=None):
        """Runs the layers one after the other.

        Args:
            inputs: What the first layer takes.
            training: Passed to the layers that take it, unless None.
            mask: Mask for the inputs.
        """
        x = inputs
        if self._entry is not None:
            if isinstance(x, (list, tuple, dict)):
                x = self._only(x)
            x = self._entry.fit(x, self)
        if mask is not None:
            put_masks(tree.flatten(x), mask)
        for layer, trains in self._forward:
            if trains and training is not None:
                x = layer(x, training=training)
            else:
                x = layer(x)
        return x

    def _only(self, inputs):
        """Returns the only tensor in a list or dict."""
        values = tree.flatten(inputs)
        if len(values) != 1:
            raise ValueError(
                f"{checks.owner_name(self)} expects 1 input, got {len(values)}. Use "
                "Model(inputs, outputs) for several inputs."
            )
        return values[0]

    # Symbolic inputs and outputs ------------------------------------------------------

    @property
    def inputs(self) -> list[KerasTensor]:
        """The symbolic input, in a list; several if it begins with such a model."""
        return tree.flatten(self._symbolic("inputs")[0])

    @property
    def outputs(self) -> list[KerasTensor]:
        """The symbolic output, in a list."""
        return [self._symbolic("outputs")[-1]]

    @property
    def output_names(self) -> list[str]:
        """The name of the last layer, under which `compile` knows the output."""
        return [layer.name for layer in self.layers[-1:]]

    @property
    def input(self) -> KerasTensor:
        """The symbolic input, or the inputs of a model at the beginning."""
        return self._symbolic("input")[0]

    @property
    def output(self) -> KerasTensor:
        """The symbolic output."""
        return self._symbolic("output")[-1]

    @property
    def input_shape(self) -> tuple:
        """The shape of the input, with its batch axis."""
        return tree.map_structure(lambda x: x.shape, self._symbolic("input_shape")[0])

    @property
    def output_shape(self) -> tuple:
        """The shape of the output, with its batch axis."""
        return self._symbolic("output_shape")[-1].shape

    def _symbolic(self, wanted: str) -> list[KerasTensor]:
        if not self._tensors:
            raise AttributeError(
                f"{checks.owner_name(self)} has no {wanted} before it is built. Begin "
                "with Input(shape=...), or call model.build((None, ...))."
            )
        return self._tensors

    # Configs --------------------------------------------------------------------------

    def get_config(self) -> dict:
        """Returns the configs of the layers and the input shape, if it is known."""
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialization.serialize_keras_object(self.dtype_policy),
            "layers": [serialization.serialize_keras_object(x) for x in self._layers],
        }
        if self._tensors:
            config["build_input_shape"] = self.input_shape
        return config

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes a model of what `get_config` returned.

        Args:
            config: The config; the list of layers alone, as old files have it, will do.
            custom_objects: Name -> class or function of your own.
        """
        config = {"layers": config} if isinstance(config, list) else config
        model = cls(name=config.get("name"))
        for form in config["layers"]:
            layer = serialization.deserialize_keras_object(form, custom_objects)
            model.add(layer, rebuild=False)
        model._rebuild()
        if not model.built and config.get("build_input_shape"):
            model.build(as_tuples(config["build_input_shape"]))
        model._trainable = config.get("trainable", True)
        return model


def _input_layer_of(layer):
    """Returns the InputLayer of what `Input` returned; anything else as it is."""
    node = node_of(layer)
    is_input = node is not None and isinstance(node.operation, InputLayer)
    return node.operation if is_input else layer


def _advice(layer) -> str:
    if isinstance(layer, type):
        return f"Try {layer.__name__}(...): this is the class, not a layer of it."
    return "Try Lambda(function)." if callable(layer) else "Try Dense(1)."
