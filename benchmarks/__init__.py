"""Timings of minikeras, side by side with Keras on JAX, TensorFlow and torch."""
