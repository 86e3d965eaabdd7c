"""Seeds, streams of random numbers, and the primitives that draw from them.

Every draw starts NumPy's default generator afresh: from `n` for an int seed, so the
same int gives the same numbers each time, and from `[seed, count]` for a
`SeedGenerator`, whose count goes up by one a draw. That is what Keras does on NumPy,
and the numbers are the same bit for bit. Masks of dropout alone come from a faster
generator in layers, and are others than Keras's.

Draws are primitives of kind "effect": their seed is metadata, and the kernel takes the
next key from it. Running a kernel again therefore draws new numbers, as a replayed
training step must.
"""

import math

import numpy as np

from ..utils import naming
from ..utils.lazy import LazyModule
from ..utils.registry import Registry
from . import dtypes, shapes
from .primitive import primitive
from .tensor import Tensor
from .variable import Variable

__all__ = [
    "SEED_GENERATORS",
    "SeedGenerator",
    "draw_seed",
    "drop",
    "global_seed_generator",
    "make_default_seed",
    "set_random_seed",
    "stream",
]

python_random = LazyModule("random")

SEED_GENERATORS = Registry("seed generator", "keras.random")

_LIMIT = 2**32  # seeds fill one uint32
_global: dict[str, "SeedGenerator"] = {}


# Seeds ------------------------------------------------------------------------------


def as_seed(seed, owner: str) -> int:
    """Checks an int seed in [0, 2**32) and returns it as a Python int."""
    if isinstance(seed, np.integer):
        seed = int(seed)
    if not isinstance(seed, int):
        raise ValueError(
            f"{owner}: seed must be an int or a SeedGenerator, got {seed!r} "
            f"({type(seed).__name__}). Try seed=1337."
        )
    if not 0 <= seed < _LIMIT:
        raise ValueError(
            f"{owner}: seed must be in [0, 2**32), got {seed}. "
            f"Try seed={seed % _LIMIT}."
        )
    return seed


def make_default_seed() -> int:
    """Returns a seed from Python's `random` module, which `set_random_seed` seeds."""
    return python_random.randint(1, int(1e9))


def _following(key: np.ndarray, ordered: bool) -> np.ndarray:
    """The key after a key, as Keras counts: one further, or mixed."""
    if ordered:
        return key + np.array([0, 1], "uint32")
    return (key + np.uint32(1)) * np.uint32(5387) % np.uint32(933199)


@SEED_GENERATORS.register
class SeedGenerator:
    """A source of seeds: each `next()` is another one, all following from the first.

    Layers that draw random numbers hold one, so that a saved model goes on with the
    numbers that come next.

    Args:
        seed: Int in [0, 2**32) that makes the numbers repeatable. None: taken from
            Python's `random`, which `keras.utils.set_random_seed` seeds.
        name: Its name; made up if None.

    Raises:
        ValueError: if `seed` is anything else.

    >>> generator = SeedGenerator(42)
    >>> generator.next().tolist(), generator.next().tolist()
    ([42, 0], [42, 1])
    """

    def __init__(self, seed=None, name=None, **kwargs):
        kwargs.pop("backend", None)  # Keras's choice of backend: there is one here
        if kwargs:
            raise ValueError(
                "SeedGenerator takes seed and name, got also "
                f"{', '.join(map(repr, kwargs))}."
            )
        self.name = name or naming.auto_name("seed_generator")
        self._initial_seed = None if seed is None else as_seed(seed, "SeedGenerator")
        first = make_default_seed() if seed is None else int(self._initial_seed)
        with naming.name_scope(self.name):
            self.state = Variable(
                np.array([first, 0], "uint32"),
                dtype="uint32",
                trainable=False,
                aggregation="none",
                name="seed_generator_state",
            )

    def next(self, ordered: bool = True) -> Tensor:
        """Returns the present key, two uint32 numbers, and moves on.

        Args:
            ordered: Whether the next key only counts one further; otherwise it is
                mixed, so that it cannot be told from the present one.
        """
        key = self.state.numpy()
        self.state.assign(_following(key, ordered))
        return Tensor(key)

    def draw(self, ordered: bool = True) -> np.ndarray:
        """As `next()`, in the shortest way: the key as an array."""
        self.state.part_from_reader()
        key = self.state.array.copy()
        self.state.array[...] = _following(key, ordered)
        return key

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config: dict) -> "SeedGenerator":
        """Makes a generator from what `get_config` returned."""
        return cls(**config)


