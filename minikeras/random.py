"""Random numbers: distributions, shuffling and dropout (`keras.random` in Keras 3).

`seed` is an int (the same numbers at each call), a `SeedGenerator` (others at each
call, all following from its seed) or None (the global generator that
`keras.utils.set_random_seed` restarts). The numbers equal Keras's on NumPy.
"""

import numpy as np

from . import config, ops
from .tensor import KerasTensor, convert_to_tensor, dtypes, shapes
from .tensor import random as draws
from .tensor.random import SeedGenerator
from .utils import checks

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


def _draw(distribution, *parameters, shape, dtype, seed):
    """Draws an array; a shape with unknown sizes gives a symbolic tensor."""
    shape = shapes.standardize((shape,) if isinstance(shape, int) else shape)
    dtype = dtypes.standardize(dtype)
    if None in shape:
        return KerasTensor(shape, dtype)
    parameters = [np.asarray(p) if isinstance(p, list) else p for p in parameters]
    try:
        return distribution(*parameters, shape=shape, dtype=dtype, seed=seed)
    except (ValueError, OverflowError) as error:
        given = ", ".join(map(str, parameters))
        raise type(error)(
            f"{distribution.name}({given}): {error} in shape {shape}, dtype {dtype}. "
            "Try parameters that this distribution has and this shape broadcasts."
        ) from error


