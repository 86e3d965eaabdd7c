"""Calls of the layers for tables and text, and their results in Keras.

Keras needs TensorFlow for these layers, so its results are kept in
tests/data/keras_tables.json; this module writes that file, where Keras and TensorFlow
are installed:

    KERAS_BACKEND=tensorflow python -m tests.parity.table_calls
"""

import itertools
import json
import pathlib

import numpy as np

STORED = pathlib.Path(__file__).parents[1] / "data" / "keras_tables.json"
TEXTS = ["The cat sat on the mat.", "A dog; the DOG ate!", "cat and dog and bird"]
WORDS = [["b", "a", "b"], ["c", "b", "a"]]
ASKED = [["a", "b", "z"], ["c", "y", "a"]]
NUMBERS = [[5, 7, 5], [9, 7, 5]]
FLOATS = [[-1.5, 1.0, 3.4, 0.5], [0.0, 3.0, 1.3, 0.0]]
MODES = ("int", "one_hot", "multi_hot", "count")
UNICODE = ["Über alles — naïve café!", "日本語 テキスト", "straße ÇA\tva\nbien", ""]
LENGTHS = (*range(1, 20), *range(28, 36), *range(60, 70), 96, 97, 127, 128, 129, 200)
LONG = ["".join(chr(97 + i * 7 % 26) for i in range(n)) for n in LENGTHS]


def case(layer, data, adapt=None, **kwargs):
    """A call: of which layer, made with what, adapted to what, on what."""
    return {"layer": layer, "kwargs": kwargs, "adapt": adapt, "data": data}


def discretizations():
    bounds = [0.0, 0.5, 1.5]
    for mode in MODES:
        yield case("Discretization", FLOATS, bin_boundaries=bounds, output_mode=mode)
        yield case("Discretization", [1, 3], bin_boundaries=bounds, output_mode=mode)
        column = [[0.5], [7.0]]
        yield case("Discretization", column, bin_boundaries=bounds, output_mode=mode)
    spread = (np.sin(np.arange(3000) * 1.7) * 10).round(3).tolist()
    for bins, epsilon in itertools.product((2, 4, 10, 30), (0.01, 0.1, 1e-4)):
        options = {"num_bins": bins, "epsilon": epsilon}
        yield case("Discretization", FLOATS, FLOATS, **options)
        yield case("Discretization", spread[:50], spread, **options)
    yield case("Discretization", [[1, 2]], [[5, 7], [9, 7]], num_bins=3)
    yield case("Discretization", FLOATS)
    yield case("Discretization", FLOATS, num_bins=2, bin_boundaries=[1.0])
    yield case("Discretization", FLOATS, num_bins=-1)
    yield case("Discretization", FLOATS, num_bins=2, output_mode="tf_idf")


def hashings():
    strings, ints = [[word] for word in LONG], [[n] for n in (0, 3, -7, 10**9, 2**40)]
    for salt, data in itertools.product((None, 133, (133, 137)), (strings, ints)):
        yield case("Hashing", data, num_bins=1000, salt=salt)
    yield case("Hashing", [[word] for word in UNICODE], num_bins=97)
    for mode, data in itertools.product(MODES, (ASKED, [["a"], ["z"]], ["a", "b"])):
        yield case("Hashing", data, num_bins=4, output_mode=mode)
    yield case("Hashing", ASKED, num_bins=3, mask_value="a")
    yield case("Hashing", NUMBERS, num_bins=3, mask_value=7)
    for wrong in ({"num_bins": 0}, {"num_bins": None}, {"num_bins": 3, "salt": "x"}):
        yield case("Hashing", ASKED, **wrong)
    yield case("Hashing", ASKED, num_bins=3, salt=[1, 2, 3])
    yield case("Hashing", ASKED, num_bins=3, output_mode="tf_idf")


