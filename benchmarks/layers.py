"""Layers one by one, at the shapes that lectures use, beside Keras on its backends.

    python -m benchmarks layers --python peers/bin/python

Each runs in training mode, forward, and forward and backward (`layer_steps.py`). A
process measures one family of layers; contestants take turns.
"""

import contextlib
import importlib
from typing import NamedTuple

import numpy as np

from .layer_steps import steps
from .worker import repeat, spread

WAYS = ("forward", "both")
SETTLE = 6  # calls before those that are timed: plans are made, JAX compiles


class Row(NamedTuple):
    """A layer to measure.

    Args:
        family: What is measured in one process.
        layer: Name of its class.
        shape: Of its input, the batch included.
        options: Arguments of the class.
        note: What tells it from other rows of the class.
        inner: Class and options of the layer that it wraps.
        copies: How many inputs of that shape it takes.
        as_list: Whether it takes them as one list.
        below: The inputs are ints below this; floats if None.
    """

    family: str
    layer: str
    shape: tuple[int, ...]
    options: dict = {}  # noqa: RUF012
    note: str = ""
    inner: tuple[str, dict] | None = None
    copies: int = 1
    as_list: bool = False
    below: int | None = None

    @property
    def title(self) -> str:
        """What the table calls it."""
        shape = " x ".join(map(str, self.shape))
        return f"{self.layer}{self.note and ' ' + self.note}, {shape}"

    @property
    def name(self) -> str:
        """What `--only` calls it."""
        return "-".join([self.layer, *self.note.split()])

    def missing(self, layers) -> list[str]:
        """The classes that a package does not have."""
        needs = [self.layer] + ([self.inner[0]] if self.inner else [])
        return [name for name in needs if not hasattr(layers, name)]

    def build(self, layers):
        """Makes the layer; `layers` is a package's module of them."""
        wrapped = []
        if self.inner:
            name, options = self.inner
            wrapped = [getattr(layers, name)(**options)]
        return getattr(layers, self.layer)(*wrapped, **self.options)

    def inputs(self) -> list[np.ndarray]:
        """The same random inputs for everybody."""
        rng = np.random.default_rng(0)
        if self.below is not None:
            return [rng.integers(0, self.below, self.shape, dtype=np.int32)]
        return [
            rng.standard_normal(self.shape, dtype=np.float32)
            for _ in range(self.copies)
        ]


FLAT, IMAGE, SMALL = (128, 512), (32, 28, 28, 32), (32, 14, 14, 64)
SERIES, WAVE, TEXT = (32, 50, 32), (32, 128, 32), (32, 64, 128)
VOLUME, VIDEO, SHORT = (4, 16, 16, 16, 8), (8, 8, 16, 16, 4), (16, 32, 32)


def of(family: str, *rows: tuple) -> list[Row]:
    """Rows of one family."""
    return [Row(family, *row) for row in rows]


def filters(count: int, size: int | tuple = 3, **options) -> dict:
    """Arguments of a convolution."""
    return {"filters": count, "kernel_size": size, **options}


