"""`TextVectorization`: texts become rows of ints, or one vector each."""

import re
import string

import numpy as np

from ..tensor import KerasTensor, Tensor
from ..utils import checks, serialization
from .adapting import AdaptingLayer, strings
from .layer import LAYERS
from .lookup import refuse_path
from .lookup_layers import StringLookup

STANDARDIZE = (None, "lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLIT = (None, "whitespace", "character")
OUTPUT_MODES = ("int", "multi_hot", "count", "tf_idf")
WORD = re.compile(r"[^ \t\n\v\f\r]+")
# As in Keras, letters outside of ASCII keep their case.
LOWER = dict(zip(map(ord, string.ascii_uppercase), string.ascii_lowercase, strict=True))
STRIP = dict.fromkeys(map(ord, string.punctuation))


@LAYERS.register()
class TextVectorization(AdaptingLayer):
    """Maps each text to the indices of its words, or to one vector.

    A text is standardized, split into tokens, these are joined to n-grams, and looked
    up in a vocabulary, which is given or learned by `adapt`.

    Args:
        max_tokens: Largest size of the vocabulary, with its special tokens; or None.
        standardize: "lower", "strip_punctuation", "lower_and_strip_punctuation", None,
            or a function from an array of strings to one of the same shape.
        split: "whitespace", "character", None (each string is a token), or a function
            from an array of strings to a list of tokens for each.
        ngrams: An int n for all runs of 1 to n tokens; a tuple for runs of these
            lengths; None for the tokens alone.
        output_mode: "int" gives indices: 0 where the text has ended, 1 for tokens out
            of the vocabulary. "multi_hot", "count" and "tf_idf" as in `StringLookup`.
        output_sequence_length: Length that texts are cut or filled up to, with "int";
            that of the longest in the batch if None.
        pad_to_max_tokens: Whether vectors are `max_tokens` long in any case.
        vocabulary: Tokens, or the path of a text file with one on each line.
        idf_weights: Weight of each token, with "tf_idf".
        sparse, ragged: Must be False: minikeras has dense tensors only.
        encoding: Encoding of inputs that are bytes.

    Shape: (batch,) or (batch, 1) -> (batch, length) or (batch, size of vocabulary).

    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["The cat sat.", "The dog!"])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'the', 'sat', 'dog', 'cat']
    >>> layer(["the DOG and the cat"]).numpy().tolist()
    [[2, 4, 1, 2]]
    """

    takes_text = True

    def __init__(
        self,
        max_tokens=None,
        standardize="lower_and_strip_punctuation",
        split="whitespace",
        ngrams=None,
        output_mode="int",
        output_sequence_length=None,
        pad_to_max_tokens=False,
        vocabulary=None,
        idf_weights=None,
        sparse=False,
        ragged=False,
        encoding="utf-8",
        name=None,
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        self.standardize = self._step("standardize", standardize, STANDARDIZE)
        self.split = self._step("split", split, SPLIT)
        self.ngrams = self._lengths(ngrams)
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES
        )
        if output_sequence_length is not None:
            if output_mode != "int":
                must = "be None unless output_mode='int'"
                checks.fail(
                    self, "output_sequence_length", output_sequence_length, must
                )
            output_sequence_length = checks.non_negative_int(
                self, output_sequence_length=output_sequence_length
            )
        self.output_sequence_length = output_sequence_length
        self.sparse = checks.one_of(self, sparse=sparse, allowed=(False,))
        self.ragged = checks.one_of(self, ragged=ragged, allowed=(False,))
        self.encoding = encoding
        self._lookup_layer = StringLookup(
            max_tokens=max_tokens,
            mask_token="",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            output_mode=output_mode,
            pad_to_max_tokens=pad_to_max_tokens,
            encoding=encoding,
            dtype=self.dtype_policy,
            name=f"{self.name}_lookup",
        )
        self.max_tokens = self._lookup_layer.max_tokens
        self.pad_to_max_tokens = self._lookup_layer.pad_to_max_tokens
        self.autocast = False

    def _step(self, name: str, value, known: tuple):
        if isinstance(value, dict):  # of a config
            value = serialization.deserialize_keras_object(value)
        return value if callable(value) else self._one_of(name, value, known)

    def _one_of(self, name: str, value, known: tuple):
        return checks.one_of(self, allowed=known, **{name: value})

    def _lengths(self, ngrams):
        """Checks the lengths of n-grams; a list, as in a config, becomes a tuple."""
        if ngrams is None or isinstance(ngrams, int):
            return (
                ngrams if ngrams is None else checks.positive_int(self, ngrams=ngrams)
            )
        if not isinstance(ngrams, (list, tuple)):
            must = "be None, a positive int or a tuple of them"
            checks.fail(self, "ngrams", ngrams, must, 2)
        return tuple(checks.positive_int(self, ngrams=n) for n in ngrams)

    # Text to tokens -------------------------------------------------------------------

    def _tokens(self, inputs) -> list[list[str]]:
        """The tokens of each text."""
        texts = self._standardized(strings(self, inputs, self.encoding))
        if self.split is None:
            rows = texts.reshape(-1, 1) if texts.ndim < 2 else texts
            return [self._joined(row) for row in rows.tolist()]
        if texts.ndim > 1:
            if texts.ndim > 2 or texts.shape[1] != 1:
                must = "have shape (batch,) or (batch, 1) to be split"
                checks.fail(self, "inputs", texts.shape, must)
            texts = texts[:, 0]
        return [self._joined(row) for row in self._split(texts.reshape(-1))]

    def _standardized(self, texts: np.ndarray) -> np.ndarray:
        if callable(self.standardize):
            given = texts.astype(str) if texts.size else texts
            return strings(self, self.standardize(given))
        lower, strip = "lower" in (kind := self.standardize or ""), "strip" in kind
        table = (LOWER if lower else {}) | (STRIP if strip else {})
        flat = [text.translate(table) for text in texts.ravel().tolist()]
        return np.array(flat, object).reshape(texts.shape)

    def _split(self, texts: np.ndarray) -> list[list[str]]:
        if callable(self.split):
            rows = self.split(texts.astype(str) if texts.size else texts)
            rows = [[row] if isinstance(row, str) else list(row) for row in rows]
            return [strings(self, row).tolist() for row in rows]
        cut = list if self.split == "character" else WORD.findall
        return [cut(text) for text in texts.tolist()]

    def _joined(self, tokens: list[str]) -> list[str]:
        """A text's n-grams."""
        if self.ngrams is None:
            return tokens
        is_all = isinstance(self.ngrams, int)
        return [
            " ".join(tokens[i : i + n])
            for n in (range(1, self.ngrams + 1) if is_all else self.ngrams)
            for i in range(len(tokens) - n + 1)
        ]

    # Calling --------------------------------------------------------------------------

    def call(self, inputs):
        given = inputs.numpy() if type(inputs) is Tensor else np.asarray(inputs)
        is_row = self.split is None and given.ndim < 2  # tokens of one text
        rows = self._tokens(given.reshape(1, -1) if is_row else given)
        wanted = self.output_sequence_length
        if wanted is None:
            wanted = max(map(len, rows), default=0)
        table = np.full((len(rows), wanted), "", object)
        for i, row in enumerate(rows):
            table[i, : len(row)] = row[:wanted]
        if given.ndim == 0 or is_row:
            table = table[0]
        return self._lookup_layer.look_up(table)

    def compute_output_shape(self, input_shape):
        """Returns the shape of the output for that of the input."""
        if self.output_mode != "int":
            lookup = self._lookup_layer
            is_known = lookup.pad_to_max_tokens or lookup.is_ready
            return *input_shape[:1], lookup._depth if is_known else None
        if self.split is None:
            length = self.output_sequence_length
            last = input_shape[-1:] if length is None else (length,)
            return *input_shape[:-1], *last
        return *input_shape[:1], self.output_sequence_length

    def compute_output_spec(self, inputs):
        """Returns the output as a KerasTensor."""
        lookup = self._lookup_layer
        is_float = self.output_mode == "tf_idf"
        dtype = lookup._float_dtype if is_float else lookup._int_dtype
        return KerasTensor(self.compute_output_shape(inputs.shape), dtype)

    # The vocabulary -------------------------------------------------------------------

    def adapt(self, data, batch_size=None, steps=None):
        """Learns the vocabulary from texts; what was learned before is forgotten.

        Args:
            data: An array or list of texts, or an iterable of batches of them.
            batch_size: Number of texts of an array to look at together.
            steps: Number of batches to look at; None for all.
        """
        is_whole = hasattr(data, "shape") or isinstance(data, (list, tuple))
        if batch_size is not None and is_whole:
            size = checks.positive_int(self, batch_size=batch_size)
            texts = strings(self, data, self.encoding)
            data = (texts[i : i + size] for i in range(0, len(texts), size))
        super().adapt(data, steps)

    def may_adapt(self):
        """Tells whether the vocabulary is learned: it was not given."""
        return self._lookup_layer.may_adapt()

    def reset_state(self):
        """Forgets the vocabulary and the data seen, unless it was given."""
        self._lookup_layer.reset_state()

    def update_state(self, data):
        """Counts the tokens of a batch of texts."""
        self._lookup_layer._count_rows(self._tokens(data))

    def finalize_state(self):
        """Makes the vocabulary: the most frequent tokens, of equal ones the last."""
        self._lookup_layer.finalize_state()

    def get_vocabulary(self, include_special_tokens=True) -> list[str]:
        """Returns the tokens; a token's place in the list is its index.

        Args:
            include_special_tokens: Whether to list "" and "[UNK]" too.
        """
        return self._lookup_layer.get_vocabulary(include_special_tokens)

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Sets the vocabulary, instead of learning it by `adapt`.

        Args:
            vocabulary: Tokens, all different; or the path of a text file with one on
                each line.
            idf_weights: A weight for each token, with `output_mode="tf_idf"`.
        """
        self._lookup_layer.set_vocabulary(vocabulary, idf_weights)

    def vocabulary_size(self) -> int:
        """Returns the number of tokens, with "" and "[UNK]"."""
        return self._lookup_layer.vocabulary_size()

    def save_assets(self, dir_path):
        """Writes the vocabulary to `vocabulary.txt` in a folder."""
        self._lookup_layer.save_assets(dir_path)

    def load_assets(self, dir_path):
        """Sets the vocabulary to what `save_assets` wrote."""
        self._lookup_layer.load_assets(dir_path)

    def get_config(self):
        """Returns the arguments; of the vocabulary what was given, not learned."""
        lookup = self._lookup_layer.get_config()
        return {
            **super().get_config(),
            "vocabulary": lookup["vocabulary"],
            "idf_weights": lookup["idf_weights"],
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config):
        """Makes the layer of what `get_config` returned."""
        config = dict(config)
        refuse_path(cls, config.get("vocabulary"))
        config.pop("vocabulary_size", None)
        return cls(**config)
