"""get_file: the cache, hashes, archives and the way to help oneself offline."""

import hashlib
import os
import pathlib
import tarfile
import zipfile

import pytest

from minikeras.utils import get_file


@pytest.fixture
def source(tmp_path):
    """A file to "download": (its URL, its SHA-256)."""
    path = tmp_path / "source" / "numbers.txt"
    path.parent.mkdir()
    path.write_text("1 2 3")
    return path.as_uri(), hashlib.sha256(b"1 2 3").hexdigest()


def text(path):
    return pathlib.Path(path).read_text()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "datasets"


def test_second_call_needs_no_source(source, cache, tmp_path):
    url, digest = source
    path = get_file(origin=url, file_hash=digest)
    assert path == str(cache / "numbers.txt")
    (tmp_path / "source" / "numbers.txt").unlink()
    assert get_file(origin=url, file_hash=digest) == path
    assert text(path) == "1 2 3"


def test_cached_file_with_another_hash_is_replaced(source, cache, capsys):
    url, digest = source
    cache.mkdir(parents=True)
    (cache / "numbers.txt").write_text("old")
    assert text(get_file(origin=url)) == "old"
    assert text(get_file(origin=url, file_hash=digest.upper())) == "1 2 3"
    assert "another hash than expected" in capsys.readouterr().out


def test_wrong_hash_is_not_kept(source, cache):
    url, _ = source
    with pytest.raises(
        ValueError, match=r"is not the one expected: its hash is [0-9a-f]"
    ):
        get_file(origin=url, md5_hash="0" * 32)
    assert os.listdir(cache) == []


def test_offline_error_says_where_to_put_the_file(cache, tmp_path):
    missing = (tmp_path / "nowhere.txt").as_uri()
    with pytest.raises(
        ConnectionError, match=r"Could not download file://.*nowhere.txt"
    ):
        get_file(origin=missing)
    with pytest.raises(ConnectionError) as caught:
        get_file(origin=missing)
    assert f"put it at {cache / 'nowhere.txt'}" in str(caught.value)


@pytest.mark.parametrize(
    ("fname", "folder"),
    [(None, "pack.tar.gz"), ("mine", "mine"), ("mine.tar.gz", "mine_extracted")],
)
def test_tar_is_unpacked(source, cache, tmp_path, fname, folder):
    archive = tmp_path / "pack.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        file.add(tmp_path / "source", "inner")
    path = get_file(fname, archive.as_uri(), extract=True)
    assert path == str(cache / folder)
    assert (cache / folder / "inner" / "numbers.txt").read_text() == "1 2 3"


def test_zip_is_unpacked_again_only_when_new(source, cache, tmp_path):
    archive = tmp_path / "pack.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "one")
    path = get_file("pack", archive.as_uri(), extract=True)
    (cache / "pack" / "a.txt").write_text("mine")
    get_file("pack", archive.as_uri(), extract=True)
    assert (cache / "pack" / "a.txt").read_text() == "mine"
    get_file("pack", archive.as_uri(), extract=True, force_download=True)
    assert text(os.path.join(path, "a.txt")) == "one"


def test_archive_cannot_write_outside(source, cache, tmp_path):
    archive = tmp_path / "evil.tar"
    with tarfile.open(archive, "w") as file:
        file.add(tmp_path / "source" / "numbers.txt", "../../escaped.txt")
    with pytest.raises(tarfile.TarError):
        get_file("evil", archive.as_uri(), extract=True)
    assert not list(tmp_path.rglob("escaped.txt"))


def test_zip_cannot_write_outside(cache, tmp_path):
    archive = tmp_path / "evil.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("../../escaped.txt", "x")
    folder = pathlib.Path(get_file("evil", archive.as_uri(), extract=True))
    assert [*tmp_path.rglob("escaped.txt")] == [folder / "escaped.txt"]


def test_what_is_no_archive(source, cache):
    with pytest.raises(ValueError, match=r"it is no archive of format 'tar' or 'zip'"):
        get_file("text", source[0], extract=True)


def test_arguments(source, cache):
    with pytest.raises(ValueError, match=r"needs origin, the URL of the file"):
        get_file("a.txt")
    with pytest.raises(ValueError, match=r"fname must be a name without folders"):
        get_file("/tmp/a.txt", source[0])
    with pytest.raises(
        ValueError, match=r"hash_algorithm must be one of 'auto', 'md5'"
    ):
        get_file("a.txt", source[0], hash_algorithm="crc")
