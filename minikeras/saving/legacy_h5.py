"""The `.h5` layout of Keras 1 to 3: one file with config, weights and training state.

    /                    attrs: model_config, training_config (JSON), keras_version
    /model_weights       attrs: layer_names
      /<layer>           attrs: weight_names; a dataset at the path each name spells
    /optimizer_weights   attrs: weight_names; datasets likewise

A file of weights alone has the content of `/model_weights` at its root. Names and
shapes are compared before the first weight is assigned: a file that does not fit
leaves the model as it was.
"""

import json
import warnings
from functools import partial

import numpy as np

from ..legacy import layouts
from ..legacy.ages import Age, age_of
from ..legacy.configs import model_config as modern_config
from ..tensor import late_values
from ..utils import registry
from ..version import KERAS_VERSION
from . import hdf5, legacy_optimizer, training_config
from .errors import SavingError
from .matching import pair_by_name, pair_by_order

__all__ = ["read_model", "read_weights", "write_model", "write_weights"]

_TOP = "top_level_model_weights"


# --------------------------------------------------------------------- writing


def write_model(file, model, include_optimizer: bool = True) -> None:
    """Writes a whole model to an open file."""
    _write_versions(file)
    file.attrs["model_config"] = json.dumps(model_config(model), default=_to_json)
    write_weights(file.create_group("model_weights"), model)
    if not include_optimizer or not getattr(model, "compiled", False):
        return
    compiled = training_config.from_compile_config(model.get_compile_config())
    if compiled is None:
        return
    file.attrs["training_config"] = json.dumps(compiled, default=_to_json)
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and getattr(optimizer, "built", False):
        group = file.create_group("optimizer_weights")
        hdf5.write_arrays(group, _named(optimizer.variables))


def _write_versions(group) -> None:
    group.attrs["backend"] = "numpy"
    group.attrs["keras_version"] = KERAS_VERSION


def model_config(model) -> dict:
    """Returns `{"class_name", "config"}` as `.h5` files hold it.

    Layers are named by class alone, without module, and carry no build config.
    """
    form = registry.describe(model)
    plain = _plain_layer(form)
    if "layers" not in plain["config"] and form.get("build_config"):
        plain["build_config"] = form["build_config"]  # a subclass is built by it
    return plain


def _plain_layer(form: dict) -> dict:
    if ".src.ops" in (form.get("module") or ""):
        return form  # an operation: Keras reads the class only with its module
    config = form["config"]
    if isinstance(config.get("layers"), list):
        config = {
            **config,
            "layers": [_plain_layer(layer) for layer in config["layers"]],
        }
    plain = {"class_name": form.get("registered_name") or form["class_name"]}
    plain["config"] = config
    placed = {k: form[k] for k in ("name", "inbound_nodes") if k in form}
    return {**plain, **placed}


def _to_json(value):
    """Writes what `json` cannot: NumPy numbers and arrays."""
    if isinstance(value, (np.generic, np.ndarray)):
        return value.tolist()
    raise TypeError(f"{value!r} ({type(value).__name__}) cannot be written as JSON.")


def _named(variables) -> list:
    return [(v.path, v.array) for v in variables]


def write_weights(group, model) -> None:
    """Writes the weights of every layer, and the model's own, to a file or group."""
    _write_versions(group)
    hdf5.write_names(group, "layer_names", [layer.name for layer in model.layers])
    for layer in model.layers:
        hdf5.write_arrays(group.create_group(layer.name), _named(_weights(layer)))
    hdf5.write_arrays(group.create_group(_TOP), _named(_own_weights(model)))


