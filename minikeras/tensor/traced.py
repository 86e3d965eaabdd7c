"""`Traced`: stands for an array while a kernel is recorded.

A kernel is plain NumPy. Called with Traced instead of arrays, each of its NumPy calls
comes here, by NumPy's own protocols `__array_ufunc__` and `__array_function__`: it is
carried out on the arrays behind, and noted by the recorder. What cannot be noted
raises `Untraceable`; the kernel is then noted as one call.
"""

import functools
import operator

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["Traced", "Untraceable"]


class Untraceable(TypeError):
    """A kernel does what cannot be recorded call by call."""


class Traced(NDArrayOperatorsMixin):
    """An array and the recorder that notes what is done with it."""

    __slots__ = ("array", "recorder")

    def __init__(self, array: np.ndarray, recorder):
        self.array = array
        self.recorder = recorder

    # What is known of the array ------------------------------------------------------

    shape = property(lambda self: self.array.shape)
    dtype = property(lambda self: self.array.dtype)
    ndim = property(lambda self: self.array.ndim)
    size = property(lambda self: self.array.size)
    itemsize = property(lambda self: self.array.itemsize)
    flags = property(lambda self: self.array.flags)
    strides = property(lambda self: self.array.strides)

    def __len__(self) -> int:
        return len(self.array)

    def _refuse(self, *args, **kwargs):
        raise Untraceable("The kernel reads values.")

    __array__ = __bool__ = __float__ = __int__ = __index__ = __iter__ = _refuse
    __hash__ = None

    # Calls ---------------------------------------------------------------------------

    def __array_ufunc__(self, ufunc, method, *args, out=None, **options):
        if method not in ("__call__", "reduce", "accumulate"):
            raise Untraceable(f"ufunc.{method} is not recorded.")
        call, function = f"np.{ufunc.__name__}", ufunc
        if method != "__call__":
            call, function = f"{call}.{method}", _method_of(ufunc, method)
        if ufunc.nout != 1 or getattr(np, ufunc.__name__, None) is not ufunc:
            raise Untraceable(f"{ufunc.__name__} is not recorded.")
        target = out[0] if out else None
        return self.recorder.compute(call, function, args, options, target)

    def __array_function__(self, function, types, args, options):
        handler = HANDLERS.get(function)
        if handler is None:
            raise Untraceable(f"{function.__name__} is not recorded.")
        return handler(self.recorder, function, *args, **options)

    # Methods that kernels use --------------------------------------------------------

    def reshape(self, *shape):
        """As `ndarray.reshape`."""
        shape = shape[0] if len(shape) == 1 else shape
        return self.recorder.view(np.reshape, self, shape)

    def transpose(self, *axes):
        """As `ndarray.transpose`."""
        axes = axes[0] if len(axes) == 1 else axes
        return self.recorder.view(np.transpose, self, axes or None)

    def swapaxes(self, axis1, axis2):
        """As `ndarray.swapaxes`."""
        return self.recorder.view(np.swapaxes, self, axis1, axis2)

    T = property(lambda self: self.recorder.view(np.transpose, self, None))

    def squeeze(self, axis=None):
        """As `ndarray.squeeze`."""
        return self.recorder.view(np.squeeze, self, axis)

    def ravel(self):
        """As `ndarray.ravel`."""
        return self.recorder.view(np.reshape, self, (-1,))

    def astype(self, dtype, copy=True):
        """As `ndarray.astype`; where nothing changes, without a copy."""
        if self.array.dtype == dtype:
            return self
        return self.recorder.copy(self, self.array.astype(dtype))

    def copy(self):
        """As `ndarray.copy`."""
        return self.recorder.copy(self, self.array.copy())

    def __getitem__(self, index):
        part = self._part(index)
        is_element = type(self.array[index]) is not np.ndarray  # NumPy copies it
        return part.copy() if is_element else part

    def __setitem__(self, index, value):
        self.recorder.overwrite(self if index is ... else self._part(index), value)

    def _part(self, index):
        """What stands at an index, as a view, also where it is a single element."""
        parts = index if type(index) is tuple else (index,)
        if not all(_is_basic(part) for part in parts):
            raise Untraceable("An index that is an array is not recorded.")
        if type(self.array[index]) is not np.ndarray:
            index = (*parts, ...)
        return self.recorder.view(operator.getitem, self, index)


