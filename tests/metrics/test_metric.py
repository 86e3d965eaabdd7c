"""The base class, sums, means and functions as metrics."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import metrics

VALUES = np.arange(12, dtype="float32").reshape(4, 3)


class Product(metrics.Metric):
    """Its own variable, one assigned directly, and a metric inside."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_variable((), "ones", name="total")
        self.updates = keras.Variable(0, trainable=False, name="updates")
        self.inner = metrics.Mean()

    def update_state(self, values, sample_weight=None):
        self.total.assign(self.total * keras.ops.prod(values))
        self.updates.assign_add(1)
        self.inner.update_state(values)

    def result(self):
        return self.total.value


def test_variables_of_attributes_are_found():
    product = Product()
    names = ["total", "updates", "total", "count"]
    assert [variable.name for variable in product.variables] == names
    assert product.variables[0].path == "product/total"
    product.update_state([2.0, 3.0])
    product.reset_state()
    assert [float(variable) for variable in product.variables] == [0.0] * 4


def test_names_are_made_from_the_class():
    assert [Product().name, Product().name, Product(name="p").name] == [
        "product",
        "product_1",
        "p",
    ]
    assert metrics.MeanMetricWrapper(abs).name == "mean_metric_wrapper"


def test_forgotten_super_call():
    class Bad(metrics.Metric):
        def __init__(self):
            self.total = keras.Variable(0.0)

    with pytest.raises(RuntimeError, match=r"Bad must call super\(\).__init__\(\)"):
        Bad()


def test_methods_to_be_written():
    with pytest.raises(TypeError, match="Metric has no update_state method"):
        metrics.Metric()(1.0)
    with pytest.raises(TypeError, match="Metric has no result method"):
        metrics.Metric().result()


def test_stateless_values_must_be_complete():
    message = "Mean 'mean': metric_variables must hold one value for each of the 2"
    with pytest.raises(ValueError, match=message):
        metrics.Mean().stateless_result([1.0])


def test_unknown_name():
    message = r"Unknown metric 'acuracy'. Did you mean 'accuracy'\?"
    with pytest.raises(ValueError, match=message):
        metrics.get("acuracy")


def test_names_keras_knows():
    assert type(metrics.get("MSE")) is metrics.MeanSquaredError
    assert type(metrics.get("bce")) is metrics.BinaryCrossentropy
    assert type(metrics.get("auc")) is metrics.AUC
    assert type(metrics.get("f_beta_score")) is metrics.FBetaScore
    assert metrics.get(None) is None


@pytest.mark.parametrize(
    ("weight", "total", "count"),
    [
        (None, 22.0, 4.0),
        (2.0, 11.0, 2.0),
        (np.array([1.0, 0.0, 0.0, 2.0]), 21.0, 3.0),
        (np.array([[1.0], [0.0], [0.0], [2.0]]), 21.0, 3.0),
        (np.array([[3.0, 0.0, 0.0]]), 18.0, 4.0),
        (np.ones((4, 3, 1)), 22.0, 4.0),
    ],
)
def test_mean_weights_samples(weight, total, count):
    mean = metrics.Mean()
    mean.update_state(VALUES, sample_weight=weight)
    assert [float(v) for v in mean.variables] == pytest.approx([total, count])


def test_mean_of_numbers_one_by_one():
    mean = metrics.Mean()
    for value, weight in ((1.0, 1), (4.0, 3)):
        mean.update_state(value, sample_weight=weight)
    assert float(mean.result()) == 3.25


def test_mean_of_nothing_is_zero():
    mean = metrics.Mean()
    assert float(mean.result()) == 0.0
    assert float(mean(np.zeros((0, 3)))) == 0.0


def test_sum_weights_samples():
    weight = np.array([1.0, 0.0, 0.0, 2.0])
    assert float(metrics.Sum()(VALUES, sample_weight=weight)) == 63.0


def test_weights_that_do_not_fit():
    message = r"sample_weight of shape \(3,\) does not fit values of shape \(4,\)"
    with pytest.raises(ValueError, match=message):
        metrics.Mean()(VALUES, sample_weight=np.ones(3))


def test_mask_on_predictions():
    y_pred = keras.ops.convert_to_tensor(VALUES[:, :, None])
    y_pred._keras_mask = keras.ops.convert_to_tensor(VALUES < 5)
    metric = metrics.MeanAbsoluteError()
    metric.update_state(VALUES[:, :, None] * 0, y_pred)
    assert float(metric.result()) == pytest.approx(2.0)
    metric.reset_state()
    metric.update_state(
        VALUES[:, :, None] * 0, y_pred, np.array([[1.0], [0], [0], [0]])
    )
    assert float(metric.result()) == pytest.approx(1.0)


def test_wrapped_functions_survive_their_config():
    for fn in (metrics.categorical_accuracy, metrics.mean_squared_error):
        metric = metrics.MeanMetricWrapper(fn, name="own")
        twin = metrics.deserialize(metrics.serialize(metric))
        assert (twin.fn, twin.name) == (fn, "own")
    metric = metrics.MeanMetricWrapper(metrics.huber, delta=0.5)
    assert metric.get_config()["delta"] == 0.5
    assert metrics.deserialize(metrics.serialize(metric)).arguments == {"delta": 0.5}


def test_values_keep_no_graph():
    weight = keras.Variable([[1.0]])
    with keras.GradientTape() as tape:
        y_pred = weight * 2.0
        metric = metrics.MeanSquaredError()
        metric.update_state([[0.0]], y_pred)
        loss = keras.ops.sum(y_pred)
    assert tape.gradient(loss, weight).tolist() == [[2.0]]
    assert float(metric.result()) == 4.0
