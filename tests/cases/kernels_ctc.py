"""Cases of the primitive contract: connectionist temporal classification.

References go through all paths, one by one.
"""

import itertools

import numpy as np

from .drawing import R, case, exactly
from .losses import softmax

TARGET = exactly([[1, 2, 2], [2, 1, 0], [1, 0, 0], [0, 0, 0]])
LENGTHS = exactly([3, 2, 1, 0]), exactly([5, 4, 2, 3])


def reading(path, blank):
    return tuple(k for k, _ in itertools.groupby(path) if k != blank)


def paths(logits, frames):
    """All paths over the first frames, and their probabilities."""
    shares = softmax(logits)
    for path in itertools.product(range(logits.shape[1]), repeat=frames):
        yield path, shares[range(frames), path].prod()


def losses(target, logits, target_length, output_length, blank):
    totals = np.zeros(len(logits))
    for i, (labels, frames) in enumerate(zip(target, output_length, strict=True)):
        wanted = tuple(labels[: target_length[i]])
        for path, chance in paths(logits[i], frames):
            totals[i] += chance * (reading(path, blank) == wanted)
    return -np.log(totals)


def slopes(dy, target, logits, target_length, output_length, blank):
    result = np.zeros_like(logits)
    for i, (labels, frames) in enumerate(zip(target, output_length, strict=True)):
        wanted, total = tuple(labels[: target_length[i]]), 0
        shares = np.zeros((frames, logits.shape[2]))
        for path, chance in paths(logits[i], frames):
            if reading(path, blank) == wanted:
                total += chance
                shares[range(frames), path] += chance
        result[i, :frames] = dy[i] * (softmax(logits[i, :frames]) - shares / total)
    return result


def greedy(inputs, lengths, merge_repeated, blank):
    labels = np.full((1, *inputs.shape[:2]), -1)
    scores = np.zeros((len(inputs), 1))
    for i, frames in enumerate(lengths):
        path = inputs[i, :frames].argmax(axis=1)
        scores[i] = -inputs[i, range(frames), path].sum()
        whole = [k for k in path if k != blank]
        read = reading(path, blank) if merge_repeated else whole
        labels[0, i, : len(read)] = read
    return labels, scores


def likeliest(inputs, lengths, top_paths, beam_width, blank):
    """What a search among so many prefixes that none is dropped must find."""
    labels = np.full((top_paths, *inputs.shape[:2]), -1)
    scores = np.full((len(inputs), top_paths), -np.inf)
    for i, frames in enumerate(lengths):
        chances = {}
        for path, chance in paths(inputs[i], frames):
            read = reading(path, blank)
            chances[read] = chances.get(read, 0) + chance
        best = sorted(chances, key=chances.get, reverse=True)[:top_paths]
        for place, read in enumerate(best):
            labels[place, i, : len(read)] = read
            scores[i, place] = np.log(chances[read])
    return labels, scores


FRAMES = exactly([4, 3, 0])

CASES = {
    "ctc_losses": [
        case(losses, TARGET, R(4, 5, 3), *LENGTHS, blank=0, order=1),
        case(
            losses,
            exactly([[0, 1], [1, 1]]),
            R(2, 4, 3),
            exactly([2, 2]),
            exactly([3, 4]),
            blank=2,
            order=1,
        ),
    ],
    "ctc_slopes": [
        case(slopes, R(4), TARGET, R(4, 5, 3), *LENGTHS, blank=0),
        case(
            slopes,
            R(1),
            exactly([[1]]),
            R(1, 3, 2),
            exactly([1]),
            exactly([3]),
            blank=0,
        ),
    ],
    "ctc_greedy": [
        case(greedy, R(3, 4, 2), FRAMES, merge_repeated=True, blank=0),
        case(greedy, R(3, 4, 3), FRAMES, merge_repeated=False, blank=1),
    ],
    "ctc_beams": [
        case(likeliest, R(3, 4, 3), FRAMES, top_paths=3, beam_width=60, blank=0),
        case(likeliest, R(3, 4, 2), FRAMES, top_paths=1, beam_width=30, blank=1),
        case(likeliest, R(3, 4, 2), FRAMES, top_paths=9, beam_width=30, blank=1),
    ],
}
