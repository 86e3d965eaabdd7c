"""minikeras: Keras, whole, on NumPy alone.

    import minikeras as keras

Everything here is loaded when it is first used, so that importing takes hardly longer
than importing NumPy.
"""

import numpy  # noqa: F401  first of all: in a small process NumPy loads faster

from .utils import lazy
from .version import __version__

_NAMES = {
    "activations": [],
    "dtype_policies": ["DTypePolicy", "FloatDTypePolicy"],
    "initializers": ["Initializer"],
    "layers": ["Input", "InputSpec", "Layer"],
    "losses": ["Loss"],
    "metrics": ["Metric"],
    "models": ["Model", "Sequential"],
    "optimizers": ["Optimizer"],
    "regularizers": ["Regularizer"],
    "tensor": [
        "GradientTape",
        "KerasTensor",
        "Operation",
        "Tensor",
        "Variable",
        "function",
    ],
    "utils.naming": ["name_scope"],
    "version": ["version"],
}
_SUBMODULES = (
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "dtype_policies",
    "explain",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "ops",
    "optimizers",
    "preprocessing",
    "random",
    "regularizers",
    "saving",
    "tree",
    "utils",
    "wrappers",
)

__getattr__, __dir__, __all__ = lazy.attach(__name__, _NAMES, _SUBMODULES)
__all__ += ["__version__"]
