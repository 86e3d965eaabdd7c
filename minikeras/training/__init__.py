"""Training: `compile`, `fit`, `evaluate`, `predict`. Start reading at trainer.py."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(__name__, {"trainer": ["Trainer"]})
