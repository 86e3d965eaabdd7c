"""The part of a graph between a model's inputs and outputs, in order, ready to run.

Every call of a layer on symbolic tensors left a node behind (tensor/graph.py). Going
back from the outputs along these nodes finds what a model consists of; sorting them by
their distance from the outputs gives the order in which layers are listed and weights
saved.

From the nodes follows a program: one step per call, which knows in which slots of a
list its arguments lie and into which its results go. A forward pass walks down the
steps, so nothing is looked up or searched while the model runs, however deep it is.
"""

from contextlib import contextmanager
from operator import itemgetter

from ..layers.call_context import calls
from ..layers.layer import Layer
from ..tensor import KerasTensor, Node, any_symbolic, state
from ..utils import tree

__all__ = ["Network", "call_plainly", "graph_of_its_own", "node_of", "takes_training"]


def node_of(x: KerasTensor) -> Node | None:
    """Returns the call that made a tensor; None if no call did."""
    history = getattr(x, "_keras_history", None)
    return history and history.operation._inbound_nodes[history.node_index]


def call_plainly(operation, args, kwargs):
    """Calls an operation: how `Network.run` makes a step unless told otherwise."""
    return operation(*args, **kwargs)


class Network:
    """The nodes that lead from some symbolic tensors to others.

    Args:
        owner: Whose network this is, for messages: "Functional 'net'".
        inputs: KerasTensors at which the graph begins.
        entries: For each input the node that stands for it, an InputLayer's.
        outputs: KerasTensors.

    Attributes:
        nodes: The calls, entries included, farthest from the outputs first.
        operations: The layers and ops in the same order, each once.
    """

    def __init__(self, owner: str, inputs: list, entries: list, outputs: list):
        self.owner, self.inputs, self.outputs = owner, inputs, outputs
        self._entries = {id(x): node for x, node in zip(inputs, entries, strict=True)}
        found, ranks = self._search()
        node_depths, depths = self._measure(found)
        for node in self._entries.values():
            if node not in node_depths:  # an input that no output needs
                node_depths[node] = depths[node.operation] = 0
                ranks[node.operation] = -1
        self.nodes = sorted(node_depths, key=lambda node: -node_depths[node])
        self.operations = sorted(depths, key=lambda op: (-depths[op], ranks[op]))
        self._program()

    def __getstate__(self) -> dict:
        entries = [self._entries[id(x)] for x in self.inputs]
        return {"_made_of": (self.owner, self.inputs, entries, self.outputs)}

    def __getattr__(self, name: str):
        """Lays out a copy when it is first used: its graph is whole only then."""
        made_of = vars(self).pop("_made_of", None)
        if made_of is None:
            raise AttributeError(name)
        self.__init__(*made_of)
        return getattr(self, name)

    # Finding and sorting the nodes ----------------------------------------------------

    def producer(self, x: KerasTensor) -> Node | None:
        """Returns the call that x comes from in this network."""
        return self._entries.get(id(x)) or node_of(x)

    def _search(self) -> tuple[list[Node], dict]:
        """Walks back from the outputs.

        Returns:
            The nodes, each after those it needs, and the place of every operation in
            the order of first visits.
        """
        found, ranks, seen = [], {}, set()
        stack = [(self._checked(x, None), False) for x in reversed(self.outputs)]
        while stack:
            node, is_done = stack.pop()
            if is_done:
                found.append(node)
            elif node not in seen:
                seen.add(node)
                ranks.setdefault(node.operation, len(ranks))
                stack.append((node, True))
                stack.extend((parent, False) for parent in reversed(self._before(node)))
        return found, ranks

    def _before(self, node: Node) -> list[Node]:
        if node.is_input:
            return []
        return [self._checked(x, node) for x in node.input_tensors]

    def _checked(self, x: KerasTensor, consumer: Node | None) -> Node:
        """Returns the producer of x, if x can be reached from the inputs."""
        node = self.producer(x)
        if node is not None and not (node.is_input and id(x) not in self._entries):
            return node
        needs = f"layer {consumer.operation.name!r}" if consumer else "an output"
        names = [known.name for known in self.inputs]
        raise ValueError(
            f"{self.owner}: the graph is not connected: {needs} needs the tensor "
            f"{x.name!r} of shape {x.shape}, which cannot be reached from the inputs "
            f"{names}. Add it: Model(inputs=[{', '.join([*names, x.name])}], ...)."
        )

    def _measure(self, found: list[Node]) -> tuple[dict, dict]:
        """Returns the distance to the outputs of each node and of each operation.

        A call of a shared layer counts as deep as the deepest one that came before.
        """
        node_depths, depths = {}, {}
        for node in reversed(found):
            operation = node.operation
            depth = max(node_depths.get(node, 0), depths.get(operation, 0))
            node_depths[node] = depths[operation] = depth
            for parent in self._before(node):
                node_depths[parent] = max(node_depths.get(parent, 0), depth + 1)
        return node_depths, depths

    # Running --------------------------------------------------------------------------

    def _program(self) -> None:
        """Lays out the slots and the steps, once, for all forward passes."""
        slots = {id(x): i for i, x in enumerate(self.inputs)}
        entries, count = set(self._entries.values()), len(self.inputs)
        steps, last_use = [], {}
        for node in self.nodes:
            if node in entries:
                continue
            last_use.update((slots[id(x)], len(steps)) for x in node.input_tensors)
            target = range(count, count + len(node.output_tensors))
            count = target.stop
            for x, slot in zip(node.output_tensors, target, strict=True):
                slots.setdefault(id(x), slot)  # an input keeps the slot it has
            steps.append(_step(node, slots, target))
        self._results = [slots[id(x)] for x in self.outputs]
        ends = [[] for _ in steps]
        for slot, step in last_use.items():
            if slot not in self._results:
                ends[step].append(slot)
        self._steps = [(*step, dead) for step, dead in zip(steps, ends, strict=True)]
        self._blank = [None] * (count - len(self.inputs))

    def run(self, values: list, training=None, call=call_plainly) -> list:
        """Computes the outputs from values of the inputs.

        Args:
            values: Tensors or KerasTensors, one per input.
            training: Passed to the layers that take it, unless None.
            call: `(operation, args, kwargs) -> result`, makes each step.
        """
        slots = [*values, *self._blank]
        for operation, trains, read_args, read_kwargs, target, dead in self._steps:
            kwargs = read_kwargs(slots)
            if trains and training is not None:
                kwargs = {**kwargs, "training": training}
            result = call(operation, read_args(slots), kwargs)
            if type(target) is int:
                slots[target] = result
            else:
                slots[target.start : target.stop] = tree.flatten(result)
            for slot in dead:  # lets the memory go
                slots[slot] = None
        return [slots[i] for i in self._results]


