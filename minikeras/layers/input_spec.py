"""`InputSpec`: what a layer demands of its input, and the check of it."""

from ..tensor import dtypes
from ..utils import tree

__all__ = ["InputSpec", "assert_input_compatibility"]


class InputSpec:
    """Rank, shape and dtype that a layer expects of one input.

    Args:
        dtype: Name of the expected dtype; None allows any.
        shape: Expected shape; None in it matches any length.
        ndim: Expected number of axes.
        max_ndim: Largest number of axes.
        min_ndim: Smallest number of axes.
        axes: Axis -> length, for the axes whose length matters.
        allow_last_axis_squeeze: Whether a last axis of length 1 may be missing or
            extra.
        name: Name of the input, when inputs come as a dict.
        optional: Whether None may stand for the input.

    >>> InputSpec(min_ndim=2, axes={-1: 8})
    InputSpec(min_ndim=2, axes={-1: 8})
    """

    def __init__(
        self,
        dtype=None,
        shape=None,
        ndim=None,
        max_ndim=None,
        min_ndim=None,
        axes=None,
        allow_last_axis_squeeze=False,
        name=None,
        optional=False,
    ):
        self.dtype = None if dtype is None else dtypes.standardize(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional
        self._accepted = None  # the shape that passed last, if the dtype is free

    def __repr__(self) -> str:
        given = [
            f"{k}={v}" for k, v in vars(self).items() if v not in (None, {}, False)
        ]
        return f"InputSpec({', '.join(given)})"

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {name: value for name, value in vars(self).items() if name[0] != "_"}

    @classmethod
    def from_config(cls, config: dict) -> "InputSpec":
        """Makes a spec of what `get_config` returned."""
        return cls(**config)

    def complaint(self, shape: tuple, dtype) -> str | None:
        """Says what is wrong with an input of this shape and dtype, or None."""
        rank = len(shape)
        if self.ndim is not None and rank != self.ndim and not self._squeezes(shape):
            return f"{self.ndim} axes"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"at least {self.min_ndim} axes"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"at most {self.max_ndim} axes"
        if self.dtype is not None and dtypes.standardize(dtype) != self.dtype:
            return f"dtype {self.dtype}"
        for axis, size in self.axes.items():
            if size is not None and shape[axis] not in (size, None):
                return f"length {size} on axis {axis}"
        if self.shape is not None and not self._matches(shape):
            return f"shape {self.shape}"
        return None

    def _squeezes(self, shape: tuple) -> bool:
        """Whether only a last axis of length 1 is missing or too much."""
        if not self.allow_last_axis_squeeze or self.shape is None:
            return False
        return shape[-1:] == (1,) or self.shape[-1:] == (1,)

    def _matches(self, shape: tuple) -> bool:
        expected = self.shape
        if self.allow_last_axis_squeeze:
            expected = expected[:-1] if expected[-1:] == (1,) else expected
            shape = shape[:-1] if shape[-1:] == (1,) else shape
        return len(expected) == len(shape) and all(
            m is None or n is None or m == n
            for m, n in zip(expected, shape, strict=True)
        )


def assert_input_compatibility(layer, inputs) -> None:
    """Checks inputs against `layer.input_spec`, one spec per input.

    Raises:
        ValueError: naming the layer, what it expects and what came.
    """
    spec = layer.input_spec
    if type(spec) is InputSpec and hasattr(inputs, "shape"):
        if inputs.shape != spec._accepted:
            _check(layer, spec, inputs, "")
            spec._accepted = inputs.shape if spec.dtype is None else None
        return
    specs = tree.flatten(spec)
    if isinstance(inputs, dict) and all(s.name in inputs for s in specs):
        inputs = [inputs[s.name] for s in specs]
    values = tree.flatten(inputs)
    if len(values) != len(specs):
        raise ValueError(
            f"{describe(layer)} expects {len(specs)} input(s), got {len(values)}."
        )
    for i, (one, x) in enumerate(zip(specs, values, strict=True)):
        if x is None and one.optional:
            continue
        _check(layer, one, x, f" for input {one.name or i}" if len(specs) > 1 else "")


def _check(layer, spec: InputSpec, x, which: str) -> None:
    shape, dtype = getattr(x, "shape", None), getattr(x, "dtype", None)
    if shape is None:
        raise ValueError(
            f"{describe(layer)} expects tensors{which}, got {type(x).__name__}. "
            "Try numpy.asarray(...)."
        )
    wanted = spec.complaint(shape, dtype)
    if wanted:
        raise ValueError(
            f"{describe(layer)} expects {wanted}{which}, got shape {tuple(shape)} and "
            f"dtype {dtype}. {_remedy(spec, shape)}"
        )


def _remedy(spec: InputSpec, shape: tuple) -> str:
    """What usually helps: the batch axis is missing, or the layer saw other data."""
    rank = spec.ndim or spec.min_ndim
    if rank is not None and len(shape) == rank - 1:
        return "If the batch axis is missing, try x[None]; for channels, x[..., None]."
    if rank is not None and len(shape) < rank:
        return f"Give an array with {rank} axes; the first one counts the samples."
    return "The layer was built for that shape: check the data or build a new layer."


def describe(layer) -> str:
    """Returns "Dense 'fc1'": how messages name a layer."""
    return f"{type(layer).__name__} {layer.name!r}"
