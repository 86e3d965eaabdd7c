"""Weights alone: by order, by name, and never half of them."""

import h5py
import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.saving import SavingError


def net(*units, names=None):
    names = names or [f"d{i}" for i in range(len(units))]
    dense = [layers.Dense(n, name=name) for n, name in zip(units, names, strict=True)]
    return keras.Sequential([keras.Input((3,)), *dense])


def weights_equal(a, b):
    return all(map(np.array_equal, a.get_weights(), b.get_weights()))


@pytest.mark.parametrize("suffix", [".h5", ".hdf5", ".H5"])
def test_round_trip_by_order(tmp_path, suffix):
    a, b = net(4, 2), net(4, 2, names=["x", "y"])
    a.save_weights(tmp_path / f"w{suffix}")
    b.load_weights(tmp_path / f"w{suffix}")
    assert weights_equal(a, b)


def test_weights_out_of_a_whole_model(tmp_path):
    a, b = net(4, 2), net(4, 2)
    a.save(tmp_path / "model.h5")
    b.load_weights(str(tmp_path / "model.h5"))
    assert weights_equal(a, b)


def test_layers_without_weights_do_not_count(tmp_path):
    a = net(4, 2)
    b = keras.Sequential(
        [keras.Input((3,)), layers.Dense(4), layers.Dropout(0.5), layers.Dense(2)]
    )
    a.save_weights(tmp_path / "w.h5")
    b.load_weights(tmp_path / "w.h5")
    assert weights_equal(a, b)


def test_by_name_leaves_the_others(tmp_path):
    a, b = net(4, 2, names=["body", "head"]), net(4, 5, names=["body", "new"])
    a.save_weights(tmp_path / "w.h5")
    before = b.layers[1].get_weights()
    b.load_weights(tmp_path / "w.h5", by_name=True)
    assert weights_equal(a.layers[0], b.layers[0])
    assert all(map(np.array_equal, before, b.layers[1].get_weights()))


def test_names_of_bytes_and_names_in_parts(tmp_path):
    """Old h5py wrote bytes; long lists are cut in parts."""
    a, b = net(4, 2), net(4, 2)
    a.save_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5", "a") as file:
        names = file.attrs.pop("layer_names")
        file.attrs["layer_names0"] = np.array([names[0].encode()])
        file.attrs["layer_names1"] = np.array([names[1].encode()])
    b.load_weights(tmp_path / "w.h5")
    assert weights_equal(a, b)


def check_refused(model, path, message, **kwargs):
    before = model.get_weights()
    with pytest.raises(SavingError) as caught:
        model.load_weights(path, **kwargs)
    assert str(caught.value) == message
    assert all(map(np.array_equal, before, model.get_weights()))


def test_other_shape_changes_nothing(tmp_path):
    path = str(tmp_path / "w.h5")
    net(4, 2).save_weights(path)
    message = (
        f"Cannot load weights from {path!r}: layer 'd1' (Dense) has kernel of shape "
        "(4, 5), the file has (4, 2). Build the model as it was saved, or pass "
        "skip_mismatch=True to leave this layer out."
    )
    check_refused(net(4, 5), path, message)
    check_refused(net(4, 5), path, message, by_name=True)


def test_other_number_of_layers(tmp_path):
    path = str(tmp_path / "w.h5")
    net(4, 2).save_weights(path)
    check_refused(
        net(4),
        path,
        f"Cannot load weights from {path!r}: the file has 2 layers with weights ('d0', "
        "'d1'), the model has 1 layer with weights ('d0'). Build the model as it was "
        "saved, or pass by_name=True to load the layers whose names agree.",
    )


def test_other_number_of_weights(tmp_path):
    path = str(tmp_path / "w.h5")
    net(4).save_weights(path)
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, use_bias=False)])
    check_refused(
        model,
        path,
        f"Cannot load weights from {path!r}: layer 'dense' (Dense) has 1 weights "
        "[(3, 4)], the file has 2 [(3, 4), (4,)]. Build the model as it was saved, or "
        "pass skip_mismatch=True to leave this layer out.",
    )


@pytest.mark.parametrize("by_name", [False, True])
def test_skip_mismatch_loads_the_rest(tmp_path, by_name):
    a, b = net(4, 2), net(4, 5)
    a.save_weights(tmp_path / "w.h5")
    with pytest.warns(
        UserWarning, match=r"left out, layer 'd1' \(Dense\) has kernel of"
    ):
        b.load_weights(tmp_path / "w.h5", skip_mismatch=True, by_name=by_name)
    assert weights_equal(a.layers[0], b.layers[0])


def test_frozen_layers_keep_their_order(tmp_path):
    a, b = net(4, 2), net(4, 2)
    a.trainable = b.layers[0].trainable = False
    a.save_weights(tmp_path / "w.h5")
    b.load_weights(tmp_path / "w.h5")
    assert weights_equal(a, b)


def test_unbuilt_model(tmp_path):
    model = keras.Sequential([layers.Dense(2)], name="open")
    with pytest.raises(
        SavingError, match=r"Cannot save the weights of model 'open': it"
    ):
        model.save_weights(tmp_path / "w.h5")
    with pytest.raises(
        SavingError, match=r"Build it first, for example with model\.bu"
    ):
        model.load_weights(tmp_path / "w.h5")


def test_arguments_are_not_ignored(tmp_path):
    model = net(2)
    with pytest.raises(ValueError, match=r"unexpected arguments \['names'\]"):
        model.load_weights(tmp_path / "w.h5", names=True)
    with pytest.raises(ValueError, match=r"max_shard_size goes with a path that ends"):
        model.save_weights(tmp_path / "w.h5", max_shard_size=1)
