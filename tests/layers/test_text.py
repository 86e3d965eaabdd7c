"""Strings: in layers, in models, and where they do not belong."""

import json

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.preprocessing.dataset import Dataset

TEXTS = np.array(["a good film", "a bad film", "so good", "so bad", "good", "bad"] * 4)
LABELS = np.array([1, 0, 1, 0, 1, 0] * 4)


def classifier(**options):
    vectorize = layers.TextVectorization(output_sequence_length=4, **options)
    vectorize.adapt(TEXTS)
    model = keras.Sequential(
        [
            keras.Input((1,), dtype="string"),
            vectorize,
            layers.Embedding(vectorize.vocabulary_size(), 4),
            layers.GlobalAveragePooling1D(),
            layers.Dense(1, activation="sigmoid"),
        ]
    )
    adam = keras.optimizers.Adam(0.1)
    model.compile(adam, "binary_crossentropy", metrics=["accuracy"])
    return model


def test_a_model_of_texts_learns_and_tells_them_apart():
    keras.utils.set_random_seed(0)
    model = classifier()
    history = model.fit(TEXTS, LABELS, batch_size=8, epochs=15, verbose=0)
    assert history.history["accuracy"][-1] == 1
    good, bad = model.predict(["a good day", "what a bad day"], verbose=0)[:, 0]
    assert good > 0.8 > 0.2 > bad


def test_eager_and_compiled_are_the_same():
    histories = []
    for eager in (True, False):
        keras.utils.set_random_seed(0)
        model = classifier()
        model.compile("adam", "mse", run_eagerly=eager)
        histories.append(model.fit(TEXTS, LABELS, 4, 3, verbose=0).history)
        histories[-1]["weights"] = [w.tolist() for w in model.get_weights()]
    assert histories[0] == histories[1]


@pytest.mark.parametrize(
    "x",
    [
        TEXTS,
        TEXTS[:, None],
        TEXTS.astype(object),
        TEXTS.tolist(),
        TEXTS[:, None].tolist(),
        np.char.encode(TEXTS),
        [text.encode() for text in TEXTS.tolist()],
    ],
    ids=["str", "column", "objects", "list", "lists", "bytes", "list of bytes"],
)
def test_forms_of_texts(x):
    keras.utils.set_random_seed(0)
    model = classifier()
    expected = model.predict(TEXTS, verbose=0)
    np.testing.assert_array_equal(model.predict(x, verbose=0), expected)
    batches = Dataset.from_tensor_slices(np.asarray(x)).batch(6)
    np.testing.assert_array_equal(model.predict(batches, verbose=0), expected)
    model.fit(x, LABELS, verbose=0)
    model.evaluate(x, LABELS, verbose=0)
    model.train_on_batch(x, LABELS)


