"""Cases of the layer contract: convolution layers."""

CASES: dict = {}
