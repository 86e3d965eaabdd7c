"""The source of a compiled function, also before its plan is made."""

import numpy as np

from .codegen import Source
from .passes import drop_unread, lower, merge_equal
from .program import Equation, Host, Program, Value
from .tensor import Tensor
from .variable import Variable

__all__ = ["arguments_like", "cloned", "prepared", "with_values_of", "written"]


def written(program: Program, name: str, inputs: list[str], title: str, **options):
    """Returns the source of a program that has no plan.

    Args:
        program: A record; it stays as it is.
        name: What the function is called.
        inputs: The names of its array arguments.
        title: What it is.
        **options: Further arguments of `Source`.
    """
    program = cloned(program)
    return Source(program, prepared(program), name, inputs, title, **options)


def prepared(program: Program) -> list:
    """Runs the passes that keep a program for any number of samples; returns arenas."""
    arenas: list = []
    lower(program, arenas)
    drop_unread(program)
    merge_equal(program)
    drop_unread(program)
    return arenas


# Copies -----------------------------------------------------------------------------


def cloned(program: Program) -> Program:
    """Returns a copy that passes may change; arrays and variables are the same."""
    return Cloner().program(program)


def with_values_of(known: dict, program: Program) -> Program:
    """Returns a copy in which variables that others know are the Values of others.

    Args:
        known: id of a variable -> its Value; the new ones are added.
        program: A program about the same model.
    """
    cloner = Cloner()
    own = [v for v in program.values() if v.root is v and isinstance(v.label, Variable)]
    for v in own:
        if id(v.label) in known:
            cloner.twins[id(v)] = known[id(v.label)]
        known[id(v.label)] = cloner.of(v)
    return cloner.program(program)


class Cloner:
    """Copies programs; a Value that comes up twice has one copy."""

    def __init__(self):
        self.twins: dict[int, object] = {}

    def program(self, program: Program) -> Program:
        """The copy of a program."""
        equations = [self._equation(e) for e in program.equations]
        inputs = [self.of(v) for v in program.inputs]
        return Program(equations, inputs, self.of(program.results))

    def _equation(self, e: Equation) -> Equation:
        args, options, outputs, target = map(
            self.of, (e.args, e.options, e.outputs, e.target)
        )
        return Equation(e.call, e.function, args, options, outputs, target, e.style,
                        e.is_effect, e.place)  # fmt: skip

    def of(self, x):
        """The copy of an argument, with those of the Values in it."""
        if type(x) in (list, tuple):
            return type(x)(self.of(item) for item in x)
        if type(x) is dict:
            return {key: self.of(item) for key, item in x.items()}
        if type(x) not in (Value, Host):
            return x
        if id(x) not in self.twins:
            self.twins[id(x)] = twin = object.__new__(type(x))
            for slot in type(x).__slots__:
                setattr(twin, slot, self.of(getattr(x, slot)))
        return self.twins[id(x)]


# Arguments --------------------------------------------------------------------------


def arguments_like(key, batch: int | None = None):
    """Returns zeros for the arrays of a call, and what else was passed, as it was.

    Args:
        key: How the call was described: shapes and dtypes in its structure.
        batch: Length of the first axis, if another one is wanted.
    """
    kind, *rest = key
    if isinstance(kind, tuple):  # shape, number of the dtype, order, mask
        shape = kind if batch is None or not kind else (batch, *kind[1:])
        return Tensor(np.zeros(shape, _dtype(rest[0])))
    if kind is dict:
        return {name: arguments_like(x, batch) for name, x in rest}
    if issubclass(kind, (list, tuple)):
        items = [arguments_like(x, batch) for x in rest]
        return kind(*items) if hasattr(kind, "_fields") else kind(items)
    return float(rest[0]) if kind is float else rest[0]


def _dtype(number: int) -> np.dtype:
    known = map(np.dtype, np.typecodes["All"])
    return next(dtype for dtype in known if dtype.num == number)
