"""The layer contract's cases of layers for tables."""

from .layer_case import Case

CASES = {
    "CategoryEncoding": [
        Case({"num_tokens": 5}, (4,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "count"}, (4,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "one_hot"}, (1,), masks=False, below=5),
        Case({"num_tokens": 5, "output_mode": "one_hot"}, (4,), masks=False, below=5),
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
