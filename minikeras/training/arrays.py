"""What users pass as data: turned into arrays once, checked, weighed and split."""

import numpy as np

from .. import config
from ..tensor import as_text
from ..utils import checks, tree
from .rows import Rows, as_rows

__all__ = [
    "common_length",
    "gives_batches",
    "refuse_nan",
    "split",
    "to_arrays",
    "weights_of_classes",
]

_NUMERIC_KINDS = "biufc"
_NUMBERS = (int, float, complex, np.number, np.bool_)


def gives_batches(x) -> bool:
    """Whether x is iterated for batches, rather than being data itself."""
    if isinstance(x, (list, tuple, dict)) or _is_array(x):
        return False
    return hasattr(x, "__iter__") or hasattr(x, "__getitem__")


def _is_array(x) -> bool:
    return any(hasattr(x, name) for name in ("__array__", "to_numpy", "tocsr"))


def to_arrays(owner: str, data, name: str, text: bool = False):
    """Returns a structure of data with every part as an ndarray, of numbers or strings.

    Floats take the dtype `config.floatx()`. Nested lists of numbers are one array.

    Args:
        owner: Who asks, for error messages.
        data: Array, frame, tensor, nested list of numbers; list or dict of these; None.
        name: What they are called there.
        text: Whether strings are welcome.
    """
    if data is None:
        return None
    if isinstance(data, dict):
        return {k: to_arrays(owner, v, f"{name}[{k!r}]", text) for k, v in data.items()}
    if isinstance(data, (list, tuple)) and not _is_numbers(data):
        parts = [to_arrays(owner, v, f"{name}[{i}]", text) for i, v in enumerate(data)]
        return tuple(parts) if isinstance(data, tuple) else parts
    return _to_array(owner, data, name, text)


def _is_numbers(data) -> bool:
    """Whether nested lists hold numbers or text at the bottom: they are one array."""
    while isinstance(data, (list, tuple)):
        if not data:
            return True
        data = data[0]
    return isinstance(data, (*_NUMBERS, str, bytes))


def _to_array(owner: str, data, name: str, text: bool) -> np.ndarray:
    if hasattr(data, "to_numpy"):
        data = data.to_numpy()
    array = data if isinstance(data, Rows) else as_rows(data)
    if array is None:
        array = _in_memory(data)
    is_text = text and array.dtype.kind in "OSU"
    strings = as_text(np.asarray(array)) if is_text else None
    if strings is not None:
        array = strings
    elif array.dtype.kind not in _NUMERIC_KINDS:
        raise ValueError(_not_numeric(owner, array, name))
    if array.ndim == 0:
        raise ValueError(
            f"{owner}: {name} must have an axis of samples, got the single number "
            f"{array}. Try np.array([{array}])."
        )
    if array.dtype.kind == "f" and isinstance(array, np.ndarray):
        return array.astype(config.floatx(), copy=False)
    return array


def _in_memory(data) -> np.ndarray:
    try:
        return np.asarray(getattr(data, "array", data))
    except ValueError:  # a ragged list
        return np.empty((1,), object)


def _not_numeric(owner: str, array: np.ndarray, name: str) -> str:
    start = f"{owner}: {name} must be numeric, got an array of "
    if array.dtype.kind in "USO" and isinstance(array.flat[0], (str, bytes)):
        return (
            f"{start}strings. Turn them into numbers first, for example class labels: "
            f"classes, {name} = np.unique({name}, return_inverse=True)."
        )
    if array.dtype.kind == "O":
        return (
            f"{start}Python objects (rows of different lengths, or mixed types). Make "
            f"the rows equally long, then try np.asarray({name}, 'float32')."
        )
    return f"{start}{array.dtype}. Try {name}.astype('float32')."


def refuse_nan(owner: str, y) -> None:
    """Raises if there is a NaN among the targets.

    Args:
        owner: Who asks, for error messages.
        y: Arrays or Tensors; what is not in memory is not looked at.
    """
    for path, part in tree.flatten_with_path(y):
        array = getattr(part, "array", part)
        if type(array) is not np.ndarray or array.dtype.kind != "f":
            continue
        bad = np.isnan(array).reshape(len(array), -1).any(1)
        if bad.any():
            name = "".join(["y", *(f"[{key!r}]" for key in path)])
            raise ValueError(
                f"{owner}: {name} must be numbers, got NaN in {bad.sum()} of "
                f"{len(bad)} samples, first in sample {bad.argmax()}: the loss would "
                "be NaN too. Leave these samples out, or pass a loss of your own that "
                "knows what NaN means."
            )


