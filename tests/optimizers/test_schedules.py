"""Learning rate schedules. The numbers are those of Keras 3.15.1."""

import numpy as np
import pytest

from minikeras.optimizers import schedules
from minikeras.optimizers.schedules import (
    ExponentialDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
)


def test_exponential_decay():
    np.testing.assert_allclose(float(ExponentialDecay(0.1, 10, 0.5)(3)), 0.08122524)
    stairs = ExponentialDecay(1.0, 10, 0.5, staircase=True)
    assert [float(stairs(step)) for step in (9, 10, 25)] == [1.0, 0.5, 0.25]


def test_piecewise_constant_decay():
    rates = PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3])
    assert [round(float(rates(step)), 6) for step in (0, 1, 2, 3)] == [
        0.1,
        0.1,
        0.2,
        0.3,
    ]


@pytest.mark.parametrize(
    "schedule",
    [
        ExponentialDecay(0.1, 10, 0.5, staircase=True, name="mine"),
        PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]),
    ],
)
def test_config_round_trip(schedule):
    form = schedules.serialize(schedule)
    assert form["module"] == "keras.optimizers.schedules"
    twin = schedules.deserialize(form)
    assert twin.get_config() == schedule.get_config()
    steps = np.arange(5)
    np.testing.assert_array_equal(twin(steps), schedule(steps))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: ExponentialDecay(0.1, 0, 0.5),
            ValueError,
            "decay_steps must be a numb",
        ),
        (
            lambda: PiecewiseConstantDecay([1], [0.1]),
            ValueError,
            "must be one value more than boundaries, got 1 boundaries and 1 values",
        ),
        (lambda: LearningRateSchedule()(1), TypeError, "has no rate. Define"),
        (
            lambda: schedules.deserialize({"class_name": "Cosin", "config": {}}),
            ValueError,
            "Unknown learning rate schedule 'Cosin'",
        ),
    ],
)
def test_mistakes(call, error, message):
    with pytest.raises(error, match=message):
        call()
