"""The graph of symbolic calls: operations, their nodes and the tensors in between.

Calling an `Operation` (a layer, or a function of `minikeras.ops`) on KerasTensors makes
a `Node`: which operation, with which arguments, giving which tensors. Each resulting
tensor remembers `(operation, node_index, tensor_index)` as its `_keras_history`, and
that is all a functional model needs to find its layers again.
"""

import functools
import itertools
import operator
from collections.abc import Callable

from ..utils import naming, tree
from .state import state
from .symbolic import KerasTensor, any_symbolic, infer, no_history

__all__ = [
    "OPERATIONS",
    "FunctionOperation",
    "KerasHistory",
    "Node",
    "Operation",
    "call_primitive",
    "get_source_inputs",
    "operation",
]

OPERATIONS: dict[str, Callable] = {}


class KerasHistory(tuple):
    """Where a KerasTensor comes from: `(operation, node_index, tensor_index)`."""

    __slots__ = ()
    operation = property(operator.itemgetter(0))
    node_index = property(operator.itemgetter(1))
    tensor_index = property(operator.itemgetter(2))

    def __new__(cls, operation, node_index: int, tensor_index: int):
        """Makes the triple."""
        return super().__new__(cls, (operation, node_index, tensor_index))

    def __getnewargs__(self) -> tuple:
        return tuple(self)


class Node:
    """One symbolic call.

    Args:
        operation: What was called.
        args: Its positional arguments; KerasTensors may be nested in them.
        kwargs: Its keyword arguments.
        outputs: What it returned: KerasTensors, possibly nested.

    Attributes:
        input_tensors: All KerasTensors in the arguments, in order.
        output_tensors: All KerasTensors in the outputs, in order.
    """

    def __init__(self, operation: "Operation", args=(), kwargs=None, outputs=None):
        self.operation = operation
        self.args = tuple(args)
        self.kwargs = dict(kwargs or {})
        self.outputs = outputs
        flat = tree.flatten((self.args, self.kwargs))
        self.input_tensors = [x for x in flat if type(x) is KerasTensor]
        self.output_tensors = tree.flatten(outputs)
        for i, x in enumerate(self.output_tensors):
            x._keras_history = KerasHistory(operation, len(operation._inbound_nodes), i)
        operation._inbound_nodes.append(self)
        for parent in self.parent_nodes:
            parent.operation._outbound_nodes.append(self)

    @property
    def is_input(self) -> bool:
        """Whether this is where a graph begins."""
        return not self.input_tensors

    @property
    def parent_nodes(self) -> list["Node"]:
        """The nodes whose outputs this call took, each once."""
        parents = {}
        for x in self.input_tensors:
            history = getattr(x, "_keras_history", None)
            if history is not None:
                node = history.operation._inbound_nodes[history.node_index]
                parents[id(node)] = node
        return list(parents.values())

    def __repr__(self) -> str:
        return f"<Node {self.operation.name}: {self.input_tensors} -> {self.outputs}>"


def get_source_inputs(tensor) -> list:
    """Returns the inputs from which a KerasTensor is computed, each once.

    >>> x = KerasTensor((2,), name="x")
    >>> [source.name for source in get_source_inputs(x * x + x)]
    ['x']
    """
    waiting, seen = [tensor], {}
    while waiting:
        x = waiting.pop()
        if id(x) in seen:
            continue
        seen[id(x)] = x
        history = getattr(x, "_keras_history", None)
        if history is not None:
            node = history.operation._inbound_nodes[history.node_index]
            waiting += reversed(node.input_tensors)
    return [x for x in seen.values() if _is_source(x)]


def _is_source(x) -> bool:
    operation, index, _ = getattr(x, "_keras_history", (None, 0, 0))
    return operation is None or operation._inbound_nodes[index].is_input


class Operation:
    """Something that can be called on tensors and on KerasTensors; base of `Layer`.

    Args:
        name: Its name; made from the class name if None. No slashes.
    """

    def __init__(self, name: str | None = None):
        if name is None:
            name = naming.auto_name(naming.to_snake_case(type(self).__name__))
        if not isinstance(name, str) or "/" in name:
            raise ValueError(
                f"{type(self).__name__}: name must be a string without '/', got "
                f"{name!r}. Try name={str(name).replace('/', '_')!r}."
            )
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def __call__(self, *args, **kwargs):
        """Computes on values; extends the graph if an argument is symbolic."""
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args, **kwargs):
        """Computes the result; every operation has its own."""
        raise TypeError(
            f"{type(self).__name__} {self.name!r} has no call method. Define "
            "`def call(self, inputs)` in the class."
        )

    def symbolic_call(self, *args, **kwargs):
        """Returns KerasTensors and adds a node to the graph."""
        outputs = self.compute_output_spec(*args, **kwargs)
        return record(self, args, kwargs, outputs)

    def compute_output_spec(self, *args, **kwargs):
        """Returns the outputs' shapes and dtypes as KerasTensors, without a node."""
        with no_history():
            return self.call(*args, **kwargs)

    @property
    def input(self):
        """The symbolic input of the first call."""
        node = self._first_node("input")
        if node.is_input:
            return node.outputs
        is_first = len(tree.flatten(node.args[:1])) == len(node.input_tensors)
        return node.args[0] if is_first else node.input_tensors

    @property
    def output(self):
        """The symbolic output of the first call."""
        return self._first_node("output").outputs

    def _first_node(self, wanted: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f"{type(self).__name__} {self.name!r} was never called on symbolic "
                f"inputs, so it has no {wanted}. Try calling it on keras.Input(...)."
            )
        return self._inbound_nodes[0]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


