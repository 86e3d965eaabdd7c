"""Settings that every floor reads: default dtype, fuzz factor, image layout, logging.

Public as `minikeras.config` (`keras.config` in Keras 3).
"""

import importlib
import os

from .utils import changes, checks
from .utils.lazy import LazyModule

__all__ = [
    "backend",
    "disable_flash_attention",
    "disable_fusions",
    "disable_interactive_logging",
    "disable_plans",
    "disable_traceback_filtering",
    "enable_flash_attention",
    "enable_fusions",
    "enable_interactive_logging",
    "enable_plans",
    "enable_traceback_filtering",
    "enable_unsafe_deserialization",
    "epsilon",
    "floatx",
    "fusions_enabled",
    "image_data_format",
    "is_flash_attention_enabled",
    "is_interactive_logging_enabled",
    "is_nnx_enabled",
    "is_traceback_filtering_enabled",
    "max_epochs",
    "max_steps_per_epoch",
    "plans_enabled",
    "set_backend",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
    "set_max_epochs",
    "set_max_steps_per_epoch",
]

json = LazyModule("json")
warnings = LazyModule("warnings")

# Called when `floatx` changes: for those who remember what follows from it.
floatx_listeners: list = []

_settings = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "interactive_logging": True,
    "traceback_filtering": True,
    "unsafe_deserialization": False,
    "plans": True,
    "fusions": True,
    "flash_attention": None,
}


def backend() -> str:
    """Returns `"numpy"`, the only backend there is."""
    return "numpy"


def set_backend(backend: str) -> None:
    """Takes `"numpy"`, the only backend there is, and changes nothing."""
    checks.one_of("set_backend", backend=backend, allowed=("numpy",))


def floatx() -> str:
    """Returns the default float dtype, `"float32"` unless it was set.

    >>> floatx()
    'float32'
    """
    return _settings["floatx"]


def set_floatx(value: str) -> None:
    """Sets the default float dtype: `"float16"`, `"float32"` or `"float64"`."""
    allowed = ("float16", "float32", "float64")
    _settings["floatx"] = checks.one_of("set_floatx", value=value, allowed=allowed)
    for listener in floatx_listeners:
        listener()


def epsilon() -> float:
    """Returns the small number that keeps logarithms and divisions finite."""
    return _settings["epsilon"]


def set_epsilon(value: float) -> None:
    """Sets the small number that keeps logarithms and divisions finite."""
    _settings["epsilon"] = float(value)
    changes.note()


def image_data_format() -> str:
    """Returns `"channels_last"` or `"channels_first"`."""
    return _settings["image_data_format"]


def set_image_data_format(data_format: str) -> None:
    """Sets the image layout that layers assume when they are not told."""
    allowed = ("channels_last", "channels_first")
    _settings["image_data_format"] = checks.one_of(
        "set_image_data_format", data_format=str(data_format).lower(), allowed=allowed
    )


def enable_interactive_logging() -> None:
    """Shows progress on standard output (the default)."""
    _settings["interactive_logging"] = True


def disable_interactive_logging() -> None:
    """Sends progress to the `minikeras` logger instead of standard output."""
    _settings["interactive_logging"] = False


def is_interactive_logging_enabled() -> bool:
    """Tells whether progress goes to standard output."""
    return _settings["interactive_logging"]


def enable_traceback_filtering() -> None:
    """Leaves this package's frames out of errors in `fit` and the like, by default."""
    _settings["traceback_filtering"] = True


def disable_traceback_filtering() -> None:
    """Shows every frame of errors in `fit` and the like."""
    _settings["traceback_filtering"] = False


def is_traceback_filtering_enabled() -> bool:
    """Tells whether errors in `fit` and the like leave out this package's frames."""
    return _settings["traceback_filtering"]


def disable_fusions() -> None:
    """Lets gradients take every single step, also where two of them cancel out."""
    _settings["fusions"] = False
    changes.note()


def enable_fusions() -> None:
    """Lets the gradient of a cross-entropy pass softmax or sigmoid: it is p - y."""
    _settings["fusions"] = True
    changes.note()


def fusions_enabled() -> bool:
    """Tells whether gradients take shorter ways; yes, by default."""
    return _settings["fusions"]