def _weights(layer) -> list:
    """Returns the weights in file order: trainable, then non-trainable."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _own_weights(model) -> list:
    """Returns the weights that belong to the model and to none of its layers."""
    inside = {id(w) for layer in model.layers for w in layer.weights}
    return [w for w in _weights(model) if id(w) not in inside]


# --------------------------------------------------------------------- reading


def read_model(file, custom_objects: dict | None, compile: bool):
    """Makes the model that an open file describes."""
    config = hdf5.read_json(file, "model_config")
    if config is None:
        raise SavingError(_no_config(file))
    age = _age(file)
    room = hdf5.room(file.id.get_filesize())
    with registry.custom_object_scope(custom_objects), late_values(room) as draw:
        model = _build(file, config, age)
        if "model_weights" in file:
            read_weights(file["model_weights"], model, are_its_own=True)
            draw({id(v) for v in model.weights})  # all of them were assigned
        draw()
        if compile:
            _compile(file, model, age)
    return model


def _age(group) -> Age:
    """Who wrote a file or group of weights; what it does not say, the file may."""
    version = hdf5.read_text(group, "keras_version")
    if version is None and group.name != "/":
        return _age(group.file)
    return age_of(version, hdf5.read_text(group, "backend"))


def _no_config(file) -> str:
    path = file.filename
    modern = ("layers", "vars", "_layer_checkpoint_dependencies")
    if hdf5.is_legacy(file) or any(name in file for name in modern):
        return (
            f"{path!r} holds weights only, no model. Build the model in code, then "
            f"call model.load_weights({path!r})."
        )
    return f"{path!r} is an HDF5 file, but not of a model: it has no model_config."


def _build(file, config: dict, age: Age):
    if not isinstance(config, dict):
        raise SavingError(f"{file.filename!r} is damaged: model_config is no dict.")
    try:
        config = modern_config(config, age)
        return registry.revive(registry.find_type(config), config)
    except (ValueError, TypeError, KeyError) as error:
        what = f"{error!r} in its model_config" if type(error) is KeyError else error
        raise SavingError(f"Cannot load {file.filename!r}: {what}") from error


def _compile(file, model, age: Age) -> None:
    config = hdf5.read_json(file, "training_config")
    if config is None:
        warnings.warn(
            f"{file.filename!r} was saved without training configuration: the model "
            "is not compiled. Call model.compile(...) to train it.",
            stacklevel=5,
        )
        return
    try:
        arguments, unknown = training_config.to_compile_arguments(config, age)
        model.compile(**arguments)
    except (ValueError, TypeError, KeyError) as error:
        warnings.warn(
            f"{file.filename!r}: the model is not compiled, because its training "
            f"configuration cannot be read: {error} Call model.compile(...).",
            stacklevel=5,
        )
        return
    if unknown:
        warnings.warn(
            f"{file.filename!r}: the metrics {', '.join(map(repr, unknown))} are "
            "unknown here and were left out. Pass custom_objects={name: function}, or "
            "call model.compile(...).",
            stacklevel=5,
        )
    if "optimizer_weights" in file and model.optimizer is not None:
        _read_optimizer(file["optimizer_weights"], model, age)


def _read_optimizer(group, model, age: Age) -> None:
    """Restores the optimizer's state; one that does not fit is left out."""
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    datasets = _datasets(group)
    if age.major < 3:
        names = hdf5.read_names(group, "weight_names")
        layers = _saved_layers_of(model, group.file, age)
        values = legacy_optimizer.values(optimizer, names, datasets, layers, age)
    else:
        saved = [dataset.shape for dataset in datasets]
        fits = saved == [tuple(v.shape) for v in optimizer.variables]
        pairs = zip(optimizer.variables, datasets, strict=False)
        values = [(v, hdf5.read_array(d)) for v, d in pairs] if fits else None
    if values is None:
        warnings.warn(
            f"{group.file.filename!r}: the state of optimizer {optimizer.name!r} does "
            f"not fit ({len(datasets)} variables in the file, "
            f"{len(optimizer.variables)} expected, or other shapes). It starts afresh.",
            stacklevel=6,
        )
        return
    for variable, value in values:
        variable.assign(value)


def _saved_layers_of(model, file, age: Age) -> list:
    """For each layer with weights: itself, and its trainable weights' saved names."""
    group = file["model_weights"]
    saved = [entry for entry in _saved_layers(group) if entry[1]]
    layers = [x for x in _in_order(model.layers, saved) if x.weights]
    if len(saved) != len(layers):
        return []
    return [
        (layer, names[: layouts.trainable_count(layer, len(names), age)])
        for layer, (_, _, names) in zip(layers, saved, strict=True)
    ]


def _datasets(group) -> list:
    names = hdf5.read_names(group, "weight_names")
    return [hdf5.check_array(group, name) for name in names]


