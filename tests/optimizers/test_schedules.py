"""Learning rate schedules. The numbers are those of Keras 3.15.1."""

import numpy as np
import pytest

from minikeras.optimizers import schedules
from minikeras.optimizers.schedules import (
    CosineDecay,
    CosineDecayRestarts,
    ExponentialDecay,
    InverseTimeDecay,
    LearningRateSchedule,
    PiecewiseConstantDecay,
    PolynomialDecay,
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
    ("text", "rates"),
    [
        (
            "CosineDecay(0.1,10)",
            [0.1, 0.09755283, 0.06545085, 0.009549147, 0.0, 0.0, 0.0],
        ),
        (
            "CosineDecay(0.1,10,0.2)",
            [0.1, 0.09804226, 0.07236068, 0.02763932, 0.02, 0.02, 0.02],
        ),
        (
            "CosineDecay(0.0,10,0.2,warmup_target=0.5,warmup_steps=4)",
            [0.0, 0.125, 0.5, 0.3618034, 0.1, 0.1, 0.1],
        ),
        (
            "CosineDecay(0.1,10,warmup_target=0.5,warmup_steps=4)",
            [0.1, 0.2, 0.5, 0.3272542, 0.0, 0.0, 0.0],
        ),
        (
            "CosineDecay(0.1,10,warmup_steps=4)",
            [0.1, 0.09755283, 0.06545085, 0.009549147, 0.0, 0.0, 0.0],
        ),
        (
            "CosineDecayRestarts(0.1,5)",
            [0.1, 0.09045085, 0.009549147, 0.07938927, 0.1, 0.07938927, 0.09619398],
        ),
        (
            "CosineDecayRestarts(0.1,5,1.0,0.5)",
            [0.1, 0.09045085, 0.009549147, 0.01727457, 0.0125, 0.00565318, 0.000390625],
        ),
        (
            "CosineDecayRestarts(0.1,4,1.5,0.8,0.1)",
            [0.1, 0.08681981, 0.082, 0.028, 0.03379893, 0.0536293, 0.03573254],
        ),
        (
            "InverseTimeDecay(0.1,3,0.5)",
            [0.1, 0.08571429, 0.06, 0.04285714, 0.02857143, 0.02222222, 0.01304348],
        ),
        (
            "InverseTimeDecay(0.1,3,0.5,True)",
            [0.1, 0.1, 0.06666667, 0.05, 0.02857143, 0.02222222, 0.01333333],
        ),
        (
            "PolynomialDecay(0.1,10)",
            [0.1, 0.09001, 0.06004, 0.02008, 0.0001, 0.0001, 0.0001],
        ),
        (
            "PolynomialDecay(0.1,10,0.01,0.5)",
            [0.1, 0.0953815, 0.0797137, 0.05024923, 0.01, 0.01, 0.01],
        ),
        (
            "PolynomialDecay(0.1,4,0.01,2.0,True)",
            [0.1, 0.060625, 0.01, 0.01, 0.01035156, 0.01140625, 0.01],
        ),
    ],
)
def test_rates_are_those_of_keras(text, rates):
    schedule = eval(text)
    steps = [0, 1, 4, 8, 15, 21, 40]
    made = [float(schedule(step)) for step in steps]
    np.testing.assert_allclose(made, rates, rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(schedule(np.array(steps)), rates, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize(
    "schedule",
    [
        ExponentialDecay(0.1, 10, 0.5, staircase=True, name="mine"),
        PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]),
        CosineDecay(0.1, 10, 0.1, warmup_target=0.5, warmup_steps=3),
        CosineDecayRestarts(0.1, 2, 1.0, 0.9, 0.1),
        InverseTimeDecay(0.1, 3, 0.5, staircase=True),
        PolynomialDecay(0.1, 3, 0.01, 0.5, cycle=True),
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