def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from the normal distribution.

    Args:
        shape: Tuple of ints.
        mean: Number, or array that broadcasts to `shape`.
        stddev: Standard deviation, 0 or more.
        dtype: Dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.

    >>> normal((2,), seed=1337).tolist() == normal((2,), seed=1337).tolist()
    True
    """
    return _draw(draws.random_normal, mean, stddev, shape=shape, dtype=dtype, seed=seed)


def truncated_normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
    """Draws from the normal distribution, nothing beyond two standard deviations.

    Args:
        shape: Tuple of ints.
        mean: Number.
        stddev: Standard deviation before the ends are cut off, 0 or more.
        dtype: Dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.

    >>> bool(abs(truncated_normal((1000,), seed=1).numpy()).max() <= 2)
    True
    """
    return _draw(
        draws.random_truncated_normal, mean, stddev, shape=shape, dtype=dtype, seed=seed
    )


def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
    """Draws from [minval, maxval), every number equally likely.

    Args:
        shape: Tuple of ints.
        minval: Lower end: number, or array that broadcasts to `shape`.
        maxval: Upper end, itself left out.
        dtype: Float dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.

    Raises:
        ValueError: for an integer dtype: `randint` draws integers.
    """
    if not dtypes.is_float(dtype):
        raise ValueError(
            f"random.uniform: dtype must be a float dtype, got {dtype!r}. For integers "
            f"try random.randint(shape, minval, maxval, dtype={dtype!r})."
        )
    return _draw(
        draws.random_uniform, minval, maxval, shape=shape, dtype=dtype, seed=seed
    )


def randint(shape, minval, maxval, dtype="int32", seed=None):
    """Draws integers from minval up to, and not including, maxval.

    Args:
        shape: Tuple of ints.
        minval: Smallest integer.
        maxval: One above the largest.
        dtype: Integer dtype of the result.
        seed: Int, SeedGenerator or None.

    Raises:
        ValueError: for a float dtype, or if `minval >= maxval`.

    >>> sorted(set(randint((100,), 0, 3, seed=1).tolist()))
    [0, 1, 2]
    """
    if not dtypes.is_int(dtype):
        raise ValueError(
            f"random.randint: dtype must be an integer dtype, got {dtype!r}. For "
            "floats try random.uniform(shape, minval, maxval)."
        )
    return _draw(
        draws.random_integers, minval, maxval, shape=shape, dtype=dtype, seed=seed
    )


def gamma(shape, alpha, dtype=None, seed=None):
    """Draws from the gamma distribution of shape `alpha` and scale 1.

    Args:
        shape: Tuple of ints.
        alpha: Number above 0, or array that broadcasts to `shape`.
        dtype: Dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.
    """
    return _draw(draws.random_gamma, alpha, shape=shape, dtype=dtype, seed=seed)


def beta(shape, alpha, beta, dtype=None, seed=None):
    """Draws from the beta distribution, numbers in [0, 1].

    Args:
        shape: Tuple of ints.
        alpha: Number above 0, or array that broadcasts to `shape`; large: near 1.
        beta: Likewise; large: near 0.
        dtype: Dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.
    """
    return _draw(draws.random_beta, alpha, beta, shape=shape, dtype=dtype, seed=seed)


def binomial(shape, counts, probabilities, dtype=None, seed=None):
    """Draws how many of `counts` trials succeed.

    Args:
        shape: Tuple of ints.
        counts: Number of trials, 0 or more, or array that broadcasts to `shape`.
        probabilities: Chance that one trial succeeds, in [0, 1].
        dtype: Dtype of the result; `config.floatx()` if None.
        seed: Int, SeedGenerator or None.
    """
    return _draw(
        draws.random_binomial,
        counts,
        probabilities,
        shape=shape,
        dtype=dtype,
        seed=seed,
    )


def categorical(logits, num_samples, dtype="int32", seed=None):
    """Draws class numbers with the probabilities softmax(logits).

    Args:
        logits: Unnormalised log probabilities, shape (batch, classes).
        num_samples: Draws per row.
        dtype: Dtype of the result.
        seed: Int, SeedGenerator or None.

    Shape: (batch, num_samples).

    >>> categorical([[0.0, 50.0, 0.0]], 4).tolist()
    [[1, 1, 1, 1]]
    """
    if not hasattr(logits, "shape"):
        logits = convert_to_tensor(logits, config.floatx())
    if len(logits.shape) != 2:
        raise ValueError(
            "random.categorical: logits must have shape (batch, classes), got "
            f"{tuple(logits.shape)}. Try logits[None] for a single row."
        )
    num_samples = checks.non_negative_int("random.categorical", num_samples=num_samples)
    return draws.random_categorical(
        logits,
        num_samples=num_samples,
        dtype=dtypes.standardize(dtype),
        seed=seed,
    )


def shuffle(x, axis=0, seed=None):
    """Puts the elements along an axis in random order, each line by itself.

    Args:
        x: Array.
        axis: The axis along which elements change places.
        seed: Int, SeedGenerator or None.

    Shape: same as the input.

    >>> sorted(shuffle([1, 2, 3], seed=3).tolist())
    [1, 2, 3]
    """
    return draws.random_shuffle(x, axis=axis, seed=seed)


def dropout(inputs, rate, noise_shape=None, seed=None):
    """Sets elements to zero at random and scales the others up to keep the mean.

    y = x * mask / (1 - rate),  mask ~ Bernoulli(1 - rate)
    (Srivastava et al., 2014)

    Args:
        inputs: Array.
        rate: Fraction of elements to drop, in [0, 1].
        noise_shape: Shape of the mask, which broadcasts to the inputs: 1 where an axis
            shares it, None where it is as long as the input.
        seed: Int, SeedGenerator or None.

    Shape: same as the input.

    >>> dropout([1.0, 1.0, 1.0, 1.0], 0.5, seed=3).tolist()
    [2.0, 2.0, 0.0, 0.0]
    """
    rate = checks.rate("random.dropout", rate=rate)
    inputs = inputs if isinstance(inputs, KerasTensor) else convert_to_tensor(inputs)
    mask = draws.random_mask(inputs, rate=rate, noise_shape=noise_shape, seed=seed)
    floats = inputs if dtypes.is_float(inputs.dtype) else ops.cast(inputs, "float64")
    grown = ops.where(mask, ops.divide(floats, (1 - rate) or 1.0), 0.0)
    return ops.cast(grown, inputs.dtype)
