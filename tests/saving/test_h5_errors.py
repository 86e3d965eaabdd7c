"""Files that cannot be used: one clear error each, and nothing half done."""

import json
import os

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.saving import SavingError, legacy_h5, load_model


@pytest.fixture
def model():
    dense = layers.Dense(2, name="fc")
    model = keras.Sequential([keras.Input((3,)), dense], name="net")
    model.compile("sgd", "mse")
    return model


@pytest.fixture
def path(model, tmp_path):
    model.save(tmp_path / "net.h5")
    return str(tmp_path / "net.h5")


def rewrite_config(path, change):
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["model_config"])
        change(config)
        file.attrs["model_config"] = json.dumps(config)


def check_refused(model, path, message):
    """Both doors refuse the file, and the model in memory stays as it was."""
    before = model.get_weights()
    for load in (load_model, model.load_weights):
        with pytest.raises(SavingError, match=message):
            load(path)
    assert all(map(np.array_equal, before, model.get_weights()))


# ------------------------------------------------------------------- bad content


def test_missing_file(model, tmp_path):
    missing = str(tmp_path / "none.h5")
    check_refused(model, missing, r"There is no file '.*none\.h5' \(looked in ")
    with pytest.raises(FileNotFoundError):
        load_model(missing)


def test_empty_file(model, tmp_path):
    (tmp_path / "empty.h5").touch()
    check_refused(
        model, tmp_path / "empty.h5", r"empty\.h5' is empty; expected an HDF5"
    )


def test_folder(model, tmp_path):
    check_refused(model, tmp_path, r"is a folder without a model in it")


def test_text_file(model, tmp_path):
    (tmp_path / "text.h5").write_text("epoch,loss\n" * 9)
    check_refused(
        model, tmp_path / "text.h5", r"is not an HDF5 file: it starts with b'ep"
    )


def test_zip_archive(model, tmp_path):
    (tmp_path / "net.keras").write_bytes(b"PK\x03\x04" + bytes(99))
    check_refused(
        model, tmp_path / "net.keras", r"net\.keras' is damaged or was cut off"
    )


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_truncated_file(model, path, part):
    with open(path, "rb+") as file:
        file.truncate(int(os.path.getsize(path) * part))
    check_refused(
        model, path, r"net\.h5' is damaged or was cut off while it was written"
    )


def test_hdf5_of_something_else(model, tmp_path):
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["table"] = [1, 2]
    with pytest.raises(SavingError, match=r"but not of a model: it has no model_conf"):
        load_model(tmp_path / "data.h5")
    with pytest.raises(SavingError, match=r"no weights in the layout of \.weights\.h5"):
        model.load_weights(tmp_path / "data.h5")


def test_weights_of_keras_3(model, tmp_path):
    with h5py.File(tmp_path / "w.weights.h5", "w") as file:
        file.create_group("layers/dense/vars")
    with pytest.raises(SavingError, match=r"holds weights only, no model"):
        load_model(tmp_path / "w.weights.h5")
    with pytest.raises(SavingError, match=r"has variables of shapes .* file has \[\]"):
        model.load_weights(tmp_path / "w.weights.h5")


def test_weights_file_is_no_model(model, tmp_path):
    model.save_weights(tmp_path / "w.h5")
    with pytest.raises(
        SavingError, match=r"w\.h5' holds weights only, no model\. Build "
    ):
        load_model(tmp_path / "w.h5")


def test_config_that_is_no_json(path):
    with h5py.File(path, "a") as file:
        file.attrs["model_config"] = '{"class_name": '
    with pytest.raises(
        SavingError, match=r"model_config is damaged: it is no valid JSON"
    ):
        load_model(path)


def test_listed_layer_is_missing(model, path):
    with h5py.File(path, "a") as file:
        del file["model_weights/fc"]
    check_refused(model, path, r"it lists layer 'fc', but has no group of that name")


def test_listed_weight_is_missing(model, path):
    with h5py.File(path, "a") as file:
        del file["model_weights/fc/net/fc/bias"]
    check_refused(model, path, r"fc/net/fc/bias is missing, although the file lists it")


def test_huge_dataset_is_not_read(model, path):
    with h5py.File(path, "a") as file:
        group = file["model_weights/fc/net/fc"]
        del group["bias"]
        group.create_dataset("bias", shape=(2**40,), dtype="f4", chunks=(1024,))
    check_refused(
        model, path, r"has bias of shape \(2,\), the file has \(1099511627776,\)"
    )


def test_text_in_the_place_of_numbers(model, path):
    with h5py.File(path, "a") as file:
        group = file["model_weights/fc/net/fc"]
        del group["bias"]
        group["bias"] = np.array([b"a", b"b"])
    check_refused(model, path, r"fc/bias holds \|S1, expected numbers")


