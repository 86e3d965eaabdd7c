"""Processes killed in the middle of saving: the file is the old one or the new one."""

import os
import subprocess
import sys

import pytest

# Forks a process that saves two models in turn, kills it, and looks at the file.
SCRIPT = """
import os, random, signal, sys, time, warnings
import numpy as np
warnings.filterwarnings("ignore")
import minikeras as keras

path, kills = sys.argv[1], int(sys.argv[2])
random.seed(3)

def made(value):
    model = keras.Sequential([keras.Input((40,)), keras.layers.Dense(200)])
    model.set_weights([np.full(w.shape, value) for w in model.weights])
    return model

models = {1: made(1), 2: made(2)}
is_weights = ".weights" in path

def save(model):
    model.save_weights(path) if is_weights else model.save(path)

def load():
    if not is_weights:
        return keras.models.load_model(path)
    model = made(0)
    model.load_weights(path)
    return model

began = time.perf_counter()
save(models[1])
load()
save(models[1])
took = time.perf_counter() - began
seen = []
for _ in range(kills):
    child = os.fork()
    if child == 0:
        while True:
            for value in (2, 1):
                save(models[value])
    time.sleep(random.uniform(0, took))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    values = {float(x) for w in load().get_weights() for x in np.unique(w)}
    assert values in ({1.0}, {2.0}), values
    seen += values
print(len(seen), sorted(set(seen)))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
@pytest.mark.parametrize("name", ["net.keras", "net.h5", "net.weights.h5"])
def test_a_kill_while_saving_leaves_a_whole_file(tmp_path, name):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / name), "70"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "70 [1.0, 2.0]\n"
    leftovers = [p.name for p in tmp_path.iterdir() if p.name != name]
    assert all(p.startswith(f".{name}.") and p.endswith(".tmp") for p in leftovers)
