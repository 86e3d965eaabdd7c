"""Primitives: a NumPy kernel with its shape rule, dtype rule and gradient rules.

A primitive is one text with several readers. Called with values it runs its kernel, and
while a gradient tape records it notes itself for the way back (tape.py). Called with
`KerasTensor`s it applies its shape and dtype rules (symbolic.py). `kernel` alone runs
on plain ndarrays.

Gradient rules are written in primitives, so the way back can itself be differentiated.
A rule's parameter names say what it keeps from the forward pass, and nothing else is
kept:

    g            the cotangent: the gradient with respect to the result
    out          the result
    x            the argument called x
    x_shape      only the shape of x
    x_dtype      only the dtype of x
    axis, ...    metadata, by its own name

    @primitive(shape=shapes.same, kind="ufunc", dtype=dtypes.floating)
    def exp(x, *, out=None):
        return np.exp(x, out=out)

    exp.grad(x=lambda g, out: multiply(g, out))
"""

from collections.abc import Callable

import numpy as np

from .. import config
from ..utils.lazy import LazyModule
from . import dtypes, graph
from .state import state
from .symbolic import KerasTensor
from .tape import Node, OutputNode
from .tensor import Tensor, as_array

__all__ = ["PRIMITIVES", "GradientError", "Primitive", "Rule", "primitive"]

inspect = LazyModule("inspect")

PRIMITIVES: dict[str, "Primitive"] = {}
KINDS = ("ufunc", "view", "kernel", "effect")
SCALARS = frozenset((bool, int, float))
ROUNDED = "bfloat16"  # stands for the dtypes to cast to: see Primitive._rounded
READY = SCALARS | {Tensor, np.ndarray}  # need no look before the kernel
ndarray = np.ndarray


def _forget_casts() -> None:
    for one in PRIMITIVES.values():
        one._casts.clear()


config.floatx_listeners.append(_forget_casts)


class GradientError(TypeError):
    """A gradient was asked for that does not exist."""


class Rule:
    """A gradient rule and what its parameter names ask for.

    Args:
        function: The rule.
        arguments: Names of the primitive's array arguments.
    """

    __slots__ = ("apply", "keeps", "needs_out")

    def __init__(self, function: Callable, arguments: tuple[str, ...], variadic: bool):
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        self.keeps = frozenset(arguments.index(n) for n in names if n in arguments)
        self.needs_out = "out" in names
        readers = [_reader(name, arguments, variadic) for name in names]
        self.apply = _applied(function, readers)


def _applied(function: Callable, readers: list) -> Callable:
    """A rule as a function of node, cotangent and needs: gathers what the rule names.

    Rules of up to three parameters, nearly all, are spelled out: they are called at
    every step back.
    """
    if len(readers) == 1:
        (first,) = readers
        return lambda node, g, needs: function(first(node, g, needs))
    if len(readers) == 2:
        first, second = readers
        return lambda node, g, needs: function(
            first(node, g, needs), second(node, g, needs)
        )
    if len(readers) == 3:
        first, second, third = readers
        return lambda node, g, needs: function(
            first(node, g, needs), second(node, g, needs), third(node, g, needs)
        )
    return lambda node, g, needs: function(*[read(node, g, needs) for read in readers])


def _reader(name: str, arguments: tuple[str, ...], variadic: bool) -> Callable:
    """What a rule's parameter stands for: a function of node, cotangent and needs."""
    if name == "g":
        return lambda node, g, needs: g
    if name == "needs":
        return lambda node, g, needs: needs
    if name == "out":
        return lambda node, g, needs: node.result()
    for suffix, part in (("", _whole), ("_shape", _shape), ("_dtype", _dtype)):
        stem = name.removesuffix(suffix)
        if stem in arguments and name == stem + suffix:
            i = arguments.index(stem)
            if variadic and i == len(arguments) - 1:
                return lambda node, g, needs: tuple(map(part, node.values[i:]))
            if part is _whole:
                return lambda node, g, needs: node.values[i]
            return lambda node, g, needs: part(node.values[i])
    return lambda node, g, needs: node.metadata[name]


def _whole(x):
    return x


def _shape(x) -> tuple:
    return () if type(x) in SCALARS else x.shape


def _dtype(x) -> str:
    return x.dtype.name


