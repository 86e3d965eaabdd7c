"""The losses and metrics of `compile`, matched to the outputs when data come."""

import functools

from .. import losses, metrics, ops
from ..losses.loss import Loss, LossFunctionWrapper
from ..metrics.metric import METRICS, Metric
from ..utils import checks, naming, tree
from .loop import track
from .outputs import OutputNames

__all__ = ["CompileLoss", "CompileMetrics"]

_ACCURACY = ("accuracy", "acc")
_CROSSENTROPY = ("crossentropy", "ce")
_CHOICES = {
    "binary": ("BinaryAccuracy", "BinaryCrossentropy"),
    "sparse": ("SparseCategoricalAccuracy", "SparseCategoricalCrossentropy"),
    "one-hot": ("CategoricalAccuracy", "CategoricalCrossentropy"),
}


def _is_config(value) -> bool:
    return isinstance(value, dict) and "class_name" in value


def _resolved(given, resolve):
    """Returns a nested specification with every leaf replaced."""
    if isinstance(given, (list, tuple)):
        return [_resolved(item, resolve) for item in given]
    if isinstance(given, dict) and not _is_config(given):
        return {name: _resolved(item, resolve) for name, item in given.items()}
    return None if given is None else resolve(given)


# ------------------------------------------------------------------------------- losses


class CompileLoss:
    """The total loss of a model's outputs: sum(loss_weight * loss(y_true, y_pred)).

    Args:
        loss: Name, function or `Loss`; a list or dict of them for several outputs, with
            None where an output has no loss.
        loss_weights: Numbers in the same forms, or None.
        output_names: Names of the outputs, if the model knows them.
    """

    def __init__(self, loss, loss_weights=None, output_names=None):
        self._loss = _resolved(loss, _as_loss)
        self._weights = _resolved(loss_weights, _as_weight)
        self._output_names = output_names
        self.built = False
        self.trackers = []
        self._terms = []

    @property
    def is_of_keras(self) -> bool:
        """Whether all losses are those of this package, which have no use for NaN."""
        found = [loss for loss in tree.flatten(self._loss) if loss is not None]
        parts = [part for x in found for part in (type(x), getattr(x, "fn", type(x)))]
        package = __name__.partition(".")[0]
        return all(
            getattr(part, "__module__", "").partition(".")[0] == package
            for part in parts
        )

    def build(self, y_pred) -> None:
        """Finds the loss and the weight of each output."""
        self._outputs = OutputNames(y_pred, self._output_names)
        found = self._outputs.spread("loss", self._loss)
        weights = self._outputs.spread("loss_weights", self._weights)
        self._needed = [loss is not None for loss in found]
        self._terms = [
            (i, found[i], weights[i]) for i, need in enumerate(self._needed) if need
        ]
        self._is_single = self._outputs.count == 1 and len(self._terms) == 1
        self.trackers = [metrics.Mean(name=name) for name in self._tracker_names()]
        self.built = True

    def _tracker_names(self) -> list[str]:
        if len(self._terms) < 2:
            return []
        names = self._outputs.names
        taken = []
        for i, loss, _ in self._terms:
            taken.append(_unused(f"{names[i] if names else loss.name}_loss", taken))
        return taken

    def __call__(self, y_true, y_pred, sample_weight=None):
        """Returns the total, a scalar tensor; None if no output has a loss."""
        if not self.built:
            self.build(y_pred)
        if self._is_single and not isinstance(y_true, (list, tuple, dict)):
            _, loss, weight = self._terms[0]
            if isinstance(y_pred, (list, tuple, dict)):
                (y_pred,) = tree.flatten(y_pred)
            _check_target(y_true)
            value = loss(y_true, y_pred, _only(sample_weight))
            return value if weight is None else value * weight
        return self._sum(y_true, y_pred, sample_weight)

    def _sum(self, y_true, y_pred, sample_weight):
        y_pred = tree.flatten(y_pred)
        y_true = self._outputs.targets("y", y_true, self._needed)
        sample_weight = _spread_weights(self._outputs, sample_weight, self._needed)
        values = []
        for i, loss, _ in self._terms:
            _check_target(y_true[i], self._outputs.names and self._outputs.names[i])
            values.append(loss(y_true[i], y_pred[i], sample_weight[i]))
        for tracker, value in zip(self.trackers, values, strict=False):
            track(tracker, value, len(y_pred[0]))
        return _total(values, [weight for _, _, weight in self._terms])


