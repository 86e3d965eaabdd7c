"""Rewrites lecture code: its imports, and the spellings of Keras 1 and 2 in it.

Only what is certain is changed, in place, so that comments and layout stay. What else
is old still runs, with a warning that shows the call of today.
"""

import ast
import difflib
import pathlib
import re

from .legacy import calls, paths, spellings

__all__ = ["changes_of", "ported"]

_ROOT = __package__
_KERAS = r"(?:keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)"
_METHODS = ("fit", "evaluate", "predict", "compile")


def ported(source: str) -> str:
    """Returns a program with its imports changed and old spellings in today's words.

    Args:
        source: The text of a program.

    >>> print(ported("from keras.layers.core import Dense\\nDense(output_dim=3)"))
    from minikeras.layers import Dense
    Dense(units=3)
    """
    return _with_imports(_with_calls(source))


def changes_of(path: str) -> str:
    """Returns what `ported` changes in a file, as a unified diff."""
    before = pathlib.Path(path).read_text(encoding="utf-8")
    lines = difflib.unified_diff(
        before.splitlines(True), ported(before).splitlines(True), path, path
    )
    return "".join(lines)


# --------------------------------------------------------------------------- imports


def _with_imports(source: str) -> str:
    text = re.sub(
        rf"^(\s*)from {_KERAS}((?:\.\w+)*) import\b",
        lambda m: f"{m[1]}from {_modern_module(m[2])} import",
        source,
        flags=re.M,
    )
    text = re.sub(
        rf"^(\s*)import {_KERAS}((?:\.\w+)+) as\b",
        lambda m: f"{m[1]}import {_modern_module(m[2])} as",
        text,
        flags=re.M,
    )
    alone = rf"\1import {_ROOT} as \2"
    text = re.sub(rf"^(\s*)import {_KERAS} as (\w+)", alone, text, flags=re.M)
    text = re.sub(r"^(\s*)import (keras|tf_keras)\b(?!\.)", alone, text, flags=re.M)
    text = re.sub(
        r"^(\s*)from tensorflow import keras\b(?: as (\w+))?",
        lambda m: f"{m[1]}import {_ROOT} as {m[2] or 'keras'}",
        text,
        flags=re.M,
    )
    text = re.sub(
        r"^(\s*)import keras(\.[\w.]+)\s*$",
        rf"\1import {_ROOT} as keras",
        text,
        flags=re.M,
    )
    return _without_tf(text)


def _modern_module(tail: str) -> str:
    homes = paths.MODULES.get(tail.lstrip("."), ())
    return f"{_ROOT}.{homes[0]}" if len(homes) == 1 else _ROOT + tail


def _without_tf(text: str) -> str:
    """Replaces `tf.keras` where nothing else of TensorFlow is used."""
    found = re.search(r"^(\s*)import tensorflow as (\w+)[^\n]*$", text, flags=re.M)
    if not found:
        return text
    short = found[2]
    if re.search(rf"\b{short}\.(?!keras\b)\w", text):
        return text  # something is asked of TensorFlow itself
    text = text.replace(found[0], f"{found[1]}import {_ROOT} as keras", 1)
    return re.sub(rf"\b{short}\.keras\b", "keras", text)


# ----------------------------------------------------------------------------- calls


def _with_calls(source: str) -> str:
    tree = ast.parse(source)
    starts = [0]
    for line in source.encode().splitlines(True):
        starts.append(starts[-1] + len(line))
    data, edits = source.encode(), []
    nodes = [*ast.walk(tree)]
    for node in nodes:
        if isinstance(node, ast.Call):
            edits += _edits(node)
    edits += _renamed_classes(nodes)
    for (line, column), (end_line, end_column), new in sorted(edits, reverse=True):
        first, last = starts[line - 1] + column, starts[end_line - 1] + end_column
        data = data[:first] + new.encode() + data[last:]
    return data.decode()


def _edits(node: ast.Call) -> list[tuple]:
    """What is to be changed in a call: (start, end, new text)."""
    function = node.func
    if isinstance(function, ast.Attribute):
        name, is_method = function.attr, function.attr in _METHODS
    elif isinstance(function, ast.Name):
        name, is_method = function.id, False
    else:
        return []
    owner = f"Model.{name}" if is_method else name
    modern = spellings.CLASSES.get(name, (name, {}))[0]
    sizes = _sizes(node, name)
    given = {keyword.arg for keyword in node.keywords}
    edits = list(sizes)
    for keyword in node.keywords:
        if keyword.arg is None:
            continue
        target = _modern_argument(owner if is_method else modern, keyword.arg)
        if target != keyword.arg and target not in given:
            start = (keyword.lineno, keyword.col_offset)
            end = (keyword.lineno, keyword.col_offset + len(keyword.arg.encode()))
            edits.append((start, end, target))
        edits += _value_edits(target, keyword.value)
    return edits


def _modern_argument(owner: str, name: str) -> str:
    modern = spellings.renamed_arguments(owner).get(name, name)
    counts = ("samples_per_epoch", "nb_val_samples")  # of samples, not of batches
    return name if name in counts else calls.modern_argument(owner, modern)


def _sizes(node: ast.Call, name: str) -> list[tuple]:
    """`Convolution2D(32, 3, 3)`: the sizes get brackets."""
    count = spellings.sizes_by_position(name)
    numbers = node.args[1:count]
    is_old = count > 2 and len(node.args) >= count and all(map(_is_number, numbers))
    if not is_old or len(node.args) > count:
        return []
    first, last = numbers[0], numbers[-1]
    start = (first.lineno, first.col_offset)
    end = (last.end_lineno, last.end_col_offset)
    shown = ", ".join(ast.unparse(x) for x in numbers)
    return [(start, end, f"({shown})")]


def _is_number(node) -> bool:
    return isinstance(node, (ast.Name, ast.BinOp)) or (
        isinstance(node, ast.Constant) and isinstance(node.value, int)
    )


def _renamed_classes(nodes: list) -> list[tuple]:
    """Old names of classes that mean the same as today's, wherever they stand."""
    kept, edits = set(), []
    for node in nodes:
        name = _called(node)
        if name in spellings.CLASSES and not _is_same(name, node):
            kept.add(name)
    for node in nodes:
        name, end = _named(node)
        if name in spellings.CLASSES and name not in kept:
            if spellings.CLASSES[name][1]:
                continue  # it has defaults of its own
            start = (end[0], end[1] - len(name.encode()))
            edits.append((start, end, spellings.CLASSES[name][0]))
    return edits


def _called(node) -> str | None:
    function = getattr(node, "func", None)
    return getattr(function, "attr", getattr(function, "id", None))


def _named(node) -> tuple:
    """The name that a node ends with, and where it ends."""
    if isinstance(node, ast.alias) and node.asname is None:
        return node.name, (node.end_lineno, node.end_col_offset)
    if isinstance(node, (ast.Name, ast.Attribute)):
        name = node.id if isinstance(node, ast.Name) else node.attr
        return name, (node.end_lineno, node.end_col_offset)
    return None, None


def _is_same(name: str, node: ast.Call) -> bool:
    """Whether only the class is to be renamed: nothing else of the call is old."""
    count = spellings.sizes_by_position(name)
    return count == 0 or len(node.args) <= 2 or bool(_sizes(node, name))


def _value_edits(target: str, value) -> list[tuple]:
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return []
    modern = spellings.modern_value(target, value.value)
    if modern == value.value or not isinstance(modern, str):
        return []
    start = (value.lineno, value.col_offset)
    return [(start, (value.end_lineno, value.end_col_offset), repr(modern))]
