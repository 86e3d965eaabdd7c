"""`Entry`: one input of a model, and how the data that comes is made to fit it."""

from .. import ops
from ..tensor import KerasTensor, Tensor, convert_to_tensor, dtypes
from ..utils import checks, tree

__all__ = ["Entry", "put_masks"]


class Entry:
    """What a model expects at one of its inputs.

    Args:
        tensor: The symbolic input.
        name: Its name, by which data in dicts is found.
        optional: Whether None may come.
    """

    def __init__(self, tensor: KerasTensor, name: str, optional: bool = False):
        self.tensor = tensor
        self.name = name
        self.optional = optional
        self._dtype = tensor.dtype
        self._tail = tensor.shape[1:]

    def fit(self, x, owner):
        """Returns x as a tensor of the entry's dtype and number of axes.

        A last axis of length 1 may be missing or too much: columns are often given as
        plain vectors.

        Args:
            x: Array, Tensor, KerasTensor, or None for an optional input.
            owner: The model, for messages.

        Raises:
            ValueError: if the shapes do not fit.
        """
        if type(x) is Tensor and x.array.dtype == self._dtype:
            if x.array.shape[1:] == self._tail:
                return x
        elif x is None:
            return self._nothing(owner)
        return self._adjusted(self._converted(x, owner), owner)

    def _nothing(self, owner) -> None:
        if not self.optional:
            raise ValueError(
                f"{checks.owner_name(owner)}: input {self.name!r} must be a tensor, "
                "got None. If it may be missing, declare it: Input(..., optional=True)."
            )

    def _converted(self, x, owner):
        if type(x) is not KerasTensor:
            x = convert_to_tensor(x)
        given, wanted = dtypes.standardize(x.dtype), self._dtype
        if given != wanted and "string" in (given, wanted):
            raise ValueError(
                f"{checks.owner_name(owner)}: input {self.name!r} must be of dtype "
                f"{wanted}, got {given}. Change the data, or build the model with "
                f"Input(shape={self._tail}, dtype={given!r})."
            )
        return x if given == wanted else _masked(ops.cast(x, self._dtype), x)

    def _adjusted(self, x, owner):
        given, expected = tuple(x.shape), self.tensor.shape
        if len(given) == len(expected) + 1 and given[-1] == 1:
            x = _masked(ops.squeeze(x, axis=-1), x)
        elif len(given) == len(expected) - 1 and expected[-1] == 1:
            x = _masked(ops.expand_dims(x, axis=-1), x)
        if len(x.shape) != len(expected) or not all(
            have in (want, None) or want is None
            for have, want in zip(x.shape[1:], self._tail, strict=True)
        ):
            raise ValueError(
                f"{checks.owner_name(owner)}: input {self.name!r} must have shape "
                f"{expected}, got {given}. Reshape the data, or build the model with "
                f"Input(shape={given[1:]})."
            )
        return x


def _masked(new, old):
    """Hands the mask on."""
    mask = getattr(old, "_keras_mask", None)
    if mask is not None:
        new._keras_mask = mask
    return new


def put_masks(values: list, masks) -> None:
    """Sets the masks of tensors, where a mask is given."""
    for x, mask in zip(values, tree.flatten(masks), strict=True):
        if mask is not None:
            x._keras_mask = mask
