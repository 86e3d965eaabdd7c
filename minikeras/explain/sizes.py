"""Programs for any number of samples, found by comparing records of two sizes."""

import numpy as np

from ..tensor.program import Equation, Host, Program, Value

__all__ = ["NotGeneral", "for_any_size"]


class NotGeneral(ValueError):
    """A step does different things for different numbers of samples."""


class Count(int):
    """A whole number that depends on the number of samples: its text is a formula."""

    def __new__(cls, value: int, text: str):
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text


class Share(float):
    """A number with a point that depends on the number of samples."""

    def __new__(cls, value: float, text: str):
        made = super().__new__(cls, value)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text


def for_any_size(first: Program, second: Program, n1: int, n2: int) -> Program:
    """Writes `n` into the first program where two records show what depends on it.

    Args:
        first: The record of n1 samples; changed in place, and returned.
        second: The record of n2 samples.
        n1: A number of samples.
        n2: Another one.

    Raises:
        NotGeneral: if the records differ in more than sizes.
    """
    return Comparison(n1, n2).program(first, second)


class Comparison:
    """Walks through two records side by side."""

    def __init__(self, n1: int, n2: int):
        self.n1 = n1
        self.n2 = n2
        self._twins: dict[int, Value] = {}
        self._hosts: set[int] = set()
        self._filled: list[Equation] = []  # calls that make arrays of one number

    def program(self, first: Program, second: Program) -> Program:
        """Generalizes the first."""
        if len(first.equations) != len(second.equations):
            raise NotGeneral("it takes more steps for more samples")
        for v, twin in zip(first.inputs, second.inputs, strict=True):
            self._value(v, twin)
        for e, other in zip(first.equations, second.equations, strict=True):
            self._equation(e, other)
        first.results = self.joined(first.results, second.results)
        first.equations[:0] = self._filled
        return first

    def _equation(self, e: Equation, other: Equation) -> None:
        if e.call != other.call or e.style != other.style:
            raise NotGeneral(f"{e.call} becomes {other.call} for more samples")
        e.args = self.joined(e.args, other.args)
        e.options = self.joined(e.options, other.options)
        e.outputs = self.joined(e.outputs, other.outputs)
        if e.target is not None:
            self._value(e.target, other.target)

    def joined(self, x, y):
        """An argument of both: as it is, or with a formula of n."""
        if type(x) is not type(y):
            raise NotGeneral(f"{x!r} becomes {y!r} for more samples")
        if type(x) in (list, tuple):
            if len(x) != len(y):
                raise NotGeneral(f"{x!r} becomes {y!r} for more samples")
            return type(x)(self.joined(a, b) for a, b in zip(x, y, strict=True))
        if type(x) is dict:
            return {key: self.joined(x[key], y[key]) for key in x}
        if type(x) is slice:
            parts = [(x.start, y.start), (x.stop, y.stop), (x.step, y.step)]
            return slice(*(self.joined(a, b) for a, b in parts))
        if type(x) is Value:
            return self._value(x, y)
        if type(x) is Host:
            return self._host(x, y)
        if type(x) in (int, float):
            return self._number(x, y)
        if x is y or (not hasattr(x, "shape") and x == y):
            return x
        raise NotGeneral(f"a {type(x).__name__} differs from call to call")

    def _host(self, x: Host, y: Host) -> Host:
        if id(x) not in self._hosts:
            self._hosts.add(id(x))
            x.operands = self.joined(x.operands, y.operands)
        return x

    def _value(self, x: Value, y: Value) -> Value:
        known = self._twins.setdefault(id(x), y)
        if known is not y or len(x.shape) != len(y.shape) or x.dtype != y.dtype:
            raise NotGeneral("values depend on each other in another way")
        if x.array is not None and x.array is not y.array:
            self._constant(x, y)
        elif x.array is None:
            x.shape = tuple(map(self._number, x.shape, y.shape))
        return x

    def _constant(self, x: Value, y: Value) -> None:
        """An array that both steps made: the same, or one number again and again."""
        if y.array is not None and x.array.tobytes() == y.array.tobytes():
            return
        numbers = np.unique(x.array)
        if y.array is None or len(numbers) != 1 or (y.array != numbers[0]).any():
            raise NotGeneral("an array of numbers depends on the number of samples")
        x.shape = tuple(map(self._number, x.shape, y.shape))
        x.array = None
        self._filled.append(
            Equation("np.full", np.full, (x.shape, numbers[0].item()),
                     {"dtype": x.dtype}, (x,), style="assign")
        )  # fmt: skip

    def _number(self, x, y):
        if type(x) in (Count, Share) or x == y or (x != x and y != y):
            return x
        if x * self.n1 == y * self.n2 and type(x) is float:
            return Share(x, f"{x * self.n1:g} / n")
        times, rest = divmod(y - x, self.n2 - self.n1)
        plus = x - times * self.n1
        if rest or not float(times).is_integer():
            raise NotGeneral(f"{x} becomes {y} for more samples")
        text = "n" if times == 1 else f"{int(times)} * n"
        if plus:
            text = f"({text} {'+-'[plus < 0]} {abs(int(plus))})"
        return Count(x, text) if type(x) is int else Share(x, f"float({text})")
