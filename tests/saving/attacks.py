"""Hostile model files, one for each published way to attack a loader of Keras.

    python -m tests.saving.attacks

loads each of them in a process that notes what it does: which files it opens, what it
imports, runs or connects to. It prints, as JSON, the error of each and whatever was
noted beyond the reading of the file itself.
"""

import io
import json
import os
import pathlib
import sys
import tarfile
import tempfile
import warnings
import zipfile

import h5py
import numpy as np

import minikeras as keras
from minikeras import layers
from minikeras.utils.serialization import dump_code

from . import old_files

SECRET = "secret.txt"  # a file beside the model that no loader may read


def small():
    return keras.Sequential([keras.Input((3,)), layers.Dense(2, name="dense")])


def archive(folder, change=None, members=()) -> str:
    """A `.keras` file whose config was changed, or members added."""
    path = str(folder / "attack.keras")
    small().save(path)
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    if change is not None:
        config = json.loads(content["config.json"])
        content["config.json"] = json.dumps(change(config) or config).encode()
    content.update(dict(members))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in content.items():
            file.writestr(name, data)
    return path


def with_layer(form):
    """Puts a layer in the place of the Dense layer."""

    def change(config):
        config["config"]["layers"][1] = form

    return change


def lambda_layer(function, **arguments):
    config = {"name": "gadget", "function": function, "arguments": arguments}
    return {"module": "keras.layers", "class_name": "Lambda", "config": config}


def function_of(module, name):
    return {
        "module": module,
        "class_name": "function",
        "config": name,
        "registered_name": name,
    }


def bytecode():
    code = dump_code(lambda x: open("ran.txt", "w") and x)
    return {"class_name": "__lambda__", "config": code}


def h5_lambda(folder, age, function):
    form = old_files.plain_1(
        "Lambda",
        "gadget",
        function=function,
        function_type="lambda",
        output_shape=None,
        output_shape_type="raw",
        arguments={},
        batch_input_shape=[None, 3],
    )
    path = folder / "attack.h5"
    config = old_files.sequential(age, [form])
    old_files.write_model(path, age, config, [("gadget", {})])
    return path


def weights(folder, change) -> str:
    """An archive whose weights were changed."""
    path = archive(folder)
    with zipfile.ZipFile(path) as file:
        memory = io.BytesIO(file.read("model.weights.h5"))
    with h5py.File(memory, "a") as file:
        change(file)
    return archive(folder, members={"model.weights.h5": memory.getvalue()})


def h5_weights(folder, change) -> str:
    path = str(folder / "attack.h5")
    small().save(path)
    with h5py.File(path, "a") as file:
        change(file, next(n for n in file["model_weights/dense"].attrs["weight_names"]))
    return path


def vocabulary(folder, value, cls="StringLookup"):
    config = {"name": "words", "vocabulary": value}
    form = {"module": "keras.layers", "class_name": cls, "config": config}
    return archive(folder, with_layer(form))


def swap(create):
    """Puts what `create(group)` makes as "0" in the place of the kernel."""

    def change(file):
        group = file["layers/dense/vars"]
        del group["0"]
        create(group)

    return change


def external_data(group):
    group.create_dataset("0", (3, 2), "f4", external=[(SECRET, 0, 24)])


def virtual_data(group):
    layout = h5py.VirtualLayout((3, 2), "f4")
    layout[:] = h5py.VirtualSource(SECRET, "x", (3, 2))
    group.create_virtual_dataset("0", layout)


def shape_bomb(group):
    group.create_dataset("0", (1 << 20, 1 << 20), "f4", chunks=(64, 64))


def gzip_bomb(group):
    zeros = np.zeros((3, 1 << 22), "f4")
    group.create_dataset("0", data=zeros, compression="gzip", chunks=(1, 1 << 22))


def unknown_filter(group):
    kind = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    kind.set_chunk((3, 2))
    kind.set_filter(h5py.h5z.FILTER_DEFLATE, h5py.h5z.FLAG_OPTIONAL, (9,))
    space = h5py.h5s.create_simple((3, 2))
    made = h5py.h5d.create(group.id, b"0", h5py.h5t.NATIVE_FLOAT, space, kind)
    made.write_direct_chunk((0, 0), b"no deflated data")


