"""Dtype policies: names, and maps from the paths of layers."""

import numpy as np
import pytest

import minikeras as keras
from minikeras.dtype_policies import DTypePolicy, DTypePolicyMap, deserialize, serialize

DENSE = {"net/first": "mixed_float16", "net/last.*": "float64"}


def net(dtype):
    names = ("first", "middle", "last_one")
    dense = [keras.layers.Dense(2, dtype=dtype, name=name) for name in names]
    return keras.Sequential([keras.Input((3,)), *dense], name="net")


def dtypes_of(model):
    return [(x.compute_dtype, x.kernel.dtype) for x in model.layers]


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_each_layer_finds_its_policy(run_eagerly):
    model = net(DTypePolicyMap("float32", DENSE))
    pairs = [("float16", "float32"), ("float32", "float32"), ("float64", "float64")]
    assert dtypes_of(model) == pairs
    x = np.linspace(0, 1, 24).reshape(8, 3)
    y = x
    for layer, (compute, _) in zip(model.layers, pairs, strict=True):
        y = layer(y)
        assert y.dtype == compute
    model.compile(keras.optimizers.SGD(0.05), "mse", run_eagerly=run_eagerly)
    losses = model.fit(x, x[:, :2], epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_a_saved_model_keeps_the_map():
    inputs = keras.Input((3,))
    policies = DTypePolicyMap("float32", {"first": "mixed_float16"})
    dense = keras.layers.Dense(2, dtype=policies, name="first")
    model = keras.Model(inputs, dense(inputs))
    twin = keras.models.model_from_json(model.to_json()).get_layer("first")
    assert (twin.compute_dtype, twin.kernel.dtype) == ("float16", "float32")
    assert twin.dtype_policy == policies


def test_keys_match_whole_paths():
    policies = DTypePolicyMap("float32")
    policies["encoder/.*"], policies["encoder/last"] = "float16", "float64"
    policies["dec"] = "float16"
    paths = ["encoder/first", "encoder/last", "encoder", "an/encoder/first", "decoder"]
    names = [policies[path].name for path in paths]
    assert names == ["float16", "float64", "float32", "float32", "float32"]
    assert list(policies) == ["encoder/.*", "encoder/last", "dec"]
    assert len(policies) == 3
    assert "encoder/.*" in policies and "encoder/first" not in policies
    del policies["encoder/.*"]
    assert policies["encoder/first"].name == "float32"
    assert policies != DTypePolicyMap("float32") and policies != DTypePolicy("float32")


def test_without_a_default_files_hold_no_names():
    form = serialize(DTypePolicyMap(policy_map={"a": "float16"}))
    keras.mixed_precision.set_global_policy("float64")
    loaded = deserialize(form)
    assert (loaded["a"].name, loaded["b"].name) == ("float64", "float64")
    assert loaded.name == "map_float64"


def test_a_global_map():
    keras.config.set_dtype_policy(DTypePolicyMap("float16", {"net/first": "float32"}))
    computes = [each[0] for each in dtypes_of(net(None))]
    assert computes == ["float32", "float16", "float16"]
    assert DTypePolicy().name == "float16"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: DTypePolicy(3), TypeError, "name must be a string, got 3"),
        (lambda: DTypePolicy("mixed_int8"), ValueError, "one of 'mixed_float16'"),
        (lambda: DTypePolicy("mixed_float32"), ValueError, "got 'mixed_float32'"),
        (
            lambda: DTypePolicyMap(policy_map=[1]),
            TypeError,
            "policy_map must be a dict",
        ),
        (lambda: DTypePolicyMap("float99"), ValueError, "got 'float99'"),
        (
            lambda: DTypePolicyMap(policy_map=DENSE).update({"net/first": "float16"}),
            ValueError,
            "'net/first' has a policy already",
        ),
        (
            lambda: DTypePolicyMap(None, {"a.*": "float16", ".*b": "float32"})["ab"],
            ValueError,
            "path 'ab' must match one key",
        ),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        call()
