"""The recorder: notes what a function does, NumPy call by NumPy call.

While `state.recorder` is set, every primitive runs its kernel through `Recorder.run`.
Values are told apart by the arrays that hold them: an array that no noted call made is
held by reference (a weight, whose storage stays put) or is a constant.
"""

import sys
import weakref

import numpy as np

from ..utils import naming
from .program import Equation, Host, Place, Program, Value
from .state import state
from .traced import Traced, Untraceable
from .words import watched

__all__ = ["Recorder"]


class Recorder:
    """Writes a program.

    Attributes:
        equations: The calls noted so far.
        reason: Why recording ended before its time, or None.
    """

    def __init__(self, inputs: list[np.ndarray]):
        self.equations: list[Equation] = []
        self.reason: str | None = None
        self.phase = "forward"
        self._known: dict[int, tuple] = {}
        self._made_by: dict[int, tuple] = {}  # order of a node -> (place, value)
        self._visited: Place | None = None  # the place whose way back is taken
        self._place: Place | None = None
        self.inputs = [self._know(array, Value(array)) for array in inputs]

    def program(self, results: list) -> Program:
        """Returns the record, given the function's results: arrays and constants."""
        leaves = [self.value_of(x) if isinstance(x, np.ndarray) else x for x in results]
        return Program(self.equations, self.inputs, leaves)

    # Values ---------------------------------------------------------------------------

    def value_of(self, array: np.ndarray) -> Value:
        """Returns the Value that an array stands for."""
        reference, value = self._known.get(id(array), (None, None))
        if reference is not None and reference() is array:
            return value
        return self._know(array, Value(array, held=True))

    def _know(self, array: np.ndarray, value: Value) -> Value:
        self._known[id(array)] = (weakref.ref(array), value)
        return value

    def fresh(self, array: np.ndarray, root: Value | None = None) -> Traced:
        """Returns a new array, traced, as a Value of its own or a view of another."""
        value = Value(array, root)
        value.place = self._place
        self._know(array, value)
        return Traced(array, self)

    def stands_for(self, array: np.ndarray, value: Value) -> None:
        """Lets an array stand for a value that is known already."""
        self._know(array, value)

    def name(self, variable) -> None:
        """Notes whose storage an array is."""
        self.value_of(variable.array).label = variable

    def _symbol(self, x):
        """What stands in an equation for an argument of a call."""
        if type(x) is Traced:
            return self.value_of(x.array)
        if isinstance(x, np.ndarray):
            return self.value_of(x)
        if isinstance(x, np.generic):
            return Value(np.asarray(x), held=True)
        if type(x) in (list, tuple):
            return type(x)(self._symbol(item) for item in x)
        return x

    def peek(self, x):
        """What an argument is in this step."""
        if type(x) is Traced:
            return x.array
        if type(x) is Host:
            return x.number
        if type(x) in (list, tuple):
            return type(x)(self.peek(item) for item in x)
        return x

    # Calls inside of kernels ----------------------------------------------------------

    def _note(self, call, function, args, options, *results, **details) -> None:
        self.equations.append(
            Equation(
                call,
                function,
                tuple(self._symbol(x) for x in args),
                {name: self._symbol(x) for name, x in options.items()},
                tuple(self.value_of(x.array) for x in results),
                place=self._place,
                **details,
            )
        )

    def _carry_out(self, function, args, options, **more):
        options = {name: self.peek(x) for name, x in options.items()}
        return function(*self.peek(tuple(args)), **options, **more)

    def compute(self, call: str, function, args, options: dict, target=None) -> Traced:
        """Calls a function that takes `out=`; with a target, it writes there."""
        if target is None:
            result = self._carry_out(function, args, options)
            made = self.fresh(np.asarray(result))
            self._note(call, function, args, options, made)
            return made
        if type(target) is not Traced:
            raise Untraceable("The kernel writes to an array of its own.")
        self._carry_out(function, args, options, out=target.array)
        value = self.value_of(target.array)
        self._note(call, function, args, options, target=value, style="write")
        return target

    def view(self, function, x: Traced, *args, **options) -> Traced:
        """Calls a function that shows the same memory another way."""
        shown = function(x.array, *args, **options)
        if shown.size and not np.may_share_memory(shown, x.array):
            return self._reshaped(x, shown)
        made = self.fresh(shown, self.value_of(x.array))
        call = function.__name__
        self._note(call, function, (x, *args), options, made, style="view")
        return made

    def _reshaped(self, x: Traced, shown: np.ndarray) -> Traced:
        """A reshape for which the elements had to be put in order: a copy."""
        made = self.fresh(np.empty(shown.shape, shown.dtype))
        self.overwrite(made.reshape(x.shape), x)
        return made

    def copy(self, x: Traced, result: np.ndarray) -> Traced:
        """Notes that an array was copied, perhaps to another dtype."""
        made = self.fresh(result)
        self._note("np.copyto", np.copyto, (x,), {}, made, style="copy")
        return made

    def assign(self, call: str, function, args, options: dict):
        """Calls a function that returns arrays of its own."""
        result = self._carry_out(function, args, options)
        several = type(result) in (list, tuple)
        made = [self.fresh(np.asarray(y)) for y in (result if several else [result])]
        self._note(call, function, args, options, *made, style="assign")
        return type(result)(made) if several else made[0]

    def overwrite(self, target, x, casting="unsafe", where=True) -> None:
        """Copies into an array, where a condition holds."""
        if type(target) is not Traced:
            raise Untraceable("The kernel writes to an array of its own.")
        options = {} if where is True else {"where": where}
        self._carry_out(np.copyto, (target, x), options, casting=casting)
        value = self.value_of(target.array)
        self._note("np.copyto", np.copyto, (x,), options, target=value, style="write")

    # Primitives -----------------------------------------------------------------------

    def run(self, primitive, arrays: list, metadata: dict):
        """Runs a primitive's kernel and notes what it does."""
        self._place = self._here(primitive.name)
        if primitive.is_whole:
            return self._run_whole(primitive, arrays, metadata)
        mark = len(self.equations)
        traced = [Traced(x, self) if isinstance(x, np.ndarray) else x for x in arrays]
        try:
            result = watched(self, primitive.kernel, traced, metadata)
        except Exception:  # not traceable, or wrong: the kernel itself will tell
            del self.equations[mark:]
            return self._run_whole(primitive, arrays, metadata)
        if type(result) is tuple:
            return tuple(self.peek(y) for y in result)
        return self.peek(result)

    def _run_whole(self, primitive, arrays: list, metadata: dict):
        """Runs a kernel and notes it as one call."""
        result = primitive.kernel(*arrays, **metadata)
        several = type(result) is tuple
        results = [np.asarray(y) for y in (result if several else (result,))]
        if self._depends_on_data(primitive, arrays, metadata):
            self.stop(f"the shape that {primitive.name} returns depends on the data")
            return result
        shown = [_owner(y, arrays) for y in results]
        is_own = not any(x is not None for x in shown)
        roots = [x if x is None else self.value_of(x) for x in shown]
        made = [self.fresh(y, root) for y, root in zip(results, roots, strict=True)]
        self.value_of(made[0].array).word = ""
        self._note(
            primitive.name,
            primitive.kernel,
            tuple(arrays),
            metadata,
            *made,
            style="out" if is_own and primitive.kind != "view" else "assign",
            is_effect=primitive.kind == "effect",
        )
        return tuple(results) if several else results[0]

    def _depends_on_data(self, primitive, arrays: list, metadata: dict) -> bool:
        shapes = [x.shape if isinstance(x, np.ndarray) else () for x in arrays]
        shape = primitive.shape_rule(*shapes, **metadata)
        return any(None in s for s in (shape if type(shape) is list else [shape]))

    # Effects --------------------------------------------------------------------------

    def write(self, effect, array: np.ndarray, value) -> None:
        """Notes that a variable is assigned to."""
        self._place = self._here(effect.name)
        call = {"assign": "np.copyto", "assign_add": "np.add"}
        call = call.get(effect.name, "np.subtract")
        target = Traced(array, self)
        args = (value,) if effect.name == "assign" else (target, value)
        given = getattr(value, "dtype", array.dtype)
        needs_cast = given != array.dtype and call != "np.copyto"
        self._note(
            call,
            getattr(np, call[3:]),
            args,
            {"casting": "unsafe"} if needs_cast else {},
            target=self.value_of(array),
            style="write",
            is_effect=True,
        )

    def kept_copy(self, array: np.ndarray, copied: np.ndarray) -> None:
        """Notes that the value of a variable was copied before it changed."""
        self.copy(Traced(array, self), copied)

    def check(self, function, *args) -> None:
        """Notes a check of values that each step repeats."""
        self._note(function.__name__, function, args, {}, style="call", is_effect=True)

    def update(self, optimizer, w, g: np.ndarray, slots: list, scalars: dict) -> None:
        """Notes that an optimizer's rule moved a weight; see passes.py."""
        self._place = self._here(optimizer.name)
        for variable in (w, *slots):
            self.name(variable)
        arrays = [w.array, g, *(slot.array for slot in slots)]
        self._note("update", optimizer, arrays, scalars, style="update", is_effect=True)

    def host(self, array: np.ndarray) -> Host:
        """Returns the only element of an array as a number of the program."""
        return Host("{0}.item()", (self.value_of(array),), array.item())

    # Places and names -----------------------------------------------------------------

    def _here(self, primitive: str) -> Place:
        if self._visited is not None:
            there = self._visited
            return Place("backward", there.layer, there.kind, there.primitive)
        inner = naming.scopes[1:]  # without the model's own
        name, layer = inner[-1] if inner else ("", None)
        kind = type(layer).__name__ if name else ""
        return Place(self.phase, name, kind, primitive)

    def made(self, node, array: np.ndarray) -> None:
        """Notes which node of the tape stands for an array."""
        self._made_by[node.order] = (self._place, self.value_of(array))

    def visit(self, node, g) -> None:
        """Notes that the way back has come to a node, with this cotangent."""
        place, value = self._made_by.get(node.order, (None, None))
        if place is None:
            return
        self._visited = place
        if value is not None and hasattr(g, "array"):
            self._call_gradient(g.array, value)

    def visit_past(self, node, before) -> None:
        """Notes that the way back takes two steps at once."""
        place, _ = self._made_by.get(node.order, (None, None))
        there, _ = self._made_by.get(before.order, (None, None))
        if place is not None and there is not None:
            both = f"{place.primitive} of {there.primitive}"
            self._visited = Place(there.phase, there.layer, there.kind, both)

    def arrive(self, sources: list, gradients: list) -> None:
        """Notes the end of the way back, and what the gradients are of."""
        self._visited = None
        for source, g in zip(sources, gradients, strict=True):
            if g is not None:
                self._call_gradient(g.array, self.value_of(source.array))

    def _call_gradient(self, array: np.ndarray, of: Value) -> None:
        value = self.value_of(array)
        if value.label is None and value.array is None:
            value.label = of

    # The end --------------------------------------------------------------------------

    def stop(self, reason: str) -> None:
        """Ends recording before its time: the function goes on eagerly."""
        if self.reason is None:
            self.reason = f"{reason}, in {caller()}"
        if state.recorder is self:
            state.recorder = None


def _owner(y: np.ndarray, arrays: list):
    """The argument whose memory a result shows, or None."""
    for x in arrays:
        if isinstance(x, np.ndarray) and np.may_share_memory(y, x):
            return x
    return None


def caller() -> str:
    """The line of user code that is running, as 'file:line'."""
    frame = sys._getframe(1)
    package = __name__.partition(".")[0]
    while frame.f_back and frame.f_globals.get("__name__", "").startswith(package):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"
