"""Cases of the layer contract: resizing layers."""

CASES: dict = {}
