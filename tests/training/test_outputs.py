"""Which loss, metric, weight and target goes with which output."""

import numpy as np
import pytest

from minikeras.training.outputs import OutputNames

LISTED = OutputNames([1.0, 2.0], ["a", "b"])
UNNAMED = OutputNames([1.0, 2.0])
KEYED = OutputNames({"q": {"r": 1.0}, "p": 2.0}, ["ignored", "too"])
SINGLE = OutputNames(1.0, ["a"])


def test_names_come_from_keys_or_from_the_model():
    assert KEYED.names == ["p", "q_r"]
    assert LISTED.names == ["a", "b"]
    assert UNNAMED.names is None
    assert OutputNames([1.0], ["a", "b"]).names is None


@pytest.mark.parametrize(
    ("outputs", "given", "expected"),
    [
        (LISTED, "mse", ["mse", "mse"]),
        (LISTED, ["mse", None], ["mse", None]),
        (LISTED, {"b": "mae"}, [None, "mae"]),
        (KEYED, {"q_r": "mae", "p": "mse"}, ["mse", "mae"]),
        (SINGLE, {"a": "mse"}, ["mse"]),
        (SINGLE, ["mse"], ["mse"]),
    ],
)
def test_arguments_of_compile_are_spread(outputs, given, expected):
    assert outputs.spread("loss", given) == expected


@pytest.mark.parametrize(
    ("outputs", "given", "expected"),
    [
        (LISTED, (3, 4), [3, 4]),
        (LISTED, {"b": 4, "a": 3}, [3, 4]),
        (LISTED, [3], [3, None]),  # only the first has a loss
        (KEYED, {"q": {"r": 4}, "p": 3}, [3, 4]),
        (KEYED, [3, 4], [3, 4]),
        (SINGLE, 3, [3]),
        (SINGLE, {"a": 3}, [3]),
    ],
)
def test_targets_find_their_outputs(outputs, given, expected):
    needed = [True] + [False] * (outputs.count - 1)
    assert outputs.targets("y", given, needed) == expected


@pytest.mark.parametrize(
    ("outputs", "given", "message"),
    [
        (
            LISTED,
            ["mse"],
            r"loss must have one entry for each of the model's 2 outputs \['a', 'b'\], "
            r"got 1: \['mse'\]. Try loss=\{'a': 'mse', 'b': 'mse'\}",
        ),
        (UNNAMED, ["mse"], r"2 outputs, got 1: .*Try loss=\['mse', 'mse'\]"),
        (LISTED, {"aa": "mse"}, "loss names the output 'aa', .* Did you mean 'a'?"),
        (UNNAMED, {"a": "mse"}, "loss is a dict, but the outputs .* have no names"),
    ],
)
def test_what_does_not_fit_the_outputs_is_explained(outputs, given, message):
    with pytest.raises(ValueError, match=message):
        outputs.spread("loss", given)


def test_missing_targets_are_counted():
    y = np.zeros(3)
    with pytest.raises(
        ValueError, match=r"y must have one array .* 2 outputs .* got 1"
    ):
        LISTED.targets("y", y, [True, True])
