"""What all optimizers share: arguments, learning rate, gradients, custom rules."""

import pickle

import numpy as np
import pytest

import minikeras as keras
from minikeras import Variable, ops
from minikeras.optimizers import SGD, Adam, Optimizer, RMSprop, get, schedules


def weight(value=(1.0, 2.0), name="kernel", **kwargs):
    return Variable(np.array(value, "float32"), name=name, **kwargs)


# Names and arguments ----------------------------------------------------------------


@pytest.mark.parametrize("name", ["sgd", "SGD", "Sgd"])
def test_get_by_name_in_any_case(name):
    assert type(get(name)) is SGD


def test_get():
    optimizer = Adam()
    assert get(optimizer) is optimizer
    assert type(get(RMSprop)) is RMSprop
    config = {"class_name": "SGD", "config": {"momentum": 0.5}}
    assert get(config).momentum == 0.5
    assert get(None) is None


def test_an_unknown_name_gets_a_suggestion():
    with pytest.raises(ValueError, match=r"Unknown optimizer 'adma'\. Did you mean"):
        get("adma")


def test_names_count_up():
    assert [SGD().name, SGD().name, SGD(name="mine").name] == ["sgd", "sgd_1", "mine"]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        (
            {"learning_rate": "fast"},
            "learning_rate must be a number, a LearningRateSch",
        ),
        ({"learning_rate": None}, r"got None. Try SGD\(learning_rate=0.01\)."),
        ({"momentum": 2}, r"SGD 'sgd': momentum must be a number in \[0.0, 1.0\]"),
        ({"clipnorm": -1.0}, "clipnorm must be a number of 0 or more"),
        (
            {"clipnorm": 1.0, "clipvalue": 1.0},
            "only one of clipnorm, clipvalue and glo",
        ),
        ({"weight_decay": "a"}, "weight_decay must be a number of 0 or more"),
        ({"ema_momentum": 2.0}, r"ema_momentum must be a number in \[0.0, 1.0\]"),
        (
            {"ema_overwrite_frequency": 1.5},
            "ema_overwrite_frequency must be a positive",
        ),
        ({"gradient_accumulation_steps": 1}, "steps must be an int of at least 2"),
        ({"momentun": 0.9}, "unknown argument 'momentun'. Did you mean 'momentum'?"),
    ],
)
def test_bad_arguments(kwargs, message):
    with pytest.raises(ValueError, match=message):
        SGD(**kwargs)


def test_adam_betas_stay_below_one():
    with pytest.raises(ValueError, match=r"beta_1 must be a number in \[0, 1\)"):
        Adam(beta_1=1.0)


# The learning rate ------------------------------------------------------------------


def test_the_learning_rate_can_be_set():
    optimizer, w = SGD(0.5), weight([0.0])
    optimizer.apply([[1.0]], [w])
    optimizer.learning_rate = 0.25
    optimizer.apply([[1.0]], [w])
    assert w.numpy().tolist() == [-0.75]
    assert optimizer.get_config()["learning_rate"] == 0.25


def test_a_schedule_sees_the_steps_taken():
    optimizer = SGD(schedules.PiecewiseConstantDecay([1], [1.0, 0.5]))
    w = weight([0.0])
    assert [v.name for v in optimizer.variables] == ["iteration"]
    for expected in (-1.0, -2.0, -2.5):
        optimizer.apply([[1.0]], [w])
        assert float(w[0]) == expected
    config = optimizer.get_config()
    assert SGD.from_config(config).get_config() == config
    with pytest.raises(TypeError, match="follows a schedule or function and cannot"):
        optimizer.learning_rate = 0.1


def test_a_function_gives_the_learning_rate():
    w = weight([0.0])
    SGD(lambda: 0.125).apply([[1.0]], [w])
    assert w.numpy().tolist() == [-0.125]


def test_a_schedule_can_replace_a_number():
    optimizer = SGD(0.5)
    optimizer.learning_rate = schedules.ExponentialDecay(0.25, 1, 0.5)
    assert float(optimizer.learning_rate) == 0.25
    assert [v.name for v in optimizer.variables] == ["iteration"]


