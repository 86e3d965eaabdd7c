"""`Settings`: what `compile` sets, and how it is written to files."""

from .. import metrics as metric_package
from .. import optimizers
from ..legacy import doors
from ..utils import checks, serialization
from ..utils.lazy import LazyModule
from .loop import Kept

__all__ = ["Settings"]

closures = LazyModule(f"{__package__}.closures")
compiling = LazyModule(f"{__package__}.compile")  # late, for import time


class Settings:
    """The part of `Trainer` that holds what `compile` was given."""

    optimizer = None
    loss = None
    compiled = False
    steps_per_execution = 1
    _arguments = None  # of compile, as they came, for files
    _compile_loss = _compile_metrics = _loss_tracker = None
    _jit_compile = "auto"
    _run_eagerly = False
    _is_primed = False
    _compiled_with = None

    @doors.open_compile
    @doors.open_function("Model.compile", 1)
    def compile(
        self,
        optimizer="rmsprop",
        loss=None,
        loss_weights=None,
        metrics=None,
        weighted_metrics=None,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
        auto_scale_loss=True,
    ):
        """Sets how the model is trained and measured.

        Args:
            optimizer: Name or `Optimizer`.
            loss: Name, function or `Loss`; for several outputs also a list with one per
                output, or a dict from output names, None where there is no loss.
            loss_weights: Numbers in the same forms; 1 if None.
            metrics: List of names, functions or `Metric` objects; for several outputs a
                list of lists, or a dict from output names. "accuracy" is the binary,
                categorical or sparse one, as the shapes demand.
            weighted_metrics: Metrics that take `sample_weight` and `class_weight`.
            run_eagerly: True runs each step as written.
            steps_per_execution: Number of batches between two calls of batch callbacks.
            jit_compile: True, False or "auto": whether steps may be compiled.
            auto_scale_loss: Whether with the policy "mixed_float16" the optimizer is
                put into a `LossScaleOptimizer`.

        Raises:
            ValueError: for unknown names; the message says which one is near.
        """
        owner = f"{checks.owner_name(self)}: compile"
        made = optimizers.get(optimizer)
        if made is None:
            raise ValueError(
                f"{owner} needs an optimizer, got None. Try optimizer='sgd'."
            )
        steps = checks.positive_int(owner, steps_per_execution=steps_per_execution)
        jit = checks.one_of(owner, ("auto", True, False), jit_compile=jit_compile)
        self._make_losses_and_metrics(loss, loss_weights, metrics, weighted_metrics)
        self.optimizer, self.loss = made, loss
        self.steps_per_execution, self._jit_compile = steps, jit
        self.run_eagerly = run_eagerly
        if auto_scale_loss:
            self._scale_half_precision()
        self._arguments = {
            "loss": loss,
            "loss_weights": loss_weights,
            "metrics": metrics,
            "weighted_metrics": weighted_metrics,
        }
        self.train_function = self.test_function = self.predict_function = None
        self.stop_training = self._is_primed = False
        self._compiled_with = Kept(self.trainable_weights if self.built else [])
        self.compiled = True

    def _make_losses_and_metrics(self, loss, loss_weights, metrics, weighted) -> None:
        names = getattr(self, "output_names", None)
        made_loss = made_metrics = None
        loss, metrics, weighted = (
            given if given is None else closures.bound(self, given)
            for given in (loss, metrics, weighted)
        )
        if loss is not None:
            made_loss = compiling.CompileLoss(loss, loss_weights, output_names=names)
        if metrics is not None or weighted is not None:
            made_metrics = compiling.CompileMetrics(
                metrics, weighted, output_names=names
            )
        self._compile_loss, self._compile_metrics = made_loss, made_metrics
        self._loss_tracker = metric_package.Mean(name="loss")

    def _scale_half_precision(self) -> None:
        wraps = optimizers.LossScaleOptimizer
        is_mixed = self.dtype_policy.name == "mixed_float16"
        if is_mixed and not isinstance(self.optimizer, wraps):
            self.optimizer = wraps(self.optimizer, name="loss_scale_optimizer")

    @property
    def run_eagerly(self) -> bool:
        """Whether steps run as written, without compilation."""
        return self._run_eagerly

    @run_eagerly.setter
    def run_eagerly(self, value) -> None:
        self._run_eagerly = bool(value)
        self.train_function = self.test_function = self.predict_function = None

    @property
    def jit_compile(self) -> bool:
        """Whether steps may be compiled."""
        return bool(self._jit_compile) and not self._run_eagerly

    @jit_compile.setter
    def jit_compile(self, value) -> None:
        self._jit_compile = value
        self.train_function = self.test_function = self.predict_function = None

    def get_compile_config(self) -> dict:
        """Returns the arguments of `compile` in the form of files; none before it."""
        if not self.compiled:
            return {}
        arguments = {
            "optimizer": self.optimizer,
            **self._arguments,
            "run_eagerly": self.run_eagerly,
            "steps_per_execution": self.steps_per_execution,
            "jit_compile": self.jit_compile,
        }
        return {
            k: serialization.serialize_keras_object(v) for k, v in arguments.items()
        }

    def compile_from_config(self, config: dict) -> None:
        """Compiles with what `get_compile_config` returned."""
        self.compile(**serialization.deserialize_keras_object(config))
        if self.built:
            self.optimizer.build(self.trainable_weights)

    def _check_compiled(self, method: str) -> None:
        if not self.compiled:
            raise ValueError(
                f"{checks.owner_name(self)}: {method} needs a compiled model. First "
                "call model.compile(optimizer='sgd', loss='mse')."
            )
