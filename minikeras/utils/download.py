"""`get_file`: data sets from the network, kept in the folder that Keras uses."""

import os
from contextlib import closing

from . import checks, files
from .lazy import LazyModule
from .progress import Progbar

__all__ = ["cache_folder", "get_file"]

hashlib = LazyModule("hashlib")
shutil = LazyModule("shutil")
tarfile = LazyModule("tarfile")
zipfile = LazyModule("zipfile")
urllib_parse = LazyModule("urllib.parse")
urllib_request = LazyModule("urllib.request")

_BLOCK = 1 << 16


def get_file(
    fname=None,
    origin=None,
    untar=False,
    md5_hash=None,
    file_hash=None,
    cache_subdir="datasets",
    hash_algorithm="auto",
    extract=False,
    archive_format="auto",
    cache_dir=None,
    force_download=False,
):
    """Returns the path of a file, downloading it when the cache does not have it.

    The cache is `$KERAS_HOME` or `~/.keras`, shared with Keras. A file appears there
    only when it is complete and its hash is right.

    Args:
        fname: Name in the cache; the last part of the URL by default.
        origin: URL.
        untar: Old spelling of `extract=True`.
        md5_hash: Old spelling of `file_hash`.
        file_hash: Expected SHA-256 or MD5 hash, in hexadecimal digits.
        cache_subdir: Folder in the cache, or an absolute path.
        hash_algorithm: `"sha256"`, `"md5"` or `"auto"`: by the length of the hash.
        extract: Unpack the archive and return the folder: `fname`, or, if that has a
            suffix, its stem and `_extracted`.
        archive_format: `"tar"`, `"zip"`, `"auto"` (either), a list of these, or None
            (none).
        cache_dir: Another cache.
        force_download: Download even if the cache has the file.

    Raises:
        ConnectionError: The file cannot be downloaded.
        ValueError: The hash is wrong, or the archive cannot be unpacked.
    """
    checks.one_of(
        "get_file", hash_algorithm=hash_algorithm, allowed=("auto", "md5", "sha256")
    )
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    name = _name(fname, origin)
    folder = os.path.join(cache_folder(cache_dir), cache_subdir)
    if not (extract or untar):
        path = os.path.join(folder, name)
        _fetch(path, origin, file_hash, hash_algorithm, force_download)
        return path
    stem, has_suffix = name.split(".")[0], fname is not None and "." in name
    archive = os.path.join(folder, name if has_suffix else f"{name}_archive")
    target = os.path.join(folder, f"{stem}_extracted" if has_suffix else name)
    is_new = _fetch(archive, origin, file_hash, hash_algorithm, force_download)
    if is_new or not os.path.isdir(target):
        _unpack(archive, target, "tar" if untar else archive_format)
    return target


def cache_folder(cache_dir=None) -> str:
    """Returns the folder of downloaded files: `$KERAS_HOME` or `~/.keras`."""
    chosen = cache_dir or os.environ.get("KERAS_HOME") or "~/.keras"
    return os.path.expanduser(os.fspath(chosen))


def _name(fname, origin) -> str:
    if not origin:
        raise ValueError("get_file needs origin, the URL of the file.")
    name = os.fspath(fname) if fname else ""
    if os.path.dirname(name):
        raise ValueError(
            f"get_file: fname must be a name without folders, got {name!r}. Give the "
            "folder as cache_dir."
        )
    name = name or os.path.basename(urllib_parse.urlparse(origin).path)
    if not name:
        raise ValueError(f"get_file: {origin!r} ends in no file name. Pass fname.")
    return name


def _fetch(path: str, origin: str, file_hash, algorithm: str, force: bool) -> bool:
    """Makes sure that the file is there and right; True when it was downloaded."""
    if os.path.exists(path) and not force:
        if file_hash is None or _hash(path, file_hash, algorithm) == file_hash.lower():
            return False
        print(f"{path} has another hash than expected: downloading it again.")
    with files.atomic_path(path) as temporary:
        _download(origin, temporary, path)
        found = file_hash and _hash(temporary, file_hash, algorithm)
        if found and found != file_hash.lower():
            raise ValueError(
                f"The file from {origin} is not the one expected: its hash is {found}, "
                f"expected {file_hash}. It was not kept."
            )
    return True


def _hash(path: str, expected: str, algorithm: str) -> str:
    if algorithm == "auto":
        algorithm = "sha256" if len(expected) == 64 else "md5"
    digest = hashlib.new(algorithm)
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _download(origin: str, temporary: str, path: str) -> None:
    print(f"Downloading data from {origin}")
    try:
        with (
            closing(urllib_request.urlopen(origin, timeout=60)) as source,
            open(temporary, "wb") as file,
        ):
            _copy(source, file)
    except OSError as error:  # every error of urllib is one
        raise ConnectionError(
            f"Could not download {origin} ({error}). Without a network, get the file "
            f"elsewhere and put it at {path}"
        ) from error


def _copy(source, file) -> None:
    size = source.headers.get("Content-Length")
    total = int(size) if size else None
    bar, done = Progbar(total, unit_name="byte"), 0
    while block := source.read(_BLOCK):
        file.write(block)
        done += len(block)
        bar.update(done)
    if total is not None and done < total:
        raise OSError(f"the connection ended after {done} of {total} bytes")


def _unpack(archive: str, target: str, formats) -> None:
    """Unpacks into a new folder, which takes its name when it is complete."""
    partial = f"{target}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    with _open_archive(archive, formats) as opened:
        # "data" refuses members outside the folder; zipfile does so by itself
        safely = {} if isinstance(opened, zipfile.ZipFile) else {"filter": "data"}
        opened.extractall(partial, **safely)
    shutil.rmtree(target, ignore_errors=True)
    os.replace(partial, target)


def _open_archive(path: str, formats):
    formats = [formats] if isinstance(formats, str) else list(formats or ())
    if "auto" in formats:
        formats = ["tar", "zip"]
    if "tar" in formats and tarfile.is_tarfile(path):
        return tarfile.open(path)
    if "zip" in formats and zipfile.is_zipfile(path):
        return zipfile.ZipFile(path)
    raise ValueError(
        f"{path} cannot be unpacked: it is no archive of format "
        f"{' or '.join(map(repr, formats)) or None}."
    )