# Gradients and variables ------------------------------------------------------------


def test_apply_gradients_returns_the_step_count():
    optimizer, w = SGD(0.5), weight()
    count = optimizer.apply_gradients([(np.ones(2), w)])
    assert int(count) == int(optimizer.iterations) == 1
    optimizer.apply([ops.convert_to_tensor([1.0, 1.0])])
    assert w.numpy().tolist() == [0.0, 1.0]


def test_a_missing_gradient_warns_and_leaves_the_variable():
    kernel, bias = weight(), weight([3.0], "bias")
    with pytest.warns(UserWarning, match=r"do not exist for variables \['bias'\] when"):
        SGD(0.5).apply([np.ones(2), None], [kernel, bias])
    assert (kernel.numpy().tolist(), bias.numpy().tolist()) == ([0.5, 1.5], [3.0])


def test_frozen_variables_stay():
    frozen = weight(trainable=False)
    SGD(0.5).apply([np.ones(2)], [frozen])
    assert frozen.numpy().tolist() == [1.0, 2.0]


def test_some_variables_take_their_gradient_as_value():
    scale = weight()
    scale.overwrite_with_gradient = True
    SGD(0.5).apply([np.array([7.0, 8.0])], [scale])
    assert scale.numpy().tolist() == [7.0, 8.0]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (lambda o, w: o.apply([None], [w]), "SGD 'sgd': no gradients for any variable"),
        (lambda o, w: o.apply_gradients([]), "no gradients for any variable"),
        (lambda o, w: o.apply([1.0, 2.0], [w]), "got 2 gradients for 1 variables"),
        (
            lambda o, w: o.apply([np.ones(3)], [w]),
            r"'kernel' must have the variable's s",
        ),
        (
            lambda o, w: SGD().apply([np.ones(2)]),
            r"apply\(grads\) needs to know the var",
        ),
        (
            lambda o, w: o.apply([[1.0]], [weight([1.0], "new")]),
            "unknown variable 'new'",
        ),
        (lambda o, w: o.set_weights([1]), "set_weights needs 2 arrays"),
        (lambda o, w: SGD().stateless_apply([], [], []), "needs a built optimizer"),
    ],
)
def test_mistakes_in_a_step(step, message):
    optimizer, w = SGD(), weight()
    optimizer.build([w])
    with pytest.raises(ValueError, match=message):
        step(optimizer, w)
    assert w.numpy().tolist() == [1.0, 2.0]


def test_weight_decay_spares_what_it_is_told_to():
    def after_step(**excluded):
        kernel, bias = weight([1.0]), weight([1.0], "bias")
        optimizer = SGD(0.5, weight_decay=0.5)
        optimizer.exclude_from_weight_decay(**excluded)
        optimizer.apply([[0.0], [0.0]], [kernel, bias])
        return float(kernel[0]), float(bias[0])

    assert after_step() == (0.75, 0.75)
    assert after_step(var_names=["^b"]) == (0.75, 1.0)
    spared = weight([1.0])
    optimizer = SGD(0.5, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[spared])
    optimizer.apply([[0.0]], [spared])
    assert float(spared[0]) == 1.0


def test_constraints_hold_after_the_step():
    w = weight([0.25, 1.0])
    w.constraint = keras.constraints.NonNeg()
    SGD(0.5).apply([np.ones(2)], [w])
    assert w.numpy().tolist() == [0.0, 0.5]


def test_the_average_replaces_the_weights_at_the_end():
    optimizer, w = SGD(0.5, use_ema=True, ema_momentum=0.5), weight([1.0])
    for _ in range(2):
        optimizer.apply([[1.0]], [w])
    assert w.numpy().tolist() == [0.0]
    optimizer.finalize_variable_values([w])
    assert w.numpy().tolist() == [0.25]


def test_scale_loss():
    assert SGD().scale_loss(3.0) == 3.0
    assert SGD(loss_scale_factor=4.0).scale_loss(3.0) == 12.0


