"""Every optimizer inside `fit`, and policies of dtypes, next to those of real Keras."""

import re

import numpy as np
import pytest

import minikeras

keras = pytest.importorskip("keras")

# Keras's own warnings, and those of a loss that overflows until its scale has fallen
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras"),
    pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning"),
    pytest.mark.filterwarnings("ignore:invalid:RuntimeWarning"),
]

SHARED = [  # arguments that all optimizers have; each one is tried with two of them
    {"clipnorm": 0.3, "weight_decay": 0.05},
    {"use_ema": True, "ema_momentum": 0.6, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3, "clipvalue": 0.05},
    {"learning_rate": "schedule", "global_clipnorm": 0.4},
    {"weight_decay": 0.05, "exclude": ["bias", "^b/"], "loss_scale_factor": 4.0},
]
OWN = {
    "SGD": {"momentum": 0.9, "nesterov": True},
    "RMSprop": {"centered": True, "momentum": 0.5},
    "Adam": {"amsgrad": True},
    "AdamW": {"amsgrad": True},
    "Adagrad": {"initial_accumulator_value": 0.5},
    "Adadelta": {"rho": 0.8},
    "Adamax": {"beta_2": 0.9},
    "Nadam": {"beta_1": 0.8},
    "Ftrl": {"l1_regularization_strength": 0.01, "beta": 0.1},
    "Lion": {"beta_1": 0.8},
    "Lamb": {"beta_2": 0.9},
    "Adafactor": {"relative_step": False},
    "Muon": {"nesterov": False},
    "ScheduleFreeAdamW": {"warmup_steps": 3},
}
CASES = [
    pytest.param(name, {**SHARED[(i + k) % 5], **own}, id=f"{name}-{k}")
    for i, (name, own) in enumerate(OWN.items())
    for k in (0, 2)
]


def small_net(layers):
    return [
        layers.Dense(5, activation="tanh", name="a"),
        layers.Dense(4, use_bias=False, name="b"),
        layers.Dense(2, name="c"),
    ]


def made(package, shape, build, dtype="float32"):
    """A model with drawn weights, the same ones for both packages."""
    inputs = package.Input(shape, dtype=dtype)
    model = package.Sequential([inputs, *build(package.layers)])
    rng = np.random.default_rng(0)
    around_one = ("gamma", "moving_variance")
    model.set_weights(
        [rng.normal(w.name in around_one, 0.3, w.shape) for w in model.weights]
    )
    return model


def optimizer_of(package, name, learning_rate=0.01, exclude=(), **kwargs):
    if learning_rate == "schedule":
        decay = package.optimizers.schedules.CosineDecayRestarts
        learning_rate = decay(0.02, 3, 1.5, 0.8, 0.1)
    optimizer = getattr(package.optimizers, name)(learning_rate, **kwargs)
    if exclude:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    return optimizer


def fit(model, optimizer, x, y, loss="mse", **kwargs):
    model.compile(optimizer, loss, **kwargs)
    losses = model.fit(x, y, batch_size=8, epochs=4, verbose=0, shuffle=False).history
    kept = model.optimizer.variables
    # names, not paths: in `fit`, Keras builds Nadam and Adafactor outside their scope
    names = [re.sub(r"variable_\d+$", "variable", v.path.split("/")[-1]) for v in kept]
    return losses["loss"], model.get_weights(), names, [np.asarray(v) for v in kept]


def compare(ours, theirs, tolerance):
    losses, weights, names, kept = ours
    np.testing.assert_allclose(losses, theirs[0], rtol=tolerance, atol=tolerance)
    assert names == theirs[2]
    pairs = zip(weights + kept, theirs[1] + theirs[3], strict=True)
    for value, wanted in pairs:
        np.testing.assert_allclose(value, wanted, rtol=10 * tolerance, atol=tolerance)


@pytest.mark.parametrize(("name", "kwargs"), CASES)
def test_fit(name, kwargs):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(24, 6)).astype("float32")
    y = rng.normal(size=(24, 2)).astype("float32")

    def run(package, **how):
        package.utils.clear_session()
        model = made(package, (6,), small_net)
        return fit(model, optimizer_of(package, name, **kwargs), x, y, **how)

    theirs = run(keras)
    for run_eagerly in (False, True):
        compare(run(minikeras, run_eagerly=run_eagerly), theirs, 1e-5)


# Half precision -----------------------------------------------------------------------


def dense(layers):
    return [layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")]


def convolution(layers):
    return [
        layers.Conv2D(4, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(3, activation="softmax"),
    ]


def recurrence(layers):
    return [
        layers.Embedding(10, 4),
        layers.LSTM(6),
        layers.Dense(3, activation="softmax"),
    ]


@pytest.mark.parametrize(
    ("build", "shape"), [(dense, (6,)), (convolution, (6, 6, 2)), (recurrence, (5,))]
)
def test_mixed_float16(build, shape):
    rng = np.random.default_rng(1)
    of_words = build is recurrence
    x = rng.integers(0, 10, (32, *shape)) if of_words else rng.random((32, *shape)) * 9
    y = rng.integers(0, 3, 32)

    def run(package, **how):
        package.utils.clear_session()  # names are numbered afresh
        package.mixed_precision.set_global_policy("mixed_float16")
        try:
            model = made(package, shape, build, "int32" if of_words else "float32")
            rule = package.optimizers.SGD(0.02, momentum=0.9)  # tells scaled gradients
            return fit(model, rule, x, y, "sparse_categorical_crossentropy", **how)
        finally:
            package.mixed_precision.set_global_policy("float32")

    theirs = run(keras)
    for run_eagerly in (False, True):
        losses, weights, names, kept = run(minikeras, run_eagerly=run_eagerly)
        np.testing.assert_allclose(losses, theirs[0], atol=5e-4)
        for value, wanted in zip(weights, theirs[1], strict=True):
            np.testing.assert_allclose(value, wanted, atol=5e-4)
        assert names == theirs[2]
        counters = [float(v) for v in kept if v.ndim == 0]
        expected = [float(v) for v in theirs[3] if v.ndim == 0]
        np.testing.assert_allclose(counters, expected, rtol=1e-6)


def policies_of(package, with_default):
    policy = package.DTypePolicy
    return package.dtype_policies.DTypePolicyMap(
        policy("float32") if with_default else None,
        {"net/first": policy("mixed_float16"), "net/last.*": policy("float16")},
    )


@pytest.mark.parametrize("with_default", [False, True])
def test_maps_of_policies(with_default):
    found = []
    for package in (keras, minikeras):
        policies = policies_of(package, with_default)
        names = [policies[path].name for path in ("net/first", "net/last_1", "last")]
        layers = [
            package.layers.Dense(2, dtype=policies, name=name)
            for name in ("first", "middle", "last_one")
        ]
        model = package.Sequential([package.Input((3,)), *layers], name="net")
        dtypes = [(x.path, x.compute_dtype, str(x.kernel.dtype)) for x in layers]
        forms = package.dtype_policies.serialize(policies_of(package, with_default))
        found.append((names, dtypes, forms, policies.name, model.dtype_policy.name))
    assert found[1] == found[0]
