"""`Steps`: what happens to one batch. Read `train_step` first: it is the algorithm."""

import numpy as np

from ..tensor import GradientTape, convert_to_tensor, phase
from ..utils import checks, tree
from ..utils.batches import unpack_x_y_sample_weight
from .loop import Inventory, track

__all__ = ["Steps"]


class Steps:
    """The part of `Trainer` for single batches; its methods may be overridden."""

    _inventory = None  # of the epoch that is running

    def train_step(self, data) -> dict:
        """Learns from one batch: predicts, measures the loss, follows its gradient.

        Args:
            data: A batch `x`, `(x, y)` or `(x, y, sample_weight)`.

        Returns:
            The metrics so far, by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        with GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self._loss_of_step(x, y, y_pred, sample_weight, training=True)
            scaled = self.optimizer.scale_loss(loss)
        track(self._loss_tracker, loss, _count(x))
        variables = self._known().variables
        if variables:
            # Scaled gradients may overflow: LossScaleOptimizer leaves out such a step.
            far_off = "ignore" if scaled is not loss else None
            with np.errstate(over=far_off, invalid=far_off):
                gradients = tape.gradient(scaled, variables)
            self.optimizer.apply_gradients(zip(gradients, variables, strict=True))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data) -> dict:
        """Measures one batch without learning from it.

        Args:
            data: A batch `x`, `(x, y)` or `(x, y, sample_weight)`.

        Returns:
            The metrics so far, by name.
        """
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self._loss_of_step(x, y, y_pred, sample_weight, training=False)
        track(self._loss_tracker, loss, _count(x))
        return self.compute_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data):
        """Returns the outputs for one batch, of which only `x` is used."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)

    # Loss -----------------------------------------------------------------------------

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        """Returns the loss to minimise: that of `compile`, and all that layers added.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Outputs of the model.
            sample_weight: Weights of the samples, or None.
            training: Whether the model learns from it.

        Returns:
            A scalar; 0 where nothing is to be minimised and `training` is False.
        """
        total = None
        if self._compile_loss is not None:
            total = self._compile_loss(y, y_pred, sample_weight)
        for added in self._known().losses():
            added = convert_to_tensor(added)
            added = added.sum() if added.ndim else added
            total = added if total is None else total + added
        if total is None and training:
            raise ValueError(
                f"{checks.owner_name(self)}: there is no loss to minimise. Pass one to "
                "compile, for example model.compile(loss='mse'), or call "
                "self.add_loss(...) in the model."
            )
        return convert_to_tensor(0.0) if total is None else total

    def _loss_of_step(self, x, y, y_pred, sample_weight, training: bool):
        """Calls `compute_loss`; one that a user wrote need not know `training`."""
        phase("loss")
        if self._known().loss_takes_training:
            return self.compute_loss(
                x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=training
            )
        return self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)

    @property
    def refuses_nan(self) -> bool:
        """Whether a NaN among the targets could only make the loss NaN."""
        cls = type(self)
        return (
            self._compile_loss is not None
            and self._compile_loss.is_of_keras
            and cls.train_step is Steps.train_step
            and cls.test_step is Steps.test_step
            and cls.compute_loss is Steps.compute_loss
        )

    # Metrics --------------------------------------------------------------------------

    def compute_metrics(self, x, y, y_pred, sample_weight=None) -> dict:
        """Takes a batch into the metrics of `compile`; returns all values so far.

        Args:
            x: Inputs.
            y: Targets.
            y_pred: Outputs of the model.
            sample_weight: Weights of the samples, or None.
        """
        phase("metrics")
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict:
        """Returns the values of all metrics so far, by name."""
        known, results = self._known(), {}
        for metric in () if known.is_unread else known.metrics:
            value = metric.result()
            results.update(value if isinstance(value, dict) else {metric.name: value})
        return results

    @property
    def metrics(self) -> list:
        """The loss, the metrics of `compile`, and those that layers hold themselves."""
        found = [self._loss_tracker, self._compile_metrics]
        if self._compile_loss is not None:
            found += self._compile_loss.trackers
        found += super().metrics
        return list({id(m): m for m in found if m is not None}.values())

    def _own_metrics(self) -> list:
        """A compiled model inside of another keeps what is its own."""
        compiled = tree.flatten([vars(self).get(name) for name in _FROM_COMPILE])
        known = set(map(id, compiled))
        return [m for m in super()._own_metrics() if id(m) not in known]

    @property
    def metrics_names(self) -> list[str]:
        """The names of `metrics`."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Starts all metrics afresh."""
        for metric in self.metrics:
            metric.reset_state()

    def _is_unread(self) -> bool:
        """Whether nobody looks at what the present step returns."""
        return self._inventory is not None and self._inventory.is_unread

    def _known(self) -> Inventory:
        return self._inventory or Inventory(self)


_FROM_COMPILE = ("_loss_tracker", "_compile_metrics", "_arguments")


def _count(x) -> int:
    """The number of samples in the inputs."""
    if isinstance(x, (list, tuple, dict)):
        x = next(leaf for leaf in tree.flatten(x) if leaf is not None)
    return len(x)
