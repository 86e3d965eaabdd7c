"""Going on in the middle of a training that was interrupted."""

import collections

from ..utils.batches import unpack_x_y_sample_weight

__all__ = ["take_up"]


def take_up(model, source):
    """Returns the batches of an epoch, without those that an earlier run has done.

    `BackupAndRestore` says in `model._resume` where that run was: the epoch, how many
    of its batches were done, and two functions. The first sets the random generators
    back to where the epoch began, so that its batches come in the same order; the
    second brings everything to where it was.

    Args:
        model: The model in training.
        source: The `Epochs` of its data.

    Returns:
        The batches, and how many were left out.
    """
    if model._resume is None:
        return source, 0
    (epoch, done, rewind, restore), model._resume = model._resume, None
    if not source.reader.is_restartable:
        for _ in range(epoch):
            collections.deque(source, maxlen=0)
    if done:
        rewind()
    batches = iter(source)
    for _ in range(done):
        batch = next(batches)
    if done and model._compile_metrics is not None:  # they are made by a batch
        x, y, sample_weight = unpack_x_y_sample_weight(batch)
        model.compute_metrics(x, y, model(x, training=False), sample_weight)
    restore()
    return batches, done
