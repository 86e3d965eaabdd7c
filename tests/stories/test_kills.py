"""A training that is killed at random and started again ends with the same bits."""

import json
import os
import pathlib
import random
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCRIPT = """
import hashlib, json, os, random, sys
import numpy as np
import minikeras as keras

folder, form, save_freq, kill = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
keras.utils.set_random_seed(5)
x = np.random.normal(size=(40, 4)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32")
layers = keras.layers
model = keras.Sequential([
    keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dropout(0.3),
    layers.BatchNormalization(), layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.Adam(0.05), "binary_crossentropy",
              metrics=["accuracy", "AUC"])


class Killer(keras.callbacks.Callback):
    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen == kill:
            os._exit(9) if os.name == "nt" else os.kill(os.getpid(), 9)


def generated():
    while True:
        for i in range(0, 40, 8):
            yield x[i : i + 8], y[i : i + 8]


class Diary(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print(json.dumps([epoch, logs]), flush=True)


frequency = save_freq if save_freq == "epoch" else int(save_freq)
callbacks = [
    keras.callbacks.BackupAndRestore(folder, save_freq=frequency),
    keras.callbacks.ReduceLROnPlateau("loss", patience=1, factor=0.5, min_delta=0.05),
    keras.callbacks.EarlyStopping("loss", patience=3, restore_best_weights=True),
    Killer(), Diary()]
settings = dict(epochs=6, verbose=0, callbacks=callbacks, validation_data=(x, y))
if form == "arrays":
    model.fit(x, y, batch_size=8, **settings)
else:
    model.fit(generated(), steps_per_epoch=5, **settings)
state = [v.numpy() for v in (*model.variables, *model.optimizer.variables)]
digest = hashlib.sha256(b"".join(a.tobytes() for a in state))
drawn = [random.random(), np.random.random(), float(keras.random.normal(()))]
print(json.dumps(["end", digest.hexdigest(), drawn]), flush=True)
"""


def run(script, folder, form, save_freq, kill=0) -> list:
    """What one run of the script writes, line by line."""
    command = [sys.executable, script, folder, form, save_freq, str(kill)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=env)
    assert kill or done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("form", "save_freq", "seed"),
    [("arrays", "epoch", 1), ("arrays", "3", 2), ("generator", "4", 3)],
)
def test_kills(form, save_freq, seed, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    whole = run(script, tmp_path / "whole", form, save_freq)
    assert not (tmp_path / "whole").exists()  # a run that ends well tidies up

    pick = random.Random(seed)
    folder, seen = tmp_path / "backup", {}
    for kill in [*(pick.randint(1, 9) for _ in range(7)), 0]:
        lines = run(script, folder, form, save_freq, kill)
        seen.update((line[0], line[1:]) for line in lines)
        if "end" in seen:
            break
    assert [[key, *value] for key, value in sorted(seen.items(), key=str)] == sorted(
        whole, key=str
    )
    assert not folder.exists()