def _total(values: list, weights: list):
    total = None
    for value, weight in zip(values, weights, strict=True):
        term = value if weight is None else value * weight
        total = term if total is None else total + term
    return total


def _as_loss(identifier) -> Loss:
    found = losses.get(identifier)
    if isinstance(found, Loss):
        return found
    name = identifier if isinstance(identifier, str) else _label(identifier)
    return LossFunctionWrapper(found, name=name)


def _as_weight(value) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        if not hasattr(value, "__float__"):
            checks.fail("compile", "loss_weights", value, "be numbers", 1.0)
    return float(value)


def _check_target(y_true, name=None) -> None:
    if y_true is None:
        output = f" for the output {name!r}" if name else ""
        raise ValueError(
            f"The loss needs targets{output}, but y is None. Pass y, or let the data "
            "give (x, y)."
        )


def _only(weights):
    """The weights of a single output, which may come in a list or dict of one."""
    if isinstance(weights, (list, tuple, dict)):
        (weights,) = tree.flatten(weights)
    return weights


def _spread_weights(outputs: OutputNames, weights, needed: list) -> list:
    """One array of sample weights for all outputs counts for each."""
    if not isinstance(weights, (list, tuple, dict)):
        return [weights] * outputs.count
    return outputs.targets("sample_weight", weights, needed)


def _unused(name: str, taken) -> str:
    """Returns the name, with a number behind it if it is taken."""
    unused, count = name, 1
    while unused in taken:
        unused = f"{name}_{count}"
        count += 1
    return unused


# ------------------------------------------------------------------------------ metrics


class CompileMetrics(Metric):
    """The metrics of all outputs, as one metric whose result is a dict.

    Args:
        metrics: Names, functions or metrics: a list for a single output; for several,
            a list with an entry (or list of them) per output, or a dict from names.
        weighted_metrics: Metrics in the same forms that take the sample weights.
        name: Its own name among the model's metrics.
        output_names: Names of the outputs, if the model knows them.
    """

    def __init__(
        self, metrics, weighted_metrics, name="compile_metrics", output_names=None
    ):
        super().__init__(name=name)
        self._plain = _checked("metrics", metrics)
        self._weighted = _checked("weighted_metrics", weighted_metrics)
        self._output_names = output_names
        self.built = False
        self._entries = []

    def build(self, y_true, y_pred) -> None:
        """Makes the metrics of each output, which may depend on the shapes."""
        outputs = self._outputs = OutputNames(y_pred, self._output_names)
        specs = [
            (_lists("metrics", self._plain, outputs), False),
            (_lists("weighted_metrics", self._weighted, outputs), True),
        ]
        self._needed = [
            any(lists[i] for lists, _ in specs) for i in range(outputs.count)
        ]
        y_true = outputs.targets("y", y_true, self._needed)
        y_pred = tree.flatten(y_pred)
        for i in range(outputs.count):
            for lists, is_weighted in specs:
                for spec in lists[i]:
                    self._add(spec, i, is_weighted, y_true[i], y_pred[i])
        self.built = True

    def _add(self, spec, i: int, is_weighted: bool, y_true, y_pred) -> None:
        metric, label = _as_metric(spec, y_true, y_pred)
        names = self._outputs.names if self._outputs.count > 1 else None
        prefix = f"{names[i]}_" if names else ""
        taken = [key for key, *_ in self._entries]
        key = f"{prefix}{label}"
        if is_weighted and key in taken:
            key = f"{prefix}weighted_{label}"
        self._entries.append((_unused(key, taken), metric, i, is_weighted))
        self._track(metric)

    @property
    def metrics(self) -> list[Metric]:
        """The metrics of all outputs, in order; none before the first data."""
        return [metric for _, metric, _, _ in self._entries]

    @property
    def result_names(self) -> list[str]:
        """The results' names as `compile` listed them; for a single output only."""
        is_single = self.built and self._outputs.count == 1
        return [key for key, *_ in self._entries] if is_single else []

    def update_state(self, y_true, y_pred, sample_weight=None):
        """Takes in a batch, in the structure of the model's outputs."""
        if not self.built:
            self.build(y_true, y_pred)
        outputs = self._outputs
        y_pred = tree.flatten(y_pred)
        y_true = outputs.targets("y", y_true, self._needed)
        weights = _spread_weights(outputs, sample_weight, self._needed)
        for _, metric, i, is_weighted in self._entries:
            if is_weighted:
                metric.update_state(y_true[i], y_pred[i], sample_weight=weights[i])
            else:
                metric.update_state(y_true[i], y_pred[i])

    def result(self):
        """Returns the values so far, by their names in `History`."""
        results = {}
        for key, metric, _, _ in self._entries:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {key: value})
        return results

    def reset_state(self):
        """Starts all metrics afresh."""
        for metric in self.metrics:
            metric.reset_state()


