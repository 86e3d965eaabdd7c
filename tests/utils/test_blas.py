"""BLAS is held to one thread inside the scope, and gets its threads back."""

import os
import threading

import numpy as np
import pytest

from minikeras.utils import blas


class Library:
    """Stands for OpenBLAS: a number of threads and who changed it."""

    def __init__(self, threads: int):
        self.threads = threads
        self.calls = []

    def controls(self):
        return (lambda: self.threads), self.put

    def put(self, threads: int):
        self.calls.append(threads)
        self.threads = threads


@pytest.fixture
def library(monkeypatch):
    made = Library(threads=5)
    monkeypatch.setattr(blas, "_find", made.controls)
    monkeypatch.setattr(blas, "_scope", blas._Scope())
    return made


def test_one_thread_inside_and_the_old_number_after(library):
    with blas.single_threaded():
        assert blas.num_threads() == 1
    assert blas.num_threads() == 5


def test_the_number_comes_back_after_an_error(library):
    with pytest.raises(RuntimeError, match="inside"), blas.single_threaded():
        raise RuntimeError("inside")
    assert library.threads == 5


def test_nested_scopes_touch_the_library_once(library):
    with blas.single_threaded(), blas.single_threaded():
        with blas.single_threaded():
            pass
        assert library.threads == 1
    assert library.calls == [1, 5]


def test_the_last_thread_to_leave_restores(library):
    inside, leave = threading.Event(), threading.Event()

    def stay():
        with blas.single_threaded():
            inside.set()
            leave.wait(10)

    other = threading.Thread(target=stay)
    with blas.single_threaded():
        other.start()
        assert inside.wait(10)
    assert library.threads == 1
    leave.set()
    other.join()
    assert library.threads == 5
    assert library.calls == [1, 5]


def test_many_threads_at_once(library):
    wrong = []

    def enter_often():
        for _ in range(200):
            with blas.single_threaded():
                if library.threads != 1:
                    wrong.append(library.threads)

    threads = [threading.Thread(target=enter_often) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert library.threads == 5


def test_absent_blas_is_harmless(monkeypatch):
    monkeypatch.setattr(blas, "_find", lambda: None)
    monkeypatch.setattr(blas, "_scope", blas._Scope())
    with blas.single_threaded():
        assert (np.ones((2, 2)) @ np.ones((2, 2))).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    assert blas.num_threads() is None


def test_files_that_are_no_openblas_are_passed_over(monkeypatch, tmp_path):
    broken = tmp_path / "libopenblas.so"
    broken.write_text("no library")
    files = [str(tmp_path / "missing.so"), str(broken)]
    monkeypatch.setattr(blas, "_libraries", lambda: files)
    assert blas._find() is None


def test_the_folder_beside_numpy_is_searched(monkeypatch, tmp_path):
    (tmp_path / "numpy.libs").mkdir()
    for name in ("libgfortran.so", "libscipy_openblas64_.so"):
        (tmp_path / "numpy.libs" / name).touch()
    monkeypatch.setattr(blas.np, "__file__", str(tmp_path / "numpy" / "__init__.py"))
    found = list(blas._libraries())
    assert found[-1] == str(tmp_path / "numpy.libs" / "libscipy_openblas64_.so")
    assert not any("gfortran" in path for path in found)


@pytest.mark.skipif(blas.num_threads() is None, reason="NumPy without OpenBLAS")
def test_the_real_library():
    before = blas.num_threads()
    with blas.single_threaded():
        assert blas.num_threads() == 1
    assert blas.num_threads() == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_can_use_the_scope():
    child = os.fork()
    if child == 0:
        with blas.single_threaded():
            os._exit(7 if blas.num_threads() in (1, None) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
