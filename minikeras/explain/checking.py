"""`check_gradients`: the tape's gradients beside differences of the loss."""

import html
import textwrap

import numpy as np

from .. import ops
from ..losses import Loss
from ..tensor import GradientTape, Tensor, convert_to_tensor
from ..utils import checks, tree
from .precision import in_float64
from .walk import check_lengths, check_model

__all__ = ["GradientCheck", "WeightCheck", "check_gradients"]

_STEP = 1e-5  # relative to the size of the entry
_TOLERANCE = 1e-5  # of a difference, relative to the gradient
_NOISE = 1e-8  # what differences of a loss of 1 can tell from 0


def check_gradients(model, x, y=None, loss=None, samples=20, seed=0) -> "GradientCheck":
    """Compares the gradient of each weight with differences of the loss.

    numeric = (J(w + h) - J(w - h)) / (2 h), in float64,

    for some entries of each weight, and for a random direction through all of them. So
    a wrong gradient is found: of a layer or loss of your own, or one that you wrote
    with `custom_gradient`. Where the loss has a kink, as with ReLU at 0, so that both
    sides differ, nothing can be said: such entries are counted, not judged.

    The model computes in float64 for the time of the check, as in training; random
    numbers (Dropout) are the same in each evaluation. Then it is as it was before.

    Args:
        model: A built and compiled model; or a layer, of which the loss is a random,
            fixed sum of its outputs.
        x, y: A batch, as for `model.train_on_batch`; a few samples are enough.
        loss: Function or Loss `(y, y_pred)` instead of the model's.
        samples: Entries of each weight that are checked; None for all.
        seed: Int that the choice of entries and directions follows from.

    Returns:
        A `GradientCheck`: true if all gradients are right; print it for the numbers.

    Raises:
        ValueError: The model is not built or compiled, or has nothing to train, or the
            batch does not fit, or the loss is not a finite number.

    >>> import minikeras as keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> bool(check_gradients(model, np.ones((4, 2)), np.zeros((4, 1))))
    True
    """
    owner = "explain.check_gradients"
    _check(owner, model, loss)
    if samples is not None:
        samples = checks.positive_int(owner, samples=samples)
    check_lengths(owner, *_tensors((x, y)))
    with in_float64(model, *([loss] if isinstance(loss, Loss) else ())):
        x, y = _tensors((x, y))
        probe = Probe(model, x, y, loss, np.random.default_rng(seed))
        if not np.isfinite(probe.loss):
            raise ValueError(
                f"{owner}: the loss is {probe.loss}, so there is nothing to compare. "
                "Look for NaN in x and y, and for log(0) or a division by 0."
            )
        rows = [
            WeightCheck(probe, variable, gradient, samples)
            for variable, gradient in zip(probe.weights, probe.gradients, strict=True)
        ]
    return GradientCheck(model, probe.loss, rows)


def _check(owner: str, model, loss) -> None:
    if not hasattr(model, "compute_loss") and hasattr(model, "trainable_variables"):
        if not model.built or not model.trainable_variables:
            raise ValueError(
                f"{owner}: {checks.owner_name(model)} has no trainable weight, or none "
                "yet. Call it once on a batch: layer(x)."
            )
        return
    if loss is None or not getattr(model, "built", False):
        check_model(owner, model)


def _tensors(data):
    """Tensors; float64 for floats."""

    def tensor(a):
        if a is None:
            return None
        a = np.asarray(a)
        return convert_to_tensor(a.astype("float64") if a.dtype.kind == "f" else a)

    return tree.map_structure(tensor, data)


class Probe:
    """The loss of a batch as a function of the weights.

    Attributes:
        weights: The trainable variables.
        gradients: What the tape says, an array for each of them.
        loss: The loss.
    """

    def __init__(self, model, x, y, loss, rng):
        self._batch, self._model, self._loss, self.rng = (x, y), model, loss, rng
        self.weights = model.trainable_variables
        trained = {id(v) for v in self.weights}
        self._still = [
            (v, v.array.copy()) for v in model.variables if id(v) not in trained
        ]
        self._shares = None
        with GradientTape() as tape:
            value = self._evaluated()
        self.loss = float(value)
        found = tape.gradient(value, self.weights, unconnected_gradients="zero")
        self.gradients = [np.asarray(g) for g in found]

    def _evaluated(self) -> Tensor:
        for variable, array in self._still:  # seeds draw the same numbers each time
            variable.assign(array)
        (x, y), model = self._batch, self._model
        y_pred = model(x, training=True)
        if self._loss is not None:
            return ops.mean(self._loss(y, y_pred))
        if hasattr(model, "compute_loss"):
            return model.compute_loss(x=x, y=y, y_pred=y_pred)
        outputs = tree.flatten(y_pred)
        if self._shares is None:
            self._shares = [self.rng.normal(size=y.shape) for y in outputs]
        pairs = zip(outputs, self._shares, strict=True)
        return sum((ops.sum(y * share) for y, share in pairs), sum(model.losses, 0.0))

    def slopes(self, variable, way) -> tuple[float, float]:
        """Returns the loss's slopes behind and ahead of a weight, along a way."""
        at, step = variable.array.copy(), _STEP
        values = []
        for sign in (-1, 1):
            variable.assign(at + sign * step * way)
            values.append(float(self._evaluated()))
        variable.assign(at)
        behind, ahead = (self.loss - values[0]) / step, (values[1] - self.loss) / step
        return behind, ahead


