"""`keras.preprocessing.sequence`: sequences of different lengths as one array."""

import numpy as np

from ..utils import checks

__all__ = ["pad_sequences"]

ENDS = ("pre", "post")


def pad_sequences(
    sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0
):
    """Makes sequences equally long: short ones are filled up, long ones cut off.

    Args:
        sequences: List of sequences: numbers, or arrays of one shape each.
        maxlen: Their length then; that of the longest if None.
        dtype: Dtype of the result; `object` for strings.
        padding: "pre" or "post": where short ones are filled up.
        truncating: "pre" or "post": where long ones are cut off.
        value: What they are filled up with.

    Returns:
        Array (number of sequences, maxlen, ...).

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2).tolist()
    [[0, 1], [2, 3], [5, 6]]
    """
    owner = "pad_sequences"
    checks.one_of(owner, ENDS, padding=padding)
    checks.one_of(owner, ENDS, truncating=truncating)
    sequences = _as_lists(owner, sequences)
    if maxlen is None:
        maxlen = max(map(len, sequences), default=0)
    shape = next((np.asarray(s).shape[1:] for s in sequences if len(s)), ())
    if isinstance(value, str) and np.dtype(dtype).kind not in "OUS":
        raise ValueError(
            f"{owner}: value {value!r} is a str and dtype is {dtype}. Try dtype=object."
        )
    padded = np.full((len(sequences), maxlen, *shape), value, dtype)
    for i, (row, sequence) in enumerate(zip(padded, sequences, strict=True)):
        if not len(sequence) or not maxlen:
            continue
        kept = sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen]
        kept = np.asarray(kept, dtype)
        if kept.shape[1:] != shape:
            raise ValueError(
                f"{owner}: the elements of sequence {i} must have shape {shape}, as "
                f"those before it, got {kept.shape[1:]}."
            )
        place = slice(-len(kept), None) if padding == "pre" else slice(len(kept))
        row[place] = kept
    return padded


def _as_lists(owner: str, sequences) -> list:
    if not hasattr(sequences, "__len__"):
        must = "be a list of sequences"
        checks.fail(owner, "sequences", sequences, must, [[1, 2], [3]])
    for i, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ValueError(
                f"{owner}: sequences must be a list of sequences, got "
                f"{checks.show(sequence)} at position {i}. Try [[...], [...]]."
            )
    return list(sequences)
