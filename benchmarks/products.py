"""The matrix products that a training step cannot do without: the floor of its time.

A dense layer does one product forward, and two backward: for its kernel's gradient and
for its input's, which the first layer is spared. Everything else is written as such
products. They are timed alone, at their best.
"""

import itertools
import time
from typing import NamedTuple

import numpy as np

BLOCK = 8  # images whose patches are multiplied at a time; they fit a cache


class Product(NamedTuple):
    """Matrices of (rows, inner) and (inner, columns), multiplied some times a step."""

    rows: int
    inner: int
    columns: int
    times: int = 1


def dense(rows: int, *widths: int, first: bool = False) -> list[Product]:
    """Dense layers from width to width; the `first` owes its input no gradient."""
    products = []
    for place, (inputs, units) in enumerate(itertools.pairwise(widths)):
        products += [Product(rows, inputs, units), Product(inputs, rows, units)]
        if place or not first:
            products.append(Product(rows, units, inputs))
    return products


def convolution(
    images: int, pixels: int, patch: int, filters: int, first: bool = False
) -> list[Product]:
    """A convolution as products (im2col) of patches: `patch` numbers per pixel."""
    blocks = images // BLOCK
    layer = dense(BLOCK * pixels, patch, filters, first=first)
    return [product._replace(times=blocks) for product in layer]


def recurrent(
    batch: int, steps: int, features: int, units: int, gates: int, first: bool = False
) -> list[Product]:
    """A recurrent layer: all inputs at once, then the state's products step by step."""
    width = gates * units
    return [
        *dense(batch * steps, features, width, first=first),
        Product(batch, units, width, times=steps),
        Product(batch, width, units, times=steps),
        Product(units, batch * steps, width),
    ]


def attention(batch: int, tokens: int, width: int, heads: int) -> list[Product]:
    """Self-attention: four projections, and per head the scores and what they weigh.

    Its input's gradient is not asked for: only the last projection has all three.
    """
    size, times = width // heads, batch * heads
    return [
        *dense(batch * tokens, width, 3 * width, first=True),
        *dense(batch * tokens, width, width),
        Product(tokens, size, tokens, 2 * times),  # scores; gradient of the weights
        Product(tokens, tokens, size, 4 * times),  # result; those of value, query, key
    ]


def floor_ms(products: list[Product], seconds: float) -> float:
    """Returns the milliseconds that the products of one step take together."""
    return 1e3 * sum(each.times * seconds_of(each, seconds) for each in products)


def seconds_of(product: Product, seconds: float) -> float:
    """Returns the seconds of one product: the best of many, small ones by the dozen."""
    rows, inner, columns, _ = product
    left = np.ones((rows, inner), "float32")
    right = np.ones((inner, columns), "float32")
    out = np.matmul(left, right)
    repeats = 50 if rows * inner * columns < 100_000 else 1
    best, end = np.inf, time.perf_counter() + seconds / 10
    while best == np.inf or time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(repeats):
            np.matmul(left, right, out=out)
        best = min(best, (time.perf_counter() - start) / repeats)
    return best