def crossings():
    words, numbers = ["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]
    column = [[n] for n in numbers]
    for mode in ("int", "one_hot"):
        for data in ([words, numbers], [[[w] for w in words], column], [numbers] * 3):
            yield case("HashedCrossing", data, num_bins=7, output_mode=mode)
        yield case("HashedCrossing", ["A", 101], num_bins=7, output_mode=mode)
    yield case("HashedCrossing", [LONG, LONG[::-1], LONG], num_bins=1000)
    yield case("HashedCrossing", [words], num_bins=7)
    yield case("HashedCrossing", [words, [0.5] * 5], num_bins=7)
    yield case("HashedCrossing", [[words] * 2, [numbers] * 2], num_bins=7)
    yield case("HashedCrossing", [words, numbers], num_bins=3, output_mode="count")


def lookups(layer, known, adapt, asked, mask):
    for mode, oov in itertools.product((*MODES, "tf_idf"), (0, 1, 3)):
        options = {"output_mode": mode, "num_oov_indices": oov}
        data = asked if oov else [row[:1] for row in asked]
        yield case(layer, data, adapt, **options)
        yield case(layer, data, adapt, mask_token=mask, **options)
        weights = {"idf_weights": [0.5, 1.5, 2.5]} if mode == "tf_idf" else {}
        given = {"vocabulary": known, **weights, **options}
        yield case(layer, data, **given)
        yield case(layer, asked, mask_token=mask, **given)
        yield case(layer, [row[:1] for row in asked], **given)
        yield case(layer, [row[0] for row in asked], **given)
    for tokens, pad in itertools.product((2, 3, 7), (False, True)):
        options = {"max_tokens": tokens, "pad_to_max_tokens": pad}
        for mode in ("multi_hot", "tf_idf", "int"):
            yield case(layer, asked, adapt, output_mode=mode, **options)
    places = [[0, 1, 2], [3, 4, 1]]
    for oov, token in itertools.product((0, 1, 2), (None, mask)):
        options = {"num_oov_indices": oov, "mask_token": token, "invert": True}
        yield case(layer, places, vocabulary=known, **options)
        yield case(layer, places, adapt, **options)
    oov = "[UNK]" if layer == "StringLookup" else -1
    for tokens in ([oov, *known], [mask, oov, *known], [*known, known[0]], [known[0]]):
        yield case(layer, asked, vocabulary=tokens)
        yield case(layer, asked, vocabulary=tokens, mask_token=mask)
    yield case(layer, asked)
    yield case(layer, asked, vocabulary=[])
    for rows in ([row[0] for row in asked], [asked[0] * 3 + asked[1]]):
        yield case(layer, rows, adapt[0] + adapt[1], output_mode="tf_idf")
    for wrong in (
        {"max_tokens": 1}, {"num_oov_indices": -1}, {"output_mode": "bad"},
        {"invert": True, "output_mode": "count"}, {"pad_to_max_tokens": True},
        {"vocabulary": known, "output_mode": "tf_idf"}, {"idf_weights": [1.0]},
        {"vocabulary": known, "max_tokens": 2},
        {"vocabulary": known, "oov_token": known[0]},
        {"vocabulary": known, "mask_token": known[1]},
    ):  # fmt: skip
        yield case(layer, asked, **wrong)


def vectorizations():
    asked = ["the bird sat", "dog and unknown cat", ""]
    for mode, length in itertools.product(("int", *MODES[2:], "tf_idf"), (None, 3, 6)):
        options = {"output_mode": mode, "output_sequence_length": length}
        yield case("TextVectorization", asked, TEXTS, **options)
        column = [[text] for text in asked]
        yield case("TextVectorization", column, column, **options)
    marks = {"standardize": [None, "lower", "strip_punctuation"]}
    marks["standardize"].append("lower_and_strip_punctuation")
    for standardize, split in itertools.product(
        marks["standardize"], ("whitespace", "character", None)
    ):
        options = {"standardize": standardize, "split": split}
        yield case("TextVectorization", TEXTS[:2], TEXTS, **options)
        yield case("TextVectorization", UNICODE, UNICODE, **options)
    punctuation = ["a!b\"c#d$e%f&g'h(i)j*k+l,m-n.o/p:q;r<s=t>u?v@w[x\\y]z^_`{|}~ ¿¡—…"]
    yield case("TextVectorization", punctuation, punctuation)
    yield case("TextVectorization", punctuation, punctuation, split="character")
    spaces = ["a  b\tc\nd\u00a0e\u2003f\x0bg\x0ch\x1ci "]
    yield case("TextVectorization", spaces, spaces)
    for ngrams, mode in itertools.product((1, 2, 3, (2,), (1, 3)), ("int", "count")):
        yield case("TextVectorization", TEXTS, TEXTS, ngrams=ngrams, output_mode=mode)
    known = ["cat", "dog", "the"]
    for extra in ([], ["", "[UNK]"], ["[UNK]"]):
        for mode in ("int", "count"):
            options = {"vocabulary": extra + known, "output_mode": mode}
            yield case("TextVectorization", asked, **options)
    weights = {"idf_weights": [1.0, 2.0, 3.0], "vocabulary": known}
    yield case("TextVectorization", asked, output_mode="tf_idf", **weights)
    for tokens, pad, mode in itertools.product(
        (4, 20), (False, True), ("int", "multi_hot", "tf_idf")
    ):
        options = {"max_tokens": tokens, "pad_to_max_tokens": pad, "output_mode": mode}
        yield case("TextVectorization", asked, TEXTS, **options)
    yield case("TextVectorization", "the cat", TEXTS)
    yield case("TextVectorization", [["a", "b"], ["b", "c"]], vocabulary=["a", "b"])
    yield case("TextVectorization", [["a", "b"]], vocabulary=["a", "b"], split=None)
    for wrong in (
        {"output_mode": "one_hot"}, {"standardize": "x"}, {"split": "x"},
        {"ngrams": "x"}, {"ngrams": 0}, {"output_sequence_length": "x"},
        {"output_sequence_length": 0}, {"max_tokens": 1}, {"idf_weights": [1.0]},
        {"output_mode": "count", "output_sequence_length": 3},
    ):  # fmt: skip
        yield case("TextVectorization", asked, TEXTS, **wrong)


def lookups_of_their_own():
    for salt in (None, 5, (5, 7)):
        options = {"num_oov_indices": 9, "vocabulary": ["a"], "salt": salt}
        yield case("StringLookup", [LONG], **options)
    ints = [[1, 2, 3, 4, 5, 6, -1, -20, 2**40]]
    for method, salt in (("floormod", None), ("farmhash", None), ("farmhash", 3)):
        options = {"num_oov_indices": 5, "oov_method": method, "salt": salt}
        yield case("IntegerLookup", ints, vocabulary=[4], **options)
    yield case("IntegerLookup", ints, vocabulary=[4], salt=3)
    yield case("IntegerLookup", ints, vocabulary=[4], oov_method="bad")
    yield case("IntegerLookup", [[9, 100]], [9, 10, 9, 10, 100, 3, -1])
    for places in ([0, 1, 2, 3], [-1, 7]):
        yield case("StringLookup", places, vocabulary=["a", "[UNK]"], invert=True)
        yield case("StringLookup", places, vocabulary=["a", "b"], invert=True)


CALLS = [
    *discretizations(),
    *hashings(),
    *crossings(),
    *lookups("StringLookup", ["a", "b", "c"], WORDS, ASKED, ""),
    *lookups("IntegerLookup", [5, 7, 9], NUMBERS, [[5, 7, 1], [9, 12, 5]], 0),
    *lookups_of_their_own(),
    *vectorizations(),
]


def as_data(layer: str, data):
    """What the layer is fed: an array, or a tuple of them."""
    if layer == "HashedCrossing":
        return tuple(map(np.asarray, data))
    return np.asarray(data)


def run(keras, call: dict) -> dict:
    """Returns what a call gives: values, shape, dtype, vocabulary; or the error."""
    name = call["layer"]
    try:
        layer = getattr(keras.layers, name)(**call["kwargs"])
        if call["adapt"] is not None:
            layer.adapt(np.asarray(call["adapt"]))
        out = layer(as_data(name, call["data"]))
        if type(out).__name__ == "RaggedTensor":  # rows of several lengths
            return {"error": "TypeError"}
        out = np.asarray(out)
        told = {"values": plain(out), "dtype": kind(out), "shape": list(out.shape)}
        if hasattr(layer, "get_vocabulary"):
            told["vocabulary"] = plain(np.asarray(layer.get_vocabulary(), object))
            told["size"] = int(layer.vocabulary_size())
        if name == "Discretization":
            told["bounds"] = [float(b) for b in layer.bin_boundaries]
        return told
    except Exception as error:
        return {"error": type(error).__name__}


def kind(array: np.ndarray) -> str:
    return "string" if array.dtype.kind in "OSU" else array.dtype.name


def plain(array: np.ndarray):
    """Nested lists of strings, ints or floats of six digits."""
    if array.dtype.kind == "f":
        return [float(f"{x:.6g}") for x in array.ravel()]
    flat = [x.item() if isinstance(x, np.generic) else x for x in array.ravel()]
    return [x.decode() if isinstance(x, bytes) else x for x in flat]


def main():
    import keras

    results = [run(keras, call) for call in CALLS]
    lines = ",\n".join(json.dumps(r, ensure_ascii=False) for r in results)
    STORED.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(f"{len(results)} results of Keras {keras.__version__} in {STORED.name}")


if __name__ == "__main__":
    main()