def record(operation: Operation, args, kwargs, outputs):
    """Notes a symbolic call in the graph and returns its outputs, as new tensors."""
    outputs = tree.map_structure(_renewed, outputs)
    if state.history:
        Node(operation, args, kwargs, outputs)
    return outputs


def _renewed(x):
    """A KerasTensor like x: an operation may return what it was given."""
    if type(x) is not KerasTensor:
        return x
    twin = KerasTensor(x.shape, x.dtype)
    twin._keras_mask = x._keras_mask
    return twin


class FunctionOperation(Operation):
    """A call of a public op, as it stands in a graph and in a model's config.

    Args:
        function: The op.
        constants: Arguments that belong to the operation and not to the call: the
            metadata, such as `axis`.
        name: Its name; made from the op's name if None.
    """

    def __init__(self, function: Callable, constants: dict, name: str | None = None):
        super().__init__(name or naming.auto_name(function.__name__))
        self.function = function
        self.constants = constants

    def call(self, *args, **kwargs):
        """Runs the op; `args` are its parameters without the constants, in order."""
        constants = dict(self.constants)
        first = [constants.pop(name) for name in getattr(self.function, "leading", ())]
        names = getattr(self.function, "parameters", ())
        before = len([*itertools.takewhile(lambda n: n not in constants, names)])
        if names and len(args) > before:  # `axis` stands between them, say
            rest = [name for name in names[before:] if name not in constants]
            kwargs = {**kwargs, **dict(zip(rest, args[before:], strict=True))}
            args = args[:before]
        return self.function(*first, *args, **kwargs, **constants)

    def get_config(self) -> dict:
        """Returns the name and the constants, as Keras's operation classes do."""
        return {"name": self.name, **self.constants}


def call_primitive(primitive, args: tuple, metadata: dict):
    """Calls a primitive on arguments among which there is a KerasTensor."""
    outputs = infer(primitive, args, metadata)
    if not state.history:
        return outputs
    constants = dict(metadata)
    args = [*args, *(constants.pop(k) for k in CALLED_WITH.get(primitive.name, ()))]
    for name in CONSTANT_ARGUMENTS.get(primitive.name, ()):
        if type(args[-1]) is not KerasTensor:
            constants[name] = args.pop()
    return record(FunctionOperation(primitive, constants), args, {}, outputs)


# Where Keras's operation classes draw the line differently: metadata that belongs to
# the call, and array arguments (the last first) that belong to the config.
CALLED_WITH = {"get_item": ("key",), "pad": ("constant_values",)}
CONSTANT_ARGUMENTS = {"clip": ("x_max", "x_min")}

# Parameters of public functions that belong to the call; all others are constants,
# and so are those of `OF_CONFIG`.
OF_CALL = frozenset(
    "x x1 x2 x3 xs y a b v condition indices inputs values updates start_indices "
    "target output operands tensors arrays query key value logits mean variance "
    "weights kernel depthwise_kernel pointwise_kernel offset scale gamma beta bias "
    "mask rtol atol q start stop condlist choicelist default constant_values "
    "transform coordinates start_points end_points output_shape translation".split()
)
OF_CONFIG = {
    "allclose": ("rtol", "atol"),
    "bincount": ("weights",),
    "squareplus": ("b",),
    "trace": ("offset",),
    "trapezoid": ("x",),
}


def operation(function: Callable) -> Callable:
    """Makes a public function of several primitives one node of the graph.

    >>> @operation
    ... def double(x):
    ...     return x + x
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    optional = names[code.co_argcount - len(function.__defaults__ or ()) :]
    defaults = dict(zip(optional, function.__defaults__ or (), strict=False))
    defaults.update(function.__kwdefaults__ or {})

    @functools.wraps(function)
    def op(*args, **kwargs):
        if state.history and (any_symbolic(*args) or (kwargs and any_symbolic(kwargs))):
            return _call_function(op, names, defaults, args, kwargs)
        return function(*args, **kwargs)

    if code.co_flags & 4:  # *args: what stands before them goes by position too
        names = op.leading = code.co_varnames[: code.co_argcount]
    else:
        op.parameters = names
    OPERATIONS[function.__name__] = op
    return op


def _call_function(op: Callable, names: tuple, defaults: dict, args, kwargs: dict):
    with no_history():
        outputs = op(*args, **kwargs)
    given = {**defaults, **kwargs, **dict(zip(names, args, strict=False))}
    of_call = OF_CALL.difference(OF_CONFIG.get(op.__name__, ()))
    called = {k: v for k, v in given.items() if k in of_call or any_symbolic(v)}
    constants = {k: v for k, v in given.items() if k not in called}
    leading = itertools.takewhile(called.__contains__, names)
    positional = [*(called.pop(name) for name in leading), *args[len(names) :]]
    return record(FunctionOperation(op, constants), positional, called, outputs)