def test_weights_in_another_file_are_not_read(model, path, tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as other:
        other["secret"] = np.zeros(2, "float32")
    with h5py.File(path, "a") as file:
        group = file["model_weights/fc/net/fc"]
        del group["bias"]
        group["bias"] = h5py.ExternalLink(str(tmp_path / "other.h5"), "secret")
    check_refused(
        model, path, r"fc/bias is stored in another file, which is not allowed"
    )


# ------------------------------------------------------------------- bad configs


def test_unknown_class_has_a_suggestion(path):
    def misspell(config):
        config["config"]["layers"][1]["class_name"] = "Dens"

    rewrite_config(path, misspell)
    with pytest.raises(SavingError) as caught:
        load_model(path)
    assert str(caught.value) == (
        f"Cannot load {path!r}: Unknown class 'Dens'. Did you mean 'Dense'? For your "
        "own, pass custom_objects={'Dens': ...} or decorate it with "
        "@keras.saving.register_keras_serializable()."
    )


def test_classes_are_not_imported(path):
    def point_elsewhere(config):
        entry = config["config"]["layers"][1]
        entry.update(module="subprocess", class_name="Popen", config={"args": "ls"})

    rewrite_config(path, point_elsewhere)
    with pytest.raises(SavingError, match=r"Unknown class 'Popen'"):
        load_model(path)


def test_argument_that_does_not_fit(path):
    def spoil(config):
        config["config"]["layers"][1]["config"]["units"] = -1

    rewrite_config(path, spoil)
    with pytest.raises(
        SavingError, match=r"Cannot load .*units must be a positive int"
    ):
        load_model(path)


def test_unknown_loss_is_left_out(path):
    with h5py.File(path, "a") as file:
        config = json.loads(file.attrs["training_config"])
        config["loss"] = {"class_name": "TopSecret", "config": {}}
        file.attrs["training_config"] = json.dumps(config)
    with pytest.warns(
        UserWarning, match=r"not compiled, because .*Unknown loss 'TopSec"
    ):
        model = load_model(path)
    assert not model.compiled


def test_optimizer_state_that_does_not_fit_is_left_out(model, path):
    model.fit(np.ones((2, 3)), np.ones((2, 2)), verbose=0)
    model.save(path)
    with h5py.File(path, "a") as file:
        file["optimizer_weights"].attrs["weight_names"] = ["sgd/iteration"] * 3
    with pytest.warns(
        UserWarning, match=r"state of optimizer 'sgd' does not fit \(3 var"
    ):
        twin = load_model(path)
    assert int(twin.optimizer.iterations) == 0


# ----------------------------------------------------------------------- writing


@pytest.mark.parametrize(
    ("name", "ending"),
    [("net", "a path without suffix"), ("net.txt", ".txt"), ("net.json", ".json")],
)
def test_suffix_chooses_the_format(model, tmp_path, name, ending):
    message = rf"Cannot write '.*{name}': {ending} is not supported here, \.h5, \.hdf5"
    with pytest.raises(SavingError, match=message):
        model.save(tmp_path / name)
    with pytest.raises(SavingError, match=message):
        model.save_weights(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_failing_save_leaves_the_old_file(model, path, monkeypatch):
    with open(path, "rb") as file:
        old = file.read()

    def fail(*args):
        raise RuntimeError("no more disk")

    monkeypatch.setattr(legacy_h5, "write_weights", fail)
    with pytest.raises(RuntimeError, match="no more disk"):
        model.save(path)
    with open(path, "rb") as file:
        assert file.read() == old
    assert os.listdir(os.path.dirname(path)) == ["net.h5"]


def test_overwriting_is_asked_for(model, path, monkeypatch):
    answers = ["maybe", "n", "y"]
    monkeypatch.setattr("builtins.input", lambda question: answers.pop(0))
    before = os.stat(path).st_ino
    model.save(path, overwrite=False)
    assert os.stat(path).st_ino == before
    model.save(path, overwrite=False)
    assert os.stat(path).st_ino != before


def test_overwriting_when_nobody_answers(model, path, monkeypatch):
    def closed(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", closed)
    with pytest.raises(SavingError, match=r"already exists, and nobody can be asked"):
        model.save(path, overwrite=False)


def test_arguments_are_not_ignored(model, tmp_path):
    with pytest.raises(
        ValueError, match=r"save_model: zipped cannot be used with \.h5"
    ):
        model.save(tmp_path / "net.h5", zipped=True)
    with pytest.raises(ValueError, match=r"save_model: signatures cannot be used"):
        model.save(tmp_path / "net.h5", signatures=None)
    with pytest.raises(TypeError, match=r"Expected a file path .*, got 3 \(int\)"):
        model.save(3)
