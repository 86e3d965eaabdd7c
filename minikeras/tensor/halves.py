"""Halves: stretches of a program that two threads run, each for half of the batch.

Most calls of a training step treat every sample by itself: products with weights,
activations, losses, and all of that on the way back. Such calls are put together, as
far as their order is free, and cut along the first axis. So threads meet a few times in
a step, not at each call, and each finds its half of the data in its own cache.

A product is cut only where BLAS gives the same bits either way: that is tried out.
"""

from collections.abc import Iterable

import numpy as np

from .evenness import PRODUCTS, cuts_evenly, plain_product, time_of
from .memory import Memory, ends_in
from .names import Names
from .order import dependencies, in_turns, late
from .primitive import PRIMITIVES
from .program import Equation, Host, Program, Value

__all__ = ["Halves", "halve"]

WORTH = 400_000  # handing work over, and waiting for it, takes about 100,000
CALL = 3_000  # in shorter calls, threads mostly wait for the interpreter lock
LEAST = 16  # samples; BLAS treats one row or a few in ways of their own

CUT_VIEWS = ("broadcast_to", "expand_dims", "getitem", "reshape", "squeeze",
             "swapaxes", "transpose")  # fmt: skip


class Halves:
    """A stretch of a program that is run for each half of the batch.

    Attributes:
        equations: The calls, on Values of half the length.
        cut: Pairs of a Value of the program and the one that stands for a half of it.
        inner: Likewise, for Values that the rest of the program does not know.
        names: What the function and the list of its arguments are called.
        nbytes: Size of the workspaces of both halves, once they are made.
    """

    def __init__(self, equations: list[Equation], cut: list, inner: list):
        self.nbytes = 0
        self.equations = equations
        self.cut = cut
        self.inner = inner
        self.names = ("", "")

    def values(self) -> list[Value]:
        """What a half needs of its own: parts of what is cut, and workspace."""
        return [half for _, half in self.cut + self.inner]

    def shares(self, arrays: dict[int, np.ndarray]) -> list[tuple[np.ndarray, ...]]:
        """The arrays of either half.

        Args:
            arrays: id of a Value of the program -> its array.
        """
        shares = []
        for i in range(2):
            parts = {id(b): np.split(arrays[id(a)], 2)[i] for a, b in self.cut}
            given = {**arrays, **parts, **self._lent(parts)}
            memory = Memory(Program(self.equations, [], []), given)
            self.nbytes += memory.nbytes
            shares.append(tuple(memory.arrays[id(v)] for v in self.values()))
        return shares

    def _lent(self, parts: dict[int, np.ndarray]) -> dict[int, np.ndarray]:
        """Arrays of the program for Values of ours that end up in them.

        What a product or a convolution makes, and a bias and an activation turn into
        the output of a layer, lies in that output's place from the start.
        """
        first, last = {}, {}
        for i, e in enumerate(self.equations):
            for v in e.touches():
                first.setdefault(id(v.root), i)
                last[id(v.root)] = i
        inner, lent = {id(half) for _, half in self.inner}, {}
        for i, e in reversed(list(enumerate(self.equations))):
            for made in e.outputs:
                place = lent.get(id(made), parts.get(id(made)))
                if place is None or first[id(made.root)] < i:
                    continue
                for v in ends_in(e, made):
                    if id(v) in inner and last[id(v)] == i:
                        lent[id(v)] = place
                        break
        return lent


def halve(program: Program) -> None:
    """Puts calls that can be cut together, where that is worth the threads' meeting.

    Args:
        program: Changed in place, after all other passes.
    """
    lengths = {v.shape[0] for v in program.inputs if v.shape}
    if len(lengths) != 1 or min(lengths) % 2 or min(lengths) < LEAST:
        return
    Names.find_words(program)  # from the calls as they are now
    styles = [e.style for e in program.equations]
    end = styles.index("arena") if "arena" in styles else len(styles)
    cutter = Cutter(program, *lengths)
    equations, is_cut = cutter.sorted_out(program.equations[:end])
    views = [e for e in equations if cutter.is_static_view(e)]
    order = [i for i, e in enumerate(equations) if not cutter.is_static_view(e)]
    calls = [equations[i] for i in order]
    waits = dependencies(calls)
    is_cut = [is_cut[i] for i in order]
    apart = [cutter.apart(calls, i, waits[i]) for i in range(len(calls))]
    turns = late(in_turns(waits, is_cut, apart), calls, waits, apart)
    groups = [[calls[i] for i in group] for group in turns]
    worth = [bool(i % 2) and _is_worth_it(g) for i, g in enumerate(groups)]
    if not any(worth):
        return
    rest = program.equations[end:]
    made = []
    for i, group in enumerate(groups):
        if not worth[i]:
            made += group
            continue
        others = [e for j, g in enumerate(groups) if j != i for e in g] + rest
        stretch, views = cutter.stretch(group, views, others)
        made.append(stretch)
    program.equations = [*views, *made, *rest]


