"""Training by plan is training: whatever is set, each bit is that of eager steps."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers, ops
from tests.cases.plans import (
    LABELS,
    X,
    Y,
    assert_planned,
    assert_same,
    both_ways,
    fit_both,
    net,
    train_both,
    variables_of,
)

# What can be set ----------------------------------------------------------------------


def test_fit_evaluate_and_predict():
    model = fit_both(net(metrics=["mae"]), validation_data=(X[:5], Y[:5]))
    assert len(model.train_function.plans()) == 1


def test_a_short_last_batch_has_a_plan_of_its_own():
    model = fit_both(net(), batch_size=6, epochs=4)
    assert len(model.train_function.plans()) == 2


def test_sample_weight():
    weights = np.random.default_rng(3).uniform(0, 2, 20)
    fit_both(net(metrics=["mae"], weighted_metrics=["mse"]), sample_weight=weights)


def test_class_weight():
    make = net(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fit_both(make, y=LABELS, class_weight={0: 0.5, 1: 2.0})


def test_batches_of_a_generator():
    def batches():
        for _ in range(8):
            yield X[:5], Y[:5], np.arange(5)

    for model in (models := both_ways(net(metrics=["mae"]))):
        model.fit(batches(), verbose=0)
    assert_same(*map(variables_of, models))
    assert_planned(models[0])


def test_not_shuffled_data():
    fit_both(net(), shuffle=False)


NOISE = {
    "dropout": lambda: layers.Dropout(0.4),
    "seeded dropout": lambda: layers.Dropout(0.4, seed=3),
    "gaussian": lambda: layers.GaussianNoise(0.4),
    "alpha": lambda: layers.AlphaDropout(0.4),
    "gaussian dropout": lambda: layers.GaussianDropout(0.4),
    "batch norm": layers.BatchNormalization,
    "layer norm": layers.LayerNormalization,
}


@pytest.mark.parametrize("name", NOISE)
def test_layers_with_a_state(name):
    fit_both(net(NOISE[name], NOISE[name]))


PENALTIES = {
    "l1l2": {"kernel_regularizer": keras.regularizers.L1L2(0.01, 0.02)},
    "activity": {"activity_regularizer": "l2"},
    "bias": {"bias_regularizer": "l1"},
    "orthogonal": {"kernel_regularizer": keras.regularizers.OrthogonalRegularizer()},
    "max_norm": {"kernel_constraint": keras.constraints.MaxNorm(0.5)},
    "unit_norm": {"kernel_constraint": "unit_norm"},
    "non_neg": {"kernel_constraint": "non_neg", "bias_constraint": "non_neg"},
    "min_max": {"kernel_constraint": keras.constraints.MinMaxNorm(0.2, 0.4)},
}


@pytest.mark.parametrize("name", PENALTIES)
def test_regularizers_and_constraints(name):
    fit_both(net(lambda: layers.Dense(4, **PENALTIES[name])))


SETTINGS = [
    {"clipnorm": 0.01},
    {"clipvalue": 0.001},
    {"global_clipnorm": 0.01},
    {"weight_decay": 0.1},
    {"loss_scale_factor": 8.0},
    {"weight_decay": 0.1, "clipnorm": 0.1, "loss_scale_factor": 2.0},
    {"learning_rate": lambda: 0.01},
]
TURNS = [
    {"use_ema": True, "ema_momentum": 0.5},
    {"use_ema": True, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 2},
]
RULES = {
    "SGD": {"momentum": 0.9, "nesterov": True},
    "RMSprop": {"momentum": 0.5, "centered": True},
    "Adam": {"amsgrad": True},
    "AdamW": {},
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: "-".join(s))
def test_settings_of_optimizers(rule, setting):
    def optimizer():
        return getattr(keras.optimizers, rule)(**{**RULES[rule], **setting})

    batches = [(X[i : i + 5], Y[i : i + 5]) for i in range(0, 20, 5)]
    train_both(lambda: net(optimizer=optimizer())(), batches)


@pytest.mark.parametrize("setting", TURNS, ids=lambda s: "-".join(s))
def test_settings_for_which_steps_take_turns(setting):
    def make():
        return net(optimizer=keras.optimizers.Adam(0.01, **setting))()

    fit_both(make, planned=False)


SCHEDULES = {
    "exponential": {"decay_rate": 0.5},
    "staircase": {"decay_rate": 0.5, "staircase": True},
}


@pytest.mark.parametrize("rule", ["SGD", "Adam"])
@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules(name, rule):
    def make():
        decay = keras.optimizers.schedules.ExponentialDecay
        rate = decay(0.1, decay_steps=2, **SCHEDULES[name])
        return net(optimizer=getattr(keras.optimizers, rule)(rate))()

    fit_both(make)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # of the scaled loss
@pytest.mark.filterwarnings("ignore:invalid:RuntimeWarning")
@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("dtype", ["float64", "float16", "mixed_float16"])
def test_other_precisions(dtype, rule):
    keras.config.set_dtype_policy(dtype)
    make = net(layers.BatchNormalization, optimizer=rule.lower(), auto_scale_loss=False)
    fit_both(make)


def test_a_scale_that_follows_the_gradients_runs_as_written():
    keras.config.set_dtype_policy("mixed_float16")
    fit_both(net(layers.BatchNormalization, optimizer="adam"), planned=None)


def test_floatx_of_64_bits():
    keras.config.set_floatx("float64")
    model = fit_both(net(metrics=["mae"]))
    (plan,) = model.train_function.plans()
    kinds = {v.dtype.name for v in plan.program.values()}
    assert "float64" in kinds


def test_float64_never_creeps_in():
    model = fit_both(net(lambda: layers.Dropout(0.5), metrics=["mae"]))
    for step in (model.train_function, model.test_function, model.predict_function):
        for v in step.plans()[0].program.values():
            assert v.dtype != "float64"


def test_several_inputs_and_outputs():
    def make():
        a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
        shared = layers.Dense(4, "relu")
        x = layers.Concatenate()([shared(a), shared(a * 2.0), b])
        one, two = layers.Dense(2, name="one")(x), layers.Dense(3, name="two")(x)
        model = keras.Model({"b": b, "a": a}, {"one": one, "two": two})
        model.compile(
            "adam",
            {"one": "mse", "two": "mae"},
            loss_weights={"one": 0.3, "two": 2.0},
            metrics={"one": ["mae", "mse"]},
        )
        return model

    rng = np.random.default_rng(0)
    x = {"a": X, "b": rng.normal(size=(20, 2))}
    y = {"one": Y, "two": rng.normal(size=(20, 3))}
    weights = {"one": np.arange(20) / 10, "two": np.ones(20)}
    fit_both(make, x=x, y=y)
    batches = [(x, y, weights)] * 4
    train_both(make, batches)


def test_masks_go_on_to_loss_and_metrics():
    def make():
        model = keras.Sequential(
            [
                keras.Input((6,), dtype="int32"),
                layers.Embedding(5, 3, mask_zero=True),
                layers.Dense(4, "tanh"),
                layers.Dense(2),
            ]
        )
        model.compile("adam", "mse", metrics=["mae"], weighted_metrics=["mse"])
        return model

    rng = np.random.default_rng(0)
    fit_both(make, x=rng.integers(0, 5, (20, 6)), y=rng.normal(size=(20, 6, 2)))


def test_nested_and_shared_models():
    def make():
        inner = keras.Sequential(
            [keras.Input((3,)), layers.Dense(3, "relu"), layers.BatchNormalization()]
        )
        x = keras.Input((3,))
        twice = inner(layers.Dropout(0.3)(inner(x)))
        model = keras.Model(x, layers.Dense(2)(layers.Add()([x, twice])))
        model.compile("rmsprop", "mse", metrics=["mae"])
        return model

    fit_both(make)


def test_frozen_layers():
    def make():
        model = net(layers.BatchNormalization)()
        model.layers[0].trainable = False
        model.layers[1].trainable = False
        return model

    model = fit_both(make)
    assert len(model.trainable_weights) == 2


def test_a_model_with_losses_metrics_and_weights_of_its_own():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)
            self.scale = self.add_weight(shape=(2,), initializer="ones", name="scale")
            self.seen = keras.metrics.Mean(name="seen")

        def call(self, x, training=None):
            y = self.dense(x) * self.scale
            self.add_loss(ops.mean(ops.square(y)) * 0.1)
            self.seen.update_state(ops.max(y))
            return y if training else y * 0.9

    def make():
        model = Own()
        model.compile("adam", "mse", metrics=["mae"])
        return model

    fit_both(make)


def test_a_train_step_of_ones_own():
    class Own(keras.Sequential):
        def train_step(self, data):
            x, y = data
            with keras.GradientTape() as tape:
                loss = ops.mean(ops.abs(self(x, training=True) - y))
            slopes = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(slopes, self.trainable_variables))  # noqa: B905
            return {"loss": loss, "twice": loss * 2.0}

    def make():
        model = Own([keras.Input((3,)), layers.Dense(2)])
        model.compile("adam", "mse")
        return model

    fit_both(make)


def test_an_optimizer_of_ones_own():
    class Plain(keras.optimizers.Optimizer):
        slots = (("pace",),)

        def update(self, w, g, pace, rate):
            pace *= 0.5
            pace += g
            w -= rate * pace

    fit_both(lambda: net(optimizer=Plain(0.1))())


BRANCHES = {
    "if": lambda step, rate: rate if step > 3 else rate / 2,
    "min": lambda step, rate: rate * min(step, 3),
    "sqrt": lambda step, rate: rate * np.sqrt(step),
    "float": lambda step, rate: float(rate) / float(step),
    "negative": lambda step, rate: -rate * -1,
    "power": lambda step, rate: rate * (-1) ** step,
    "round": lambda step, rate: round(rate, 3),
    "steps": lambda step, rate: rate / (1 + step // 2) + step % 3 * 0.001,
    "brackets": lambda step, rate: rate * (1 - (0.9 - rate) ** (step + 1)),
}


@pytest.mark.parametrize("name", BRANCHES)
def test_numbers_of_an_optimizer_of_ones_own(name):
    class Paced(keras.optimizers.Optimizer):
        def scalars(self, step, rate):
            return {"rate": BRANCHES[name](step, rate)}

        def update(self, w, g, rate):
            w -= rate * g

    fit_both(lambda: net(optimizer=Paced(0.1))(), planned=None)


def test_an_update_step_of_ones_own():
    class KerasLike(keras.optimizers.Optimizer):
        def build(self, variables):
            super().build(variables)
            self.m = self.add_optimizer_variables(variables, "m")

        def update_step(self, gradient, variable, learning_rate):
            m = self.m[self._get_variable_index(variable)]
            step = ops.cast(self.iterations + 1, "float32")
            self.assign(m, m * 0.9 + gradient)
            self.assign_sub(variable, ops.cast(learning_rate, "float32") * m / step)

    fit_both(lambda: net(optimizer=KerasLike(0.1))())


def test_large_layers_whose_weights_move_in_blocks():
    def make():
        model = keras.Sequential(
            [keras.Input((3,)), layers.Dense(400), layers.Dense(400), layers.Dense(2)]
        )
        model.compile(keras.optimizers.Adam(0.01, weight_decay=0.01), "mse")
        return model

    batches = [(X[i : i + 5], Y[i : i + 5]) for i in range(0, 20, 5)]
    train_both(make, batches)


def test_steps_on_batches_build_what_is_missing():
    def make():
        model = keras.Sequential([layers.Dense(4, "relu"), layers.Dense(2)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    train_both(make, [(X[:5], Y[:5]), (X[5:10], Y[5:10])] * 3)


def test_weights_that_are_read_between_steps_are_up_to_date():
    seen = []
    for model in both_ways(net()):
        seen.append([])
        for _ in range(6):
            model.train_on_batch(X, Y)
            seen[-1].append([w.copy() for w in model.get_weights()])
    assert_same(*seen)


def test_weights_that_were_handed_out_stay():
    model = net()()
    held = []
    for _ in range(6):
        model.train_on_batch(X, Y)
        value = model.layers[0].kernel.value
        held.append((value, value.numpy().copy()))
    for value, then in held:
        np.testing.assert_array_equal(value, then)


def test_weights_that_are_set_between_steps_count():
    def reset(model):
        model.set_weights([w * 0.5 for w in model.get_weights()])
        model.optimizer.iterations.assign(0)

    fit_both(net(), changes=[reset, reset])


def test_two_models_may_share_weights():
    outcomes = []
    for model in both_ways(net()):
        keras.utils.set_random_seed(1)
        other = keras.Sequential([keras.Input((3,)), *model.layers, layers.Dense(2)])
        other.compile("sgd", "mse", run_eagerly=model.run_eagerly)
        for _ in range(5):
            model.train_on_batch(X, Y)
            other.train_on_batch(X, Y)
        outcomes.append([variables_of(model), variables_of(other)[:-2]])
    assert_same(*outcomes)


def test_an_optimizer_that_takes_weights_one_by_one():
    class Whole(keras.optimizers.Adam):
        elementwise = False

    def make():
        return net(optimizer=Whole())()

    train_both(make, [(X, Y)] * 5)