def deep_groups(file):
    group = file
    for _ in range(3000):
        group = group.create_group("g")


def link_cycle(file):
    del file["layers/dense"]
    file["layers/dense"] = h5py.SoftLink("/layers/dense")


def external_link(file):
    del file["layers/dense/vars"]
    file["layers/dense/vars"] = h5py.ExternalLink(SECRET, "/")


def h5_shape_bomb(file, name):
    del file["model_weights/dense"][name]
    file["model_weights/dense"].create_dataset(name, (1 << 40,), "f4", chunks=(1024,))


def huge_layer(config):
    config["config"]["layers"][1]["config"]["units"] = 1 << 40
    config["config"]["layers"][1].pop("build_config", None)


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


def two_members(folder):
    path = archive(folder)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("config.json", "{}")
    return path


def shards(folder):
    path = folder / "attack.weights.json"
    small().save_weights(path, max_shard_size=1)
    table = json.loads(path.read_text())
    table["weight_map"] = dict.fromkeys(table["weight_map"], f"../{SECRET}")
    path.write_text(json.dumps(table))
    return path


def tar_that_climbs(folder):
    path = folder / "data.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        member = tarfile.TarInfo("../../written.txt")
        member.size = 3
        file.addfile(member, io.BytesIO(b"bad"))
    return path


def unpack(path):
    keras.utils.get_file(origin=path.as_uri(), extract=True, cache_dir=path.parent)


def not_own_loader(path):
    small().load_weights(path)


# Name -> (number of the report, what makes the file, what loads it).
ATTACKS = {
    "a module is imported by name": (
        "CVE-2025-1550",
        lambda f: archive(
            f, with_layer({"module": "antigravity", "class_name": "Evil", "config": {}})
        ),
    ),
    "a function of any module": (
        "CVE-2025-1550",
        lambda f: archive(
            f, with_layer(lambda_layer(function_of("os", "system"), command="exit"))
        ),
    ),
    "a gadget that fetches files": (
        "CVE-2025-8747",
        lambda f: archive(
            f,
            with_layer(
                lambda_layer(
                    function_of("keras.utils", "get_file"),
                    origin="http://localhost:9/x",
                )
            ),
        ),
    ),
    "a gadget that loads another model": (
        "CVE-2025-8747",
        lambda f: archive(
            f,
            with_layer(
                lambda_layer(function_of("keras.models", "load_model"), safe_mode=False)
            ),
        ),
    ),
    "safe mode switched off in the file": (
        "CVE-2025-9906",
        lambda f: archive(
            f,
            with_layer(
                lambda_layer(
                    function_of("keras.config", "enable_unsafe_deserialization")
                )
            ),
        ),
    ),
    "safe mode as an argument in the file": (
        "CVE-2025-9906",
        lambda f: archive(
            f,
            lambda c: with_layer(lambda_layer(bytecode()))(c) or c | {"safe_mode": 0},
        ),
    ),
    "bytecode in .keras": (
        "CVE-2024-3660",
        lambda f: archive(f, with_layer(lambda_layer(bytecode()))),
    ),
    "bytecode in .h5": (
        "CVE-2025-9905",
        lambda f: h5_lambda(f, "tf2", list(bytecode()["config"].values())),
    ),
    "bytecode of Keras 1 in .h5": (
        "CVE-2024-3660",
        lambda f: h5_lambda(f, "1.2", list(bytecode()["config"].values())),
    ),
    "a vocabulary that is a local file": (
        "CVE-2025-12058",
        lambda f: vocabulary(f, str(f / SECRET)),
    ),
    "a vocabulary from the network": (
        "CVE-2025-12058",
        lambda f: vocabulary(f, "http://localhost:9/words.txt", "TextVectorization"),
    ),
    "a tar that climbs out": ("CVE-2025-12060", tar_that_climbs, unpack),
    "an asset that climbs out": (
        "CVE-2025-12060",
        lambda f: archive(f, members={"assets/../../written.txt": b"bad"}),
    ),
    "a member that unpacks to gigabytes": (
        "zip bomb",
        lambda f: archive(f, members={"big": bytes(1 << 26)}),
    ),
    "two members of one name": ("zip", two_members),
    "JSON that nests without end": (
        "JSON",
        lambda f: archive(f, members={"config.json": nested(100_000)}),
    ),
    "a layer that asks for terabytes": ("JSON", lambda f: archive(f, huge_layer)),
    "a link to another file": ("HDF5", lambda f: weights(f, external_link)),
    "data in another file": ("HDF5", lambda f: weights(f, swap(external_data))),
    "virtual data of another file": ("HDF5", lambda f: weights(f, swap(virtual_data))),
    "a shape of terabytes": ("HDF5", lambda f: weights(f, swap(shape_bomb))),
    "data that unpacks to more": ("HDF5", lambda f: weights(f, swap(gzip_bomb))),
    "a filter that does not undo": ("HDF5", lambda f: weights(f, swap(unknown_filter))),
    "a soft link to itself": ("HDF5", lambda f: weights(f, link_cycle)),
    "3,000 groups in each other": ("HDF5", lambda f: weights(f, deep_groups)),
    "a shape of terabytes in .h5": ("HDF5", lambda f: h5_weights(f, h5_shape_bomb)),
    "shards somewhere else": ("shards", shards, not_own_loader),
}
HARMLESS = {"an asset that climbs out", "3,000 groups in each other"}


