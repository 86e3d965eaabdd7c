"""Windows that slide over a time series, as batches."""

import numpy as np

from ..utils import checks
from .dataset import Dataset

__all__ = ["timeseries_dataset_from_array"]


def timeseries_dataset_from_array(
    data,
    targets,
    sequence_length,
    sequence_stride=1,
    sampling_rate=1,
    batch_size=128,
    shuffle=False,
    seed=None,
    start_index=None,
    end_index=None,
    format="tf",
):
    """Returns a `Dataset` of windows of a time series.

    Window i holds data[s], data[s + sampling_rate], ... with s = i * sequence_stride;
    its target is targets[s].

    Args:
        data: Array; its first axis is time.
        targets: Array of targets by the time at which a window begins, or None.
        sequence_length: Time steps in a window.
        sequence_stride: Time steps from window to window.
        sampling_rate: Time steps from element to element of a window.
        batch_size: Windows in a batch; None: one window at a time.
        shuffle: Whether windows come in a random order, another in each epoch.
        seed: Seed of that order.
        start_index: First time step that is used; the first of all if None.
        end_index: Time step before which use ends; the end of the data if None.
        format: "tf" or "grain": here one and the same.

    >>> batches = timeseries_dataset_from_array([0, 1, 2, 3, 4], None, 3, batch_size=2)
    >>> [batch.tolist() for batch in batches]
    [[[0, 1, 2], [1, 2, 3]], [[2, 3, 4]]]
    """
    owner = "timeseries_dataset_from_array"
    data = np.asarray(data)
    first, end = _bounds(owner, len(data), start_index, end_index)
    for name, value in (
        ("sequence_length", sequence_length),
        ("sequence_stride", sequence_stride),
        ("sampling_rate", sampling_rate),
    ):
        checks.positive_int(owner, **{name: value})
        if value > len(data):
            must = f"be at most the length of data, {len(data)}"
            checks.fail(owner, name, value, must)
    checks.one_of(owner, ("tf", "grain"), format=format)
    data = data[first:end]
    count = len(data) - (sequence_length - 1) * sampling_rate
    if targets is not None:
        targets = np.asarray(targets)[first:end]
        count = min(count, len(targets))
    starts = np.arange(0, max(count, 0), sequence_stride)
    steps = np.arange(sequence_length) * sampling_rate
    size = (
        1 if batch_size is None else checks.positive_int(owner, batch_size=batch_size)
    )
    rng = np.random.default_rng(seed)

    def start():
        order = rng.permutation(starts) if shuffle else starts
        for i in range(0, len(order), size):
            chosen = order[i : i + size]
            windows = data[chosen[:, None] + steps]
            yield windows if targets is None else (windows, targets[chosen])

    batches = Dataset(start, -(-len(starts) // size))
    return batches.unbatch() if batch_size is None else batches


def _bounds(owner: str, length: int, start, end) -> tuple[int, int]:
    """Checks where the used part of the data begins and ends."""
    first, last = 0 if start is None else start, length if end is None else end
    if not 0 <= first < length:
        checks.fail(owner, "start_index", start, f"be in [0, {length})", 0)
    if not first < last <= length:
        checks.fail(owner, "end_index", end, f"be in ({first}, {length}]", length)
    return first, last
