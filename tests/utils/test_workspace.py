"""Borrowed memory."""

import threading

import numpy as np
import pytest

from minikeras.utils import workspace


@pytest.fixture(autouse=True)
def empty(monkeypatch):
    monkeypatch.setattr(workspace, "_kept", [])


def test_memory_is_used_again():
    with workspace.borrow((100, 3), "float32") as first:
        address = first.ctypes.data
    with workspace.borrow((50,), "float64") as second:
        assert second.ctypes.data == address
    assert first.shape == (100, 3) and second.dtype == "float64"
    assert address % 64 == 0


def test_two_at_a_time_are_apart():
    with workspace.borrow((10,), "int32") as a, workspace.borrow((10,), "int32") as b:
        assert not np.may_share_memory(a, b)


def test_an_error_gives_back():
    with pytest.raises(KeyError), workspace.borrow((10,), "int32"):
        raise KeyError
    assert len(workspace._kept) == 1


def test_only_some_are_kept():
    def hold(depth):
        with workspace.borrow((depth + 1,), "uint8"):
            if depth:
                hold(depth - 1)

    hold(20)
    assert len(workspace._kept) == workspace.MOST_KEPT
    assert min(raw.size for raw in workspace._kept) > 64 + 13


def test_threads_get_arrays_of_their_own():
    wrong = []

    def work(number):
        for _ in range(200):
            with workspace.borrow((256,), "int64") as room:
                room.fill(number)
                if (room != number).any():
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
