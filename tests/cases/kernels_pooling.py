"""Cases of the primitive contract: kernels of pooling layers."""

CASES: dict = {}
