"""Compiled steps in many threads, and what memory they take."""

import gc
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.tensor.program import Program
from tests.cases.plans import (
    X,
    Y,
    assert_planned,
    assert_same,
    both_ways,
    data,
    forced_halves,
    net,
    variables_of,
)

# Threads ------------------------------------------------------------------------------


def test_ten_thousand_predictions_from_eight_threads():
    model = net(layers.BatchNormalization)()
    model.fit(X, Y, verbose=0)
    batches = [data(4, seed=i)[0] for i in range(16)]
    model.run_eagerly = True
    expected = [model.predict_on_batch(x) for x in batches]
    model.run_eagerly = False
    start = threading.Barrier(8)

    def work(first):
        start.wait()
        wrong = 0
        for i in range(first, first + 1250):
            y = model.predict_on_batch(batches[i % 16])
            wrong += not np.array_equal(y, expected[i % 16])
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [0] * 8
    assert_planned(model, "predict")


def test_predict_from_eight_threads():
    model = net()()
    inputs = [data(10 + i, seed=i)[0] for i in range(8)]
    model.run_eagerly = True
    expected = [model.predict(x, verbose=0, batch_size=4) for x in inputs]
    model.run_eagerly = False

    def work(i):
        return all(
            np.array_equal(
                model.predict(inputs[i], verbose=0, batch_size=4), expected[i]
            )
            for _ in range(20)
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(8)))


# Memory -------------------------------------------------------------------------------


def lecture_network():
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy")
    return model


def planned_lecture_network(count):
    """Returns the plan of the training step, and a batch of `count` samples."""
    model = lecture_network()
    x, y = data(count, 3, 3)
    y = np.eye(3, dtype="float32")[y.argmax(-1)]
    for _ in range(4):
        model.train_on_batch(x, y)
    assert_planned(model)
    (plan,) = model.train_function.plans()
    return model, plan, [x, y]


def traced(steps, plan, batch) -> tuple[int, int]:
    """Bytes that so many steps leave behind, and the most that they have at once."""
    plan.run(batch)
    gc.collect()
    tracemalloc.start()
    start, _ = tracemalloc.get_traced_memory()
    for _ in range(steps):
        plan.run(batch)
    end, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return end - start, peak - start


def test_ten_thousand_steps_leave_nothing_behind():
    model, plan, batch = planned_lecture_network(32)
    for _ in range(8_000):
        plan.run(batch)
    left, most = traced(2_000, plan, batch)
    assert left < 1024 and most < 4096
    assert model.optimizer.iterations == 10_005


def test_steps_allocate_no_array():
    _, plan, batch = planned_lecture_network(65_536)
    _, most = traced(3, plan, batch)
    # The smallest array with an element per sample has 256 KB, its half 128. NumPy's
    # own buffer of 8,192 elements, which broadcasting takes, has 32 in each thread.
    assert most < 110_000


def mnist_mlp():
    model = keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def bytes_made(program, arenas) -> int:
    """Bytes of all arrays that an eager step asks the allocator for.

    The record of the step, before any pass, shows its NumPy calls: each result that is
    no view counts once, freed soon or not. The optimizer's rule runs block by block, so
    what it makes for a block counts as often as there are blocks.
    """
    made = {id(v): v for e in program.equations for v in e.outputs if v.root is v}
    ruled = [
        v.nbytes * arena.count
        for arena in arenas
        for e in arena.rule
        for v in e.outputs
    ]
    return sum(v.nbytes for v in made.values()) + sum(ruled)


def mnist_cnn():
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Dropout(0.25),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


@pytest.mark.parametrize(
    ("make", "shape"), [(mnist_mlp, (784,)), (mnist_cnn, (28, 28, 1))]
)
def test_a_plan_needs_less_memory_than_eager_temporaries(make, shape):
    model = make()
    x = np.random.default_rng(0).normal(size=(128, *shape)).astype("float32")
    y = np.random.default_rng(0).integers(0, 10, 128)
    model.train_on_batch(x, y)  # builds
    step = model.train_function
    step._plans.clear()
    model.train_on_batch(x, y)
    (program,) = step._plans.values()
    recorded = Program(program.equations[:], program.inputs, program.results)
    for _ in range(2):
        model.train_on_batch(x, y)
    (plan,) = step.plans()
    temporaries = bytes_made(recorded, plan.arenas)
    gradients = sum(a.size * a.parts[1].dtype.itemsize for a in plan.arenas)
    assert plan.nbytes + gradients <= 0.6 * temporaries


@pytest.mark.parametrize(
    "wrong", [{"batch_size": 0}, {"batch_size": -1}, {"batch_size": "8"}, {"steps": 0}]
)
def test_the_short_way_of_predict_refuses_what_the_long_one_does(wrong):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    ((name, _),) = wrong.items()
    with pytest.raises(ValueError, match=f"predict: {name} must be a positive int"):
        model.predict(np.zeros((4, 3), "float32"), verbose=0, **wrong)


def an_autoencoder():
    model = keras.Sequential(
        [keras.Input((8,)), layers.Dense(4, "relu"), layers.Dense(8, "sigmoid")]
    )
    model.compile("adam", "binary_crossentropy")
    return model


def test_threads_gather_their_halves_of_the_batch(monkeypatch):
    forced_halves(monkeypatch)
    x = np.random.default_rng(0).random((80, 8), dtype="float32")
    seen = []
    for model in both_ways(an_autoencoder):
        keras.utils.set_random_seed(3)
        history = model.fit(x, x, batch_size=32, epochs=3, verbose=0).history
        seen.append([history, variables_of(model)])
    assert_same(*seen)
    model = an_autoencoder()
    model.fit(x, x, batch_size=32, epochs=3, verbose=0)
    assert [plan.late for plan in model.train_function.plans()] == [{0, 1}, {0, 1}]


def test_a_batch_of_ones_own_is_not_gathered_over(monkeypatch):
    forced_halves(monkeypatch)
    x = np.random.default_rng(0).random((64, 8), dtype="float32")
    model = an_autoencoder()
    model.fit(x, x, batch_size=32, epochs=3, verbose=0)
    (plan,) = model.train_function.plans()
    plan.fill_late(lambda half: plan.inputs[0].fill(np.nan))  # its step never came
    assert np.isfinite(model.train_on_batch(x[:32], x[:32]))


class PlansOff(keras.callbacks.Callback):
    """Switches plans off when a batch is made and its step has not begun."""

    def on_train_batch_begin(self, batch, logs=None):
        if self.model.optimizer.iterations > 4:
            keras.config.disable_plans()


def test_a_step_that_cannot_run_by_plan_finds_its_batch(monkeypatch):
    forced_halves(monkeypatch)
    x = np.random.default_rng(0).random((64, 8), dtype="float32")
    seen = []
    try:
        for model in both_ways(an_autoencoder):
            keras.utils.set_random_seed(3)
            off = PlansOff()
            model.fit(x, x, batch_size=32, epochs=4, verbose=0, callbacks=[off])
            seen.append(variables_of(model))
            keras.config.enable_plans()
    finally:
        keras.config.enable_plans()
    assert_same(*seen)
