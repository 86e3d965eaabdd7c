"""What a model computes: explained, checked, drawn, and written as a NumPy script."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "backpropagation": ["backprop"],
        "checking": ["check_gradients"],
        "curves": ["plot_activation", "plot_history"],
        "drawing": ["plot_model"],
        "export": ["Step", "write_script"],
        "flow": ["gradient_flow"],
        "maps": ["plot_confusion", "plot_decision_boundary", "plot_weights"],
    },
)