class Primitive:
    """A differentiable operation; made by the decorator `primitive`.

    Attributes:
        kernel: The NumPy function; takes `out=` unless it only makes a view.
        kind: "ufunc", "view", "kernel" or "effect": what a planner may do with it.
        arguments: Names of the array arguments.
        variadic: Whether the last array argument is a `*args`.
        defaults: The metadata's defaults.
        rules: Gradient rule per array argument, by position.
        joint: One gradient rule for all arguments, or None.
        is_whole: Whether a program shows it as one call, not call by call.
        rows: Names of the arguments with a row per sample, if it treats each by itself.
        shortcuts: (position, primitive that made the argument) -> whether and how the
            gradient goes straight to that primitive's own argument.
    """

    def __init__(self, kernel: Callable, shape: Callable, dtype: Callable, kind: str):
        assert kind in KINDS, kind
        code = kernel.__code__
        count, extra = code.co_argcount, code.co_kwonlyargcount
        self.kernel = kernel
        self.kind = kind
        self.shape_rule = shape
        self.dtype_rule = dtype
        self.variadic = bool(code.co_flags & 4)
        self.arguments = code.co_varnames[:count]
        if self.variadic:
            self.arguments += (code.co_varnames[count + extra],)
        keywords = code.co_varnames[count : count + extra]
        self.options = tuple(n for n in keywords if n not in ("out", "parts"))
        given = kernel.__kwdefaults__ or {}
        self.parameters = () if self.variadic else self.arguments + self.options
        self.defaults = {name: given[name] for name in self.options if name in given}
        self.count = -1 if self.variadic else count
        self.known = frozenset(self.options)
        self.required = self.known - self.defaults.keys()
        self.arity = -1 if self.variadic or self.required else count
        self.rules: dict[int, Rule] = {}
        self.joint: Rule | None = None
        self.is_whole = False
        self.rows: tuple[str, ...] = ()
        self.shortcuts: dict = {}
        self.rounds = kind in ("ufunc", "kernel") and kernel.__name__ != "cast"
        self._casts: dict = {}
        self._kept: dict = {}
        self._never_casts = getattr(dtype, "never_casts", False)
        # The dtype rule's answer can be remembered unless it reads the metadata.
        self._dtype_reads_metadata = bool(dtype.__code__.co_flags & 8)
        self.__name__ = self.name = kernel.__name__.rstrip("_")
        self.__doc__ = kernel.__doc__
        self.__module__ = kernel.__module__
        self.__wrapped__ = kernel

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    @property
    def __signature__(self):
        """What users call: metadata by position too, and no `out`."""
        known = inspect.signature(self.kernel).parameters
        shown = [known[n] for n in (*self.arguments, *self.options)]
        if not self.variadic:
            shown = [p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in shown]
        return inspect.Signature(shown)

    def __reduce__(self) -> str:
        return self.kernel.__name__  # pickled by name, as functions are

    def grad(self, **rules: Callable) -> None:
        """Sets one gradient rule per array argument."""
        for argument, rule in rules.items():
            position = self.arguments.index(argument)
            self.rules[position] = Rule(rule, self.arguments, self.variadic)

    def grad_all(self, rule: Callable) -> None:
        """Sets one rule that returns the gradients of all arguments as a tuple.

        Its parameter `needs` tells which of them are wanted; the others may be None.
        """
        self.joint = Rule(rule, self.arguments, self.variadic)

    def shortcut(self, argument: str, before: "Primitive", applies, rule) -> None:
        """Sets a rule that leads past the primitive that made an argument.

        Args:
            argument: Name of the argument.
            before: The primitive, of one argument, that made it.
            applies: Function of the two nodes that tells whether the rule holds.
            rule: Gives the gradient with respect to the argument of `before`.
        """
        position = self.arguments.index(argument)
        rule = Rule(rule, self.arguments, self.variadic)
        self.shortcuts[position, before] = applies, rule

    # Calling -------------------------------------------------------------------------

    def __call__(self, *args, **metadata):
        """Runs the primitive on values, or describes its result if one is symbolic."""
        if metadata or len(args) != self.arity:
            args, metadata = self._bind(args, metadata)
        else:
            metadata = self.defaults
        for x in args:
            if type(x) not in READY:
                given, args = args, [_resolve(x) for x in args]
                if any([type(x) is KerasTensor for x in args]):
                    kept = map(_as_in_graphs, given, args)
                    return graph.call_primitive(self, tuple(kept), metadata)
                break
        arrays, kinds = [], []
        for x in args:
            if type(x) is Tensor:
                x = x.array
            arrays.append(x)
            kinds.append(x.dtype.num if type(x) is ndarray else type(x))
        if not self._never_casts:
            key = tuple(kinds)
            wanted = self._casts.get(key, self)  # self: not seen yet
            if wanted is self:
                wanted = self._wanted_dtypes(arrays, metadata, key)
            if wanted is not None:
                if wanted is ROUNDED:
                    return self._rounded(args, metadata)
                return self._promoted(args, wanted, metadata)
        elif self.rounds and dtypes.bfloat16_number() in kinds:
            return self._rounded(args, metadata)
        recorder = state.recorder
        if recorder is None:
            result = self.kernel(*arrays, **metadata)
        else:
            result = recorder.run(self, arrays, metadata)
        if state.tapes:
            parents = [x.node if type(x) is Tensor else None for x in args]
            if any(parents):
                args = [_resolve(x) for x in args]
                return self._record(args, parents, metadata, result)
        if type(result) is ndarray:
            return Tensor(result)
        if type(result) is tuple:
            return tuple(map(Tensor, result))
        return Tensor(np.asarray(result))

    def _bind(self, args: tuple, given: dict) -> tuple[tuple, dict]:
        """Sorts a call as users write it into array arguments and metadata."""
        if len(args) == self.count and self.required <= given.keys() <= self.known:
            return args, {**self.defaults, **given}
        count = len(args) if self.variadic else self.count
        arrays, metadata = list(args[:count]), dict(self.defaults)
        metadata.update(zip(self.options, args[count:], strict=False))
        for name in self.arguments[len(arrays) :]:
            if name in given:
                arrays.append(given.pop(name))
        metadata.update(given)
        few = not self.variadic and len(arrays) < count
        if few or metadata.keys() != self.known or len(args) > count + len(self.known):
            raise TypeError(
                f"{self.name} takes ({', '.join(self.arguments + self.options)}), got "
                f"{len(args)} by position and {sorted(given) or 'none'} by keyword."
            )
        return tuple(arrays), metadata

    def _wanted_dtypes(self, arrays: list, metadata: dict, key: tuple):
        """The dtypes to cast the arguments to first, or None if they are right."""
        given = [x.dtype.name if type(x) is ndarray else type(x) for x in arrays]
        given = ["string" if d == "object" else d for d in given]
        if "bfloat16" in given and self.rounds:
            return ROUNDED
        wanted, _ = self.result_dtype(given, metadata)
        if not isinstance(wanted, tuple):
            wanted = (wanted,) * len(given)
        if not _needs_cast(given, wanted):
            wanted = None
        if not self._dtype_reads_metadata:
            self._casts[key] = wanted
        return wanted

    def result_dtype(self, given: list, metadata: dict):
        """Applies the dtype rule: (dtype to cast to or None, dtype of the result)."""
        if "string" in given and self.kind != "view" and not self._never_casts:
            raise TypeError(
                f"{self.name}: strings cannot be computed with. Turn them into numbers "
                "first, with layers.StringLookup or layers.TextVectorization."
            )
        if self._dtype_reads_metadata:
            return self.dtype_rule(*given, **metadata)
        return self.dtype_rule(*given)

    def _promoted(self, tensors: list, wanted: tuple, metadata: dict):
        """Casts the arguments and calls again; of scalars alone, casts the first."""
        cast = PRIMITIVES["cast"]
        tensors = [_resolve(x) for x in tensors]
        scalars = all(type(x) is not Tensor for x in tensors)
        args = [
            cast(x, dtype=dtype)
            if dtype and (type(x) is Tensor or (scalars and i == 0))
            else x
            for i, (x, dtype) in enumerate(zip(tensors, wanted, strict=True))
        ]
        return self(*args, **metadata)

    def _rounded(self, tensors: list, metadata: dict):
        """Computes with bfloat16 as other backends do: in float32, rounded at the end.

        NumPy's own sums and products of bfloat16 would lose what is small.
        """
        cast = PRIMITIVES["cast"]
        tensors = [_resolve(x) for x in tensors]
        given = [x.dtype.name if type(x) is Tensor else type(x) for x in tensors]
        _, wanted = self.result_dtype(given, metadata)
        args = [
            cast(x, dtype="float32") if dtype == "bfloat16" else x
            for x, dtype in zip(tensors, given, strict=True)
        ]
        result = self(*args, **metadata)
        if type(result) is not tuple:
            return cast(result, dtype=wanted)
        if not isinstance(wanted, (tuple, list)):
            wanted = [wanted] * len(result)
        return tuple(map(cast, result, wanted))

    # The way back ---------------------------------------------------------------------

    def _record(self, tensors, parents, metadata, result):
        """Wraps a result together with the node that leads back from it."""
        if type(result) is tuple:
            node = Node(self, tensors, parents, metadata, result)
            if state.recorder is not None:
                state.recorder.made(node, result[0])
            return tuple(
                Tensor(array, OutputNode(node, i) if array.dtype.kind in "fV" else None)
                for i, array in enumerate(result)
            )
        if type(result) is not ndarray:
            result = np.asarray(result)
        if result.dtype.kind not in "fcV":
            return Tensor(result)
        node = Node(self, tensors, parents, metadata, result)
        if state.recorder is not None:
            state.recorder.made(node, result)
        return Tensor(result, node)

    def kept(self, needs: tuple[bool, ...]) -> tuple[frozenset, bool]:
        """Which arguments the gradients in `needs` ask for, and whether the result."""
        try:
            return self._kept[needs]
        except KeyError:
            pass
        rules = [
            self.rules[i] for i in range(len(needs)) if needs[i] and i in self.rules
        ]
        if self.joint:
            rules.append(self.joint)
        keeps = frozenset().union(*(rule.keeps for rule in rules))
        if self.variadic and len(self.arguments) - 1 in keeps:  # all of a *args
            keeps |= frozenset(range(len(self.arguments), len(needs)))
        self._kept[needs] = keeps, any(rule.needs_out for rule in rules)
        return self._kept[needs]

    def refuse_gradient(self, position: int):
        """Raises the error for an argument that has no gradient rule."""
        name = self.arguments[min(position, len(self.arguments) - 1)]
        raise GradientError(
            f"{self.name} is not differentiable with respect to its argument "
            f"{name!r}. Try stop_gradient({name}) before {self.name}."
        )


