"""`Sources`: a model's steps as text. The part of `Trainer` for `source`, `export`."""

import numpy as np

from ..tensor import PlannedFunction
from ..utils import checks, tree
from ..utils.lazy import LazyModule
from .plans import TITLES, input_names

__all__ = ["Sources"]

feeding = LazyModule(f"{__package__}.data")  # late, for import time
writing = LazyModule("minikeras.tensor.sources")
explain = LazyModule("minikeras.explain")
highlighting = LazyModule("minikeras.explain.highlighting")
walk = LazyModule("minikeras.explain.walk")

FIRST = {
    "train": "model.train_on_batch(x, y)",
    "test": "model.test_on_batch(x, y)",
    "predict": "model.predict(x)",
}


class Sources:
    """Shows what `fit`, `evaluate` and `predict` compute, batch by batch."""

    def source(self, kind="train") -> str:
        """Returns a compiled step as Python that can be read, and runs on NumPy alone.

        It is the newest one: each shape of batches has its own.

        Args:
            kind: "train", "evaluate" (or "test") or "predict".

        Raises:
            ValueError: if the step has not run yet, or cannot be compiled; the message
                says what to do.
        """
        owner = f"{checks.owner_name(self)}: source"
        kind = {"evaluate": "test"}.get(kind, kind)
        kind = checks.one_of(owner, ("train", "test", "predict"), kind=kind)
        step = (
            getattr(self, f"{kind}_function")
            or getattr(self, f"make_{kind}_function")()
        )
        if not isinstance(step, PlannedFunction):
            raise ValueError(
                f"{owner}: the model runs as written, without compiled steps. Call "
                "model.compile(...) with run_eagerly=False and jit_compile='auto'."
            )
        if kind == "predict" and step.last_key() is None:
            step(self._zeros(2))
        if step.last_key() is None:
            raise ValueError(
                f"{owner}: the {kind} step is recorded when it runs, and has not run "
                f"yet. Call {FIRST[kind]} once, then model.source({kind!r})."
            )
        return highlighting.Source(step.source())

    def _zeros(self, samples: int):
        """A batch for `predict_step` of so many samples, all zeros."""
        known = getattr(self.predict_function, "last_key", lambda: None)()
        if known is not None:
            return writing.arguments_like(known, samples)[0]
        if not getattr(self, "inputs", None):
            raise ValueError(
                f"{checks.owner_name(self)}: the shape of the inputs is not known. "
                f"Call {FIRST['predict']} once."
            )
        zeros = tree.map_structure(
            lambda x: np.zeros([samples, *(n or 1 for n in x.shape[1:])], x.dtype),
            self.input,
        )
        return feeding.to_batch("predict", (zeros,))

    def export(
        self,
        filepath,
        format="tf_saved_model",
        verbose=None,
        input_signature=None,
        train=False,
        **kwargs,
    ) -> None:
        """Writes a script that predicts with NumPy alone, and its weights beside it.

        `model.export("net.py", format="numpy")` writes net.py and net.npz. In there,
        `predict(x)` gives what `model.predict(x)` does, bit for bit.

        Args:
            filepath: Name of the script; ends in ".py".
            format: "numpy". Those of Keras need its other backends.
            verbose: Accepted for Keras code.
            input_signature: Accepted for Keras code; any number of samples fits.
            train: Whether the script also has `train_step(x, y)`; the model must have
                taken a step before.

        Raises:
            ValueError: if the model cannot be written down; the message says why.
        """
        owner = f"{checks.owner_name(self)}: export"
        for name in kwargs:
            raise TypeError(f"{owner}: unknown argument {name!r}.")
        if format != "numpy":
            raise ValueError(
                f"{owner}: format must be 'numpy', got {format!r}, which needs another "
                "backend. Try model.export('net.py', format='numpy')."
            )
        steps = [self._script_step("predict", self._zeros)]
        if train:
            steps.append(self._script_step("train", self._training_zeros))
        with walk.unchanged(self):
            for step in steps:
                step.record()
        with walk.unchanged(self):
            self.reset_metrics()
            explain.write_script(filepath, f"{self.name}, on NumPy alone", steps)

    def _script_step(self, kind: str, zeros):
        names = input_names((zeros(2),))
        function = getattr(self, f"{kind}_step")
        title = f"{TITLES[kind]} of {self.name}"
        return explain.Step(f"{kind}_step", function, zeros, names, title)

    def _training_zeros(self, samples: int):
        """A batch like that of the last training step, all zeros."""
        known = getattr(self.train_function, "last_key", lambda: None)()
        if known is None:
            raise ValueError(
                f"{checks.owner_name(self)}: export with train=True needs to know how "
                f"targets look. Call {FIRST['train']} once."
            )
        return writing.arguments_like(known, samples)[0]
