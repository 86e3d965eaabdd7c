"""`python -m minikeras inspect FILE`: what a file holds, without making the model.

Nothing is built and no code of the file runs, so it is safe to look at any file first.
"""

import os
from contextlib import ExitStack, contextmanager

import numpy as np

from ..utils import registry
from ..utils.files import path_of
from . import archive, hdf5
from .errors import SavingError

__all__ = ["describe"]

# What is told of a layer, if its config has it.
SHOWN = """batch_shape batch_input_shape units filters kernel_size pool_size strides
    padding input_dim output_dim num_heads key_dim rate axis target_shape activation
    layer output_mode dtype""".split()
OPTIMIZERS = ("optimizer_weights/", "optimizer/")


class Found:
    """What a file says.

    Attributes:
        kind: What sort of file it is.
        versions: Versions and date, by name.
        config: The model as `{"class_name", "config"}`, or None.
        training: What `compile` was given, or None.
        file: The open HDF5 file with the weights, or None.
    """

    def __init__(self, kind, versions, config=None, training=None, file=None):
        self.kind = kind
        self.versions = versions
        self.config = config
        self.training = training
        self.file = file


def describe(filepath) -> str:
    """Returns a text on a model file or a weights file.

    Args:
        filepath: A `.keras` file or folder, a `.weights.h5`, or an `.h5` file of any
            age.

    Raises:
        SavingError: if it is no such file, or damaged.
    """
    path = path_of(filepath)
    with _opened(path) as found:
        weights, state = _arrays(found)
        lines = [f"{path}: {found.kind}"]
        lines += [f"  {name}: {value}" for name, value in found.versions.items()]
        if isinstance(found.config, dict):
            lines += ["", *_model(found.config)]
        lines += ["", *_table(weights)]
        if found.training or state:
            lines += ["", *_training(found.training or {}, state)]
        warnings = [*_suspicions(found.config), *_not_finite(weights)]
        lines += ["", *(f"Warning: {text}" for text in warnings)] if warnings else []
    return "\n".join(lines)


@contextmanager
def _opened(path: str):
    with ExitStack() as stack:
        if archive.is_archive(path):
            source = stack.enter_context(archive.opened(path))
            config = hdf5.parse_json(source.read(archive.CONFIG), path)
            file = None
            if source.has(archive.WEIGHTS):
                data = source.read(archive.WEIGHTS)
                file = stack.enter_context(hdf5.open_bytes(data, path))
            versions = hdf5.parse_json(source.read(archive.METADATA), path)
            training = config.get("compile_config") if isinstance(config, dict) else {}
            kind = "a model folder" if os.path.isdir(path) else "a .keras archive"
            yield Found(kind, _only_dict(versions), config, training, file)
            return
        file = stack.enter_context(hdf5.open_to_read(path))
        config = hdf5.read_json(file, "model_config")
        names = ("keras_version", "backend")
        places = [file, file["model_weights"]] if "model_weights" in file else [file]
        versions = {
            name: hdf5.read_text(place, name)
            for place in places
            for name in names
            if name in place.attrs
        }
        layout = "of Keras 1 and 2" if hdf5.is_legacy(file) else "of Keras 3"
        kind = f"weights in the layout {layout}" if config is None else "an HDF5 model"
        training = hdf5.read_json(file, "training_config")
        yield Found(kind, versions, config, training, file)


def _only_dict(value) -> dict:
    return value if isinstance(value, dict) else {}


# The model ----------------------------------------------------------------------------


def _model(form: dict, depth: int = 0) -> list[str]:
    """A line for each layer, those of models inside moved to the right."""
    config = form.get("config")
    layers = config if isinstance(config, list) else _only_dict(config).get("layers")
    lead = "  " * depth
    lines = [f"{lead}{_named(form)}"]
    if depth > hdf5.MAX_DEPTH:
        raise SavingError("The models in the file are nested without an end.")
    for layer in layers if isinstance(layers, list) else ():
        if not isinstance(layer, dict):
            continue
        inner = _only_dict(layer.get("config"))
        if isinstance(inner.get("layers"), list):
            lines += _model(layer, depth + 1)
            continue
        told = [f"{k}={_short(inner[k])}" for k in SHOWN if inner.get(k) is not None]
        lines.append(f"{lead}  {_named(layer)} {', '.join(told)}".rstrip())
    return lines


def _named(form: dict) -> str:
    config = _only_dict(form.get("config"))
    name = form.get("name") or config.get("name")
    return f"{form.get('class_name')} {name!r}" if name else str(form.get("class_name"))


