"""Atomic writes: the whole new file or the old one."""

import os
import pathlib

import pytest

from minikeras.utils import files


def test_failing_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "model.txt"
    files.write_text(path, "old")
    with pytest.raises(RuntimeError), files.atomic_path(path) as temporary:
        pathlib.Path(temporary).write_text("half")
        raise RuntimeError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["model.txt"]


def test_mode_and_link_survive(tmp_path):
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_missing_folders_are_made(tmp_path):
    files.write_text(tmp_path / "a" / "b" / "c.txt", "text")
    assert (tmp_path / "a" / "b" / "c.txt").read_text() == "text"


def test_folder_in_the_way(tmp_path):
    with pytest.raises(IsADirectoryError, match=r"it is a folder"):
        files.write_text(tmp_path, "text")


def test_path_of(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert files.path_of(pathlib.Path("a") / "b.h5") == os.path.join("a", "b.h5")
    assert files.path_of("~/b.h5") == "/home/ada/b.h5"
    with pytest.raises(TypeError, match=r"Expected a file path .* got 3 \(int\)"):
        files.path_of(3)
