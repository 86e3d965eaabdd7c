"""Muon: momentum whose directions all count alike."""

import re

import numpy as np

from ..utils import checks
from .adam_rule import below_one
from .arguments import with_shared_arguments
from .base import OPTIMIZERS, Optimizer

__all__ = ["Muon"]


@OPTIMIZERS.register("muon")
class Muon(Optimizer):
    """Steps that are nearly orthogonal matrices, for the matrices inside a network.

    m = momentum * m + g;  u = g + momentum * m (nesterov) or m
    w = w - rate * rms_rate * sqrt(longer side) * u / (singular values of u)
    with a few steps of u = a * u + (b * s + c * s s) u, s = u u^T, for the last factor.
    Other weights (no matrix, embeddings, `exclude_layers`) take steps of AdamW.
    (Jordan et al., 2024; Liu et al., 2025)

    Args:
        learning_rate: Number, `LearningRateSchedule`, or function without arguments.
        adam_beta_1: `beta_1` of the steps of AdamW.
        adam_beta_2: `beta_2` of the steps of AdamW.
        adam_weight_decay: Weight decay of the weights that AdamW moves, or None.
        epsilon: Small number that keeps divisions finite, 0 or more.
        weight_decay: Weight decay of the other weights, or None.
        exclude_layers: Regular expressions: AdamW moves weights whose path matches.
        exclude_embeddings: Whether AdamW moves embeddings.
        muon_a: Factor a above; with b and c it says how fast the values come near 1.
        muon_b: Factor b.
        muon_c: Factor c.
        adam_lr_ratio: Rate of AdamW's steps, relative to `learning_rate`.
        momentum: How much of the last step carries over, in [0, 1].
        ns_steps: Number of steps towards the orthogonal matrix, 1 or more.
        nesterov: Whether the gradient counts as if taken one step ahead.
        rms_rate: Root mean square of a step, relative to the rate. None: steps are
            not scaled.
        **shared: `clipnorm` and others: see `Optimizer`.
    """

    elementwise = False
    slots = (("momentum", "velocity"),)

    @with_shared_arguments
    def __init__(
        self,
        learning_rate=0.001,
        adam_beta_1=0.9,
        adam_beta_2=0.999,
        adam_weight_decay=0.004,
        epsilon=1e-7,
        weight_decay=0.004,
        *,
        exclude_layers=None,
        exclude_embeddings=True,
        muon_a=3.4445,
        muon_b=-4.775,
        muon_c=2.0315,
        adam_lr_ratio=1,
        momentum=0.95,
        ns_steps=5,
        nesterov=True,
        rms_rate=0.2,
        **shared,
    ):
        super().__init__(learning_rate, weight_decay, **shared)
        self.adam_beta_1 = below_one(self, adam_beta_1=adam_beta_1)
        self.adam_beta_2 = below_one(self, adam_beta_2=adam_beta_2)
        self.adam_weight_decay = adam_weight_decay
        self.epsilon = checks.non_negative(self, epsilon=epsilon)
        self.exclude_layers = list(exclude_layers or ())
        self.exclude_embeddings = exclude_embeddings
        self.muon_a, self.muon_b, self.muon_c = muon_a, muon_b, muon_c
        self.adam_lr_ratio = adam_lr_ratio
        self.momentum = checks.in_range(self, 0.0, 1.0, momentum=momentum)
        self.ns_steps = checks.positive_int(self, ns_steps=ns_steps)
        self.nesterov = nesterov
        self.rms_rate = rms_rate

    def _takes_adam(self, w) -> bool:
        is_embedding = self.exclude_embeddings and "embedding" in w.path.lower()
        named = any(re.search(pattern, w.path) for pattern in self.exclude_layers)
        return len(w.shape) != 2 or is_embedding or named

    def _slots_of(self, w, names):
        return super()._slots_of(w, names if self._takes_adam(w) else names[:1])

    def _decay_of(self, w):
        return self.adam_weight_decay if self._takes_adam(w) else self.weight_decay

    def scalars(self, step, rate):
        """Returns the rate, and that of Adam's steps."""
        bias = (1 - self.adam_beta_2**step) ** 0.5 / (1 - self.adam_beta_1**step)
        return {"rate": rate, "adam_rate": rate * self.adam_lr_ratio * bias}

    def update(self, w, g, momentum, velocity=None, *, rate, adam_rate):
        """Takes one step: of AdamW where there is a `velocity`."""
        if velocity is not None:
            momentum += (g - momentum) * (1 - self.adam_beta_1)
            velocity += (g * g - velocity) * (1 - self.adam_beta_2)
            w -= adam_rate * momentum / (np.sqrt(velocity) + self.epsilon)
            return
        momentum *= self.momentum
        momentum += g
        ahead = g + self.momentum * momentum if self.nesterov else momentum
        if self.rms_rate is not None:
            rate = rate * (self.rms_rate * max(w.shape) ** 0.5)
        w -= rate * self._orthogonal(ahead)

    def _orthogonal(self, x):
        """Moves all singular values of a matrix close to 1 (Newton and Schulz)."""
        is_tall = x.shape[0] > x.shape[1]
        x = x.T if is_tall else x
        x = x / (np.sqrt(np.sum(x * x)) + self.epsilon)
        for _ in range(self.ns_steps):
            square = np.matmul(x, x.T)
            factor = self.muon_b * square + self.muon_c * np.matmul(square, square)
            x = self.muon_a * x + np.matmul(factor, x)
        return x.T if is_tall else x