class Watch:
    """Notes what the process does while it is on; there is no way to take it off."""

    def __init__(self):
        self.is_on, self.allowed, self.noted = False, "", []
        sys.addaudithook(self)

    def __call__(self, event, arguments):
        if not self.is_on:
            return
        if event == "open":
            path, mode = str(arguments[0]), str(arguments[1])
            writes = any(letter in mode for letter in "wax+")
            is_own = os.path.abspath(path).startswith(self.allowed)
            if (writes and not is_own) or SECRET in path:
                self.noted.append(f"open {path} {mode}")
        elif event == "import":
            if arguments[0].partition(".")[0] in ("antigravity", "evil"):
                self.noted.append(f"import {arguments[0]}")
        elif event == "marshal.loads":
            if "importlib" not in sys._getframe(1).f_code.co_filename:
                self.noted.append(event)
        elif event.startswith(("os.system", "os.exec", "os.spawn", "os.posix_spawn")):
            self.noted.append(event)
        elif event.startswith(("socket.connect", "socket.getaddrinfo", "subprocess")):
            self.noted.append(event)
        elif event in ("os.remove", "os.rename", "shutil.rmtree", "os.mkdir"):
            if not os.path.abspath(arguments[0]).startswith(self.allowed):
                self.noted.append(f"{event} {arguments[0]}")
        elif event.startswith(("os.putenv", "ctypes.dlopen")):
            self.noted.append(event)


def attempt(watch: Watch, name: str) -> dict:
    """Makes a hostile file and loads it, watched."""
    _, make, *load = ATTACKS[name]
    with tempfile.TemporaryDirectory() as root:
        folder = pathlib.Path(root, "inner", "model")
        folder.mkdir(parents=True)
        (folder / SECRET).write_text("word")
        (folder.parent / SECRET).write_text("word")
        path = make(folder)
        before = sorted(pathlib.Path(root).rglob("*"))
        os.chdir(folder)
        error = None
        watch.allowed, watch.noted, watch.is_on = str(folder), [], True
        try:
            (load[0] if load else keras.models.load_model)(path)
        except Exception as raised:
            error = [type(raised).__name__, str(raised)]
        finally:
            watch.is_on = False
            os.chdir("/")
        new = [p.name for p in sorted(pathlib.Path(root).rglob("*")) if p not in before]
    return {"error": error, "noted": watch.noted, "new": new}


def main() -> None:
    warnings.simplefilter("ignore")
    small().save(os.path.join(tempfile.mkdtemp(), "x.keras"))  # imports what it needs
    watch = Watch()
    print(json.dumps({name: attempt(watch, name) for name in ATTACKS}))


if __name__ == "__main__":
    main()