def _in_order(layers: list, saved: list) -> list:
    """The layers of a model in the order in which its own file holds their weights.

    That of today may be another one: a Sequential model that started with branches is
    a graph now.
    """
    places = {entry[0]: place for place, entry in enumerate(saved)}
    if not all(layer.name in places for layer in layers if layer.weights):
        return list(layers)
    return sorted(layers, key=lambda layer: places.get(layer.name, -1))


def read_weights(
    file,
    model,
    by_name: bool = False,
    skip_mismatch: bool = False,
    are_its_own: bool = False,
) -> None:
    """Assigns the weights in an open file or group, all or none.

    Args:
        file: A weights file, a whole model file, or its `model_weights`.
        model: Built model.
        by_name: Pair layers by name instead of by order; others stay as they are.
        skip_mismatch: Leave out, with a warning, layers whose shapes differ.
        are_its_own: Whether the model was made from the config in the same file.
    """
    group = _weights_group(file)
    age = _age(group)
    saved = [(name, datasets) for name, datasets, _ in _saved_layers(group)]
    order = _in_order(model.layers, saved) if are_its_own else model.layers
    layers = [(layer.name, layer, _weights(layer)) for layer in order]
    pairs = (pair_by_name if by_name else pair_by_order)(
        _named_once([s for s in saved if s[1]]),
        [entry for entry in layers if entry[2]],
        group.file.filename,
        skip_mismatch,
        partial(_arranged, age),
    )
    pairs += _top_level_pairs(group, model, skip_mismatch)
    if not are_its_own:  # all is read before the first weight changes
        pairs = [(variable, _value(source)) for variable, source in pairs]
    for variable, source in pairs:
        if isinstance(source, np.ndarray):
            variable.assign(source)
        else:
            hdf5.read_into(source, variable)


def _value(source) -> np.ndarray:
    return source if isinstance(source, np.ndarray) else hdf5.read_array(source)


def _arranged(age: Age, layer, datasets: list) -> list | None:
    """A layer's (weight, array) pairs if its arrays have the layout of another age."""
    if age.major >= 3:
        return None
    shapes = [tuple(w.shape) for w in _weights(layer)]
    fits = [tuple(d.shape) for d in datasets] == shapes
    is_frozen = age.is_multi_backend and not layer.trainable
    if fits and age.major == 2 and age.backend != "theano" and not is_frozen:
        return None
    arrays = hdf5.read_for(layer.weights, datasets)
    return None if arrays is None else layouts.pairs(layer, arrays, age)


def _named_once(saved: list) -> list:
    return list({name: (name, datasets) for name, datasets in saved}.values())


def _weights_group(file):
    if any(name in file.attrs for name in hdf5.LISTS_OF_LAYERS):
        return file
    if "model_weights" in file:
        return file["model_weights"]
    raise SavingError(_no_config(file))


def _saved_layers(group) -> list:
    """`(name, datasets, names of the datasets)` of each layer in a file."""
    return [(name, *_arrays(group[name])) for name in _layer_names(group)]


def _arrays(group) -> tuple[list, list]:
    """The datasets of a layer and their names; before Keras 1 they had numbers."""
    names = hdf5.read_names(group, "weight_names")
    if not names and "nb_params" in group.attrs:
        names = [f"param_{i}" for i in range(_count(group, "nb_params"))]
    return [hdf5.check_array(group, name) for name in names], names


def _count(group, name: str) -> int:
    """A number of things, which cannot be more than the group holds."""
    return min(int(group.attrs[name]), len(group))


def _layer_names(group) -> list[str]:
    names = hdf5.read_names(group, "layer_names")
    if not names and "nb_layers" in group.attrs:
        names = [f"layer_{i}" for i in range(_count(group, "nb_layers"))]
    missing = next((name for name in names if name not in group), None)
    if missing is not None:
        raise SavingError(
            f"{group.file.filename!r} is damaged: it lists layer {missing!r}, but has "
            "no group of that name."
        )
    return names


def _top_level_pairs(group, model, skip_mismatch: bool) -> list:
    own = _own_weights(model)
    datasets = _datasets(group[_TOP]) if _TOP in group else []
    if not own or (not datasets and _TOP not in group):
        return []
    saved, layers = [(model.name, datasets)], [(model.name, model, own)]
    return pair_by_order(saved, layers, group.file.filename, skip_mismatch)
