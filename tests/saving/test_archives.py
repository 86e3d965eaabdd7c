"""`.keras`, `.weights.h5` and sharded weights: what is in them, and what is refused."""

import io
import json
import os
import struct
import warnings
import zipfile

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.models import load_model
from minikeras.saving import archive
from minikeras.saving.errors import SavingError

X = np.random.default_rng(0).normal(size=(8, 3)).astype("float32")


@keras.saving.register_keras_serializable("tests")
class Block(layers.Layer):
    """Layers in attributes of all kinds, and a weight of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.zeta = layers.Dense(2)
        self.alpha = [layers.Dense(2), layers.Dense(3)]
        self._hidden = layers.Dense(2)
        self.named = {"b": layers.Dense(1), "a": layers.Dense(2)}
        self.nested = [[layers.Dense(2)], (layers.Dense(3), layers.ReLU())]

    def build(self, input_shape):
        self.scale = self.add_weight((2,), "ones", name="scale")

    def call(self, x):
        x = self.zeta(x) * self.scale
        inner = [layer for row in self.nested for layer in row]
        for layer in (*self.alpha, self._hidden, *self.named.values(), *inner):
            x = layer(x)
        return x


@keras.saving.register_keras_serializable("tests")
class Net(keras.Model):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.block = Block()
        self.out = layers.Dense(units)
        self.shared = self.out
        self.inner = keras.Sequential([layers.Dense(2), layers.BatchNormalization()])

    def call(self, x):
        return self.out(self.inner(self.block(x)))


def net(optimizer="adam", epochs=1):
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    model = Net()
    model(X)
    model.compile(optimizer, "mse", metrics=["mae"])
    model.fit(X, X[:, :2], epochs=epochs, verbose=0)
    return model


def small():
    return keras.Sequential([keras.Input((3,)), layers.Dense(2, name="d")], name="s")


def groups(path) -> list[str]:
    with h5py.File(path) as file:
        found = []
        file.visit(found.append)
        return sorted(name for name in found if name.endswith("vars"))


def same_state(a, b):
    for one, other in zip(a.variables, b.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


# What is written ----------------------------------------------------------------------


def test_where_a_file_holds_what(tmp_path):
    """The paths are those that Keras 3.15.1 wrote for this model."""
    net().save_weights(tmp_path / "net.weights.h5")
    assert groups(tmp_path / "net.weights.h5") == [
        "block/_hidden/vars",
        "block/alpha/dense/vars",
        "block/alpha/dense_1/vars",
        "block/named/dense/vars",
        "block/named/dense_1/vars",
        "block/nested/container/dense/vars",
        "block/nested/container_1/dense/vars",
        "block/nested/container_1/re_lu/vars",
        "block/vars",
        "block/zeta/vars",
        "inner/layers/batch_normalization/vars",
        "inner/layers/dense/vars",
        "inner/vars",
        "layers/dense/vars",
        "optimizer/vars",
        "vars",
    ]
    with h5py.File(tmp_path / "net.weights.h5") as file:
        assert file["layers/dense/vars"].attrs["name"].startswith("dense")
        assert sorted(file["layers/dense/vars"]) == ["0", "1"]


@pytest.mark.parametrize("zipped", [None, True, False])
def test_a_model_comes_back_whole(tmp_path, zipped):
    name = "net" if zipped is False else "net.keras"
    model, path = net("rmsprop"), tmp_path / "sub" / name
    model.save(path, zipped=zipped)
    assert os.path.isdir(path) == (zipped is False)
    twin = load_model(path)
    same_state(model, twin)
    same_state(model.optimizer, twin.optimizer)
    histories = [
        m.fit(X, X[:, :2], epochs=2, shuffle=False, verbose=0).history
        for m in (model, twin)
    ]
    assert histories[0] == histories[1]
    plain = load_model(path, compile=False)
    assert not plain.compiled
    np.testing.assert_allclose(plain.predict(X * 0, verbose=0).shape, (8, 2))


def test_what_is_in_an_archive(tmp_path):
    net().save(tmp_path / "net.keras")
    with zipfile.ZipFile(tmp_path / "net.keras") as file:
        names = ["metadata.json", "config.json", "model.weights.h5"]
        assert file.namelist() == names
        metadata = json.loads(file.read("metadata.json"))
        config = json.loads(file.read("config.json"))
    assert set(metadata) == {"keras_version", "date_saved"}
    assert config["registered_name"] == "tests>Net"
    assert config["build_config"] == {"input_shape": [8, 3]}
    assert config["compile_config"]["loss"] == "mse"


def test_weights_alone_with_the_state_of_the_optimizer(tmp_path):
    model, path = net(epochs=2), tmp_path / "net.weights.h5"
    model.save_weights(path)
    twin = net()
    twin.load_weights(path)
    same_state(model, twin)
    same_state(model.optimizer, twin.optimizer)
    fresh = Net()
    fresh(X)
    fresh.compile("adam", "mse")  # it has not taken a step
    fresh.load_weights(path)
    same_state(model.optimizer, fresh.optimizer)
    other = net("sgd")
    with pytest.warns(UserWarning, match="saved state is skipped"):
        other.load_weights(path)
    same_state(model, other)


@pytest.mark.parametrize("size", [1, 200 / 2**30, 1 / 2**30])
def test_shards(tmp_path, size):
    model, path = net(), tmp_path / "net.weights.json"
    model.save_weights(path, max_shard_size=size)
    table = json.loads(path.read_text())
    shards = sorted(set(table["weight_map"].values()))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.weights.json", *shards]
    assert len(shards) == 1 if size == 1 else len(shards) > 2
    arrays = [v.numpy() for v in [*model.weights, *model.optimizer.variables]]
    assert table["metadata"]["total_size"] == sum(a.nbytes for a in arrays)
    twin = net(epochs=3)
    twin.load_weights(path)
    same_state(model, twin)
    same_state(model.optimizer, twin.optimizer)


def test_vocabularies_are_files_of_the_archive(tmp_path):
    words = layers.TextVectorization(output_mode="tf_idf")
    words.adapt(["a b", "b c"])
    inputs = keras.Input((1,), dtype="string")
    model = keras.Model(inputs, words(inputs))
    for zipped in (True, False):
        path = tmp_path / ("words.keras" if zipped else "words")
        model.save(path, zipped=zipped)
        twin = load_model(path)
        assert twin.layers[1].get_vocabulary() == words.get_vocabulary()
        x = np.array(["b b c z"])
        np.testing.assert_array_equal(twin.predict(x), model.predict(x))
    with zipfile.ZipFile(tmp_path / "words.keras") as file:
        assert "assets/layers/text_vectorization/vocabulary.txt" in file.namelist()


def test_a_feature_space_in_a_file(tmp_path):
    space = keras.utils.FeatureSpace({"a": "float_normalized", "s": "string_hashed"})
    data = {"a": [1.0, 3.0], "s": ["x", "y"]}
    space.adapt(data)
    space.save(tmp_path / "space.keras")
    twin = load_model(tmp_path / "space.keras")
    np.testing.assert_array_equal(twin(data), space(data))


def test_half_precision_is_kept(tmp_path):
    pytest.importorskip("ml_dtypes")
    model = keras.Sequential([keras.Input((3,)), layers.Dense(2, dtype="bfloat16")])
    model.save(tmp_path / "half.keras")
    twin = load_model(tmp_path / "half.keras")
    assert twin.weights[0].dtype == "bfloat16"
    same_state(model, twin)


def test_own_stores(tmp_path):
    class Own(layers.Dense):
        def save_own_variables(self, store):
            super().save_own_variables(store)
            store["note"] = np.arange(3)

        def load_own_variables(self, store):
            self.note = store["note"]
            self.kernel.assign(store["0"])
            self.bias.assign(store["1"])

    model = keras.Sequential([keras.Input((3,)), Own(2)])
    model.save(tmp_path / "own.keras")
    twin = load_model(tmp_path / "own.keras", custom_objects={"Own": Own})
    same_state(model, twin)
    assert twin.layers[0].note.tolist() == [0, 1, 2]


def test_a_layer_in_two_places_is_one(tmp_path):
    @keras.saving.register_keras_serializable("tests")
    class Twice(layers.Layer):
        def __init__(self, first, second, **kwargs):
            super().__init__(**kwargs)
            self.first = keras.saving.deserialize_keras_object(first)
            self.second = keras.saving.deserialize_keras_object(second)

        def call(self, x):
            return self.second(self.first(x))

        def get_config(self):
            inner = {"first": self.first, "second": self.second}
            inner = {k: layers.serialize(v) for k, v in inner.items()}
            return {**super().get_config(), **inner}

    one = layers.Dense(3)
    layer = Twice(layers.serialize(one), layers.serialize(one))
    layer.first = layer.second = one
    model = keras.Sequential([keras.Input((3,)), layer])
    model.save(tmp_path / "twice.keras")
    twin = load_model(tmp_path / "twice.keras")
    assert twin.layers[0].first is twin.layers[0].second
    np.testing.assert_array_equal(twin.predict(X, verbose=0), model.predict(X))


# Files of other versions --------------------------------------------------------------


def test_paths_of_other_versions(tmp_path):
    """Layers first (Keras 3.2), and under the name of tf.keras 2.12."""
    model, path = net(), tmp_path / "net.weights.h5"
    model.save_weights(path)
    for moves in (
        {"block": "layers/block", "inner": "layers/sequential"},
        {"layers": "_layer_checkpoint_dependencies"},
    ):
        other = tmp_path / "other.weights.h5"
        other.write_bytes(path.read_bytes())
        with h5py.File(other, "a") as file:
            for old, new in moves.items():
                file.move(old, new)
        twin = net(epochs=3)
        twin.load_weights(other)
        same_state(model, twin)


def test_what_belongs_to_no_part_is_left_out(tmp_path):
    model, path = small(), tmp_path / "s.weights.h5"
    model.save_weights(path)
    with h5py.File(path, "a") as file:
        file["metrics/mean/vars/0"] = 1.0
    small().load_weights(path)


# What does not fit --------------------------------------------------------------------


def test_weights_that_do_not_fit_change_nothing(tmp_path):
    small().save_weights(tmp_path / "s.weights.h5")
    model = keras.Sequential(
        [keras.Input((3,)), layers.Dense(2), layers.Dense(4)], name="two"
    )
    before = model.get_weights()
    with pytest.raises(
        SavingError, match=r"layers/dense_1: .* has variables of shapes"
    ):
        model.load_weights(tmp_path / "s.weights.h5")
    np.testing.assert_array_equal(before[0], model.get_weights()[0])
    with pytest.warns(UserWarning, match="Skipped layers/dense_1"):
        model.load_weights(tmp_path / "s.weights.h5", skip_mismatch=True)
    assert not np.array_equal(before[0], model.get_weights()[0])
    with pytest.raises(ValueError, match="by_name=True needs names of layers"):
        model.load_weights(tmp_path / "s.weights.h5", by_name=True)


def changed(path, name, data) -> None:
    """Puts other data in the place of a member."""
    with zipfile.ZipFile(path) as file:
        members = {n: file.read(n) for n in file.namelist()}
    members[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for n, content in members.items():
            if content is not None:
                file.writestr(n, content)


@pytest.fixture
def path(tmp_path):
    small().save(tmp_path / "s.keras")
    return tmp_path / "s.keras"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("config.json", None, "it has no config.json"),
        ("config.json", b"{", "is no valid JSON"),
        ("config.json", b"\xff\xfe{}", "is no valid JSON"),
        ("config.json", b"[" * 99999, "is no valid JSON"),
        ("config.json", b"[]", "describes no model"),
        ("config.json", b"{}", "no model|Cannot make"),
        ("config.json", b'{"class_name": "Bad", "config": {}}', "Unknown"),
        ("model.weights.h5", b"", "is damaged"),
        ("model.weights.h5", b"\x89HDF\r\n\x1a\n" + bytes(99), "is damaged"),
        ("big", bytes(1 << 26), "would unpack to .* bytes"),
    ],
)
def test_damaged_archives(path, name, data, message):
    changed(path, name, data)
    with pytest.raises(SavingError, match=message):
        load_model(path)


def test_two_members_of_one_name(path):
    with warnings.catch_warnings(), zipfile.ZipFile(path, "a") as file:
        warnings.simplefilter("ignore")
        file.writestr("config.json", "{}")
    with pytest.raises(SavingError, match="two members of one name"):
        load_model(path)


def test_cut_off_and_foreign_files(path, tmp_path):
    data = path.read_bytes()
    for part in (0.1, 0.5, 0.99):
        path.write_bytes(data[: int(len(data) * part)])
        with pytest.raises(SavingError, match="damaged or was cut off"):
            load_model(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SavingError, match="is a folder without a model"):
        load_model(tmp_path / "empty")


# Hostile files ------------------------------------------------------------------------


def weights_with(path, change) -> None:
    """Changes the weights in an archive."""
    with zipfile.ZipFile(path) as file:
        memory = io.BytesIO(file.read("model.weights.h5"))
    with h5py.File(memory, "a") as file:
        change(file)
    changed(path, "model.weights.h5", memory.getvalue())


def external_link(file):
    del file["layers/dense/vars"]
    file["layers/dense/vars"] = h5py.ExternalLink("/etc/hostname", "/")


def external_data(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset(
        "0", (3, 2), "float32", external=[("/etc/hostname", 0, 24)]
    )


def virtual_data(file):
    del file["layers/dense/vars/0"]
    layout = h5py.VirtualLayout((3, 2), "float32")
    layout[:] = h5py.VirtualSource("/etc/hostname", "x", (3, 2))
    file["layers/dense/vars"].create_virtual_dataset("0", layout)


def huge(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset(
        "0", (1 << 20, 1 << 20), "float32", chunks=(64, 64)
    )


def cycle(file):
    del file["layers/dense"]
    file["layers/dense"] = h5py.SoftLink("/layers/dense")


def objects(file):
    del file["layers/dense/vars/0"]
    file["layers/dense/vars"].create_dataset("0", data=["a", "b"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (external_link, "is a link to the file"),
        (external_data, "is stored in another file"),
        (virtual_data, "is stored in another file"),
        (huge, r"the file has \[\(1048576, 1048576\)"),
        (cycle, "has variables of shapes|is damaged"),
        (objects, "expected numbers"),
    ],
    ids=lambda x: getattr(x, "__name__", None),
)
def test_hostile_weights(path, change, message):
    weights_with(path, change)
    with pytest.raises(SavingError, match=message):
        load_model(path)
    model = small()
    before = model.get_weights()
    with pytest.raises(SavingError, match=message):
        model.load_weights(path)
    np.testing.assert_array_equal(before[0], model.get_weights()[0])


def test_assets_lead_nowhere_else(tmp_path):
    """CVE-2025-12060: members that climb out of the archive are not written."""
    words = layers.StringLookup()
    words.adapt(["a"])
    model = keras.Sequential([keras.Input((1,), dtype="string"), words])
    model.save(tmp_path / "w.keras")
    changed(tmp_path / "w.keras", "assets/layers/string_lookup/../../../x.txt", b"bad")
    changed(tmp_path / "w.keras", "/x.txt", b"bad")
    before = sorted(tmp_path.rglob("*"))
    twin = load_model(tmp_path / "w.keras")
    assert twin.layers[0].get_vocabulary() == ["[UNK]", "a"]
    assert sorted(tmp_path.rglob("*")) == before


def test_links_in_a_folder_are_not_followed(tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    small().save(tmp_path / "folder", zipped=False)
    os.remove(tmp_path / "folder" / "config.json")
    try:
        os.symlink(tmp_path / "secret.json", tmp_path / "folder" / "config.json")
    except OSError:
        pytest.skip("no symbolic links here")
    with pytest.raises(SavingError, match=r"has no config\.json"):
        load_model(tmp_path / "folder")


@pytest.mark.parametrize("name", ["../x.weights.h5", "/etc/x.weights.h5", 3])
def test_shards_lie_beside_their_table(tmp_path, name):
    model, path = small(), tmp_path / "s.weights.json"
    model.save_weights(path, max_shard_size=1)
    table = json.loads(path.read_text())
    table["weight_map"] = dict.fromkeys(table["weight_map"], name)
    path.write_text(json.dumps(table))
    with pytest.raises(SavingError, match="which is not beside it"):
        model.load_weights(path)
    path.write_text("[]")
    with pytest.raises(SavingError, match="has no weight_map"):
        model.load_weights(path)


def test_a_lambda_needs_trust(tmp_path):
    model = keras.Sequential([keras.Input((3,)), layers.Lambda(lambda x: x * 2)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(ValueError, match="safe_mode=False"):
        load_model(tmp_path / "lambda.keras")
    twin = load_model(tmp_path / "lambda.keras", safe_mode=False)
    np.testing.assert_array_equal(twin.predict(X, verbose=0), X * 2)


def test_an_archive_whose_table_is_empty(path):
    data = path.read_bytes()
    path.write_bytes(data[:-22] + struct.pack("<4sHHHHLLH", b"PK\5\6", *[0] * 7))
    with pytest.raises(SavingError):
        load_model(path)


# Whole or not at all ------------------------------------------------------------------


@pytest.mark.parametrize("zipped", [True, False])
def test_a_save_that_fails_leaves_the_old_model(tmp_path, monkeypatch, zipped):
    path = tmp_path / ("s.keras" if zipped else "s")
    model = small()
    model.save(path, zipped=zipped)

    class Bad(layers.Identity):
        def save_own_variables(self, store):
            raise RuntimeError("no more disk")

    with pytest.raises(RuntimeError, match="no more disk"):
        keras.Sequential([keras.Input((3,)), Bad()]).save(path, zipped=zipped)
    monkeypatch.setattr(archive, "_assets", lambda model: {"x": 3})
    with pytest.raises(Exception, match="int"):
        model.save(path, zipped=zipped)
    assert os.listdir(tmp_path) == [path.name]
    same_state(load_model(path), model)
    model.layers[0].bias.assign([5.0, 6.0])
    monkeypatch.undo()
    model.save(path, zipped=zipped)
    assert os.listdir(tmp_path) == [path.name]
    assert load_model(path).get_weights()[1].tolist() == [5, 6]


def test_overwriting_is_asked_for(tmp_path, monkeypatch):
    path = tmp_path / "s.keras"
    small().save(path)
    old = path.read_bytes()
    monkeypatch.setattr("builtins.input", lambda question: "n")
    small().save(path, overwrite=False)
    assert path.read_bytes() == old
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    with pytest.raises(SavingError, match="is no model, so it is not replaced"):
        small().save(tmp_path / "notes", zipped=False)
    assert (tmp_path / "notes" / "mine.txt").read_text() == "mine"


def test_arguments_that_do_not_fit_the_format(tmp_path):
    model = small()
    with pytest.raises(ValueError, match="include_optimizer cannot be used with .ker"):
        model.save(tmp_path / "s.keras", include_optimizer=False)
    with pytest.raises(ValueError, match=r"must not end in \.keras"):
        model.save(tmp_path / "s.keras", zipped=False)
    with pytest.raises(ValueError, match=r"zipped cannot be used with \.h5 files"):
        model.save(tmp_path / "s.h5", zipped=True)
    with pytest.raises(ValueError, match="max_shard_size goes with a path that ends"):
        model.save_weights(tmp_path / "s.weights.json")
    assert os.listdir(tmp_path) == []


# First values -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["s.keras", "s.h5"])
def test_loading_draws_no_first_values_in_vain(tmp_path, monkeypatch, name):
    model = small()
    model.compile("sgd", "mse")
    model.save(tmp_path / name)
    drawn = []
    draw = keras.initializers.GlorotUniform.__call__
    monkeypatch.setattr(
        keras.initializers.GlorotUniform,
        "__call__",
        lambda *args, **options: drawn.append(1) or draw(*args, **options),
    )
    same_state(load_model(tmp_path / name), model)
    assert drawn == []
    layers.Dense(2).build((None, 3))
    assert drawn == [1]


def test_first_values_that_no_file_brings_are_drawn(tmp_path):
    class Keeps(layers.Layer):
        """Does not save what it drew by a fixed seed."""

        def build(self, input_shape):
            self.projection = self.add_weight(
                (3, 2), keras.initializers.GlorotUniform(7), name="projection"
            )

        def call(self, x):
            return x @ self.projection

        def save_own_variables(self, store):
            pass

        def load_own_variables(self, store):
            pass

    model = keras.Sequential([keras.Input((3,)), Keeps(), layers.Dense(2)])
    model.save(tmp_path / "k.keras")
    twin = load_model(tmp_path / "k.keras", custom_objects={"Keeps": Keeps})
    assert np.abs(model.weights[0].numpy()).min() > 0
    same_state(twin, model)
    changed(tmp_path / "k.keras", "model.weights.h5", None)
    fresh = load_model(tmp_path / "k.keras", custom_objects={"Keeps": Keeps})
    assert np.abs(fresh.weights[1].numpy()).min() > 0
    np.testing.assert_array_equal(fresh.weights[0], model.weights[0])


def test_a_store_of_ones_own_is_bounded(tmp_path):
    class Own(layers.Dense):
        def load_own_variables(self, store):
            super().load_own_variables({name: store[name] for name in store})

    model = keras.Sequential([keras.Input((3,)), Own(2, name="dense")])
    model.save(tmp_path / "own.keras")
    with zipfile.ZipFile(tmp_path / "own.keras") as file:
        memory = io.BytesIO(file.read("model.weights.h5"))
    with h5py.File(memory, "a") as file:
        file.move("layers/own", "layers/dense")
        huge(file)
        file.move("layers/dense", "layers/own")
    changed(tmp_path / "own.keras", "model.weights.h5", memory.getvalue())
    with pytest.raises(SavingError, match="claims 4,398,046,511,104 bytes"):
        load_model(tmp_path / "own.keras", custom_objects={"Own": Own})


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(tmp_path, monkeypatch):
    model, path = small(), tmp_path / "s"
    model.save(path, zipped=False)
    replace = os.replace

    def failing(source, target):
        if str(source).endswith(".tmp"):
            raise OSError("the disk is gone")
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        model.save(path, zipped=False)
    assert os.listdir(tmp_path) == ["s"]
    same_state(load_model(path), model)
