"""`load_model`, `save_model`, `save_weights`, `load_weights`: the doors to model files.

The suffix chooses the format to write; what to read is told by the content.
"""

import os
from functools import partial

from ..utils.files import atomic_path, path_of
from ..utils.lazy import LazyModule
from ..utils.serialization import safe_mode_scope
from .errors import SavingError, explained

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

# Every model imports this file, few programs touch a file: the formats come late.
archive = LazyModule(f"{__package__}.archive")
hdf5 = LazyModule(f"{__package__}.hdf5")
legacy_h5 = LazyModule(f"{__package__}.legacy_h5")
shards = LazyModule(f"{__package__}.shards")
weights_h5 = LazyModule(f"{__package__}.weights_h5")

_HDF5, _KERAS = (".h5", ".hdf5"), ".keras"
_WEIGHTS, _TABLE = ".weights.h5", ".weights.json"
_H5_TAKES = ("overwrite", "include_optimizer")


def save_model(model, filepath, overwrite=True, zipped=None, **kwargs):
    """Writes a model with config, weights and training state to one file.

    The file is written whole or not at all; Keras reads it too: `.keras` files Keras 3,
    `.h5` files Keras 2 and 3.

    Args:
        model: The model.
        filepath: Where to, `str` or `pathlib.Path`, ending in `.keras`, `.h5` or
            `.hdf5`.
        overwrite: False asks before an existing file is replaced.
        zipped: False writes a folder instead of a `.keras` file; any path will do.
        **kwargs: `include_optimizer=False` leaves the training state out, in `.h5`.

    Raises:
        SavingError: The suffix is unknown, or the file cannot be written.
    """
    path = path_of(filepath)
    is_archive = path.lower().endswith(_KERAS) or zipped is False
    taken = () if is_archive else ("include_optimizer",)
    unknown = [name for name in kwargs if name not in taken]
    if zipped and not is_archive:
        unknown.append("zipped")
    if unknown:
        takes = " and ".join(("overwrite", "zipped") if is_archive else _H5_TAKES)
        raise ValueError(
            f"save_model: {', '.join(unknown)} cannot be used with "
            f"{_suffix(path)} files. They take {takes}."
        )
    if is_archive:
        if _may_write(path, overwrite):
            archive.write(path, model, zipped is not False)
        return
    _check_suffix(path, (*_HDF5, _KERAS), "model.save('model.keras')")
    if _may_write(path, overwrite):
        with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
            legacy_h5.write_model(file, model, kwargs.get("include_optimizer", True))


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """Reads a model that `save` wrote, here or in Keras.

    Args:
        filepath: The file or folder, `str` or `pathlib.Path`.
        custom_objects: Name -> class or function of your own.
        compile: False leaves loss, metrics and optimizer out.
        safe_mode: False lets Python code in the file (lambdas) run. Only for files
            from people you trust.

    Raises:
        SavingError: The file is missing, damaged or of another kind, or names a class
            that is not known.
    """
    path = path_of(filepath)
    with safe_mode_scope(safe_mode), explained(repr(path)):
        if archive.is_archive(path):
            return archive.read(path, custom_objects, compile)
        with hdf5.open_to_read(path) as file:
            return legacy_h5.read_model(file, custom_objects, compile)


def save_weights(model, filepath, overwrite=True, max_shard_size=None, **kwargs):
    """Writes the weights alone, without the model.

    Args:
        model: The model, built.
        filepath: Where to: `.weights.h5` is the layout of Keras 3, `.h5` and `.hdf5`
            that of Keras 1 and 2, `.weights.json` several files and a table of them.
        overwrite: False asks before an existing file is replaced.
        max_shard_size: Size of each of several files, in gigabytes.
        **kwargs: None are taken.

    Raises:
        SavingError: The suffix is unknown, or the model has no weights yet.
    """
    path = path_of(filepath)
    if kwargs:
        raise ValueError(
            f"save_weights got unexpected arguments {sorted(kwargs)}. It takes "
            "overwrite and max_shard_size."
        )
    is_table = path.lower().endswith(_TABLE)
    if is_table == (max_shard_size is None):
        raise ValueError(
            "save_weights: max_shard_size goes with a path that ends in "
            f"{_TABLE}, got {path!r} and max_shard_size={max_shard_size}. Try "
            "save_weights('model.weights.json', max_shard_size=1)."
        )
    _check_suffix(path, (*_HDF5, _TABLE), "model.save_weights('model.weights.h5')")
    _check_built(model, "save")
    if not _may_write(path, overwrite):
        return
    if is_table:
        shards.write(path, model, max_shard_size)
        return
    with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
        if path.lower().endswith(_WEIGHTS):
            weights_h5.write(model, lambda name, size: file.require_group(name))
        else:
            legacy_h5.write_weights(file, model)


def load_weights(model, filepath, skip_mismatch=False, **kwargs):
    """Assigns the weights in a file, all of them or, if they do not fit, none.

    Args:
        model: The model, built.
        filepath: A weights file, a table of them, or a whole model file.
        skip_mismatch: Leave out, with a warning, layers whose shapes differ.
        **kwargs: `by_name=True` pairs layers by name instead of by order, where the
            file has the layout of Keras 1 and 2.

    Raises:
        SavingError: The file is missing, damaged or does not fit; the model is as it
            was before.
    """
    by_name = kwargs.pop("by_name", False)
    if kwargs:
        raise ValueError(
            f"load_weights got unexpected arguments {sorted(kwargs)}. It takes "
            "skip_mismatch and by_name."
        )
    _check_built(model, "load")
    path = path_of(filepath)
    with explained(repr(path)):
        _load_weights(path, model, skip_mismatch, by_name)


def _load_weights(path: str, model, skip_mismatch: bool, by_name: bool) -> None:
    if path.lower().endswith(_TABLE):
        _refuse_names(by_name, path)
        shards.read(path, model, skip_mismatch)
    elif archive.is_archive(path):
        _refuse_names(by_name, path)
        archive.read_weights(path, model, skip_mismatch)
    else:
        with hdf5.open_to_read(path) as file:
            if hdf5.is_legacy(file):
                legacy_h5.read_weights(file, model, by_name, skip_mismatch)
                return
            _refuse_names(by_name, path)
            weights_h5.read(model, partial(hdf5.datasets, file), skip_mismatch)


def _refuse_names(by_name: bool, path: str) -> None:
    if by_name:
        raise ValueError(
            f"load_weights: by_name=True needs names of layers, which {path!r} does "
            "not hold. Save in the older layout: model.save_weights('weights.h5')."
        )


def _check_suffix(path: str, known: tuple, example: str) -> None:
    if not path.lower().endswith(known):
        raise SavingError(
            f"Cannot write {path!r}: {_suffix(path)} is not supported here, "
            f"{', '.join(known)} are. Try {example}."
        )


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1] or "a path without suffix"


def _check_built(model, action: str) -> None:
    if not model.built:
        raise SavingError(
            f"Cannot {action} the weights of model {model.name!r}: it has none yet. "
            "Build it first, for example with model.build(input_shape)."
        )


def _may_write(path: str, overwrite: bool) -> bool:
    """Asks before replacing a file, unless that is allowed."""
    if overwrite or not os.path.exists(path):
        return True
    answer = ""
    while answer not in ("y", "n"):
        answer = _ask(f"{path!r} already exists. Overwrite it? [y/n] ", path)
    return answer == "y"


def _ask(question: str, path: str) -> str:
    try:
        return input(question).strip().lower()[:1]
    except EOFError:
        raise SavingError(
            f"{path!r} already exists, and nobody can be asked. Pass overwrite=True."
        ) from None