def _short(value) -> str:
    """A value on a line: of objects the name alone."""
    if isinstance(value, dict):
        inner = _only_dict(value.get("config"))
        return str(inner.get("name") or value.get("class_name") or "...")
    return str(tuple(value)) if isinstance(value, list) else str(value)


def _suspicions(config) -> list[str]:
    """What will hinder loading: code, and classes that are not ours."""
    found, stack = [], [config]
    while stack:
        value = stack.pop()
        if isinstance(value, list):
            stack.extend(value)
        if not isinstance(value, dict):
            continue
        stack.extend(value.values())
        name = value.get("class_name")
        if name == "__lambda__" or _is_old_lambda(value):
            found.append(
                "it holds Python code (a lambda), which runs only with "
                "safe_mode=False. Do that only if you trust whoever made the file."
            )
        elif isinstance(name, str) and _is_unknown(value):
            found.append(
                f"{name!r} is no class of Keras; pass custom_objects={{{name!r}: ...}}."
            )
    return list(dict.fromkeys(found))


def _is_old_lambda(form: dict) -> bool:
    config = _only_dict(form.get("config"))
    is_code = isinstance(config.get("function"), list)
    return form.get("class_name") == "Lambda" and is_code


def _is_unknown(form: dict) -> bool:
    if form["class_name"].startswith("__") or form.get("module") == "builtins":
        return False
    try:
        registry.find_type(form)
    except (ValueError, TypeError):
        return "config" in form
    return False


# The weights --------------------------------------------------------------------------


def _arrays(found: Found) -> tuple[list, list]:
    """The weights, and the state of the optimizer: name, shape, dtype, statistics."""
    weights, state = [], []
    for path, _ in hdf5.groups(found.file) if found.file is not None else ():
        for name, dataset in hdf5.datasets(found.file, path).items():
            is_state = f"{path}/".startswith(OPTIMIZERS)
            place = path.removeprefix("model_weights/").removesuffix("/vars")
            row = (f"{place}/{name}", dataset.shape, str(dataset.dtype))
            numbers = None if is_state else _statistics(dataset)
            (state if is_state else weights).append((*row, numbers))
    return weights, state


def _statistics(dataset):
    """Mean, standard deviation, least and greatest; None of no numbers."""
    array = np.asarray(hdf5.read_bounded(dataset), "float64")
    if not array.size:
        return None
    with np.errstate(all="ignore"):
        return array.mean(), array.std(), array.min(), array.max()


def _table(weights: list) -> list[str]:
    count = sum(int(np.prod(shape)) for _, shape, _, _ in weights)
    lines = [f"Weights: {len(weights)} arrays, {count:,} numbers"]
    if not weights:
        return lines
    width = max(len(name) for name, *_ in weights)
    shapes = max(len(str(shape)) for _, shape, *_ in weights)
    heads = "".join(f"{h:>11}" for h in ("mean", "std", "min", "max"))
    lines.append(f"  {'':{width}}  {'shape':{shapes}}  {'dtype':8}{heads}")
    for name, shape, dtype, numbers in weights:
        told = "".join(f"{x:11.4g}" for x in numbers or ())
        lines.append(f"  {name:{width}}  {shape!s:{shapes}}  {dtype:8}{told}")
    return lines


def _training(training: dict, state: list) -> list[str]:
    optimizer = training.get("optimizer_config") or training.get("optimizer")
    lines = ["Training:"]
    if optimizer:
        lines.append(f"  optimizer: {_optimizer(optimizer)}")
    for name in ("loss", "metrics", "weighted_metrics"):
        if training.get(name):
            lines.append(f"  {name}: {_listed(training[name])}")
    lines.append(f"  state of the optimizer: {len(state)} arrays")
    return lines


def _optimizer(form) -> str:
    config = _only_dict(_only_dict(form).get("config"))
    rate = config.get("learning_rate", config.get("lr"))
    name = form.get("class_name") if isinstance(form, dict) else form
    return f"{name}" if rate is None else f"{name}, learning_rate {_short(rate)}"


def _listed(value) -> str:
    if isinstance(value, list):
        return ", ".join(map(_listed, value))
    if isinstance(value, dict) and "class_name" not in value:
        return ", ".join(f"{k}: {_listed(v)}" for k, v in value.items())
    return _short(value)


def _not_finite(weights: list) -> list[str]:
    return [
        f"{name} holds NaN or infinite numbers."
        for name, _, _, numbers in weights
        if numbers is not None and not np.isfinite(numbers).all()
    ]
