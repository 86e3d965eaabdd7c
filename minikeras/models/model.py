"""`Model`: a layer that can be trained, saved and summarised.

There are three ways to one. `Sequential([...])` is a list of layers (sequential.py).
`Model(inputs, outputs)` is a graph of them (functional.py). A class of one's own is
derived from `Model` and says in `call` what happens.
"""

from .. import saving
from ..layers.call_context import calls
from ..layers.layer import Layer
from ..legacy import doors
from ..legacy.ages import age_of
from ..legacy.configs import model_config
from ..tensor import KerasTensor, late_values, no_history
from ..training.trainer import Trainer
from ..utils import checks, serialization, tree
from ..utils.lazy import LazyModule
from ..utils.registry import Registry, custom_object_scope

__all__ = ["MODELS", "Model", "model_from_json"]

MOST_BYTES = 1 << 33  # that the weights of a model may take which a text describes

_OPTIONS = {"inputs", "outputs", "name", "trainable", "dtype", "autocast"}

MODELS = Registry("model", "keras.models", __package__)

json = LazyModule("json")
functional = LazyModule(f"{__package__}.functional")  # defines a subclass of Model
summary = LazyModule(f"{__package__}.summary")
states = LazyModule(f"{__package__}.state_tree")


@MODELS.register(module="keras")
class Model(Trainer, Layer):
    """Groups layers into an object that can be trained.

    `Model(inputs, outputs)` makes a functional model of the graph between symbolic
    tensors. A subclass makes its layers in `__init__` and uses them in `call`.

    Args:
        inputs: KerasTensor, or a list or dict of them, usually from `Input`.
        outputs: KerasTensor, or a list or dict of them.
        trainable: Whether training updates the weights.
        dtype: Dtype name or policy.
        name: Its name; made from the class name if None.

    >>> from minikeras import layers
    >>> inputs = layers.Input((3,))
    >>> model = Model(inputs, layers.Dense(2)(inputs), name="tiny")
    >>> model
    <Functional name=tiny, built=True>
    """

    _kind = "model"

    def __new__(cls, *args, **kwargs):
        """Makes a Functional of inputs and outputs."""
        if cls is Model and _is_graph(args, kwargs):
            cls = functional.Functional
        return super().__new__(cls)

    def __init__(self, *args, **kwargs):
        if _is_graph(args, kwargs):  # a subclass that is made of a graph
            _derive_from_functional(type(self))
            functional.Functional.__init__(self, *args, **kwargs)
            return
        if args or "inputs" in kwargs or "outputs" in kwargs:
            raise ValueError(
                f"{type(self).__name__}: a model takes both inputs and outputs, or "
                f"neither, got {len(args)} positional arguments and {sorted(kwargs)}. "
                "Try Model(inputs=..., outputs=...)."
            )
        super().__init__(**kwargs)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    # Layers ---------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers of this model; those inside of layers are not listed."""
        return self._flatten_layers(include_self=False, recursive=False)

    def get_layer(self, name=None, index=None) -> Layer:
        """Returns a layer by its name or by its place in `layers`.

        Raises:
            ValueError: if there is no such layer, or not exactly one argument.
        """
        if (name is None) == (index is None):
            raise ValueError(
                f"{checks.owner_name(self)}: get_layer takes either a name or an "
                f"index, got name={name!r} and index={index!r}."
            )
        layers = self.layers
        if index is None:
            return self._layer_named(name)
        if not -len(layers) <= index < len(layers):
            raise ValueError(
                f"{checks.owner_name(self)}: there is no layer at index {index}, there "
                f"are {len(layers)} layers."
            )
        return layers[index]

    def _layer_named(self, name: str) -> Layer:
        for layer in self.layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in self.layers]
        raise ValueError(
            f"{checks.owner_name(self)}: there is no layer {name!r}. "
            f"{checks.did_you_mean(name, names)}"
        )

    # Building and calling -------------------------------------------------------------

    def build(self, input_shape):
        """Makes the weights of all layers by trying `call` on symbolic inputs.

        Args:
            input_shape: Shape of the input with its batch axis, or a list or dict of
                shapes.
        """
        if not calls.depth:  # in a call, the call itself builds the layers
            with no_history():
                self.call(tree.map_shape_structure(KerasTensor, input_shape))

    # Looking at it --------------------------------------------------------------------

    def summary(
        self,
        line_length=None,
        positions=None,
        print_fn=None,
        expand_nested=False,
        show_trainable=False,
        layer_range=None,
    ):
        """Prints a table of the layers with their output shapes and parameters.

        Args:
            line_length: Width of the table; that of the terminal if None.
            positions: Where each column ends, as fractions of the width or as numbers
                of characters.
            print_fn: Called with the text instead of `print`.
            expand_nested: Whether the layers of models in the model are listed too.
            show_trainable: Whether there is a column that says what is trainable.
            layer_range: Two names or regular expressions, of the first and the last
                layer to list.
        """
        text = summary.render(
            self, line_length, positions, expand_nested, show_trainable, layer_range
        )
        (print_fn or print)(text)

    def _repr_html_(self):
        """The summary as a table, for notebooks; None before there are weights."""
        return summary.render_html(self) if self.built else None

    def get_state_tree(self, value_format="backend_tensor") -> dict:
        """Returns all variables as nested dicts, by kind and path.

        Args:
            value_format: "backend_tensor" or "numpy_array": what the values are.
        """
        return states.read(self, value_format)

    def set_state_tree(self, state_tree):
        """Sets variables to what `get_state_tree` returned, or to a part of it.

        Args:
            state_tree: Nested dicts of values; with a wrong name or shape in them,
                nothing changes.
        """
        states.write(self, state_tree)

    # Files and configs ----------------------------------------------------------------

    def save(self, filepath, overwrite=True, zipped=None, **kwargs):
        """Writes the model, its weights and its training state to one file.

        Args:
            filepath: Where to; the suffix chooses the format.
            overwrite: False asks before an existing file is replaced.
            zipped: See `saving.save_model`.
            **kwargs: See `saving.save_model`.
        """
        saving.save_model(self, filepath, overwrite=overwrite, zipped=zipped, **kwargs)

    def save_weights(self, filepath, overwrite=True, max_shard_size=None):
        """Writes the weights to a file.

        Args:
            filepath: Where to; the suffix chooses the format.
            overwrite: False asks before an existing file is replaced.
            max_shard_size: See `saving.save_weights`.
        """
        saving.save_weights(
            self, filepath, overwrite=overwrite, max_shard_size=max_shard_size
        )

    def load_weights(self, filepath, skip_mismatch=False, **kwargs):
        """Sets the weights from a file, all or, where they do not fit, none.

        Args:
            filepath: A file of weights or of a whole model.
            skip_mismatch: Leave out, with a warning, layers whose shapes differ.
            **kwargs: `by_name=True` pairs layers by name instead of by order.
        """
        saving.load_weights(self, filepath, skip_mismatch=skip_mismatch, **kwargs)

    def to_json(self, **kwargs) -> str:
        """Returns the config as JSON, for `model_from_json`; weights are not in it.

        Args:
            **kwargs: Passed to `json.dumps`: `indent=2`.
        """
        return json.dumps(serialization.serialize_keras_object(self), **kwargs)

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes a model of what `get_config` returned.

        Args:
            config: The config.
            custom_objects: Name -> class or function of your own.
        """
        with custom_object_scope(custom_objects or {}):
            if "layers" in config and "input_layers" in config:
                return functional.model_from_graph(cls, config)
            return super().from_config(config)


def model_from_json(json_string, custom_objects=None) -> Model:
    """Makes a model of what `to_json` returned; its weights are new ones.

    Args:
        json_string: The JSON text, of Keras 1, 2 or 3.
        custom_objects: Name -> class or function of your own.
    """
    with saving.explained("the model of this JSON"):
        config = json.loads(json_string)
        if isinstance(config, dict) and "keras_version" in config:
            age = age_of(config["keras_version"], config.get("backend"))
            config = model_config(config, age)
        with late_values(MOST_BYTES) as draw:
            model = serialization.deserialize_keras_object(
                config, custom_objects=custom_objects
            )
            draw()
        return model


def _is_graph(args: tuple, kwargs: dict) -> bool:
    """Tells whether arguments are those of a functional model."""
    if kwargs.keys() - _OPTIONS:
        kwargs = doors.renamed("Model", kwargs)
    has_outputs = len(args) > 1 or "outputs" in kwargs
    return has_outputs and bool(args or "inputs" in kwargs)


def _derive_from_functional(cls: type) -> None:
    """Puts Functional in the place of Model among the bases of a class."""
    if issubclass(cls, functional.Functional):
        return
    if Model in cls.__bases__:
        cls.__bases__ = tuple(
            functional.Functional if base is Model else base for base in cls.__bases__
        )
        return
    for base in cls.__bases__:
        if issubclass(base, Model):
            _derive_from_functional(base)
