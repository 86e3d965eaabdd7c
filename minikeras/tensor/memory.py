"""Memory of a plan: which value lies where, and from when to when.

Every value that the program makes gets its place in one workspace before the first
step. Places are used again once nobody reads what lies there, and an elementwise call
writes over an argument that nobody else needs.
"""

import math
from collections.abc import Iterator

import numpy as np

from .arenas import LINE, aligned_empty
from .program import Equation, Program, Value

__all__ = ["Memory", "ends_in"]


class Room:
    """A part of the workspace: where it begins, how long it is, and whose it is."""

    __slots__ = ("nbytes", "owner", "start")

    def __init__(self, start: int, nbytes: int):
        self.start = start
        self.nbytes = nbytes
        self.owner = None


class Memory:
    """Gives every value of a program its array.

    Args:
        program: The program, after the passes.
        given: id of a Value -> the array that it has to lie in.

    Attributes:
        arrays: id of a Value -> its array, for all values that stay in place.
        nbytes: Size of the workspace.
        loose: ids of the Values that are other arrays in each step.
    """

    def __init__(self, program: Program, given: dict[int, np.ndarray] | None = None):
        self.program = program
        self.arrays: dict[int, np.ndarray] = dict(given or {})
        self.loose = program.loose()
        self._inputs = {id(v) for v in program.inputs}
        self._rooms = self._plan_rooms()
        self._put_in_place()

    # When -----------------------------------------------------------------------------

    def _last_uses(self) -> dict[int, int]:
        """The place in the program where each root is needed for the last time."""
        last = {}
        for i, equation in enumerate(self.program.equations):
            for v in equation.touches():
                last[id(v.root)] = i
        for v in self.program.results:
            if type(v) is Value:
                last[id(v.root)] = len(self.program.equations)
        return last

    def _is_ours(self, root: Value) -> bool:
        return root.array is None and not (
            id(root) in self.arrays
            or id(root) in self.loose
            or id(root) in self._inputs
        )

    # Where ----------------------------------------------------------------------------

    def _plan_rooms(self) -> dict[int, Room]:
        last, rooms, free = self._last_uses(), {}, FreeList()
        for i, equation in enumerate(self.program.equations):
            roots = {id(v.root): v.root for v in equation.touches()}
            for key, root in roots.items():
                if key not in rooms and self._is_ours(root):
                    heir = self._heir_of(equation, root, rooms, last, i)
                    rooms[key] = heir or free.take(root.nbytes)
                    rooms[key].owner = key
            for key in roots:
                if key in rooms and last[key] == i and rooms[key].owner == key:
                    free.give_back(rooms[key])
        self.nbytes = free.end
        return rooms

    @staticmethod
    def _heir_of(equation: Equation, made: Value, rooms, last, i: int) -> Room | None:
        """The room of an argument that ends here and can be written over."""
        for v in ends_in(equation, made):
            if id(v) in rooms and last[id(v)] == i:
                return rooms[id(v)]
        return None

    # Arrays ---------------------------------------------------------------------------

    def _put_in_place(self) -> None:
        workspace = aligned_empty(self.nbytes)
        for v in self.program.values():
            if id(v) in self.arrays:
                continue
            if v.array is not None:
                self.arrays[id(v)] = v.array
            elif id(v) in self._rooms:
                self.arrays[id(v)] = _array_in(workspace, self._rooms[id(v)].start, v)
        for v in self.program.inputs:
            self.arrays[id(v)] = _array_in(aligned_empty(v.nbytes), 0, v)
        for equation in self.program.equations:
            if equation.style == "view" and self.is_static(equation.outputs[0]):
                x, *rest = equation.args
                shown = equation.function(self.arrays[id(x)], *rest, **equation.options)
                self.arrays[id(equation.outputs[0])] = shown

    def is_static(self, v: Value) -> bool:
        """Whether a value lies in the same place in each step."""
        return id(v) not in self.loose


def ends_in(equation: Equation, made: Value) -> Iterator[Value]:
    """The arguments that a call can write its result over, if nobody needs them."""
    if equation.style != "out" or not equation.is_elementwise:
        return
    reads = list(equation.reads())
    for v in reads:
        is_alone = all(x is v for x in reads if x.root is v)
        if v.root is v and v.lies_like(made) and is_alone:
            yield v


class FreeList:
    """The parts of a workspace that are free, and how far it has grown."""

    def __init__(self):
        self.end = 0
        self._free: list[Room] = []

    def take(self, nbytes: int) -> Room:
        """Returns the smallest free room that is large enough, or a new one."""
        nbytes = -(-max(nbytes, 1) // LINE) * LINE
        fitting = [room for room in self._free if room.nbytes >= nbytes]
        if not fitting:
            return self._at_the_end(nbytes)
        room = min(fitting, key=lambda room: room.nbytes)
        self._free.remove(room)
        if room.nbytes > nbytes:
            self._free.append(Room(room.start + nbytes, room.nbytes - nbytes))
        return Room(room.start, nbytes)

    def _at_the_end(self, nbytes: int) -> Room:
        """A room at the end; a free one that ends there is made longer."""
        start = self.end
        for room in self._free:
            if room.start + room.nbytes == self.end:
                start = room.start
                self._free.remove(room)
                break
        self.end = start + nbytes
        return Room(start, nbytes)

    def give_back(self, room: Room) -> None:
        """Frees a room and joins it with free neighbours."""
        start, end = room.start, room.start + room.nbytes
        for other in list(self._free):
            if other.start + other.nbytes == start or other.start == end:
                self._free.remove(other)
                start = min(start, other.start)
                end = max(end, other.start + other.nbytes)
        self._free.append(Room(start, end - start))


def _array_in(workspace: np.ndarray, start: int, v: Value) -> np.ndarray:
    """An array of a value's shape and order in memory, from this byte on."""
    strides = v.strides if _is_dense(v) else None
    return np.ndarray(v.shape, v.dtype, workspace, start, strides)


def _is_dense(v: Value) -> bool:
    """Whether the elements lie next to each other, in whatever order of the axes."""
    expected = v.dtype.itemsize
    for stride, length in sorted(zip(v.strides, v.shape, strict=True)):
        if length > 1 and stride != expected:
            return False
        expected *= length
    return math.prod(v.shape) > 0
