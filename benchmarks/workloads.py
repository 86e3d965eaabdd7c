"""The nine workloads: what is trained, on which data, with which optimizer.

Each is one function of a `keras` module, so that all contestants run the same lines.
The data are random: speed does not depend on what they say. `networks.py` has the
models, this file the table.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from . import networks
from .products import Product, attention, convolution, dense, recurrent

FIRST_EPOCH = 20  # batches of the first epoch, the one timed from the process's start


class Workload(NamedTuple):
    """A row of the table.

    Args:
        title: What the report calls it.
        build: Function of a `keras` module that returns the compiled model.
        batch: Samples per step.
        batches: Steps per timed epoch; enough for `fit`'s own start to weigh nothing.
        inputs: Function of a generator and a number of samples that draws the inputs.
        targets: Likewise for the targets; None if they are the inputs themselves.
        products: The matrix products of one step.
        needs: Layers that a package may not have yet.
        sklearn: Estimator and settings of scikit-learn's nearest kin, if there is one.
    """

    title: str
    build: Callable
    batch: int
    batches: int
    inputs: Callable
    targets: Callable | None
    products: list[Product]
    needs: tuple[str, ...] = ()
    sklearn: tuple[str, dict] | None = None

    def data(self, batches: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns inputs and targets of so many batches."""
        rng, samples = np.random.default_rng(0), batches * self.batch
        x = self.inputs(rng, samples)
        return x, self.targets(rng, samples) if self.targets else x

    def missing(self, keras) -> list[str]:
        """Returns the layers that a package lacks for this workload."""
        return [name for name in self.needs if not hasattr(keras.layers, name)]


def normal(*shape: int) -> Callable:
    """Draws normally distributed numbers."""
    return lambda rng, n: rng.standard_normal((n, *shape), dtype=np.float32)


def uniform(*shape: int) -> Callable:
    """Draws numbers between 0 and 1, like the pixels of an image."""
    return lambda rng, n: rng.random((n, *shape), dtype=np.float32)


def integers(count: int, *shape: int) -> Callable:
    """Draws integers below `count`: class numbers, or the words of a text."""
    return lambda rng, n: rng.integers(0, count, (n, *shape), dtype=np.int32)


def one_hot(count: int) -> Callable:
    """Draws classes as rows of an identity matrix."""
    return lambda rng, n: np.eye(count, dtype=np.float32)[rng.integers(0, count, n)]


def flags(rng: np.random.Generator, samples: int) -> np.ndarray:
    """Draws a column of zeros and ones."""
    return rng.integers(0, 2, (samples, 1)).astype(np.float32)


WORKLOADS = {
    "lecture": Workload(
        title="lecture net 3-4-4-3",
        build=networks.lecture_net,
        batch=32,
        batches=500,
        inputs=normal(3),
        targets=one_hot(3),
        products=dense(32, 3, 4, 4, 3, first=True),
        sklearn=(
            "MLPClassifier",
            {
                "hidden_layer_sizes": (4, 4),
                "activation": "logistic",
                "solver": "sgd",
                "momentum": 0.0,
            },
        ),
    ),
    "tabular": Workload(
        title="tabular 8-12-8-1",
        build=networks.tabular,
        batch=10,
        batches=500,
        inputs=normal(8),
        targets=flags,
        products=dense(10, 8, 12, 8, 1, first=True),
        sklearn=("MLPClassifier", {"hidden_layer_sizes": (12, 8)}),
    ),
    "mlp": Workload(
        title="MNIST MLP 784-512-512-10",
        build=networks.mnist_mlp,
        batch=128,
        batches=100,
        inputs=uniform(784),
        targets=integers(10),
        products=dense(128, 784, 512, 512, 10, first=True),
        sklearn=("MLPClassifier", {"hidden_layer_sizes": (512, 512)}),
    ),
    "cnn": Workload(
        title="MNIST CNN",
        build=networks.mnist_cnn,
        batch=128,
        batches=20,
        inputs=uniform(28, 28, 1),
        targets=integers(10),
        products=[
            *convolution(128, 26 * 26, 9, 32, first=True),
            *convolution(128, 24 * 24, 288, 64),
            *dense(128, 12 * 12 * 64, 128, 10),
        ],
        needs=("Conv2D", "MaxPooling2D"),
    ),
    "residual": Workload(
        title="residual CNN 32-64-128",
        build=networks.residual_cnn,
        batch=64,
        batches=10,
        inputs=normal(32, 32, 3),
        targets=integers(10),
        products=[
            *convolution(64, 32 * 32, 27, 32, first=True),
            *convolution(64, 32 * 32, 288, 32) * 2,
            *convolution(64, 16 * 16, 32, 64),
            *convolution(64, 16 * 16, 288, 64),
            *convolution(64, 16 * 16, 576, 64),
            *convolution(64, 8 * 8, 64, 128),
            *convolution(64, 8 * 8, 576, 128),
            *convolution(64, 8 * 8, 1152, 128),
            *dense(64, 128, 10),
        ],
        needs=("Conv2D", "BatchNormalization", "GlobalAveragePooling2D"),
    ),
    "lstm": Workload(
        title="embedding + LSTM 128",
        build=networks.embedding_lstm,
        batch=32,
        batches=30,
        inputs=integers(20_000, 80),
        targets=flags,
        products=recurrent(32, 80, 128, 128, gates=4) + dense(32, 128, 1),
        needs=("Embedding", "LSTM"),
    ),
    "gru": Workload(
        title="GRU 32 on 48x14 series",
        build=networks.series_gru,
        batch=64,
        batches=100,
        inputs=normal(48, 14),
        targets=normal(1),
        products=recurrent(64, 48, 14, 32, gates=3, first=True) + dense(64, 32, 1),
        needs=("GRU",),
    ),
    "autoencoder": Workload(
        title="autoencoder 784-...-784",
        build=networks.autoencoder,
        batch=256,
        batches=100,
        inputs=uniform(784),
        targets=None,
        products=dense(256, 784, 128, 64, 32, 64, 128, 784, first=True),
        sklearn=("MLPRegressor", {"hidden_layer_sizes": (128, 64, 32, 64, 128)}),
    ),
    "transformer": Workload(
        title="Transformer block 64x64",
        build=networks.transformer_block,
        batch=32,
        batches=50,
        inputs=normal(64, 64),
        targets=integers(2),
        products=[
            *attention(32, 64, 64, heads=4),
            *dense(32 * 64, 64, 256, 64),
            *dense(32, 64, 2),
        ],
        needs=("MultiHeadAttention", "LayerNormalization", "GlobalAveragePooling1D"),
    ),
}
