"""One batch through a model and back, while each call of a layer is watched."""

import contextlib
import functools

import numpy as np

from ..tensor import GradientTape, Tensor, convert_to_tensor
from ..tensor.random import global_seed_generator
from ..utils import checks, tree

__all__ = ["Call", "Walk", "unchanged", "walk"]


class Call:
    """One call of a layer.

    Attributes:
        number: Its place on the way forward, from 1.
        layer: The layer.
        inputs: List of the Tensors it was called on.
        before: For each of them the number of the call that made it; 0 for an input of
            the model, None for the result of an operation between layers.
        z: What went into the layer's activation; None if it has none.
        output: What came out: a Tensor, or a structure of them.
        gradient: Gradient of the loss by `z`, or else by the output; None if the loss
            does not depend on it, or no weight lies before it.
    """

    def __init__(self, layer):
        self.layer = layer
        self.number, self.before, self.gradient = 0, [], None
        self.inputs, self.output, self._sums = [], None, []

    @property
    def z(self):
        """What went into the activation, if that was called once."""
        return self._sums[0] if len(self._sums) == 1 else None

    @property
    def value(self):
        """The Tensor that `gradient` is for; None for several."""
        value = self.output if self.z is None else self.z
        return value if isinstance(value, Tensor) else None

    @property
    def symbol(self) -> str:
        """The gradient as a formula names it: `dJ/dz2`."""
        return f"dJ/d{'a' if self.z is None else 'z'}{self.number}"


class Walk:
    """What a batch left behind.

    Attributes:
        model: The model.
        x, y: The batch, as Tensors.
        y_pred: The model's outputs.
        loss: The loss, a float.
        calls: List of `Call`, in the order of the way forward.
        weights: The trainable variables.
        gradients: Their gradients, as arrays; zeros where the loss does not depend.
        by_output: Gradient of the loss by `y_pred`, if that is one Tensor, else None.
    """

    def __init__(self, model, x, y):
        self.model, self.x, self.y = model, x, y
        self.calls: list[Call] = []
        self.weights = model.trainable_variables

    @property
    def num_samples(self) -> int:
        """The number of samples in the batch."""
        return tree.flatten(self.x)[0].shape[0]

    def calls_of(self, layer) -> list[Call]:
        """Returns the calls of a layer, in their order."""
        return [call for call in self.calls if call.layer is layer]

    def gradient_of(self, variable) -> np.ndarray:
        """Returns the gradient of one variable."""
        (i,) = (i for i, v in enumerate(self.weights) if v is variable)
        return self.gradients[i]


def walk(owner: str, model, x, y) -> Walk:
    """Sends a batch through a model as training does, and back; changes nothing.

    Args:
        owner: Name of the function that asks, for messages.
        model: A built and compiled model.
        x, y: A batch, as for `model.train_on_batch`.

    Raises:
        ValueError: The model is not built or compiled, or has nothing to train, or x
            and y are not of one length.
    """
    check_model(owner, model)
    x, y = (tree.map_structure(_tensor, part) for part in (x, y))
    check_lengths(owner, x, y)
    found = Walk(model, x, y)
    with unchanged(model), _watched(model, found.calls):
        with GradientTape(persistent=True) as tape:
            found.y_pred = model(x, training=True)
            loss = model.compute_loss(x=x, y=y, y_pred=found.y_pred)
    found.loss = float(loss)
    zero = "zero"
    gradients = tape.gradient(loss, found.weights, unconnected_gradients=zero)
    found.gradients = [np.asarray(g) for g in gradients]
    _connect(found)
    found.by_output = None
    if isinstance(found.y_pred, Tensor):
        found.by_output = _array(tape.gradient(loss, found.y_pred))
    values = [call.value for call in found.calls if call.value is not None]
    along = iter(tape.gradient(loss, values))
    for call in found.calls:
        call.gradient = None if call.value is None else _array(next(along))
    return found


def _array(x):
    return None if x is None else np.asarray(x)


def _tensor(x):
    return None if x is None else convert_to_tensor(x)


