"""`Metric`: a value that builds up batch by batch in variables of its own."""

from contextlib import contextmanager

import numpy as np

from .. import initializers
from ..tensor import Variable, dtypes, standing_in
from ..utils import naming
from ..utils.registry import Registry

__all__ = ["METRICS", "Metric"]

METRICS = Registry("metric", "keras.metrics", package="minikeras.metrics")


@METRICS.register("metric")
class Metric:
    """Base of all metrics: write `__init__`, `update_state` and `result`.

    Args:
        dtype: Dtype to compute in; `config.floatx()` if None.
        name: Its name; made from the class's if None.

    >>> class Largest(Metric):
    ...     def __init__(self, **kwargs):
    ...         super().__init__(**kwargs)
    ...         self.largest = self.add_weight(name="largest", initializer="zeros")
    ...     def update_state(self, values, sample_weight=None):
    ...         self.largest.assign(max(float(self.largest), max(values)))
    ...     def result(self):
    ...         return self.largest.value
    >>> float(Largest()([1.0, 4.0, 2.0]))
    4.0
    """

    def __init__(self, dtype=None, name=None):
        self.name = name or naming.auto_name(naming.to_snake_case(type(self).__name__))
        self.dtype = dtypes.standardize(getattr(dtype, "compute_dtype", dtype))
        self._dtype = np.dtype(self.dtype)
        self._tracked = []

    # To be written by subclasses -----------------------------------------------------

    def update_state(self, *args, **kwargs):
        """Takes in a batch."""
        raise TypeError(_MISSING.format(type(self).__name__, "update_state"))

    def result(self):
        """Returns the value over all batches since the last reset."""
        raise TypeError(_MISSING.format(type(self).__name__, "result"))

    def get_config(self):
        """Returns the constructor's arguments."""
        return {"name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config):
        """Makes a metric from what `get_config` returned."""
        return cls(**config)

    # Done for them -------------------------------------------------------------------

    def __call__(self, *args, **kwargs):
        """Takes in a batch and returns the result so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def add_variable(
        self, shape, initializer, dtype=None, aggregation="sum", name=None
    ):
        """Makes a variable that is reset and saved with the metric.

        Args:
            shape: Its shape.
            initializer: Initializer, its name or config, or a function.
            dtype: Its dtype; the metric's if None.
            aggregation: How replicas would be combined; kept, there is one replica.
            name: Its name.
        """
        with naming.name_scope(self.name):
            variable = Variable(
                initializers.get(initializer),
                shape=shape,
                dtype=dtype or self.dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._track(variable)
        return variable

    def add_weight(self, shape=(), initializer="zeros", dtype=None, name=None):
        """Makes a variable as `add_variable` does, a single number by default."""
        return self.add_variable(shape, initializer or "zeros", dtype, name=name)

    @property
    def variables(self):
        """The variables, those of metrics kept as attributes included."""
        found = []
        for part in self._tracked:
            found += part.variables if isinstance(part, Metric) else [part]
        return found

    def reset_state(self):
        """Starts afresh: sets all variables to zero."""
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def __setattr__(self, name, value):
        if isinstance(value, (Variable, Metric)):
            self._track(value)
        super().__setattr__(name, value)

    def _track(self, part):
        if "_tracked" not in vars(self):
            cls = type(self).__name__
            raise RuntimeError(
                f"{cls} must call super().__init__() before it makes variables. Try "
                f"`super().__init__(name=name)` as the first line of {cls}.__init__."
            )
        if not any(part is known for known in self._tracked):
            self._tracked.append(part)

    # Without side effects ------------------------------------------------------------

    def stateless_update_state(self, metric_variables, *args, **kwargs):
        """Returns the variables' values as a batch changes them, and changes nothing.

        Args:
            metric_variables: Values to start from, in the order of `variables`.
            *args: As for `update_state`.
            **kwargs: As for `update_state`.
        """
        with self._holding(metric_variables):
            self.update_state(*args, **kwargs)
            return [variable.value for variable in self.variables]

    def stateless_result(self, metric_variables):
        """Returns the result that goes with these values of the variables."""
        with self._holding(metric_variables):
            return self.result()

    def stateless_reset_state(self):
        """Returns the values that the variables have after a reset."""
        with self._holding([variable.value for variable in self.variables]):
            self.reset_state()
            return [variable.value for variable in self.variables]

    @contextmanager
    def _holding(self, values):
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: metric_variables must hold one "
                f"value for each of the {len(variables)} variables, got {len(values)}."
            )
        with standing_in(variables, values):
            yield

    def __repr__(self):
        return f"<{type(self).__name__} name={self.name}>"


_MISSING = "{0} has no {1} method. Write {0}.{1}; see help(Metric) for an example."