@functools.cache
def _method_of(ufunc: np.ufunc, name: str):
    """One object for each method: equal calls are told by their functions."""
    return getattr(ufunc, name)


def _is_basic(part) -> bool:
    return part is None or part is ... or type(part) in (int, slice)


def _method(function):
    """A method of arrays that is a function of NumPy too."""

    def method(self, *args, **options):
        return HANDLERS[function](self.recorder, function, self, *args, **options)

    return method


# NumPy functions that are no ufuncs --------------------------------------------------


def _view(recorder, function, x, *args, **options):
    return recorder.view(function, x, *args, **options)


def _filling(recorder, function, *args, out=None, **options):
    """A function that takes `out=`."""
    name = f"np.{function.__name__}"
    if function in METHODS:  # the same, without a detour through Python
        name, function = f"np.ndarray.{function.__name__}", METHODS[function]
    return recorder.compute(name, function, args, options, out)


def _whole(recorder, function, *args, **options):
    """A function that returns arrays of its own."""
    return recorder.assign(f"np.{function.__name__}", function, args, options)


def _copyto(recorder, function, target, x, casting="same_kind", where=True):
    recorder.overwrite(target, x, casting, where)


def _reduction(ufunc):
    """`np.sum` and the like, which only call the `reduce` of a ufunc."""

    def reduced(recorder, function, x, axis=None, dtype=None, out=None, keepdims=False):
        options = {"axis": axis, "keepdims": keepdims}
        if dtype is not None:
            options["dtype"] = dtype
        call = f"np.{ufunc.__name__}.reduce"
        function = _method_of(ufunc, "reduce")
        return recorder.compute(call, function, (x,), options, out)

    return reduced


def _where(recorder, function, condition, x, y):
    """x where the condition holds, else y: copies y and writes x over it."""
    chosen = np.where(*map(recorder.peek, (condition, x, y)))
    result = recorder.fresh(chosen)
    recorder.overwrite(result, y)
    recorder.overwrite(result, x, where=condition)
    return result


def _empty_like(recorder, function, x, dtype=None, order="K", shape=None):
    return recorder.fresh(np.empty_like(recorder.peek(x), dtype, order, shape=shape))


def _full_like(value):
    def full_like(recorder, function, x, *fill, dtype=None, shape=None):
        made = _empty_like(recorder, function, x, dtype, shape=shape)
        recorder.overwrite(made, fill[0] if value is None else value, "unsafe")
        return made

    return full_like


METHODS = {np.argmax: np.ndarray.argmax, np.argmin: np.ndarray.argmin}

HANDLERS = {
    np.shape: lambda recorder, function, x: x.shape,
    np.ndim: lambda recorder, function, x: x.ndim,
    np.ravel: lambda recorder, function, x: recorder.view(np.reshape, x, (-1,)),
    np.copyto: _copyto,
    np.where: _where,
    np.empty_like: _empty_like,
    np.zeros_like: _full_like(0),
    np.ones_like: _full_like(1),
    np.full_like: _full_like(None),
    np.sum: _reduction(np.add),
    np.prod: _reduction(np.multiply),
    np.max: _reduction(np.maximum),
    np.min: _reduction(np.minimum),
    np.all: _reduction(np.logical_and),
    np.any: _reduction(np.logical_or),
    np.may_share_memory: lambda recorder, function, *args: True,
}
for _function in (
    np.broadcast_to,
    np.diagonal,
    np.expand_dims,
    np.flip,
    np.moveaxis,
    np.reshape,
    np.squeeze,
    np.swapaxes,
    np.transpose,
):
    HANDLERS[_function] = _view
for _function in (
    np.argmax,
    np.argmin,
    np.clip,
    np.concatenate,
    np.cumprod,
    np.cumsum,
    np.dot,
    np.einsum,
    np.mean,
    np.round,
    np.stack,
    np.take,
):
    HANDLERS[_function] = _filling
for _function in (np.argsort, np.sort, np.tensordot, np.tile):
    HANDLERS[_function] = _whole

for _name in "sum prod max min all any mean argmax argmin clip cumsum dot take".split():
    setattr(Traced, _name, _method(getattr(np, _name)))
