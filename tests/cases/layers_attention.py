"""Cases of the layer contract: attention layers."""

CASES: dict = {}
