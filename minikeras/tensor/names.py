"""Names for the values of a program: from layers, weights and what they stand for."""

import keyword
import re

import numpy as np

from .program import Program, Value

__all__ = ["Names"]

# What a primitive's result is called, after the habit of textbooks.
ROLES = {
    **dict.fromkeys(("affine", "matmul"), "z"),
    **dict.fromkeys(
        ("elu", "relu", "relu6", "leaky_relu", "sigmoid", "softmax", "softplus",
         "tanh"), "a"
    ),
    **dict.fromkeys(("all", "any", "max", "min", "round", "abs"), "value"),
    "sum": "total",
    "add_bias": "z",
    "attend": "attended",
    "average_pooling": "means",
    "convolve": "sums",
    "convolve_transposed": "sums",
    "depthwise_convolve": "sums",
    "max_pooling": "largest",
    **dict.fromkeys(("gru_steps", "lstm_steps", "simple_rnn_steps"), "states"),
    "dropout_mask": "mask",
    "random_mask": "mask",
    "keep": "kept",
    "likelihood": "losses",
    "sparse_likelihood": "losses",
    "binary_likelihood": "losses",
    "softmax_crossentropy": "losses",
    "sparse_softmax_crossentropy": "losses",
    "sigmoid_crossentropy": "losses",
    "same_winner": "hits",
    "divide_no_nan": "ratio",
}  # fmt: skip
# What the result of a NumPy call is called where a kernel has no word for it.
WORDS = {
    "np.add": "sum_of_two",
    "np.add.reduce": "total",
    "np.argmax": "winner",
    "np.copyto": "copy",
    "np.divide": "quotient",
    "np.equal": "equal",
    "np.exp": "exponential",
    "np.greater": "above",
    "np.less": "below",
    "np.log": "logarithm",
    "np.logical_and": "both",
    "np.maximum.reduce": "largest",
    "np.minimum.reduce": "smallest",
    "np.multiply": "product",
    "np.negative": "negated",
    "np.subtract": "difference",
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
        self.written: set = set()

    def name_inputs(self, values: list[Value], names: list[str]) -> None:
        """Names the inputs."""
        for value, name in zip(values, names, strict=True):
            self._names[id(value)] = self.free(name)

    def name_all(self, program: Program) -> None:
        """Names all values of a program, those first that others are named after."""
        self.written.update(
            id(e.target.root) for e in program.equations if e.target is not None
        )
        self.find_words(program)
        values = program.values()
        for wanted in (_is_result, _is_own, _is_any):
            for v in values:
                if wanted(v):
                    self.of(v)

    @staticmethod
    def find_words(program: Program) -> None:
        """Gives what kernels make in passing a word, if they have none for it."""
        for equation in program.equations:
            last = equation.call.rpartition(".")[2]
            for v in equation.outputs:
                if v.word is None:
                    v.word = WORDS.get(equation.call, last)

    def of(self, v: Value) -> str:
        """Returns the name of a value."""
        if id(v) not in self._names:
            self._names[id(v)] = ""  # labels that lead round in a circle end here
            self._names[id(v)] = self._new(v)
        return self._names[id(v)]

    def share(self, v: Value, name: str) -> None:
        """Calls a value by a name that another one has too."""
        self._names[id(v)] = name

    def _new(self, v: Value) -> str:
        if self.is_constant(v):
            if v.array.ndim == 0:
                return self.number(v.array.item(), v.dtype)
            return self._shared(v.array)
        return self.free(self._wish(v))

    def is_constant(self, v: Value) -> bool:
        """Whether a value is an array that no step changes and no variable owns."""
        is_kept = v.array is not None and v.label is None and v.root is v
        return is_kept and id(v) not in self.written

    def _shared(self, array: np.ndarray) -> str:
        """The name of a constant, one for all that are equal."""
        key = (array.shape, array.dtype, array.strides, array.tobytes())
        if key not in self._names:
            self._names[key] = self.free(_of_constant(array))
        return self._names[key]

    def _wish(self, v: Value) -> str:
        if isinstance(v.label, str):
            return v.label
        if isinstance(v.label, Value):
            return f"d_{self.of(v.label)}"
        if v.label is not None:
            return _of_variable(v.label.path)
        if v.root is not v:
            is_turned = v.strides == v.root.strides[::-1] and len(v.shape) > 1
            suffix = "T" if is_turned and v.shape == v.root.shape[::-1] else "view"
            return f"{self.of(v.root)}_{suffix}"
        if v.array is not None:
            return _of_constant(v.array)
        return _of_result(v)

    def number(self, x, dtype: np.dtype) -> str:
        """Returns the name of a number that is kept as an array of this dtype."""
        key = (repr(float(x) if dtype.kind == "f" else x), dtype)
        if key not in self._names:
            word = NUMBERS.get(x) or f"number_{_digits(x)}"
            suffix = "" if dtype == np.float32 else f"_{dtype.name}"
            self._names[key] = self.free(word + suffix)
        return self._names[key]

    def function(self, function, name: str) -> str:
        """Returns the name of a function."""
        if id(function) not in self._names:
            self._names[id(function)] = self.free(name)
        return self._names[id(function)]

    def release(self, names) -> None:
        """Makes names free again: those that are local to a function."""
        self._taken.difference_update(names)

    def free(self, wish: str) -> str:
        """Returns the wish as an identifier that nobody else has."""
        name = re.sub(r"\W+", "_", wish, flags=re.ASCII).strip("_") or "value"
        if name[0].isdigit() or keyword.iskeyword(name):
            name = f"_{name}"
        stem, count = name, 1
        while name in self._taken:
            count += 1
            name = f"{stem}_{count}"
        self._taken.add(name)
        return name


def _is_result(v: Value) -> bool:
    """Whether others are named after a value: a weight, or what a primitive returns."""
    return not v.word and not isinstance(v.label, Value) and v.root is v


def _is_own(v: Value) -> bool:
    return v.root is v


def _is_any(v: Value) -> bool:
    return True


def _digits(x) -> str:
    """The shortest text of a number, as far as an identifier can hold it."""
    text = f"{x:g}" if float(f"{x:g}") == x else repr(x)
    return text.replace("-", "minus_" if x < 0 else "_").replace("e__", "e_")


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
        return v.word or "value"
    if v.word:
        return f"{place.layer}_{v.word}" if place.layer else v.word
    if place.phase == "loss" and place.primitive in ("mean", "sum"):
        return "loss"
    if place.phase == "loss" and place.primitive == "multiply":
        return "weighted"
    role = ROLES.get(place.primitive, place.primitive) or "value"
    if place.phase == "backward":
        return f"back_{place.layer}" if place.layer else "back"
    return f"{place.layer}_{role}" if place.layer else role
