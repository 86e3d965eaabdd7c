"""`FeatureSpace`: values of Keras 3.15.1 on TensorFlow, for the same columns."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers
from minikeras.preprocessing.dataset import Dataset
from minikeras.utils import FeatureSpace

DATA = {
    "f": [0.0, 0.1, 0.2, 0.3],
    "s": ["zero", "one", "two", "three"],
    "i": [0, 1, 2, 3],
}
KINDS = {"f": "float_normalized", "s": "string_categorical", "i": "integer_categorical"}
NUMBERS = [1.0, 5.0, 2.0, 8.0]
MADE = {  # what each kind makes of its column, in Keras
    "fd": (FeatureSpace.float_discretized(3), NUMBERS, np.eye(3)[[0, 2, 1, 2]]),
    "fi": (
        FeatureSpace.float_discretized(3, output_mode="int"),
        NUMBERS,
        [[0], [2], [1], [2]],
    ),
    "fl": (FeatureSpace.float(), NUMBERS, [[1], [5], [2], [8]]),
    "fn": (
        FeatureSpace.float_normalized(),
        NUMBERS,
        [[-1.09544], [0.365150], [-0.73030], [1.460590]],
    ),
    "fr": (FeatureSpace.float_rescaled(2.0, 1.0), NUMBERS, [[3], [11], [5], [17]]),
    "ic": (
        FeatureSpace.integer_categorical(max_tokens=3),
        DATA["i"],
        np.eye(3)[[0, 0, 2, 1]],
    ),
    "ih": (FeatureSpace.integer_hashed(5), DATA["i"], np.eye(5)[[0, 4, 4, 1]]),
    "io": (
        FeatureSpace.integer_categorical(output_mode="int", num_oov_indices=2),
        DATA["i"],
        [[5], [4], [3], [2]],
    ),
    "sc": (
        FeatureSpace.string_categorical(max_tokens=3),
        DATA["s"],
        np.eye(3)[[1, 0, 2, 0]],
    ),
    "sh": (
        FeatureSpace.string_hashed(5, output_mode="int"),
        DATA["s"],
        [[3], [0], [4], [0]],
    ),
    "so": (
        FeatureSpace.string_categorical(output_mode="int"),
        DATA["s"],
        [[1], [4], [2], [3]],
    ),
}
CROSSES = {
    "ic_X_sc": (FeatureSpace.cross(("ic", "sc"), 4), np.eye(4)[[3, 0, 3, 1]]),
    "ih_X_sh": (FeatureSpace.cross(("ih", "sh"), 5, "int"), [[2], [1], [2], [3]]),
}


def space(data=DATA, **options):
    made = FeatureSpace(KINDS, **options)
    made.adapt(data)
    return made


def test_each_kind_and_crosses_as_in_keras():
    columns = {name: column for name, (_, column, _) in MADE.items()}
    made = FeatureSpace(
        {name: feature for name, (feature, _, _) in MADE.items()},
        output_mode="dict",
        crosses=[cross for cross, _ in CROSSES.values()],
    )
    made.adapt(columns)
    out = made(columns)
    assert list(out) == [*sorted(MADE), *CROSSES]
    wanted = {k: v for k, (_, _, v) in MADE.items()} | {
        k: v for k, (_, v) in CROSSES.items()
    }
    for name, x in out.items():
        np.testing.assert_allclose(x, wanted[name], atol=1e-5, err_msg=name)
        symbol = made.get_encoded_features()[name]
        assert symbol.shape == (None, *x.shape[1:]) and symbol.dtype == x.dtype.name


def test_one_vector_of_all():
    made = space(crosses=[("s", "i")])
    out = made(DATA).numpy()
    assert out.shape == (4, 43)  # 1 + 5 + 5 + 32
    weighed = (out.ravel() * np.arange(out.size)).sum()
    np.testing.assert_allclose([out.sum(), weighed], [12, 1144.302], rtol=1e-5)
    columns = {k: np.array(v).reshape(-1, 1) for k, v in DATA.items()}
    np.testing.assert_array_equal(made(columns), out)
    np.testing.assert_array_equal(made({k: v[1] for k, v in DATA.items()}), out[1])
    assert list(made.crossers) == ["s_X_i"]
    assert [type(x).__name__ for x in made.preprocessors.values()] == [
        "Normalization",
        "StringLookup",
        "IntegerLookup",
    ]


@pytest.mark.parametrize("batch", [None, 1, 3])
def test_adapting_to_a_dataset(batch):
    rows = Dataset.from_tensor_slices(DATA)
    made = space(rows if batch is None else rows.batch(batch))
    np.testing.assert_allclose(made(DATA), space()(DATA), atol=1e-6)
    encoded = list(rows.map(made))
    assert [np.shape(x) for x in encoded] == [(11,)] * 4
    np.testing.assert_allclose(np.stack(encoded), made(DATA), atol=1e-6)
    assert [len(x) for x in rows.batch(3).map(made)] == [3, 1]


def test_in_a_model_from_the_raw_columns():
    made = space(crosses=[("s", "i")])
    inputs = made.get_inputs()
    assert {k: (x.shape, x.dtype) for k, x in inputs.items()} == {
        "f": ((None, 1), "float32"),
        "s": ((None, 1), "string"),
        "i": ((None, 1), "int32"),
    }
    dense = layers.Dense(1, kernel_initializer="ones")
    model = keras.Model(inputs, dense(made.get_encoded_features()))
    data = {k: np.array(v) for k, v in DATA.items()}
    np.testing.assert_allclose(
        model.predict(data, verbose=0),
        [[1.65836], [2.55279], [3.44721], [4.34164]],
        rtol=1e-5,
    )
    model.compile("sgd", "mse")
    first = model.evaluate(data, np.zeros(4), verbose=0)
    model.fit(data, np.zeros(4), epochs=5, verbose=0)
    assert model.evaluate(data, np.zeros(4), verbose=0) < first


def test_a_layer_of_ones_own():
    texts = {"t": ["1st string", "2nd string", "3rd string"]}
    layer = layers.TextVectorization(output_mode="tf_idf")
    feature = FeatureSpace.feature("string", layer, "float")
    made = FeatureSpace({"t": feature})
    made.adapt(texts)
    out = made(texts).numpy()
    assert out.shape == (3, 5)
    np.testing.assert_allclose(out[0], [0, 0.55962, 0, 0, 0.91629], atol=1e-5)


def test_given_boundaries_need_no_data():
    made = FeatureSpace(
        {"a": FeatureSpace.float_discretized(None, bin_boundaries=[1.0, 4.0])}
    )
    assert made({"a": [0.0, 2.0, 9.0]}).tolist() == np.eye(3).tolist()


def test_config_makes_a_twin_that_has_learned_nothing():
    made = space(crosses=[("s", "i")], crossing_dim=6)
    twin = FeatureSpace.from_config(made.get_config())
    with pytest.raises(ValueError, match="it has not seen data yet"):
        twin(DATA)
    twin.adapt(DATA)
    np.testing.assert_array_equal(twin(DATA), made(DATA))
    assert twin.get_config()["crosses"] == made.get_config()["crosses"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({},), "features must be a dict from names of columns"),
        (({"a": "bad"},), r"features\['a'\] must be one of 'float'"),
        (({"a": 3},), r"features\['a'\] must be one of 'float'"),
        (({"a": "float"}, "list"), "output_mode must be one of 'concat', 'dict'"),
        (({"a": "float"}, "dict", [("a", "b")]), "must name features that are prep"),
        (({"a": "string_hashed"}, "dict", [("a", "b")]), "must name features, which"),
    ],
)
def test_wrong_arguments_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        FeatureSpace(*arguments)


def test_wrong_data_is_explained():
    made = space()
    for data, message in (
        ({"f": [1.0]}, "data must have the columns f, s, i, got f"),
        ({**DATA, "z": [1]}, "They differ in z"),
        ([1.0], "data must be a dict of columns"),
        ({**DATA, "f": np.ones((4, 2))}, r"data\['f'\] must have shape \(rows,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            made(data)
    with pytest.raises(ValueError, match="dataset must be a Dataset of dicts"):
        FeatureSpace(KINDS).adapt([1])
    ints = FeatureSpace({"a": FeatureSpace.integer_hashed(3, output_mode="int")})
    with pytest.raises(ValueError, match="cannot stand beside floats in one vector"):
        ints({"a": [1]})
    with pytest.raises(ValueError, match=r"must have num_bins or vocabulary_size\(\)"):
        FeatureSpace(
            {"a": FeatureSpace.feature("float32", layers.Rescaling(2.0), "one_hot")}
        )({"a": [1.0]})