def disable_plans() -> None:
    """Lets everything run as written, without compiled steps."""
    _settings["plans"] = False


def enable_plans() -> None:
    """Lets `fit`, `evaluate`, `predict` and `minikeras.function` compile steps."""
    _settings["plans"] = True


def plans_enabled() -> bool:
    """Tells whether steps are compiled; yes, by default."""
    return _settings["plans"]


def max_epochs() -> int | None:
    """Returns the limit on the epochs of a `fit`; None if there is none."""
    return _settings["max_epochs"]


def set_max_epochs(max_epochs: int | None) -> None:
    """Bounds the epochs of every `fit`, to try a long script quickly.

    The environment variable `KERAS_MAX_EPOCHS` does the same without a change in the
    script; None takes the limit away.
    """
    _set_limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """Returns the limit on the batches of an epoch; None if there is none."""
    return _settings["max_steps_per_epoch"]


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Bounds the batches of an epoch of `fit`, of `evaluate` and of `predict`.

    The environment variable `KERAS_MAX_STEPS_PER_EPOCH` does the same; None takes the
    limit away.
    """
    _set_limit("max_steps_per_epoch", max_steps_per_epoch)


def _set_limit(name: str, value: int | None) -> None:
    if value is not None:
        value = checks.positive_int(f"set_{name}", **{name: value})
    _settings[name] = value


def _limit_outside(name: str) -> int | None:
    """The limit that an environment variable sets."""
    text = os.environ.get(name, "")
    if text and not (text.isdecimal() and int(text)):
        raise ValueError(f"{name} must be a positive int, got {text!r}. Try {name}=2.")
    return int(text) if text else None


_settings["max_epochs"] = _limit_outside("KERAS_MAX_EPOCHS")
_settings["max_steps_per_epoch"] = _limit_outside("KERAS_MAX_STEPS_PER_EPOCH")


def enable_flash_attention() -> None:
    """Kept for Keras code: the one kernel for attention serves every case."""
    _settings["flash_attention"] = None


def disable_flash_attention() -> None:
    """Kept for Keras code: results are the same either way."""
    _settings["flash_attention"] = False


def is_flash_attention_enabled() -> bool | None:
    """Returns False after `disable_flash_attention`, otherwise None, as Keras does."""
    return _settings["flash_attention"]


def is_nnx_enabled() -> bool:
    """Returns False: NNX belongs to the JAX backend."""
    return False


def enable_unsafe_deserialization() -> None:
    """Lets every later `load_model` run Python code stored in model files.

    Only for files you wrote yourself: such code can do anything.
    """
    _settings["unsafe_deserialization"] = True


def is_unsafe_deserialization_enabled() -> bool:
    """Tells whether code stored in model files may run."""
    return _settings["unsafe_deserialization"]


def _read_file() -> None:
    """Takes the settings of `keras.json` in `$KERAS_HOME` or `~/.keras`, as Keras does.

    What Keras 1 wrote counts too: `"image_dim_ordering": "th"`. What cannot be read is
    left out with a warning.
    """
    home = os.environ.get("KERAS_HOME") or os.path.join("~", ".keras")
    path = os.path.join(os.path.expanduser(home), "keras.json")
    if not os.path.isfile(path):
        return
    setters = {
        "floatx": set_floatx,
        "epsilon": set_epsilon,
        "image_data_format": set_image_data_format,
    }
    try:
        with open(path, encoding="utf-8") as file:
            told = dict(json.load(file))
        layouts = {"th": "channels_first", "tf": "channels_last"}
        if told.get("image_dim_ordering") in layouts:
            told.setdefault("image_data_format", layouts[told["image_dim_ordering"]])
        for name in setters.keys() & told.keys():
            setters[name](told[name])
    except (OSError, ValueError, TypeError) as error:
        warnings.warn(f"{path} cannot be read in full: {error}", stacklevel=2)


_read_file()

_UPSTAIRS = ("dtype_policy", "set_dtype_policy")  # public here, on a higher floor
__all__ += _UPSTAIRS


def __getattr__(name: str):
    if name not in _UPSTAIRS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    root = __name__.rpartition(".")[0]
    return getattr(importlib.import_module(f"{root}.dtype_policies"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_UPSTAIRS})
