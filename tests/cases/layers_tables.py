"""The layer contract's cases of layers for tables."""

from .layer_case import Case

WORDS = ("cat", "dog", "emu", "fox")
TEXTS = ("the cat", "dog and emu", "a fox a day keeps", "")
BINS = {"bin_boundaries": [-0.5, 0.5]}
NO_MASKS = {"masks": False}
OF_WORDS = {"masks": False, "words": WORDS, "plans": False}
OF_TEXTS = {**OF_WORDS, "words": TEXTS}
OF_INTS = {"masks": False, "below": 9, "plans": False}

CASES = {
    "CategoryEncoding": [
        Case({"num_tokens": 5}, (4,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "count"}, (4,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "one_hot"}, (1,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "one_hot"}, (4,), masks=False, below=5),
    ],
    "Discretization": [
        Case(BINS, (4,), gives="int32", **NO_MASKS),
        Case({**BINS, "output_mode": "count"}, (4,), below=3, **NO_MASKS),
    ],
    "HashedCrossing": [
        Case({"num_bins": 7}, [(1,), (1,)], gives="int64", **OF_WORDS),
        Case({"num_bins": 7, "output_mode": "one_hot"}, [(1,), (1,)], **OF_INTS),
    ],
    "Hashing": [
        Case({"num_bins": 7, "salt": 3}, (4,), gives="int64", **OF_WORDS),
        Case({"num_bins": 7, "output_mode": "multi_hot"}, (4,), **OF_INTS),
        Case({"num_bins": 7, "output_mode": "one_hot"}, (1,), **OF_WORDS),
    ],
    "IntegerLookup": [
        Case({"vocabulary": [1, 5, 7]}, (4,), gives="int64", **OF_INTS),
        Case(
            {"vocabulary": [3, 4], "output_mode": "one_hot", "num_oov_indices": 2},
            (1,),
            gives="int64",
            **OF_INTS,
        ),
        Case({"vocabulary": [3, 4], "invert": True}, (4,), gives="int64", **OF_INTS),
    ],
    "StringLookup": [
        Case({"vocabulary": WORDS[:2]}, (4,), gives="int64", **OF_WORDS),
        Case(
            {"vocabulary": WORDS[:2], "output_mode": "tf_idf", "idf_weights": [1, 2]},
            (4,),
            **OF_WORDS,
        ),
        Case(
            {"vocabulary": WORDS, "output_mode": "count", "mask_token": ""},
            (4,),
            gives="int64",
            **OF_WORDS,
        ),
    ],
    "TextVectorization": [
        Case(
            {"vocabulary": WORDS, "output_sequence_length": 4},
            (1,),
            gives="int64",
            **OF_TEXTS,
        ),
        Case(
            {"vocabulary": WORDS, "output_mode": "tf_idf", "idf_weights": range(4)},
            (1,),
            **OF_TEXTS,
        ),
    ],
    "Normalization": [
        Case({}, (4,), [(4,), (4,), ()]),
        Case({"axis": None, "invert": True}, (3, 4), [(), (), ()]),
        Case({"axis": (1, 2)}, (3, 4), [(3, 4), (3, 4), ()]),
        Case({"mean": [1.0, 2.0], "variance": [4.0, 9.0]}, (3, 2)),
    ],
    "Rescaling": [
        Case({"scale": 0.5}, (4,)),
        Case({"scale": [1.0, 2.0], "offset": [0.5, -1.0]}, (3, 2)),
    ],
}
