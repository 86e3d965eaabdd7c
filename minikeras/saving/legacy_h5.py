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

import numpy as np

from ..tensor import late_values
from ..utils import registry
from ..version import KERAS_VERSION
from . import hdf5, training_config, upgrade
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
    return [(v.path, np.asarray(v.numpy())) for v in variables]


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
    config = upgrade.model_config(config, hdf5.read_text(file, "keras_version"))
    room = hdf5.room(file.id.get_filesize())
    with registry.custom_object_scope(custom_objects), late_values(room) as draw:
        model = _build(file, config)
        if "model_weights" in file:
            read_weights(file["model_weights"], model)
            draw({id(v) for v in model.weights})  # all of them were assigned
        draw()
        if compile:
            _compile(file, model)
    return model


def _no_config(file) -> str:
    path = file.filename
    modern = ("layers", "vars", "_layer_checkpoint_dependencies")
    if hdf5.is_legacy(file) or any(name in file for name in modern):
        return (
            f"{path!r} holds weights only, no model. Build the model in code, then "
            f"call model.load_weights({path!r})."
        )
    return f"{path!r} is an HDF5 file, but not of a model: it has no model_config."


def _build(file, config: dict):
    if not isinstance(config, dict):
        raise SavingError(f"{file.filename!r} is damaged: model_config is no dict.")
    try:
        return registry.revive(registry.find_type(config), config)
    except (ValueError, TypeError, KeyError) as error:
        what = f"{error!r} in its model_config" if type(error) is KeyError else error
        raise SavingError(f"Cannot load {file.filename!r}: {what}") from error


def _compile(file, model) -> None:
    config = hdf5.read_json(file, "training_config")
    if config is None:
        warnings.warn(
            f"{file.filename!r} was saved without training configuration: the model "
            "is not compiled. Call model.compile(...) to train it.",
            stacklevel=5,
        )
        return
    try:
        model.compile(**training_config.to_compile_arguments(config))
    except (ValueError, TypeError, KeyError) as error:
        warnings.warn(
            f"{file.filename!r}: the model is not compiled, because its training "
            f"configuration cannot be read: {error} Call model.compile(...).",
            stacklevel=5,
        )
        return
    if "optimizer_weights" in file and model.optimizer is not None:
        _read_optimizer(file["optimizer_weights"], model)


def _read_optimizer(group, model) -> None:
    """Restores the optimizer's state; one that does not fit is left out."""
    optimizer = model.optimizer
    optimizer.build(model.trainable_variables)
    variables = upgrade.stored_optimizer_variables(
        optimizer.variables, hdf5.read_names(group, "weight_names")
    )
    datasets = _datasets(group)
    saved = [dataset.shape for dataset in datasets]
    if saved != [tuple(v.shape) for v in variables]:
        warnings.warn(
            f"{group.file.filename!r}: the state of optimizer {optimizer.name!r} does "
            f"not fit ({len(saved)} variables in the file, {len(variables)} expected, "
            "or other shapes). It starts afresh.",
            stacklevel=6,
        )
        return
    for variable, dataset in zip(variables, datasets, strict=True):
        variable.assign(hdf5.read_array(dataset))


def _datasets(group) -> list:
    names = hdf5.read_names(group, "weight_names")
    return [hdf5.check_array(group, name) for name in names]


def read_weights(
    file, model, by_name: bool = False, skip_mismatch: bool = False
) -> None:
    """Assigns the weights in an open file or group, all or none.

    Args:
        file: A weights file, a whole model file, or its `model_weights`.
        model: Built model.
        by_name: Pair layers by name instead of by order; others stay as they are.
        skip_mismatch: Leave out, with a warning, layers whose shapes differ.
    """
    group = _weights_group(file)
    saved = [(name, _datasets(group[name])) for name in _layer_names(group)]
    layers = [(layer.name, layer, _weights(layer)) for layer in model.layers]
    pairs = (pair_by_name if by_name else pair_by_order)(
        _named_once([s for s in saved if s[1]]),
        [entry for entry in layers if entry[2]],
        group.file.filename,
        skip_mismatch,
    )
    pairs += _top_level_pairs(group, model, skip_mismatch)
    values = [(variable, hdf5.read_array(dataset)) for variable, dataset in pairs]
    for variable, value in values:
        variable.assign(value)


def _named_once(saved: list) -> list:
    return list({name: (name, datasets) for name, datasets in saved}.values())


def _weights_group(file):
    names = ("layer_names", "layer_names0")
    if any(name in file.attrs for name in names):
        return file
    if "model_weights" in file:
        return file["model_weights"]
    raise SavingError(_no_config(file))


def _layer_names(group) -> list[str]:
    names = hdf5.read_names(group, "layer_names")
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
