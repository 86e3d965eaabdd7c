"""A program: what one call of a function did, as a list of NumPy calls.

The recorder writes it, the passes shorten it, codegen.py prints and compiles it.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["Equation", "Host", "Place", "Program", "Value", "values_in"]


class Value:
    """An array that the program names.

    Attributes:
        shape: The length of each axis.
        dtype: Its NumPy dtype.
        strides: Bytes from one element to the next, per axis.
        root: The value whose memory it shows; itself unless it is a view.
        array: The array itself if it outlives the step (a weight, a constant).
        label: What it is called: a word, or the value that it is the gradient of.
        place: Where it was made.
        is_constant: Whether it is known to be the same array of numbers in each call.
        word: What the kernel that made it calls it; "" if it is the kernel's result.
    """

    __slots__ = (
        "array",
        "dtype",
        "is_constant",
        "label",
        "place",
        "root",
        "shape",
        "strides",
        "word",
    )

    def __init__(self, array: np.ndarray, root=None, held=False, label=None):
        self.shape = array.shape
        self.dtype = array.dtype
        self.strides = array.strides
        self.root = self if root is None else root.root
        self.array = array if held else None
        self.label = label
        self.place = None
        self.is_constant = False
        self.word = None

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """The bytes of its elements."""
        return self.dtype.itemsize * int(np.prod(self.shape, dtype=np.int64))

    def lies_like(self, other: "Value") -> bool:
        """Whether both have the same shape, dtype and order in memory."""
        return (self.shape, self.dtype, self.strides) == (
            other.shape,
            other.dtype,
            other.strides,
        )


class Host:
    """A Python number that is worked out anew in each step, such as Adam's rate.

    Attributes:
        text: Its formula, with places {0}, {1} ... for the operands.
        operands: Values (read with `.item()`), Hosts and numbers.
        number: What it was when it was recorded.
    """

    __slots__ = ("number", "operands", "text")

    def __init__(self, text: str, operands: tuple, number):
        self.text = text
        self.operands = operands
        self.number = number

    def __bool__(self, *others) -> bool:
        raise TypeError("A program cannot decide by a number that changes.")

    def __neg__(self) -> "Host":
        return Host("-{0}", (self,), -self.number)

    __float__ = __int__ = __index__ = __eq__ = __lt__ = __le__ = __gt__ = __ge__ = (
        __bool__
    )
    __hash__ = None


def _operator(sign: str, compute: Callable) -> tuple[Callable, Callable]:
    """An operator of Hosts, and the one for a Host on its right side."""

    def number(x):
        return x.number if type(x) is Host else x

    def joined(x, y):
        if not isinstance(y, (int, float, Host)):
            return NotImplemented
        return Host(f"{{0}} {sign} {{1}}", (x, y), compute(number(x), number(y)))

    def reflected(x, y):
        if not isinstance(y, (int, float)):
            return NotImplemented
        return Host(f"{{0}} {sign} {{1}}", (y, x), compute(number(y), number(x)))

    return joined, reflected


for _name, _sign, _compute in (
    ("add", "+", lambda x, y: x + y),
    ("sub", "-", lambda x, y: x - y),
    ("mul", "*", lambda x, y: x * y),
    ("truediv", "/", lambda x, y: x / y),
    ("floordiv", "//", lambda x, y: x // y),
    ("mod", "%", lambda x, y: x % y),
    ("pow", "**", lambda x, y: x**y),
):
    _joined, _reflected = _operator(_sign, _compute)
    setattr(Host, f"__{_name}__", _joined)
    setattr(Host, f"__r{_name}__", _reflected)


class Place:
    """Where in a model something happens: what headings and names are made of.

    Attributes:
        phase: "forward", "loss", "backward", "update", "metrics" or "".
        layer: The layer's name, or "".
        kind: The layer's class name, or "".
        primitive: The primitive at work, or "".
    """

    __slots__ = ("kind", "layer", "phase", "primitive")

    def __init__(self, phase: str, layer: str, kind: str, primitive: str):
        self.phase = phase
        self.layer = layer
        self.kind = kind
        self.primitive = primitive


class Equation:
    """One call.

    Attributes:
        call: The callee as source text, such as "np.add" or "standardize".
        function: The callee itself.
        args: Its arguments: Values, Hosts, constants, and lists of these.
        options: Its keyword arguments, likewise.
        outputs: The Values that it makes; none if it only writes to `target`.
        target: The Value that it changes in place, if any.
        style: "out" (takes `out=`), "copy" (`np.copyto`), "view" (costs nothing),
            "assign" (returns arrays of its own), "call" (does something else).
        is_effect: Whether it must run even if nobody reads its result.
        place: Where it happens.
    """

    __slots__ = (
        "args",
        "call",
        "function",
        "is_effect",
        "options",
        "outputs",
        "place",
        "style",
        "target",
    )

    def __init__(
        self,
        call: str,
        function: Callable,
        args: tuple,
        options: dict[str, Any],
        outputs: tuple[Value, ...] = (),
        target: Value | None = None,
        style: str = "out",
        is_effect: bool = False,
        place: Place | None = None,
    ):
        self.call = call
        self.function = function
        self.args = args
        self.options = options
        self.outputs = outputs
        self.target = target
        self.style = style
        self.is_effect = is_effect
        self.place = place

    @property
    def is_elementwise(self) -> bool:
        """Whether it makes each number out of those in the same place."""
        is_ufunc = type(self.function) is np.ufunc and not self.function.signature
        return is_ufunc or self.call == "add_bias"

    def reads(self) -> Iterator[Value]:
        """The Values among the arguments."""
        yield from values_in(self.args)
        yield from values_in(self.options.values())

    def touches(self) -> Iterator[Value]:
        """The Values that it reads, makes or changes."""
        yield from self.reads()
        yield from self.outputs
        if self.target is not None:
            yield self.target


def values_in(items) -> Iterator[Value]:
    """The Values in nested arguments, also those inside of Hosts."""
    for item in items:
        if type(item) is Value:
            yield item
        elif type(item) in (list, tuple):
            yield from values_in(item)
        elif type(item) is dict:
            yield from values_in(item.values())
        elif type(item) is Host:
            yield from values_in(item.operands)


class Program:
    """What one call did.

    Attributes:
        equations: The calls, in order.
        inputs: The Values of the function's array arguments.
        results: What the function returned, flat, Values in the place of Tensors.
        attempts: How many records before this one were different.
    """

    def __init__(self, equations: list[Equation], inputs: list[Value], results: list):
        self.equations = equations
        self.inputs = inputs
        self.results = results
        self.attempts = 0

    def values(self) -> list[Value]:
        """All Values, each once, in the order in which they come up."""
        found = dict.fromkeys(self.inputs)
        for equation in self.equations:
            found.update(dict.fromkeys(equation.touches()))
        found.update(dict.fromkeys(values_in(self.results)))
        return list(found)

    def loose(self) -> set[int]:
        """The ids of the Values whose arrays are others in each step."""
        found: set[int] = set()
        for equation in self.equations:
            is_view = equation.style == "view" and id(equation.args[0]) in found
            if equation.style == "assign" or is_view:
                found.update(map(id, equation.outputs))
        return found

    def does_the_same_as(self, other: "Program") -> bool:
        """Whether another record of the function shows the same calls.

        Constants must be equal too. What differs between two steps (a counter in
        Python, a draw by NumPy) is no part of the program and cannot be replayed.
        """
        mine, theirs = self.values(), other.values()
        if len(mine) != len(theirs) or len(self.equations) != len(other.equations):
            return False
        twin = dict(zip(map(id, mine), theirs, strict=True))
        written = {id(e.target.root) for e in self.equations if e.target is not None}
        return all(
            _same_array(x, y, id(x) in written)
            for x, y in zip(mine, theirs, strict=True)
        ) and all(
            x.call == y.call
            and _same([x.args, x.options, x.outputs, x.target],
                      [y.args, y.options, y.outputs, y.target], twin)
            for x, y in zip(self.equations, other.equations, strict=True)
        ) and _same(self.results, other.results, twin)  # fmt: skip


def _same_array(x: Value, y: Value, is_written: bool) -> bool:
    """Whether two arrays can be the same value; notes constants.

    An array of the same contents that both calls made is a constant. One that they
    found is somebody's, who may change it.
    """
    if not x.lies_like(y) or (x.array is None) != (y.array is None):
        return False
    if x.array is None or x.array is y.array:
        return True
    if hasattr(x.label, "path"):  # a variable, which may have been moved
        return x.label is y.label
    y.is_constant = x.array.tobytes() == y.array.tobytes()
    return y.is_constant and not is_written


def _same(x, y, twin: dict) -> bool:
    if type(x) is not type(y):
        return False
    if type(x) is Value:
        return twin.get(id(x)) is y
    if type(x) is Host:
        return x.text == y.text and _same(x.operands, y.operands, twin)
    if type(x) is dict:
        return x.keys() == y.keys() and all(_same(x[k], y[k], twin) for k in x)
    if type(x) in (list, tuple):
        return len(x) == len(y) and all(
            _same(a, b, twin) for a, b in zip(x, y, strict=True)
        )
    if type(x) is np.ndarray:
        return x.dtype == y.dtype and x.tobytes() == y.tobytes()
    if type(x) is float:
        return repr(x) == repr(y)  # tells zeros of either sign apart, and NaN is NaN
    return x is y or x == y
