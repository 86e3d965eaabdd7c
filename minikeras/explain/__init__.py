"""What a model computes: explained, checked, drawn, and written as a NumPy script."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "backpropagation": ["backprop"],
        "checking": ["check_gradients"],
        "export": ["Step", "write_script"],
        "flow": ["gradient_flow"],
        "drawing": ["plot_model"],
    },
)
