"""Tracebacks without our own frames: what is left is the user's code and the error."""

import os
import types

from .. import config

__all__ = ["short_traceback"]

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep


class short_traceback:
    """Context whose errors leave out this package's frames, but for the last one.

    `config.disable_traceback_filtering()` shows them all.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind, error, traceback) -> None:
        if isinstance(error, Exception) and config.is_traceback_filtering_enabled():
            raise error.with_traceback(_shortened(traceback))


def _shortened(traceback):
    frames = []
    while traceback is not None:
        frames.append(traceback)
        traceback = traceback.tb_next
    kept = None
    for i, entry in enumerate(reversed(frames)):
        name = entry.tb_frame.f_code.co_filename
        if i == 0 or not os.path.abspath(name).startswith(_ROOT):
            kept = types.TracebackType(
                kept, entry.tb_frame, entry.tb_lasti, entry.tb_lineno
            )
    return kept
