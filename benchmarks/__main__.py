"""The command line: `python -m benchmarks [NAME ...] [--rounds N] [--python PATH]`."""

import argparse
import sys

from . import eager_step, import_time

BENCHMARKS = {"import_time": import_time, "eager_step": eager_step}


def main() -> None:
    """Runs the benchmarks asked for, all of them by default."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--rounds", type=int, default=7, help="processes per contestant"
    )
    parser.add_argument(
        "--python", default=sys.executable, help="interpreter that has real Keras"
    )
    options = parser.parse_args()
    for name in options.names or BENCHMARKS:
        if name not in BENCHMARKS:
            parser.error(
                f"unknown benchmark {name!r}, there are {', '.join(BENCHMARKS)}"
            )
        BENCHMARKS[name].run(options.rounds, options.python)


if __name__ == "__main__":
    main()
