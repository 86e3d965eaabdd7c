"""Layers for tables and text beside what Keras gave, stored: see table_calls.py."""

import json

import numpy as np
import pytest

import minikeras as keras
from tests.parity.table_calls import CALLS, STORED, run

RESULTS = json.loads(STORED.read_text(encoding="utf-8"))


def test_each_call_has_its_result():
    assert len(CALLS) == len(RESULTS)
    assert sum("error" in result for result in RESULTS) < len(RESULTS) / 5


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_same_result_as_keras(number):
    call, expected = CALLS[number], RESULTS[number]
    found = run(keras, call)
    if "error" in expected:
        assert found.get("error") in ("ValueError", "TypeError"), call
        return
    close = {"values", "bounds"} if expected["dtype"] != "string" else {"bounds"}
    for key in expected.keys() - close:
        assert found[key] == expected[key], call
    for key in expected.keys() & close:
        np.testing.assert_allclose(found[key], expected[key], rtol=1e-4, atol=1e-5)
