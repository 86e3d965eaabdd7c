"""Words as numbers; the expected values are those of tf_keras 2.21."""

import json

import numpy as np
import pytest

from minikeras.preprocessing import text
from minikeras.preprocessing.text import Tokenizer

TEXTS = ["The cat sat.", "the dog, the cat!", ["Own", "cat"]]


@pytest.fixture
def tokenizer():
    made = Tokenizer(num_words=4, oov_token="<o>")
    made.fit_on_texts(TEXTS)
    return made


def test_what_is_counted(tokenizer):
    words = {"<o>": 1, "the": 2, "cat": 3, "sat": 4, "dog": 5, "own": 6}
    assert tokenizer.word_index == words
    assert tokenizer.index_word == {i: word for word, i in words.items()}
    assert tokenizer.document_count == 3
    assert tokenizer.word_counts == {"the": 3, "cat": 3, "sat": 1, "dog": 1, "own": 1}
    assert tokenizer.word_docs == {"cat": 3, "sat": 1, "the": 2, "dog": 1, "own": 1}
    assert tokenizer.index_docs == {3: 3, 4: 1, 2: 2, 5: 1, 6: 1}


def test_sequences_and_back(tokenizer):
    assert tokenizer.texts_to_sequences(["the bird cat", "dog"]) == [[2, 1, 3], [1]]
    assert tokenizer.sequences_to_texts([[1, 2, 3, 9]]) == ["<o> the cat <o>"]
    plain = Tokenizer()
    plain.fit_on_texts(TEXTS)
    assert plain.texts_to_sequences(["the bird cat"]) == [[1, 2]]
    assert plain.sequences_to_texts([[2, 99]]) == ["cat"]


@pytest.mark.parametrize(
    ("mode", "rows"),
    [
        ("binary", [[0, 1, 1, 1], [0, 1, 0, 0]]),
        ("count", [[0, 1, 2, 1], [0, 1, 0, 0]]),
        ("freq", [[0, 0.25, 0.5, 0.25], [0, 1, 0, 0]]),
        (
            "tfidf",
            [[0, 1.38629436, 1.17360019, 0.55961579], [0, 1.38629436, 0, 0]],
        ),
    ],
)
def test_matrix(tokenizer, mode, rows):
    matrix = tokenizer.texts_to_matrix(["the bird cat the", "dog"], mode=mode)
    np.testing.assert_allclose(matrix, rows, rtol=1e-7)


def test_sequences_count_too():
    tokenizer = Tokenizer(num_words=3)
    tokenizer.fit_on_sequences([[1, 2], [1]])
    assert tokenizer.index_docs == {1: 2, 2: 1}
    assert tokenizer.sequences_to_matrix([[1]], "tfidf")[0, 1] == np.log(1 + 2 / 3)


def test_characters_and_analyzers():
    tokenizer = Tokenizer(char_level=True)
    tokenizer.fit_on_texts(["aBa", "b"])
    assert tokenizer.word_index == {"a": 1, "b": 2}
    assert tokenizer.texts_to_sequences(["ab"]) == [[1, 2]]
    tokenizer = Tokenizer(analyzer=lambda x: x.split("-"))
    tokenizer.fit_on_texts(["a-b-b"])
    assert tokenizer.word_index == {"b": 1, "a": 2}


def test_json_as_keras_writes_it(tokenizer):
    config = json.loads(tokenizer.to_json())["config"]
    docs = json.loads(config["index_docs"])
    assert docs == {"3": 3, "4": 1, "2": 2, "5": 1, "6": 1}
    twin = text.tokenizer_from_json(tokenizer.to_json())
    assert twin.get_config() == tokenizer.get_config()
    assert twin.texts_to_sequences(["own cat"]) == [[1, 3]]
    twin.fit_on_texts(["own own own own own own"])
    assert twin.word_index["own"] == 2


def test_words_and_hashes():
    words = text.text_to_word_sequence
    assert words("Hi, you\tand me!") == ["hi", "you", "and", "me"]
    assert words("a,B", split=",", lower=False) == ["a", "B"]
    assert text.hashing_trick("a b c a", 10, hash_function="md5") == [2, 5, 8, 2]
    assert text.hashing_trick("a b", 7, hash_function=len) == [2, 2]
    one, two, again = text.one_hot("x y x", 1000)
    assert one == again and 1 <= two < 1000


def test_errors(tokenizer):
    with pytest.raises(ValueError, match="mode must be one of"):
        tokenizer.sequences_to_matrix([[1]], mode="x")
    with pytest.raises(ValueError, match="how many columns"):
        Tokenizer().sequences_to_matrix([[1]])
    with pytest.raises(ValueError, match="'tfidf' needs fit_on_texts"):
        Tokenizer(num_words=3).sequences_to_matrix([[1]], "tfidf")
    with pytest.raises(TypeError, match="unexpected arguments"):
        Tokenizer(words=3)
    with pytest.raises(ValueError, match="n must be at least 2"):
        text.hashing_trick("a", 1)


def test_the_name_that_num_words_had():
    with pytest.warns(DeprecationWarning, match="Tokenizer\\(num_words=3\\)"):
        assert Tokenizer(nb_words=3).num_words == 3
    with pytest.raises(TypeError, match="unexpected arguments"):
        Tokenizer(num_words=3, nb_words=3)
