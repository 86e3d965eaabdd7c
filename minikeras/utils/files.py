"""Writing files whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["atomic_path", "path_of", "write_text"]


def path_of(filepath) -> str:
    """Returns a str or `pathlib` path as a string, `~` resolved."""
    try:
        path = os.fspath(filepath)
    except TypeError:
        raise TypeError(
            f"Expected a file path (str or pathlib.Path), got {filepath!r} "
            f"({type(filepath).__name__})."
        ) from None
    return os.path.expanduser(os.fsdecode(path))


@contextmanager
def atomic_path(filepath) -> Iterator[str]:
    """Gives a temporary path to write to, which becomes `filepath` if all goes well.

    The temporary file lies in the same folder, reaches the disk before it is renamed,
    and goes away when the block raises; the old file then stays as it was. Missing
    folders are made. A symbolic link keeps pointing where it did.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "new", "notes.txt")
    >>> with atomic_path(path) as temporary:
    ...     _ = pathlib.Path(temporary).write_text("whole")
    >>> path.read_text()
    'whole'
    """
    path = os.path.realpath(path_of(filepath))
    if os.path.isdir(path):
        raise IsADirectoryError(f"Cannot write {path!r}: it is a folder.")
    folder, name = os.path.split(path)
    os.makedirs(folder, exist_ok=True)
    temporary = os.path.join(folder, f".{name}.{os.urandom(4).hex()}.tmp")
    try:
        yield temporary
        _sync(temporary)
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    with suppress(OSError):  # not every system can sync a folder
        _sync(folder)


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(filepath, text: str) -> None:
    """Writes a text file, whole or not at all."""
    with (
        atomic_path(filepath) as temporary,
        open(temporary, "w", encoding="utf-8") as file,
    ):
        file.write(text)
