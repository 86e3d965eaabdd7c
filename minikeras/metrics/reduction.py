"""Running sums and means, and metrics that are the mean of a function."""

from .. import ops
from ..losses.loss import LOSSES
from ..losses.pairing import as_tensor, same_rank
from ..losses.reduction import mask_to_weight
from ..utils import naming, serialization
from .metric import METRICS, Metric

__all__ = ["FunctionMetric", "Mean", "MeanMetricWrapper", "Sum", "metric_class"]


def per_sample(values, sample_weight, reduce, dtype):
    """Returns weighted values and their weights, one of each per sample.

    Args:
        values: Tensor.
        sample_weight: Weights for the leading axes of `values`.
        reduce: `ops.mean` or `ops.sum`: what becomes of the other axes.
        dtype: Dtype of the weights.

    Raises:
        ValueError: if the weights do not broadcast to the values.
    """
    weight = as_tensor(sample_weight, dtype)
    mask = getattr(values, "_keras_mask", None)
    if mask is not None:
        weight = mask_to_weight(mask, weight, dtype, is_mean=False)
    values, weight = same_rank(values, weight, expand=False)
    extra = tuple(range(len(weight.shape), len(values.shape)))
    if extra:
        values = reduce(values, axis=extra)
    weight = _broadcast(weight, values.shape)
    values = values * weight
    inner = tuple(range(1, len(values.shape)))
    if inner:
        values, weight = reduce(values, axis=inner), reduce(weight, axis=inner)
    return values, weight


def _broadcast(weight, shape):
    if weight.shape == shape:
        return weight
    try:
        return ops.broadcast_to(weight, shape)
    except ValueError:
        raise ValueError(
            f"sample_weight of shape {weight.shape} does not fit values of shape "
            f"{shape}. Give one weight per sample or one per value."
        ) from None


@METRICS.register("sum")
class Sum(Metric):
    """Adds up values.

    result = sum(values * sample_weight)

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(Sum()([1.0, 3.0, 5.0]))
    9.0
    """

    def __init__(self, name="sum", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_weight(name="total")

    def update_state(self, values, sample_weight=None):
        """Adds values, weighted if there are weights."""
        values = as_tensor(values, self._dtype)
        if sample_weight is not None:
            values, _ = per_sample(values, sample_weight, ops.sum, self._dtype)
        self.total.assign_add(ops.sum(values))

    def result(self):
        """Returns the sum so far."""
        return self.total.value


@METRICS.register("mean")
class Mean(Metric):
    """Averages values, each weighing 1 or its sample weight.

    result = sum(values * sample_weight) / sum(sample_weight)

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.

    >>> float(Mean()([1.0, 3.0, 8.0], sample_weight=[1.0, 1.0, 0.0]))
    2.0
    """

    def __init__(self, name="mean", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_weight(name="total")
        self.count = self.add_weight(name="count")

    def update_state(self, values, sample_weight=None):
        """Takes in values: samples along the first axis, averaged along the others."""
        values = as_tensor(values, self._dtype)
        if sample_weight is None:
            shape = values.shape
            count = shape[0] if shape else 1
            total = ops.sum(values)
            if len(shape) > 1 and values.size != count:
                total = total * (count / max(values.size, 1))
        else:
            values, weight = per_sample(values, sample_weight, ops.mean, self._dtype)
            total, count = ops.sum(values), ops.sum(weight)
        self.total.assign_add(total)
        self.count.assign_add(count)

    def result(self):
        """Returns the mean so far; 0 before the first value."""
        return ops.divide_no_nan(self.total, self.count)


@METRICS.register("mean_metric_wrapper")
class MeanMetricWrapper(Mean):
    """The mean of a function `(y_true, y_pred, **arguments)` over all samples.

    Args:
        fn: The function; returns one value per sample.
        name: As in `Metric`.
        dtype: As in `Metric`.
        **kwargs: Further arguments for `fn`.

    >>> metric = MeanMetricWrapper(lambda y_true, y_pred: abs(y_true - y_pred))
    >>> float(metric(ops.array([1.0, 2.0]), ops.array([1.5, 2.0])))
    0.25
    """

    def __init__(self, fn, name=None, dtype=None, **kwargs):
        name = name or naming.auto_name(naming.to_snake_case(type(self).__name__))
        super().__init__(name=name, dtype=dtype)
        self.fn = fn
        self.arguments = kwargs

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch; a mask on `y_pred` says which values count."""
        mask = getattr(y_pred, "_keras_mask", None)
        values = self.fn(y_true, y_pred, **self.arguments)
        if mask is not None:
            sample_weight = mask_to_weight(mask, sample_weight, self._dtype, False)
        super().update_state(values, sample_weight)

    def get_config(self):
        """Returns the constructor's arguments, the function by its name."""
        fn = serialization.serialize_keras_object(self.fn)
        return {**super().get_config(), "fn": fn, **self.arguments}

    @classmethod
    def from_config(cls, config):
        """Makes a metric from what `get_config` returned."""
        if isinstance(config.get("fn"), dict):
            config = {**config, "fn": _function(config["fn"])}
        return cls(**config)


def _function(form):
    """Returns the function a config names; metrics' functions are known by class."""
    name = form["config"] if form["class_name"] == "function" else ""
    metric = None if name in LOSSES else METRICS.lookup(name)
    if metric is not None and issubclass(metric, FunctionMetric):
        return metric().fn
    return serialization.deserialize_keras_object(form)


class FunctionMetric(MeanMetricWrapper):
    """Base of the ready-made ones: their class says the function, configs need not.

    `keras_omits` holds arguments that Keras leaves out of configs, with their defaults;
    they are written only when they have another value.
    """

    keras_omits = ()

    def get_config(self):
        """Returns the constructor's arguments."""
        config = {**Metric.get_config(self), **self.arguments}
        return {k: v for k, v in config.items() if (k, v) not in self.keras_omits}


def metric_class(class_name, function, *aliases, name=None):
    """Makes and registers the class of a function that has no further arguments.

    Args:
        class_name: Name of the class; in snake case it is an alias too.
        function: `(y_true, y_pred) -> values`.
        *aliases: Other names, such as `"mse"`.
        name: Default name of the metric; that of the function if None.
    """

    def __init__(self, name=name or function.__name__, dtype=None):
        FunctionMetric.__init__(self, function, name, dtype)

    body = {
        "__init__": __init__,
        "__doc__": f"{function.__doc__}\n{_ARGUMENTS}",
        "__module__": __package__,  # where pickle finds it, and users import it from
    }
    made = type(class_name, (FunctionMetric,), body)
    return METRICS.register(naming.to_snake_case(class_name), *aliases)(made)


_ARGUMENTS = """
    The metric is the mean of this over all samples since the last reset.

    Args:
        name: As in `Metric`.
        dtype: As in `Metric`.
    """
