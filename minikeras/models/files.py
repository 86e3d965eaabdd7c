"""Reading and writing model files: `minikeras.saving`, public here too as in Keras."""

from ..saving import load_model, save_model

__all__ = ["load_model", "save_model"]
