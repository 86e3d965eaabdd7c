"""Cases of the layer contract: normalizing layers."""

CASES: dict = {}
