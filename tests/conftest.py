"""Shared set-up: a fresh global state for each test, and the backend of real Keras."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import pytest

import minikeras as keras
from minikeras.utils import blas


@pytest.fixture(autouse=True)
def fresh_session():
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    with blas.single_threaded():  # as in training: bits depend on how BLAS splits
        yield
    keras.config.set_floatx("float32")
    keras.config.set_image_data_format("channels_last")
