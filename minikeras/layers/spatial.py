"""`Spatial`: the base of layers that know which axes of their input are space."""

from ..utils import checks
from .data_format import standardize_data_format
from .input_spec import InputSpec
from .layer import Layer

__all__ = ["Spatial"]


class Spatial(Layer):
    """A layer over 1, 2 or 3 axes of space, beside the batch and the channels."""

    rank: int
    data_format = "channels_last"

    def keep_format(self, data_format):
        """Keeps the data format, and lets only inputs of the right rank in."""
        self.data_format = standardize_data_format(self, data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def first_axis(self):
        """The first axis of space."""
        return 1 if self.data_format == "channels_last" else 2

    def around(self, values, rest):
        """Returns one value per axis: those of space, and `rest` for the others."""
        full = [rest] * (self.rank + 2)
        full[self.first_axis : self.first_axis + self.rank] = values
        return tuple(full)

    def pairs(self, **named):
        """Checks an argument and returns its (before, after) per axis of space."""
        ((name, value),) = named.items()
        if self.rank == 1:
            return (checks.int_or_tuple(self, 2, least=0, **named),)
        single = not hasattr(value, "__len__")
        values = (value,) * self.rank if single else tuple(value)
        if len(values) != self.rank:
            must = f"be an int, {self.rank} ints or {self.rank} pairs of ints"
            checks.fail(self, name, value, must, ((1, 1),) * self.rank)
        return tuple(
            checks.int_or_tuple(self, 2, least=0, **{name: one}) for one in values
        )
