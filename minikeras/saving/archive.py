"""`.keras`: an archive (zip) or a folder with the whole model.

    metadata.json       versions, date
    config.json         the model, how it was built, what `compile` was given
    model.weights.h5    see weights_h5.py
    assets/<path>/...   files of layers that have some: vocabularies

Nothing is unpacked to where an archive says. A member larger than what the archive's
own size explains is refused.
"""

import io
import json
import os
import pathlib
import shutil
import tempfile
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from ..legacy.ages import age_of
from ..legacy.configs import model_config
from ..legacy.training import compile_config
from ..tensor import late_values
from ..utils import serialization
from ..utils.files import atomic_path
from ..utils.lazy import LazyModule
from ..utils.sharing import shared_objects
from ..version import KERAS_VERSION
from . import hdf5, weights_h5
from .errors import SavingError
from .parts import is_part, walk

__all__ = ["is_archive", "opened", "read", "read_weights", "write"]

zipfile = LazyModule("zipfile")

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
MOST_TIMES, SPARE = 50, 1 << 24  # how much larger than the file its content may be


def is_archive(path: str) -> bool:
    """Tells whether a path is a zip file, or a folder with a model."""
    if os.path.isdir(path):
        return os.path.exists(os.path.join(path, CONFIG))
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


# --------------------------------------------------------------------- writing


def write(path: str, model, zipped: bool = True) -> None:
    """Writes a model to an archive, or to a folder.

    Args:
        path: Where to; it is there whole or not at all.
        model: The model.
        zipped: False makes a folder.
    """
    if not zipped and path.lower().endswith(".keras"):
        raise ValueError(
            f"save: with zipped=False, {path!r} becomes a folder, which must not end "
            "in .keras. Leave the ending out."
        )
    members = _members(model)
    if not zipped:
        _write_folder(path, members)
        return
    with (
        atomic_path(path) as temporary,
        zipfile.ZipFile(temporary, "w") as archive,
    ):
        for name, data in members.items():
            archive.writestr(name, data)


def _members(model) -> dict:
    """The files of the archive: name -> bytes."""
    now = datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    with shared_objects():
        config = serialization.serialize_keras_object(model)
    metadata = {"keras_version": KERAS_VERSION, "date_saved": now}
    memory = io.BytesIO()
    with hdf5.open_to_write(memory) as file:
        weights_h5.write(model, lambda path, size: file.require_group(path))
    return {
        METADATA: json.dumps(metadata),
        CONFIG: json.dumps(config),
        WEIGHTS: memory.getbuffer(),
        **_assets(model),
    }


def _assets(model) -> dict:
    found = {}
    for path, part in walk(model):
        if not hasattr(part, "save_assets"):
            continue
        with tempfile.TemporaryDirectory() as folder:
            part.save_assets(folder)
            for file in sorted(pathlib.Path(folder).rglob("*")):
                if file.is_file():
                    name = file.relative_to(folder).as_posix()
                    found[f"assets/{path}{name}"] = file.read_bytes()
    return found


def _write_folder(path: str, members: dict) -> None:
    path = os.path.abspath(path)
    if os.path.lexists(path) and not is_archive(path):
        raise SavingError(f"{path!r} exists and is no model, so it is not replaced.")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    fresh, old = (f"{path}.{os.urandom(4).hex()}.{end}" for end in ("tmp", "old"))
    os.mkdir(fresh)
    try:
        for name, data in members.items():
            _write_file(pathlib.Path(fresh, name), data)
        if os.path.lexists(path):
            os.replace(path, old)
        os.replace(fresh, path)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        if os.path.lexists(old) and not os.path.lexists(path):
            os.replace(old, path)
        raise
    if os.path.isdir(old):
        shutil.rmtree(old)
    elif os.path.lexists(old):
        os.unlink(old)


def _write_file(path: pathlib.Path, data) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        file.write(data.encode() if isinstance(data, str) else data)
        file.flush()
        os.fsync(file.fileno())


# --------------------------------------------------------------------- reading


def read(path: str, custom_objects: dict | None, compile: bool):
    """Makes the model that an archive or a folder describes."""
    with opened(path) as source:
        config = hdf5.parse_json(source.read(CONFIG), f"{path!r}: {CONFIG}")
        if not compile and isinstance(config, dict):
            config.pop("compile_config", None)
        config = _modern(config, source, path)
        with late_values(hdf5.room(source.size)) as draw:
            model = _made(config, custom_objects, path)
            if source.has(WEIGHTS):
                label = f"{path!r}: {WEIGHTS}"
                with hdf5.open_bytes(source.read(WEIGHTS), label) as file:
                    find = partial(hdf5.datasets, file)
                    draw(weights_h5.brought(model, find))
                    weights_h5.read(model, find, is_fresh=True)
            draw()
        _load_assets(source, model)
    return model


