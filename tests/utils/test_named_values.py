"""Config: a dict with attributes that can be frozen."""

import copy
import pickle

import pytest

from minikeras.utils import Config


def test_values_by_key_and_by_attribute():
    config = Config(rate=0.1, name="sgd")
    config.seed = 3
    config["_private"] = None
    assert config.rate == config["rate"] == config.get("rate") == 0.1
    assert "seed" in config and list(config) == ["rate", "name", "seed", "_private"]
    assert config.get("missing") is None and config.pop("seed", 0) == 3
    config.update({"rate": 1}, name="adam")
    del config._private
    assert config.as_dict() == dict(**config) == {"rate": 1, "name": "adam"}
    assert config.to_json() == '{"rate": 1, "name": "adam"}'
    assert repr(config) == "<Config {'rate': 1, 'name': 'adam'}>"


def test_as_dict_is_a_copy():
    config = Config(a=1)
    config.as_dict()["a"] = 2
    assert config.a == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda config: setattr(config, "a", 2),
        lambda config: config.update(b=2),
        lambda config: config.pop("a"),
        lambda config: config.__delitem__("a"),
        lambda config: delattr(config, "a"),
    ],
)
def test_frozen_config_refuses_changes(change):
    config = Config(a=1)
    config.freeze()
    assert config.frozen
    with pytest.raises(ValueError, match="the config is frozen. Try unfreeze"):
        change(config)
    assert config.as_dict() == {"a": 1}
    config.unfreeze()
    change(config)


def test_missing_names_and_names_of_methods():
    config = Config(a=1)
    with pytest.raises(AttributeError, match="there is no value 'b'"):
        _ = config.b
    with pytest.raises(AttributeError, match="there is no value 'b'"):
        del config.b
    with pytest.raises(KeyError):
        config["b"]
    with pytest.raises(AttributeError, match=r"Try config\['frozen'\]"):
        config.frozen = True


def test_copies():
    config = Config(a=[1])
    deep = copy.deepcopy(config)
    deep.a.append(2)
    assert config.a == [1]
    assert pickle.loads(pickle.dumps(config)).as_dict() == {"a": [1]}
