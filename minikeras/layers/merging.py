"""Layers with several inputs: sums, products, concatenations, dot products."""

import functools

from .. import ops
from ..tensor.shapes import broadcast
from ..utils import checks
from .layer import LAYERS, Layer


class Merge(Layer):
    """Base of the layers that combine tensors of one shape elementwise.

    Inputs broadcast: a size of 1 stretches, and an input with fewer axes gets new ones
    right after its batch axis. A subclass says in `merge` what happens to them.

    Args:
        inputs: List or tuple of tensors.
    """

    count = None  # how many inputs there must be; None for one or more

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape):
        shapes = self.check_list(input_shape)
        batches = {shape[0] for shape in shapes if shape} - {None}
        if len(batches) > 1:
            raise ValueError(
                f"{checks.owner_name(self)}: all inputs must have the same batch size, "
                f"got shapes {_listed(shapes)}."
            )
        self.check_shapes(shapes)

    def check_list(self, input_shape):
        """Returns the shapes of the inputs, if they are a list of the right length."""
        shapes = list(input_shape) if isinstance(input_shape, (list, tuple)) else []
        several = bool(shapes) and all(isinstance(s, (list, tuple)) for s in shapes)
        if not several or self.count not in (None, len(shapes)):
            number = "at least 1" if self.count is None else f"exactly {self.count}"
            got = _listed(shapes) if several else f"one of shape {input_shape}"
            raise ValueError(
                f"{checks.owner_name(self)}: inputs must be a list of {number}, "
                f"got {got}. Try {type(self).__name__}(...)([x1, x2])."
            )
        return [tuple(shape) for shape in shapes]

    def check_shapes(self, shapes):
        """Raises where the inputs do not broadcast."""
        try:
            broadcast(*[shape[1:] for shape in shapes])
        except ValueError as error:
            raise ValueError(
                f"{checks.owner_name(self)}: inputs must have shapes that broadcast, "
                f"got {_listed(shapes)}. {error}"
            ) from None

    def call(self, inputs):
        return self.merge(_aligned(inputs))

    def merge(self, inputs):
        """Combines the inputs, all with the same number of axes."""
        return functools.reduce(self.pair, inputs)

    @staticmethod
    def pair(x1, x2):
        """Combines two tensors."""
        raise TypeError("A subclass of Merge defines pair(x1, x2) or merge(inputs).")

    def compute_mask(self, inputs, mask=None):
        masks = self.check_masks(inputs, mask)
        if any(one is None for one in masks):
            return None
        return functools.reduce(ops.logical_or, masks)

    def check_masks(self, inputs, mask):
        """Returns one mask or None per input."""
        if mask is None:
            return [None] * len(inputs)
        for name, given in (("inputs", inputs), ("mask", mask)):
            if not isinstance(given, (list, tuple)):
                checks.fail(self, name, given, "be a list")
        if len(mask) != len(inputs):
            raise ValueError(
                f"{checks.owner_name(self)}: inputs and mask must have the same "
                f"length, got {len(inputs)} and {len(mask)}."
            )
        return mask


def _listed(shapes):
    return " and ".join(map(str, shapes))


def _aligned(inputs):
    """Gives inputs with fewer axes new ones after the batch axis."""
    ndim = max(len(x.shape) for x in inputs)
    return [
        x if len(x.shape) == ndim else ops.expand_dims(x, _new_axes(x, ndim))
        for x in inputs
    ]


def _new_axes(x, ndim):
    return tuple(range(1, ndim - len(x.shape) + 1))


@LAYERS.register()
class Add(Merge):
    """Adds its inputs: y = x1 + x2 + ...

    >>> import numpy as np
    >>> Add()([np.ones((2, 3)), np.ones((2, 3))]).numpy().tolist()[0]
    [2.0, 2.0, 2.0]
    """

    pair = staticmethod(ops.add)


@LAYERS.register()
class Subtract(Merge):
    """Subtracts the second of two inputs from the first: y = x1 - x2."""

    count = 2
    pair = staticmethod(ops.subtract)


@LAYERS.register()
class Multiply(Merge):
    """Multiplies its inputs elementwise: y = x1 * x2 * ..."""

    pair = staticmethod(ops.multiply)


@LAYERS.register()
class Average(Merge):
    """Averages its inputs elementwise: y = (x1 + x2 + ...) / n"""

    pair = staticmethod(ops.add)

    def merge(self, inputs):
        """Returns the sum over the number of inputs."""
        return super().merge(inputs) / len(inputs)


@LAYERS.register()
class Maximum(Merge):
    """Takes the larger of its inputs elementwise: y = max(x1, x2, ...)"""

    pair = staticmethod(ops.maximum)


@LAYERS.register()
class Minimum(Merge):
    """Takes the smaller of its inputs elementwise: y = min(x1, x2, ...)"""

    pair = staticmethod(ops.minimum)


