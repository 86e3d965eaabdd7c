"""The learning phase of Keras 1 and 2: 1 in training, 0 in use."""

from .. import ops
from ..layers.call_context import calls
from ..layers.layer import LAYERS, Layer
from ..tensor import KerasTensor, any_symbolic
from ..utils import checks, naming

__all__ = [
    "in_test_phase",
    "in_train_phase",
    "learning_phase",
    "learning_phase_scope",
    "set_learning_phase",
]

_fixed: list = [None]
SYMBOL = KerasTensor((), "int32", name="learning_phase")


def learning_phase():
    """Returns 0 or 1 if `set_learning_phase` said so; a symbol for `function` if not.

    Inside of a layer's call it is what the call was told.
    """
    if _fixed[0] is not None:
        return _fixed[0]
    return SYMBOL if calls.training is None else int(bool(calls.training))


def set_learning_phase(value) -> None:
    """Fixes the learning phase for `function` and `in_train_phase`.

    Args:
        value: 0 for use, 1 for training.
    """
    _fixed[0] = checks.one_of("set_learning_phase", value=int(value), allowed=(0, 1))


@naming.on_clear_session
def forget() -> None:
    """Lets the learning phase be open again, as `clear_session` does."""
    _fixed[0] = None


class learning_phase_scope:
    """Fixes the learning phase inside a `with` block.

    Args:
        value: 0 for use, 1 for training.
    """

    def __init__(self, value):
        self.value = value

    def __enter__(self) -> None:
        self._before = _fixed[0]
        set_learning_phase(self.value)

    def __exit__(self, *exception) -> None:
        _fixed[0] = self._before


@LAYERS.register(module="minikeras")
class InPhase(Layer):
    """One tensor in training, the other one in use."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.built = True

    def call(self, in_training, in_use, training=None):
        return in_training if training else in_use


def in_train_phase(x, alt, training=None):
    """Returns x in training, alt in use.

    Args:
        x, alt: Tensors, or functions without arguments that return them.
        training: 0, 1, or None for the learning phase.
    """
    if training is None or training is SYMBOL:
        training = learning_phase()
    if training is not SYMBOL:
        chosen = x if training else alt
        return chosen() if callable(chosen) else chosen
    x, alt = (value() if callable(value) else value for value in (x, alt))
    if not any_symbolic(x, alt):
        return alt  # nobody trains
    shape = x.shape if hasattr(x, "shape") else alt.shape
    x, alt = (
        value if type(value) is KerasTensor else ops.broadcast_to(value, shape)
        for value in (x, alt)
    )
    return InPhase()(x, alt)


def in_test_phase(x, alt, training=None):
    """Returns x in use, alt in training; see `in_train_phase`."""
    return in_train_phase(alt, x, training)
