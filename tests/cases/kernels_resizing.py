"""Cases of the primitive contract: kernels of resizing layers."""

CASES: dict = {}
