"""Arenas: the weights of a model as one flat array, and their gradients and slots too.

An optimizer's rule is elementwise, so it can run on all weights at once. Large arenas
are worked through in blocks that stay in the cache, by as many threads as there are.
"""

import re

import numpy as np

from ..utils import parallel
from .program import Equation, Place, Value

__all__ = ["Arena", "aligned_empty"]

LINE = 64  # bytes of a cache line: where parts begin


def aligned_empty(nbytes: int) -> np.ndarray:
    """Returns bytes that begin at the beginning of a cache line."""
    raw = np.empty(nbytes + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    return raw[start : start + nbytes]


class Arena:
    """A group of weights that one run of an optimizer's rule moves.

    Attributes:
        names: What the flat arrays are called: weights, gradients, slots.
        columns: The Values of all weights, of all gradients, of each slot.
        offsets: Where each weight begins.
        block: Elements in a block; `count` blocks make up the arena.
        parts: Values that stand for a block of each flat array.
        rule: The optimizer's calls on `parts`, where there is more than one block.
        scalars: The numbers that these calls share, by name.
        place: Where the update happens.
        formula: The optimizer's rule as it says it itself.
    """

    def __init__(self, optimizer, rows: list, place: Place):
        slots = [v.label.name.rpartition("_")[2] for v in rows[0][2:]]
        self.names = ["weights", "gradients", *_slot_names(optimizer, slots)]
        self.columns = [list(column) for column in zip(*rows, strict=True)]
        self.place = place
        self.formula = formula_of(optimizer)
        self.rule: list[Equation] = []
        self.scalars: dict = {}
        self.offsets, end = [], 0
        for v in self.columns[0]:
            self.offsets.append(end)
            end += _padded(v)
        self.count = -(-end // parallel.BLOCK)
        step = LINE // self.columns[0][0].dtype.itemsize
        self.block = -(-end // (self.count * step)) * step
        self.parts = [self._part(i) for i in range(len(self.names))]

    @staticmethod
    def can_hold(rows: list, optimizer) -> bool:
        """Whether the weights of a group can be put in a row."""
        kept = [v for w, _, *slots in rows for v in (w, *slots)]
        return optimizer.elementwise and len(set(map(id, kept))) == len(kept) and all(
            v.array is not None
            and hasattr(v.label, "reseat")
            and v.array.flags.c_contiguous
            for v in kept
        ) and all(v.shape == row[0].shape for row in rows for v in row)  # fmt: skip

    @property
    def size(self) -> int:
        """The number of elements, with the gaps between weights."""
        return self.block * self.count

    def _part(self, column: int) -> Value:
        dtype = self.columns[column][0].dtype
        part = Value(np.empty(self.block, dtype))
        part.label, part.place = self.names[column], self.place
        return part

    def gather(self) -> list[Equation]:
        """Copies of the gradients that cannot be computed in their place."""
        equations, taken = [], set()
        for i, g in enumerate(self.columns[1]):
            is_own = g.root is g and g.array is None and _is_in_order(g)
            if is_own and id(g) not in taken:
                taken.add(id(g))
                continue
            moved = Value(np.empty(g.shape, g.dtype))
            moved.place, moved.label = self.place, self.columns[0][i]
            self.columns[1][i] = moved
            equations.append(
                Equation("np.copyto", np.copyto, (g,), {}, (moved,), style="copy",
                         place=self.place)
            )  # fmt: skip
        return equations

    def seat(self) -> list[np.ndarray]:
        """Moves weights and slots into flat arrays; returns all flat arrays."""
        flats = [self._seated(column) for column in self.columns]
        self.gradients = [
            self._place_of(flats[1], v, offset)
            for v, offset in zip(self.columns[1], self.offsets, strict=True)
        ]
        return flats

    def _seated(self, column: list[Value]) -> np.ndarray:
        known = getattr(column[0].label, "arena", None)
        if column[0].array is not None and known is not None:
            if self._is_seated(known, column):
                return known
        dtype = column[0].dtype
        flat = aligned_empty(self.size * dtype.itemsize).view(dtype)
        flat.fill(0)
        for v, offset in zip(column, self.offsets, strict=True):
            if v.array is not None:
                place = self._place_of(flat, v, offset)
                v.label.reseat(place, flat)
                v.array = place
        return flat

    def _is_seated(self, flat: np.ndarray, column: list[Value]) -> bool:
        """Whether an earlier plan has put the same weights in the same order."""
        return flat.shape == (self.size,) and flat.dtype == column[0].dtype and all(
            v.array.ctypes.data == flat.ctypes.data + offset * flat.itemsize
            for v, offset in zip(column, self.offsets, strict=True)
        )  # fmt: skip

    @staticmethod
    def _place_of(flat: np.ndarray, v: Value, offset: int) -> np.ndarray:
        return np.ndarray(v.shape, v.dtype, flat, offset * v.dtype.itemsize)

    def blocks(self, flats: list[np.ndarray], spare: list[list]) -> list[list]:
        """The blocks, a list per thread: parts of the flat arrays, and workspace.

        Args:
            flats: The flat arrays.
            spare: The arrays in between, one list per thread.
        """
        shares, workers = [], len(spare)
        for i, between in enumerate(spare):
            share = range(i * self.count // workers, (i + 1) * self.count // workers)
            cuts = [slice(j * self.block, (j + 1) * self.block) for j in share]
            shares.append([(*(flat[cut] for flat in flats), *between) for cut in cuts])
        return shares


def _slot_names(optimizer, fallback: list[str]) -> list[str]:
    names = list(getattr(optimizer, "_slot_names", fallback))
    return names if len(names) == len(fallback) else fallback


CONDITION = re.compile(r"\s+\((\w+(?: 0)?)\)$")


def formula_of(optimizer) -> str:
    """The lines of a class's description that say what becomes of a weight, `w = ...`.

    Of several, each for a setting as `(momentum)` or `(momentum 0)`, the last true one.
    """
    for cls in type(optimizer).__mro__:
        _, _, text = (cls.__doc__ or "").partition("\n\n")
        text = re.sub(r"\.?\s\([A-Z][^)]*\)", "", text.partition("\n\n")[0])
        lines = text.split("\n")
        lines = [line.strip() for line in lines if " = " in line]
        if any("w = " in line for line in lines):
            parts = [(CONDITION.sub("", x), CONDITION.search(x)) for x in lines]
            held = [x for x, when in parts if when and _holds(optimizer, when[1])]
            plain = [x for x, when in parts if not when]
            return (held[-1:] or ["; ".join(plain)])[0].replace(";  ", "; ")
    return ""


def _holds(optimizer, condition: str) -> bool:
    name, _, off = condition.partition(" ")
    return bool(getattr(optimizer, name, False)) != bool(off)


def _padded(v: Value) -> int:
    step = LINE // v.dtype.itemsize
    return -(-v.nbytes // v.dtype.itemsize // step) * step


def _is_in_order(v: Value) -> bool:
    return v.strides == np.empty(v.shape, v.dtype).strides
