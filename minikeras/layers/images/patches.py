"""Rectangles at random places of images."""

import numpy as np

from ... import ops, random

__all__ = ["patch_masks"]


def patch_masks(images, sides, seed):
    """Draws a rectangle inside each image; returns which pixels lie in it.

    Args:
        images: (batch, height, width, channels).
        sides: Width and height of the rectangles as fractions, (batch, 2).
        seed: SeedGenerator to draw the places from.

    Returns:
        Bools, (batch, height, width, 1).
    """
    batch, height, width, _ = images.shape
    across = _between(width, sides[:, 0], random.uniform((batch,), seed=seed))
    down = _between(height, sides[:, 1], random.uniform((batch,), seed=seed))
    mask = ops.logical_and(down[:, :, None], across[:, None, :])
    return mask[..., None]


def _between(size: int, fraction, place):
    """Which of `size` places lie between the ends of intervals, (batch, size)."""
    length = fraction * float(size)
    start = ((float(size) - length) * place)[:, None]
    places = np.arange(size, dtype="float32")[None]
    return ops.logical_and(places >= start, places < start + length[:, None])
