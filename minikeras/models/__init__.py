"""Models: layers put together, trained, saved and looked at (`keras.models`)."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "cloning": ["clone_model"],
        "files": ["load_model", "save_model"],
        "functional": ["Functional"],
        "model": ["Model", "model_from_json"],
        "sequential": ["Sequential"],
    },
)
