"""`function`: compiles a function of tensors to a plan, step by step.

A call with new shapes runs the function as written and records it. So does the next
one; if both records agree, the third runs the plan. A function that reads values,
branches on them or does something else each time stays as it is: nothing breaks, and a
line in the debug log says why.
"""

import functools
import keyword
import re

import numpy as np

from .. import config
from ..utils import tree
from ..utils.lazy import LazyModule
from .state import state
from .tensor import Tensor

__all__ = ["PlannedFunction", "function"]

logging = LazyModule("logging")
planning = LazyModule(f"{__package__}.plan")  # late, for the sake of the package's
writing = LazyModule(f"{__package__}.sources")
recorders = LazyModule(f"{__package__}.recorder")  # import time

MOST_PLANS = 64  # per function; the oldest goes when there are more shapes
MOST_VERSIONS = 4
MOST_MOVES = 8
MOST_ATTEMPTS = 3  # records that differ: what builds itself takes a call or two


class PlannedFunction:
    """A function with a plan for each combination of shapes and dtypes.

    Args:
        function: Takes and returns nested structures of tensors. What is no tensor or
            array among its arguments is part of the combination.
        name: What the step is called in its source.
        input_names: Function of the arguments that returns names for the arrays among
            them, or None.
        mode: Function without arguments; what it returns is part of the combination.
        title: What the source says at its top.
    """

    def __init__(self, function, name=None, input_names=None, title=None, mode=None):
        functools.update_wrapper(self, function)
        self.function = function
        self.name = name or _identifier(getattr(function, "__name__", "step"))
        self.title = title
        self._input_names = input_names
        self._mode = mode
        self._versions: list = []  # (stamp, plans, homes) of what it did before
        self._reported: set[str] = set()
        self._moves = 0  # how often a plan lost its variables to another one
        self._stamp = None
        self.seen = None  # for `refresh`: when somebody last looked at the stamp
        self._plans: dict = {}  # combination -> Program, Ready, or why there is none
        self._homes: dict[int, Ready] = {}  # id of an argument -> whose buffers it is

    def __call__(self, *args, **kwargs):
        """Runs the plan for these arguments, or the function as written."""
        if len(args) == 1 and id(args[0]) in self._homes:
            ready = self._homes[id(args[0])]
            if config.plans_enabled() and ready.plan.is_valid():
                return ready.run(ready.plan.inputs)
            ready.plan.fill_now()
        if state.recorder is not None or state.tapes or not config.plans_enabled():
            return self._as_written(args, kwargs)
        arrays: list[np.ndarray] = []
        key = self._key(args, kwargs, arrays)
        try:
            ready = self._plans.get(key)
        except TypeError:  # an argument that cannot be told from others
            return self._as_written(args, kwargs)
        if type(ready) is Ready and ready.plan.is_valid():
            return ready.run(arrays)
        if type(ready) is str:
            return self._as_written(args, kwargs)
        return self._learn(key, args, kwargs)

    def _key(self, args, kwargs, arrays: list) -> tuple:
        """The combination that a call belongs to; collects its arrays."""
        named = _described(kwargs, arrays) if kwargs else None
        mode = self._mode and self._mode()
        return _described(args, arrays), named, config.floatx(), mode

    def _as_written(self, args, kwargs):
        args, kwargs = _as_tensors((args, kwargs), [])
        return self.function(*args, **kwargs)

    def _learn(self, key, args, kwargs):
        """Runs the function and records it; a second record confirms the first."""
        before = self._plans.pop(key, None)
        found, outcome = self._record(args, kwargs)
        if type(before) is Ready:
            found = self._outdated(before, found)
        elif type(found) is not str and before is not None:
            found = self._confirmed(before, found, args, outcome)
        if type(found) is str:
            self._report(found)
        self._plans[key] = found
        if len(self._plans) > MOST_PLANS:
            oldest = self._plans.pop(next(iter(self._plans)))
            self._homes.pop(id(getattr(oldest, "home", None)), None)
        return outcome

    def _outdated(self, before, found):
        """The new record, unless the variables move again and again."""
        self._homes.pop(id(before.home), None)
        self._moves += 1
        if self._moves < MOST_MOVES:
            return found
        return "another compiled step moves its variables to and fro"

    def _confirmed(self, before, program, args, outcome):
        """A plan if both records agree; else the new one, which may be tried again."""
        if before.does_the_same_as(program):
            return self._ready(program, args, outcome)
        program.attempts = before.attempts + 1
        if program.attempts < MOST_ATTEMPTS:
            return program
        return "it does something else at each call"

    def _record(self, args, kwargs) -> tuple:
        """Returns the program, or why there is none, and what the function returned."""
        arrays: list[np.ndarray] = []
        args, kwargs = _as_tensors((args, kwargs), arrays)
        state.recorder = recorder = recorders.Recorder(arrays)
        try:
            outcome = self.function(*args, **kwargs)
        finally:
            state.recorder = None
        leaves = tree.flatten(outcome)
        leaves += [mask_of(x) for x in leaves if mask_of(x) is not None]
        odd = [x for x in leaves if not isinstance(x, (Tensor, *PLAIN))]
        if odd and recorder.reason is None:
            recorder.reason = f"it returns a {type(odd[0]).__name__}"
        if recorder.reason is not None:
            return recorder.reason, outcome
        results = [x.array if type(x) is Tensor else x for x in leaves]
        return recorder.program(results), outcome

    def _ready(self, program, args, outcome):
        names = self._names_of(args, len(program.inputs))
        plan = planning.Plan(program, self.name, names, self.title or self.name)
        return Ready(plan, outcome)

    def _names_of(self, args: tuple, count: int) -> list[str]:
        names = self._input_names(args) if self._input_names else []
        return names if len(names) == count else [f"x_{i + 1}" for i in range(count)]

    def _report(self, reason: str) -> None:
        if reason in self._reported:
            return
        self._reported.add(reason)
        message = "%s runs as written, without a plan: %s."
        logging.getLogger("minikeras").debug(message, self.name, reason)

    def __getstate__(self) -> dict:
        own = {"_plans": {}, "_homes": {}, "_versions": [], "seen": None}
        return {**vars(self), **own}  # a copy learns its own

    def home(self, argument, build):
        """Returns the buffers of the plan for an argument, to be filled by the caller.

        Args:
            argument: The only argument of a call, or one like it.
            build: Function that makes an argument of its flat list of Tensors.

        Returns:
            The plan and the argument that its buffers make up; None while there is no
            plan. A call with this very argument finds its input in place.
        """
        ready = self._plans.get(self._key((argument,), {}, []))
        if type(ready) is not Ready:
            return None
        if ready.home is None:
            ready.home = build([Tensor(array) for array in ready.plan.inputs])
            self._homes[id(ready.home)] = ready
        return ready.plan, ready.home

    def refresh(self, stamp) -> None:
        """Puts the plans aside if what they took for granted has changed.

        Those of before come back if it changes back, as in the training of GANs, which
        freezes a network for every other step.

        Args:
            stamp: Anything; unequal to that of the last time if there was a change.
        """
        if stamp == self._stamp:
            return
        self._versions.append((self._stamp, self._plans, self._homes))
        known = [v for v in self._versions if v[0] == stamp]
        self._stamp, self._plans, self._homes = known[0] if known else (stamp, {}, {})
        rest = [v for v in self._versions if v[0] != stamp]
        self._versions = rest[-MOST_VERSIONS:]

    def plans(self) -> list:
        """The plans there are, newest last."""
        return [x.plan for x in self._plans.values() if type(x) is Ready]

    def source(self) -> str:
        """Returns the newest program as Python that runs with NumPy alone.

        Raises:
            ValueError: if nothing is recorded, because there was no call yet or the
                function cannot be planned.
        """
        for key, x in reversed(self._plans.items()):
            if type(x) is Ready:
                return x.plan.source.text
            if not isinstance(x, (str, Ready)):
                names = self._names_of(writing.arguments_like(key[0]), len(x.inputs))
                return writing.written(
                    x, self.name, names, self.title or self.name
                ).text
        if self._plans:
            raise ValueError(
                f"{self.name} has no source, because it runs as written: "
                f"{'; '.join(self.reasons())}. Take that out of the function."
            )
        raise ValueError(
            f"{self.name} has no source yet: it is recorded when it is called. Call it "
            "once with arrays of the shapes that matter."
        )

    def last_key(self):
        """How the arguments of the newest recorded combination are described."""
        return next(reversed(self._plans))[0] if self._plans else None

    def reasons(self) -> list[str]:
        """Why calls run as written, for those that do."""
        return [x for x in self._plans.values() if type(x) is str]


