"""Lecture scripts see the same numbers in tf_keras and here: losses, metrics, rates.

Runs where tf_keras is installed. `lecture_runs.py` says how the scripts are run.
"""

import collections
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("tf_keras")
HERE = pathlib.Path(__file__).parent
FOLDER = HERE.parent / "lectures"
SCRIPTS = sorted([*FOLDER.glob("keras_2/*.py"), *FOLDER.glob("tf_keras/*.py")])
# Scripts that run without eager execution: K.gradients needs that, and so does the
# TensorBoard callback where TensorBoard is not installed.
GRAPHS = ("keras_2/autoencoder", "keras_2/deep_dream", "keras_2/style_transfer")
TODAY = {"lr": "learning_rate"}

# What differs and is meant to: as Keras 3 does it, or because it cannot be otherwise.
# tolerance: how near the numbers are all the same
# count:     how many of the results are compared; None for all of them
Kept = collections.namedtuple("Kept", "tolerance count why")
KEPT = {
    "tf_keras/cnn": Kept(
        1e-3, None, "A sample lies on one of the thresholds of AUC: one pair counts."
    ),
    "tf_keras/custom_training": Kept(
        0.02, None, "compute_loss of Keras 2 counts the loss once more, by itself."
    ),
    "tf_keras/data_and_sequence": Kept(
        5e-3, None, "Nadam of Keras 3 takes the momentum of the next step otherwise."
    ),
    "tf_keras/gan": Kept(
        5e-3, None, "The loop runs for 200 steps, over which rounding errors grow."
    ),
    "tf_keras/transfer": Kept(
        1e-4, 1, "In Keras 3, fit overrides training=False of a call in the graph."
    ),
}


def name_of(path):
    return f"{path.parent.name}/{path.stem}"


def numbers(package, paths, folder):
    """Runs scripts on a Keras in a process of its own; returns what they noted."""
    result = folder / f"{package}.json"
    command = [sys.executable, str(HERE / "lecture_runs.py"), package, str(result)]
    roots = [str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    subprocess.run(
        [*command, *map(str, paths)],
        check=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    found = json.loads(result.read_text(encoding="utf-8"))
    return {name_of(pathlib.Path(path)): run for path, run in found.items()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What all scripts noted: here, and in tf_keras."""
    folder = tmp_path_factory.mktemp("lectures")
    graphs = [path for path in SCRIPTS if name_of(path) in GRAPHS]
    others = [path for path in SCRIPTS if name_of(path) not in GRAPHS]
    theirs = numbers("tf_keras.graph", graphs, folder)
    theirs.update(numbers("tf_keras", others, folder))
    return numbers("minikeras", SCRIPTS, folder), theirs


@pytest.mark.parametrize("name", [name_of(path) for path in SCRIPTS])
def test_the_same_numbers(runs, name):
    found, expected = (run[name] for run in runs)
    kept = KEPT.get(name, Kept(1e-4, None, ""))
    assert expected["notes"], expected["end"]
    assert found["notes"].keys() == expected["notes"].keys(), found["end"]
    for kind, theirs in expected["notes"].items():
        ours = found["notes"][kind]
        assert len(ours) == len(theirs)
        for a, b in list(zip(ours, theirs, strict=True))[: kept.count]:
            assert_near(a, b, kept.tolerance)


def assert_near(found, expected, tolerance):
    for key, values in expected.items():
        ours = found[TODAY.get(key, key)]
        np.testing.assert_allclose(ours, values, rtol=tolerance, atol=tolerance)


def test_the_list_of_what_differs_is_up_to_date():
    assert set(KEPT) | set(GRAPHS) <= set(map(name_of, SCRIPTS))
