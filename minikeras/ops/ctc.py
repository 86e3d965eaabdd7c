"""Connectionist temporal classification: labels without known places in time.

A label sequence is read off a path, one class per frame: repeated classes count once,
then blanks (the class `mask_index`) are left out. The loss sums over all paths that
read as the target (Graves et al., 2006, "Connectionist Temporal Classification").
"""

import numpy as np

from ..tensor import cast, dtypes, operation, primitive
from .common import deliver
from .core import convert_to_tensor

__all__ = ["ctc_decode", "ctc_loss"]

# Takes the place of the logarithm of 0, so that impossible targets have a finite loss.
LOG_ZERO = -1e5
# Prefixes are told apart by a hash: that of the prefix before, times this, plus label.
HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)

# Arguments --------------------------------------------------------------------------


def _logits(owner: str, name: str, logits, lengths):
    """Logits as floats of at least 32 bits, and lengths as int32."""
    logits, lengths = convert_to_tensor(logits), convert_to_tensor(lengths)
    if len(logits.shape) != 3 or len(lengths.shape) != 1:
        raise ValueError(
            f"{owner}: {name} must have the shape (batch, frames, classes) and its "
            f"lengths (batch,), got shapes {logits.shape} and {lengths.shape}."
        )
    wide = dtypes.standardize(logits.dtype) in ("float32", "float64")
    return logits if wide else cast(logits, dtype="float32"), cast(
        lengths, dtype="int32"
    )


def _check_batch(owner: str, *tensors) -> None:
    sizes = {x.shape[0] for x in tensors} - {None}
    if len(sizes) > 1:
        raise ValueError(
            f"{owner}: all arguments must have the same number of samples, got shapes "
            f"{', '.join(str(x.shape) for x in tensors)}."
        )


def _check_mask(owner: str, mask_index: int, logits) -> None:
    count = logits.shape[-1]
    if mask_index < 0 or (count is not None and mask_index >= count):
        raise ValueError(
            f"{owner}: mask_index must be one of the {count} classes, counted from 0, "
            f"got {mask_index}."
        )


# Loss -------------------------------------------------------------------------------


