"""The command line of minikeras.

python -m minikeras lecture.py [words ...]   runs a script or notebook as it is:
                                             its `keras` is minikeras
python -m minikeras -m module [words ...]    runs a module likewise
python -m minikeras port FILE [--write]      changes its imports and old spellings
python -m minikeras inspect FILE             tells what is in a model file
"""

import argparse
import pathlib
import sys

from .utils.lazy import LazyModule

inspection = LazyModule(f"{__package__}.saving.inspection")
porting = LazyModule(f"{__package__}.porting")
runner = LazyModule(f"{__package__}.runner")


def main(arguments=None) -> int:
    """Runs a command; returns 0, or 1 after an error that it has printed.

    Args:
        arguments: The words after `python -m minikeras`; those of the process if None.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] not in ("inspect", "port", "-h", "--help"):
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
    port = commands.add_parser(
        "port", help="a script with its imports and old spellings changed, as a diff"
    )
    port.add_argument("file", help="a Python file")
    port.add_argument("--write", action="store_true", help="change the file itself")
    chosen = parser.parse_args(words)
    try:
        print(_answer(chosen))
    except (OSError, ValueError, SyntaxError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def _answer(chosen) -> str:
    if chosen.command == "inspect":
        return inspection.describe(chosen.file)
    changes = porting.changes_of(chosen.file)
    if chosen.write:
        path = pathlib.Path(chosen.file)
        text = porting.ported(path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    return changes.rstrip("\n") or "Nothing is to be changed."


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
