"""Old modules and names import, and lead to what is today."""

import importlib
import subprocess
import sys

import pytest

import minikeras as keras
from tests.cases import dialect_paths as cases

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.mark.parametrize("path", cases.MOVED)
def test_names_of_old_modules_are_the_objects_of_today(path):
    home, names = cases.MOVED[path]
    old = importlib.import_module(f"minikeras.{path}")
    new = importlib.import_module(f"minikeras.{home}")
    for name in names.split():
        assert getattr(old, name) is getattr(new, name), name


@pytest.mark.parametrize(("old", "new"), cases.RENAMED.items())
def test_renamed_objects(old, new):
    found, expected = (
        getattr(importlib.import_module(f"minikeras.{module}".rstrip(".")), name)
        for module, _, name in (x.rpartition(".") for x in (old, new))
    )
    assert found is expected


@pytest.mark.parametrize("path", cases.ADDED)
def test_names_that_only_old_modules_have(path):
    module = importlib.import_module(f"minikeras.{path}")
    for name in cases.ADDED[path].split():
        assert callable(getattr(module, name)), name


def test_importing_an_old_module_names_the_modern_one():
    with pytest.warns(DeprecationWarning, match="core is minikeras.layers today") as w:
        exec("from minikeras.layers.core import GaussianNoise", {"__name__": "x"})
    assert len({str(x.message) for x in w}) == 1
    with pytest.warns(DeprecationWarning, match="regularizers.L1L2 today"):
        exec("from minikeras.regularizers import l1l2", {"__name__": "x"})


@pytest.mark.parametrize("path", ["minikeras.layers.nothing", "minikeras.engines"])
def test_unknown_modules_are_still_unknown(path):
    with pytest.raises(ModuleNotFoundError, match=path):
        importlib.import_module(path)


def test_unknown_names_are_still_unknown():
    with pytest.raises(AttributeError, match="no attribute 'Dens'"):
        keras.layers.Dens  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'l3'"):
        keras.regularizers.l3  # noqa: B018


def test_merge_is_a_module_and_a_function():
    importlib.import_module("minikeras.layers.merge")
    a, b = keras.Input((3,)), keras.Input((3,))
    assert keras.layers.merge([a, b], mode="concat").shape == (None, 6)


def test_nothing_of_this_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, minikeras as k; k.Sequential([k.Input((2,)), k.layers.Dense(2)]);"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    for name in ("calls", "paths", "importing"):
        assert f"minikeras.legacy.{name}" not in loaded