def _log_softmax(logits):
    """The logarithms of probabilities along the last axis, as an array of its own."""
    shifted = logits - np.max(logits, axis=-1, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def _states(target, target_length, classes: int, blank: int, dtype):
    """The class of each state of a target, and the log weight of skipping one.

    States are blank, label 1, blank, label 2, ..., blank. From a label to the next, the
    blank between may be skipped if they differ.
    """
    used = np.arange(target.shape[1]) < target_length[:, None]
    if np.any(used & ((target < 0) | (target >= classes))):
        raise ValueError(
            f"ctc_loss: labels must be from 0 to {classes - 1}, the last class, got "
            f"{target[used].min()} to {target[used].max()}. What stands after "
            "target_length labels may be anything."
        )
    states = np.full((len(target), 2 * target.shape[1] + 1), blank)
    states[:, 1::2] = np.where(used, target, blank)
    skip = np.full(states.shape, LOG_ZERO, dtype)
    skip[:, 3::2][states[:, 3::2] != states[:, 1:-2:2]] = 0
    return states, skip


def _forward(log_weights, skip, lengths, dtype):
    """Runs over the frames.

    Args:
        log_weights: Log probability of each state's class (frames, batch, states).
        skip: Log weight of skipping the state before (batch, states).
        lengths: Frames per sample.

    Returns:
        Log probability of the paths that are in a state before a frame's class is read
        (frames, batch, states), and the same after the last frame (batch, states).
    """
    arrivals = np.empty(log_weights.shape, dtype)
    now = np.full((len(skip), skip.shape[1] + 2), LOG_ZERO, dtype)
    now[:, 2] = 0  # the first blank, with two states before it that cannot be
    for t, weights in enumerate(log_weights):
        both = np.logaddexp(now[:, 2:], now[:, 1:-1])
        np.logaddexp(both, now[:, :-2] + skip, out=arrivals[t])
        np.add(arrivals[t], weights, out=now[:, 2:], where=(t < lengths)[:, None])
    return arrivals, now[:, 2:]


def _ends(last, target_length):
    """Which states a path may end in, and the log probability of those that do.

    They are the blank after the last label and, if there is one, this label.
    """
    place = np.arange(last.shape[1]) - 2 * target_length[:, None]
    ends = np.where((place == 0) | (place == -1), last, -np.inf)
    return ends, np.logaddexp.reduce(ends, axis=1)


def _paths(target, logits, target_length, output_length, blank):
    """Log probabilities of classes; then states, skips, weights, arrivals, ends."""
    target_length = np.clip(target_length, 0, target.shape[1])
    log_probs = _log_softmax(logits)
    states, skip = _states(target, target_length, logits.shape[2], blank, logits.dtype)
    log_weights = np.take_along_axis(log_probs, states[:, None, :], axis=2)
    log_weights = log_weights.transpose(1, 0, 2)
    arrivals, last = _forward(log_weights, skip, output_length, logits.dtype)
    ends, total = _ends(last, target_length)
    return log_probs, states, skip, log_weights, arrivals, ends, total


def _ctc_dtypes(target, logits, target_length, output_length):
    return None, dtypes.result_type(logits)


@primitive(
    shape=lambda target, logits, *lengths, **metadata: logits[:1],
    dtype=dtypes.never_casts(_ctc_dtypes),
    is_whole=True,
)
def ctc_losses(target, logits, target_length, output_length, *, blank: int, out=None):
    """-log of the probability that a path reads as the target; see `ctc_loss`."""
    *_, total = _paths(target, logits, target_length, output_length, blank)
    return deliver(-total, out)


@primitive(
    shape=lambda dy, target, logits, *lengths, **metadata: logits,
    dtype=lambda dy, target, logits, *lengths: (
        (dtypes.result_type(logits), None, None, None, None),
        dtypes.result_type(logits),
    ),
    is_whole=True,
)
def ctc_slopes(
    dy, target, logits, target_length, output_length, *, blank: int, out=None
):
    """The gradient of `ctc_losses`: dy * (softmax(logits) - share), in each frame.

    A class's share is the probability that a path which reads as the target is in one
    of its states in this frame. It is found going backwards.
    """
    log_probs, states, skip, log_weights, arrivals, ends, total = _paths(
        target, logits, target_length, output_length, blank
    )
    share = np.exp(ends - total[:, None])
    shares = np.zeros_like(arrivals)
    for t in reversed(range(len(arrivals))):
        live = np.flatnonzero(t < output_length)
        shares[t, live] = share[live]
        if t:
            before = arrivals[t - 1, live] + log_weights[t - 1, live]
            share[live] = _stepped_back(
                share[live], before, arrivals[t, live], skip[live]
            )
    classes = np.arange(logits.shape[2])
    of_class = (states[:, :, None] == classes).astype(logits.dtype)
    slopes = np.exp(log_probs) - np.matmul(shares.transpose(1, 0, 2), of_class)
    inside = np.arange(logits.shape[1]) < output_length[:, None]
    return np.multiply(slopes, (dy[:, None] * inside)[:, :, None], out=out)


def _stepped_back(share, before, arrived, skip):
    """The shares of states one frame earlier.

    Args:
        share: Shares now (batch, states).
        before: Log probability of states one frame earlier.
        arrived: Log probability of arriving in the states now.
        skip: Log weight of skipping the state before.
    """
    earlier = share * np.exp(before - arrived)
    earlier[:, :-1] += share[:, 1:] * np.exp(before[:, :-1] - arrived[:, 1:])
    skipped = before[:, :-2] + skip[:, 2:] - arrived[:, 2:]
    earlier[:, :-2] += share[:, 2:] * np.exp(skipped)
    return earlier / np.sum(earlier, axis=1, keepdims=True)


ctc_losses.grad(
    logits=lambda g, target, logits, target_length, output_length, blank: ctc_slopes(
        g, target, logits, target_length, output_length, blank=blank
    )
)


@operation
def ctc_loss(target, output, target_length, output_length, mask_index=0):
    """Returns the loss of label sequences whose places in time are unknown.

    -log(sum over all paths that read as the target of their probability)

    Args:
        target: Labels (batch, labels), ints from 0 up to the number of classes.
        output: Logits (batch, frames, classes).
        target_length: How many labels count (batch,).
        output_length: How many frames count (batch,).
        mask_index: The class that stands for "no label", the blank.

    Returns:
        One loss per sample; about 1e5 where there are too few frames for the target.

    >>> loss = ctc_loss([[1]], [[[0.0, 0.0], [0.0, 0.0]]], [1], [2])
    >>> round(float(np.exp(-loss.numpy())[0]), 2)  # 3 of 4 paths: 01, 10 and 11
    0.75
    """
    output, output_length = _logits("ctc_loss", "output", output, output_length)
    target = cast(convert_to_tensor(target), dtype="int32")
    target_length = cast(convert_to_tensor(target_length), dtype="int32")
    if len(target.shape) != 2 or len(target_length.shape) != 1:
        raise ValueError(
            "ctc_loss: target must have the shape (batch, labels) and target_length "
            f"(batch,), got shapes {target.shape} and {target_length.shape}."
        )
    _check_batch("ctc_loss", target, output, target_length, output_length)
    _check_mask("ctc_loss", mask_index, output)
    return ctc_losses(target, output, target_length, output_length, blank=mask_index)


# Decoding ---------------------------------------------------------------------------


def _to_the_left(labels):
    """Labels without the gaps between them, which hold -1."""
    order = np.argsort(labels < 0, axis=-1, kind="stable")
    return np.take_along_axis(labels, order, axis=-1)


def _decoded(inputs, lengths, *, top_paths: int = 1, **metadata):
    return [(top_paths, *inputs[:2]), (inputs[0], top_paths)]


@dtypes.never_casts
def _labels_and_scores(inputs, lengths):
    return None, ["int32", dtypes.result_type(inputs)]


decoder = primitive(shape=_decoded, dtype=_labels_and_scores, is_whole=True)


def _delivered(labels, scores, out):
    """Labels and scores of decoders, or what the caller gave filled with them."""
    if out is None:
        return labels.astype(np.int32), scores
    np.copyto(out[0], labels, casting="same_kind")
    np.copyto(out[1], scores)
    return out


@decoder
def ctc_greedy(inputs, lengths, *, merge_repeated: bool, blank: int, out=None):
    """Reads the likeliest path; its score is minus the sum of its logits."""
    best = np.argmax(inputs, axis=2)
    inside = np.arange(best.shape[1]) < lengths[:, None]
    counts = inside & (best != blank)
    if merge_repeated:
        counts[:, 1:] &= best[:, 1:] != best[:, :-1]
    scores = -np.sum(np.max(inputs, axis=2), axis=1, where=inside, keepdims=True)
    labels = _to_the_left(np.where(counts, best, -1))
    return _delivered(labels[None], scores, out)


@decoder
def ctc_beams(
    inputs, lengths, *, top_paths: int, beam_width: int, blank: int, out=None
):
    """Searches for the likeliest label sequences, keeping the best in each frame.

    The score of a sequence is the log probability of all paths that read as it, as far
    as its prefixes were among the best (Graves and Jaitly, 2014; Hannun et al., 2014).
    """
    log_probs = _log_softmax(inputs)
    batch, frames, _ = inputs.shape
    beams = _Beams(batch, beam_width, inputs.dtype)
    origins = np.tile(np.arange(beam_width), (frames, batch, 1))
    labels = np.full((frames, batch, beam_width), -1)
    for t in range(min(frames, lengths.max(initial=0))):
        live = np.flatnonzero(t < lengths)
        origins[t, live], labels[t, live] = beams.read(live, log_probs[live, t], blank)
    read = np.empty((frames, batch, top_paths), int)
    place = np.tile(np.arange(top_paths), (batch, 1))
    for t in reversed(range(frames)):
        read[t] = np.take_along_axis(labels[t], place, axis=1)
        place = np.take_along_axis(origins[t], place, axis=1)
    scores = beams.scores()[:, :top_paths]
    labels = np.where(scores.T[:, :, None] > -np.inf, read.transpose(2, 1, 0), -1)
    return _delivered(_to_the_left(labels), scores, out)


class _Beams:
    """The best prefixes of each sample, the likeliest first.

    Attributes:
        ending: Log probability of the paths that end in a blank (batch, beams).
        open: The same of those that end in the prefix's last label.
        key: Tells prefixes apart; 0 where there is none.
        before: The key of the prefix without its last label.
        last: The last label.
    """

    def __init__(self, batch: int, beam_width: int, dtype):
        shape = batch, beam_width
        self.ending = np.full(shape, -np.inf, dtype)
        self.ending[:, :1] = 0
        self.open = np.full(shape, -np.inf, dtype)
        self.key = np.zeros(shape, np.uint64)
        self.key[:, :1] = 1
        self.before = np.zeros(shape, np.uint64)
        self.last = np.zeros(shape, int)

    def scores(self):
        """Log probability of each prefix."""
        return np.logaddexp(self.ending, self.open)

    def read(self, rows, log_probs, blank: int) -> tuple:
        """Reads a frame of some samples.

        Args:
            rows: Which samples.
            log_probs: Log probability of the classes (rows, classes).
            blank: The class that stands for no label.

        Returns:
            For each new beam, which one it comes from, and the label it gained or -1.
        """
        ending, before, last = self.ending[rows], self.before[rows], self.last[rows]
        ends, opens, grown = self._candidates(rows, log_probs, blank)
        scores = np.concatenate([np.logaddexp(ends, opens)[:, :, None], grown], axis=2)
        chosen, scores = _largest(scores.reshape(len(rows), -1), ending.shape[1])
        origin, label = np.divmod(chosen, grown.shape[2] + 1)
        label -= 1
        stays, alive = label < 0, scores > -np.inf
        ends, opens, key, before, last = (
            np.take_along_axis(x, origin, axis=1)
            for x in (ends, opens, self.key[rows], before, last)
        )
        longer = key * HASH_FACTOR + (label + 1).astype(np.uint64)
        self.ending[rows] = np.where(stays, ends, -np.inf)
        self.open[rows] = np.where(stays, opens, scores)
        self.key[rows] = np.where(stays, key, longer) * alive
        self.before[rows] = np.where(stays, before, key) * alive
        self.last[rows] = np.where(stays, last, label)
        return origin, label

    def _candidates(self, rows, log_probs, blank: int) -> tuple:
        """What prefixes may become: they end in a blank, stay open, or grow by a label.

        Returns:
            Log probabilities (rows, beams), again, and (rows, beams, classes).
        """
        ending, last = self.ending[rows], self.last[rows]
        total = self.scores()[rows]
        again = np.take_along_axis(log_probs, last, axis=1)
        opens = self.open[rows] + again
        grown = total[:, :, None] + log_probs[:, None, :]
        row, beam = np.indices(last.shape)
        grown[row, beam, last] = ending + again  # a blank stands between equal labels
        grown[:, :, blank] = -np.inf
        is_parent = self.before[rows][:, :, None] == self.key[rows][:, None, :]
        row, beam = np.nonzero(is_parent.any(axis=2))
        place = row, is_parent.argmax(axis=2)[row, beam], last[row, beam]
        opens[row, beam] = np.logaddexp(opens[row, beam], grown[place])
        grown[place] = -np.inf  # the same prefix, counted once
        return total + log_probs[:, blank, None], opens, grown


def _largest(x, count: int) -> tuple:
    """Places and values of the largest elements of each row, the largest first."""
    near = np.argpartition(-x, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(x, near, axis=1)
    order = np.argsort(-values, axis=1, kind="stable")
    return (np.take_along_axis(y, order, axis=1) for y in (near, values))


@operation
def ctc_decode(
    inputs,
    sequence_lengths,
    strategy="greedy",
    beam_width=100,
    top_paths=1,
    merge_repeated=True,
    mask_index=0,
):
    """Reads label sequences off the logits of a model.

    Args:
        inputs: Logits (batch, frames, classes).
        sequence_lengths: How many frames count (batch,).
        strategy: "greedy": the likeliest class of each frame. "beam_search": the
            likeliest sequences, over all paths that read as them.
        beam_width: How many prefixes a beam search keeps.
        top_paths: How many sequences a beam search returns.
        merge_repeated: Whether greedy reading counts repeated classes once; a beam
            search always does.
        mask_index: The class that stands for "no label", the blank.

    Returns:
        Labels (paths, batch, frames), filled up with -1, and scores (batch, paths):
        minus the sum of the logits read, if greedy; else log probabilities.

    >>> logits = [[[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]]]
    >>> labels, scores = ctc_decode(logits, [3])
    >>> labels.tolist(), scores.tolist()
    ([[[1, 1, -1]]], [[-6.0]])
    """
    if strategy not in ("greedy", "beam_search"):
        raise ValueError(
            f"ctc_decode: strategy must be 'greedy' or 'beam_search', got {strategy!r}."
        )
    inputs, lengths = _logits("ctc_decode", "inputs", inputs, sequence_lengths)
    _check_batch("ctc_decode", inputs, lengths)
    _check_mask("ctc_decode", mask_index, inputs)
    if strategy == "greedy":
        return ctc_greedy(
            inputs, lengths, merge_repeated=merge_repeated, blank=mask_index
        )
    if not 1 <= top_paths <= beam_width:
        raise ValueError(
            "ctc_decode: top_paths must be from 1 to beam_width, got "
            f"top_paths={top_paths} and beam_width={beam_width}."
        )
    return ctc_beams(
        inputs, lengths, top_paths=top_paths, beam_width=beam_width, blank=mask_index
    )
