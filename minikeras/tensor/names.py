"""Names for the values of a program: from layers, weights and what they stand for."""

import keyword
import re

import numpy as np

from .program import Program, Value

__all__ = ["Names"]

# What a primitive's result is called, after the habit of textbooks.
ROLES = {
    "affine": "z",
    "matmul": "z",
    **dict.fromkeys(
        ("elu", "relu", "leaky_relu", "sigmoid", "softmax", "softplus", "tanh"), "a"
    ),
}
NUMBERS = {0: "zero", 1: "one", 2: "two", 0.5: "half", -1: "minus_one"}


class Names:
    """Gives each value, function and number a name of its own.

    Args:
        taken: Names that are not free.
    """

    def __init__(self, taken=()):
        self._taken = {"np", *taken}
        self._names: dict = {}

    def name_inputs(self, values: list[Value], names: list[str]) -> None:
        """Names the inputs."""
        for value, name in zip(values, names, strict=True):
            self._names[id(value)] = self.free(name)

    def name_all(self, program: Program) -> None:
        """Names all values of a program, those first that others are named after."""
        values = program.values()
        for v in values:
            if not isinstance(v.label, Value):
                self.of(v)
        for v in values:
            self.of(v)

    def of(self, v: Value) -> str:
        """Returns the name of a value."""
        if id(v) not in self._names:
            self._names[id(v)] = ""  # labels that lead round in a circle end here
            self._names[id(v)] = self.free(self._wish(v))
        return self._names[id(v)]

    def _wish(self, v: Value) -> str:
        if isinstance(v.label, str):
            return v.label
        if isinstance(v.label, Value):
            return f"d_{self.of(v.label)}"
        if v.label is not None:
            return _of_variable(v.label.path)
        if v.root is not v:
            suffix = "T" if v.shape == v.root.shape[::-1] and v.shape else "view"
            return f"{self.of(v.root)}_{suffix}"
        if v.array is not None:
            return _of_constant(v.array)
        return _of_result(v)

    def number(self, x, dtype: np.dtype) -> str:
        """Returns the name of a number that is kept as an array of this dtype."""
        key = (repr(x), dtype)
        if key not in self._names:
            word = NUMBERS.get(x) or f"number_{abs(x):g}{'_below_0' * (x < 0)}"
            suffix = "" if dtype == np.float32 else f"_{dtype.name}"
            self._names[key] = self.free(word + suffix)
        return self._names[key]

    def function(self, function, name: str) -> str:
        """Returns the name of a function."""
        if id(function) not in self._names:
            self._names[id(function)] = self.free(name)
        return self._names[id(function)]

    def free(self, wish: str) -> str:
        """Returns the wish as an identifier that nobody else has."""
        name = re.sub(r"\W+", "_", wish).strip("_") or "value"
        if name[0].isdigit() or keyword.iskeyword(name):
            name = f"_{name}"
        stem, count = name, 1
        while name in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(name)
        return name


def _of_variable(path: str) -> str:
    """`sequential/dense/kernel` is called dense_kernel."""
    owner, _, name = path.rpartition("/")
    if name in ("iteration", "learning_rate") or not owner:
        return name
    return f"{owner.rpartition('/')[2]}_{name}"


def _of_constant(array: np.ndarray) -> str:
    if array.size and (array == 1).all():
        return "ones"
    return "zeros" if array.size and (array == 0).all() else "constant"


def _of_result(v: Value) -> str:
    place = v.place
    if place is None:
        return "value"
    role = ROLES.get(place.primitive, place.primitive) or "value"
    if place.phase == "backward":
        return f"back_{place.layer}" if place.layer else "back"
    return f"{place.layer}_{role}" if place.layer else role