def takes_training(operation) -> bool:
    """Tells whether an operation is a layer whose `call` has a training flag."""
    return isinstance(operation, Layer) and operation._signature.training is not None


def _step(node: Node, slots: dict[int, int], target: range) -> tuple:
    """Returns what `run` needs to repeat a call."""
    return (
        node.operation,
        takes_training(node.operation),
        _reader(node.args, slots),
        _reader(node.kwargs, slots),
        target[0] if type(node.outputs) is KerasTensor else target,
    )


def _reader(x, slots: dict[int, int]):
    """Returns a function from the list of slots to x with values for its tensors."""
    if type(x) is KerasTensor:
        return itemgetter(slots[id(x)])
    if not any_symbolic(x):
        return lambda values: x
    if isinstance(x, dict):
        readers = {key: _reader(item, slots) for key, item in x.items()}
        return lambda values: {key: read(values) for key, read in readers.items()}
    readers = [_reader(item, slots) for item in x]
    make = type(x)._make if hasattr(x, "_fields") else type(x)
    return lambda values: make([read(values) for read in readers])


@contextmanager
def graph_of_its_own():
    """Context in which symbolic calls make nodes, whatever is going on around it.

    A Sequential model that is built in the middle of another model's call has a graph
    nevertheless, and the training flag of that call does not get into it.
    """
    before = state.history, calls.training
    state.history, calls.training = True, None
    try:
        yield
    finally:
        state.history, calls.training = before