# State ------------------------------------------------------------------------------


def test_state_of_another_size_is_skipped_with_a_warning():
    optimizer = SGD(0.5)
    optimizer.build([weight()])
    with pytest.warns(UserWarning, match="has 3 variables where the optimizer has 2"):
        optimizer.load_own_variables({"0": 1, "1": 0.1, "2": 0.0})
    assert int(optimizer.iterations) == 0


def test_set_weights():
    optimizer = SGD(momentum=0.5)
    optimizer.build([weight()])
    optimizer.set_weights([np.int32(3), np.float32(0.25), np.array([1.0, 2.0])])
    assert int(optimizer.iterations) == 3
    assert optimizer.variables[2].numpy().tolist() == [1.0, 2.0]


def test_stateless_apply_changes_nothing():
    optimizer, w = SGD(0.5, momentum=0.5), weight()
    optimizer.build([w])
    state = [v.numpy() for v in optimizer.variables]
    new_weights, new_state = optimizer.stateless_apply(
        state, [np.ones(2)], [[5.0, 6.0]]
    )
    assert new_weights[0].tolist() == [4.5, 5.5]
    assert [x.tolist() for x in new_state] == [1, 0.5, [-0.5, -0.5]]
    assert w.numpy().tolist() == [1.0, 2.0]
    assert int(optimizer.iterations) == 0


def test_pickled_together_with_its_weights():
    optimizer, w = Adam(0.5), weight()
    optimizer.apply([np.ones(2)], [w])
    twin, copied = pickle.loads(pickle.dumps((optimizer, w)))
    for o, v in ((optimizer, w), (twin, copied)):
        o.apply([np.ones(2)], [v])
    np.testing.assert_array_equal(w, copied)


# Optimizers of users ----------------------------------------------------------------


class Lion(Optimizer):
    """Our own form: slots and a rule in NumPy."""

    slots = (("direction",),)

    def __init__(self, learning_rate=0.5, beta=0.5, **kwargs):
        super().__init__(learning_rate, **kwargs)
        self.beta = beta

    def update(self, w, g, direction, *, rate):
        direction *= self.beta
        direction += (1 - self.beta) * g
        w -= rate * np.sign(direction)


class Accumulating(Optimizer):
    """As written for Keras."""

    def build(self, variables):
        super().build(variables)
        self.sums = self.add_optimizer_variables(variables, "sum")

    def update_step(self, gradient, variable, learning_rate):
        total = self.sums[self._get_variable_index(variable)]
        self.assign_add(total, gradient)
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * total)


def test_a_rule_in_numpy():
    optimizer, w = Lion(), weight()
    optimizer.apply([np.array([3.0, -3.0])], [w])
    assert w.numpy().tolist() == [0.5, 2.5]
    assert [v.name for v in optimizer.variables][2:] == ["kernel_direction"]
    assert optimizer.get_config()["beta"] == 0.5
    assert (
        Lion.from_config(optimizer.get_config()).get_config() == optimizer.get_config()
    )


def test_a_rule_written_for_keras():
    optimizer, w = Accumulating(0.5), weight()
    for _ in range(2):
        optimizer.apply([np.ones(2)], [w])
    assert w.numpy().tolist() == [-0.5, 0.5]
    assert [v.path for v in optimizer.variables][2:] == ["accumulating/kernel_sum"]


def test_several_variables_per_weight():
    optimizer = Accumulating(0.5)
    first, second = optimizer.add_optimizer_variables(
        [weight(), weight()], ["a", "b"], ["zeros", "ones"]
    )
    assert [v.name for v in optimizer.variables][2:] == ["kernel_a", "kernel_b"] * 2
    assert second[1].numpy().tolist() == [1.0, 1.0]
    assert len(first) == 2


def test_an_optimizer_without_a_rule():
    with pytest.raises(TypeError, match=r"Optimizer has no rule\. Define `def"):
        Optimizer(0.1).apply([np.ones(2)], [weight()])
