"""How the cost of a step grows: with the batch, the width, the depth, the length.

Along each axis one number changes and all others stay as they are.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import networks

BATCHES = 50  # steps per timed epoch


class Axis(NamedTuple):
    """What grows, through which values, and how the task looks at one of them."""

    title: str
    values: tuple[int, ...]
    task: Callable  # (keras, value) -> model, batch size, inputs, targets
    needs: tuple[str, ...] = ()


def dense_task(keras, batch: int = 64, width: int = 64, depth: int = 2) -> tuple:
    """A plain network on 32 features with 10 classes."""
    rng, samples = np.random.default_rng(0), BATCHES * batch
    x = rng.standard_normal((samples, 32), dtype=np.float32)
    y = rng.integers(0, 10, samples, dtype=np.int32)
    return networks.mlp(keras, width, depth), batch, x, y


def recurrent_task(keras, steps: int, batch: int = 32) -> tuple:
    """A small LSTM that predicts one number from a series."""
    rng, samples = np.random.default_rng(0), BATCHES * batch
    x = rng.standard_normal((samples, steps, 16), dtype=np.float32)
    y = rng.standard_normal((samples, 1), dtype=np.float32)
    return networks.recurrent(keras, steps), batch, x, y


AXES = {
    "batch": Axis(
        "batch size (2 layers of 64)",
        (8, 32, 128, 512, 2048),
        lambda keras, value: dense_task(keras, batch=value),
    ),
    "width": Axis(
        "units per layer (2 layers, batch 64)",
        (16, 64, 256, 1024),
        lambda keras, value: dense_task(keras, width=value),
    ),
    "depth": Axis(
        "layers (of 64, batch 64)",
        (1, 2, 4, 8, 16),
        lambda keras, value: dense_task(keras, depth=value),
    ),
    "length": Axis(
        "steps of a series (LSTM 32, batch 32)",
        (10, 20, 40, 80, 160),
        recurrent_task,
        ("LSTM",),
    ),
}
