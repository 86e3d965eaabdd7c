"""The command line of minikeras.

python -m minikeras lecture.py [words ...]   runs a script or notebook as it is:
                                             its `keras` is minikeras
python -m minikeras -m module [words ...]    runs a module likewise
python -m minikeras port FILE [--write]      changes its imports and old spellings
python -m minikeras inspect FILE             tells what is in a model file
python -m minikeras explain MODEL            prints a model and the NumPy program that
                                             it is, with --source train that of training
"""

import argparse
import pathlib
import sys

import numpy as np

from .utils import tree
from .utils.lazy import LazyModule

drawing = LazyModule(f"{__package__}.explain.drawing")
inspection = LazyModule(f"{__package__}.saving.inspection")
porting = LazyModule(f"{__package__}.porting")
runner = LazyModule(f"{__package__}.runner")
saving = LazyModule(f"{__package__}.saving")


def main(arguments=None) -> int:
    """Runs a command; returns 0, or 1 after an error that it has printed.

    Args:
        arguments: The words after `python -m minikeras`; those of the process if None.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in ("explain", "inspect", "port", "-h", "--help"):
        return _run(words)
    parser = argparse.ArgumentParser(
        prog="python -m minikeras",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser(
        "inspect", help="what is in a model file, without making the model"
    )
    look.add_argument("file", help=".keras, .weights.h5, or .h5 of any age")
    look.add_argument("--plot", metavar="PICTURE", help="draws the model, too")
    show = commands.add_parser("explain", help="a model as a NumPy program")
    show.add_argument("file", help="a whole model: .keras, or .h5 of any age")
    show.add_argument("--source", choices=("train", "predict"), default="predict")
    show.add_argument("--plot", metavar="PICTURE", help="draws the model, too")
    port = commands.add_parser(
        "port", help="a script with its imports and old spellings changed, as a diff"
    )
    port.add_argument("file", help="a Python file")
    port.add_argument("--write", action="store_true", help="change the file itself")
    chosen = parser.parse_args(words)
    try:
        print(_answer(chosen))
    except (ImportError, OSError, ValueError, SyntaxError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _answer(chosen) -> str:
    if chosen.command == "inspect":
        told = inspection.describe(chosen.file)
        if chosen.plot is None:
            return told
        return f"{told}\n\n{_plotted(saving.load_model(chosen.file), chosen.plot)}"
    if chosen.command == "explain":
        model = saving.load_model(chosen.file)
        told = _explained(model, chosen.source)
        return f"{told}\n{_plotted(model, chosen.plot)}" if chosen.plot else told
    changes = porting.changes_of(chosen.file)
    if chosen.write:
        path = pathlib.Path(chosen.file)
        text = porting.ported(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    return changes.rstrip("\n") or "Nothing is to be changed."


def _explained(model, kind: str) -> str:
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    if kind == "train":
        model.train_on_batch(*_zeros(model))  # the model is thrown away after it
    return "\n".join([*lines, "", model.source(kind)])


def _zeros(model) -> tuple:
    """A batch of two samples for a model, and targets such as its loss takes."""

    def zeros(x):
        shape = [2, *(n or 1 for n in x.shape[1:])]
        return np.zeros(shape, "int32" if "int" in str(x.dtype) else "float32")

    def targets(y):
        y = zeros(y)
        return y[..., 0].astype("int32") if is_sparse else y

    loss = getattr(model, "loss", None)
    if loss is None:
        raise ValueError(
            f"{model.name} was saved without a loss, so there is no training to show. "
            "Try --source predict."
        )
    name = getattr(loss, "name", None) or getattr(loss, "__name__", loss)
    is_sparse = str(name).startswith("sparse")
    return (
        tree.map_structure(zeros, model.input),
        tree.map_structure(targets, model.output),
    )


def _plotted(model, picture: str) -> str:
    shown = {"show_shapes": True, "show_layer_names": True, "expand_nested": True}
    drawing.plot_model(model, picture, **shown)
    return f"Saved {picture}."


def _run(words: list[str]) -> int:
    if words[0] == "-m" and len(words) > 1:
        runner.run_module(words[1], words[2:])
        return 0
    try:
        runner.run_file(words[0], words[1:])
    except FileNotFoundError as error:
        if error.filename is not None:  # one that the script looked for
            raise
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
