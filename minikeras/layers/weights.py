"""What a layer holds: its own variables, its sublayers, and everything below.

Nothing is registered when an attribute is set. The variables and sublayers of a layer
are found when somebody asks, by looking through its attributes, and through lists,
tuples and dicts in them. So a layer appended to a list later is found too.
"""

import numpy as np

from ..metrics.metric import Metric
from ..tensor import Variable, as_array
from ..tensor.random import SeedGenerator
from ..utils import changes, checks
from .input_spec import describe

__all__ = ["WeightHolder"]

_PLAIN = frozenset((str, int, float, bool, type(None), np.ndarray))


class WeightHolder(changes.Watched):
    """The half of `Layer` that answers for weights."""

    def _held(self) -> list:
        """The objects held in attributes, containers opened, each once, in order."""
        found, seen = [], set()
        stack = list(vars(self).values())[::-1]
        while stack:
            value = stack.pop()
            kind = type(value)
            if kind in _PLAIN or id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, (list, tuple)):
                stack.extend(value[::-1])
            elif isinstance(value, dict):
                stack.extend(list(value.values())[::-1])
            elif isinstance(value, (Variable, WeightHolder, SeedGenerator, Metric)):
                found.append(value)
        return found

    def _children(self) -> list["WeightHolder"]:
        """The sublayers, in the order in which they were set."""
        return [
            x for x in self._held() if isinstance(x, WeightHolder) and x is not self
        ]

    def _own_variables(self) -> list[Variable]:
        """This layer's variables, not its sublayers'; trainable ones first."""
        own = [x for x in self._held() if isinstance(x, Variable)]
        return sorted(own, key=lambda v: not v.trainable)

    def _flatten_layers(
        self, include_self: bool = True, recursive: bool = True
    ) -> list:
        """This layer and all below it, each once, parents before children."""
        found = {id(self): self} if include_self else {}
        stack = self._children()[::-1]
        while stack:
            layer = stack.pop()
            if id(layer) not in found:
                found[id(layer)] = layer
                if recursive:
                    stack.extend(layer._children()[::-1])
        return list(found.values())

    @property
    def takes_text(self) -> bool:
        """Whether inputs may be strings: here, if one of the sublayers takes them."""
        return any(x.takes_text for x in self._flatten_layers(include_self=False))

    @property
    def weights(self) -> list[Variable]:
        """All weights: layer by layer, trainable before non-trainable ones."""
        return _distinct(
            v for layer in self._flatten_layers() for v in layer._own_variables()
        )

    @property
    def variables(self) -> list[Variable]:
        """All weights and the states of random generators."""
        seeds = [
            seed.state
            for layer in self._flatten_layers()
            for seed in layer._held()
            if isinstance(seed, SeedGenerator)
        ]
        return _distinct([*self.weights, *seeds])

    @property
    def metrics(self) -> list[Metric]:
        """The metrics that this layer and its sublayers hold."""
        held = [m for layer in self._flatten_layers() for m in layer._own_metrics()]
        return _distinct(held)

    def _own_metrics(self) -> list[Metric]:
        return [x for x in self._held() if isinstance(x, Metric)]

    @property
    def metrics_variables(self) -> list[Variable]:
        """The variables of `metrics`."""
        return [v for metric in self.metrics for v in metric.variables]

    @property
    def trainable_weights(self) -> list[Variable]:
        """The weights that training updates; none if `trainable` is False."""
        if not self.trainable:
            return []
        own = [v for v in self._own_variables() if v.trainable]
        below = [v for layer in self._children() for v in layer.trainable_weights]
        return _distinct(own + below)

    @trainable_weights.setter
    def trainable_weights(self, variables) -> None:
        """Says which variables of one's own layer are trained."""
        self._told_trainable = _with_flag(variables, True)

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """The other weights: frozen ones, and statistics that layers keep."""
        trained = {id(v) for v in self.trainable_weights}
        return [v for v in self.weights if id(v) not in trained]

    @non_trainable_weights.setter
    def non_trainable_weights(self, variables) -> None:
        """Says which variables of one's own layer are not trained."""
        self._told_constant = _with_flag(variables, False)

    @property
    def trainable_variables(self) -> list[Variable]:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """All variables that training does not update."""
        trained = {id(v) for v in self.trainable_weights}
        return [v for v in self.variables if id(v) not in trained]

    @property
    def trainable(self) -> bool:
        """Whether training updates the weights. Setting it sets all sublayers too."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        for layer in self._flatten_layers():
            layer._trainable = bool(value)

    def count_params(self) -> int:
        """Returns the number of weights' elements.

        Raises:
            ValueError: if the layer has no weights yet because it was never called.
        """
        if not self.built:
            raise ValueError(
                f"{describe(self)}: the number of parameters is not known before the "
                "layer is built. Call it on data, or build(input_shape)."
            )
        return sum(v.size for v in self.weights)

    def get_weights(self) -> list[np.ndarray]:
        """Returns copies of all weights, in the order of `weights`."""
        return [v.numpy() for v in self.weights]

    def set_weights(self, weights) -> None:
        """Sets all weights from arrays, in the order of `weights`.

        Raises:
            ValueError: if the number or a shape differs; then nothing is changed.
        """
        variables = self.weights
        if len(variables) != len(weights):
            raise ValueError(
                f"{describe(self)} has {len(variables)} weights, but set_weights got "
                f"{len(weights)} arrays. Expected shapes: "
                f"{[v.shape for v in variables]}."
            )
        arrays = [as_array(w) for w in weights]
        for v, array in zip(variables, arrays, strict=True):
            if v.shape != array.shape:
                raise ValueError(
                    f"{describe(self)}: weight {v.path!r} has shape {v.shape}, but "
                    f"set_weights got an array of shape {array.shape}."
                )
        for v, array in zip(variables, arrays, strict=True):
            v.assign(array)

    def save_own_variables(self, store) -> None:
        """Puts the layer's own variables into a store under "0", "1", ..."""
        for i, v in enumerate(self._own_variables()):
            store[str(i)] = v.numpy()

    def load_own_variables(self, store) -> None:
        """Sets the layer's own variables from what `save_own_variables` stored.

        Raises:
            ValueError: if the number or a shape differs; then nothing is changed.
        """
        own = self._own_variables()
        arrays = [as_array(store[str(i)]) for i in range(len(store))]
        if len(own) != len(arrays) or any(
            v.shape != a.shape for v, a in zip(own, arrays, strict=False)
        ):
            raise ValueError(
                f"{describe(self)} has variables of shapes {[v.shape for v in own]}, "
                f"but the file has {[a.shape for a in arrays]}."
            )
        for v, array in zip(own, arrays, strict=True):
            v.assign(array)


def _with_flag(variables, trainable: bool) -> list[Variable]:
    """Returns variables as a list, marked as trained or not."""
    for v in variables:
        if not isinstance(v, Variable):
            must = "be variables, as add_weight and backend.variable make them"
            checks.fail("Layer", "weights", v, must)
        v.trainable = trainable
    return list(variables)


def _distinct(variables) -> list[Variable]:
    return list({id(v): v for v in variables}.values())
