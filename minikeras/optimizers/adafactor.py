"""Adafactor: Adam's mean squares, kept as rows and columns."""

import numpy as np

from ..utils import checks
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Adafactor"]


def _root_mean_square(x):
    return np.sqrt(np.mean(x * x))


@OPTIMIZERS.register("adafactor")
class Adafactor(Optimizer):
    """Adaptive steps for large weights, with little memory.

    b = 1 - t^beta_2_decay at step t;  s = g^2 + epsilon_1
    r = b * r + (1 - b) * mean of s over columns;  c likewise over rows
    v = r * c / mean(r) for matrices; b * v + (1 - b) * s for vectors
    u = g / sqrt(v) / max(1, rms(g / sqrt(v)) / clip_threshold)
    w = w - max(epsilon_2, rms(w)) * min(rate, 1 / sqrt(t)) * u
    (Shazeer and Stern, 2018)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        beta_2_decay: How fast the mean squares slow down, below 0.
        epsilon_1: Small number added to squared gradients, 0 or more.
        epsilon_2: Least size of a weight that steps are in proportion to, 0 or more.
        clip_threshold: Largest root mean square of a step, above 0.
        relative_step: Kept for configs: the rate is bounded by 1 / sqrt(t) either way,
            as in Keras 3.15.
        **shared: `weight_decay` and others: see `Optimizer`.
    """

    elementwise = False
    slots = (("rows", "columns", "velocity"),)

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        beta_2_decay=-0.8,
        epsilon_1=1e-30,
        epsilon_2=1e-3,
        clip_threshold=1.0,
        relative_step=True,
        **shared,
    ):
        super().__init__(learning_rate, **shared)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = checks.non_negative(self, epsilon_1=epsilon_1)
        self.epsilon_2 = checks.non_negative(self, epsilon_2=epsilon_2)
        self.clip_threshold = checks.positive(self, clip_threshold=clip_threshold)
        self.relative_step = relative_step

    def _slots_of(self, w, names):
        """Rows, columns (two unused numbers for a vector), and the mean squares."""
        if len(w.shape) < 2:
            forms = [((), "int32"), ((), "int32")]
        else:
            dtype, columns = w.array.dtype.name, (*w.shape[:-2], w.shape[-1])
            forms = [(w.shape[:-1], dtype), (columns, dtype)]
        factors = [
            self.add_variable(shape, dtype=dtype, name=w.name) for shape, dtype in forms
        ]
        return [*factors, self.add_variable_from_reference(w, "velocity")]

    def scalars(self, step, rate):
        """Returns the bounded rate, and the share of the old mean squares."""
        bound = step**-0.5
        return {
            "rate": rate,
            "bound": bound,
            "kept": 1 - step**self.beta_2_decay,
        }

    def update(self, w, g, rows, columns, velocity, *, rate, bound, kept):
        """Takes one step."""
        squares = g * g + self.epsilon_1
        if w.ndim < 2:
            velocity += (squares - velocity) * (1 - kept)
        else:
            rows += (np.mean(squares, -1) - rows) * (1 - kept)
            columns += (np.mean(squares, -2) - columns) * (1 - kept)
            shares = rows / np.mean(rows, -1, keepdims=True)
            np.multiply(shares[..., None], columns[..., None, :], out=velocity)
        step = g / np.sqrt(velocity)
        size = np.maximum(_root_mean_square(w), self.epsilon_2)
        excess = np.maximum(_root_mean_square(step) / self.clip_threshold, 1)
        w -= np.minimum(size * rate, size * bound) / excess * step