class WeightCheck:
    """The gradient of one weight.

    Attributes:
        path: Path of the weight.
        shape: Its shape.
        norm: Norm of the tape's gradient.
        checked: Number of entries that were compared.
        error: The largest relative difference.
        worst: Index of the entry with it; None if it is a direction through all.
        tape, numeric: Both gradients there.
        kinks: Number of entries where the loss has a kink.
        passed: Whether the gradient is right.
        reason: What seems to be wrong with it, in words.
    """

    def __init__(self, probe: Probe, variable, gradient, samples):
        self.path, self.shape = variable.path, tuple(variable.shape)
        self.norm, self.kinks = float(np.linalg.norm(gradient)), 0
        self._noise = _NOISE * max(1.0, abs(probe.loss))
        size = gradient.size
        chosen = np.arange(size)
        if samples is not None and samples < size:
            chosen = probe.rng.choice(size, samples, replace=False)
        self.checked = len(chosen)
        found = [self._entry(probe, variable, gradient, int(k)) for k in chosen]
        found.append(self._direction(probe, variable, gradient))
        self.error, self.worst, self.tape, self.numeric = max(
            found, key=lambda row: row[0]
        )
        self.passed = self.error <= _TOLERANCE
        self.reason = "" if self.passed else _reason(found[:-1], self._noise)

    def _entry(self, probe, variable, gradient, k: int):
        way = np.zeros(gradient.size)
        way[k] = max(1.0, abs(float(variable.array.flat[k])))
        scale, index = way[k], np.unravel_index(k, self.shape)
        behind, ahead = probe.slopes(variable, way.reshape(self.shape))
        index = tuple(int(i) for i in index)
        tape = float(gradient[index])
        return self._compared(tape, behind / scale, ahead / scale, index)

    def _direction(self, probe, variable, gradient):
        way = probe.rng.normal(size=self.shape)
        way = way / max(float(np.linalg.norm(way)), 1e-30)
        slopes = probe.slopes(variable, way)
        return self._compared(float((gradient * way).sum()), *slopes, None)

    def _compared(self, tape: float, behind: float, ahead: float, index):
        """The error, where it is, and both gradients; no error at a kink."""
        numeric = (behind + ahead) / 2
        size = max(abs(tape), abs(numeric))
        error = max(0.0, abs(tape - numeric) - self._noise) / max(size, self._noise)
        if error > _TOLERANCE and abs(ahead - behind) > 1e-3 * size + self._noise:
            self.kinks += 1
            error = 0.0
        return error, index, tape, numeric

    def __str__(self) -> str:
        place = f"[{', '.join(map(str, self.worst))}]" if self.worst else ""
        if self.worst is None:
            place = " along a random direction"
        return (
            f"{self.path}{place}: the tape says {self.tape:.6g}, differences say "
            f"{self.numeric:.6g}{self.reason}."
        )


def _reason(found: list, noise: float) -> str:
    """Tells a wrong sign, a factor and a missing term from each other."""
    pairs = [(t, n) for e, _, t, n in found if max(abs(t), abs(n)) > 100 * noise]
    if not pairs:
        return ""
    tape, numeric = (np.array(row) for row in zip(*pairs, strict=True))
    if not tape.any():
        return ": a term is missing, nothing comes back here"
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = tape / numeric
    if not np.isfinite(ratios).all() or np.ptp(ratios) > 1e-3 * np.abs(ratios).max():
        return ": a term is missing or wrong"
    if abs(ratios[0] + 1) < 1e-3:
        return ": the sign is wrong"
    return f": it is {ratios.mean():.4g} times what it should be"


class GradientCheck:
    """What `check_gradients` found; true if all gradients are right.

    Attributes:
        passed: Whether all gradients are right.
        loss: The loss.
        rows: List of `WeightCheck`, one for each weight.
    """

    def __init__(self, model, loss: float, rows: list[WeightCheck]):
        self._name, self.loss, self.rows = checks.owner_name(model), loss, rows
        self.passed = all(row.passed for row in rows)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def title(self) -> str:
        """One line about the outcome."""
        wrong = sum(not row.passed for row in self.rows)
        state = f"{wrong} of {len(self.rows)} are wrong" if wrong else "all are right"
        return f"Gradients of {self._name}, J = {self.loss:.6g}: {state}"

    def __str__(self) -> str:
        width = max(6, *(len(row.path) for row in self.rows))
        lines = [self.title, "", f"{'weight':<{width}}  gradient    error  entries"]
        for row in self.rows:
            notes = "" if row.passed else "  wrong"
            notes += f"  {row.kinks} at kinks" if row.kinks else ""
            lines.append(
                f"{row.path:<{width}}  {row.norm:8.2e}  {row.error:7.1e}  "
                f"{row.checked:>7}{notes}"
            )
        wrong = [str(row) for row in self.rows if not row.passed]
        for text in wrong:
            lines += ["", *textwrap.wrap(text, 78)]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The same as a table, for notebooks."""
        rows = "".join(
            f"<tr><td>{html.escape(row.path)}</td><td>{row.norm:.2e}</td>"
            f"<td>{row.error:.1e}</td><td>{row.checked}</td>"
            f"<td>{'ok' if row.passed else html.escape(str(row))}</td></tr>"
            for row in self.rows
        )
        return (
            f"<p>{html.escape(self.title)}</p><table><tr><th>weight</th>"
            f"<th>gradient</th><th>error</th><th>entries</th><th></th></tr>{rows}"
            "</table>"
        )
