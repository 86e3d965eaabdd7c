"""Regions: elementwise calls that follow one another, taken through row by row.

Each of these calls goes through arrays that are larger than the cache. Taken together,
they go through a few rows at a time, which stay in the cache from the first call to the
last; what only passes from one call to the next never reaches memory at all; and the
rows are shared between threads. Every element is computed as before.
"""

import numpy as np

from ..utils import parallel
from .program import Equation, Program, Value, values_in

__all__ = ["Region", "group_rows"]

BLOCK = 2**15  # elements of an array that are worked on at a time
LEAST = 2  # calls worth a region


class Region:
    """Elementwise calls on arrays with the same number of rows.

    Attributes:
        rule: The calls, on `parts` and `between`: Values of a few rows.
        parts: Rows of the arrays that calls outside know too, `wholes`.
        between: Rows that are known only here.
        rows: The number of rows in a block; `count` blocks make up the arrays.
    """

    def __init__(self, equations: list[Equation], num_rows: int, rows: int, outside):
        self.rows, self.count = rows, num_rows // rows
        self.place = equations[0].place
        self.wholes, self.parts, self.between = [], [], []
        self._twins: dict[int, Value] = {}
        for equation in equations:
            for v in equation.touches():
                if id(v) not in self._twins and is_tall(v, num_rows):
                    self._add(v, id(v.root) in outside or v.array is not None)
        self.rule = [self._on_rows(equation) for equation in equations]

    def _add(self, v: Value, is_known_outside: bool) -> None:
        part = Value(np.empty((self.rows, *v.shape[1:]), v.dtype))
        part.label, part.place = v, v.place
        self._twins[id(v)] = part
        if is_known_outside:
            self.wholes.append(v)
            self.parts.append(part)
        else:
            self.between.append(part)

    def _on_rows(self, equation: Equation) -> Equation:
        def on_rows(x):
            return self._twins.get(id(x), x) if type(x) is Value else x

        return Equation(
            equation.call,
            equation.function,
            tuple(map(on_rows, equation.args)),
            equation.options,
            tuple(map(on_rows, equation.outputs)),
            on_rows(equation.target),
            equation.style,
            equation.is_effect,
            equation.place,
        )

    def as_equation(self, equations: list[Equation]) -> Equation:
        """The region as one call of the program."""
        known = set(map(id, self.wholes))
        reads = {id(v): v for e in equations for v in e.reads()}
        made = [v for e in equations for v in e.outputs if id(v) in known]
        changed = [e.target for e in equations if e.target is not None]
        told = [v for v in (*reads.values(), *changed) if id(v) not in self._twins]
        held = [v for v in self.wholes if v not in made]
        return Equation(
            "rows", self, (*held, *told), {}, tuple(made), style="rows",
            place=self.place, is_effect=True,
        )  # fmt: skip

    def shares(self, arrays: dict, spare: list[list]) -> list[list]:
        """The blocks, a list per thread: rows of the arrays, and workspace.

        Args:
            arrays: id of a Value -> its array.
            spare: The arrays in between, one list per thread.
        """
        shares, workers = [], len(spare)
        for i, between in enumerate(spare):
            share = range(i * self.count // workers, (i + 1) * self.count // workers)
            cuts = [slice(j * self.rows, (j + 1) * self.rows) for j in share]
            shares.append(
                [(*(arrays[id(v)][cut] for v in self.wholes), *between) for cut in cuts]
            )
        return shares


def group_rows(program: Program) -> list[Region]:
    """Puts runs of elementwise calls on large arrays into regions; returns these."""
    regions, equations, run = [], [], []
    for equation in [*program.equations, None]:
        if equation is not None and equation.style == "view":
            equations.append(equation)  # made before the first step, wherever it stands
            continue
        if equation is not None and _goes_on(equation, run):
            run.append(equation)
            continue
        equations += _grouped(program, run, regions)
        run = []
        if equation is not None and _goes_on(equation, []):
            run = [equation]
        elif equation is not None:
            equations.append(equation)
    program.equations = equations
    return regions


def _grouped(program: Program, run: list[Equation], regions: list) -> list[Equation]:
    """A run as a region, if it is large enough; else as it is."""
    if len(run) < LEAST:
        return run
    sizes = [v.nbytes // v.dtype.itemsize for e in run for v in _made(e)]
    num_rows = _made(run[0])[0].shape[0]
    rows = _rows_in_a_block(num_rows, max(sizes))
    if sum(sizes) < parallel.PAYS or not rows:
        return run
    region = Region(run, num_rows, rows, _known_outside(program, run))
    regions.append(region)
    return [region.as_equation(run)]


def _known_outside(program: Program, run: list[Equation]) -> set[int]:
    """The ids of the roots that calls outside of a run know."""
    inside = set(map(id, run))
    known = {id(v.root) for v in program.results if type(v) is Value}
    for equation in program.equations:
        if id(equation) not in inside:
            known.update(id(v.root) for v in equation.touches())
    return known | set(map(id, program.inputs))


def _rows_in_a_block(num_rows: int, size: int) -> int:
    """The most rows that divide the number of rows and fit in a block; 0 if none."""
    fitting = max(1, BLOCK * num_rows // max(size, 1))
    rows = next(r for r in range(min(fitting, num_rows), 0, -1) if num_rows % r == 0)
    return rows if rows < num_rows and 2 * rows >= min(fitting, num_rows) else 0


def _made(equation: Equation) -> tuple[Value, ...]:
    return equation.outputs or (equation.target,)


def _goes_on(equation: Equation, run: list[Equation]) -> bool:
    """Whether a call works row by row, on as many rows as those of a run."""
    made = _made(equation)[0]
    if made is None or not made.shape or equation.style not in ("out", "write", "copy"):
        return False
    num_rows = _made(run[0])[0].shape[0] if run else made.shape[0]
    is_own = made.root is made and is_tall(made, num_rows)
    if not is_own or not _is_by_rows(equation):
        return False
    ndim = max([made.ndim, *(v.ndim for v in equation.reads())])
    fresh = {id(v) for e in run for v in _made(e)}
    return all(
        _fits(v, ndim, num_rows) and (v.root is v or id(v.root) not in fresh)
        for v in equation.reads()
    )


def _is_by_rows(equation: Equation) -> bool:
    if equation.is_effect or any(values_in(equation.options.values())):
        return False
    if equation.call == "np.copyto":
        return not equation.options
    function = equation.function
    if type(function) is np.ufunc:
        return function.signature is None
    is_reduction = equation.call.endswith(".reduce") and len(equation.args) == 1
    x = equation.args[0] if equation.args else None
    last = (-1, x.ndim - 1) if type(x) is Value and x.ndim > 1 else ()
    return is_reduction and equation.options.get("axis") in last


def is_tall(v: Value, num_rows: int) -> bool:
    """Whether a value can be cut into rows."""
    return bool(v.shape) and v.shape[0] == num_rows and num_rows > 1 and _in_order(v)


def _in_order(v: Value) -> bool:
    expected = v.dtype.itemsize
    for stride, length in zip(v.strides[::-1], v.shape[::-1], strict=True):
        if length > 1 and stride != expected:
            return False
        expected *= length
    return True


def _fits(v: Value, ndim: int, num_rows: int) -> bool:
    """Whether a value is cut along with the rows, or is the same for all of them."""
    if v.shape[:1] != (num_rows,):
        return v.ndim < ndim or v.shape[:1] == (1,)
    return v.ndim == ndim and is_tall(v, num_rows)
