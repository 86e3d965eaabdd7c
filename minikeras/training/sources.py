"""`Sources`: a model's steps as text. The part of `Trainer` for `source`, `export`."""

import numpy as np

from .. import explain
from ..tensor import PlannedFunction, Tensor, arguments_like
from ..utils import checks, tree
from ..utils.lazy import LazyModule
from .plans import TITLES, input_names, planned

__all__ = ["Sources"]

feeding = LazyModule(f"{__package__}.data")  # late, for import time

FIRST = {
    "train": "model.train_on_batch(x, y)",
    "test": "model.test_on_batch(x, y)",
    "predict": "model.predict(x)",
}


class Sources:
    """Shows what `fit`, `evaluate` and `predict` compute, batch by batch."""

    def source(self, kind="train") -> str:
        """Returns a compiled step as Python that can be read, and runs on NumPy alone.

        Args:
            kind: "train", "evaluate" (or "test") or "predict".

        Raises:
            ValueError: if the step has not run yet, or cannot be compiled; the message
                says what to do.
        """
        owner = f"{checks.owner_name(self)}: source"
        kind = {"evaluate": "test"}.get(kind, kind)
        kind = checks.one_of(owner, ("train", "test", "predict"), kind=kind)
        step = getattr(self, f"{kind}_function") or getattr(
            self, f"make_{kind}_function"
        )()
        if not isinstance(step, PlannedFunction):
            raise ValueError(
                f"{owner}: the model runs as written, without compiled steps. Call "
                "model.compile(...) with run_eagerly=False and jit_compile='auto'."
            )
        self._refresh(step, is_thorough=True)
        if kind == "predict" and not step.is_known():
            step(self._zeros(2))
        if not step.is_known():
            raise ValueError(
                f"{owner}: the {kind} step is recorded when it runs, and it has not run "
                f"yet. Call {FIRST[kind]} once, then model.source({kind!r})."
            )
        return step.source()

    def _zeros(self, samples: int):
        """A batch for `predict_step` of so many samples, all zeros."""
        known = self.predict_function or self.make_predict_function()
        if known.is_known():
            return arguments_like(known.last_key(), samples)[0]
        inputs = getattr(self, "inputs", None)
        if not inputs:
            raise ValueError(
                f"{checks.owner_name(self)}: the shape of the inputs is not known. Call "
                f"{FIRST['predict']} once."
            )
        zeros = [
            np.zeros([samples, *(n or 1 for n in x.shape[1:])], x.dtype) for x in inputs
        ]
        x = tree.pack_sequence_as(self._inputs_structure(), zeros)
        return feeding.to_batch("predict", (x,))

    def _inputs_structure(self):
        structure = getattr(self, "_inputs_struct", None)
        return self.inputs[0] if structure is None else structure

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

        `model.export("net.py", format="numpy")` writes net.py and net.npz. In the script,
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
                f"{owner}: format must be 'numpy', got {format!r}, which is a format of "
                "other backends. Try model.export('net.py', format='numpy')."
            )
        kept = self._whole_state()
        try:
            steps = [self._script_step("predict", self._zeros)]
            if train:
                steps.append(self._script_step("train", self._training_zeros))
            self.reset_metrics()
            explain.write_script(filepath, f"{self.name}, on NumPy alone", steps, kept)
        finally:
            for array, before in kept:
                array[...] = before
