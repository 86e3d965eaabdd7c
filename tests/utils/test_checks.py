"""Argument checks: what passes, and the first line of each message."""

import numpy as np
import pytest

from minikeras.utils import checks


class Dense:
    def __init__(self, name):
        self.name = name


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (checks.positive_int, np.int64(3), 3),
        (checks.non_negative_int, 0, 0),
        (checks.integer, -2, -2),
        (checks.positive, np.float32(0.5), 0.5),
        (checks.non_negative, 0, 0),
        (checks.rate, 1, 1),
        (checks.boolean, np.True_, True),
        (checks.axis, [0, -1], (0, -1)),
        (checks.shape, [None, np.int32(3)], (None, 3)),
        (checks.shape, (), ()),
    ],
)
def test_values_are_returned_plain(check, value, expected):
    result = check("Layer", size=value)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("check", "value", "message"),
    [
        (checks.positive_int, 0, "size must be a positive int, got 0 (int)."),
        (checks.positive_int, True, "size must be a positive int, got True (bool)."),
        (checks.positive_int, "3", "size must be a positive int, got '3' (str)."),
        (checks.positive_int, 1e400, "size must be a positive int, got inf (float)."),
        (
            checks.non_negative_int,
            -1,
            "size must be an int of 0 or more, got -1 (int).",
        ),
        (checks.integer, 1.5, "size must be an int, got 1.5 (float). Try size=1."),
        (checks.positive, 0, "size must be a number above 0, got 0 (int)."),
        (checks.positive, float("nan"), "size must be a number above 0, got nan"),
        (checks.non_negative, None, "size must be a number of 0 or more, got None."),
        (
            checks.rate,
            50,
            "size must be a number in [0, 1], got 50 (int). Try size=0.5.",
        ),
        (checks.boolean, 1, "size must be True or False, got 1 (int)."),
        (checks.axis, 0.5, "size must be an int or a tuple of ints, got 0.5 (float)."),
        (checks.shape, 3, "got 3 (int). Try size=(3,)."),
        (checks.shape, (-1, 3), "got (-1, 3) (tuple). Try size=(None, 3)."),
        (checks.shape, (2.5,), "or None where a size is open, got (2.5,) (tuple)."),
        (checks.shape, "ab", "or None where a size is open, got 'ab' (str)."),
    ],
)
def test_message_says_what_must_hold_and_what_came(check, value, message):
    with pytest.raises(ValueError) as caught:
        check("Layer", size=value)
    assert str(caught.value).startswith("Layer: size must ")
    assert message in str(caught.value)


def test_message_names_the_owner_and_shows_the_call():
    with pytest.raises(ValueError) as caught:
        checks.positive_int(Dense("fc1"), units=2.5)
    assert str(caught.value) == (
        "Dense 'fc1': units must be a positive int, got 2.5 (float). "
        "Try Dense(units=2)."
    )


def test_integer_with_a_least_value():
    assert checks.integer("Conv", least=0, groups=0) == 0
    with pytest.raises(ValueError, match=r"groups must be an int of at least 2, got 1"):
        checks.integer("Conv", least=2, groups=1)


def test_range():
    assert checks.in_range("Adam", 0, 1, beta_1=0.9) == 0.9
    with pytest.raises(ValueError, match=r"beta_1 must be a number in \[0, 1\], got 2"):
        checks.in_range("Adam", 0, 1, beta_1=2)


def test_axis_within_the_number_of_axes():
    assert checks.axis("Softmax", ndim=2, axis=-2) == -2
    with pytest.raises(ValueError, match=r"axis must be in \[-2, 2\), got 2 \(int\)"):
        checks.axis("Softmax", ndim=2, axis=2)


def test_one_of_suggests_the_nearest():
    allowed = ("valid", "same", None, 3)
    assert [checks.one_of("C", x=v, allowed=allowed) for v in allowed] == list(allowed)
    with pytest.raises(ValueError, match=r"got 'Same' \(str\). Try x='same'\."):
        checks.one_of("C", x="Same", allowed=allowed)
    with pytest.raises(ValueError, match=r"must be one of 'valid', 'same', None, 3"):
        checks.one_of("C", x=True, allowed=allowed)


def test_int_or_tuple_repeats_an_int():
    assert checks.int_or_tuple("C", 3, size=2) == (2, 2, 2)
    assert checks.int_or_tuple("C", 2, size=[np.int8(1), 2]) == (1, 2)
    assert checks.int_or_tuple("C", 2, allow_none=True, size=None) is None
    for wrong in ((1,), (0, 1), "ab", 1.5, None):
        with pytest.raises(ValueError, match=r"size must be an int or 2 ints, each at"):
            checks.int_or_tuple("C", 2, size=wrong)


def test_did_you_mean():
    known = ["Dense", "Dropout"]
    assert checks.did_you_mean("dens", known) == "Did you mean 'Dense'?"
    assert checks.did_you_mean("xyz", known) == "Known names: 'Dense', 'Dropout'."


def test_long_values_are_cut_short():
    assert len(checks.show("a" * 500)) < 100
