"""`training_config` of Keras 1, Keras 2 and tf.keras in today's terms."""

from .ages import Age

__all__ = [
    "OBJECTIVES",
    "OPTIMIZERS",
    "compile_config",
    "modern_optimizer",
    "training_config",
]

# Old name of a loss or metric -> modern name.
OBJECTIVES = {
    "cosine": "cosine_similarity",
    "cosine_proximity": "cosine_similarity",
    "kld": "kl_divergence",
    "kullback_leibler_divergence": "kl_divergence",
    "logcosh": "log_cosh",
}
# Old name of an optimizer class -> modern one.
OPTIMIZERS = {
    name: modern
    for modern in "Adadelta Adagrad Adam AdamW Adamax Ftrl Nadam RMSprop SGD".split()
    for name in (modern.lower(), f"TF{modern}", f"Custom>{modern}")
}
_GONE = ("is_legacy_optimizer", "jit_compile", "schedule_decay")


def training_config(config: dict, age: Age) -> dict:
    """Returns a `training_config` with optimizer, loss and metrics in Keras 3 terms.

    Args:
        config: As read; not changed.
        age: Who wrote it.
    """
    keys = ("loss", "metrics", "weighted_metrics")
    new = {**config, **{key: _objective(config.get(key)) for key in keys}}
    optimizer = config.get("optimizer_config")
    if age.major < 3 and isinstance(optimizer, dict):
        new["optimizer_config"] = modern_optimizer(optimizer, age)
    return new


def compile_config(config: dict, age: Age) -> dict:
    """Returns the `compile_config` of a `.keras` archive of tf.keras in today's terms.

    Args:
        config: As read; not changed.
        age: Who wrote it.
    """
    new = {key: value for key, value in config.items() if value is not None}
    for key in ("loss", "metrics", "weighted_metrics"):
        new[key] = _objective(config.get(key))
    if isinstance(config.get("optimizer"), dict):
        new["optimizer"] = modern_optimizer(config["optimizer"], age)
    return new


def modern_optimizer(form: dict, age: Age) -> dict:
    """Returns `{"class_name", "config"}` of an optimizer in Keras 3 terms."""
    name = form.get("class_name")
    modern = OPTIMIZERS.get(name, name)
    config = {k: v for k, v in (form.get("config") or {}).items() if k not in _GONE}
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    decay = config.pop("decay", 0)
    if modern == "Nadam":  # there it was the decay of the momentum
        decay = 0
    rate = config.get("learning_rate")
    if decay and isinstance(rate, (int, float)):
        config["learning_rate"] = {
            "class_name": "InverseTimeDecay",
            "config": {
                "initial_learning_rate": rate,
                "decay_steps": 1,
                "decay_rate": decay,
            },
        }
    if config.get("epsilon", 0) is None:
        del config["epsilon"]
    if modern == "Adagrad" and age.is_multi_backend:
        config.setdefault("initial_accumulator_value", 0.0)
    return {**form, "class_name": modern, "config": config}


def _objective(value):
    """Replaces tf.keras's wrappers by the functions they wrap, at any depth."""
    if isinstance(value, (list, tuple)):
        return [_objective(item) for item in value]
    if isinstance(value, str):
        return OBJECTIVES.get(value, value)
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _objective(item) for key, item in value.items()}
    config = value.get("config") or {}
    if value["class_name"] == "MeanMetricWrapper" and isinstance(config.get("fn"), str):
        # "accuracy" names the family: compile picks the member by the shapes
        is_family = config.get("name") in ("accuracy", "acc")
        return config["name"] if is_family else _objective(config["fn"])
    if isinstance(config, dict) and config.get("reduction") == "auto":
        config = {**config, "reduction": "sum_over_batch_size"}
    return {**value, "config": config}
