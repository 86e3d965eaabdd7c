"""What all architectures share: arguments, checks, the top, files of weights.

An architecture is one function that puts layers together, and a row for each member:

    def _vgg(request, repeats, hashes):
        x = request.images(size=224, smallest=32)   # the checked input
        ...                                         # the layers
        return request.model(request.top(x), file, file_hash)

    VGG16 = architecture("VGG16", _vgg, "...", repeats=(2, 2, 3, 3, 3), hashes=...)

`VGG16` is then a function with the arguments of Keras. Those that a user gave are the
attributes of `request`, an object that also does the steps that never differ.
"""

import inspect
import os
import warnings

from .. import activations, config
from ..layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input
from ..models import Model
from ..tensor import KerasTensor
from ..tensor.graph import get_source_inputs
from ..utils import download
from ..utils.registry import Registry
from . import imagenet_utils

__all__ = [
    "ARCHITECTURE_LAYERS",
    "ARGUMENTS",
    "Request",
    "architecture",
    "multiple_of_8",
    "preprocessing",
    "stride_padding",
]

# The layers that only an architecture has; files name them by its module.
ARCHITECTURE_LAYERS = Registry("layer", "keras.applications", __package__)
_URL = "https://storage.googleapis.com/tensorflow/keras-applications/"
# The arguments of most architectures and their defaults, in Keras's order. `name` comes
# last: the name of the function in small letters.
ARGUMENTS = {
    "include_top": True,
    "weights": "imagenet",
    "input_tensor": None,
    "input_shape": None,
    "pooling": None,
    "classes": 1000,
    "classifier_activation": "softmax",
}
_MEANINGS = {
    "include_top": "Whether the model ends in the layers that tell classes apart.",
    "include_preprocessing": "Whether the model begins with the scaling of pixels.",
    "weights": '`"imagenet"`, None (random), or the path of a file of weights.',
    "input_tensor": "KerasTensor of images that the model begins with.",
    "input_shape": "Shape of an image without the batch.",
    "pooling": 'Without top: `"avg"`, `"max"` or None (a map of features).',
    "classes": "Number of classes; 1000 for the top with weights of ImageNet.",
    "classifier_activation": "Activation of the top; None for logits.",
    "alpha": "Width: the number of filters of each layer is multiplied by it.",
    "depth_multiplier": "Filters of each depthwise convolution for one channel.",
    "dropout": "Rate of the dropout in the top.",
    "dropout_rate": "Rate of the dropout in the top.",
    "minimalistic": "Without squeeze-and-excite, hard-swish and 5x5 convolutions.",
    "name": "Name of the model.",
}
_RAISES = """Raises:
    ValueError: Arguments do not go together, or images are too small.
    ConnectionError: `weights="imagenet"`, the file is not in `~/.keras/models` and
        cannot be downloaded; the message names file, folder and URL."""


def architecture(public_name, build, summary, arguments=ARGUMENTS, name="", **facts):
    """Makes the public function of one member of a family.

    Args:
        public_name: Name of the function.
        build: Function `(request, **facts)` that returns the model.
        summary: First lines of the docstring.
        arguments: Arguments and their defaults, in order.
        name: Default name of the model; None if `build` makes it up.
        facts: What tells this member from the others.
    """
    default = public_name.lower() if name == "" else name
    arguments = {**arguments, "name": default}
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter(key, kind, default=arguments[key]) for key in arguments]
    )

    def construct(*args, **kwargs):
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{public_name}{signature}: {error}.") from None
        return build(Request(public_name, {**arguments, **bound.arguments}), **facts)

    lines = "\n".join(f"    {key}: {_MEANINGS[key]}" for key in arguments)
    construct.__doc__ = f"{summary}\n\nArgs:\n{lines}\n\n{_RAISES}\n"
    construct.__name__ = construct.__qualname__ = public_name
    construct.__module__ = build.__module__
    construct.__signature__ = signature
    return construct


def preprocessing(mode):
    """Makes the function `preprocess_input` of an architecture.

    Args:
        mode: Mode of `imagenet_utils.preprocess_input`; None if the model scales the
            pixels itself.
    """

    def preprocess_input(x, data_format=None):
        if mode is None:
            return x
        return imagenet_utils.preprocess_input(x, data_format, mode)

    preprocess_input.__doc__ = (
        "Returns the images as they are: the model itself scales the pixels."
        if mode is None
        else f"Scales pixels 0 to 255 for this model: mode {mode!r} of "
        "`imagenet_utils.preprocess_input`."
    )
    return preprocess_input


