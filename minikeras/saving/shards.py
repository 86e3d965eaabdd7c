"""`.weights.json`: weights in several files, none of them larger than asked for.

The table beside them says where each group is:

    {"metadata": {"total_size": bytes}, "weight_map": {"/layers/dense/vars": "a_0.h5"}}
"""

import json
import os
from contextlib import ExitStack

from ..utils.files import atomic_path, write_text
from . import hdf5, weights_h5
from .errors import SavingError

__all__ = ["read", "write"]

GIGABYTE = 1 << 30


def write(path: str, model, max_shard_size: float) -> None:
    """Writes the weights of a model to several files, the table last.

    Args:
        path: Of the table, ending in `.weights.json`.
        model: The model.
        max_shard_size: Size of one file at most, in gigabytes. A layer larger than
            that gets a file of its own.
    """
    stem = path.removesuffix(".weights.json")
    most, sizes, files, places = max_shard_size * GIGABYTE, [], [], {}
    with ExitStack() as stack:

        def group_of(name: str, size: int):
            if not files or (sizes[-1] and sizes[-1] + size > most):
                shard = f"{stem}_{len(files):05}.weights.h5"
                temporary = stack.enter_context(atomic_path(shard))
                files.append(stack.enter_context(hdf5.open_to_write(temporary)))
                sizes.append(0)
            sizes[-1] += size
            places[f"/{name}"] = f"{os.path.basename(stem)}_{len(files) - 1:05}"
            return files[-1].require_group(name)

        weights_h5.write(model, group_of)
    table = {
        "metadata": {"total_size": sum(sizes)},
        "weight_map": {name: f"{shard}.weights.h5" for name, shard in places.items()},
    }
    write_text(path, json.dumps(table, indent=4))


def read(path: str, model, skip_mismatch: bool) -> None:
    """Sets the weights of a model from several files.

    Args:
        path: Of the table. The files must lie beside it.
        model: The model, built.
        skip_mismatch: Leave out, with a warning, parts that do not fit.
    """
    table = hdf5.parse_json(_text(path), path)
    places = table.get("weight_map") if isinstance(table, dict) else None
    if not isinstance(places, dict):
        raise SavingError(f"{path!r} has no weight_map: it is no table of shards.")
    with ExitStack() as stack:
        opened = {}

        def shard(name):
            if not isinstance(name, str) or os.path.basename(name) != name:
                raise SavingError(
                    f"{path!r} names the file {name!r}, which is not beside it."
                )
            if name not in opened:
                beside = os.path.join(os.path.dirname(path), name)
                opened[name] = stack.enter_context(hdf5.open_to_read(beside))
            return opened[name]

        def find(name: str):
            if not name.endswith("vars"):
                inside = f"/{name}/"
                return {} if any(key.startswith(inside) for key in places) else None
            names = places.get(f"/{name}")
            if names is None:
                return None
            found = {}
            for one in names if isinstance(names, list) else [names]:
                found.update(hdf5.datasets(shard(one), name) or {})
            return found

        weights_h5.read(model, find, skip_mismatch)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(1 << 26)
    except (OSError, UnicodeDecodeError) as error:
        raise SavingError(f"Cannot read {path!r}: {error}.") from error
