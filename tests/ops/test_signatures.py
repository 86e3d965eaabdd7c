"""Names, arguments, order and defaults of functions are those of Keras."""

import pytest

import minikeras
from tests.parity import signatures

STORED = signatures.stored()
EVERY = [
    pytest.param(path, name, text, id=f"{path}.{name}")
    for path, functions in STORED["signatures"].items()
    for name, text in functions.items()
]


@pytest.mark.parametrize(("path", "name", "text"), EVERY)
def test_signature(path, name, text):
    functions = signatures.public(minikeras, path)
    assert name in set(functions)
    assert signatures.signature(functions[name]) == text


@pytest.mark.parametrize("path", STORED["names"])
def test_names(path):
    found = signatures.public(minikeras, path)
    assert set(STORED["names"][path]) - set(found) == set()


def test_the_table_is_that_of_the_installed_keras():
    keras = pytest.importorskip("keras")
    if keras.__version__ != STORED["version"]:
        pytest.skip(f"the table is of Keras {STORED['version']}")
    assert signatures.table(keras) == STORED
