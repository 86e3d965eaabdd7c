"""The tape: what happened on the way forward, and the walk back.

While a `GradientTape` records, each primitive that touches a watched value leaves a
`Node` behind: who made this value, from which other nodes, and what its gradient rules
asked to keep. Nodes are numbered in the order they are made, so a parent always has the
smaller number, and walking back means taking nodes from the largest number down.
Nothing here recurses: a chain of thousands of operations is an ordinary list.
"""

import itertools
import operator

from .. import config
from .state import state
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

    def __init__(self, array):
        self.shape = array.shape
        self.dtype = array.dtype


class Node:
    """One call of a primitive, as far as the way back needs it.

    Attributes:
        order: Grows with each node made.
        parents: The nodes of the arguments; None for constants.
        values: The arguments: whole where a gradient rule asked for them.
        metadata: The call's metadata.
    """

    __slots__ = ("metadata", "order", "out", "parents", "primitive", "values")

    def __init__(self, primitive, tensors, parents, metadata, result):
        self.order = in_order()
        self.primitive = primitive
        self.parents = parents
        self.metadata = metadata
        keeps, keeps_out = primitive.kept(tuple([p is not None for p in parents]))
        self.values = [
            x if i in keeps or type(x) is not Tensor else Form(x.array)
            for i, x in enumerate(tensors)
        ]
        self.out = result if keeps_out else None

    def result(self):
        """The result, as fresh Tensors that lead back to this node."""
        if type(self.out) is tuple:
            return tuple(Tensor(a, OutputNode(self, i)) for i, a in enumerate(self.out))
        return Tensor(self.out, self)

    def push(self, g, gradients: dict, useful: set, sources: set) -> None:
        """Hands this node's cotangent on to its parents."""
        if self.primitive.joint is not None:
            return self._push_jointly(g, gradients, useful)
        rules = self.primitive.rules
        for i, parent in enumerate(self.parents):
            if parent in useful:
                if i not in rules:
                    self.primitive.refuse_gradient(i)
                if self.primitive.shortcuts and parent not in sources:
                    if self._push_past(i, parent, g, gradients):
                        continue
                gradient = rules[i].apply(self, g, None)
                give(gradients, parent, gradient, self.values[i].shape)

    def _push_past(self, i: int, parent, g, gradients: dict) -> bool:
        """Hands on past a parent, if there is a shorter way to the parent's own."""
        before = getattr(parent, "primitive", None)
        applies, rule = self.primitive.shortcuts.get((i, before), (None, None))
        if rule is None or not config.fusions_enabled() or not applies(self, parent):
            return False
        if state.recorder is not None:
            state.recorder.visit_past(self, parent)
        gradient = rule.apply(self, g, None)
        give(gradients, parent.parents[0], gradient, parent.values[0].shape)
        return True

    def _push_jointly(self, g, gradients: dict, useful: set) -> None:
        """As `push`, for primitives with one rule for all arguments."""
        needs = tuple([parent in useful for parent in self.parents])
        pulled = self.primitive.joint.apply(self, g, needs)
        for i, parent in enumerate(self.parents):
            if needs[i]:
                give(gradients, parent, pulled[i], self.values[i].shape)

    def release(self) -> None:
        """Lets go of everything kept; the node cannot be walked again."""
        self.values = self.out = None


class OutputNode:
    """One of several results of a call: its cotangent goes to its place in a tuple."""

    __slots__ = ("index", "order", "parents")

    def __init__(self, node: Node, index: int):
        self.order = in_order()
        self.parents = (node,)
        self.index = index

    def push(self, g, gradients: dict, useful: set, sources: set) -> None:
        """Puts the cotangent in its place among those of the call."""
        (node,) = self.parents
        cotangents = gradients.setdefault(node, Cotangents())
        give(cotangents, self.index, g, g.shape)

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

    def push(self, g, gradients: dict, useful: set, sources: set) -> None:
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
            if parent in useful and gradient is not None:
                give(gradients, parent, convert_to_tensor(gradient), shape)

    def release(self) -> None:
        """Lets go of the rule and all that it closes over."""
        self.rule = None


def give(gradients: dict, key, g: Tensor | None, shape: tuple) -> None:
    """Adds a gradient to what is collected under a key.

    Args:
        gradients: What was collected so far.
        key: The node that the gradient is for.
        g: The gradient; None adds nothing.
        shape: The shape it must have: what broadcasting repeated is summed up.
    """
    if g is None:
        return
    if g.array.shape != shape:
        g = engine["unbroadcast"](g, shape=shape)
    before = gradients.get(key)
    gradients[key] = g if before is None else engine["add"](before, g)


def _path(targets: list, sources: set, start, stop) -> tuple[list, set]:
    """Finds what lies between sources and targets.

    Returns:
        The nodes to walk, newest first, and the set of all nodes that lead to a source.
    """
    seen, stack = set(), list(targets)
    while stack:
        node = stack.pop()
        if node is None or node in seen:
            continue
        if start < node.order < stop or node in sources:
            seen.add(node)
            stack += node.parents
    useful = sources & seen
    path = []
    for node in sorted(seen, key=by_age):
        if not useful.isdisjoint(node.parents):
            useful.add(node)
            path.append(node)
    path.reverse()
    return path, useful


by_age = operator.attrgetter("order")


def backward(cotangents: dict, sources: set, start, stop, release=False) -> dict:
    """Walks back from the targets to the sources.

    Args:
        cotangents: Target node -> gradient with respect to it.
        sources: Nodes whose gradients are wanted.
        start: Nodes older than this are constants.
        stop: So are nodes as new as this.
        release: Whether nodes let go of what they kept once walked.

    Returns:
        Source node -> gradient, for the sources that the targets depend on.
    """
    path, useful = _path(list(cotangents), sources, start, stop)
    gradients = {node: g for node, g in cotangents.items() if node in useful}
    recorder = state.recorder
    for node in path:
        g = gradients.get(node)
        if g is None:
            continue
        if node not in sources:
            del gradients[node]
        if recorder is not None:
            recorder.visit(node, g)
        node.push(g, gradients, useful, sources)
        if release:
            node.release()
    return gradients