def global_seed_generator() -> SeedGenerator:
    """Returns the generator behind every draw that names no seed."""
    if "generator" not in _global:
        _global["generator"] = SeedGenerator(name="global_seed_generator")
    return _global["generator"]


naming.on_clear_session(_global.clear)


def set_random_seed(seed: int) -> None:
    """Seeds Python's `random`, NumPy's global generator and minikeras, all at once.

    Called first in a script, it makes initial weights, shuffling and dropout the same
    in every run.

    Args:
        seed: Int in [0, 2**32).

    >>> set_random_seed(7)
    >>> first = SeedGenerator().next().tolist()
    >>> set_random_seed(7)
    >>> SeedGenerator().next().tolist() == first
    True
    """
    seed = as_seed(seed, "set_random_seed")
    python_random.seed(seed)
    np.random.seed(seed)
    _global.clear()


def draw_seed(seed=None) -> np.ndarray:
    """Returns the key of the next draw: two uint32 numbers.

    Args:
        seed: An int gives the same key each time, a SeedGenerator its next one, None
            the next one of the global generator, mixed.
    """
    if seed is None:
        return global_seed_generator().draw(ordered=False)
    if isinstance(seed, SeedGenerator):
        return seed.draw()
    return np.array([as_seed(seed, "minikeras.random"), 0], "uint32")


def stream(seed=None) -> "np.random.Generator":
    """Returns NumPy's generator, started from `draw_seed(seed)`."""
    return np.random.default_rng(draw_seed(seed))


# Draws ------------------------------------------------------------------------------


def _asked(*given, dtype, **metadata):
    """Dtype rule: arguments as they are, the result in the dtype of the metadata."""
    return None, dtype