def _needs_cast(given: list, wanted: tuple) -> bool:
    """Whether an array has another dtype than wanted, or only scalars were given."""
    arrays = [d for d in given if isinstance(d, str)]
    if not arrays:
        return any(wanted)
    return any(
        isinstance(d, str) and w is not None and d != w
        for d, w in zip(given, wanted, strict=True)
    )


def _as_in_graphs(given, resolved):
    """An argument as a node keeps it: a variable itself, for it may change."""
    return given if hasattr(given, "assign") and given.shape is not None else resolved


def _resolve(x):
    """A Tensor or a Python scalar for any value that users pass to an op."""
    kind = type(x)
    if kind is Tensor or kind is KerasTensor or kind in SCALARS:
        return x
    if kind is ndarray:
        return Tensor(x)
    if isinstance(x, np.generic):
        # Of 64 bits are those that Python's numbers and NumPy's own results become.
        is_weak = x.dtype.kind == "b" or (x.dtype.kind in "iuf" and x.itemsize == 8)
        return x.item() if is_weak else Tensor(np.asarray(x))
    value = getattr(x, "value", None)  # Variable
    return value if type(value) is Tensor else Tensor(as_array(x))


def primitive(
    *,
    shape: Callable,
    dtype: Callable = dtypes.same,
    kind: str = "kernel",
    is_whole: bool = False,
    rows: tuple[str, ...] = (),
) -> Callable[[Callable], Primitive]:
    """Declares a primitive: see the head of this module.

    Args:
        shape: Shape rule `(*shapes, **metadata) -> shape`.
        dtype: Dtype rule `(*dtypes) -> (cast_to, out)`.
        kind: "ufunc" (elementwise; may write over an input that is no longer needed),
            "view" (shares memory with its input), "kernel" (gets a buffer of its own)
            or "effect" (writes to its first argument, or draws random numbers).
        is_whole: Whether a program shows it as one call, not call by call.
        rows: Names of the arguments with a row per sample, if it treats each sample by
            itself. Half of a batch must then have the same bits as in the whole; the
            kernel works on `parts=1` of it instead of two.
    """

    def declare(kernel: Callable) -> Primitive:
        made = Primitive(kernel, shape, dtype, kind)
        made.is_whole = is_whole or kind == "effect"
        made.rows = rows
        known = PRIMITIVES.setdefault(made.name, made)
        if known.kernel.__module__ != kernel.__module__:
            raise ValueError(
                f"{kernel.__module__} declares primitive {made.name!r}, which "
                f"{known.kernel.__module__} has too. Choose another name."
            )
        PRIMITIVES[made.name] = made
        return made

    return declare
