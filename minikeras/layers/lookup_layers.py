"""`StringLookup` and `IntegerLookup`: tokens become places in a vocabulary."""

import numpy as np

from ..utils import checks
from .adapting import strings
from .layer import LAYERS
from .lookup import Lookup, value_of


@LAYERS.register()
class StringLookup(Lookup):
    """Maps strings to ints, by a vocabulary that is given or learned by `adapt`.

    Args:
        max_tokens: Largest size of the vocabulary, with mask and OOV tokens; or None.
        num_oov_indices: Number of indices for strings out of the vocabulary (OOV). With
            more than one, a hash decides; with none, such a string is an error.
        mask_token: String that stands for a missing value: index 0; with another
            `output_mode` than "int" it is left out. None if there is none.
        oov_token: What stands for such strings in the vocabulary.
        vocabulary: Strings, or the path of a text file with one on each line.
        idf_weights: Weight of each string, with `output_mode="tf_idf"`.
        invert: Whether to map ints back to strings.
        output_mode: "int" gives indices; "one_hot", "multi_hot" and "count" encode them
            as `CategoryEncoding` does; "tf_idf" is "count" times the weights
            log(1 + documents / (1 + documents with the string)).
        pad_to_max_tokens: Whether encoded rows are `max_tokens` long in any case.
        sparse: Must be False: minikeras has dense tensors only.
        encoding: Encoding of inputs that are bytes.
        salt: A number, or two, for the hash of OOV strings; or None.

    Shape: any; encoded: (..., n) -> (..., size of the vocabulary).

    >>> layer = StringLookup()
    >>> layer.adapt(["red", "green", "red"])
    >>> layer.get_vocabulary()
    ['[UNK]', 'red', 'green']
    >>> layer(["green", "blue"]).numpy().tolist()
    [2, 0]
    """

    takes_text = True
    _token_dtype = "string"

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token="[UNK]",
        vocabulary=None,
        idf_weights=None,
        invert=False,
        output_mode="int",
        pad_to_max_tokens=False,
        sparse=False,
        encoding="utf-8",
        name=None,
        salt=None,
        **kwargs,
    ):
        self.encoding = encoding
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            sparse,
            pad_to_max_tokens,
            salt,
            name=name,
            **kwargs,
        )

    @property
    def _encoding(self):
        return self.encoding

    def _as_tokens(self, vocabulary) -> list[str]:
        return strings(self, vocabulary, self.encoding, "vocabulary").ravel().tolist()

    def _as_array(self, x) -> np.ndarray:
        return strings(self, value_of(x), self.encoding)

    @staticmethod
    def _plain(tokens: np.ndarray) -> np.ndarray:
        return tokens

    def get_config(self):
        """Returns the arguments, with the one that only `IntegerLookup` can change."""
        return {**super().get_config(), "oov_method": "floormod"}

    @classmethod
    def from_config(cls, config):
        """Makes the layer of what `get_config` returned."""
        rest = {key: value for key, value in config.items() if key != "oov_method"}
        return super().from_config(rest)


@LAYERS.register()
class IntegerLookup(Lookup):
    """Maps ints to indices, by a vocabulary that is given or learned by `adapt`.

    Args:
        max_tokens: Largest size of the vocabulary, with mask and OOV tokens; or None.
        num_oov_indices: Number of indices for ints out of the vocabulary (OOV). With
            none, such an int is an error.
        mask_token: Int that stands for a missing value: index 0; with another
            `output_mode` than "int" it is left out. None if there is none.
        oov_token: What stands for such ints in the vocabulary.
        vocabulary: Ints, or the path of a text file with one on each line.
        vocabulary_dtype: Must be "int64".
        idf_weights: Weight of each int, with `output_mode="tf_idf"`.
        invert: Whether to map indices back to ints.
        output_mode: "int", "one_hot", "multi_hot", "count" or "tf_idf", as in
            `StringLookup`.
        sparse: Must be False: minikeras has dense tensors only.
        pad_to_max_tokens: Whether encoded rows are `max_tokens` long in any case.
        oov_method: Which of several OOV indices an int gets: "floormod" (value mod
            number) or "farmhash" (its hash mod number).
        salt: A number, or two, for the hash; or None.

    Shape: any; encoded: (..., n) -> (..., size of the vocabulary).

    >>> layer = IntegerLookup(vocabulary=[12, 36, 1138])
    >>> layer(np.array([[12, 1138], [5, 36]])).numpy().tolist()
    [[1, 3], [0, 2]]
    """

    _token_dtype = input_dtype = "int64"

    def __init__(
        self,
        max_tokens=None,
        num_oov_indices=1,
        mask_token=None,
        oov_token=-1,
        vocabulary=None,
        vocabulary_dtype="int64",
        idf_weights=None,
        invert=False,
        output_mode="int",
        sparse=False,
        pad_to_max_tokens=False,
        oov_method="floormod",
        salt=None,
        name=None,
        **kwargs,
    ):
        self.vocabulary_dtype = checks.one_of(
            self, vocabulary_dtype=vocabulary_dtype, allowed=("int64",)
        )
        self.oov_method = checks.one_of(
            self, oov_method=oov_method, allowed=("floormod", "farmhash")
        )
        if salt is not None and oov_method != "farmhash":
            checks.fail(self, "salt", salt, "be None unless oov_method='farmhash'")
        super().__init__(
            max_tokens,
            num_oov_indices,
            mask_token,
            oov_token,
            vocabulary,
            idf_weights,
            invert,
            output_mode,
            sparse,
            pad_to_max_tokens,
            salt,
            name=name,
            **kwargs,
        )

    def _as_tokens(self, vocabulary) -> list[int]:
        return self._as_array(vocabulary, "vocabulary").ravel().tolist()

    def _as_array(self, x, name: str = "inputs") -> np.ndarray:
        try:
            return np.asarray(value_of(x)).astype("int64")
        except (ValueError, TypeError, OverflowError):
            return checks.fail(self, name, x, "be ints")

    @staticmethod
    def _plain(tokens: np.ndarray) -> np.ndarray:
        return tokens.astype("int64")

    def _bin(self, token: int) -> int:
        if self.oov_method == "farmhash":
            return super()._bin(token)
        return token % self.num_oov_indices
