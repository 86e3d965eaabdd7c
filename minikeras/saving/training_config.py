"""`training_config`: what `compile` was given, in the form of `.h5` files.

Keras 3 keeps objects there as `{"class_name", "config"}` and functions by name alone;
the optimizer's form is called `optimizer_config`. Keras 2 has the same keys, less a
few.
"""

from ..legacy.ages import Age
from ..legacy.training import training_config as modern
from ..utils import registry
from ..utils.custom_objects import find_custom

__all__ = ["from_compile_config", "to_compile_arguments"]

_PASSED_ON = ("loss_weights", "run_eagerly", "steps_per_execution", "jit_compile")


def from_compile_config(config: dict | None) -> dict | None:
    """Returns the `training_config` of `model.get_compile_config()`."""
    if not config or "optimizer" not in config:
        return None
    plain = {key: _plain(value) for key, value in config.items() if key != "optimizer"}
    plain["loss"] = _full_names(plain.get("loss"))
    return {**plain, "optimizer_config": _plain(config["optimizer"])}


def _plain(value):
    """Strips the module and registered name from objects, at any depth of nesting."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _plain(item) for key, item in value.items()}
    if value["class_name"] == "function":
        return value["config"]
    name = value.get("registered_name") or value["class_name"]
    return {"class_name": name, "config": value["config"]}


def _full_names(loss):
    """Writes `"mse"` as `"mean_squared_error"`: Keras 3 reads no alias in a file."""
    if isinstance(loss, list):
        return [_full_names(item) for item in loss]
    if isinstance(loss, dict):
        is_object = "class_name" in loss
        return loss if is_object else {k: _full_names(v) for k, v in loss.items()}
    losses = registry.family_of("keras.losses")
    found = losses.lookup(loss) if isinstance(loss, str) else None
    return loss if found is None else registry.name_of(found)


def to_compile_arguments(config: dict, age: Age) -> tuple[dict, list]:
    """Returns the arguments of `compile` that a `training_config` stands for.

    Metrics that nobody knows are left out; their names come second.
    """
    config = modern(config, age)
    arguments = {key: config[key] for key in _PASSED_ON if key in config}
    arguments["optimizer"] = _make(config["optimizer_config"], "keras.optimizers")
    arguments["loss"] = _make(config.get("loss"), "keras.losses")
    unknown: list[str] = []
    for key in ("metrics", "weighted_metrics"):
        known = _known_metrics(config.get(key), unknown)
        arguments[key] = _make(known, "keras.metrics")
    return arguments, unknown


def _known_metrics(value, unknown: list):
    """Takes out of a nested form the names that no metric or loss has."""
    if isinstance(value, (list, tuple)):
        kept = [_known_metrics(item, unknown) for item in value]
        return [new for new, old in zip(kept, value, strict=True) if _stays(new, old)]
    if isinstance(value, dict) and "class_name" not in value:
        kept = {key: _known_metrics(item, unknown) for key, item in value.items()}
        return {key: new for key, new in kept.items() if _stays(new, value[key])}
    name = value.get("class_name") if isinstance(value, dict) else value
    if not isinstance(name, str) or _is_metric(name):
        return value
    unknown.append(name)
    return None


def _stays(new, old) -> bool:
    return new is not None or old is None


def _is_metric(name: str) -> bool:
    if name in _FAMILIES or find_custom(name, None) is not None:
        return True
    families = (registry.family_of(f"keras.{kind}") for kind in ("metrics", "losses"))
    return name == "function" or any(name in family for family in families)


_FAMILIES = ("acc", "accuracy", "ce", "crossentropy")  # which one, the shapes tell


def _make(value, module: str):
    """Makes the objects in a nested form; names stay, `compile` knows them."""
    if isinstance(value, (list, tuple)):
        return [_make(item, module) for item in value]
    if not isinstance(value, dict):
        return _own_function(value)
    if "class_name" in value:
        return registry.family_of(module).deserialize(value)
    return {key: _make(item, module) for key, item in value.items()}


def _own_function(value):
    """Returns the user's function of a name, if there is one; else the value."""
    found = find_custom(value, None) if isinstance(value, str) else None
    return value if found is None else found
