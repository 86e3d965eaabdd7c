"""Computing with a graph: `function` runs a part of it, `gradients` differentiates it.

Deep dream, saliency maps and the like ask how an inner tensor of a model depends on its
input, or the loss on the pixels.
"""

from .. import ops
from ..layers.call_context import calls
from ..layers.input_layer import InputLayer
from ..models.network import Network, node_of
from ..tensor import (
    GradientTape,
    KerasTensor,
    Operation,
    Variable,
    as_array,
    convert_to_tensor,
    no_history,
)
from ..utils import checks, naming
from . import phase

__all__ = ["OptimizerStep", "function", "gradients"]


def _entry(x: KerasTensor):
    """The node that stands for an input: its own, or that of an InputLayer."""
    node = node_of(x)
    if node is not None and node.is_input:
        return node
    stem = naming.auto_name("function_input")
    return InputLayer(batch_shape=x.shape, dtype=x.dtype, name=stem)._inbound_nodes[0]


def _network(owner: str, inputs: list, outputs: list) -> Network:
    return Network(owner, inputs, [_entry(x) for x in inputs], outputs)


def function(inputs, outputs, updates=None, name=None, **kwargs):
    """Makes a function of arrays of a part of the graph.

    Args:
        inputs: List of symbolic tensors; `learning_phase()` may be among them.
        outputs: List of tensors, or one of them.
        updates: Pairs (variable, symbolic value), or what `update` returned, which are
            set after the outputs are computed; steps of an optimizer, too.
        name: What messages call the function.
        **kwargs: `givens`: pairs of symbolic tensors and their fixed values.

    Returns:
        Function of a list of arrays that returns a list of arrays, or one array if
        `outputs` is one tensor.

    >>> from minikeras import layers
    >>> x = layers.Input((2,))
    >>> double = function([x], [x * 2.0])
    >>> double([np.ones((1, 2))])[0].tolist()
    [[2.0, 2.0]]
    """
    givens = dict(kwargs.pop("givens", None) or ())
    for option in kwargs:
        raise TypeError(f"backend.function: unknown argument {option!r}.")
    is_alone = not isinstance(outputs, (list, tuple))
    return GraphFunction(
        list(inputs) if isinstance(inputs, (list, tuple)) else [inputs],
        [outputs] if is_alone else list(outputs),
        list(updates or ()),
        is_alone,
        name or "backend.function",
        givens,
    )


class GraphFunction:
    """What `function` returns."""

    def __init__(self, inputs, outputs, updates, is_alone, name, givens):
        self.name, self._is_alone = name, is_alone
        self.inputs, self.outputs, self._givens = inputs, outputs, givens
        self._updates = [
            u if isinstance(u, OptimizerStep) else Assignment(*u)
            for u in updates
            if not isinstance(u, Variable)  # set already
        ]
        fed = [x for x in inputs if x is not phase.SYMBOL]
        self._fed = [*fed, *givens]
        for x in self._fed:
            if type(x) is not KerasTensor:
                must = "be symbolic tensors, as K.placeholder and model.input are"
                checks.fail(name, "inputs", x, must)
        wanted = [*outputs, *(x for u in self._updates for x in u.needed)]
        self._symbols = [x for x in wanted if type(x) is KerasTensor]
        self._network = _network(name, self._fed, self._symbols)

    def __call__(self, *inputs):
        """Computes the outputs.

        Args:
            *inputs: One list of arrays, in the order of the inputs.
        """
        is_list = len(inputs) == 1 and isinstance(inputs[0], (list, tuple))
        given = list(inputs[0]) if is_list else list(inputs)
        if len(given) != len(self.inputs):
            raise ValueError(
                f"{self.name} takes {len(self.inputs)} arrays in a list, got "
                f"{len(given)}. Try f([{', '.join(x.name for x in self.inputs)}])."
            )
        training, values = phase._fixed[0], []
        for x, value in zip(self.inputs, given, strict=True):
            if x is phase.SYMBOL:
                training = value
            else:
                values.append(ops.cast(convert_to_tensor(value), x.dtype))
        values += [ops.convert_to_tensor(v) for v in self._givens.values()]
        results = self._run(values, bool(training))
        found = {id(x): v for x, v in zip(self._symbols, results, strict=True)}
        arrays = [as_array(found.get(id(x), x)).copy() for x in self.outputs]
        for update in self._updates:
            update.run([found.get(id(x), x) for x in update.needed])
        return arrays[0] if self._is_alone else arrays

    def _run(self, values: list, training: bool) -> list:
        before, calls.training = calls.training, training
        try:
            return self._network.run(values, training)
        finally:
            calls.training = before