EVERY = [
    *of(
        "dense",
        ("Dense", (128, 784), {"units": 512, "activation": "relu"}),
        ("ReLU", IMAGE),
        ("Softmax", (128, 1000)),
        ("Dropout", FLAT, {"rate": 0.5}),
        ("SpatialDropout2D", IMAGE, {"rate": 0.3}),
        ("GaussianNoise", FLAT, {"stddev": 0.1}),
    ),
    Row(
        "dense",
        "Embedding",
        (32, 100),
        {"input_dim": 10_000, "output_dim": 64},
        below=10_000,
    ),
    Row("dense", "Add", IMAGE, copies=2, as_list=True),
    Row("dense", "Concatenate", IMAGE, copies=2, as_list=True),
    *of(
        "convolution",
        ("Conv1D", WAVE, filters(64)),
        ("Conv1D", WAVE, filters(64, padding="causal", dilation_rate=4), "causal"),
        ("Conv2D", (32, 28, 28, 1), filters(32), "first"),
        ("Conv2D", IMAGE, filters(64)),
        ("Conv2D", IMAGE, filters(64, padding="same"), "same"),
        ("Conv2D", IMAGE, filters(64, 1), "1x1"),
        ("Conv2D", IMAGE, filters(64, strides=2, padding="same"), "strides"),
        ("Conv2D", IMAGE, filters(64, dilation_rate=2), "dilated"),
        ("Conv2D", IMAGE, filters(64, groups=4), "groups"),
        ("Conv3D", VOLUME, filters(16)),
    ),
    *of(
        "transposed",
        ("Conv1DTranspose", WAVE, filters(32, strides=2, padding="same")),
        ("Conv2DTranspose", SMALL, filters(32, strides=2, padding="same")),
        ("Conv3DTranspose", (4, 8, 8, 8, 16), filters(8, strides=2, padding="same")),
    ),
    *of(
        "depthwise",
        ("SeparableConv1D", WAVE, filters(64)),
        ("SeparableConv2D", IMAGE, filters(64)),
        ("DepthwiseConv1D", WAVE, {"kernel_size": 3}),
        ("DepthwiseConv2D", IMAGE, {"kernel_size": 3, "padding": "same"}),
        ("DepthwiseConv2D", IMAGE, {"kernel_size": 3, "strides": 2}, "strides"),
    ),
    *of(
        "pooling",
        ("MaxPooling1D", WAVE),
        ("MaxPooling2D", IMAGE),
        ("MaxPooling2D", IMAGE, {"pool_size": 3, "strides": 2}, "overlapping"),
        ("MaxPooling3D", VOLUME),
        ("AveragePooling1D", WAVE, {"pool_size": 2}),
        ("AveragePooling2D", IMAGE, {"pool_size": 2}),
        ("AveragePooling3D", VOLUME, {"pool_size": 2}),
        ("GlobalAveragePooling1D", WAVE),
        ("GlobalAveragePooling2D", IMAGE),
        ("GlobalMaxPooling1D", WAVE),
        ("GlobalMaxPooling2D", IMAGE),
        ("AdaptiveAveragePooling2D", IMAGE, {"output_size": 7}),
        ("AdaptiveMaxPooling2D", IMAGE, {"output_size": 7}),
    ),
    *of(
        "normalization",
        ("BatchNormalization", FLAT, {}, "dense"),
        ("BatchNormalization", IMAGE),
        ("LayerNormalization", TEXT),
        ("GroupNormalization", IMAGE, {"groups": 8}),
        ("RMSNormalization", TEXT),
        ("UnitNormalization", TEXT),
        ("SpectralNormalization", FLAT, {}, "", ("Dense", {"units": 256})),
    ),
    *of(
        "recurrent",
        ("SimpleRNN", SERIES, {"units": 64}),
        ("LSTM", SERIES, {"units": 64}),
        ("LSTM", SERIES, {"units": 64, "return_sequences": True}, "sequences"),
        ("GRU", SERIES, {"units": 64}),
        ("GRU", SERIES, {"units": 64, "reset_after": False}, "before"),
        ("Bidirectional", SERIES, {}, "LSTM", ("LSTM", {"units": 32})),
        ("TimeDistributed", SERIES, {}, "Dense", ("Dense", {"units": 64})),
        ("ConvLSTM2D", VIDEO, filters(16, padding="same")),
    ),
    *of(
        "attention",
        ("MultiHeadAttention", TEXT, {"num_heads": 4, "key_dim": 32}, "", None, 2),
        (
            "GroupQueryAttention",
            TEXT,
            {"head_dim": 32, "num_query_heads": 4, "num_key_value_heads": 2},
            "",
            None,
            2,
        ),
        ("Attention", TEXT, {}, "", None, 2, True),
        ("AdditiveAttention", SHORT, {}, "", None, 2, True),
    ),
    *of(
        "resizing",
        ("UpSampling1D", WAVE),
        ("UpSampling2D", SMALL),
        ("UpSampling2D", SMALL, {"interpolation": "bilinear"}, "bilinear"),
        ("UpSampling3D", VOLUME),
        ("ZeroPadding2D", IMAGE),
        ("Cropping2D", IMAGE, {"cropping": 2}),
        ("Flatten", IMAGE),
        ("Permute", TEXT, {"dims": (2, 1)}),
        ("RepeatVector", (128, 64), {"n": 20}),
    ),
]
ROWS = {row.name: row for row in EVERY}


def times(job: dict) -> dict:
    """Measures some rows, or tells why a package cannot do them."""
    keras, found = importlib.import_module(job["package"]), {}
    for name in job["layers"]:
        try:
            found |= row_times(keras, ROWS[name], job["seconds"])
        except Exception as error:  # a peer may lack a gradient on the CPU
            text = str(error).strip().partition("\n")[0]
            found[f"{name}/error"] = f"{type(error).__name__}: {text}"
    return found


def row_times(keras, row: Row, seconds: float) -> dict:
    """Times both ways of one row; with one thread in BLAS, as minikeras's `fit` has."""
    scope = contextlib.nullcontext()
    if keras.__name__ == "minikeras":
        scope = importlib.import_module("minikeras.utils.blas").single_threaded()
    found = {}
    with scope:
        for way, step in zip(WAYS, steps(keras, row), strict=True):
            taken = repeat(step, seconds, SETTLE, at_least=3)
            found |= spread(f"{row.name}/{way}_ms", taken, 1e3)
    return found
