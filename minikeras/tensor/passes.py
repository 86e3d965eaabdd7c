"""The passes: from a record to a program that does no more than it must.

lower          an optimizer's rule becomes NumPy calls, for all weights at once
drop_unread    what nothing reads is not computed
merge_equal    what is computed twice is computed once
fold           what is the same in each step is computed now
"""

import numpy as np

from .arenas import Arena
from .program import Equation, Host, Place, Program, Value
from .recorder import Recorder
from .traced import Traced
from .words import watched

__all__ = ["drop_unread", "fold", "lower", "merge_equal", "written_in"]


# Optimizers -------------------------------------------------------------------------


def lower(program: Program, arenas: list) -> None:
    """Writes out the optimizer's rule: one set of calls for all weights of a kind.

    Args:
        program: Changed in place.
        arenas: Filled with an `Arena` for each group of weights.
    """
    equations, group = [], []
    for equation in [*program.equations, None]:
        if group and not (equation is not None and _goes_with(equation, group)):
            equations += _lowered(group, arenas)
            group = []
        if equation is not None and equation.style == "update":
            group.append(equation)
        elif equation is not None:
            equations.append(equation)
    program.equations = equations


def _goes_with(equation: Equation, group: list[Equation]) -> bool:
    """Whether one run of the rule can serve this weight along with others."""
    first = group[0]
    return (
        equation.style == "update"
        and equation.function is first.function
        and equation.function.elementwise
        and len(equation.args) == len(first.args)
        and [v.dtype for v in equation.args] == [v.dtype for v in first.args]
    )


def _lowered(group: list[Equation], arenas: list) -> list[Equation]:
    first = group[0]
    optimizer, place = first.function, first.place
    rows = [equation.args for equation in group]
    if not Arena.can_hold(rows, optimizer):
        return [e for equation in group for e in _rule_of_one(equation)]
    arena = Arena(optimizer, rows, place)
    equations = _traced_rule(optimizer, arena.parts, first.options, place)
    if equations is None:
        return [_whole_rule(equation) for equation in group]
    arenas.append(arena)
    gathered = arena.gather()
    moved = tuple(v for column in arena.columns for v in column)
    used = {id(x) for e in equations for x in _hosts_in(e.args)}
    scalars = {name: x for name, x in first.options.items() if id(x) in used}
    moved += tuple(v for e in equations for v in e.reads() if v.array is not None)
    update = Equation(
        "update", arena, moved, scalars, style="arena", is_effect=True, place=place
    )
    if arena.count > 1:
        arena.rule, arena.scalars = equations, scalars
        return [*gathered, update]
    for equation in equations:
        equation.is_effect = equation.target is not None
    return [*gathered, update, *equations]


def _rule_of_one(equation: Equation) -> list[Equation]:
    """The rule's calls on one weight, or one call where it cannot be written out."""
    parts = list(equation.args)
    rule = _traced_rule(equation.function, parts, equation.options, equation.place)
    for each in rule or ():
        each.is_effect = each.target is not None
    return rule or [_whole_rule(equation)]


def _whole_rule(equation: Equation) -> Equation:
    """The rule as one call, where it cannot be written out."""
    name = f"{equation.function.name}_rule"
    return Equation(
        name,
        equation.function.run_rule,
        (list(equation.args), equation.options),
        {},
        style="call",
        is_effect=True,
        place=equation.place,
    )


def _traced_rule(optimizer, parts: list[Value], scalars: dict, place: Place):
    """The rule's calls on one block of the arena; None if it cannot be traced."""
    arrays = [np.ones(part.shape, part.dtype) for part in parts]
    recorder = Recorder([])
    for array, part in zip(arrays, parts, strict=True):
        recorder.stands_for(array, part)
    recorder._place = place
    traced = [Traced(array, recorder) for array in arrays]
    with np.errstate(all="ignore"):
        try:
            watched(recorder, optimizer.run_rule, (traced, scalars), {})
        except Exception:  # a rule of the user's own may do anything
            return None
    for equation in recorder.equations:
        equation.args = tuple(_as_value(x, parts[0].dtype) for x in equation.args)
    written = {id(e.target.root) for e in recorder.equations if e.target is not None}
    if id(parts[1]) in written:
        return None
    return recorder.equations


def _hosts_in(items):
    """The numbers of the host among arguments, and inside of one another."""
    for x in items:
        if type(x) is Host:
            yield x
            yield from _hosts_in(x.operands)


def _as_value(x, dtype):
    """A number that is nothing but an array's only element, as that array."""
    if type(x) is Host and x.text == "{0}.item()" and x.operands[0].dtype == dtype:
        return x.operands[0]
    return x


# Dead code --------------------------------------------------------------------------


def drop_unread(program: Program) -> None:
    """Drops the calls whose results nobody reads, and those that only feed them."""
    needed = {id(v.root) for v in program.results if type(v) is Value}
    kept = []
    for equation in reversed(program.equations):
        made = equation.outputs or (equation.target,)
        if equation.is_effect or any(
            id(v.root) in needed for v in made if v is not None
        ):
            needed.update(id(v.root) for v in equation.touches())
            kept.append(equation)
    program.equations = kept[::-1]


# Common subexpressions --------------------------------------------------------------