@LAYERS.register()
class Concatenate(Merge):
    """Joins its inputs along an axis; the other axes must agree.

    Args:
        axis: The axis to join along.

    >>> import numpy as np
    >>> Concatenate(axis=1)([np.ones((2, 2, 5)), np.ones((2, 1, 5))]).shape
    (2, 3, 5)
    """

    def __init__(self, axis=-1, **kwargs):
        super().__init__(**kwargs)
        self.axis = checks.axis(self, axis=axis)

    def build(self, input_shape):
        self.check_shapes(self.check_list(input_shape))

    def check_shapes(self, shapes):
        """Raises where two inputs differ on an axis other than the joined one."""
        ndim = len(shapes[0])
        joined = checks.axis(self, ndim, axis=self.axis) % ndim
        for axis in range(ndim):
            sizes = {shape[axis] for shape in shapes if len(shape) == ndim} - {None}
            if axis != joined and len(sizes) > 1:
                self._mismatch(shapes)
        if any(len(shape) != ndim for shape in shapes):
            self._mismatch(shapes)

    def _mismatch(self, shapes):
        raise ValueError(
            f"{checks.owner_name(self)}: inputs must agree on every axis but axis "
            f"{self.axis}, got shapes {_listed(shapes)}."
        )

    def call(self, inputs):
        return ops.concatenate(inputs, axis=self.axis)

    def compute_mask(self, inputs, mask=None):
        masks = self.check_masks(inputs, mask)
        if all(one is None for one in masks):
            return None
        full = [_full_mask(x, m) for x, m in zip(inputs, masks, strict=True)]
        return ops.any(ops.concatenate(full, axis=self.axis), axis=-1)


def _full_mask(x, mask):
    """The mask in the shape of x: which values count."""
    every = ops.ones_like(x, dtype="bool")
    if mask is None:
        return every
    if len(mask.shape) < len(x.shape):
        mask = ops.expand_dims(mask, -1)
    return ops.logical_and(every, mask)


@LAYERS.register()
class Dot(Merge):
    """Multiplies two inputs and sums along an axis of each, sample by sample.

    y[b, i.., j..] = sum over k of x1[b, i.., k] * x2[b, k, j..]

    Args:
        axes: The axis to sum along, or one for each input; never the batch axis 0.
        normalize: Whether samples get length 1 along it first: cosine similarity.

    >>> import numpy as np
    >>> Dot(axes=(1, 2))([np.ones((2, 3, 5)), np.ones((2, 10, 3))]).shape
    (2, 5, 10)
    """

    count = 2

    def __init__(self, axes, normalize=False, **kwargs):
        super().__init__(**kwargs)
        checks.axis(self, axes=axes)
        if not isinstance(axes, int) and len(axes) != 2:
            checks.fail(self, "axes", axes, "be an int or two ints", (1, 1))
        self.axes = axes
        self.normalize = normalize

    def check_shapes(self, shapes):
        """Raises where the two axes to sum along are not of one length."""
        axes = self._axes(shapes)
        sizes = [shape[axis] for shape, axis in zip(shapes, axes, strict=True)]
        if None not in sizes and sizes[0] != sizes[1]:
            raise ValueError(
                f"{checks.owner_name(self)}: both axes to sum along must have the same "
                f"size, got {sizes[0]} (axis {axes[0]} of {shapes[0]}) and {sizes[1]} "
                f"(axis {axes[1]} of {shapes[1]})."
            )

    def _axes(self, shapes):
        given = self.axes if isinstance(self.axes, (list, tuple)) else [self.axes] * 2
        axes = [
            checks.axis(self, len(shape), axes=axis) % len(shape)
            for axis, shape in zip(given, shapes, strict=True)
        ]
        if 0 in axes:
            checks.fail(self, "axes", self.axes, "leave out the batch axis 0", 1)
        return axes

    def call(self, inputs):
        x1, x2 = inputs
        axes = self._axes([x1.shape, x2.shape])
        if self.normalize:
            x1, x2 = ops.normalize(x1, axes[0]), ops.normalize(x2, axes[1])
        outputs = ops.einsum(_equation(len(x1.shape), len(x2.shape), *axes), x1, x2)
        return outputs if len(outputs.shape) > 1 else ops.expand_dims(outputs, 1)

    def compute_mask(self, inputs, mask=None):
        return None


@functools.cache
def _equation(ndim1, ndim2, axis1, axis2):
    """The einsum of a dot product per sample.

    >>> _equation(3, 3, 1, 2)
    'abc,adb->acd'
    """
    letters = "abcdefghijklmnopqrstuvwxyz"
    first = letters[:ndim1]
    rest = list(letters[ndim1 : ndim1 + ndim2 - 2])
    own = iter(rest)
    summed = first[axis1]
    second = "".join(
        "a" if axis == 0 else summed if axis == axis2 else next(own)
        for axis in range(ndim2)
    )
    return f"{first},{second}->{first.replace(summed, '')}{''.join(rest)}"


def add(inputs, **kwargs):
    """Adds tensors; `Add` as a function."""
    return Add(**kwargs)(inputs)


def subtract(inputs, **kwargs):
    """Subtracts the second tensor from the first; `Subtract` as a function."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs, **kwargs):
    """Multiplies tensors elementwise; `Multiply` as a function."""
    return Multiply(**kwargs)(inputs)


def average(inputs, **kwargs):
    """Averages tensors elementwise; `Average` as a function."""
    return Average(**kwargs)(inputs)


def maximum(inputs, **kwargs):
    """Takes the elementwise maximum of tensors; `Maximum` as a function."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs, **kwargs):
    """Takes the elementwise minimum of tensors; `Minimum` as a function."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs, axis=-1, **kwargs):
    """Joins tensors along an axis; `Concatenate` as a function."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs, axes=-1, **kwargs):
    """Multiplies two tensors sample by sample; `Dot` as a function."""
    return Dot(axes=axes, **kwargs)(inputs)
