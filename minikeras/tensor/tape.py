"""The tape: what happened on the way forward, and the walk back.

While a `GradientTape` records, each primitive that touches a watched value leaves a
`Node` behind: who made this value, from which other nodes, and what its gradient rules
asked to keep. Nodes are numbered in the order they are made, so a parent always has the
smaller number, and walking back means taking nodes from the largest number down.
Nothing here recurses: a chain of thousands of operations is an ordinary list.
"""

import itertools

from .tensor import Tensor, convert_to_tensor, engine

__all__ = [
    "FunctionNode",
    "Leaf",
    "Node",
    "OutputNode",
    "backward",
    "in_order",
]

in_order = itertools.count(1).__next__


class Leaf:
    """A watched value: the end of the way back."""

    __slots__ = ("__weakref__", "order")
    parents = ()

    def __init__(self):
        self.order = in_order()


class Form:
    """What is left of an argument that no gradient rule asked to keep."""

    __slots__ = ("dtype", "shape")

    def __init__(self, shape, dtype):
        self.shape = shape
        self.dtype = dtype


class Node:
    """One call of a primitive, as far as the way back needs it."""

    __slots__ = ("_out", "_values", "metadata", "order", "parents", "primitive")

    def __init__(self, primitive, tensors, parents, metadata, result):
        self.order = in_order()
        self.primitive = primitive
        self.parents = parents
        self.metadata = metadata
        keeps, keeps_out = primitive.kept(tuple([p is not None for p in parents]))
        self._values = [
            x if i in keeps or type(x) is not Tensor else Form(x.shape, x.dtype)
            for i, x in enumerate(tensors)
        ]
        self._out = result if keeps_out else None

    def argument(self, i: int):
        """The argument at position i; for a `*args`, the tuple of them."""
        return self._at(i, lambda x: x)

    def shape(self, i: int):
        """The shape of the argument at position i (a tuple of shapes for `*args`)."""
        return self._at(i, _shape)

    def dtype(self, i: int):
        """The dtype of the argument at position i (a tuple of them for `*args`)."""
        return self._at(i, lambda x: x.dtype.name)

    def _at(self, i: int, read):
        if self.primitive.variadic and i == len(self.primitive.arguments) - 1:
            return tuple(map(read, self._values[i:]))
        return read(self._values[i])

    def result(self):
        """The result, as fresh Tensors that lead back to this node."""
        if type(self._out) is tuple:
            return tuple(
                Tensor(a, OutputNode(self, i)) for i, a in enumerate(self._out)
            )
        return Tensor(self._out, self)

    def push(self, g, gradients: dict, useful: set) -> None:
        """Hands this node's cotangent on to its parents."""
        needs = tuple([parent in useful for parent in self.parents])
        pulled = self.primitive.pull(self, g, needs)
        for parent, value, gradient in zip(
            self.parents, self._values, pulled, strict=True
        ):
            if gradient is not None and parent in useful:
                accumulate(gradients, parent, fit(gradient, value.shape))

    def release(self) -> None:
        """Lets go of everything kept; the node cannot be walked again."""
        self._values = self._out = None


class OutputNode:
    """One of several results of a call: its cotangent goes to its place in a tuple."""

    __slots__ = ("index", "order", "parents")

    def __init__(self, node: Node, index: int):
        self.order = in_order()
        self.parents = (node,)
        self.index = index

    def push(self, g, gradients: dict, useful: set) -> None:
        """Puts the cotangent in its place among those of the call."""
        (node,) = self.parents
        cotangents = gradients.setdefault(node, Cotangents())
        accumulate(cotangents, self.index, g)

    def release(self) -> None:
        """Keeps nothing, so there is nothing to let go."""


class Cotangents(dict):
    """Cotangents of a call with several results, by position; None where unused."""

    def __missing__(self, index: int):
        return None


class FunctionNode:
    """A call of a function that brought its own gradient (`custom_gradient`)."""

    __slots__ = ("order", "parents", "rule", "shapes")

    def __init__(self, rule, tensors):
        self.order = in_order()
        self.rule = rule
        self.parents = [x.node for x in tensors]
        self.shapes = [x.shape for x in tensors]

    def push(self, g, gradients: dict, useful: set) -> None:
        """Asks the function's own rule for the gradients of all arguments."""
        pulled = self.rule(g)
        pulled = pulled if isinstance(pulled, (list, tuple)) else (pulled,)
        if len(pulled) != len(self.parents):
            raise ValueError(
                f"The gradient of a custom_gradient function must give one value per "
                f"argument: expected {len(self.parents)}, got {len(pulled)}."
            )
        for parent, shape, gradient in zip(
            self.parents, self.shapes, pulled, strict=True
        ):
            if gradient is not None and parent in useful:
                gradient = convert_to_tensor(gradient)
                accumulate(gradients, parent, fit(gradient, shape))

    def release(self) -> None:
        """Lets go of the rule and all that it closes over."""
        self.rule = None


def _shape(x) -> tuple:
    return () if type(x) in (float, int, bool) else x.shape


def fit(g: Tensor, shape: tuple) -> Tensor:
    """Sums a gradient back to the shape its argument had before broadcasting."""
    return g if g.array.shape == shape else engine["unbroadcast"](g, shape=shape)


def accumulate(gradients: dict, key, g: Tensor) -> None:
    """Adds a contribution to the gradient collected under a key."""
    before = gradients.get(key)
    gradients[key] = g if before is None else engine["add"](before, g)


def _path(targets: list, sources: set, inside) -> tuple[list, set]:
    """Finds what lies between sources and targets.

    Returns:
        The nodes to walk, newest first, and the set of all nodes that lead to a source.
    """
    seen, stack = set(), list(targets)
    while stack:
        node = stack.pop()
        if node not in seen and (inside(node) or node in sources):
            seen.add(node)
            stack.extend([p for p in node.parents if p is not None])
    useful = sources & seen
    path = []
    for node in sorted(seen, key=lambda node: node.order):
        if any([p in useful for p in node.parents]):
            useful.add(node)
            path.append(node)
    return path[::-1], useful


def backward(cotangents: dict, sources: set, inside, release: bool = False) -> dict:
    """Walks back from the targets to the sources.

    Args:
        cotangents: Target node -> gradient with respect to it.
        sources: Nodes whose gradients are wanted.
        inside: Predicate: did the tape see this node?
        release: Whether nodes let go of what they kept once walked.

    Returns:
        Source node -> gradient, for the sources that the targets depend on.
    """
    path, useful = _path(list(cotangents), sources, inside)
    gradients = {node: g for node, g in cotangents.items() if node in useful}
    for node in path:
        g = gradients.get(node)
        if g is None:
            continue
        if node not in sources:
            del gradients[node]
        node.push(g, gradients, useful)
        if release:
            node.release()
    return gradients
