"""Activation functions by name: `"relu"`, `"softmax"`, ...

Most are functions of `minikeras.ops`; here they get their names for `get`, configs and
files, each when it is first asked for. A layer takes an activation as a name, a
function, a config or a layer.
"""

from . import ops
from .utils.registry import Registry

_OWN = "deserialize exponential gelu get linear mish relu serialize".split()
_FROM_OPS = """
    celu elu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
    log_sigmoid log_softmax relu6 selu sigmoid silu soft_shrink softmax softplus
    softsign sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink
    threshold
""".split()
__all__ = sorted(_OWN + _FROM_OPS)

ACTIVATIONS = Registry("activation", "keras.activations", __name__)

_ALIASES = {"silu": ("swish",), "hard_silu": ("hard_swish",)}


def __getattr__(name: str):
    """An activation that is the op of the same name, registered from now on."""
    if name not in _FROM_OPS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    function = getattr(ops, name)
    ACTIVATIONS.register(*_ALIASES.get(function.__name__, ()))(function)
    globals()[name] = function
    return function


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


@ACTIVATIONS.register
def linear(x):
    """Returns x itself.

    >>> linear(2.0)
    2.0
    """
    return x


@ACTIVATIONS.register
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """Returns x where it is positive, elsewhere 0; or a variation of that.

    max_value for x >= max_value, x for threshold < x < max_value,
    negative_slope * (x - threshold) otherwise

    Args:
        x: Tensor.
        negative_slope: Slope below the threshold.
        max_value: Largest result, None: no limit.
        threshold: From where on x is passed.

    >>> relu([-1.0, 2.0, 9.0], max_value=6.0).tolist()
    [0.0, 2.0, 6.0]
    """
    if threshold == 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    y = _upper_part(x, max_value, threshold)
    if negative_slope == 0:
        return y
    below = ops.relu(ops.subtract(float(threshold), x))
    return ops.subtract(y, ops.multiply(below, float(negative_slope)))


def _upper_part(x, max_value, threshold):
    """x between threshold and max_value, elsewhere 0 or max_value."""
    if threshold == 0 and max_value == 6:
        return ops.relu6(x)
    y = ops.where(ops.greater(x, threshold), x, 0.0) if threshold else ops.relu(x)
    return y if max_value is None else ops.clip(y, 0.0, float(max_value))


@ACTIVATIONS.register
def gelu(x, approximate=False):
    """Returns x weighted by the normal distribution function.

    x * P(X <= x) for X ~ N(0, 1)  (Hendrycks and Gimpel, 2016)

    Args:
        x: Tensor.
        approximate: Whether to take the tanh formula instead of the exact one.

    >>> round(float(gelu(1.0)), 4)
    0.8413
    """
    return ops.gelu(x, approximate=approximate)


@ACTIVATIONS.register
def exponential(x):
    """Returns e ** x.

    >>> float(exponential(0.0))
    1.0
    """
    return ops.exp(x)


@ACTIVATIONS.register
def mish(x):
    """Returns x weighted by a smooth gate.

    x * tanh(softplus(x))  (Misra, 2019)

    >>> round(float(mish(1.0)), 4)
    0.8651
    """
    return ops.multiply(x, ops.tanh(ops.softplus(x)))


@ACTIVATIONS.register
def legacy_hard_sigmoid(x):
    """The `hard_sigmoid` of Keras 1 and 2, which their files mean by that name.

    min(max(0.2 * x + 0.5, 0), 1)

    >>> legacy_hard_sigmoid(np.array([-2.5, 0.0, 1.0])).tolist()
    [0.0, 0.5, 0.7]
    """
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


def get(identifier):
    """Returns the activation meant by None, a name, a config, a layer or a function.

    >>> get("relu").__name__, get(None).__name__
    ('relu', 'linear')
    >>> get("rleu")
    Traceback (most recent call last):
    ValueError: Unknown activation 'rleu'. Did you mean 'relu'? For your own, pass \
custom_objects={'rleu': ...} or decorate it with \
@keras.saving.register_keras_serializable().
    """
    return linear if identifier is None else ACTIVATIONS.get(identifier)


def serialize(activation):
    """Returns the name of an activation of Keras, and the config of any other.

    >>> serialize(get("softmax"))
    'softmax'
    """
    config = ACTIVATIONS.serialize(activation)
    if config["class_name"] == "function" and config["config"] in ACTIVATIONS:
        return config["config"]
    return config


def deserialize(config, custom_objects=None):
    """Returns the activation of a name or config that `serialize` made.

    >>> deserialize("tanh").__name__
    'tanh'
    """
    return ACTIVATIONS.deserialize(config, custom_objects)
