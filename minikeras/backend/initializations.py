"""The initializers of Keras 1: functions of a shape that return a variable."""

from .. import initializers
from .values import variable

__all__ = [
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_uniform",
    "normal",
    "one",
    "orthogonal",
    "uniform",
    "zero",
]

get = initializers.get


def _of(name: str, scaled: tuple = ()):
    """Makes the function that stands for an initializer of today."""

    def drawn(shape, scale=None, name=None, dim_ordering="th"):
        options = {} if scale is None else {k: f(scale) for k, f in scaled}
        return variable(cls(**options)(shape), name=name)

    cls = getattr(initializers, name)
    drawn.__name__ = name
    drawn.__doc__ = f"Returns a variable that starts as `{name}` says."
    return drawn


glorot_normal, glorot_uniform = _of("GlorotNormal"), _of("GlorotUniform")
he_normal, he_uniform = _of("HeNormal"), _of("HeUniform")
lecun_uniform, zero, one = _of("LecunUniform"), _of("Zeros"), _of("Ones")
normal = _of("RandomNormal", (("stddev", float),))
uniform = _of("RandomUniform", (("minval", float.__neg__), ("maxval", float)))
orthogonal = _of("Orthogonal", (("gain", float),))
identity = _of("Identity", (("gain", float),))
