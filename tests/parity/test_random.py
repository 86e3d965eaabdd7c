"""`minikeras.random` against Keras on NumPy: the same bits for the same seed."""

import os
import pathlib
import pickle
import subprocess
import sys

import numpy as np
import pytest

import minikeras
from tests.parity import random_calls

pytest.importorskip("keras")

SCRIPT = pathlib.Path(random_calls.__file__)
CALLS = random_calls.calls()


def title(call):
    return f"{call[0]}-{call[1].get('dtype')}-{call[1].get('seed')}"


@pytest.fixture(scope="module")
def expected():
    environment = {**os.environ, "KERAS_BACKEND": "numpy"}
    command = [sys.executable, "-W", "ignore", str(SCRIPT)]
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    return pickle.loads(done.stdout)


def assert_same_bits(found, wanted):
    for ours, theirs in zip(found, wanted, strict=True):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("i", range(len(CALLS)), ids=map(title, CALLS))
def test_same_bits(i, expected):
    wanted = expected["calls"][i]
    assert not isinstance(wanted, str), wanted  # every drawn call is one Keras answers
    assert_same_bits(random_calls.answer(minikeras, *CALLS[i]), wanted)


@pytest.mark.parametrize("i", range(len(random_calls.MISTAKES)))
def test_same_kind_of_error(i, expected):
    call = random_calls.MISTAKES[i]
    assert random_calls.answer(minikeras, *call) == expected["mistakes"][i], call


def test_without_a_seed(expected):
    assert_same_bits(random_calls.without_seed(minikeras), expected["without seed"])


def test_config_of_a_generator(expected):
    config = minikeras.random.SeedGenerator(3, name="mine").get_config()
    assert config == expected["config"]


def test_there_are_enough_calls():
    assert len(CALLS) >= 300
