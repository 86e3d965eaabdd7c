"""`Loss` and the two ways to make one: a subclass with `call`, or a function."""

import numpy as np

from ..tensor import Tensor, dtypes
from ..utils import checks, naming, serialization, tree
from ..utils.registry import Registry
from .pairing import as_tensor, same_rank
from .reduction import REDUCTIONS, both_masks, reduce_losses

__all__ = ["LOSSES", "FunctionLoss", "Loss", "LossFunctionWrapper", "loss_class"]

LOSSES = Registry("loss", "keras.losses", package="minikeras.losses")


@LOSSES.register
class Loss:
    """Base of all losses: write `call`, and weights, masks and reduction are done.

    Args:
        name: Its name; made from the class's if None.
        reduction: "sum_over_batch_size" or "mean" (divide by the number of losses),
            "sum", "mean_with_sample_weight" (divide by the sum of the weights), "none"
            or None (one loss per sample).
        dtype: Dtype to compute in; `config.floatx()` if None.

    >>> class Distance(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return abs(y_true - y_pred)
    >>> float(Distance()([1.0, 2.0], [1.5, 2.0]))
    0.25
    """

    def __init__(self, name=None, reduction="sum_over_batch_size", dtype=None):
        self.name = name or naming.auto_name(naming.to_snake_case(type(self).__name__))
        self.reduction = checks.one_of(self, reduction=reduction, allowed=REDUCTIONS)
        self.dtype = dtypes.standardize(getattr(dtype, "compute_dtype", dtype))
        self._dtype = np.dtype(self.dtype)

    def call(self, y_true, y_pred):
        """Returns the losses before weights and reduction; subclasses write this."""
        raise TypeError(
            f"{type(self).__name__} has no call(self, y_true, y_pred). Write one that "
            "returns one loss per sample."
        )

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Returns the reduced loss of a batch.

        Args:
            y_true: Targets.
            y_pred: Predictions; a mask on them says which count.
            sample_weight: None, or weights that broadcast to the losses.
        """
        mask = getattr(y_pred, "_keras_mask", None)
        losses = self.call(self._cast(y_true), self._cast(y_pred))
        mask = both_masks(mask, getattr(losses, "_keras_mask", None))
        return reduce_losses(losses, sample_weight, mask, self.reduction, self._dtype)

    def _cast(self, y):
        if type(y) is Tensor and y.array.dtype == self._dtype:
            return y
        if isinstance(y, (dict, list, tuple)) and not _is_array(y):
            return tree.map_structure(lambda x: as_tensor(x, self._dtype), y)
        return as_tensor(y, self._dtype)

    def get_config(self):
        """Returns the constructor's arguments."""
        config = {"name": self.name, "reduction": self.reduction}
        if self.dtype != dtypes.standardize(None):
            config["dtype"] = self.dtype
        return config

    @classmethod
    def from_config(cls, config):
        """Makes a loss from what `get_config` returned."""
        return cls(**config)


def _is_array(y):
    """Whether lists hold numbers, rather than tensors of their own."""
    while isinstance(y, (list, tuple)) and y:
        y = y[0]
    return isinstance(y, (bool, int, float, np.generic))


@LOSSES.register
class LossFunctionWrapper(Loss):
    """A loss made of a function `(y_true, y_pred, **arguments)`.

    Args:
        fn: The function; returns one loss per sample.
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.
        **kwargs: Further arguments for `fn`.

    >>> loss = LossFunctionWrapper(lambda y_true, y_pred, k: k * y_pred, k=2.0)
    >>> float(loss([0.0], [3.0]))
    6.0
    """

    def __init__(
        self, fn, reduction="sum_over_batch_size", name=None, dtype=None, **kwargs
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self.arguments = kwargs

    def call(self, y_true, y_pred):
        """Returns what the function returns."""
        if type(y_true) is Tensor and type(y_pred) is Tensor:
            y_true, y_pred = same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self.arguments)

    def get_config(self):
        """Returns the constructor's arguments, the function by its name."""
        fn = serialization.serialize_keras_object(self.fn)
        return {**super().get_config(), "fn": fn, **self.arguments}

    @classmethod
    def from_config(cls, config):
        """Makes a loss from what `get_config` returned."""
        if isinstance(config.get("fn"), dict):
            fn = serialization.deserialize_keras_object(config["fn"])
            config = {**config, "fn": fn}
        return cls(**config)


class FunctionLoss(LossFunctionWrapper):
    """Base of the ready-made losses: their class says the function, configs need not.

    `keras_omits` holds arguments that Keras leaves out of configs, with their defaults;
    they are written only when they have another value.
    """

    keras_omits = ()

    def get_config(self):
        """Returns the constructor's arguments."""
        config = {**Loss.get_config(self), **self.arguments}
        return {k: v for k, v in config.items() if (k, v) not in self.keras_omits}


def loss_class(class_name, function, *aliases):
    """Makes the class of a loss function that has no further arguments.

    Args:
        class_name: Name of the class.
        function: `(y_true, y_pred) -> losses`; registered under its own name too.
        *aliases: Other names of the function, such as `"mse"`.
    """

    def __init__(
        self, reduction="sum_over_batch_size", name=function.__name__, dtype=None
    ):
        FunctionLoss.__init__(self, function, reduction, name, dtype)

    LOSSES.register(*aliases)(function)
    body = {
        "__init__": __init__,
        "__doc__": f"{function.__doc__}\n{_ARGUMENTS}",
        "__module__": __package__,  # where pickle finds it, and users import it from
    }
    return LOSSES.register(type(class_name, (FunctionLoss,), body))


_ARGUMENTS = """
    Args:
        reduction: As in `Loss`.
        name: As in `Loss`.
        dtype: As in `Loss`.
    """
