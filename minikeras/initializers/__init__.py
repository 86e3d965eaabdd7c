"""First values of weights (`keras.initializers` in Keras 3).

An initializer is called with a shape and a dtype and returns a tensor. Layers take one
by name (`kernel_initializer="he_normal"`), as an object or as a function
`(shape, dtype)`.
"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "base": ["Initializer", "deserialize", "get", "serialize"],
        "constants": [
            "Constant",
            "Identity",
            "IdentityInitializer",
            "Ones",
            "Zeros",
            "constant",
            "identity",
            "ones",
            "zeros",
        ],
        "randoms": [
            "GlorotNormal",
            "GlorotUniform",
            "HeNormal",
            "HeUniform",
            "LecunNormal",
            "LecunUniform",
            "Orthogonal",
            "OrthogonalInitializer",
            "RandomNormal",
            "RandomUniform",
            "TruncatedNormal",
            "VarianceScaling",
            "glorot_normal",
            "glorot_uniform",
            "he_normal",
            "he_uniform",
            "lecun_normal",
            "lecun_uniform",
            "orthogonal",
            "random_normal",
            "random_uniform",
            "truncated_normal",
            "variance_scaling",
        ],
        "fourier": ["STFT", "STFTInitializer", "stft"],
    },
)