def _store(values, dtype: str, out=None) -> np.ndarray:
    """Returns float64 or int64 draws in the dtype asked for, in `out` if given."""
    if out is None:
        return np.asarray(values).astype(dtype, copy=False)
    np.copyto(out, values, casting="unsafe")
    return out


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_uniform(minval, maxval, *, shape, dtype, seed=None, out=None):
    """Draws from the interval [minval, maxval), every number equally likely."""
    return _store(stream(seed).uniform(minval, maxval, shape), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_normal(mean, stddev, *, shape, dtype, seed=None, out=None):
    """Draws from the normal distribution."""
    return _store(stream(seed).normal(mean, stddev, shape), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_truncated_normal(mean, stddev, *, shape, dtype, seed=None, out=None):
    """Draws from the normal distribution, and again what is beyond two stddevs."""
    generator = stream(seed)
    wanted = int(np.prod(shape, dtype=np.int64))
    kept = np.empty(0)
    while kept.size < wanted:
        drawn = generator.normal(mean, stddev, wanted)
        near = (drawn >= mean - 2 * stddev) & (drawn <= mean + 2 * stddev)
        kept = np.concatenate([kept, drawn[near]])
    return _store(kept[:wanted].reshape(shape), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_integers(minval, maxval, *, shape, dtype, seed=None, out=None):
    """Draws integers from minval up to, and not including, maxval."""
    return _store(stream(seed).integers(minval, maxval, shape, dtype), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_gamma(alpha, *, shape, dtype, seed=None, out=None):
    """Draws from the gamma distribution of shape alpha and scale 1."""
    return _store(stream(seed).gamma(alpha, 1.0, shape), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_beta(alpha, beta, *, shape, dtype, seed=None, out=None):
    """Draws from the beta distribution."""
    return _store(stream(seed).beta(alpha, beta, shape), dtype, out)


@primitive(shape=shapes.to, dtype=_asked, kind="effect")
def random_binomial(counts, probabilities, *, shape, dtype, seed=None, out=None):
    """Draws how many of `counts` trials succeed."""
    counts = np.asarray(counts).astype("int64")
    return _store(stream(seed).binomial(counts, probabilities, shape), dtype, out)


def _categorical_shape(logits, *, num_samples, **metadata):
    return (logits[0], num_samples)


@primitive(shape=_categorical_shape, dtype=_asked, kind="effect")
def random_categorical(logits, *, num_samples, dtype, seed=None, out=None):
    """Draws classes, each row's with probabilities softmax(logits)."""
    weights = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    edges = np.cumsum(weights / np.sum(weights, axis=-1, keepdims=True), axis=-1)
    draws = stream(seed).random((len(logits), num_samples))
    below = [np.searchsorted(row, d) for row, d in zip(edges, draws, strict=True)]
    classes = np.minimum(np.reshape(below, draws.shape), logits.shape[-1] - 1)
    return _store(classes, dtype, out)


@primitive(shape=shapes.same, dtype=dtypes.first, kind="effect")
def random_shuffle(x, *, axis=0, seed=None, out=None):
    """Puts the elements along an axis in a new order, each line by itself."""
    return stream(seed).permuted(x, axis=axis, out=out)


# Dropout ----------------------------------------------------------------------------


def mask_shape(x, *, noise_shape=None, **metadata):
    """`noise_shape` with its Nones filled from the input; it must broadcast to it."""
    if noise_shape is None:
        return x
    shape = tuple(noise_shape)
    if len(shape) == len(x):
        shape = tuple(n if m is None else m for m, n in zip(shape, x, strict=True))
    tail = x[len(x) - len(shape) :]
    is_open = None in shape and len(shape) != len(x)
    if (
        is_open
        or len(shape) > len(x)
        or any(
            m not in (1, None, n)
            for m, n in zip(shape, tail, strict=True)
            if n is not None
        )
    ):
        raise ValueError(
            f"dropout: noise_shape must broadcast to the inputs' shape {x}, got "
            f"{tuple(noise_shape)}. Try 1 where an axis shares the mask."
        )
    return shape


@primitive(shape=mask_shape, dtype=dtypes.fixed("bool"), kind="effect")
def dropout_mask(x, *, rate, noise_shape=None, seed=None, out=None):
    """Draws True where an element of x is kept, with probability 1 - rate.

    16 random bits per element decide: four times faster than drawing real numbers, and
    the probability is right to 2 ** -17.
    """
    shape = mask_shape(x.shape, noise_shape=noise_shape)
    size = math.prod(shape)
    bits = np.random.SFC64(draw_seed(seed)).random_raw(-(-size // 4)).view("uint16")
    limit = round((1 - rate) * 2**16)
    return np.less(bits[:size].reshape(shape), limit, out=out)


@primitive(shape=mask_shape, dtype=dtypes.fixed("bool"), kind="effect")
def random_mask(x, *, rate, noise_shape=None, seed=None, out=None):
    """Draws True with probability 1 - rate: Keras's own mask, from real numbers."""
    shape = mask_shape(x.shape, noise_shape=noise_shape)
    return np.less(stream(seed).uniform(size=shape), 1 - rate, out=out)


@primitive(shape=shapes.same, dtype=dtypes.first)
def keep(x, mask, *, rate, out=None):
    """x / (1 - rate) where the mask is True, else 0."""
    factor = np.multiply(mask.astype(x.dtype), 1 / ((1 - rate) or 1.0))
    return np.multiply(x, factor, out=out)


keep.grad(x=lambda g, mask, rate: keep(g, mask, rate=rate))


def drop(x, rate: float, noise_shape=None, seed=None):
    """What layers do for dropout: as `keras.random.dropout`, with the faster mask."""
    mask = dropout_mask(x, rate=rate, noise_shape=noise_shape, seed=seed)
    return keep(x, mask, rate=rate)
