"""`EinsumDense`: a Dense layer for any arrangement of axes."""

import copy
import math
import re

from .. import activations, constraints, initializers, ops, regularizers
from ..ops.products import affine
from ..utils import checks
from .layer import LAYERS, Layer
from .lora import LowRank, refuse_quantization

# Letters on the left, on the right, or on both sides of an ellipsis.
_PATTERN = re.compile(
    r"(\.{3})?([A-Za-z]+)(\.{3})?,([A-Za-z]+)->(\.{3})?([A-Za-z]+)(\.{3})?"
)


@LAYERS.register()
class EinsumDense(LowRank, Layer):
    """Connects axes with axes, as an einsum equation says.

    y = activation(einsum(equation, x, kernel) + bias)

    Args:
        equation: `"inputs,kernel->output"`, a letter per axis; `"..."` on the same side
            of inputs and output stands for any axes between.
        output_shape: Sizes of the output's axes without the batch axis; None where the
            input tells.
        activation: Name or function; None leaves the sum as it is.
        bias_axes: Letters of the output that the bias has; None for no bias.
        kernel_initializer, bias_initializer: How the weights start.
        kernel_regularizer, bias_regularizer: Penalties on the weights.
        kernel_constraint, bias_constraint: Projections after each update.
        lora_rank, lora_alpha: See `Dense`.
        gptq_unpacked_column_size, quantization_config: Must be None.

    >>> import numpy as np
    >>> layer = EinsumDense("abc,cd->abd", output_shape=(None, 64), bias_axes="d")
    >>> layer(np.ones((2, 32, 128))).shape
    (2, 32, 64)
    """

    adapted = "kernel"

    def __init__(
        self,
        equation,
        output_shape,
        activation=None,
        bias_axes=None,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        lora_rank=None,
        lora_alpha=None,
        gptq_unpacked_column_size=None,
        quantization_config=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.equation = equation
        single = not isinstance(output_shape, (list, tuple))
        self.partial_output_shape = checks.shape(
            self, output_shape=(output_shape,) if single else output_shape
        )
        self.activation = activations.get(activation)
        self.bias_axes = bias_axes
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.keep_lora(lora_rank, lora_alpha)
        self.quantization_config = refuse_quantization(
            self,
            gptq_unpacked_column_size=gptq_unpacked_column_size,
            quantization_config=quantization_config,
        )

    def build(self, input_shape):
        equation = Equation(self)
        shapes = equation.shapes(input_shape, self.partial_output_shape)
        kernel_shape, bias_shape = shapes
        self._contracted = equation.contracted(bias_shape)
        self._kernel = self.add_weight(
            shape=kernel_shape,
            name="kernel",
            initializer=equation.counting(self.kernel_initializer),
        )
        self.bias = None
        if bias_shape is not None:
            self.bias = self.add_weight(shape=bias_shape, name="bias")
        self.start_lora()

    @property
    def kernel(self):
        """The matrix in use: the variable, plus the adaptation where there is one."""
        return self.in_use(self._kernel)

    def call(self, inputs, training=None):
        if self._contracted:
            outputs = self._product(inputs)
        else:
            outputs = ops.einsum(self.equation, inputs, self.kernel)
            if self.bias is not None:
                outputs = ops.add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def _product(self, inputs):
        """The last axes of the inputs times the first of the kernel: one product."""
        count = self._contracted
        kernel, lead = self.kernel, tuple(inputs.shape[: len(inputs.shape) - count])
        rows, size = kernel.shape[:count], kernel.shape[count:]
        kernel = ops.reshape(kernel, (math.prod(rows), math.prod(size)))
        inputs = ops.reshape(inputs, (-1, math.prod(rows)))
        if self.bias is None:
            outputs = ops.matmul(inputs, kernel)
        else:
            outputs = affine(inputs, kernel, ops.reshape(self.bias, (-1,)))
        return ops.reshape(outputs, (*lead, *size))

    def get_config(self):
        """Returns the config in the form that Keras writes."""
        shape = list(self.partial_output_shape)
        kept = {"activity_regularizer": None, "output_shape": shape}
        return {**kept, **super().get_config()}


class Equation:
    """The equation of an `EinsumDense`, taken apart.

    Args:
        layer: The layer: its `equation` and `bias_axes`, and its name for messages.
    """

    def __init__(self, layer):
        self.layer = layer
        match = _PATTERN.fullmatch(str(layer.equation).replace(" ", ""))
        lead, self.inputs, trail, self.kernel, lead_out, self.output, trail_out = (
            match.groups() if match else (None,) * 7
        )
        if not match or (lead, trail) != (lead_out, trail_out) or (lead and trail):
            self.fail(
                "must look like 'ab,bc->ac', '...ab,bc->...ac' or 'ab...,bc->ac...'"
            )
        self.leading, self.trailing = bool(lead), bool(trail)

    def fail(self, must):
        """Raises the ValueError of all that can be wrong with an equation."""
        raise ValueError(
            f"{checks.owner_name(self.layer)}: equation {must}, "
            f"got {self.layer.equation!r}."
        )

    def shapes(self, input_shape, output_shape):
        """Works out the shapes of the weights.

        Args:
            input_shape: Shape of the inputs, batch axis included.
            output_shape: Shape of the output without it, None where the input tells.

        Returns:
            Shapes of kernel and bias; None for no bias.
        """
        sizes = self._matched("inputs", self.inputs, input_shape)
        full = (
            (None, *output_shape) if self.leading else (input_shape[0], *output_shape)
        )
        wanted = self._matched("output_shape", self.output, full)
        for letter, size in wanted.items():
            known = sizes.setdefault(letter, size)
            if size is not None and known is None:
                sizes[letter] = size
            elif size not in (None, known):
                self.fail(
                    f"gives {letter!r} the size {known} in inputs of shape "
                    f"{tuple(input_shape)}, but {size} in output_shape={output_shape}"
                )
        self._check_letters(sizes)
        elided = len(input_shape) - len(self.inputs) if self.trailing else 0
        return tuple(sizes[letter] for letter in self.kernel), self._bias(sizes, elided)

    def counting(self, initializer):
        """The initializer, told which axes of the kernel count inputs and outputs."""
        if getattr(initializer, "input_axes", 0) is not None:
            return initializer  # it knows, or does not ask
        summed = [letter not in self.output for letter in self.kernel]
        initializer = copy.copy(initializer)
        initializer.input_axes = [i for i, gone in enumerate(summed) if gone]
        initializer.output_axes = [i for i, gone in enumerate(summed) if not gone]
        return initializer

    def contracted(self, bias_shape):
        """How many axes a plain matrix product sums over; 0 if it takes more than that.

        It does where the last axes of the inputs meet the first of the kernel, and the
        others stay in order: 'abc,cde->abde'.
        """
        for count in range(1, min(len(self.inputs), len(self.kernel))):
            lead, inner = self.inputs[:-count], self.inputs[-count:]
            rest = self.kernel[count:]
            plain = self.kernel[:count] == inner and self.output == lead + rest
            if plain and not self.trailing and not set(lead) & set(self.kernel):
                whole = bias_shape is None or len(bias_shape) == len(rest)
                return count if whole and 1 not in (bias_shape or ()) else 0
        return 0

    def _matched(self, what, letters, shape):
        """Letter -> size; an ellipsis swallows the axes that have no letter."""
        ellipsis = self.leading or self.trailing
        if len(shape) != len(letters) and not ellipsis:
            self.fail(f"needs {len(letters)} axes for {what}, got shape {tuple(shape)}")
        if what == "inputs" and len(shape) < len(letters):
            self.fail(f"needs at least {len(letters)} axes, got shape {tuple(shape)}")
        if self.leading:
            pairs = zip(reversed(letters), reversed(shape), strict=False)
        else:
            pairs = zip(letters, shape, strict=False)
        return dict(pairs)

    def _check_letters(self, sizes):
        for letter in self.output:
            if letter not in self.inputs + self.kernel:
                self.fail(f"has {letter!r} in its output but in neither input")
        for letter in self.kernel:
            if sizes.get(letter) is None:
                self.fail(
                    f"leaves open the size of the kernel's axis {letter!r}: give it in "
                    "output_shape, or build with inputs that have it"
                )

    def _bias(self, sizes, elided):
        """The bias's shape: its own axes and, from the first on, 1 for the others."""
        axes = self.layer.bias_axes
        if not axes:
            return None
        for letter in axes:
            if letter not in self.output:
                self.fail(f"must have bias_axes={axes!r} in its output")
        first = min(self.output.index(letter) for letter in axes)
        own = [sizes[n] if n in axes else 1 for n in self.output[first:]]
        return (*own, *(1,) * elided)