def test_without_an_input_the_data_tells_the_dtype():
    lookup = layers.StringLookup(vocabulary=["red", "blue"], output_mode="one_hot")
    model = keras.Sequential([lookup, layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(np.array(["red", "blue", "pink"]), np.ones(3), verbose=0)
    assert model.input_shape[1:] == () and model.inputs[0].dtype == "string"
    assert model.layers[1].kernel.shape == (3, 1)

    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.lookup, self.dense = lookup, layers.Dense(1)

        def call(self, inputs):
            return self.dense(self.lookup(inputs))

    own = Own()
    assert own.predict(["red", "blue"], verbose=0).shape == (2, 1)


def test_words_and_numbers_side_by_side():
    word = keras.Input((1,), dtype="string", name="word")
    size = keras.Input((2,), name="size")
    lookup = layers.StringLookup(vocabulary=["x", "y"], output_mode="one_hot")
    joined = layers.Concatenate()([lookup(word), size])
    model = keras.Model([word, size], layers.Dense(1)(joined))
    model.compile("sgd", "mse")
    words, sizes = np.array(["x", "y", "z"]), np.ones((3, 2))
    first = model.fit({"word": words, "size": sizes}, np.ones(3), verbose=0)
    assert np.isfinite(first.history["loss"])
    with pytest.raises(ValueError, match="input 'word' must be of dtype string, got f"):
        model.predict([sizes[:, :1], sizes], verbose=0)
    with pytest.raises(ValueError, match="input 'size' must be of dtype float32, got"):
        model.predict([words, words], verbose=0)


def test_layers_of_numbers_refuse_strings():
    with pytest.raises(ValueError, match="the input must be numeric, got strings"):
        layers.Dense(1)(np.array([["a"]]))
    with pytest.raises(ValueError, match="the input must be numeric, got strings"):
        layers.Dense(1)(keras.Input((1,), dtype="string"))
    text = keras.ops.convert_to_tensor(np.array(["a"]))
    for x in (text, keras.Input((1,), dtype="string")):
        with pytest.raises(TypeError, match="exp: strings cannot be computed with"):
            keras.ops.exp(x)
        assert keras.ops.expand_dims(x, -1).shape[-1] == 1
    with pytest.raises(ValueError, match="numbers in a regular grid"):
        keras.ops.convert_to_tensor(np.array(["a", 1], object))

    class Length(layers.Layer):
        takes_text = True

        def call(self, x):
            return keras.ops.convert_to_tensor([len(text) for text in x.tolist()])

    assert Length()(np.array(["one", "three"])).tolist() == [3, 5]


def test_layers_that_only_move_take_strings():
    words = np.array([["a", "b"]])
    for layer in (layers.Identity(), layers.Flatten(), layers.Lambda(lambda x: x)):
        assert layer(words).tolist() == [["a", "b"]]
    assert layers.Reshape((2, 1))(words).tolist() == [[["a"], ["b"]]]


# Adapting -----------------------------------------------------------------------------


def test_adapting_to_batches_is_adapting_to_all():
    whole = layers.TextVectorization(output_mode="tf_idf", ngrams=2)
    whole.adapt(TEXTS)
    for data, options in (
        (TEXTS, {"batch_size": 5}),
        (Dataset.from_tensor_slices(TEXTS).batch(7), {}),
        ([TEXTS[:3], TEXTS[3:]], {}),
        ((TEXTS[i : i + 2] for i in range(0, len(TEXTS), 2)), {}),
    ):
        layer = layers.TextVectorization(output_mode="tf_idf", ngrams=2)
        layer.adapt(data, **options)
        assert layer.get_vocabulary() == whole.get_vocabulary()
        np.testing.assert_array_equal(layer(TEXTS), whole(TEXTS))


def test_adapting_again_forgets():
    layer = layers.StringLookup()
    layer.adapt(["a", "b"])
    layer.adapt(["c"])
    assert layer.get_vocabulary() == ["[UNK]", "c"]
    layer.adapt([["d"], ["e"]], steps=1)
    assert layer.get_vocabulary() == ["[UNK]", "e", "d"]
    bins = layers.Discretization(num_bins=2)
    bins.adapt([1.0, 2.0, 3.0, 4.0])
    first = bins.bin_boundaries
    bins.adapt([10.0, 20.0, 30.0, 40.0])
    assert bins.bin_boundaries != first


def test_what_cannot_be_adapted_to_is_said():
    layer = layers.StringLookup()
    with pytest.raises(ValueError, match="data must hold x alone"):
        layer.adapt(Dataset.from_tensor_slices((TEXTS, LABELS)).batch(4))
    with pytest.raises(ValueError, match="data must hold at least one batch"):
        layer.adapt(iter(()))
    with pytest.raises(ValueError, match="steps must be a positive int"):
        layer.adapt(["a"], steps=0)
    with pytest.raises(ValueError, match="must be strings, in a regular grid"):
        layer.adapt([["a"], ["b", "c"]])
    given = layers.StringLookup(vocabulary=["a"])
    with pytest.raises(ValueError, match="was given what it could learn"):
        given.adapt(["b"])
    assert given.get_vocabulary() == ["[UNK]", "a"]


# Vocabularies -------------------------------------------------------------------------


def test_vocabulary_from_a_file_and_to_a_file(tmp_path):
    file = tmp_path / "words.txt"
    file.write_text("é\nb", "utf-8")
    layer = layers.StringLookup(vocabulary=str(file), mask_token="")
    assert layer.get_vocabulary() == ["", "[UNK]", "é", "b"]
    assert layer.get_vocabulary(include_special_tokens=False) == ["é", "b"]
    assert layer.get_config()["vocabulary"] == ["é", "b"]
    layer.save_assets(tmp_path)
    assert (tmp_path / "vocabulary.txt").read_bytes().decode() == "\n[UNK]\né\nb"
    twin = layers.StringLookup(mask_token="")
    twin.load_assets(str(tmp_path))
    assert twin.get_vocabulary() == layer.get_vocabulary()
    ints = layers.IntegerLookup()
    ints.adapt([7, 9, 9])
    ints.save_assets(tmp_path)
    other = layers.IntegerLookup()
    other.load_assets(tmp_path)
    assert other.get_vocabulary() == [-1, 9, 7]
    with pytest.raises(ValueError, match="there is no vocabulary file at"):
        layers.StringLookup(vocabulary=str(tmp_path / "none.txt"))


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup", "TextVectorization"])
def test_a_config_names_no_file(name, tmp_path):
    """CVE-2025-12058: a config from a stranger must not make the loader read files."""
    file = tmp_path / "secret.txt"
    file.write_text("1\n2")
    cls = getattr(layers, name)
    config = cls().get_config() | {"vocabulary": str(file)}
    with pytest.raises(ValueError, match="vocabulary must be a list in a config"):
        cls.from_config(config)
    form = {"module": "keras.layers", "class_name": name, "config": config}
    with pytest.raises(ValueError, match="vocabulary must be a list in a config"):
        layers.deserialize(form)


def test_encodings():
    layer = layers.StringLookup(vocabulary=["é"], encoding="latin-1")
    assert layer(np.array(["é".encode("latin-1")])).tolist() == [1]
    with pytest.raises(ValueError, match="must be bytes in utf-8"):
        layers.StringLookup(vocabulary=["é"])(np.array(["é".encode("latin-1")]))


def test_weights_of_words_out_of_the_vocabulary():
    vocabulary, weights = ["[UNK]", "a", "b"], [0.9, 0.25, 0.75]
    layer = layers.StringLookup(output_mode="tf_idf")
    layer.set_vocabulary(vocabulary, weights)
    out = layer([["a", "z", "z"]]).numpy()
    np.testing.assert_allclose(out, [[1.8, 0.25, 0]], rtol=1e-6)


def test_own_functions_standardize_and_split():
    layer = layers.TextVectorization(
        standardize=lambda x: np.char.replace(np.char.lower(x), "<br />", " "),
        split=lambda x: np.char.split(x, ","),
        vocabulary=["a b", "c"],
    )
    assert layer(np.array([["A<br />B,C"], ["c"]])).tolist() == [[2, 3], [3, 0]]


def test_config_holds_what_was_given_not_what_was_learned():
    learned = layers.TextVectorization(max_tokens=5)
    learned.adapt(TEXTS)
    config = json.loads(json.dumps(learned.get_config()))
    assert config["vocabulary"] is None and config["vocabulary_size"] == 5
    twin = layers.TextVectorization.from_config(config)
    assert twin.get_vocabulary() == ["", "[UNK]"]
    twin.adapt(TEXTS)
    assert twin.get_vocabulary() == learned.get_vocabulary()
    given = layers.TextVectorization(
        vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[1.0, 2.0]
    )
    twin = layers.TextVectorization.from_config(given.get_config())
    np.testing.assert_array_equal(twin(["a b b c"]), given(["a b b c"]))
    bins = layers.Discretization(num_bins=3)
    bins.adapt(np.arange(9.0))
    twin = layers.Discretization.from_config(bins.get_config())
    assert twin.bin_boundaries == bins.bin_boundaries
    twin.adapt(np.arange(90.0))
    assert twin.bin_boundaries != bins.bin_boundaries


def test_a_model_of_texts_in_a_file(tmp_path):
    words = layers.TextVectorization(vocabulary=["a", "b"], output_mode="count")
    model = keras.Sequential(
        [keras.Input((1,), dtype="string"), words, layers.Dense(2)]
    )
    model.compile("sgd", "mse")
    model.save(tmp_path / "text.h5")
    twin = keras.models.load_model(tmp_path / "text.h5")
    x = np.array(["a b", "b b c"])
    np.testing.assert_array_equal(
        twin.predict(x, verbose=0), model.predict(x, verbose=0)
    )


def test_batch_size_is_for_arrays_only():
    layer = layers.TextVectorization()
    layer.adapt(Dataset.from_tensor_slices(TEXTS).batch(3), batch_size=2)
    assert layer.get_vocabulary()[2:4] == ["good", "bad"]


@pytest.mark.parametrize(
    ("options", "x", "expected"),
    [
        ({}, ["a", "b"], [2, 3]),
        ({"output_sequence_length": 3}, ["a", "b"], [2, 3, 0]),
        ({"output_sequence_length": 1}, ["a", "b"], [2]),
        ({"ngrams": (2,)}, ["a", "b"], [1]),
        ({"ngrams": 2}, ["a", "b"], [2, 3, 1]),
        ({"output_sequence_length": 3}, [["a", "b"]], [[2, 3, 0]]),
        ({"output_mode": "count"}, ["a", "b"], [0, 1, 1]),
    ],
)
def test_tokens_that_are_not_split_are_those_of_one_text(options, x, expected):
    """Values of Keras 3.15.1 on TensorFlow."""
    layer = layers.TextVectorization(split=None, vocabulary=["a", "b"], **options)
    assert layer(np.array(x)).tolist() == expected
    if np.ndim(x) == 2:
        symbol = layer(keras.Input((2,), dtype="string"))
        assert symbol.shape[1:] == np.shape(expected)[1:]
