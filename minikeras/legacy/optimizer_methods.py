"""Methods that optimizers had before Keras 3, beside those of `methods.py`.

Keras 1 and 2 wrote a step as updates for `K.function`; tf.keras minimized functions.
"""

import importlib

from . import doors

__all__ = ["METHODS"]

_ROOT = __name__.split(".")[0]


def get_updates(optimizer, *args, loss=None, params=None, constraints=None):
    """Returns updates for `K.function`: a step down the gradients of a loss.

    Args:
        optimizer: The optimizer.
        *args: `loss, params`, as in Keras 2, or `params, constraints, loss`, as in
            Keras 1.
        loss: Symbolic tensor.
        params: List of variables.
        constraints: Dict of variables and their constraints; those of the others stay.

    Raises:
        TypeError: if loss or params is missing, or came twice.
    """
    names = ("params", "constraints", "loss") if len(args) > 2 else ("loss", "params")
    if len(args) > 3:
        _refuse_updates(f"{len(args)} arguments by position")
    named = {"loss": loss, "params": params, "constraints": constraints}
    for name, value in zip(names, args, strict=False):
        if named[name] is not None:
            _refuse_updates(f"{name} twice")
        named[name] = value
    if named["loss"] is None or named["params"] is None:
        _refuse_updates(", ".join(k for k, v in named.items() if v is not None))
    for variable, constraint in dict(named["constraints"] or {}).items():
        variable.constraint = constraint
    doors.warn(
        "get_updates is compile and train_on_batch today, or GradientTape and "
        "optimizer.apply(gradients, variables)."
    )
    graphs = importlib.import_module(f"{_ROOT}.backend.graphs")
    return [graphs.OptimizerStep(optimizer, named["loss"], named["params"])]


def _refuse_updates(got: str) -> None:
    raise TypeError(
        "get_updates takes loss and params, or params, constraints and loss in the "
        f"order of Keras 1, got {got or 'nothing'}. "
        "Try get_updates(loss=loss, params=model.trainable_weights)."
    )


def get_gradients(optimizer, loss, params):
    """Returns the symbolic gradients of a loss."""
    doors.warn("optimizer.get_gradients is GradientTape().gradient today.")
    return importlib.import_module(f"{_ROOT}.backend").gradients(loss, params)


def minimize(optimizer, loss, var_list, grad_loss=None, name=None, tape=None):
    """Takes a step that makes a loss smaller.

    Args:
        optimizer: The optimizer.
        loss: Function without arguments that returns the loss; or, with a tape, the
            loss that was computed under it.
        var_list: List of variables, or a function that returns it.
        grad_loss: Gradient of something by the loss; 1 if None.
        name: The name of the step in a graph of TensorFlow; there is none here.
        tape: GradientTape under which `loss` was computed.
    """
    doors.warn(
        "minimize is optimizer.apply(tape.gradient(loss, variables), variables) today."
    )
    if callable(loss):
        with importlib.import_module(_ROOT).GradientTape() as tape:
            loss = loss()
    elif tape is None:
        raise ValueError(
            "minimize: a loss that is no function needs the tape that recorded it. Try "
            "minimize(loss, var_list, tape=tape)."
        )
    variables = var_list() if callable(var_list) else var_list
    gradients = tape.gradient(loss, variables, output_gradients=grad_loss)
    optimizer.apply(gradients, variables)
    return optimizer.iterations


def get_weights(optimizer) -> list:
    """Returns the values of all variables, as `set_weights` takes them."""
    doors.warn("optimizer.get_weights() is [v.numpy() for v in optimizer.variables].")
    return [variable.numpy() for variable in optimizer.variables]


@property
def weights(optimizer) -> list:
    """All variables of the optimizer."""
    doors.warn("optimizer.weights is optimizer.variables today.")
    return optimizer.variables


METHODS = {
    "get_gradients": get_gradients,
    "get_updates": get_updates,
    "get_weights": get_weights,
    "minimize": minimize,
    "weights": weights,
}
