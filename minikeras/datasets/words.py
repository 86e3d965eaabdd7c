"""What the data sets of texts share: word numbers, cut, shifted and filtered."""

import numpy as np

__all__ = ["filtered", "shifted", "shorter", "shuffled"]


def shuffled(rng, texts, labels) -> tuple:
    """Returns texts and labels in the same random order."""
    order = np.arange(len(texts))
    rng.shuffle(order)
    return texts[order], labels[order]


def shifted(texts, start_char, index_from) -> list[list[int]]:
    """Returns texts with the number of each word raised, behind a first character.

    Args:
        texts: Lists of word numbers.
        start_char: What each text begins with; None for nothing.
        index_from: What word numbers are raised by; None for 0.
    """
    first = [] if start_char is None else [start_char]
    return [first + [int(word) + (index_from or 0) for word in text] for text in texts]


def shorter(texts: list, labels, maxlen) -> tuple[list, np.ndarray]:
    """Returns the texts below a length, and their labels; all if it is None."""
    labels = np.asarray(labels)
    if not maxlen:
        return texts, labels
    kept = [i for i, text in enumerate(texts) if len(text) < maxlen]
    if not kept:
        raise ValueError(
            f"load_data: no text is shorter than maxlen={maxlen!r}. Make it larger."
        )
    return [texts[i] for i in kept], labels[kept]


def filtered(texts: list, num_words, skip_top: int, oov_char) -> np.ndarray:
    """Returns texts without rare and all too frequent words, as an array of lists.

    Args:
        texts: Lists of word numbers.
        num_words: Words from this number on are left out; None: from the largest on.
        skip_top: So are words below this number.
        oov_char: What stands in their place; None for nothing.
    """
    if not num_words:
        num_words = max(max(text, default=0) for text in texts)
    if oov_char is None:
        found = [[w for w in text if skip_top <= w < num_words] for text in texts]
    else:
        found = [
            [w if skip_top <= w < num_words else oov_char for w in text]
            for text in texts
        ]
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array
