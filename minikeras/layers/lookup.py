"""Vocabularies: how they are given, learned and kept, and how tokens are looked up."""

import pathlib
from collections import Counter

import numpy as np

from .. import ops
from ..tensor import KerasTensor, Tensor
from ..utils import checks
from .adapting import AdaptingLayer
from .category_encoding import encode
from .hashing import checked_salt, fingerprint

OUTPUT_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
MAX_SHOWN = 5


class Words:
    """Tokens, and what was counted: an object, so that nobody looks for weights in it.

    Attributes:
        tokens: The vocabulary, without special tokens.
        places: Token -> index.
        is_given: Whether they were passed to the constructor.
        counts: Token -> how often it came, while the layer adapts.
        documents: Token -> in how many documents it came.
        num_documents: Number of documents.
    """

    def __init__(self):
        self.tokens: list = []
        self.places: dict = {}
        self.is_given = False
        self.counts: Counter = Counter()
        self.documents: Counter = Counter()
        self.num_documents = 0


class Lookup(AdaptingLayer):
    """A vocabulary, and the ways to look up in it.

    The vocabulary begins with the mask token, if there is one and `output_mode` is
    "int", then comes the OOV (out of vocabulary) token, as often as there are OOV
    indices, then the tokens.
    """

    def __init__(
        self,
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
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.num_oov_indices = checks.non_negative_int(
            self, num_oov_indices=num_oov_indices
        )
        self.output_mode = checks.one_of(
            self, output_mode=output_mode, allowed=OUTPUT_MODES
        )
        if max_tokens is not None:
            least = num_oov_indices + (mask_token is not None) + 1
            max_tokens = checks.integer(
                self, least=max(2, least), max_tokens=max_tokens
            )
        self.max_tokens = max_tokens
        self.mask_token, self.oov_token = mask_token, oov_token
        self.invert = checks.boolean(self, invert=invert)
        self.sparse = checks.one_of(self, sparse=sparse, allowed=(False,))
        self.pad_to_max_tokens = checks.boolean(
            self, pad_to_max_tokens=pad_to_max_tokens
        )
        self.salt = checked_salt(self, salt)
        self._check_together(idf_weights)
        self.autocast = False
        self._words, self._given_weights = Words(), None
        self.reset_state()
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)
            self._words.is_given = True
            self._given_weights = self._weights_of_tokens()

    def _check_together(self, idf_weights) -> None:
        if self.invert and self.output_mode != "int":
            checks.fail(self, "output_mode", self.output_mode, "be 'int' with invert")
        if self.pad_to_max_tokens and self.max_tokens is None:
            must = "be given with pad_to_max_tokens=True"
            checks.fail(self, "max_tokens", None, must, 1000)
        if idf_weights is not None and self.output_mode != "tf_idf":
            must = "be None unless output_mode='tf_idf'"
            checks.fail(self, "idf_weights", idf_weights, must)

    # The vocabulary -------------------------------------------------------------------

    @property
    def _special(self) -> list:
        """The tokens that the vocabulary begins with."""
        has_mask = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * has_mask + [self.oov_token] * self.num_oov_indices

    @property
    def is_ready(self) -> bool:
        """Whether there is a vocabulary, given or learned."""
        return bool(self._words.tokens)

    def get_vocabulary(self, include_special_tokens=True) -> list:
        """Returns the tokens; a token's place in the list is its index.

        Args:
            include_special_tokens: Whether to list the mask and OOV tokens too.
        """
        special = self._special if include_special_tokens else []
        return [*special, *self._words.tokens]

    def vocabulary_size(self) -> int:
        """Returns the number of tokens, with the mask and OOV tokens."""
        return len(self._special) + len(self._words.tokens)

    def set_vocabulary(self, vocabulary, idf_weights=None):
        """Sets the vocabulary, instead of learning it by `adapt`.

        Args:
            vocabulary: Tokens, all different; or the path of a text file with one on
                each line. They may begin with the mask and OOV tokens.
            idf_weights: A weight for each token, with `output_mode="tf_idf"`.
        """
        self._check_together(idf_weights)
        if (idf_weights is None) and self.output_mode == "tf_idf":
            checks.fail(self, "idf_weights", None, "be given with output_mode='tf_idf'")
        if isinstance(vocabulary, (str, pathlib.Path)):
            vocabulary = self._read(pathlib.Path(vocabulary))
        tokens = self._as_tokens(vocabulary)
        weights = idf_weights if idf_weights is None else np.asarray(idf_weights)
        if weights is not None and len(weights) != len(tokens):
            must = f"hold a weight for each of the {len(tokens)} tokens"
            checks.fail(self, "idf_weights", idf_weights, must)
        special = self._special
        oov_weights = None
        if special and tokens[: len(special)] == special:
            tokens = tokens[len(special) :]
            if weights is not None:
                oov_weights, weights = np.split(weights, [len(special)])
        self._check_tokens(tokens)
        self._keep(tokens, weights, oov_weights)

    def _check_tokens(self, tokens: list) -> None:
        reserved = [self.oov_token] if self.invert else []
        reserved += [] if self.mask_token is None else [self.mask_token]
        twice = [t for t, count in Counter(tokens).items() if count > 1]
        found = [t for t in tokens if t in reserved]
        if twice:
            must = f"be different tokens; {twice[:MAX_SHOWN]} come more than once"
        elif found:
            must = f"be without {found[0]!r}, or begin with {self._special}"
        elif not tokens:
            must = "hold at least one token"
        elif self.max_tokens and len(tokens) + len(self._special) > self.max_tokens:
            must = f"fit in max_tokens={self.max_tokens}, with {self._special}"
        else:
            return
        checks.fail(self, "vocabulary", tokens, must)

    def _keep(self, tokens: list, weights=None, oov_weights=None) -> None:
        first = len(self._special)
        places = {token: first + i for i, token in enumerate(tokens)}
        if self.mask_token is not None:
            places[self.mask_token] = 0 if self.output_mode == "int" else -1
        self._words.tokens, self._words.places = tokens, places
        if weights is not None:
            if oov_weights is None:
                oov_weights = np.full(first, np.mean(weights))
            self.idf_weights = np.concatenate([oov_weights, weights]).astype("float32")

    def _weights_of_tokens(self):
        """The weights without those of OOV indices, in the form of a config."""
        if self.idf_weights is None:
            return None
        return self.idf_weights[len(self._special) :].tolist()

    def _read(self, path: pathlib.Path) -> list[str]:
        try:
            return path.read_text(self._encoding).split("\n")
        except OSError as error:
            raise ValueError(
                f"{checks.owner_name(self)}: there is no vocabulary file at {path}. "
                "Give the path of a text file with a token on each line, or a list."
            ) from error

    _encoding = "utf-8"

    def save_own_variables(self, store):
        """Puts the weights of the tokens into a store, if there are some."""
        if self.idf_weights is not None:
            store["idf_weights"] = self.idf_weights

    def load_own_variables(self, store):
        """Takes the weights of the tokens from a store, if there are some."""
        if "idf_weights" in store:
            self.idf_weights = np.asarray(store["idf_weights"], "float32")

    def save_assets(self, dir_path):
        """Writes the vocabulary to `vocabulary.txt` in a folder, a token on each line.

        Args:
            dir_path: The folder, which must exist.
        """
        if not self.is_ready:
            return
        text = "\n".join(map(str, self.get_vocabulary()))
        file = pathlib.Path(dir_path) / "vocabulary.txt"
        file.write_bytes(text.encode(self._encoding))

    def load_assets(self, dir_path):
        """Sets the vocabulary to what `save_assets` wrote.

        Args:
            dir_path: The folder.
        """
        tokens = self._read(pathlib.Path(dir_path) / "vocabulary.txt")
        tokens = self._as_tokens(tokens)[len(self._special) :]
        if tokens:
            self._check_tokens(tokens)
            self._keep(tokens)

    # Learning -------------------------------------------------------------------------

    def may_adapt(self):
        """Tells whether the vocabulary is learned: it was not given."""
        return not self._words.is_given

    def reset_state(self):
        """Forgets the vocabulary and the data seen, unless it was given."""
        if not self._words.is_given:
            self._words, self.idf_weights = Words(), None

    def update_state(self, data):
        """Counts the tokens of a batch; each row is a document."""
        tokens = self._as_array(data)
        rows = tokens.reshape(tokens.shape[0] if tokens.ndim else 1, -1).tolist()
        self._count_rows(rows)

    def _count_rows(self, rows: list[list]) -> None:
        words = self._words
        for row in rows:
            words.counts.update(row)
            words.documents.update(set(row))
        words.num_documents += len(rows)

    def finalize_state(self):
        """Makes the vocabulary: the most frequent tokens, of equal ones the last."""
        words = self._words
        if not words.counts:
            return
        for token in (self.mask_token, self.oov_token):
            words.counts.pop(token, None)
        ranked = sorted(words.counts, reverse=True)
        ranked.sort(key=words.counts.__getitem__, reverse=True)
        if self.max_tokens is not None:
            ranked = ranked[: self.max_tokens - len(self._special)]
        weights = None
        if self.output_mode == "tf_idf":
            known = np.array([words.documents[t] for t in ranked], "float32")
            weights = np.log1p(words.num_documents / (1 + known))
        self._keep(ranked, weights)
        words.counts, words.documents = Counter(), Counter()

    # Looking up -----------------------------------------------------------------------

    def call(self, inputs):
        self._check_ready()
        if self.invert:
            return self._tokens_at(inputs)
        return self.look_up(self._as_array(inputs))

    def look_up(self, tokens: np.ndarray) -> Tensor:
        """Returns the indices of an array of tokens, encoded."""
        self._check_ready()
        return self._encoded(Tensor(self._find(tokens)))

    def _check_ready(self) -> None:
        if not self.is_ready:
            raise ValueError(
                f"{checks.owner_name(self)}: there is no vocabulary yet. Call "
                "adapt(data) first, or give it: "
                f"{type(self).__name__}(vocabulary=[...])."
            )

    def _find(self, tokens: np.ndarray) -> np.ndarray:
        """The indices of tokens; -1 for what is left out."""
        flat, places = tokens.ravel().tolist(), self._words.places
        if self.num_oov_indices == 1:
            oov = self._special.index(self.oov_token)
            found = [places.get(token, oov) for token in flat]
        else:
            found = [places[t] if t in places else self._oov(t) for t in flat]
        return np.array(found, "int64").reshape(tokens.shape)

    def _oov(self, token) -> int:
        """The index of a token that is not in the vocabulary."""
        if self.num_oov_indices == 0:
            raise ValueError(
                f"{checks.owner_name(self)}: {token!r} is not in the vocabulary, and "
                "num_oov_indices=0 leaves no index for it. Try num_oov_indices=1."
            )
        return self._special.index(self.oov_token) + self._bin(token)

    def _bin(self, token) -> int:
        return fingerprint(token, self.salt) % self.num_oov_indices

    def _tokens_at(self, inputs) -> Tensor:
        places = np.asarray(value_of(inputs)).astype("int64")
        known = dict(enumerate(self.get_vocabulary()))
        tokens = [known.get(i, self.oov_token) for i in places.ravel().tolist()]
        result = np.empty(len(tokens), object)
        result[:] = tokens
        return Tensor(self._plain(result.reshape(places.shape)))

    def _encoded(self, places):
        if self.output_mode == "int":
            return ops.cast(places, self._int_dtype)
        if self.output_mode != "tf_idf":
            return encode(places, self._depth, self.output_mode, self._int_dtype)
        counts = encode(places, self._depth, "count", self._float_dtype)
        if self.idf_weights is None:  # symbolic, before there is a vocabulary
            return counts
        spare = self._depth - len(self.idf_weights)
        weights = np.pad(self.idf_weights, (0, spare)).astype(self._float_dtype)
        return counts * ops.convert_to_tensor(weights)

    @property
    def _int_dtype(self) -> str:
        return self.compute_dtype if "int" in self.compute_dtype else "int64"

    @property
    def _float_dtype(self) -> str:
        return "float32" if "int" in self.compute_dtype else self.compute_dtype

    @property
    def _depth(self) -> int:
        return self.max_tokens if self.pad_to_max_tokens else self.vocabulary_size()

    def compute_output_shape(self, input_shape):
        """Returns the shape of the output for that of the input."""
        return self.compute_output_spec(KerasTensor(input_shape, "int64")).shape

    def compute_output_spec(self, inputs):
        """Returns the output as a KerasTensor."""
        if self.invert:
            return KerasTensor(inputs.shape, self._token_dtype)
        return self._encoded(KerasTensor(inputs.shape, "int64"))

    # Configs --------------------------------------------------------------------------

    def get_config(self):
        """Returns the arguments; of the vocabulary what was given, not learned.

        A vocabulary read from a file is there word by word, so that the config needs
        no file.
        """
        size = self.vocabulary_size() if self.is_ready else None
        return {
            **super().get_config(),
            "vocabulary": list(self._words.tokens) if self._words.is_given else None,
            "idf_weights": self._given_weights,
            "vocabulary_size": size,
        }

    @classmethod
    def from_config(cls, config):
        """Makes the layer; the file that an old config may name is not read."""
        config = dict(config)
        refuse_path(cls, config.get("vocabulary"))
        config.pop("vocabulary_size", None)
        return cls(**config)


def refuse_path(owner, vocabulary) -> None:
    """Raises if the vocabulary of a config is a path: files do not name files."""
    if isinstance(vocabulary, str):
        must = "be a list in a config, which reads no file. Set it by set_vocabulary"
        checks.fail(owner.__name__, "vocabulary", vocabulary, must)


def value_of(x):
    """An argument of a call; of a tensor the array."""
    return x.numpy() if type(x) is Tensor else x  # which no plan can contain
