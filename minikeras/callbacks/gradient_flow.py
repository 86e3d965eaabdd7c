"""GradientFlow: how much of the gradient reaches each layer, epoch after epoch."""

from ..utils import checks
from ..utils.lazy import LazyModule
from .callback import Callback

__all__ = ["GradientFlow"]

measuring = LazyModule(f"{__name__.split('.')[0]}.explain")


class GradientFlow(Callback):
    """Measures the gradient in each layer at the end of epochs, on one batch.

    What it measures goes into the logs, and so into `History`, `CSVLogger` and
    `TensorBoard`: for a layer `hidden` as `gradient_hidden`, the norm of the gradient
    by its weights, and `update_hidden`, the optimizer's step relative to the weights.

    Args:
        x, y: The batch, as for `model.train_on_batch`; a few hundred samples.
        every: Number of epochs from one measurement to the next.

    Attributes:
        flows: List of what `explain.gradient_flow` found each time.
    """

    _turn = -1  # before the callbacks that write logs down

    def __init__(self, x, y=None, every: int = 1):
        super().__init__()
        self.x, self.y = x, y
        self.every = checks.positive_int(self, every=every)
        self.flows = []

    def on_train_begin(self, logs=None):
        """Forgets earlier measurements."""
        self.flows = []

    def on_epoch_end(self, epoch, logs=None):
        """Measures, and adds to the logs."""
        if (epoch + 1) % self.every:
            return
        flow = measuring.gradient_flow(self.model, self.x, self.y)
        self.flows.append(flow)
        if logs is not None:
            for layer in flow.layers:
                logs[f"gradient_{layer.name}"] = layer.gradient
                logs[f"update_{layer.name}"] = layer.ratio
