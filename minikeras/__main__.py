"""The command line: `python -m minikeras inspect model.keras`."""

import argparse
import sys

from .utils.lazy import LazyModule

inspection = LazyModule(f"{__package__}.saving.inspection")


def main(arguments=None) -> int:
    """Runs a command; returns 0, or 1 after an error that it has printed.

    Args:
        arguments: The words after `python -m minikeras`; those of the process if None.
    """
    parser = argparse.ArgumentParser(prog="python -m minikeras", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser(
        "inspect", help="what is in a model file, without making the model"
    )
    look.add_argument("file", help=".keras, .weights.h5, or .h5 of any age")
    chosen = parser.parse_args(arguments)
    try:
        print(inspection.describe(chosen.file))
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