PLAIN = (int, float, str, type(None))


class Ready:
    """A plan, the structure of what it returns, and the argument made of its inputs."""

    __slots__ = ("count", "home", "is_silent", "masks", "outcome", "plan")

    def __init__(self, plan, outcome):
        self.plan = plan
        self.home = None
        flat = tree.flatten(outcome)
        self.count = len(flat)
        masked = [i for i, x in enumerate(flat) if mask_of(x) is not None]
        self.masks = [(i, self.count + n) for n, i in enumerate(masked)]
        self.is_silent = type(outcome) is dict and not outcome
        if not tree.is_nested(outcome):
            self.outcome = None
        else:
            self.outcome = tree.map_structure(lambda x: 0, outcome)

    def run(self, arrays: list):
        """Takes a step and returns what the function would."""
        if self.is_silent:
            self.plan.run(arrays)
            return {}
        results = [
            Tensor(x) if type(x) is np.ndarray else x for x in self.plan.run(arrays)
        ]
        for i, j in self.masks:
            results[i]._keras_mask = results[j]
        results = results[: self.count]
        if self.outcome is None:
            return results[0]
        if not results:
            return tree.map_structure(lambda x: x, self.outcome)
        return tree.pack_sequence_as(self.outcome, results)


def _identifier(name: str) -> str:
    """A name as Python's syntax allows it, and the source has not taken it."""
    name = re.sub(r"\W", "", name)
    return f"{name}_" if keyword.iskeyword(name) or name == "np" else name


