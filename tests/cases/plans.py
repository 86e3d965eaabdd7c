"""Eager and planned beside each other: helpers of the tests of plans.

A function gets its plan at the third call with the same shapes: two calls are recorded
and compared. So `STEPS` calls show recording, the first replay and one more.
"""

import numpy as np

import minikeras as keras
from minikeras import layers, tree
from minikeras.tensor import Variable, halves, products

STEPS = 4


def bits(values) -> list:
    """What values are, down to the last bit: shape, dtype and bytes of each."""
    found = []
    for x in tree.flatten(values):
        if isinstance(x, Variable):
            x = x.array
        array = np.asarray(x)
        if array.dtype.kind == "f":  # one NaN is as good as another
            array = np.where(np.isnan(array), np.nan, array).astype(array.dtype)
        found.append((type(x).__name__, array.shape, array.dtype.name, array.tobytes()))
    return found


def assert_same(got, expected):
    """Fails unless both have the same structure, types and bits."""
    tree.assert_same_structure(got, expected)
    if bits(got) == bits(expected):
        return
    pairs = zip(tree.flatten(got), tree.flatten(expected), strict=True)
    for x, y in pairs:
        assert type(x) is type(y)
        x, y = np.asarray(x), np.asarray(y)
        assert (x.shape, x.dtype) == (y.shape, y.dtype)
        np.testing.assert_array_equal(x, y)
    raise AssertionError(f"not the same bits (a sign of zero?): {got}, {expected}")


def variables_of(model) -> list:
    """All that a step may change: weights, seeds, slots, counters, metrics."""
    kept = [*model.variables, *(v for m in model.metrics for v in m.variables)]
    if model.optimizer is not None:
        kept += model.optimizer.variables
    return [v.array.copy() for v in kept]


def forced_halves(monkeypatch) -> None:
    """Lets every stretch that can be cut in halves be worth it."""
    monkeypatch.setattr(halves, "WORTH", -1)
    monkeypatch.setattr(halves, "CALL", 0)
    monkeypatch.setattr(products, "WORTH", -1)
    monkeypatch.setattr(products, "LARGE", 0)


def both_ways(make, *, seed=0):
    """Makes two models alike. The first steps by plan, the second as written.

    Args:
        make: Function without arguments that returns a compiled model.
        seed: Seed before each call.
    """
    models = []
    for run_eagerly in (False, True):
        keras.utils.clear_session()
        keras.utils.set_random_seed(seed)
        model = make()
        model.run_eagerly = run_eagerly
        models.append(model)
    return models


def train_both(make, batches, *, planned=True, **settings):
    """Trains two models alike, batch by batch, and compares all they have.

    Args:
        make: Function without arguments that returns a compiled model.
        batches: Tuples of arguments for `train_on_batch`.
        planned: Whether the first model must have run by plan in the end.
        **settings: Further arguments of `train_on_batch`.

    Returns:
        The model that ran by plan.
    """
    batches = list(batches)
    results = []
    for model in (models := both_ways(make)):
        keras.utils.set_random_seed(1)
        results.append([model.train_on_batch(*b, **settings) for b in batches])
        results[-1].append(variables_of(model))
    assert_same(*results)
    if planned is not None:
        assert_planned(models[0], "train", planned)
    return models[0]


def assert_planned(model, kind="train", planned=True):
    """Fails unless a step of a model runs by plan; or, if not `planned`, as written."""
    step = getattr(model, f"{kind}_function")
    if planned:
        assert step.reasons() == []
        assert step.plans() != []
    else:
        assert step.plans() == []
        assert step.reasons() != []


def call_both(function, draws, *, planned=True):
    """Calls a function and its planned twin with each draw; compares what they return.

    Args:
        function: Takes tensors.
        draws: Tuples of arguments.
        planned: Whether there must be a plan in the end.

    Returns:
        The planned function.
    """
    twin = keras.function(function)
    for args in draws:
        before = bits(args)
        got, expected = twin(*args), function(*map(as_tensors, args))
        assert_same(got, expected)
        assert bits(args) == before
    if planned is not None:
        assert (twin.reasons() == []) == planned, twin.reasons()
        assert (twin.plans() != []) == planned
    return twin


def as_tensors(x):
    """The argument as a planned function hands it to what it plans."""
    return tree.map_structure(
        lambda y: keras.ops.convert_to_tensor(y) if isinstance(y, np.ndarray) else y, x
    )


# Small models -------------------------------------------------------------------------


def data(count=20, features=3, targets=2, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, features)).astype("float32")
    return x, rng.normal(size=(count, targets)).astype("float32")


X, Y = data()
LABELS = np.random.default_rng(1).integers(0, 2, 20)


def net(*more, units=2, **settings):
    """A small model, compiled; `more` comes between its two layers."""

    def make():
        made = [layer() for layer in more]
        model = keras.Sequential(
            [keras.Input((3,)), layers.Dense(4, "tanh"), *made, layers.Dense(units)]
        )
        model.compile(**{"optimizer": "adam", "loss": "mse", **settings})
        return model

    return make


def fit_both(make, *arguments, planned=True, changes=(), x=X, y=Y, **settings):
    """Fits two models alike, after each change once more; compares all they have.

    Args:
        make: Returns a compiled model.
        *arguments: None.
        planned: Whether the first must have a plan in the end; None if it may.
        changes: Functions of a model, called one after the other between fits.
        x: Inputs.
        y: Targets.
        **settings: Further arguments of `fit`.
    """
    outcomes = []
    settings = {"batch_size": 5, "epochs": 2, "verbose": 0, **settings}
    for model in (models := both_ways(make)):
        keras.utils.set_random_seed(2)
        seen = []
        for change in (lambda model: None, *changes):
            change(model)
            seen.append(model.fit(x, y, **settings).history)
            seen.append(model.evaluate(x, y, verbose=0, batch_size=5))
            seen.append(model.predict(x, verbose=0, batch_size=5))
        outcomes.append([seen, variables_of(model)])
    assert_same(*outcomes)
    model = models[0]
    if planned is not None and not model.run_eagerly:
        assert_planned(model, "train", planned)
        if planned:
            assert_planned(model, "test")
            assert_planned(model, "predict")
    return model
