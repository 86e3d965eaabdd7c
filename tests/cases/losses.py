"""What the loss contract (tests/contract/test_losses.py) needs to know of each loss."""

import itertools
from collections import namedtuple

import numpy as np

# kwargs:   constructor arguments
# targets:  "numbers", "counts", "yes_no", "signs", "one_hot", "classes", "embedded" or
#           "sequences" (with predictions of several frames)
# formula:  losses of a batch in plain NumPy; each takes (y_true, y_pred)
# scores:   whether predictions are any numbers instead of probabilities
Case = namedtuple("Case", "kwargs targets formula scores", defaults=(False,))

EPSILON = 1e-7


def mean(x):
    return x.mean(axis=-1)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def rescaled(y):
    return y / y.sum(axis=-1, keepdims=True)


def binary(t, p):
    return -(t * np.log(p) + (1 - t) * np.log(1 - p))


def categorical(t, p):
    return -(t * np.log(p)).sum(axis=-1)


def sparse(t, p):
    return -np.log(p[np.arange(len(t)), t])


def focal(t, p, gamma=2.0):
    return (1 - (t * p + (1 - t) * (1 - p))) ** gamma * binary(t, p)


def bent(error, delta):
    small = np.abs(error) <= delta
    return np.where(small, error**2 / 2, delta * np.abs(error) - delta**2 / 2)


def cosine(t, p):
    lengths = np.linalg.norm(t, axis=-1) * np.linalg.norm(p, axis=-1)
    return -(t * p).sum(axis=-1) / lengths


def overlap(t, p, alpha, beta):
    both = (t * p).sum()
    false = beta * ((1 - t) * p).sum() + alpha * (t * (1 - p)).sum()
    return 1 - (both + EPSILON) / (both + false + EPSILON)


def reading(path):
    """What a path reads as: repeated classes once, without class 0."""
    return [label for label, _ in itertools.groupby(path) if label]


def all_paths(t, p):
    """-log of the probability of all paths that read as the targets, one by one."""
    shares = softmax(p)
    totals = np.zeros(len(t))
    for path in itertools.product(range(p.shape[2]), repeat=p.shape[1]):
        read = [reading(path) == [k for k in labels if k] for labels in t.tolist()]
        totals += read * shares[:, range(len(path)), path].prod(axis=1)
    return -np.log(totals)


def circle(labels, y, gamma, margin=0.4):
    s = np.minimum(y @ y.T, 1)
    same = labels[:, None] == labels
    other = ~same
    same = same & ~np.eye(len(y), dtype=bool)
    pull = -gamma * np.maximum(1 + margin - s, 0) * (s - 1 + margin)
    push = gamma * np.maximum(s + margin, 0) * (s - margin)
    pulls = np.sum(np.exp(pull), where=same, axis=1)
    return np.log1p(pulls * np.sum(np.exp(push), where=other, axis=1))


