"""Which of what `compile` and `fit` were given belongs to which output of a model."""

from ..utils import checks, tree

__all__ = ["OutputNames"]


class OutputNames:
    """The outputs of a model in flat order, with the names users know them by.

    A dict of outputs has its keys as names, a functional model's list those of its
    layers. A list from a subclassed model has none: there only the order counts.

    Args:
        y_pred: The outputs, in their structure.
        names: Names of the outputs where y_pred is a list or a single tensor, or None.

    >>> OutputNames({"b": 1.0, "a": 2.0}).spread("loss_weights", {"b": 3.0})
    [None, 3.0]
    """

    def __init__(self, y_pred, names=None):
        paths = [path for path, _ in tree.flatten_with_path(y_pred)]
        self.count = len(paths)
        if isinstance(y_pred, dict):
            names = ["_".join(map(str, path)) for path in paths]
        is_known = names is not None and len(names) == self.count
        self.names = list(names) if is_known else None

    def spread(self, argument: str, given, is_whole=lambda value: False) -> list:
        """Returns one value per output from what an argument of `compile` was given.

        Args:
            argument: The argument's name, for messages.
            given: One value for all outputs, a list with one per output, or a dict from
                names of outputs; those left out have None.
            is_whole: Tells whether a list or dict is a value itself.
        """
        if is_whole(given) or not isinstance(given, (list, tuple, dict)):
            return [given] * self.count
        if isinstance(given, dict):
            return self._by_name(argument, given)
        if len(given) != self.count:
            raise ValueError(
                f"compile: {argument} must have one entry for each of the model's "
                f"{self.count} outputs{self._shown()}, got {len(given)}: {given}. "
                f"{self._example(argument)}"
            )
        return list(given)

    def targets(self, argument: str, given, needed: list[bool]) -> list:
        """Returns one array per output from the structure of targets or weights.

        Args:
            argument: "y" or "sample_weight", for messages.
            given: An array, or a list or dict of them.
            needed: For each output, whether it has a loss or metric that needs one.
        """
        if isinstance(given, dict) and self.names is not None:
            leaves = {
                "_".join(map(str, path)): leaf
                for path, leaf in tree.flatten_with_path(given)
            }
            return self._by_name(argument, leaves)
        leaves = tree.flatten(given)
        if len(leaves) == self.count:
            return leaves
        if len(leaves) == sum(needed):
            rest = iter(leaves)
            return [next(rest) if need else None for need in needed]
        raise ValueError(
            f"{argument} must have one array for each of the model's {self.count} "
            f"outputs{self._shown()}, got {len(leaves)}."
        )

    def _by_name(self, argument: str, given: dict) -> list:
        if self.names is None:
            raise ValueError(
                f"{argument} is a dict, but the outputs of this model have no names. "
                f"Use a list with {self.count} entries, or let the model return a dict."
            )
        for name in given:
            if name not in self.names:
                raise ValueError(
                    f"{argument} names the output {name!r}, which the model does not "
                    f"have. {checks.did_you_mean(name, self.names)}"
                )
        return [given.get(name) for name in self.names]

    def _shown(self) -> str:
        return f" {self.names}" if self.names else ""

    def _example(self, argument: str) -> str:
        value = {"loss_weights": "1.0", "loss": "'mse'"}.get(argument, "['mae']")
        names = self.names or range(self.count)
        if not self.names:
            return f"Try {argument}=[{', '.join(value for _ in names)}]."
        return f"Try {argument}={{{', '.join(f'{n!r}: {value}' for n in names)}}}."