def merge_equal(program: Program) -> None:
    """Computes equal expressions once.

    Two calls are equal if function and arguments are, and nothing wrote to an argument
    between them. Values that are written to later are left alone.
    """
    written = set(map(id, written_in(program)))
    known, kept, versions = {}, [], {}
    twins = _equal_constants(program, written)

    def key(x):
        if type(x) is Value:
            return ("value", id(x), versions.get(id(x.root), 0))
        if type(x) in (list, tuple):
            return tuple(key(item) for item in x)
        return (type(x), repr(x))

    for equation in program.equations:
        _replace(equation, twins)
        for root in _written_by(equation):
            versions[id(root)] = versions.get(id(root), 0) + 1
        outputs, is_view = equation.outputs, equation.style == "view"
        is_fixed = outputs and not any(id(v.root) in written for v in outputs)
        if equation.is_effect or not (is_view or is_fixed):
            kept.append(equation)
            continue
        options = sorted(equation.options.items())
        arguments = (id(equation.args[0]), repr(equation.args[1:]))
        if not is_view:
            arguments = key(equation.args)
        same = (equation.call, id(equation.function), arguments, key(options))
        if same in known:
            twins.update(zip(map(id, outputs), known[same], strict=True))
        else:
            known[same] = outputs
            kept.append(equation)
    program.equations = kept
    program.results = [twins.get(id(x), x) for x in program.results]


def _equal_constants(program: Program, written: set) -> dict:
    """Constants of the same contents: id -> the first one."""
    first, twins = {}, {}
    for v in program.values():
        if _is_constant(v, written) and v.root is v:
            key = (v.shape, v.strides, v.dtype, v.array.tobytes())
            twins[id(v)] = first.setdefault(key, v)
    return {key: v for key, v in twins.items() if id(v) != key}


def written_in(program: Program) -> list[Value]:
    """The roots that a program may write to."""
    return [root for e in program.equations for root in _written_by(e)]


def _written_by(equation: Equation) -> list[Value]:
    """The roots that a call may write to."""
    if equation.target is not None:
        return [equation.target.root]
    is_whole = equation.is_effect and not equation.outputs
    is_whole = is_whole and equation.style != "shared"  # writes to no variables
    return [v.root for v in equation.reads()] if is_whole else []


def _replace(equation: Equation, twins: dict) -> None:
    if not twins:
        return

    def chosen(x):
        if type(x) in (list, tuple):
            return type(x)(chosen(item) for item in x)
        if type(x) is dict:
            return {name: chosen(item) for name, item in x.items()}
        if type(x) is Host:
            x.operands = chosen(x.operands)  # in place: several calls may share it
            return x
        return twins.get(id(x), x) if type(x) is Value else x

    equation.args = chosen(equation.args)
    if equation.style == "view":
        equation.outputs[0].root = equation.args[0].root
    equation.options = {name: chosen(x) for name, x in equation.options.items()}
    if equation.target is not None:
        equation.target = twins.get(id(equation.target), equation.target)


# Constants --------------------------------------------------------------------------


def fold(program: Program) -> None:
    """Computes now what is the same in each step, and keeps the result.

    An array that holds one number everywhere, and decides no shape, becomes that
    number: NumPy repeats it faster than it reads an array.
    """
    written = set(map(id, written_in(program)))
    kept = []
    for equation in program.equations:
        is_pure = equation.outputs and not equation.is_effect
        is_pure = is_pure and not any(id(v.root) in written for v in equation.outputs)
        if is_pure and all(_is_constant(v, written) for v in equation.reads()):
            _compute_now(equation)
        else:
            _with_numbers(equation, written)
            kept.append(equation)
    program.equations = kept


def _is_constant(v: Value, written: set) -> bool:
    return v.is_constant and v.array is not None and id(v.root) not in written


def _compute_now(equation: Equation) -> None:
    def given(x):
        if type(x) is Value:
            return x.array
        return type(x)(map(given, x)) if type(x) in (list, tuple) else x

    args = given(equation.args)
    options = {name: given(x) for name, x in equation.options.items()}
    with np.errstate(all="ignore"):
        if equation.style == "copy":
            results = args[0].astype(equation.outputs[0].dtype)
        else:
            results = equation.function(*args, **options)
    several = len(equation.outputs) > 1
    for v, array in zip(
        equation.outputs, results if several else [results], strict=True
    ):
        v.array, v.root, v.is_constant = np.asarray(array), v, True


def _with_numbers(equation: Equation, written: set) -> None:
    """Puts a number in the place of each array that holds it everywhere."""
    if type(equation.function) is not np.ufunc or equation.function.signature:
        return
    args = list(equation.args)
    made = equation.outputs[0] if equation.outputs else equation.target
    for i, x in enumerate(args):
        if type(x) is not Value or not x.shape or not _is_constant(x, written):
            continue
        others = [v.shape for v in args[:i] + args[i + 1 :] if type(v) is Value]
        if np.broadcast_shapes(*others) == made.shape and _is_uniform(x.array):
            args[i] = Value(x.array.reshape(-1)[:1].reshape(()).copy(), held=True)
    equation.args = tuple(args)


def _is_uniform(array: np.ndarray) -> bool:
    return array.size > 0 and bool((array == array.reshape(-1)[0]).all())
