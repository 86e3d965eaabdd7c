"""MNIST: read from Keras's cache folder; without file and network, what to do."""

import urllib.error
import urllib.request

import numpy as np
import pytest

from minikeras.datasets import mnist


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    folder = tmp_path / "datasets"
    folder.mkdir()
    return folder


def no_network(*args, **options):
    raise urllib.error.URLError("no network")


def test_a_file_in_the_cache_is_read(cache, monkeypatch):
    arrays = {
        "x_train": np.zeros((3, 28, 28), "uint8"),
        "y_train": np.array([5, 0, 4], "uint8"),
        "x_test": np.ones((2, 28, 28), "uint8"),
        "y_test": np.array([7, 2], "uint8"),
    }
    np.savez(cache / "mnist.npz", **arrays)
    monkeypatch.setattr(mnist, "_SHA256", None)
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    assert x_train.shape == (3, 28, 28) and x_test.max() == 1
    assert y_train.tolist() == [5, 0, 4] and y_test.tolist() == [7, 2]


def test_without_a_network_the_error_says_which_file_to_put_where(cache, monkeypatch):
    monkeypatch.setattr(urllib.request, "urlopen", no_network)
    with pytest.raises(OSError) as caught:
        mnist.load_data()
    assert "tf-keras-datasets/mnist.npz" in str(caught.value)
    assert f"put it at {cache / 'mnist.npz'}" in str(caught.value)
    assert list(cache.iterdir()) == []
