"""Records a step with each kernel as one call."""

import warnings

import numpy as np

from ..tensor import Tensor, state
from ..tensor.program import Program
from ..tensor.recorder import Recorder
from ..utils import tree

__all__ = ["record"]


class WholeRecorder(Recorder):
    """A recorder that does not look into kernels, but for those of a single call.

    A kernel may choose its way by the size of its arguments. Called as a whole, it
    does so in the script too.
    """

    def run(self, primitive, arrays: list, metadata: dict):
        """Runs a primitive's kernel and notes it."""
        if primitive.kind != "effect":
            mark = len(self.equations)
            result = super().run(primitive, arrays, metadata)
            most = 0 if primitive.kind == "kernel" else 1
            if len(self.equations) - mark <= most:
                return result
            del self.equations[mark:]
        self._place = self._here(primitive.name)
        return self._run_whole(primitive, arrays, metadata)


def record(step, arguments) -> tuple[Program, object]:
    """Returns what a step does to a batch, and what it returned.

    Args:
        step: Function of a batch.
        arguments: A batch of Tensors, each an array of its own.

    Raises:
        ValueError: if the step cannot be recorded; the message says why.
    """
    arrays = [x.array for x in tree.flatten(arguments) if type(x) is Tensor]
    before, state.recorder = state.recorder, WholeRecorder(arrays)
    recorder = state.recorder
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            outcome = step(arguments)
    finally:
        state.recorder = before
    leaves = tree.flatten(outcome)
    odd = [x for x in leaves if not isinstance(x, (Tensor, int, float))]
    reason = recorder.reason or (odd and f"it returns a {type(odd[0]).__name__}")
    if reason:
        raise ValueError(
            f"{step.__name__} cannot become a script: {reason}. A script needs a step "
            "that does the same for every batch."
        )
    results = [x.array if type(x) is Tensor else x for x in leaves]
    return recorder.program(results), outcome
