"""Convolution: one small kernel slides over space and looks for its pattern everywhere.

Conv1D, Conv2D and Conv3D are one class with 1, 2 or 3 axes of space. `Windowed` is what
they share with the other layers that slide a window: depthwise, separable, transposed
and locally connected (see the files `convolution_*.py` and `locally_connected.py`).
"""

import math

from .. import activations, constraints, initializers, ops, regularizers
from ..ops.bias import add_bias
from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS
from .lora import LowRank
from .spatial import Spatial

_READERS = {
    "initializer": initializers.get,
    "regularizer": regularizers.get,
    "constraint": constraints.get,
}


def in_dimensions(rank, constructor):
    """Returns the constructor with its defaults as Keras has them in 2 or 3 dimensions.

    Strides and dilation are 1 by default in one dimension, (1, 1) in two.
    """
    code = constructor.__code__
    defaults = constructor.__defaults__
    names = code.co_varnames[code.co_argcount - len(defaults) : code.co_argcount]
    spelled = tuple(
        (1,) * rank if name in ("strides", "dilation_rate") else value
        for name, value in zip(names, defaults, strict=True)
    )
    scope, cell = constructor.__globals__, constructor.__closure__
    return type(constructor)(code, scope, "__init__", spelled, cell)


class Windowed(Spatial):
    """Common to the layers that slide a window over space: arguments, checks, bias."""

    paddings = ("valid", "same")
    dilation_rate = 1
    bias = None

    def keep_window(self, kernel_size, strides, padding, data_format, dilation_rate=1):
        """Keeps what describes the window, the sizes spelled out for each axis."""
        rank = self.rank
        self.kernel_size = checks.int_or_tuple(self, rank, kernel_size=kernel_size)
        self.strides = checks.int_or_tuple(self, rank, strides=strides)
        dilation_rate = checks.int_or_tuple(self, rank, dilation_rate=dilation_rate)
        self.dilation_rate = dilation_rate
        padding = padding.lower() if isinstance(padding, str) else padding
        self.padding = checks.one_of(self, padding=padding, allowed=self.paddings)
        self.keep_format(data_format)

    def refuse_dilated_strides(self):
        """Refuses strides together with dilation, as Keras does."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"{checks.owner_name(self)}: strides and dilation_rate cannot both be "
                f"above 1, got strides={self.strides}, dilation_rate="
                f"{self.dilation_rate}. Try strides=1."
            )

    def keep_options(self, activation, use_bias, **options):
        """Keeps activation and initializers, regularizers, constraints, by name."""
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        for name, value in options.items():
            setattr(self, name, _READERS[name.rpartition("_")[2]](value))

    def read_channels(self, input_shape):
        """Returns the number of channels, which inputs must have from now on."""
        axis = -1 if self.data_format == "channels_last" else 1
        channels = input_shape[axis]
        if channels is None:
            raise ValueError(
                f"{checks.owner_name(self)}: the number of channels must be known, got "
                f"input shape {tuple(input_shape)} with data_format="
                f"{self.data_format!r}."
            )
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def check_fit(self, input_shape):
        """Refuses an input that the window does not fit into."""
        space = input_shape[self.first_axis : self.first_axis + self.rank]
        for n, span in zip(space, self.spans, strict=True):
            if self.padding == "valid" and n is not None and n < span:
                raise ValueError(
                    f"{checks.owner_name(self)}: the kernel spans {self.spans}, more "
                    f"than the input of shape {tuple(input_shape)} has: the output "
                    "size would be zero or negative. Try padding='same' or a smaller "
                    f"kernel_size than {self.kernel_size}."
                )

    @property
    def spans(self):
        """How far the window reaches along each axis, gaps of the dilation included."""
        pairs = zip(self.kernel_size, self.dilation_rate, strict=True)
        return tuple((size - 1) * rate + 1 for size, rate in pairs)

    def add_bias(self, length):
        """Makes the bias, if there is to be one."""
        if self.use_bias:
            self.bias = self.add_weight(shape=(length,), name="bias")

    def window(self, inputs):
        """Returns the inputs and the arguments that every convolution in `ops` takes.

        Causal padding is all in front, so that no output sees a later input.
        """
        padding = self.padding
        if padding == "causal":
            before = [(span - 1, 0) for span in self.spans]
            inputs, padding = ops.pad(inputs, self.around(before, (0, 0))), "valid"
        return inputs, {
            "strides": self.strides,
            "padding": padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
        }

    def finish(self, outputs):
        """Adds the bias and applies the activation."""
        if self.bias is not None and self.data_format == "channels_last":
            outputs = add_bias(outputs, self.bias)
        elif self.bias is not None:
            outputs = outputs + ops.reshape(self.bias, (-1,) + (1,) * self.rank)
        return outputs if self.activation is None else self.activation(outputs)

    def get_config(self):
        """Returns the config, in which Keras always has the activity regularizer."""
        return {"activity_regularizer": None, **super().get_config()}


class Convolution(LowRank, Windowed):
    """Common to Conv1D, Conv2D and Conv3D; takes `lora_rank` and `lora_alpha` too."""

    adapted = "kernel"

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        groups=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        lora = kwargs.pop("lora_rank", None), kwargs.pop("lora_alpha", None)
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters = checks.positive_int(self, filters=filters)
        self.keep_window(kernel_size, strides, padding, data_format, dilation_rate)
        self.refuse_dilated_strides()
        self.groups = checks.positive_int(self, groups=groups)
        self._check_groups("filters", self.filters)
        self.keep_options(
            activation,
            use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.keep_lora(*lora)

    def _check_groups(self, name, number, more=""):
        if number % self.groups:
            fits = math.ceil(number / self.groups) * self.groups
            raise ValueError(
                f"{checks.owner_name(self)}: {name} must be divisible by groups, got "
                f"{name}={number}, groups={self.groups}{more}. Try {name}={fits}."
            )

    def build(self, input_shape):
        channels = self.read_channels(input_shape)
        self._check_groups("channels", channels, f", input shape {tuple(input_shape)}")
        self.check_fit(input_shape)
        shape = (*self.kernel_size, channels // self.groups, self.filters)
        self._kernel = self.add_weight(shape=shape, name="kernel")
        self.add_bias(self.filters)
        self.start_lora()

    @property
    def kernel(self):
        """The kernel in use: the variable, plus the adaptation where there is one."""
        return self.in_use(self._kernel)

    def call(self, inputs):
        inputs, window = self.window(inputs)
        return self.finish(ops.conv(inputs, self.kernel, **window))

    def get_config(self):
        """Returns the config; the keys of LoRA are there only when it is in use."""
        config = super(LowRank, self).get_config()
        if self.lora_rank is not None:
            config.update(lora_rank=self.lora_rank, lora_alpha=self.lora_alpha)
        return config


@LAYERS.register("Convolution1D")
class Conv1D(Convolution):
    """Slides kernels along a sequence.

    y[t, f] = activation(bias[f] + sum over i, c of
        x[t * stride + i * dilation, c] * kernel[i, c, f])

    Args:
        filters: Number of kernels, and so of output channels, a positive int.
        kernel_size: Length of the window, a positive int.
        strides: How far the window moves at each step.
        padding: "valid" for none; "same" for zeros around, so that the output is as
            long as the input (at strides 1); "causal" for zeros in front only, so that
            no output sees a later input.
        data_format: "channels_last" (default): (batch, steps, channels), or
            "channels_first": (batch, channels, steps).
        dilation_rate: Distance between the inputs under a window.
        groups: Number of parts the channels are cut into; each filter sees one part.
        activation: Name or function; None leaves the sum as it is.
        use_bias: Whether a bias is added.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        activity_regularizer: Penalty on the output.
        kernel_constraint, bias_constraint: Projections after each update.

    Shape: (batch, steps, channels) -> (batch, new steps, filters)

    >>> import numpy as np
    >>> Conv1D(8, 3, padding="causal")(np.ones((2, 10, 4))).shape
    (2, 10, 8)
    """

    rank = 1
    paddings = ("valid", "same", "causal")


@LAYERS.register("Convolution2D")
class Conv2D(Convolution):
    """Slides kernels over images.

    y[i, j, f] = activation(bias[f] + sum over a, b, c of
        x[i * s1 + a * d1, j * s2 + b * d2, c] * kernel[a, b, c, f])

    with strides (s1, s2) and dilation_rate (d1, d2). (LeCun et al., 1989)

    Args: those of `Conv1D`; sizes are ints or pairs (height, width), and padding is
        "valid" or "same".

    Shape: (batch, height, width, channels) -> (batch, new height, new width, filters)

    >>> import numpy as np
    >>> Conv2D(8, 3, strides=2, padding="same")(np.ones((2, 28, 28, 1))).shape
    (2, 14, 14, 8)
    """

    rank = 2
    __init__ = in_dimensions(2, Convolution.__init__)


@LAYERS.register("Convolution3D")
class Conv3D(Convolution):
    """Slides kernels through volumes, or films.

    Args: those of `Conv1D`; sizes are ints or triples, and padding is "valid" or
        "same".

    Shape: (batch, a, b, c, channels) -> (batch, new a, new b, new c, filters)

    >>> import numpy as np
    >>> Conv3D(8, (1, 3, 3))(np.ones((2, 4, 8, 8, 1))).shape
    (2, 4, 6, 6, 8)
    """

    rank = 3
    __init__ = in_dimensions(3, Convolution.__init__)