def check_model(owner: str, model) -> None:
    """Refuses a model that cannot be trained on a batch."""
    if not hasattr(model, "compute_loss"):
        checks.fail(owner, "model", model, "be a Model")
    name = checks.owner_name(model)
    if not model.built:
        raise ValueError(
            f"{owner}: {name} has no weights yet. Give it keras.Input(shape=...) as "
            "its first layer, or call it once on a batch: model(x)."
        )
    if not getattr(model, "compiled", False):
        raise ValueError(
            f"{owner}: {name} has no loss yet. Try "
            'model.compile(optimizer="sgd", loss="mse").'
        )
    if not model.trainable_variables:
        raise ValueError(
            f"{owner}: {name} has no trainable weight, so there is no gradient to "
            "look at. Set trainable = True, or add a layer with weights."
        )


def check_lengths(owner: str, x, y) -> None:
    """Refuses inputs and targets with different numbers of samples."""
    sizes = [
        tuple(a.shape) for a in (*tree.flatten(x), *tree.flatten(y)) if a is not None
    ]
    if len({shape[:1] for shape in sizes}) > 1 or () in sizes:
        raise ValueError(
            f"{owner}: x and y must have one entry for each sample, got the shapes "
            f"{', '.join(map(str, sizes))}. Try x[:8], y[:8]."
        )


@contextlib.contextmanager
def unchanged(model):
    """Puts back all variables of a model at the end: weights, statistics, seeds."""
    optimizer = getattr(model, "optimizer", None)
    variables = [
        *model.variables,
        *model.metrics_variables,
        *(optimizer.variables if optimizer else ()),
        global_seed_generator().state,
    ]
    before = [v.numpy() for v in variables]
    try:
        yield
    finally:
        for variable, array in zip(variables, before, strict=True):
            variable.assign(array)


# ------------------------------------------------------------------------ watching


def leaves(model) -> list:
    """Returns the layers of a model and of the models in it, each once."""
    found: dict = {}
    for layer in model.layers:
        inner = leaves(layer) if hasattr(layer, "layers") else [layer]
        found.update((id(each), each) for each in inner)
    return list(found.values())


@contextlib.contextmanager
def _watched(model, calls: list):
    """Notes the calls of all layers, and what their activations are called on."""
    layers = leaves(model)
    before = [dict(vars(layer)) for layer in layers]
    for layer in layers:
        vars(layer)["call"] = _noting_calls(layer, calls)
        if callable(vars(layer).get("activation")):
            vars(layer)["activation"] = _noting_sums(layer.activation, layer, calls)
    try:
        yield
    finally:
        for layer, attributes in zip(layers, before, strict=True):
            del vars(layer)["call"]
            vars(layer).update(
                {k: v for k, v in attributes.items() if k in ("call", "activation")}
            )


def _noting_calls(layer, calls: list):
    function = layer.call

    @functools.wraps(function)
    def call(*args, **kwargs):
        noted = Call(layer)
        calls.append(noted)
        noted.output = function(*args, **kwargs)
        noted.inputs = [
            a for a in tree.flatten((args, kwargs)) if isinstance(a, Tensor)
        ]
        return noted.output

    return call


def _noting_sums(activation, layer, calls: list):
    @functools.wraps(activation)
    def noted(z, *args, **kwargs):
        if calls and calls[-1].layer is layer:
            calls[-1]._sums.append(z)
        return activation(z, *args, **kwargs)

    return noted


def _connect(walk: Walk) -> None:
    """Numbers the calls and tells for each input which call made it."""
    made = {}
    for x in tree.flatten(walk.x):
        made[id(x)] = 0
    for number, call in enumerate(walk.calls, 1):
        call.number = number
        call.before = [_maker(x, made) for x in call.inputs]
        for y in tree.flatten(call.output):
            made[id(y)] = number
            made.setdefault(id(getattr(y, "node", None) or y), number)


def _maker(x: Tensor, made: dict):
    if id(x) in made:
        return made[id(x)]
    if x.node is not None:
        return made.get(id(x.node))
    return 0