def _checked(argument: str, given):
    """Checks the form and the names early: at `compile`, not at the first batch."""
    if given is None or isinstance(given, (list, tuple, dict)):
        return _resolved(given, _check_name)
    example = f" Try {argument}=[{given!r}]." if isinstance(given, str) else ""
    raise ValueError(
        f"compile: {argument} must be a list or a dict, got {checks.show(given)}."
        f"{example}"
    )


def _check_name(spec):
    if isinstance(spec, str) and spec.lower() not in (*_ACCURACY, *_CROSSENTROPY):
        METRICS.find(spec)
    elif not isinstance(spec, (str, dict)) and not callable(spec):
        metrics.get(spec)
    return spec


def _lists(argument: str, given, outputs: OutputNames) -> list[list]:
    """Returns one flat list of metrics per output."""
    if given is None:
        return [[] for _ in range(outputs.count)]
    is_for_one = outputs.count == 1 and not isinstance(given, dict)
    spread = [given] if is_for_one else outputs.spread(argument, given)
    return [_flat(spec) for spec in spread]


def _flat(spec) -> list:
    if isinstance(spec, (list, tuple)):
        return [leaf for item in spec for leaf in _flat(item)]
    return [] if spec is None else [spec]


def _as_metric(spec, y_true, y_pred) -> tuple[Metric, str]:
    """Returns the metric meant and the name it goes by: the user's own word for it."""
    if isinstance(spec, str) and spec.lower() in _ACCURACY:
        spec_class = getattr(metrics, _CHOICES[_kind_of_labels(y_true, y_pred)][0])
        return spec_class(name=spec), spec
    if isinstance(spec, str) and spec.lower() in _CROSSENTROPY:
        spec_class = getattr(metrics, _CHOICES[_kind_of_labels(y_true, y_pred)][1])
        return spec_class(name=spec), spec
    found = metrics.get(spec)
    label = spec if isinstance(spec, str) else _label(found)
    if not isinstance(found, Metric):
        found = metrics.MeanMetricWrapper(_with_columns(found), name=label)
    return found, label


def _with_columns(function):
    """A metric of one's own gets targets (n,) as the column (n, 1) that outputs are."""

    @functools.wraps(function)
    def measured(y_true, y_pred):
        if len(y_pred.shape) == len(y_true.shape) + 1 and y_pred.shape[-1] == 1:
            y_true = ops.expand_dims(y_true, -1)
        return function(y_true, y_pred)

    return measured


def _kind_of_labels(y_true, y_pred) -> str:
    """What "accuracy" means depends on the shapes of targets and predictions."""
    if y_pred.shape[-1:] == (1,):
        return "binary"
    is_sparse = len(y_true.shape) < len(y_pred.shape) or y_true.shape[-1] == 1
    return "sparse" if is_sparse else "one-hot"


def _label(function) -> str:
    """Returns a function's name as a word; lambdas are called "lambda"."""
    name = getattr(function, "name", None) or getattr(function, "__name__", None)
    return name.strip("<>") if name else naming.to_snake_case(type(function).__name__)
