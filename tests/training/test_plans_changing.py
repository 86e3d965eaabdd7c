"""What makes a compiled step out of date: the next step is right after each change."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from tests.cases.plans import X, Y, assert_same, both_ways, fit_both, net, variables_of

# What may change ----------------------------------------------------------------------


def set_layer(index, **attributes):
    def change(model):
        for name, value in attributes.items():
            setattr(model.layers[index], name, value)

    return change


def set_optimizer(**attributes):
    def change(model):
        for name, value in attributes.items():
            setattr(model.optimizer, name, value)

    return change


def recompile(**settings):
    def change(model):
        eagerly = model.run_eagerly
        model.compile(**{"optimizer": "adam", "loss": "mse", **settings})
        model.run_eagerly = eagerly

    return change


def slow_down(model):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model.optimizer.learning_rate = schedule


def exclude(model):
    model.optimizer.exclude_from_weight_decay(var_names=["kernel"])


def stronger(model):
    model.layers[0].kernel_regularizer.l2 = np.float32(0.5)


def freeze_model(model):
    model.trainable = False
    model.trainable = True
    model.layers[0].trainable = False


CHANGES = {
    "frozen layer": set_layer(0, trainable=False),
    "model": freeze_model,
    "rate": set_layer(1, rate=0.1),
    "activation": set_layer(0, activation=keras.activations.relu),
    "regularizer": set_layer(0, kernel_regularizer=keras.regularizers.L2(0.3)),
    "strength": stronger,
    "clipnorm": set_optimizer(clipnorm=0.01),
    "decay": set_optimizer(weight_decay=0.2),
    "beta": set_optimizer(beta_1=0.5),
    "learning rate": set_optimizer(learning_rate=0.3),
    "schedule": slow_down,
    "excluded": exclude,
    "optimizer": recompile(optimizer="sgd"),
    "loss": recompile(loss="mae"),
    "metrics": recompile(metrics=["mae"]),
    "epsilon": lambda model: keras.config.set_epsilon(1e-3),
    "eager": lambda model: setattr(model, "run_eagerly", True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changes_count_from_the_next_fit_on(name):
    def make():
        model = keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
                layers.Dropout(0.5),
                layers.Dense(2),
            ]
        )
        model.compile(keras.optimizers.Adam(0.05, weight_decay=0.1), "mse")
        return model

    try:
        fit_both(make, changes=[CHANGES[name], lambda model: None], planned=None)
    finally:
        keras.config.set_epsilon(1e-7)


@pytest.mark.parametrize("name", CHANGES)
def test_changes_count_from_the_next_batch_on(name):
    def make():
        model = keras.Sequential(
            [
                keras.Input((3,)),
                layers.Dense(4, "tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
                layers.Dropout(0.5),
                layers.Dense(2),
            ]
        )
        model.compile(keras.optimizers.Adam(0.05, weight_decay=0.1), "mse")
        return model

    outcomes = []
    for model in both_ways(make):
        keras.utils.set_random_seed(1)
        seen = [model.train_on_batch(X, Y) for _ in range(4)]
        seen += [model.predict_on_batch(X) for _ in range(4)]
        CHANGES[name](model)
        seen += [model.predict_on_batch(X) for _ in range(4)]
        seen += [model.train_on_batch(X, Y) for _ in range(4)]
        outcomes.append([seen, variables_of(model)])
        keras.config.set_epsilon(1e-7)
    assert_same(*outcomes)


def test_the_learning_rate_takes_effect_without_another_plan():
    model = net()()
    for _ in range(4):
        model.train_on_batch(X, Y)
    (plan,) = model.train_function.plans()
    before = model.get_weights()
    model.optimizer.learning_rate = 0.0
    model.train_on_batch(X, Y)
    assert_same(model.get_weights(), before)
    assert model.train_function.plans() == [plan]


def test_learning_rates_of_callbacks_count_at_once():
    def halved(epoch, rate):
        return rate * 0.5

    schedule = keras.callbacks.LearningRateScheduler(halved)
    model = fit_both(net(), callbacks=[schedule], epochs=4)
    assert len(model.train_function.plans()) == 1


def test_plans_can_be_switched_off_and_on():
    def off(model):
        keras.config.disable_plans()

    def on(model):
        keras.config.enable_plans()

    try:
        fit_both(net(), changes=[off, on])
    finally:
        keras.config.enable_plans()


def test_floatx_may_change():
    def wide(model):
        keras.config.set_floatx("float64")

    def narrow(model):
        keras.config.set_floatx("float32")

    fit_both(net(metrics=["mae"]), changes=[wide, narrow])


def test_a_layer_may_be_put_on_top():
    def taller(model):
        model.add(layers.Dense(2))
        recompile()(model)

    fit_both(net(), changes=[taller])


def test_after_fit_the_step_called_by_hand_returns_the_metrics():
    outcomes = []
    for model in both_ways(net(metrics=["mae"])):
        keras.utils.set_random_seed(1)
        model.fit(X, Y, verbose=0, batch_size=5, epochs=2)
        step = model.make_train_function()
        outcomes.append([step((X[:5], Y[:5])) for _ in range(4)])
        outcomes[-1] = [{k: float(v) for k, v in made.items()} for made in outcomes[-1]]
    assert_same(*outcomes)
    assert set(outcomes[0][0]) == {"loss", "mae"}


def test_callbacks_that_read_logs_see_what_eager_shows():
    seen = []
    for model in both_ways(net(metrics=["mae"])):
        seen.append([])
        keras.utils.set_random_seed(1)
        note = keras.callbacks.LambdaCallback(
            on_train_batch_end=lambda batch, logs: seen[-1].append(dict(logs))
        )
        model.fit(X, Y, verbose=0, batch_size=5, epochs=2, callbacks=[note])
    assert_same(*seen)