CASES = {
    "BinaryCrossentropy": [
        Case({}, "yes_no", lambda t, p: mean(binary(t, p))),
        Case(
            {"from_logits": True, "label_smoothing": 0.2},
            "yes_no",
            lambda t, p: mean(binary(t * 0.8 + 0.1, sigmoid(p))),
            scores=True,
        ),
    ],
    "BinaryFocalCrossentropy": [
        Case({}, "yes_no", lambda t, p: mean(focal(t, p))),
        Case(
            {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5},
            "yes_no",
            lambda t, p: mean(focal(t, p, 1.5) * (t * 0.3 + (1 - t) * 0.7)),
        ),
        Case(
            {"from_logits": True, "label_smoothing": 0.1},
            "yes_no",
            lambda t, p: mean(focal(t * 0.9 + 0.05, sigmoid(p))),
            scores=True,
        ),
    ],
    "CTC": [Case({}, "sequences", all_paths, scores=True)],
    "CategoricalCrossentropy": [
        Case({}, "one_hot", lambda t, p: categorical(t, rescaled(p))),
        Case(
            {"from_logits": True, "label_smoothing": 0.2},
            "one_hot",
            lambda t, p: categorical(t * 0.8 + 0.05, softmax(p)),
            scores=True,
        ),
    ],
    "CategoricalFocalCrossentropy": [
        Case(
            {},
            "one_hot",
            lambda t, p: 0.25 * categorical(t * (1 - rescaled(p)) ** 2, rescaled(p)),
        ),
        Case(
            {"alpha": 0.5, "gamma": 3.0, "from_logits": True},
            "one_hot",
            lambda t, p: 0.5 * categorical(t * (1 - softmax(p)) ** 3, softmax(p)),
            scores=True,
        ),
    ],
    "CategoricalGeneralizedCrossEntropy": [
        Case(
            {"q": 0.3},
            "classes",
            lambda t, p: (1 - p[np.arange(len(t)), t] ** 0.3) / 0.3,
        ),
    ],
    "CategoricalHinge": [
        Case(
            {},
            "one_hot",
            lambda t, p: np.maximum(
                ((1 - t) * p).max(axis=-1) - (t * p).sum(axis=-1) + 1, 0
            ),
            scores=True,
        ),
    ],
    "Circle": [Case({"gamma": 2.0}, "embedded", lambda t, p: circle(t, p, 2.0))],
    "CosineSimilarity": [Case({}, "numbers", cosine, scores=True)],
    "Dice": [Case({}, "yes_no", lambda t, p: overlap(t, p, 0.5, 0.5))],
    "Hinge": [
        Case(
            {},
            "signs",
            lambda t, p: mean(np.maximum(1 - t * p, 0)),
            scores=True,
        ),
        Case(
            {},
            "yes_no",
            lambda t, p: mean(np.maximum(1 - (2 * t - 1) * p, 0)),
            scores=True,
        ),
    ],
    "Huber": [
        Case({}, "numbers", lambda t, p: mean(bent(t - p, 1.0)), scores=True),
        Case({"delta": 0.3}, "numbers", lambda t, p: mean(bent(t - p, 0.3))),
    ],
    "KLDivergence": [
        Case(
            {},
            "shares",
            lambda t, p: (t * np.log(t / p)).sum(axis=-1),
        ),
    ],
    "LogCosh": [
        Case({}, "numbers", lambda t, p: mean(np.log(np.cosh(p - t))), scores=True),
    ],
    "MeanAbsoluteError": [
        Case({}, "numbers", lambda t, p: mean(np.abs(t - p)), scores=True),
    ],
    "MeanAbsolutePercentageError": [
        Case(
            {},
            "numbers",
            lambda t, p: 100 * mean(np.abs((t - p) / t)),
            scores=True,
        ),
    ],
    "MeanSquaredError": [
        Case({}, "numbers", lambda t, p: mean((t - p) ** 2), scores=True),
    ],
    "MeanSquaredLogarithmicError": [
        Case(
            {},
            "counts",
            lambda t, p: mean(
                (np.log1p(np.maximum(t, EPSILON)) - np.log1p(np.maximum(p, EPSILON)))
                ** 2
            ),
        ),
    ],
    "Poisson": [
        Case({}, "counts", lambda t, p: mean(p - t * np.log(p + EPSILON))),
    ],
    "SparseCategoricalCrossentropy": [
        Case({}, "classes", lambda t, p: sparse(t, rescaled(p))),
        Case(
            {"from_logits": True},
            "classes",
            lambda t, p: sparse(t, softmax(p)),
            scores=True,
        ),
    ],
    "SquaredHinge": [
        Case(
            {},
            "signs",
            lambda t, p: mean(np.maximum(1 - t * p, 0) ** 2),
            scores=True,
        ),
    ],
    "Tversky": [
        Case(
            {"alpha": 0.3, "beta": 0.9}, "yes_no", lambda t, p: overlap(t, p, 0.3, 0.9)
        ),
    ],
}

# Registered, but bases to subclass or to wrap a function in.
BASES = {"Loss", "LossFunctionWrapper"}


def arrays(case, samples=5, columns=4, seed=0):
    """Returns targets and predictions in float64 (class numbers as ints)."""
    rng = np.random.default_rng(seed)
    shape = (samples, columns)
    if case.targets == "sequences":
        labels = np.array([[1, 2], [2, 2], [3, 0], [0, 0], [1, 3]])
        return labels[:samples], rng.normal(size=(samples, 4, columns))
    predictions = (
        rng.normal(size=shape) if case.scores else rng.uniform(0.05, 0.95, shape)
    )
    classes = np.arange(samples) % 2
    targets = {
        "numbers": lambda: rng.normal(size=shape),
        "counts": lambda: rng.poisson(2.0, shape).astype("float64"),
        "yes_no": lambda: (np.arange(samples * columns) % 3 == 0).reshape(shape) * 1.0,
        "signs": lambda: np.where(rng.uniform(size=shape) < 0.5, -1.0, 1.0),
        "one_hot": lambda: np.eye(columns)[classes],
        "shares": lambda: rescaled(rng.uniform(0.1, 1.0, shape)),
        "classes": lambda: classes,
        "embedded": lambda: classes,
    }[case.targets]()
    if case.targets == "embedded":
        predictions /= np.linalg.norm(predictions, axis=1, keepdims=True)
    return targets, predictions
