"""Cases of the layer contract: recurrent layers."""

CASES: dict = {}
