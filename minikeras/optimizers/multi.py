"""MultiOptimizer: different optimizers for different weights."""

import re
from collections.abc import MutableMapping

from ..utils import checks, serialization
from .base import OPTIMIZERS, Optimizer

__all__ = ["MultiOptimizer", "OptimizerMap"]


@OPTIMIZERS.register
class OptimizerMap(MutableMapping):
    """Which optimizer moves a weight, by a regular expression for its whole path.

    Args:
        default_optimizer: The optimizer of weights that no expression matches.
        optimizer_map: Dict regular expression -> optimizer; the first match counts.

    >>> SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
    >>> chosen = OptimizerMap(SGD(), {"encoder/.*": Adam()})
    >>> chosen["encoder/kernel"].name, chosen["decoder/kernel"].name
    ('adam', 'sgd')
    """

    def __init__(self, default_optimizer, optimizer_map=None):
        if not isinstance(default_optimizer, Optimizer):
            raise TypeError(
                "OptimizerMap: default_optimizer must be an optimizer, got "
                f"{checks.show(default_optimizer)}. Try keras.optimizers.SGD()."
            )
        self.default_optimizer = default_optimizer
        self._optimizers: dict = {}
        for pattern, optimizer in (optimizer_map or {}).items():
            self[pattern] = optimizer

    def __getitem__(self, path: str) -> Optimizer:
        if path in self._optimizers:
            return self._optimizers[path]
        for pattern, optimizer in self._optimizers.items():
            if re.fullmatch(pattern, path):
                return optimizer
        return self.default_optimizer

    def __setitem__(self, pattern: str, optimizer) -> None:
        if not isinstance(pattern, str):
            checks.fail("OptimizerMap", "key", pattern, "be a str", "encoder/.*")
        if pattern in self._optimizers:
            raise ValueError(
                f"OptimizerMap: {pattern!r} has an optimizer already. Delete it first."
            )
        if not isinstance(optimizer, Optimizer):
            checks.fail("OptimizerMap", "value", optimizer, "be an optimizer")
        self._optimizers[pattern] = optimizer

    def __delitem__(self, pattern: str) -> None:
        del self._optimizers[pattern]

    def __iter__(self):
        return iter(self._optimizers)

    def __len__(self) -> int:
        return len(self._optimizers)

    def get_config(self) -> dict:
        """Returns the constructor's arguments."""
        return {
            "default_optimizer": OPTIMIZERS.serialize(self.default_optimizer),
            "optimizer_map": {
                pattern: OPTIMIZERS.serialize(optimizer)
                for pattern, optimizer in self.items()
            },
        }

    @classmethod
    def from_config(cls, config: dict, custom_objects: dict | None = None):
        """Makes a map from what `get_config` returned."""
        revive = serialization.deserialize_keras_object
        optimizers = {
            pattern: revive(form, custom_objects)
            for pattern, form in config["optimizer_map"].items()
        }
        return cls(revive(config["default_optimizer"], custom_objects), optimizers)


@OPTIMIZERS.register("multioptimizer")
class MultiOptimizer(Optimizer):
    """Moves each weight by the optimizer that a map or a function picks for it.

    Args:
        optimizer_map: `OptimizerMap`, or function from a variable to its optimizer.
        loss_scale_factor: Factor of the loss, by which the gradients are divided again.
        name: Its name; made up if None.

    >>> w, bias = keras.Variable([1.0], name="w"), keras.Variable([1.0], name="bias")
    >>> SGD = keras.optimizers.SGD
    >>> choice = OptimizerMap(SGD(0.1), {"bias": SGD(1.0)})
    >>> MultiOptimizer(choice).apply([[1.0], [1.0]], [w, bias])
    >>> print(w.numpy(), bias.numpy())
    [0.9] [0.]
    """

    def __init__(self, optimizer_map, loss_scale_factor=None, name=None):
        if not callable(optimizer_map) and not isinstance(optimizer_map, OptimizerMap):
            must = "be an OptimizerMap, or a function from a variable to an optimizer"
            checks.fail(self, "optimizer_map", optimizer_map, must)
        super().__init__(0.0, loss_scale_factor=loss_scale_factor, name=name)
        self.optimizer_map = optimizer_map
        self._groups: list = []  # (optimizer, the places of its weights)

    @property
    def optimizers(self) -> list[Optimizer]:
        """Those of the map, its default last; of a function, those picked so far."""
        if isinstance(self.optimizer_map, OptimizerMap):
            known = self.optimizer_map
            return [*known.values(), known.default_optimizer]
        return [optimizer for optimizer, _ in self._groups]

    @property
    def learning_rate(self):
        """There is none: each of `optimizers` has its own."""
        raise AttributeError(
            "MultiOptimizer has no learning rate of its own. Read that of one of its "
            "optimizers: optimizer.optimizers[0].learning_rate."
        )

    @learning_rate.setter
    def learning_rate(self, rate):
        raise AttributeError(
            "MultiOptimizer has no learning rate of its own. Set that of one of its "
            f"optimizers: optimizer.optimizers[0].learning_rate = {rate}."
        )

    @property
    def variables(self):
        """Its own step count, and the variables of all optimizers."""
        inner = [v for optimizer in self.optimizers for v in optimizer.variables]
        return [*self._variables, *inner]

    def _pick(self, variable) -> Optimizer:
        if isinstance(self.optimizer_map, OptimizerMap):
            return self.optimizer_map[variable.path]
        optimizer = self.optimizer_map(variable)
        if not isinstance(optimizer, Optimizer):
            raise ValueError(
                f"MultiOptimizer: the function gave {checks.show(optimizer)} for "
                f"variable {variable.path!r}, expected an optimizer."
            )
        return optimizer

    def build(self, variables):
        """Picks an optimizer for each weight, and builds them."""
        if self.built:
            return
        self._trainable_variables = variables = list(variables)
        places: dict = {}
        for i, variable in enumerate(variables):
            optimizer = self._pick(variable)
            places.setdefault(id(optimizer), (optimizer, []))[1].append(i)
        self._groups = list(places.values())
        for optimizer, group in self._groups:
            optimizer.build([variables[i] for i in group])
        self.built = True

    def apply(self, grads, trainable_variables=None):
        """Takes a step of each optimizer."""
        variables = self._variables_of_step(trainable_variables)
        grads = list(grads)
        if self.loss_scale_factor:
            scale = self.loss_scale_factor
            grads = [g if g is None else g / scale for g in grads]
        at = {id(w): g for w, g in zip(variables, grads, strict=True)}
        for optimizer, group in self._groups:
            weights = [self._trainable_variables[i] for i in group]
            weights = [w for w in weights if id(w) in at]
            if any(at[id(w)] is not None for w in weights):
                optimizer.apply([at[id(w)] for w in weights], weights)
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list):
        """Ends training, as each optimizer does."""
        wanted = set(map(id, var_list))
        for optimizer, group in self._groups:
            weights = [self._trainable_variables[i] for i in group]
            optimizer.finalize_variable_values([w for w in weights if id(w) in wanted])

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            "optimizer_map": serialization.serialize_keras_object(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        """Makes an optimizer from what `get_config` returned."""
        choice = config["optimizer_map"]
        if isinstance(choice, dict):
            choice = serialization.deserialize_keras_object(choice, custom_objects)
        return cls(**{**config, "optimizer_map": choice})