def _modern(config, source, path: str):
    """The config of an archive of tf.keras 2.12 to 2.15 in today's terms."""
    if not source.has(METADATA) or not isinstance(config, dict):
        return config
    metadata = hdf5.parse_json(source.read(METADATA), f"{path!r}: {METADATA}")
    version = metadata.get("keras_version") if isinstance(metadata, dict) else None
    age = age_of(version if isinstance(version, str) else KERAS_VERSION, "tensorflow")
    if age.major >= 3:
        return config
    config = model_config(config, age)
    if isinstance(config.get("compile_config"), dict):
        settings = compile_config(config["compile_config"], age)
        config = {**config, "compile_config": settings}
    return config


def read_weights(path: str, model, skip_mismatch: bool) -> None:
    """Sets the weights of a model from an archive or a folder."""
    with (
        opened(path) as source,
        hdf5.open_bytes(source.read(WEIGHTS), f"{path!r}: {WEIGHTS}") as file,
    ):
        weights_h5.read(model, partial(hdf5.datasets, file), skip_mismatch)


def _made(config: dict, custom_objects: dict | None, path: str):
    try:
        with shared_objects():
            made = serialization.deserialize_keras_object(config, custom_objects)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError) as error:
        if isinstance(error, SavingError):
            raise
        raise SavingError(f"Cannot make the model of {path!r}. {error}") from error
    if not is_part(made):
        raise SavingError(f"{path!r}: {CONFIG} describes no model.")
    return made


def _load_assets(source, model) -> None:
    for path, part in walk(model):
        if not hasattr(part, "load_assets"):
            continue
        prefix = f"assets/{path}"
        names = [n for n in source.names if n.startswith(prefix)]
        names = [n for n in names if "/" not in n[len(prefix) :]]
        if not names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            for name in names:
                file = pathlib.Path(folder, os.path.basename(name))
                file.write_bytes(source.read(name))
            part.load_assets(folder)


@contextmanager
def opened(path: str):
    """Opens an archive or a folder; what is wrong with it becomes a SavingError."""
    if os.path.isdir(path):
        yield Folder(path)
        return
    try:
        with zipfile.ZipFile(path) as archive:
            yield Archive(archive, path)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError) as error:
        if isinstance(error, (RecursionError, SavingError)):
            raise
        raise SavingError(
            f"{path!r} is damaged or was cut off while it was written: {error}. Copy "
            "or save it again."
        ) from error


class Archive:
    """The members of a zip file, read in memory, never unpacked."""

    def __init__(self, archive, path: str):
        self._archive, self._path = archive, path
        self.names = archive.namelist()
        self.size = os.path.getsize(path)
        if len(set(self.names)) < len(self.names):
            raise SavingError(f"{path!r} has two members of one name.")
        size = sum(info.file_size for info in archive.infolist())
        if size > MOST_TIMES * self.size + SPARE:
            raise SavingError(
                f"{path!r} would unpack to {size:,} bytes, {MOST_TIMES} times its size "
                "and more: it is no model file."
            )

    def has(self, name: str) -> bool:
        """Whether there is such a member."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """Returns the content of a member."""
        if name not in self.names:
            raise SavingError(
                f"{self._path!r} is no .keras archive: it has no {name}. It has "
                f"{', '.join(self.names[:5]) or 'no members'}."
            )
        return self._archive.read(name)


class Folder:
    """The files of a model in a folder; links that lead out of it are not followed."""

    def __init__(self, path: str):
        self._root = pathlib.Path(path).resolve()
        files = [f for f in self._root.rglob("*") if f.is_file()]
        self._files = {
            f.relative_to(self._root).as_posix(): f
            for f in files
            if self._root in f.resolve().parents
        }
        self.names = list(self._files)
        self.size = sum(f.stat().st_size for f in self._files.values())

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self._files

    def read(self, name: str) -> bytes:
        """Returns the content of a file."""
        if name not in self._files:
            raise SavingError(f"The folder {str(self._root)!r} has no {name}.")
        return self._files[name].read_bytes()
