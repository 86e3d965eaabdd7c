"""`Hashing` and `HashedCrossing`: any values become ints in a fixed range."""

import numpy as np

from .. import ops
from ..tensor import KerasTensor, Tensor
from ..utils import checks, tree
from ..utils.fingerprints import cross, farmhash, siphash
from .adapting import strings
from .category_encoding import encode
from .layer import LAYERS, Layer

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count")


def checked_salt(layer, salt) -> list[int] | None:
    """Returns a salt as its two numbers."""
    if salt is None:
        return None
    pair = list(salt) if isinstance(salt, (list, tuple)) else [salt, salt]
    if len(pair) != 2 or not all(type(n) is int and n >= 0 for n in pair):
        checks.fail(layer, "salt", salt, "be a non-negative int, or two of them", 133)
    return pair


def fingerprint(value: str | int, salt) -> int:
    """The fingerprint of a string, or of an int written out, with or without a salt."""
    text = str(value).encode()
    return farmhash(text) if salt is None else siphash(text, tuple(salt))


class _HashingLayer(Layer):
    """What both have in common: how their results are encoded."""

    takes_text = True
    modes = OUTPUT_MODES

    def __init__(self, num_bins, output_mode="int", sparse=False, dtype=None, **kwargs):
        if dtype is None and output_mode == "int":
            dtype = "int64"
        super().__init__(dtype=dtype, **kwargs)
        self.num_bins = checks.positive_int(self, num_bins=num_bins)
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=self.modes
        )
        self.sparse = checks.one_of(self, sparse=sparse, allowed=(False,))
        if output_mode == "int" and not self.compute_dtype.startswith("int"):
            checks.fail(
                self, "dtype", dtype, "be int32 or int64 with output_mode='int'"
            )
        self.autocast = False

    def _encoded(self, bins):
        if self.output_mode == "int":
            return ops.cast(bins, self.compute_dtype)
        return encode(bins, self.num_bins, self.output_mode, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """Returns the shape of the output for that of the input."""
        one = tree.map_shape_structure(lambda s: KerasTensor(s, "int64"), input_shape)
        return self._encoded(tree.flatten(one)[0]).shape

    def compute_output_spec(self, inputs):
        """Returns the output as a KerasTensor."""
        shape = tree.flatten(inputs)[0].shape
        return self._encoded(KerasTensor(shape, "int64"))


@LAYERS.register()
class Hashing(_HashingLayer):
    """Puts strings or ints into bins, by a hash: no vocabulary is needed.

    bin = hash(value) mod num_bins; different values may share a bin. The hash is
    FarmHash's Fingerprint64 (https://github.com/google/farmhash) or, with a salt,
    SipHash-2-4 (https://www.131002.net/siphash/siphash.pdf), as in Keras.

    Args:
        num_bins: Number of bins, with the one of the mask.
        mask_value: Value that goes into bin 0, where nothing else goes then; or None.
        salt: A number, or two, that make the hash another one; or None.
        output_mode: "int" gives the bins' numbers, of dtype int64; "one_hot",
            "multi_hot" and "count" encode them as `CategoryEncoding` does.
        sparse: Must be False: minikeras has dense tensors only.

    >>> Hashing(num_bins=3)([["A"], ["B"], ["C"]]).numpy().tolist()
    [[1], [0], [1]]
    """

    def __init__(
        self,
        num_bins,
        mask_value=None,
        salt=None,
        output_mode="int",
        sparse=False,
        **kwargs,
    ):
        super().__init__(num_bins, output_mode, sparse, **kwargs)
        self.mask_value = mask_value
        self.salt = checked_salt(self, salt)

    def call(self, inputs):
        values = words_or_ints(self, inputs)
        bins = [self._bin(value) for value in values.ravel().tolist()]
        return self._encoded(Tensor(np.array(bins, "int64").reshape(values.shape)))

    def _bin(self, value: str | int) -> int:
        if self.mask_value is None:
            return fingerprint(value, self.salt) % self.num_bins
        if value == self.mask_value or self.num_bins == 1:
            return 0
        return fingerprint(value, self.salt) % (self.num_bins - 1) + 1


@LAYERS.register()
class HashedCrossing(_HashingLayer):
    """Puts pairs (triples ...) of strings or ints into bins, by a hash.

    It crosses features: "Monday at noon" is a bin of its own.

    Args:
        num_bins: Number of bins.
        output_mode: "int" gives the bins' numbers, of dtype int64; "one_hot" encodes
            them as `CategoryEncoding` does.
        sparse: Must be False: minikeras has dense tensors only.

    Shape: two or more tensors of shape (batch,), (batch, 1) or () -> the same shape,
    with "one_hot" (batch, num_bins).

    >>> days, hours = np.array(["Mon", "Tue"]), np.array([12, 12])
    >>> HashedCrossing(num_bins=10)((days, hours)).numpy().tolist()
    [2, 4]
    """

    modes = ("int", "one_hot")

    def __init__(
        self,
        num_bins,
        output_mode="int",
        sparse=False,
        name=None,
        dtype=None,
        **kwargs,
    ):
        super().__init__(num_bins, output_mode, sparse, dtype, name=name, **kwargs)

    def get_config(self):
        """Returns the arguments; the dtype by its name."""
        config = super().get_config()
        del config["trainable"]
        return {**config, "dtype": self.dtype}

    def call(self, inputs):
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            checks.fail(self, "inputs", inputs, "be a tuple of two or more features")
        features = [words_or_ints(self, x) for x in inputs]
        shapes = [x.shape for x in features]
        shape = shapes[0]
        if len(set(shapes)) > 1 or len(shape) > 2 or shape[1:] not in ((), (1,)):
            must = "have one shape, (batch,), (batch, 1) or ()"
            checks.fail(self, "inputs", shapes, must)
        rows = zip(*(x.ravel().tolist() for x in features), strict=True)
        bins = [cross(map(self._number, row)) % self.num_bins for row in rows]
        return self._encoded(Tensor(np.array(bins, "int64").reshape(shape)))

    @staticmethod
    def _number(value: str | int) -> int:
        return farmhash(value.encode()) if isinstance(value, str) else value


def words_or_ints(layer, x) -> np.ndarray:
    """Returns inputs as an array of ints, or of objects that are of type str."""
    array = x.numpy() if type(x) is Tensor else np.asarray(x)
    if array.dtype.kind in "iu":
        return array
    if array.dtype.kind not in "OSU":
        checks.fail(layer, "inputs", array.dtype.name, "be strings or ints")
    return strings(layer, array)
