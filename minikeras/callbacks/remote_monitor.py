"""Sends the numbers of each epoch to a server."""

import json
import warnings

import numpy as np

from ..utils.lazy import LazyModule
from .callback import Callback

__all__ = ["RemoteMonitor"]

request = LazyModule("urllib.request")
parse = LazyModule("urllib.parse")

SECONDS = 10.0  # to wait for the server


class RemoteMonitor(Callback):
    """Sends the logs of each epoch to a server, by HTTP POST, as JSON.

    A server that does not answer is reported by a warning; training goes on.

    Args:
        root: Address of the server.
        path: Path on the server.
        field: Name of the form's field that holds the JSON.
        headers: Dict of HTTP headers.
        send_as_json: Whether the JSON itself is sent, not a form.
    """

    def __init__(
        self,
        root="http://localhost:9000",
        path="/publish/epoch/end/",
        field="data",
        headers=None,
        send_as_json=False,
    ):
        super().__init__()
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch, logs=None):
        sent = {"epoch": epoch}
        for name, value in (logs or {}).items():
            sent[name] = np.asarray(value).tolist()
        text, kind = json.dumps(sent), "application/json"
        if not self.send_as_json:
            text = parse.urlencode({self.field: text})
            kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, **(self.headers or {})}
        address = f"{self.root}{self.path}"
        message = request.Request(address, text.encode(), headers, method="POST")
        try:
            with request.urlopen(message, timeout=SECONDS):
                pass
        except (OSError, ValueError) as error:
            warnings.warn(
                f"RemoteMonitor: nobody took the numbers at {address}: {error}",
                stacklevel=2,
            )
