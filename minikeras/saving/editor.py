"""`KerasFileEditor`: looks into a weights file, and changes what is in it."""

import numpy as np

from ..utils.files import atomic_path, path_of
from . import archive, hdf5, weights_h5
from .errors import SavingError

__all__ = ["KerasFileEditor"]

ENDINGS = (".keras", ".weights.h5")


class KerasFileEditor:
    """Shows and edits the weights in a file, without the model.

    For files that are to fit a model whose architecture has changed since.

    Args:
        filepath: A `.keras` or `.weights.h5` file. It is never changed itself.

    Attributes:
        filepath: The path.
        metadata: Versions and date of a `.keras` file, else None.
        config: The model's config in a `.keras` file, else None.
        weights_dict: The objects by name, nested; the weights of an object by "0", "1".
        object_metadata: Attributes of the objects in the file, by path.

    >>> import tempfile
    >>> from minikeras import Sequential, layers
    >>> model = Sequential([layers.Input((3,)), layers.Dense(2)])
    >>> path = tempfile.mkdtemp() + "/m.weights.h5"
    >>> model.save_weights(path)
    >>> editor = KerasFileEditor(path)  # doctest: +ELLIPSIS
    Keras model file '...m.weights.h5'
    >>> editor.rename_object("dense", "dense_7")
    >>> editor.summary()
    Weights structure
      > layers
          └─ dense_7
              ├─ 0: shape=(3, 2), dtype=float32
              └─ 1: shape=(2,), dtype=float32
    """

    def __init__(self, filepath):
        self.filepath = path_of(filepath)
        self.metadata = self.config = None
        if not self.filepath.lower().endswith(ENDINGS):
            raise SavingError(
                f"KerasFileEditor opens {' and '.join(ENDINGS)} files, got "
                f"{self.filepath!r}."
            )
        if archive.is_archive(self.filepath):
            self._read_archive()
        else:
            with hdf5.open_to_read(self.filepath) as file:
                self._read(file)
        print(f"Keras model file {self.filepath!r}")
        if self.metadata:
            version, date = (
                self.metadata.get(key, "unknown")
                for key in ("keras_version", "date_saved")
            )
            print(f"Saved with Keras {version} - date: {date}")

    def _read_archive(self) -> None:
        with archive.opened(self.filepath) as source:
            label = repr(self.filepath)
            self.metadata = hdf5.parse_json(source.read(archive.METADATA), label)
            self.config = hdf5.parse_json(source.read(archive.CONFIG), label)
            with hdf5.open_bytes(source.read(archive.WEIGHTS), label) as file:
                self._read(file)

    def _read(self, file) -> None:
        self.object_metadata = {}
        self.weights_dict = {}
        for path, group in hdf5.groups(file):
            *parts, last = path.split("/")
            if last != "vars":
                self._at(parts).setdefault(last, {})
                continue
            arrays = hdf5.datasets(file, path)
            self._at(parts).update({k: hdf5.read_bounded(v) for k, v in arrays.items()})
            if parts:
                self.object_metadata["/" + "/".join(parts)] = dict(group.attrs)

    def _at(self, parts: list[str]) -> dict:
        found = self.weights_dict
        for name in parts:
            found = found.setdefault(name, {})
        return found

    # Looking --------------------------------------------------------------------------

    def summary(self):
        """Prints the objects and the shapes of their weights, as a tree."""
        print("Weights structure")
        items = list(self.weights_dict.items())
        for i, (name, value) in enumerate(items):
            if i == 0 and len(items) == 1:
                lead, below = "> ", "    "
            else:
                lead = "> " if i == 0 else "└─ " if i == len(items) - 1 else "├─ "
                below = "    " if i == len(items) - 1 else "│   "
            print(f"  {lead}{_titled(name, value)}")
            for line in _tree(value):
                print(f"  {below}{line}")

    def compare(self, reference_model) -> dict:
        """Prints where the file differs from what a model would write.

        Args:
            reference_model: The model, built.

        Returns:
            `status`, "success" or "error"; `error_count` and `match_count`.
        """
        print("Running comparison")
        theirs = _state(reference_model)
        ours = {path: array for path, array in _weights(self.weights_dict)}
        errors, matches = [], 0
        for path in sorted({p.rpartition("/")[0] for p in (*ours, *theirs)}):
            errors += _missing(path, ours, theirs)
        for path, shape in theirs.items():
            if path in ours and ours[path].shape == shape:
                matches += 1
            elif path in ours:
                errors.append(
                    f"...Weight shape mismatch for {path}\n"
                    f"    In reference model: shape={shape}\n"
                    f"    In saved file: shape={ours[path].shape}"
                )
        for error in errors:
            print(error)
        print("─" * 21)
        if not errors:
            print("Comparison successful: saved file is compatible with the model")
        else:
            plural = "s" if len(errors) > 1 else ""
            print(
                f"Found {len(errors)} error{plural}: saved file is not compatible with "
                "the reference model"
            )
        status = "error" if errors else "success"
        return {
            "status": status,
            "error_count": len(errors),
            "match_count": matches,
        }

    # Editing --------------------------------------------------------------------------

    def add_object(self, object_path: str, weights: dict):
        """Adds an object, such as a layer.

        Args:
            object_path: Its path, such as "layers/dense_2"; the part before the last
                slash must be there.
            weights: Its weights: `{"0": kernel, "1": bias}`.
        """
        *parts, name = object_path.strip("/").split("/")
        parent = self._object("/".join(parts)) if parts else self.weights_dict
        if name in parent:
            raise SavingError(
                f"{object_path!r} is in the file already. Use add_weights to add to "
                "it, or delete_object first."
            )
        parent[name] = _checked(weights)

    def delete_object(self, object_name: str):
        """Takes an object out, with all below it.

        Args:
            object_name: Its path, or its name where no other object has it.
        """
        parent, name = self._place(object_name)
        del parent[name]

    def rename_object(self, object_name: str, new_name: str):
        """Gives an object another name, in its place.

        Args:
            object_name: Its path, or its name where no other object has it.
            new_name: The name, not a path.
        """
        parent, name = self._place(object_name)
        if "/" in new_name or new_name in parent:
            why = "it is a path" if "/" in new_name else "there is one of that name"
            raise SavingError(
                f"{object_name!r} cannot be renamed to {new_name!r}: {why}. Give a "
                "name that is free, without slashes."
            )
        renamed = {new_name if k == name else k: v for k, v in parent.items()}
        parent.clear()
        parent.update(renamed)

    def add_weights(self, object_name: str, weights: dict):
        """Adds weights to an object, or replaces them.

        Args:
            object_name: Its path, or its name where no other object has it.
            weights: Name -> array.
        """
        self._object(object_name).update(_checked(weights))

    def delete_weight(self, object_name: str, weight_name: str):
        """Takes a weight out of an object.

        Args:
            object_name: Its path, or its name where no other object has it.
            weight_name: Its name, such as "0".
        """
        found = self._object(object_name)
        if not isinstance(found.get(weight_name), np.ndarray):
            names = [k for k, v in found.items() if isinstance(v, np.ndarray)]
            raise SavingError(
                f"{object_name!r} has no weight {weight_name!r}. It has "
                f"{', '.join(names) or 'none'}."
            )
        del found[weight_name]

    def save(self, filepath):
        """Writes the weights to a new file.

        Args:
            filepath: Where to, ending in `.weights.h5`.
        """
        path = path_of(filepath)
        if not path.lower().endswith(ENDINGS[1]):
            raise SavingError(f"The path must end in {ENDINGS[1]}, got {path!r}.")
        with atomic_path(path) as temporary, hdf5.open_to_write(temporary) as file:
            for where, value in _objects(self.weights_dict):
                group = file.require_group(f"{where}/vars")
                for key, kept in self.object_metadata.get(where, {}).items():
                    group.attrs[key] = kept
                for name, array in value.items():
                    if isinstance(array, np.ndarray):
                        hdf5.write_array(group, name, array)

    def resave_weights(self, filepath):
        """The same as `save`."""
        self.save(filepath)

    def _object(self, name: str) -> dict:
        parent, last = self._place(name)
        return parent[last]

    def _place(self, name: str) -> tuple[dict, str]:
        """The dict that holds an object, and its name there."""
        wanted = "/" + name.strip("/")
        places = [p for p, _ in _objects(self.weights_dict)]
        found = [p for p in places if p == wanted]
        if not found and "/" not in name.strip("/"):
            found = [p for p in places if p.endswith(wanted)]
        if len(found) != 1:
            what = "occurs more than once; give its path" if found else "is not there"
            raise SavingError(
                f"{name!r} {what}. The file holds {', '.join(found or places)}."
            )
        *parts, last = found[0].strip("/").split("/")
        return self._at(parts), last