def common_length(owner: str, **named) -> int:
    """Returns the number of samples, the same in all arrays and not 0."""
    lengths = {
        "".join([name, *(f"[{key!r}]" for key in path)]): len(array)
        for name, data in named.items()
        for path, array in tree.flatten_with_path(data)
        if array is not None
    }
    if len(set(lengths.values())) > 1:
        sizes = ", ".join(f"{name} has {n}" for name, n in lengths.items())
        raise ValueError(
            f"{owner}: all arrays must hold the same number of samples, but {sizes}."
        )
    count = next(iter(lengths.values()), 0)
    if count == 0:
        raise ValueError(f"{owner}: x is empty, there is not one sample in it.")
    return count


def weights_of_classes(owner: str, y, class_weight) -> np.ndarray:
    """Returns one weight per sample, after the class in `y`.

    Args:
        owner: Who asks, for error messages.
        y: Class numbers of shape (n,) or (n, 1), or one-hot rows.
        class_weight: Dict class number -> weight; a class that is not in it weighs 1.
    """
    _check_class_weight(owner, class_weight)
    if y is None:
        raise ValueError(f"{owner}: class_weight needs targets, but y is None.")
    leaves = tree.flatten(y)
    if len(leaves) > 1:
        raise ValueError(
            f"{owner}: class_weight is for models with one output, this one has "
            f"{len(leaves)} targets. Use sample_weight, one array per target."
        )
    classes = np.asarray(leaves[0])
    if classes.ndim > 1:
        is_one_hot = classes.shape[-1] != 1
        classes = classes.argmax(-1) if is_one_hot else classes.squeeze(-1)
    classes = np.round(classes).astype("int64")
    weights = np.ones(classes.shape, config.floatx())
    for number, weight in class_weight.items():
        weights[classes == number] = weight
    return weights


def _check_class_weight(owner: str, class_weight) -> None:
    if not isinstance(class_weight, dict):
        raise TypeError(
            f"{owner}: class_weight must be a dict, got {checks.show(class_weight)}. "
            "Try class_weight={0: 1.0, 1: 3.0}."
        )
    for number, weight in class_weight.items():
        if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
            raise ValueError(
                f"{owner}: the keys of class_weight must be class numbers (ints), got "
                f"{checks.show(number)}. Try class_weight={{0: 1.0, 1: 3.0}}."
            )
        checks.non_negative(owner, **{f"class_weight[{number}]": weight})


def split(owner: str, data: tuple, validation_split: float) -> tuple[tuple, tuple]:
    """Cuts the last part of the samples off, for validation.

    Args:
        owner: Who asks, for error messages.
        data: `(x, y, sample_weight)`.
        validation_split: Fraction to cut off, in (0, 1).

    Returns:
        Two tuples `(x, y, sample_weight)`: of training and of validation.
    """
    if not isinstance(validation_split, (int, float)) or not 0 < validation_split < 1:
        checks.fail(
            owner, "validation_split", validation_split, "be between 0 and 1", 0.2
        )
    if gives_batches(data[0]):
        raise ValueError(
            f"{owner}: validation_split needs arrays, but x is a "
            f"{type(data[0]).__name__}. Pass validation_data instead."
        )
    names = ("x", "y", "sample_weight")
    arrays = [
        to_arrays(owner, d, name, text=name == "x")
        for d, name in zip(data, names, strict=True)
    ]
    count = common_length(owner, **dict(zip(names, arrays, strict=True)))
    cut = int(np.floor(count * (1.0 - validation_split)))
    if cut == 0:
        raise ValueError(
            f"{owner}: validation_split={validation_split} of {count} samples leaves "
            "none for training. Use a smaller part, or more data."
        )
    return _slice(arrays, slice(0, cut)), _slice(arrays, slice(cut, None))


def _slice(arrays: list, part: slice) -> tuple:
    def cut(a):
        return a.part(part) if isinstance(a, Rows) else None if a is None else a[part]

    return tuple(tree.map_structure(cut, data) for data in arrays)
