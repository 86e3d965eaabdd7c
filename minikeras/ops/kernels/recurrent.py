"""What the loops of recurrent layers over time have in common.

States are kept with the batch as their last axis, so that each gate of a step lies in
one piece. The column of a sample in `states` holds its state, a one and its input:
one product with [recurrent kernel; bias; kernel] gives all gates of a step.

The way back has to go step by step only for the states. What the gates need is made
ready for a block of steps at once, and finished blocks become the gradients of the
weights and of the input in a few large products, which another thread may do meanwhile.
"""

from functools import partial
from itertools import cycle, islice

import numpy as np

from ...utils import parallel

__all__ = [
    "add_product",
    "backwards",
    "filled",
    "finisher",
    "flattened",
    "gaps",
    "pieces",
    "rolled",
    "views",
    "walk_back",
]

BLOCK = 2**18  # numbers in a block of steps
LARGE = 2**22  # multiplications in a product that is worth another thread


def filled(x, h0, states, go_backwards: bool):
    """Writes first state, ones and inputs where the steps look for them."""
    units = h0.shape[1]
    np.copyto(states[0, :units], h0.T)
    states[:, units] = 1
    x = x[:, ::-1] if go_backwards else x
    np.copyto(states[:-1, units + 1 :], x.transpose(1, 2, 0))
    states[-1, units + 1 :] = 0  # there is no input after the last state
    return states


def gaps(masks: tuple, steps: int, go_backwards: bool) -> list:
    """Which samples stand still at each step: an array, or None where all move on."""
    if not masks:
        return [None] * steps
    still = np.logical_not(masks[0].T[::-1] if go_backwards else masks[0].T)
    some = np.logical_or.reduce(still, axis=1).tolist()
    return [row if any_ else None for row, any_ in zip(still, some, strict=True)]


def views(array, steps: int, start: int = 0):
    """The parts of an array at each step; with few parts, they serve in turn."""
    return islice(cycle(array), start, start + steps)


def rolled(x, units: int, back: bool = False, out=None):
    """Moves the last gate to the front, or back, along the last axis."""
    cut = units if back else x.shape[-1] - units
    return np.concatenate((x[..., cut:], x[..., :cut]), axis=-1, out=out)


def pieces(steps: int, size: int) -> list[slice]:
    """Cuts steps of so many numbers each into blocks, the last steps first."""
    length = max(BLOCK // max(size, 1), 1)
    return [slice(i, min(i + length, steps)) for i in range(0, steps, length)][::-1]


def backwards(dy, block: slice) -> list:
    """Gradients of the outputs of a block's steps, the last first; None without any."""
    if dy is None:
        return [None] * (block.stop - block.start)
    return np.ascontiguousarray(dy[:, block].transpose(1, 2, 0))[::-1]


def walk_back(blocks: list[slice], back_through, finish, work: int) -> None:
    """Goes back through blocks of steps; what they leave is finished alongside.

    Args:
        blocks: Slices of steps, the last first.
        back_through: Function of a slice: what it leaves behind.
        finish: Function of a slice and that; returns jobs that need no others.
        work: Multiplications per step in the jobs.
    """
    is_large = blocks and work * (blocks[-1].stop - blocks[-1].start) >= LARGE
    jobs: list = []
    for block in blocks:
        with parallel.alongside(jobs):
            left = back_through(block)
        jobs = finish(block, left)
        if not is_large:
            for job in jobs:
                job()
            jobs = []
    parallel.run_all(jobs)


def flattened(parts):
    """(steps, rows, batch) as a matrix with a row per row."""
    rows = np.empty((parts.shape[1], len(parts), parts.shape[2]), parts.dtype)
    np.copyto(rows, parts.transpose(1, 0, 2))
    return rows.reshape(len(rows), -1)


def add_product(parts, dz, total) -> None:
    """Adds to a sum what a block of steps contributes to the gradient of weights."""
    np.add(total, np.dot(flattened(parts), dz.T), out=total)


def add_input_product(parts, dz, total, kernel, dx) -> None:
    """As `add_product`; and the gradient of the block's inputs, if it is wanted."""
    add_product(parts, dz, total)
    if dx is not None:
        rows = np.dot(dz.T, kernel.T).reshape(dx.shape[1], dx.shape[0], dx.shape[2])
        np.copyto(dx, rows.transpose(1, 0, 2))


def finisher(states, kernel, dx, totals, hidden, gates):
    """What `walk_back` does with the gradients of a block's gates.

    Args:
        states: See `filled`.
        kernel: Kernel of the inputs, gates in the order of their gradients.
        dx: Gradient of the input, in the order of the steps, or None.
        totals: Sums of [recurrent kernel; bias] and of [bias; kernel].
        hidden: Which rows of the gates' gradients belong to the first sum.
        gates: Which to the second.
    """
    for_states, for_inputs = totals
    for_states[...], for_inputs[...] = 0, 0
    units = len(for_states) - 1

    def finish(block, dz):
        dz = flattened(dz)
        part = None if dx is None else dx[:, block]
        rows = states[block]
        x = partial(
            add_input_product, rows[:, units:], dz[gates], for_inputs, kernel, part
        )
        return [x, partial(add_product, rows[:, : units + 1], dz[hidden], for_states)]

    return finish
