"""Cases of the layer contract: pooling layers."""

CASES: dict = {}
