"""The variables of an optimizer: made, found, saved and restored."""

import warnings

from .. import initializers
from ..tensor import Tensor, Variable, convert_to_tensor, standing_in
from ..utils import changes, checks, naming

__all__ = ["OptimizerState"]


class OptimizerState(changes.Watched):
    """What an optimizer keeps between steps; the part of `Optimizer` about that.

    Attributes:
        slots: Names of the variables kept beside each weight. Those of one inner tuple
            are made weight by weight: momentum and velocity of the first weight, then
            of the second. That is the order in files.
        starts: What slots hold at first, by name; 0 where nothing is said.
    """

    slots: tuple[tuple[str, ...], ...] = ()

    def __init__(self, name: str | None):
        cls = type(self).__name__
        self.name = name or naming.auto_name(naming.to_snake_case(cls))
        self.built = False
        self.starts: dict[str, float] = {}
        self._variables: list[Variable] = []  # in the order of files
        self._trainable_variables: list[Variable] = []
        self._positions: dict[int, int] | None = None  # id of a weight -> its place
        self._slot_names: tuple[str, ...] = ()
        self._slots: list[list[Variable]] = []  # per weight
        self._averages: list[Variable] = []
        self._accumulators: list[Variable] = []
        self._iterations = self.add_variable((), dtype="int32", name="iteration")

    def _owner(self) -> str:
        return checks.owner_name(self)

    @property
    def variables(self) -> list[Variable]:
        """All variables of the optimizer, in the order in which files hold them."""
        return self._variables[:]

    def add_variable(
        self,
        shape,
        initializer="zeros",
        dtype=None,
        aggregation="none",
        layout=None,
        name=None,
    ) -> Variable:
        """Adds a variable to what the optimizer keeps, and saves.

        Args:
            shape: Its shape.
            initializer: Name, object or function.
            dtype: Its dtype; `config.floatx()` if None.
            aggregation: See `Variable`.
            layout: How devices share it: None, there is one.
            name: Its name; made up if None.
        """
        if layout is not None:
            checks.fail(self, "layout", layout, "be None, there is one device")
        with naming.name_scope(self.name):
            variable = Variable(
                initializers.get(initializer),
                shape=shape,
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._variables.append(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable, name=None, initializer="zeros"
    ) -> Variable:
        """Adds a variable of a weight's shape and dtype, named after both."""
        stem = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape,
            initializer,
            reference_variable.array.dtype.name,
            name=f"{stem}_{name}",
        )

    def add_optimizer_variables(self, trainable_variables, name, initializer="zeros"):
        """Adds a variable per weight, or several if `name` is a list of names.

        Returns:
            A list of variables; for a list of names, a tuple of such lists.
        """
        if isinstance(name, str):
            (made,) = self.add_optimizer_variables(
                trainable_variables, [name], [initializer]
            )
            return made
        if not isinstance(initializer, (list, tuple)):
            initializer = [initializer] * len(name)
        columns = tuple([] for _ in name)
        for weight in trainable_variables:
            for column, each, first in zip(columns, name, initializer, strict=True):
                column.append(self.add_variable_from_reference(weight, each, first))
        return columns

    def build(self, variables) -> None:
        """Makes what is kept beside these weights. A second call does nothing."""
        if self.built:
            return
        weights = self._trainable_variables = list(variables)
        if self.use_ema:
            self._averages = self.add_optimizer_variables(weights, "average")
        if self.gradient_accumulation_steps:
            name = "gradient_accumulator"
            self._accumulators = self.add_optimizer_variables(weights, name)
        self._slot_names = tuple(name for group in self.slots for name in group)
        self._slots = [[] for _ in weights]
        for group in self.slots:
            for w, slots in zip(weights, self._slots, strict=True):
                slots += self._slots_of(w, group)
        self.built = True

    def _slots_of(self, weight, names: tuple[str, ...]) -> list[Variable]:
        """Makes what is kept beside a weight, of one group of names."""
        return [
            self.add_variable_from_reference(
                weight, name, initializers.Constant(self.starts.get(name, 0.0))
            )
            for name in names
        ]

    def _get_variable_index(self, variable) -> int:
        """Returns a weight's place among those the optimizer was built for."""
        if self._positions is None:
            weights = self._trainable_variables
            self._positions = {id(w): i for i, w in enumerate(weights)}
        try:
            return self._positions[id(variable)]
        except KeyError:
            raise ValueError(
                f"{self._owner()}: unknown variable {variable.path!r}. The optimizer "
                f"was built for {len(self._trainable_variables)} others. Make a new "
                "optimizer for a new set of variables."
            ) from None

    @property
    def slot_names(self) -> tuple[str, ...]:
        """Names of what is kept beside each weight, once built."""
        return self._slot_names

    def at_step(self, steps: int) -> list[tuple[Variable, object]]:
        """Returns what follows from the number of steps taken: (variable, value)."""
        return [(self._iterations, steps)]

    def slot(self, weight, name: str) -> Variable:
        """Returns the variable of a name that is kept beside a weight."""
        slots = self._slots[self._get_variable_index(weight)]
        return slots[self._slot_names.index(name)]

    def __getstate__(self) -> dict:
        return {**vars(self), "_positions": None}  # copied weights have other ids

    def save_own_variables(self, store) -> None:
        """Puts the value of each variable into a dict-like store, as "0", "1", ..."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store) -> None:
        """Takes the values that `save_own_variables` put into a store.

        A store with another number of variables is left alone, with a warning.
        """
        count, stored = len(self.variables), len(store.keys())
        if count != stored:
            warnings.warn(
                f"{self._owner()}: its saved state is skipped, because it has {stored} "
                f"variables where the optimizer has {count}.",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(self.variables):
            variable.assign(store[str(i)])

    def set_weights(self, weights) -> None:
        """Sets all variables, in the order of `variables`.

        Raises:
            ValueError: if their number or a shape differs.
        """
        weights = list(weights)
        if len(weights) != len(self.variables):
            raise ValueError(
                f"{self._owner()}: set_weights needs {len(self.variables)} arrays, "
                f"one per variable, got {len(weights)}."
            )
        for variable, value in zip(self.variables, weights, strict=True):
            variable.assign(value)

    def stateless_apply(
        self, optimizer_variables, grads, trainable_variables
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Returns what a step would make of given values, and changes nothing.

        Args:
            optimizer_variables: Values for `variables`.
            grads: Gradients.
            trainable_variables: Values for the weights the optimizer was built for.

        Returns:
            New values of the weights, and of the optimizer's variables.
        """
        if not self.built:
            raise ValueError(
                f"{self._owner()}: stateless_apply needs a built optimizer. Call "
                "build(trainable_variables) first."
            )
        holders = [*self._trainable_variables, *self.variables]
        with standing_in(holders, [*trainable_variables, *optimizer_variables]):
            self.apply(grads)
            after = [convert_to_tensor(holder.numpy()) for holder in holders]
        count = len(self._trainable_variables)
        return after[:count], after[count:]
