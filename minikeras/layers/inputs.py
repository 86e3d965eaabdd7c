"""What comes into a layer: the cast of inputs, their shapes, shapes told by keyword."""

import numpy as np

from ..tensor import KerasTensor, Tensor, as_array, cast, dtypes, shapes
from ..utils import checks, configurable, tree

__all__ = ["as_tuples", "cast_input", "has_shape", "implied_input_shape", "shape_of"]


def cast_input(layer, x):
    """Returns an input as the layer takes it.

    Arrays and lists of numbers become Tensors; floats are cast to the compute dtype,
    unless the layer's `autocast` is off. Masks are kept.
    """
    kind = type(x)
    if kind is Tensor:
        policy, given = layer.dtype_policy.of(layer), x.array.dtype
        if given == policy.numpy_dtype or given.kind not in "fV" or not layer.autocast:
            if given.kind == "O":
                _check_takes_text(layer)
            return x
        return _cast_with_mask(x, policy.compute_dtype)
    if kind is KerasTensor:
        dtype = layer.compute_dtype
        if x.dtype == "string":
            _check_takes_text(layer)
            return x
        is_cast = layer.autocast and dtypes.is_float(x.dtype) and x.dtype != dtype
        return _cast_with_mask(x, dtype) if is_cast else x
    if kind is np.ndarray or _is_numbers(x) or (_is_text(x) and layer.takes_text):
        return cast_input(layer, Tensor(as_array(x)))
    if kind is list or kind is tuple:
        return kind([cast_input(layer, item) for item in x])
    if isinstance(x, (list, tuple, dict)):
        return tree.map_structure(lambda leaf: cast_input(layer, leaf), x)
    return x


def _cast_with_mask(x, dtype: str):
    """A tensor in another dtype, with its mask; a symbolic one without its history."""
    if type(x) is KerasTensor:
        twin = KerasTensor(x.shape, dtype)
    else:
        twin = cast(x, dtype=dtype)
    twin._keras_mask = x._keras_mask
    return twin


def _is_numbers(x) -> bool:
    """Whether x is a list of numbers, or of lists of them."""
    while isinstance(x, (list, tuple)) and x:
        x = x[0]
    return isinstance(x, (int, float, np.number)) and not isinstance(x, bool)


def _is_text(x) -> bool:
    """Whether x is a string, or a list of nothing but them, or of lists of them."""
    if isinstance(x, (list, tuple)) and x:
        return all(map(_is_text, x))
    return isinstance(x, (str, bytes))


def _check_takes_text(layer) -> None:
    if not layer.takes_text:
        raise ValueError(
            f"{checks.owner_name(layer)}: the input must be numeric, got strings. Turn "
            "them into numbers first, with layers.StringLookup or "
            "layers.TextVectorization. (A layer of your own that takes strings says "
            "so with takes_text = True.)"
        )


def implied_input_shape(layer, kwargs: dict) -> tuple | None:
    """The input shape that a first layer is told by keyword, with the batch size."""
    batch_size = kwargs.pop("batch_size", None)
    shape = kwargs.pop("input_shape", None)
    if "input_dim" in kwargs:
        shape = (kwargs.pop("input_dim"),)
    whole = kwargs.pop("batch_input_shape", None)
    if kwargs:
        known = configurable.argument_names(type(layer))
        name = next(iter(kwargs))
        raise TypeError(
            f"{type(layer).__name__}: unknown argument {name!r}. "
            f"{checks.did_you_mean(name, known)} It takes {', '.join(known)}."
        )
    if whole is not None:
        return shapes.standardize(whole)
    if shape is None:
        return None
    shape = (shape,) if isinstance(shape, int) else shape
    return (batch_size, *shapes.standardize(shape))


def has_shape(x) -> bool:
    """Whether x is a tensor or a structure of nothing but tensors."""
    flat = tree.flatten(x)
    return bool(flat) and all(hasattr(leaf, "shape") for leaf in flat)


def shape_of(x):
    """The shape of a tensor, or the shapes of a structure of tensors."""
    if hasattr(x, "shape"):
        return tuple(x.shape)
    return tree.map_structure(lambda t: tuple(getattr(t, "shape", ())), x)


def as_tuples(shape):
    """Shapes as tuples again: JSON has lists only."""
    if isinstance(shape, dict):
        return {key: as_tuples(value) for key, value in shape.items()}
    if shape and isinstance(shape[0], (list, tuple, dict)):
        return [as_tuples(value) for value in shape]
    return tuple(shape)
