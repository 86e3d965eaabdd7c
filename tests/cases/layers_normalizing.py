"""Cases of the layer contract: normalizing layers."""

from .layer_case import Case

CASES: dict = {
    "GroupNormalization": [
        Case({"groups": 2}, (6,), [(6,), (6,)]),
        Case({"groups": 3, "epsilon": 0.1, "center": False}, (4, 6), [(6,)]),
        Case({"groups": 2, "axis": 1, "scale": False}, (4, 2, 3), [(4,)]),
        Case({"groups": -1}, (3, 2, 4), [(4,), (4,)]),
        Case({"groups": 1, "axis": 2}, (3, 4, 2), [(4,), (4,)]),
    ],
    # writes weights when it is called: see tests/layers/test_group_spectral.py
    "SpectralNormalization": [],
}
