"""Cases of the primitive contract: kernels of attention layers."""

CASES: dict = {}