def _is_worth_it(group: list[Equation]) -> bool:
    times = list(map(time_of, group))
    return sum(times) > max(WORTH, CALL * len(times))


class Cutter:
    """Knows which Values and calls of a program can be cut in the middle.

    Args:
        program: The program.
        batch: The length of its inputs.
    """

    def __init__(self, program: Program, batch: int):
        self.program = program
        self.batch = batch
        self.rows = {id(v) for v in program.inputs}
        self.born = set(self.rows)
        self.loose = program.loose()
        self.places = {id(v): _dummy(v) for v in program.inputs}

    # Which calls ----------------------------------------------------------------------

    def sorted_out(self, equations: list[Equation]) -> tuple[list, list[bool]]:
        """The calls, joint gradients of products taken apart, and which can be cut."""
        found, is_cut = [], []
        for e in equations:
            parts = self._apart(e) if e.call == "affine_slopes" else [e]
            for part in parts:
                found.append(part)
                is_cut.append(self._can_cut(part))
        return found, is_cut

    def is_static_view(self, e: Equation) -> bool:
        """Whether a call is a view that is made once, before the first step."""
        return e.style == "view" and id(e.outputs[0]) not in self.loose

    def _apart(self, e: Equation) -> list[Equation]:
        """The two products that `affine_slopes` makes at once."""
        (dy, x, w), (dx, dw) = e.args, e.outputs
        turned = [_turned(v, e) for v in (w, x)]
        (w_T,), (x_T,) = (view.outputs for view in turned)
        return [
            *turned,
            Equation("np.dot", np.dot, (dy, w_T), {}, (dx,), place=e.place),
            Equation("np.dot", np.dot, (x_T, dy), {}, (dw,), place=e.place),
        ]

    def _can_cut(self, e: Equation) -> bool:
        """Whether a call can be cut; notes which of the Values that it makes can."""
        made = e.outputs[0] if e.outputs else e.target
        if e.style == "view":
            self._look_at_view(e)
            return False
        can = len(e.outputs) < 2 and made is not None and self._treats_rows(e, made)
        is_batch = e.style == "out" and made.shape[:1] == (self.batch,)
        if can or is_batch:
            self._note(made)
        self.born.update(id(v.root) for v in e.touches())
        return can

    def _note(self, v: Value) -> None:
        if id(v) not in self.rows and v.root is v:
            self.rows.add(id(v))
            self.places[id(v)] = _dummy(v)

    def _treats_rows(self, e: Equation, made: Value) -> bool:
        if e.is_effect or e.style not in ("out", "copy", "write") or _has_hosts(e):
            return False
        if not self._can_be_made(e, made) or not made.shape or made.shape[0] % 2:
            return False
        if id(made) in self.loose or any(id(v) in self.loose for v in e.reads()):
            return False
        if e.call in PRODUCTS:
            return self._is_product_of_rows(e, made)
        if rows_of(e):
            return made.shape[:1] == (self.batch,) and self._is_cut_as(e, rows_of(e))
        if e.call.endswith((".reduce", ".argmax", ".argmin")):
            return self._is_reduction_of_rows(e, made)
        if e.call == "np.take":
            table, index = e.args
            is_first = e.options.get("axis") == 0
            return is_first and id(index) in self.rows and id(table) not in self.rows
        is_plain = e.is_elementwise or e.call == "np.copyto"
        return is_plain and self._is_elementwise(e, made)

    def _is_cut_as(self, e: Equation, wanted: list[Value]) -> bool:
        """Whether these are what a call reads that can be cut, and have all samples."""
        found = [v for v in e.reads() if id(v) in self.rows]
        lengths = {v.shape[0] for v in wanted}
        return lengths == {self.batch} and set(map(id, found)) == set(map(id, wanted))

    def _can_be_made(self, e: Equation, made: Value) -> bool:
        """Whether the result lies in order, and nobody has it already uncut."""
        if e.style == "write" and id(made) in self.rows:
            return True
        is_new = e.style != "write" or id(made.root) not in self.born
        return is_new and made.root is made and made.array is None and _in_order(made)

    def _is_elementwise(self, e: Equation, made: Value) -> bool:
        operands = list(e.reads())
        aligned = [v for v in operands if _aligned(v, made)]
        others = [v for v in operands if not _aligned(v, made)]
        return any(id(v) in self.rows for v in [*aligned, made]) and not any(
            id(v) in self.rows for v in others
        )

    def _is_reduction_of_rows(self, e: Equation, made: Value) -> bool:
        x, axis = e.args[0], e.options.get("axis", 0)
        axes = axis if type(axis) is tuple else (axis,)
        return (
            len(e.args) == 1
            and list(e.reads()) == [x]
            and id(x) in self.rows
            and all(type(n) is int and n % x.ndim for n in axes)
            and made.shape[:1] == x.shape[:1]
        )

    def _is_product_of_rows(self, e: Equation, made: Value) -> bool:
        a, b = e.args
        if id(a) not in self.rows or a.ndim < 2 or made.shape[0] != a.shape[0]:
            return False
        is_stack = b.ndim > 2 and b.ndim == a.ndim and b.shape[0] == a.shape[0]
        if is_stack != (id(b) in self.rows) or (b.ndim > 2 and not is_stack):
            return False
        if e.call == "np.dot" and a.ndim > 2:
            return False
        return cuts_evenly(e, is_stack)

    def _look_at_view(self, e: Equation) -> None:
        """Notes a view whose halves show the halves of what it is a view of."""
        (x, *rest), (shown,) = e.args, e.outputs
        if id(x) not in self.rows or id(x) in self.loose or e.call not in CUT_VIEWS:
            return
        whole = e.function(self.places[id(x)], *rest, **e.options)
        if not whole.ndim or whole.shape[0] % 2 or not _halves_lie_apart(
            self.places[id(x.root)], whole
        ):  # fmt: skip
            return
        self.places[id(shown)] = whole
        if self._half_view(e) == (whole.shape[0] // 2, *whole.shape[1:]):
            self.rows.add(id(shown))

    def _half_view(self, e: Equation) -> tuple:
        """The shape that a view of half of the array has."""
        (x, *_), (shown,) = e.args, e.outputs
        args = _halved_arguments(e, (shown.shape[0] // 2, *shown.shape[1:]))
        half = np.split(self.places[id(x)], 2)[0]
        try:
            return e.function(half, *args, **e.options).shape
        except (ValueError, IndexError):
            return ()

    def apart(self, calls: list[Equation], i: int, waits: set[int]) -> set[int]:
        """The calls that a call may not be in one stretch with.

        While one thread reads all of an array, no other may be writing half of it.
        """
        crossed, written = self._crossed(calls[i]), _written(calls[i])
        return {
            j
            for j in waits
            if crossed & _written(calls[j]) or written & self._crossed(calls[j])
        }

    def _crossed(self, e: Equation) -> set[int]:
        """The roots of which half of a call may read more than half."""
        return {id(v.root) for v in e.reads() if id(v) not in self.rows}

    # A stretch ------------------------------------------------------------------------

    def stretch(self, group: list[Equation], views: list[Equation], others: list):
        """Cuts a group of calls.

        Args:
            group: The calls.
            views: The views of the program.
            others: All other calls.

        Returns:
            The call that runs both halves, and the views that others still need.
        """
        known = {id(v.root) for e in others for v in e.touches()}
        known.update(id(v.root) for v in self.program.results if type(v) is Value)
        known.update(map(id, self.program.inputs))
        touched = {id(v): v for e in group for v in e.touches()}
        own = {id(v.root) for v in touched.values() if id(v.root) not in known}
        own &= self.rows
        own -= {id(v.root) for v in touched.values() if id(v) not in self.rows}
        twins = Twins(own)
        inside = [e for e in views if id(e.outputs[0].root) in own]
        inside = [e for e in inside if id(e.outputs[0]) in self.rows]
        equations = [twins.equation(e, ()) for e in inside]
        equations += [twins.equation(e, self.shared(e)) for e in group]
        halves = Halves(equations, twins.cut, twins.inner)
        whole = [v for v, _ in twins.cut]
        shared = [v for e in equations for v in e.touches() if id(v) not in twins.made]
        stretch = Equation(
            "in_parallel", halves, tuple(dict.fromkeys([*whole, *shared])), {},
            style="shared", is_effect=True,
        )  # fmt: skip
        return stretch, [v for v in views if id(v.outputs[0].root) not in own]

    def shared(self, e: Equation) -> list[Value]:
        """The Values that both halves of a call read whole."""
        made = e.outputs[0] if e.outputs else e.target
        if made is None or e.style == "view":
            return []
        if e.call in PRODUCTS:
            return [v for v in e.reads() if id(v) not in self.rows]
        if e.call == "np.take":
            return [e.args[0]]
        if rows_of(e):
            return [v for v in e.reads() if v not in rows_of(e)]
        if e.call.endswith((".reduce", ".argmax", ".argmin")):
            return []
        return [v for v in e.reads() if not _aligned(v, made)]


class Twins:
    """Copies of Values and calls for a half.

    Args:
        own: ids of the roots that only the stretch knows.
    """

    def __init__(self, own: set[int]):
        self.own = own
        self.cut: list[tuple[Value, Value]] = []
        self.inner: list[tuple[Value, Value]] = []
        self.made: set[int] = set()  # ids of the twins
        self._twins: dict[int, Value] = {}

    def equation(self, e: Equation, shared: Iterable[Value]) -> Equation:
        """A call on halves, but for what both read whole."""
        whole = set(map(id, shared))

        def half(x):
            return self.of(x) if type(x) is Value and id(x) not in whole else x

        args = tuple(map(half, e.args))
        outputs = tuple(map(half, e.outputs))
        if e.style == "view":
            args = (args[0], *_halved_arguments(e, outputs[0].shape))
        options = {name: half(x) for name, x in e.options.items()}
        if rows_of(e):
            options["parts"] = 1
        target = e.target and half(e.target)
        is_product = e.call in PRODUCTS
        call, function = plain_product(e) if is_product else (e.call, e.function)
        return Equation(call, function, args, options, outputs, target, e.style,
                        e.is_effect, e.place)  # fmt: skip

    def of(self, v: Value) -> Value:
        """The Value that stands for a half of another."""
        if id(v) in self._twins:
            return self._twins[id(v)]
        twin = object.__new__(Value)
        for slot in Value.__slots__:
            setattr(twin, slot, getattr(v, slot))
        twin.shape = (v.shape[0] // 2, *v.shape[1:])
        twin.array = None
        self._twins[id(v)] = twin
        self.made.add(id(twin))
        is_own = id(v.root) in self.own
        twin.root = self.of(v.root) if is_own and v.root is not v else twin
        if type(v.label) is Value and id(v.label.root) in self.own:
            twin.label = self.of(v.label)
        (self.inner if is_own else self.cut).append((v, twin))
        return twin


# Calls ------------------------------------------------------------------------------


def rows_of(e: Equation) -> list[Value]:
    """What a kernel that treats each sample by itself gets with a row per sample."""
    known = PRIMITIVES.get(e.call)
    if known is None or known.kernel is not e.function:
        return []
    return [v for name, v in zip(known.arguments, e.args, strict=True)
            if name in known.rows]  # fmt: skip


# Arrays -----------------------------------------------------------------------------


def _dummy(v: Value) -> np.ndarray:
    """An array like that of a Value; nobody touches its memory."""
    return np.empty(v.shape, v.dtype)


def _in_order(v: Value) -> bool:
    return v.strides == np.empty(v.shape, v.dtype).strides


def _aligned(v: Value, made: Value) -> bool:
    """Whether an operand has to be cut where the result is."""
    return v.ndim == made.ndim and v.shape[:1] == made.shape[:1]


def _halves_lie_apart(root: np.ndarray, view: np.ndarray) -> bool:
    """Whether the halves of a view show nothing but the halves of its root."""
    middle = root.ctypes.data + root.nbytes // 2
    first, second = np.split(view, 2)
    return (
        np.lib.array_utils.byte_bounds(first)[1] <= middle
        and np.lib.array_utils.byte_bounds(second)[0] >= middle
    )


def _halved_arguments(e: Equation, shape: tuple) -> tuple:
    """The arguments of a view, besides the array, for half of it."""
    return (shape,) if e.call in ("broadcast_to", "reshape") else e.args[1:]


def _turned(v: Value, like: Equation) -> Equation:
    """The view that shows a matrix turned."""
    shown = Value(_dummy(v).T, v)
    shown.place = like.place
    return Equation(
        "transpose", np.transpose, (v, None), {}, (shown,), style="view",
        place=like.place,
    )  # fmt: skip


def _written(e: Equation) -> set[int]:
    """The ids of the roots that a call writes to."""
    made = [*e.outputs, *([e.target] if e.target is not None else [])]
    return {id(v.root) for v in made}


def _has_hosts(e: Equation) -> bool:
    def found(x):
        if type(x) in (list, tuple):
            return any(map(found, x))
        return type(x) is Host

    return found(e.args) or found(tuple(e.options.values()))
