"""The signatures of Keras's functions, as a table for where Keras is not installed.

Run as a script, it writes the table anew:

    python tests/parity/signatures.py
"""

import inspect
import json
import pathlib

TABLE = pathlib.Path(__file__).parents[1] / "data" / "keras_signatures.json"
PATHS = ("ops", "ops.nn", "ops.numpy", "ops.linalg", "ops.image", "random")
NAMES = ("activations", "initializers", "regularizers", "constraints")


def public(package, path: str) -> dict:
    """What a package publishes at a path: name -> value."""
    module = package
    for part in path.split("."):
        module = getattr(module, part)
    return {n: getattr(module, n) for n in dir(module) if not n.startswith("_")}


def signature(function) -> str:
    """Names, order and defaults of the parameters; annotations do not count."""
    found = inspect.signature(function)
    plain = [
        p.replace(annotation=inspect.Parameter.empty) for p in found.parameters.values()
    ]
    bare = found.replace(parameters=plain, return_annotation=inspect.Signature.empty)
    return str(bare)


def table(package) -> dict:
    """Signatures by path and name, and the names of the other paths."""
    functions = {
        path: {
            name: signature(value)
            for name, value in public(package, path).items()
            if callable(value)
        }
        for path in PATHS
    }
    names = {
        path: sorted(n for n, v in public(package, path).items() if callable(v))
        for path in NAMES
    }
    # Paths below `ops` repeat it: names will do, but for those it does not have.
    for path in PATHS[1:-1]:
        names[path] = sorted(functions[path])
    functions = {path: functions[path] for path in ("ops", "ops.image", "random")}
    return {
        "version": package.__version__,
        "signatures": functions,
        "names": names,
    }


def stored() -> dict:
    """The table of the file."""
    return json.loads(TABLE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    import keras

    text = json.dumps(table(keras), indent=0)
    TABLE.write_text(text + "\n", encoding="utf-8")
