"""Damages model files at random and loads them.

    python -m tests.saving.fuzzing SEED COUNT

prints a summary as JSON: how loading ended, what ended in another way than it may, the
longest time in seconds and the growth of memory in megabytes. The same seed damages in
the same way.
"""

import copy
import io
import json
import pathlib
import random
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections import Counter

import h5py
import numpy as np

import minikeras as keras
from minikeras import layers
from minikeras.saving.errors import SavingError

from . import old_files

ODD = [
    *(None, True, False, 0, -1, 1, 2, 1 << 31, 1 << 40, 10**15, -(10**9), 1.5),
    *(float("nan"), "", "x", "relu", "../../etc/passwd", "float64", "bogus"),
    *([], [1], [1, 2, 3], [None] * 3, [[1, 2], [3]], {}, {"a": 1}, "a" * 5000),
    *("Dense", "LSTM", "adam", {"class_name": "Dense", "config": {"units": 3}}),
    {"class_name": "__lambda__", "config": {"code": "x"}},
    {"class_name": "TFOpLambda", "config": {"function": "math.add"}},
    {"class_name": "Merge", "config": {"mode": "sum", "layers": []}},
]
SHAPES = [(), (1,), (2, 2), (0,), (5000,), (3, 3, 3)]


def model():
    """A small model with layers of several families, trained for one step."""
    made = keras.Sequential(
        [
            keras.Input((8, 3)),
            layers.Conv1D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.LSTM(3),
            layers.Dropout(0.2),
            layers.Dense(2, kernel_regularizer="l2"),
        ]
    )
    made.compile("adam", "mse", metrics=["mae"])
    made.fit(np.ones((2, 8, 3)), np.ones((2, 2)), verbose=0)
    return made


def write_old(path) -> None:
    """A file of Keras 1, with layouts that are turned around when it is read."""
    conv = old_files.convolution_2d_1(
        "c", 2, 2, 2, "th", batch_input_shape=[1, 3, 5, 5]
    )
    merge = old_files.plain_1("Reshape", "r", target_shape=[8, 4])
    lstm = old_files.recurrent_1("LSTM", "l", 2)
    gate = [np.ones(s, "f4") for s in ((4, 2), (2, 2), (2,))] * 4
    named = [
        ("c", {"c_W": np.ones((2, 3, 2, 2), "f4"), "c_b": np.ones(2, "f4")}),
        ("r", {}),
        ("l", {f"l_{i:02}": a for i, a in enumerate(gate)}),
    ]
    training = {
        "optimizer_config": {"class_name": "SGD", "config": {"lr": 0.1, "decay": 0.1}},
        "loss": "mse",
        "metrics": ["fmeasure"],
    }
    config = old_files.sequential("1.2", [conv, merge, lstm])
    old_files.write_model(
        path, "1.2", config, named, training, {"Variable:0": np.float32(1)}
    )