def _checked(weights) -> dict:
    if not isinstance(weights, dict):
        raise SavingError(
            "weights must be a dict of arrays such as {'0': kernel, '1': bias}, got a "
            f"{type(weights).__name__}."
        )
    found = {}
    for name, value in weights.items():
        array = np.asarray(value)
        if not isinstance(name, str) or "/" in name or array.dtype.kind not in "iufbV":
            raise SavingError(
                "weights must map names without slashes to arrays of numbers, got "
                f"{name!r}: {type(value).__name__}."
            )
        found[name] = array
    return found


def _objects(tree: dict, path: str = ""):
    """Yields `(path, object)`, parents first."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield f"{path}/{name}", value
            yield from _objects(value, f"{path}/{name}")


def _weights(tree: dict, path: str = ""):
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _weights(value, f"{path}/{name}")
        else:
            yield f"{path}/{name}", value


def _state(model) -> dict:
    """Path -> shape of what a model would write."""
    return {
        "/" + f"{path}{name}".replace("vars/", ""): np.shape(value)
        for path, store in weights_h5.stores(model)
        for name, value in store.items()
    }


def _missing(path: str, ours: dict, theirs: dict) -> list[str]:
    """What to say of an object that one of both lacks, or of weights in it."""
    keys = [
        sorted(p.rpartition("/")[2] for p in side if p.rpartition("/")[0] == path)
        for side in (ours, theirs)
    ]
    names = ("saved file", "reference model")
    if keys[0] == keys[1]:
        return []
    side = 0 if not keys[1] else 1
    if not keys[0] or not keys[1]:
        return [
            f"...Object {path} present in {names[side]}, missing from "
            f"{names[1 - side]}\n    In {names[side]}, {path} contains the following "
            f"keys: {keys[side]}"
        ]
    return [
        f"...Weight {path}/{key} present in {names[i]}, missing from {names[1 - i]}"
        for i in (0, 1)
        for key in keys[i]
        if key not in keys[1 - i]
    ]


def _titled(name: str, value) -> str:
    if isinstance(value, dict):
        return name
    return f"{name}: shape={value.shape}, dtype={value.dtype}"


def _tree(value) -> list[str]:
    """The lines below an object."""
    lines = []
    items = list(value.items()) if isinstance(value, dict) else []
    for i, (name, inner) in enumerate(items):
        is_last = i == len(items) - 1
        lines.append(f"{'└' if is_last else '├'}─ {_titled(name, inner)}")
        lines += [f"{'    ' if is_last else '│   '}{line}" for line in _tree(inner)]
    return lines
