"""Cases of the primitive contract: kernels of convolution layers."""

CASES: dict = {}