class Fuzzer:
    """Makes damaged files, one after the other."""

    def __init__(self, seed: int, folder: pathlib.Path):
        self.random = random.Random(seed)
        self.folder = folder
        self.model = model()
        self.model.save(folder / "a.keras")
        self.model.save(folder / "a.h5")
        self.model.save_weights(folder / "a.weights.h5")
        write_old(folder / "old.h5")
        names = ("a.keras", "a.h5", "a.weights.h5", "old.h5")
        self.files = {name: (folder / name).read_bytes() for name in names}
        self.json = json.loads(self.model.to_json())
        with zipfile.ZipFile(io.BytesIO(self.files["a.keras"])) as archive:
            self.members = {n: archive.read(n) for n in archive.namelist()}

    def load(self) -> str:
        """Damages a file, loads it, and says how that ended."""
        ways = [self.flip, self.change_archive, self.change_h5, self.change_tree]
        damage = self.random.choice(
            [*ways, self.flip, self.change_h5, self.change_json]
        )
        name, load = damage()
        try:
            load()
        except SavingError:
            return f"{name}: refused"
        return f"{name}: loaded"

    # Bytes ------------------------------------------------------------------------

    def flip(self):
        name = self.random.choice(sorted(self.files))
        data, choose = bytearray(self.files[name]), self.random.random()
        places = range(len(data))
        if choose < 0.2:
            del data[self.random.choice(places) :]
        elif choose < 0.5:
            for _ in range(self.random.choice([1, 3, 20])):
                data[self.random.choice(places)] ^= 1 << self.random.randrange(8)
        elif choose < 0.75:
            start, size = self.random.choice(places), self.random.choice([1, 4, 200])
            data[start : start + size] = self.random.randbytes(size)
        else:
            one, two = self.random.choices(places, k=2)
            size = self.random.choice([8, 64, 512])
            data[one : one + size] = data[two : two + size]
        return self._file(name, bytes(data))

    def _file(self, name: str, data: bytes):
        path = self.folder / f"damaged_{name}"
        path.write_bytes(data)
        if name.endswith(".weights.h5"):
            return name, lambda: self.model.load_weights(path)
        return name, lambda: keras.models.load_model(path)

    # Configs ----------------------------------------------------------------------

    def mutate(self, value):
        value = json.loads(json.dumps(value))
        for _ in range(self.random.choice([1, 1, 1, 2, 4])):
            path = self.random.choice(list(_places(value)))
            if path:
                _put(value, path, self.random.choice(ODD))
        return value

    def change_archive(self):
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            for name, content in self.members.items():
                if name == "config.json":
                    content = json.dumps(self.mutate(json.loads(content)))
                archive.writestr(name, content)
        return self._file("a.keras", data.getvalue())

    def change_h5(self):
        name = self.random.choice(["a.h5", "old.h5"])
        data = io.BytesIO(self.files[name])
        with h5py.File(data, "a") as file:
            key = self.random.choice(
                ["model_config", "model_config", "training_config"]
            )
            file.attrs[key] = json.dumps(self.mutate(json.loads(file.attrs[key])))
        return self._file(name, data.getvalue())

    def change_json(self):
        text = json.dumps(self.mutate(self.json))
        self.text = text
        return "json", lambda: keras.models.model_from_json(text)

    # HDF5 -------------------------------------------------------------------------

    def change_tree(self):
        name = self.random.choice(["a.h5", "old.h5", "a.weights.h5"])
        data = io.BytesIO(self.files[name])
        with h5py.File(data, "a") as file:
            paths: list[str] = []
            file.visit(paths.append)
            path, choose = self.random.choice(paths), self.random.random()
            if choose < 0.3:
                del file[path]
            elif choose < 0.6 and isinstance(file[path], h5py.Dataset):
                self._replace(file, path)
            elif choose < 0.8:
                file.move(path, f"{path}x")
            else:
                owner = file[path] if len(file[path].attrs) else file
                odd = [1, "x", b"\xff", np.zeros(3), "{}", "[]"]
                if len(owner.attrs):
                    owner.attrs[self.random.choice(list(owner.attrs))] = (
                        self.random.choice(odd)
                    )
        return self._file(name, data.getvalue())

    def _replace(self, file, path: str) -> None:
        shape = file[path].shape
        del file[path]
        shape = self.random.choice([*SHAPES, shape[::-1], (*shape, 1)])
        kind = self.random.choice(["f4", "f8", "i4", "S3", "?"])
        file[path] = np.zeros(shape, kind)


def _places(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from _places(inner, (*path, key))


def _put(value, path, new) -> None:
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = copy.deepcopy(new)


def _memory() -> float:
    """The most memory that this process had, in megabytes; 0 where it is not told."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run(seed: int, count: int) -> dict:
    """Loads `count` damaged files."""
    ends: Counter = Counter()
    foreign, slowest = [], 0.0
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fuzzer = Fuzzer(seed, pathlib.Path(folder))
        before = _memory()
        for _ in range(count):
            start = time.process_time()
            try:
                ends[fuzzer.load()] += 1
            except Exception:
                foreign.append(traceback.format_exc())
            slowest = max(slowest, time.process_time() - start)
    growth = _memory() - before
    return {"ends": ends, "foreign": foreign, "slowest": slowest, "growth": growth}


if __name__ == "__main__":
    print(json.dumps(run(int(sys.argv[1]), int(sys.argv[2]))))
