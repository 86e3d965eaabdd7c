"""`Discretization`: numbers become the numbers of the ranges they lie in."""

import numpy as np

from .. import ops
from ..tensor import as_array
from ..utils import checks
from .adapting import AdaptingLayer
from .category_encoding import encode
from .layer import LAYERS

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count")


@LAYERS.register()
class Discretization(AdaptingLayer):
    """Tells for each number in which range it lies.

    Boundaries b0 < b1 < ... make the ranges (-inf, b0), [b0, b1), ... [bn, inf). They
    are given, or learned by `adapt` so that each holds about as much of the data.

    Args:
        bin_boundaries: The boundaries, rising.
        num_bins: Number of ranges to learn, instead of boundaries.
        epsilon: Error allowed in what part of the data a range holds, in (0, 1).
        output_mode: "int" gives the ranges' numbers; "one_hot", "multi_hot" and
            "count" encode them as `CategoryEncoding` does.
        sparse: Must be False: minikeras has dense tensors only.

    >>> Discretization([0.0, 1.0])(np.array([-1.5, 0.0, 3.0])).numpy().tolist()
    [0, 1, 2]
    """

    def __init__(
        self,
        bin_boundaries=None,
        num_bins=None,
        epsilon=0.01,
        output_mode="int",
        sparse=False,
        dtype=None,
        name=None,
    ):
        super().__init__(name=name, dtype=dtype)
        if (bin_boundaries is None) == (num_bins is None):
            must = (
                "be given instead of bin_boundaries"
                if num_bins
                else ("be given, if bin_boundaries are not")
            )
            checks.fail(self, "num_bins", num_bins, must)
        self.input_bin_boundaries = self.num_bins = None
        if bin_boundaries is None:
            self.num_bins = checks.positive_int(self, num_bins=num_bins)
        else:
            self.input_bin_boundaries = self._rising(bin_boundaries)
        self.bin_boundaries = self.input_bin_boundaries
        self.epsilon = checks.in_range(self, 0, 1, epsilon=epsilon)
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES
        )
        self.sparse = checks.one_of(self, sparse=sparse, allowed=(False,))
        self.autocast = False  # the dtype is that of the result
        self.reset_state()

    def _rising(self, boundaries) -> list[float]:
        numbers = [float(b) for b in boundaries]
        if numbers != sorted(numbers):
            checks.fail(self, "bin_boundaries", boundaries, "rise", sorted(numbers))
        return numbers

    def get_config(self):
        """Returns the arguments, the boundaries given or learned."""
        config = super().get_config()
        del config["trainable"]
        learned = {"bin_boundaries": self.bin_boundaries, "dtype": self.dtype}
        return {**config, **learned}

    @classmethod
    def from_config(cls, config):
        """Makes the layer; learned boundaries stay, and may be learned anew."""
        config, learned = dict(config), None
        if config.get("num_bins") is not None:
            learned = config.pop("bin_boundaries", None)
        layer = cls(**config)
        layer.bin_boundaries = learned or layer.bin_boundaries
        return layer

    def call(self, inputs):
        if self.bin_boundaries is None:
            raise ValueError(
                f"{checks.owner_name(self)}: there are no bin_boundaries yet. Call "
                "adapt(data) first, or give them: Discretization([0.0, 1.0])."
            )
        boundaries = np.asarray(self.bin_boundaries, "float32")
        bins = ops.digitize(inputs, boundaries)
        if self.output_mode == "int":
            return ops.cast(bins, "int32")
        depth = len(self.bin_boundaries) + 1
        return encode(bins, depth, self.output_mode, self.compute_dtype)

    # Learning -------------------------------------------------------------------------

    def may_adapt(self):
        """Tells whether the boundaries are learned: they were not given."""
        return self.input_bin_boundaries is None

    def reset_state(self):
        """Forgets the data seen."""
        self.summary = np.zeros((2, 0), "float32")

    def update_state(self, data):
        """Takes a batch into account: keeps some 1/epsilon values, with weights."""
        values = np.sort(np.asarray(as_array(data), "float32"), axis=None)
        self.summary = _merged(self.summary, _summary(values, self.epsilon))
        self.summary = _compressed(self.summary, self.epsilon)

    def finalize_state(self):
        """Sets the boundaries to the quantiles of the data seen."""
        if self.summary.size:
            quantiles = _compressed(self.summary, 1 / self.num_bins)
            self.bin_boundaries = [float(b) for b in quantiles[0][:-1]]


def _summary(values: np.ndarray, epsilon: float) -> np.ndarray:
    """Every so many of sorted values, with how many each stands for: shape (2, n)."""
    apart = len(values) * epsilon
    kept = values[max(int(apart) - 1, 0) :: max(int(apart), 1)]
    return np.stack([kept, np.full_like(kept, max(apart, 1.0))])


def _merged(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    both = np.concatenate([one, other], axis=1)
    return both[:, np.argsort(both[0], kind="stable")]


def _compressed(summary: np.ndarray, epsilon: float) -> np.ndarray:
    """At most 1/epsilon values at even distances in the total weight."""
    if summary.shape[1] * epsilon < 1:
        return summary
    values, weights = np.asarray(summary, "float64")
    passed = np.cumsum(weights)
    marks = passed[-1] * (epsilon + np.arange(0.0, 1.0, epsilon))
    return np.array(
        [np.interp(marks, passed, values), np.diff(marks, prepend=0.0)], "float32"
    )
