"""Python's operators, shared by Tensor, KerasTensor and Variable.

The operators mean public ops, and ops stand one floor above. So this module holds an
empty table that `minikeras.ops` fills through `bind`, at the latest when an operator is
first used.
"""

import importlib

__all__ = ["Operators", "bind"]


class Table:
    """The op behind each operator, as attributes."""

    def __getattr__(self, name: str):
        importlib.import_module("..ops", __package__)  # it binds
        try:
            return vars(self)[name]
        except KeyError:
            raise AttributeError(name) from None


bound = Table()


def bind(**functions) -> None:
    """Says which public op each operator stands for."""
    vars(bound).update(functions)


class Operators:
    """Mixin: `a + b`, `a @ b`, `a[i]`, `-a`, `a < b` ... on tensor-like objects."""

    __slots__ = ()
    __array_priority__ = 1000  # ndarray + tensor is decided by the tensor
    __hash__ = object.__hash__  # == compares elementwise, hashing stays by identity

    def __add__(self, other):
        return bound.add(self, other)

    def __radd__(self, other):
        return bound.add(other, self)

    def __sub__(self, other):
        return bound.subtract(self, other)

    def __rsub__(self, other):
        return bound.subtract(other, self)

    def __mul__(self, other):
        return bound.multiply(self, other)

    def __rmul__(self, other):
        return bound.multiply(other, self)

    def __truediv__(self, other):
        return bound.true_divide(self, other)

    def __rtruediv__(self, other):
        return bound.true_divide(other, self)

    def __floordiv__(self, other):
        return bound.floor_divide(self, other)

    def __rfloordiv__(self, other):
        return bound.floor_divide(other, self)

    def __mod__(self, other):
        return bound.mod(self, other)

    def __rmod__(self, other):
        return bound.mod(other, self)

    def __pow__(self, other):
        return bound.power(self, other)

    def __rpow__(self, other):
        return bound.power(other, self)

    def __matmul__(self, other):
        return bound.matmul(self, other)

    def __rmatmul__(self, other):
        return bound.matmul(other, self)

    def __neg__(self):
        return bound.negative(self)

    def __pos__(self):
        return self

    def __abs__(self):
        return bound.abs(self)

    def __round__(self, decimals=0):
        return bound.round(self, decimals or 0)

    def __eq__(self, other):
        return False if other is None else bound.equal(self, other)

    def __ne__(self, other):
        return True if other is None else bound.not_equal(self, other)

    def __lt__(self, other):
        return bound.less(self, other)

    def __le__(self, other):
        return bound.less_equal(self, other)

    def __gt__(self, other):
        return bound.greater(self, other)

    def __ge__(self, other):
        return bound.greater_equal(self, other)

    def __and__(self, other):
        return bound.logical_and(self, other)

    def __rand__(self, other):
        return bound.logical_and(other, self)

    def __or__(self, other):
        return bound.logical_or(self, other)

    def __ror__(self, other):
        return bound.logical_or(other, self)

    def __xor__(self, other):
        return bound.logical_xor(self, other)

    def __rxor__(self, other):
        return bound.logical_xor(other, self)

    def __invert__(self):
        return bound.logical_not(self)

    def __getitem__(self, key):
        return bound.get_item(self, key)

    @property
    def T(self):
        """The transpose: all axes in reverse order."""
        return bound.transpose(self)
