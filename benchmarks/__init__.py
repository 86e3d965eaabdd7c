"""Timings of minikeras, side by side with real Keras or NumPy."""
