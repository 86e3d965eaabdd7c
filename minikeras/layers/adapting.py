"""What layers have in common that learn from data before training begins."""

import itertools

import numpy as np

from ..utils import checks
from .layer import Layer

__all__ = ["AdaptingLayer", "strings"]


class AdaptingLayer(Layer):
    """A layer with `adapt`: it forgets, sees batches one by one, then concludes."""

    def adapt(self, data, steps=None):
        """Learns from data; what was learned before is forgotten.

        Args:
            data: An array, a list of values, or an iterable of batches (arrays).
            steps: Number of batches to look at; None for all.
        """
        if steps is not None:
            steps = checks.positive_int(self, steps=steps)
        if not self.may_adapt():
            raise ValueError(
                f"{checks.owner_name(self)} was given what it could learn, so it does "
                f"not adapt. Make it without: {type(self).__name__}()."
            )
        self.reset_state()
        count = 0
        for batch in itertools.islice(_batches(data), steps):
            if isinstance(batch, (tuple, dict)):
                must = "hold x alone. Try data.map(lambda x, y: x)"
                checks.fail(self, "data", batch, must)
            self.update_state(batch)
            count += 1
        if not count:
            checks.fail(self, "data", data, "hold at least one batch")
        self.finalize_state()

    def may_adapt(self) -> bool:
        """Tells whether there is something to learn: nothing was given instead."""
        return True


def _batches(data):
    """The batches of an iterable; of an array or a list of values, the one it is."""
    is_list = isinstance(data, (list, tuple))
    has_arrays = is_list and bool(data) and hasattr(data[0], "shape")
    is_whole = hasattr(data, "shape") or isinstance(data, (str, bytes)) or is_list
    return [data] if is_whole and not has_arrays else data


def strings(layer, x, encoding: str = "utf-8", name: str = "inputs") -> np.ndarray:
    """Returns an array of objects that are all of type str.

    Args:
        layer: Who asks, for messages.
        x: Tensor, array or list of strings, or of bytes in `encoding`.
        encoding: How bytes are read.
        name: What they are called there.
    """
    try:
        array = np.asarray(getattr(x, "array", x))
    except ValueError:  # lists of several lengths
        array = np.empty((), object)
    flat = array.ravel().tolist()
    if any(type(word) is bytes for word in flat):
        try:
            flat = [w.decode(encoding) if type(w) is bytes else w for w in flat]
        except UnicodeDecodeError:
            must = f"be bytes in {encoding}. Name another encoding, such as latin-1"
            checks.fail(layer, name, x, must)
    for word in flat:
        if not isinstance(word, str):
            checks.fail(layer, name, x, "be strings, in a regular grid")
    text = np.empty(len(flat), object)
    text[:] = flat
    return text.reshape(array.shape)