def multiple_of_8(filters: float) -> int:
    """Returns the nearest multiple of 8 that takes away no more than a tenth.

    >>> multiple_of_8(26), multiple_of_8(27)
    (24, 32)
    """
    nearest = max(8, int(filters + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * filters else nearest


def stride_padding(x, kernel_size: int, axis: int) -> tuple:
    """Returns the zeros around x that a convolution of stride 2 takes for "same".

    Keras's older weights come from frameworks where a height or width that is even, or
    unknown, has a zero less before than after.

    Args:
        x: KerasTensor of images.
        kernel_size: Height and width of the kernel.
        axis: Axis of the channels.
    """
    half = kernel_size // 2
    sizes = x.shape[1:3] if axis in (3, -1) else x.shape[2:4]
    return tuple((half - (n is None or n % 2 == 0), half) for n in sizes)


class Request:
    """The arguments of one call, as attributes, and the steps that all builders share.

    Args:
        owner: Public name of the architecture, for messages.
        arguments: Arguments by name.
    """

    def __init__(self, owner: str, arguments: dict):
        self.owner = owner
        self.inputs = None
        vars(self).update(arguments)
        self._check_weights()

    @property
    def channel_axis(self) -> int:
        """The axis of the channels, counted from the front: 3 or 1."""
        return 3 if config.image_data_format() == "channels_last" else 1

    @property
    def last_axis(self) -> int:
        """The same axis as some of Keras's layers have it in their config: -1 or 1."""
        return -1 if self.channel_axis == 3 else 1

    @property
    def is_imagenet(self) -> bool:
        """Whether the weights of ImageNet are wanted."""
        return isinstance(self.weights, str) and self.weights == "imagenet"

    def refuse(self, must: str, fix: str):
        """Raises the ValueError that says what must hold, and what to write instead."""
        raise ValueError(f"{self.owner}: {must} Try {self.owner}({fix}).")

    def warn(self, message: str) -> None:
        """Warns at the line of the user's call."""
        depth = 2
        while inspect.stack(0)[depth].frame.f_globals.get("__package__") == __package__:
            depth += 1
        warnings.warn(f"{self.owner}: {message}", stacklevel=depth + 1)

    def images(self, size: int, smallest: int, static=None):
        """Returns the symbolic images that the model begins with.

        Args:
            size: Height and width of the images that ImageNet's weights are for.
            smallest: Least height and width that all layers can work on.
            static: Whether height and width must be known; by default with the top.
        """
        static = self.include_top if static is None else static
        self.input_shape = shape = self._shape(size, smallest, static)
        if self.input_tensor is None:
            self.inputs = Input(shape)
            return self.inputs
        if not isinstance(self.input_tensor, KerasTensor):
            self.refuse(
                "input_tensor must be a KerasTensor, got "
                f"{type(self.input_tensor).__name__}.",
                f"input_tensor=keras.Input({shape})",
            )
        self.inputs = get_source_inputs(self.input_tensor)
        return self.input_tensor

    def check_alpha(self, known: tuple) -> None:
        """Refuses a width that ImageNet's weights do not have.

        Args:
            known: The values of `alpha` there are weights for.
        """
        if self.is_imagenet and self.alpha not in known:
            self.refuse(
                f"weights='imagenet' needs alpha to be one of {known}, got "
                f"{self.alpha!r}.",
                "alpha=1.0",
            )

    def check_same_shape(self) -> None:
        """Refuses an `input_shape` that is not the shape of `input_tensor`."""
        if self.input_tensor is None or self.input_shape is None:
            return
        found = tuple(self.input_tensor.shape[1:])
        if found != tuple(self.input_shape):
            self._refuse_shape(f"must be that of input_tensor, {found}", found)

    @property
    def rows(self) -> int | None:
        """Height of the images; None if it may be any."""
        return self._split(self.input_shape)[0]

    def trained_size(self, known: tuple, is_final=False) -> int:
        """Returns the size of images whose weights come nearest to the input's.

        Args:
            known: Sizes that there are weights for; the last is the default.
            is_final: Whether the shape is checked, so that it is time to warn.
        """
        shape = self.input_shape
        if shape is not None and len(shape) == 3:
            height, width, _ = self._split(tuple(shape))
            if height == width and height in known:
                return height
        if is_final and self.is_imagenet:
            self.warn(
                f"there are weights for square images of the sizes {known}, not for "
                f"input_shape {shape}: those for {known[-1]} are loaded."
            )
        return known[-1]

    def top(self, x, pool_name="avg_pool", is_named=True, layers=()):
        """Returns the scores of the classes, or without top the pooled features.

        Args:
            x: Map of features.
            pool_name: Name of the pooling before the scores.
            is_named: Whether without top, too, the pooling has a name.
            layers: Layers between the pooling and the scores.
        """
        if not self.include_top:
            return self.pooled(x, is_named)
        x = GlobalAveragePooling2D(name=pool_name)(x)
        for layer in layers:
            x = layer(x)
        return self.scores(x)

    def scores(self, x, **arguments):
        """Returns the scores of the classes: the layer `predictions`.

        Args:
            x: Features of shape `(n, ...)`.
            arguments: More arguments of the Dense layer.
        """
        activation = self.checked_activation()
        layer = Dense(self.classes, activation, name="predictions", **arguments)
        return layer(x)

    def checked_activation(self):
        """Returns `classifier_activation`, if it goes with the weights."""
        wanted = activations.get(self.classifier_activation)
        known = (activations.softmax, activations.linear)
        if self.is_imagenet and self.include_top and wanted not in known:
            self.refuse(
                "the top with weights='imagenet' needs classifier_activation='softmax' "
                f"or None, got {self.classifier_activation!r}.",
                "classifier_activation=None",
            )
        return self.classifier_activation

    def pooled(self, x, is_named=False):
        """Returns a map of features as vectors, if the user asks for a pooling.

        Args:
            x: Map of features.
            is_named: Whether the layer is named `avg_pool` or `max_pool`.
        """
        if self.pooling == "avg":
            return GlobalAveragePooling2D(name="avg_pool" if is_named else None)(x)
        if self.pooling == "max":
            return GlobalMaxPooling2D(name="max_pool" if is_named else None)(x)
        return x

    def model(self, outputs, file: str, file_hash: str | None = None, fname=None):
        """Returns the model, with its weights.

        Args:
            outputs: What the last layer gives.
            file: File of ImageNet's weights, as a path below the folder of the URL.
            file_hash: Its hash.
            fname: Its name in the cache, if not the one in the URL.
        """
        model = Model(self.inputs, outputs, name=self.name)
        path = self.weights
        if self.is_imagenet:
            path = download.get_file(
                fname or file.rpartition("/")[2],
                file if "://" in file else _URL + file,
                cache_subdir="models",
                file_hash=file_hash,
            )
        if path is not None:
            model.load_weights(path)
        return model

    def _check_weights(self) -> None:
        if not (self.weights is None or self.is_imagenet):
            if not os.path.exists(self.weights):
                self.refuse(
                    "weights must be None, 'imagenet' or the path of a file, got "
                    f"{self.weights!r}, and there is no such file.",
                    "weights=None",
                )
        if self.is_imagenet and self.include_top and self.classes != 1000:
            self.refuse(
                "the top with weights='imagenet' has classes=1000, got "
                f"{self.classes!r}. Put a Dense layer on the model without top.",
                "include_top=False, pooling='avg'",
            )

    def _shape(self, size: int, smallest: int, static: bool) -> tuple:
        """The shape of an image, checked."""
        shape = self.input_shape
        default = self._layout(size, size, 3)
        if shape is None:
            return default if static else self._layout(None, None, 3)
        shape = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        if len(shape) != 3:
            self._refuse_shape("must have three entries", default)
        if self.is_imagenet and static and shape != default:
            self._refuse_shape(f"must be {default} for ImageNet's weights", default)
        height, width, channels = self._split(shape)
        if self.is_imagenet and channels != 3:
            self._refuse_shape("must have 3 channels for ImageNet's weights", default)
        if static and None in shape:
            self._refuse_shape("must be known for the top", default)
        if any(n is not None and n < smallest for n in (height, width)):
            self._refuse_shape(
                f"must be at least {smallest}x{smallest}",
                self._layout(smallest, smallest, channels),
            )
        if channels not in (1, 3):
            self.warn(f"input_shape {shape} has {channels} channels, not 1 or 3.")
        return shape

    def _refuse_shape(self, must: str, example: tuple):
        self.refuse(
            f"input_shape {must}, got {self.input_shape}.", f"input_shape={example}"
        )

    def _layout(self, height, width, channels) -> tuple:
        last = (height, width, channels)
        return last if self.channel_axis == 3 else (channels, height, width)

    def _split(self, shape: tuple) -> tuple:
        """Height, width and channels of a shape in the layout that is set."""
        return shape if self.channel_axis == 3 else (*shape[1:], shape[0])
