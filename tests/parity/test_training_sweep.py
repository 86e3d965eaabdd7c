"""Drawn combinations of losses, metrics, optimizers, weights and data, beside Keras.

The same model with the same weights is trained by Keras on JAX and by us; the history
of losses and metrics is the same to 1e-4.
"""

import random

import numpy as np
import pytest

import minikeras

pytest.importorskip("jax")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "jax":
    pytest.skip("compared with Keras on JAX", allow_module_level=True)

SAMPLES, FEATURES, CLASSES = 22, 5, 3
OURS = set(dir(minikeras.optimizers))

LOSSES = {
    "binary": ["binary_crossentropy", "binary_focal_crossentropy", "hinge", "mse",
               "squared_hinge", "poisson", "log_cosh", "dice", "tversky"],
    "classes": ["categorical_crossentropy", "categorical_focal_crossentropy",
                "kl_divergence", "categorical_hinge", "cosine_similarity", "mse"],
    "labels": ["sparse_categorical_crossentropy"],
    "numbers": ["mse", "mae", "huber", "log_cosh", "msle", "mape", "cosine_similarity",
                "mean_squared_error", "mean_absolute_error"],
}  # fmt: skip
METRICS = {
    "binary": ["accuracy", "AUC", "Precision", "Recall", "binary_crossentropy",
               "BinaryIoU", "F1Score", "FalsePositives", "TrueNegatives", "mae",
               "PrecisionAtRecall", "SensitivityAtSpecificity", "Hinge"],
    "classes": ["accuracy", "acc", "categorical_crossentropy",
                "TopKCategoricalAccuracy",
                "CategoricalAccuracy", "F1Score", "OneHotIoU", "AUC", "KLDivergence",
                "FBetaScore", "CosineSimilarity", "CategoricalHinge"],
    "labels": ["accuracy", "sparse_categorical_accuracy",
               "sparse_top_k_categorical_accuracy", "sparse_categorical_crossentropy"],
    "numbers": ["mae", "mse", "RootMeanSquaredError", "R2Score", "LogCoshError",
                "MeanAbsolutePercentageError", "cosine_similarity",
                "PearsonCorrelation", "ConcordanceCorrelation"],
}  # fmt: skip
OPTIMIZERS = {
    "SGD": [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
    "RMSprop": [{}, {"centered": True}, {"momentum": 0.5}],
    "Adam": [{}, {"amsgrad": True}, {"clipnorm": 0.1}],
    "AdamW": [{"weight_decay": 0.01}],
    "Adagrad": [{}], "Adadelta": [{}], "Adamax": [{}], "Nadam": [{}], "Ftrl": [{}],
    "Lion": [{}], "Lamb": [{}], "Adafactor": [{}],
}  # fmt: skip
SHARED = [{}, {}, {"clipvalue": 0.05}, {"global_clipnorm": 0.1}, {"weight_decay": 0.01},
          {"gradient_accumulation_steps": 2}]  # fmt: skip
ARGUMENTS = {
    "PrecisionAtRecall": {"recall": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "BinaryIoU": {"target_class_ids": [0, 1]},
    "OneHotIoU": {"num_classes": CLASSES, "target_class_ids": [0, 2]},
    "FBetaScore": {"beta": 2.0},
    "TopKCategoricalAccuracy": {"k": 2},
}
UNITS = {"binary": 1, "classes": CLASSES, "labels": CLASSES, "numbers": 2}
ENDINGS = {
    "binary": "sigmoid",
    "classes": "softmax",
    "labels": "softmax",
    "numbers": "linear",
}


def drawn(seed: int) -> dict:
    """One combination."""
    pick = random.Random(seed)
    kind = pick.choice([*LOSSES])
    weighting = ["", "", "sample", "weighted_metrics"]
    weighting += ["class"] if kind != "numbers" else []
    name = pick.choice([n for n in OPTIMIZERS if n in OURS])
    options = pick.choice(OPTIMIZERS[name])
    form = pick.choice(["arrays", "arrays", "generator", "sequence", "dicts"])
    weighting = [w for w in weighting if w != "class" or form != "generator"]
    return {
        "kind": kind,
        "loss": pick.choice(LOSSES[kind]),
        "metrics": pick.sample(METRICS[kind], pick.choice((1, 2, 3))),
        "optimizer": (name, options or pick.choice(SHARED)),
        "weighting": pick.choice(weighting),
        "form": form,
        "validation": pick.choice(["", "split", "data"]),
        "batch_size": pick.choice([4, 8, 22]),
        "outputs": pick.choice([1, 1, 2]),
    }


def targets(kind: str, rng) -> np.ndarray:
    labels = rng.integers(0, CLASSES, SAMPLES)
    return {
        "binary": (labels > 0).astype("float32")[:, None],
        "classes": np.eye(CLASSES, dtype="float32")[labels],
        "labels": labels,
        "numbers": rng.normal(size=(SAMPLES, 2)).astype("float32") + 2,
    }[kind]


def network(package, kind: str, outputs: int):
    """A small model with one or two outputs of that kind."""
    x = package.Input((FEATURES,), name="x")
    hidden = package.layers.Dense(6, activation="tanh", name="hidden")(x)
    made = [
        package.layers.Dense(UNITS[kind], activation=ENDINGS[kind], name=f"out{i}")(
            hidden
        )
        for i in range(outputs)
    ]
    return package.Model(x, made if outputs > 1 else made[0])


def metric(package, name: str):
    if name[0].islower():
        return name
    return getattr(package.metrics, name)(**ARGUMENTS.get(name, {}), name=name.lower())


def compiled(package, case: dict):
    """The model of a case, compiled."""
    name, options = case["optimizer"]
    model = network(package, case["kind"], case["outputs"])
    named = [
        [metric(package, m) for m in case["metrics"]] for _ in range(case["outputs"])
    ]
    where = "weighted_metrics" if "metrics" in case["weighting"] else "metrics"
    several = case["outputs"] > 1
    model.compile(
        optimizer=getattr(package.optimizers, name)(learning_rate=0.02, **options),
        loss=[case["loss"], case["loss"]] if several else case["loss"],
        **{where: named if several else named[0]},
        **({"loss_weights": [1.0, 0.5]} if several else {}),
    )
    return model


def arguments(case: dict) -> dict:
    """What `fit` is given."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(SAMPLES, FEATURES)).astype("float32")
    y = targets(case["kind"], rng)
    weights = rng.random(SAMPLES).astype("float32")
    size, outputs = case["batch_size"], case["outputs"]
    is_weighted = case["weighting"] in ("sample", "weighted_metrics")
    given = {"epochs": 2, "verbose": 0, "shuffle": False}

    def structured(part):
        return [part, part] if outputs > 1 else part

    def batch(part):
        whole = x[part], structured(y[part])
        return (*whole, structured(weights[part])) if is_weighted else whole

    parts = [slice(i, i + size) for i in range(0, SAMPLES, size)]
    if case["validation"] == "data":
        given["validation_data"] = batch(slice(3, 13))
    if case["weighting"] == "class" and outputs == 1:
        given["class_weight"] = {0: 0.5, 1: 2.0, 2: 1.5}
    if case["form"] == "generator":
        forever = (batch(part) for _ in range(9) for part in parts)
        return given | {"x": forever, "steps_per_epoch": len(parts)}
    if case["form"] == "sequence":
        return given | {"sequence": [batch(part) for part in parts]}
    if case["validation"] == "split":
        given["validation_split"] = 0.25
    if is_weighted:
        given["sample_weight"] = structured(weights)
    data = {"x": x} if case["form"] == "dicts" else x
    return given | {"x": data, "y": structured(y), "batch_size": size}


def history(package, model, case: dict) -> dict:
    given = arguments(case)
    if "sequence" in given:
        batches = given.pop("sequence")

        class Batches(package.utils.PyDataset):
            def __len__(self):
                return len(batches)

            def __getitem__(self, index):
                return batches[index]

        given["x"] = Batches()
    return model.fit(**given).history


@pytest.mark.filterwarnings("ignore")  # Keras's own, on NumPy and JAX
@pytest.mark.parametrize("seed", range(200))
def test_history(seed):
    case = drawn(seed)
    theirs, ours = compiled(keras, case), compiled(minikeras, case)
    rng = np.random.default_rng(seed)
    start = [rng.normal(size=w.shape) * 0.5 for w in theirs.get_weights()]
    theirs.set_weights(start)
    ours.set_weights(start)
    wanted, made = history(keras, theirs, case), history(minikeras, ours, case)
    assert list(made) == list(wanted), case
    for name in wanted:
        assert np.allclose(made[name], wanted[name], rtol=1e-4, atol=1e-4), (case, name)
