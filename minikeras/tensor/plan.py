"""A plan: a program with its memory and its source, ready to run again and again."""

import threading
from functools import partial

import numpy as np

from ..utils import parallel
from .codegen import Source
from .halves import halve
from .memory import Memory
from .passes import drop_unread, fold, lower, merge_equal, written_in
from .products import collect_products
from .program import Program, Value
from .variable import Variable

__all__ = ["Plan"]


class Plan:
    """Runs a program.

    Args:
        program: What the recorder wrote; the plan takes it over.
        name: The name of the function in the source.
        inputs: The names of its array arguments.
        title: What the program is, for its first line.
    """

    def __init__(self, program: Program, name: str, inputs: list[str], title: str):
        arenas: list = []
        lower(program, arenas)
        drop_unread(program)
        fold(program)
        merge_equal(program)
        drop_unread(program)
        halve(program)
        collect_products(program)
        self.program, self.arenas = program, arenas
        self.source = Source(program, arenas, name, inputs, title)
        given = self._seat()
        self.memory = Memory(program, given)
        self.inputs = [self.memory.arrays[id(v)] for v in program.inputs]
        self._variables = [v for v in program.values() if isinstance(v.label, Variable)]
        roots = set(map(id, written_in(program)))
        self._changed = [v.label for v in self._variables if id(v) in roots]
        self._seen, self._readings = Variable.moves, -1
        self.late = self._late_inputs()
        self._fill = None
        self._lock = threading.Lock()
        filename = f"<minikeras {name} {id(self):x}>"
        self._run = self.source.compiled(
            self._namespace(), self.memory.arrays, filename
        )

    @property
    def nbytes(self) -> int:
        """The size of all workspaces, without weights, gradients and slots."""
        return self.memory.nbytes + sum(one.nbytes for one in self.source.shared)

    def _seat(self) -> dict[int, np.ndarray]:
        """Moves the weights into arenas; returns the arrays that this settles."""
        given = {}
        self._flats = [arena.seat() for arena in self.arenas]
        for arena, flats in zip(self.arenas, self._flats, strict=True):
            for v, array in zip(arena.columns[1], arena.gradients, strict=True):
                given[id(v)] = array
            if arena.count == 1:
                for part, flat in zip(arena.parts, flats, strict=True):
                    given[id(part)] = flat
        return given

    def _namespace(self) -> dict:
        """What the text calls besides NumPy and kernels: blocks, and threads."""
        names = {"in_parallel": self._in_parallel}
        for i, (arena, flats) in enumerate(zip(self.arenas, self._flats, strict=True)):
            if arena.count > 1:
                workers = min(parallel.num_threads(), arena.count)
                spare = [self._between(arena) for _ in range(workers)]
                key = f"shares_{i}".removesuffix("_0")
                names[key] = arena.blocks(flats, spare)
        for shared in self.source.shared:
            names[shared.names[1]] = shared.shares(self.memory.arrays)
        return names

    @staticmethod
    def _between(arena) -> list[np.ndarray]:
        """Workspace of one thread for the rule of an arena."""
        parts = {id(part): np.empty(0) for part in arena.parts}
        memory = Memory(Program(arena.rule, [], []), parts)
        return [memory.arrays[id(v)] for v in arena.between]

    def _late_inputs(self) -> set[int]:
        """Which inputs may still be filled when the step is on its way.

        Those that nothing reads before a first stretch that cuts them in halves.
        """
        read: set[int] = set()
        for equation in self.program.equations:
            if hasattr(equation.function, "cut"):
                cut = {id(whole) for whole, _ in equation.function.cut} - read
                return {i for i, v in enumerate(self.program.inputs) if id(v) in cut}
            if equation.style == "shared":
                break
            if equation.style != "view":
                read.update(id(v.root) for v in equation.reads())
        return set()

    def fill_late(self, fill) -> None:
        """Has inputs filled in the next step, each half by the thread that needs it.

        Args:
            fill: Function of 0 and 1, the number of the half. Only for those in `late`.
        """
        self._fill = fill

    def fill_now(self) -> None:
        """Fills what was to be filled in a step that does not come."""
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(0)
            fill(1)

    def _in_parallel(self, function, shares: list, *numbers) -> None:
        """Calls a function with each share, all at once."""
        fill, self._fill = self._fill, None
        if fill is None:
            jobs = [partial(function, share, *numbers) for share in shares]
        else:
            jobs = [partial(_after, fill, i, function, x) for i, x in enumerate(shares)]
        parallel.run_all(jobs)

    def is_valid(self) -> bool:
        """Whether the variables still are where the plan expects them."""
        if self._seen != Variable.moves:
            if not all(v.label.array is v.array for v in self._variables):
                return False
            self._seen = Variable.moves
        return True

    def _part_from_readers(self) -> None:
        """Leaves those who hold values that the step will change their own copies."""
        self._readings = Variable.readings
        for variable in self._changed:
            variable.part_from_reader()

    def run(self, arrays: list[np.ndarray]) -> list:
        """Takes a step. Returns the results as arrays of the caller's own."""
        with self._lock:
            if self._readings != Variable.readings:
                self._part_from_readers()
            if arrays is not self.inputs:
                self._fill = None  # of a step that failed before it came to that
            made = self._run(*arrays)
            if made is None:
                return self.program.results
            results = iter(made)
            return [
                next(results).copy() if type(x) is Value else x
                for x in self.program.results
            ]


def _after(fill, i: int, function, share) -> None:
    fill(i)
    function(share)