class Assignment:
    """An update of `function`: a variable is set."""

    def __init__(self, variable: Variable, value):
        self._variable, self.needed = variable, [value]

    def run(self, values: list) -> None:
        """Sets the variable to the value of what is needed."""
        self._variable.assign(values[0])


class OptimizerStep:
    """An update of `function`: an optimizer's step down the gradients of a loss.

    Args:
        optimizer: Optimizer.
        loss: Symbolic tensor; if it is no scalar, the sum of its elements.
        variables: List of the variables that are trained.
    """

    def __init__(self, optimizer, loss, variables):
        self._optimizer, self._variables = optimizer, list(variables)
        self.needed = gradients(loss, self._variables)

    def run(self, values: list) -> None:
        """Takes the step, from the values of the gradients."""
        self._optimizer.apply(values, self._variables)


def gradients(loss, variables):
    """Returns the symbolic gradients of a loss.

    Args:
        loss: Symbolic tensor; if it is no scalar, the sum of its elements.
        variables: List of symbolic tensors that the loss is made of, and of variables;
            or one of them.

    Returns:
        List of symbolic tensors; None where the loss does not depend on a tensor.
    """
    wanted = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    if type(loss) is not KerasTensor:
        must = (
            "be a symbolic tensor, made of a model's tensors or of placeholders. For "
            "values, use GradientTape"
        )
        checks.fail("gradients", "loss", loss, must)
    reached = [x for x in wanted if type(x) is KerasTensor and _leads_to(x, loss)]
    weights = [x for x in wanted if isinstance(x, Variable)]
    if not reached and not weights:
        return [None] * len(wanted)
    found = {}
    for part in [[x] for x in reached]:  # one may lead to another
        (found[id(part[0])],) = Gradients(loss, part, []).of_graph()
    if weights:
        made = Gradients(loss, [], weights).of_graph()
        found.update(zip(map(id, weights), made, strict=True))
    return [found.get(id(x)) for x in wanted]


def _leads_to(x: KerasTensor, loss: KerasTensor) -> bool:
    """Whether the loss is made of x, among others."""
    waiting, seen = [loss], set()
    while waiting:
        t = waiting.pop()
        if t is x:
            return True
        if id(t) not in seen:
            seen.add(id(t))
            node = node_of(t)
            waiting += node.input_tensors if node is not None else ()
    return False


def _other_sources(loss: KerasTensor, reached: list) -> list:
    """The inputs that the loss is made of otherwise than by way of some tensors."""
    cut = {id(x) for x in reached}
    waiting, seen, found = [loss], set(cut), []
    while waiting:
        t = waiting.pop()
        if id(t) in seen:
            continue
        seen.add(id(t))
        node = node_of(t)
        if node is None or node.is_input:
            found.append(t)
        else:
            waiting += node.input_tensors
    return found


class Gradients(Operation):
    """The gradient of a part of the graph: runs it under a tape.

    Args:
        loss: KerasTensor.
        reached: KerasTensors that the loss is made of.
        weights: Variables.
    """

    def __init__(self, loss: KerasTensor, reached: list, weights: list):
        super().__init__()
        self._reached, self._weights = reached, weights
        self._others = _other_sources(loss, reached)
        inputs = [*reached, *self._others]
        self._network = _network("backend.gradients", inputs, [loss])

    def of_graph(self) -> list:
        """Returns the symbolic gradients."""
        return self(*self._reached, *self._others)

    def compute_output_spec(self, *values):
        """Gradients have the shapes of what they are gradients of."""
        with no_history():
            return [KerasTensor(x.shape, x.dtype) for x in self._sources()]

    def _sources(self) -> list:
        return [*self._reached, *self._weights]

    def call(self, *values):
        """Computes the gradients from values."""
        count = len(self._reached)
        watched = [ops.copy(x) for x in values[:count]]
        with GradientTape() as tape:
            tape.watch(watched)
            (loss,) = self._network.run([*watched, *values[count:]], calls.training)
        found = tape.gradient(loss, [*watched, *self._weights])
        return [
            ops.zeros(x.shape, x.dtype) if g is None else g
            for g, x in zip(found, [*watched, *self._weights], strict=True)
        ]