def mask_of(x):
    """The mask that rides on a tensor, or None."""
    return x._keras_mask if type(x) is Tensor else None


def _described(x, arrays: list):
    """What tells arguments apart: shapes, dtypes, structure; collects the arrays."""
    mask = None
    if type(x) is Tensor:
        x, mask = x.array, x._keras_mask
    if type(x) is np.ndarray:
        arrays.append(x)
        order = () if x.flags.c_contiguous else x.strides
        mask = None if mask is None else _described(mask, arrays)
        return x.shape, x.dtype.num, order, mask
    if type(x) is float:
        return float, repr(x)  # 0.0 is not -0.0
    if isinstance(x, (list, tuple)):
        return (type(x), *[_described(item, arrays) for item in x])
    if type(x) is dict:
        return (dict, *[(k, _described(x[k], arrays)) for k in sorted(x)])
    return type(x), x


def _as_tensors(x, arrays: list):
    """The arguments with a Tensor of its own for each array."""
    if type(x) is np.ndarray:
        x = Tensor(x)
    if type(x) is Tensor:
        if any(x.array is array for array in arrays):
            mask, x = x._keras_mask, Tensor(x.array.copy())
            x._keras_mask = mask
        arrays.append(x.array)
        if x._keras_mask is not None:
            x._keras_mask = _as_tensors(x._keras_mask, arrays)
        return x
    if isinstance(x, (list, tuple)):
        items = [_as_tensors(item, arrays) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else type(x)(items)
    if type(x) is dict:
        made = {k: _as_tensors(x[k], arrays) for k in sorted(x)}
        return {k: made[k] for k in x}
    return x


def function(f):
    """Compiles a function of tensors: from the third call on, a plan runs.

    The plan does what the function did when it was recorded, for each combination of
    shapes and dtypes. A function that reads values (`float(x)`, `if x > 0:`) or does
    something else each time runs as written.

    Args:
        f: Takes and returns tensors, or nested structures of them. Arrays arrive as
            tensors.

    Returns:
        A function of the same arguments.

    >>> @function
    ... def double(x):
    ...     return x + x
    >>> [double(np.array([i])).tolist() for i in range(4)]
    [[0], [2], [4], [6]]
    """
    return PlannedFunction(f)
