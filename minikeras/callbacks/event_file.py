"""Event files of TensorBoard, written with nothing but NumPy and the standard library.

A file is a row of records: the length of a message, its check sum, the message and its
check sum (https://www.tensorflow.org/tutorials/load_data/tfrecord). A message is an
`Event` in the encoding of protocol buffers
(https://protobuf.dev/programming-guides/encoding): fields of a number and a value.
"""

import itertools
import os
import socket
import struct
import time
import zlib

import numpy as np

__all__ = ["EventFile", "as_png", "histogram", "image", "keras_graph", "scalar"]

BUCKETS = 30
_counts = itertools.count()


# Protocol buffers ---------------------------------------------------------------------


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; all but the last byte have the top bit."""
    number &= 0xFFFF_FFFF_FFFF_FFFF
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


def _field(number: int, value) -> bytes:
    """One field: an int, a float (of 64 bits), text, bytes, or an array of floats."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    if isinstance(value, float):
        return _varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, np.ndarray):
        value = value.astype("<f8").tobytes()
    value = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _single(number: int, value: float) -> bytes:
    """A field of a float of 32 bits."""
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def scalar(tag: str, value: float) -> bytes:
    """A number, as a value of a summary."""
    return _field(1, tag) + _single(2, float(value))


def histogram(tag: str, values) -> bytes:
    """How numbers are spread, as a value of a summary."""
    x = np.asarray(values, "float64").ravel()
    x = x[np.isfinite(x)] if x.size else x
    x = x if x.size else np.zeros(1)
    counts, edges = np.histogram(x, BUCKETS)
    facts = [x.min(), x.max(), float(x.size), x.sum(), np.square(x).sum()]
    message = b"".join(_field(i, float(v)) for i, v in enumerate(facts, 1))
    message += _field(6, edges[1:]) + _field(7, counts)
    return _field(1, tag) + _field(5, message)


def image(tag: str, pixels: np.ndarray) -> bytes:
    """A picture (height, width, channels) of bytes, as a value of a summary."""
    height, width, channels = pixels.shape
    message = _field(1, height) + _field(2, width) + _field(3, channels)
    return _field(1, tag) + _field(4, message + _field(4, as_png(pixels)))


def keras_graph(tag: str, config: str) -> bytes:
    """A model's JSON, which the page "Graphs" draws, as a value of a summary."""
    plugin = _field(1, "graph_keras_model") + _field(2, b"1")
    tensor = _field(1, 7) + _field(2, b"") + _field(8, config)  # 7: text
    return _field(1, tag) + _field(8, tensor) + _field(9, _field(1, plugin))


def as_png(pixels: np.ndarray) -> bytes:
    """A picture (height, width, 1, 3 or 4) of bytes as a PNG file."""
    height, width, channels = pixels.shape
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), "uint8")  # each begins: no filter
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )  # fmt: skip


# Records ------------------------------------------------------------------------------


def _crc_table() -> list[int]:
    """Check sums of single bytes: CRC-32C, of Castagnoli (1993)."""
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_TABLE = _crc_table()


def masked_crc(data: bytes) -> int:
    """The check sum of a record, turned and shifted as the format wants."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 255] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


class EventFile:
    """A new event file in a folder.

    Args:
        folder: The folder; it is made if need be.

    Attributes:
        path: The file's path.
    """

    def __init__(self, folder: str):
        os.makedirs(folder, exist_ok=True)
        now = int(time.time())
        name = f"{socket.gethostname()}.{os.getpid()}.{next(_counts)}.v2"
        self.path = os.path.join(folder, f"events.out.tfevents.{now:010d}.{name}")
        self._write(_field(3, "brain.Event:2"))

    def add(self, step: int, *values: bytes) -> None:
        """Adds values of a summary, as the functions above make them, at a step."""
        summary = b"".join(_field(1, value) for value in values)
        self._write(_field(2, int(step)) + _field(5, summary))

    def _write(self, fields: bytes) -> None:
        event = _field(1, time.time()) + fields
        length, crc = (
            struct.pack("<Q", len(event)),
            struct.pack("<I", masked_crc(event)),
        )
        event = length + struct.pack("<I", masked_crc(length)) + event + crc
        with open(self.path, "ab") as file:  # whole records only, for its readers
            file.write(event)
