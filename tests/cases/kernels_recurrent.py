"""Cases of the primitive contract: kernels of recurrent layers."""

CASES: dict = {}
