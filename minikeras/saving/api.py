"""`load_model`, `save_model`, `save_weights`, `load_weights`: the doors to model files.

The suffix chooses the format to write; what to read is told by the content.
"""

import os

from ..utils.files import atomic_path, path_of
from ..utils.lazy import LazyModule
from ..utils.serialization import safe_mode_scope
from .errors import SavingError

__all__ = ["load_model", "load_weights", "save_model", "save_weights"]

# Every model imports this file, few programs touch a file: the formats come late.
hdf5 = LazyModule(f"{__package__}.hdf5")
legacy_h5 = LazyModule(f"{__package__}.legacy_h5")

_HDF5 = (".h5", ".hdf5")


def save_model(model, filepath, overwrite=True, zipped=None, **kwargs):
    """Writes a model with config, weights and training state to one `.h5` file.

    The file is written whole or not at all; Keras 2 and 3 read it too.

    Args:
        model: The model.
        filepath: Where to, `str` or `pathlib.Path`, ending in `.h5` or `.hdf5`.
        overwrite: False asks before an existing file is replaced.
        zipped: Only for `.keras` archives; leave it None.
        **kwargs: `include_optimizer=False` leaves the training state out.

    Raises:
        SavingError: The suffix is unknown, or the file cannot be written.
    """
    include_optimizer = kwargs.pop("include_optimizer", True)
    if kwargs or zipped is not None:
        names = [*kwargs, "zipped"][: len(kwargs) or 1]
        raise ValueError(
            f"save_model: {', '.join(names)} cannot be used with .h5 files. They take "
            "overwrite and include_optimizer."
        )
    path = _writable(filepath, "model.save('model.h5')")
    if _may_write(path, overwrite):
        with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
            legacy_h5.write_model(file, model, include_optimizer)


def load_model(filepath, custom_objects=None, compile=True, safe_mode=True):
    """Reads a model that `save` wrote, here or in Keras.

    Args:
        filepath: The file, `str` or `pathlib.Path`.
        custom_objects: Name -> class or function of your own.
        compile: False leaves loss, metrics and optimizer out.
        safe_mode: False lets Python code in the file (lambdas) run. Only for files
            from people you trust.

    Raises:
        SavingError: The file is missing, damaged or of another kind, or names a class
            that is not known.
    """
    with (
        safe_mode_scope(safe_mode),
        hdf5.open_to_read(path_of(filepath)) as file,
    ):
        return legacy_h5.read_model(file, custom_objects, compile)


def save_weights(model, filepath, overwrite=True, max_shard_size=None, **kwargs):
    """Writes the weights alone, without the model, to one `.h5` file.

    Args:
        model: The model, built.
        filepath: Where to, ending in `.h5` or `.hdf5`.
        overwrite: False asks before an existing file is replaced.
        max_shard_size: Only for sharded weights; leave it None.
        **kwargs: None are taken.

    Raises:
        SavingError: The suffix is unknown, or the model has no weights yet.
    """
    if kwargs or max_shard_size is not None:
        raise ValueError(
            f"save_weights: {', '.join(kwargs) or 'max_shard_size'} cannot be used "
            "with .h5 files. They take overwrite."
        )
    path = _writable(filepath, "model.save_weights('weights.h5')")
    _check_built(model, "save")
    if _may_write(path, overwrite):
        with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
            legacy_h5.write_weights(file, model)


def load_weights(model, filepath, skip_mismatch=False, **kwargs):
    """Assigns the weights in a file, all of them or, if they do not fit, none.

    Args:
        model: The model, built.
        filepath: A weights file or a whole model file.
        skip_mismatch: Leave out, with a warning, layers whose shapes differ.
        **kwargs: `by_name=True` pairs layers by name instead of by order.

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
    with hdf5.open_to_read(path_of(filepath)) as file:
        legacy_h5.read_weights(file, model, by_name, skip_mismatch)


def _writable(filepath, example: str) -> str:
    path = path_of(filepath)
    lower = path.lower()
    if lower.endswith(".weights.h5") or not lower.endswith(_HDF5):
        ending = ".weights.h5" if lower.endswith(".weights.h5") else _suffix(path)
        raise SavingError(
            f"Cannot write {path!r}: {ending} is not supported here, .h5 and .hdf5 "
            f"are. Try {example}."
        )
    return path


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
