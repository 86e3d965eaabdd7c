"""The text of a program: it reads well, and what is printed is what runs."""

import gc
import linecache
import re
import traceback

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers


def lecture_network(**settings):
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(4, activation="sigmoid"),
            layers.Dense(3, activation="softmax"),
        ]
    )
    options = {"optimizer": "sgd", "loss": "categorical_crossentropy", **settings}
    model.compile(metrics=["accuracy"], **options)
    return model


def batches(count, samples=32, features=3):
    rng = np.random.default_rng(0)
    for _ in range(count):
        x = rng.normal(size=(samples, features)).astype("float32")
        yield x, np.eye(3, dtype="float32")[rng.integers(0, 3, samples)]


def trained(steps=3, make=lecture_network, **settings):
    model = make(**settings)
    for x, y in batches(steps):
        model.train_on_batch(x, y)
    return model


def bare(text):
    """Runs a text where there is nothing but what it brings along."""
    space = {}
    exec(compile(text, "text", "exec"), space)
    return space


def put_in(space, model):
    """Puts the weights of a model of Dense layers in the places of the text."""
    for layer in model.layers:
        for name, array in zip(("kernel", "bias"), layer.get_weights(), strict=True):
            space[f"{layer.name}_{name}"][...] = array


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "rmsprop"])
def test_the_printed_training_step_gives_the_numbers_of_the_model(optimizer):
    first = lecture_network(optimizer=optimizer)
    weights = first.get_weights()
    for x, y in batches(1):
        first.train_on_batch(x, y)  # one record, no plan yet
    text = first.source("train")
    fresh = lecture_network(optimizer=optimizer)
    fresh.set_weights(weights)
    space = bare(text)
    put_in(space, fresh)
    space["iteration"][...] = 0
    space["loss_total"][...] = space["loss_count"][...] = 0
    space["accuracy_total"][...] = space["accuracy_count"][...] = 0
    planned = lecture_network(optimizer=optimizer)
    eager = lecture_network(optimizer=optimizer, run_eagerly=True)
    totals = []
    for x, y in batches(5):
        for model in (planned, eager):
            totals.append(model.train_on_batch(x, y, return_dict=True)["loss"])
        before = space["loss_total"].copy()
        space["train_step"](x, y)
        assert space["loss_total"] != before
    for model in (planned, eager):
        for layer in model.layers:
            kernel, bias = layer.get_weights()
            assert space[f"{layer.name}_kernel"].tobytes() == kernel.tobytes()
            assert space[f"{layer.name}_bias"].tobytes() == bias.tobytes()
    expected = sum(totals[::2]) / 5
    assert float(space["loss_total"] / space["loss_count"]) == pytest.approx(expected)


def test_the_text_that_runs_is_the_text_that_is_shown():
    model = trained()
    (plan,) = model.train_function.plans()
    text = model.source("train")
    assert text == plan.source.text
    assert text.endswith(plan.source.step)
    name = plan._run.__code__.co_filename
    assert "".join(linecache.getlines(name)) == plan.source.step
    assert model.source() == text


def test_a_record_that_nothing_confirms_yet_has_its_text_too():
    once, thrice = trained(1), trained(3)
    assert once.train_function.plans() == []

    def forward(model):
        _, _, step = model.source("train").partition("def train_step")
        return step.partition("# Loss")[0]

    assert forward(once) == forward(thrice)
    assert forward(once).count("# Forward") == 3


def test_the_lecture_network_fits_on_two_screens():
    lines = trained().source("train").splitlines()
    assert len(lines) <= 132
    assert max(map(len, lines)) <= 88


def test_headings_go_forward_to_the_loss_and_back():
    text = trained().source("train")
    headings = re.findall(r"^    # (.*)$", text, flags=re.MULTILINE)
    headings = [h for h in headings if not h.startswith(" ")]
    assert [h.partition("  ")[0] for h in headings] == [
        "Forward: dense (Dense, sigmoid)",
        "Forward: dense_1 (Dense, sigmoid)",
        "Forward: dense_2 (Dense, softmax)",
        "Loss",
        "Backward: dense_2 (Dense)",
        "Backward: dense_1 (Dense)",
        "Backward: dense (Dense)",
        "Update: w = w - rate * g",
        "Metrics",
    ]
    assert headings[0].endswith("(32, 3) -> (32, 4)")
    assert headings[5].endswith("dL/dz = dL/da * a * (1 - a)")
    assert text.count("dL/dW = x.T @ dL/dz") == 3
    assert "np.dot(x, dense_kernel, out=dense_z)" in text


def test_values_are_called_as_in_their_kernels():
    text = trained().source("train")
    assert "out=share)" in text
    assert "np.multiply(" in text and "out=step)" in text
    assert not re.search(r"\bitem_?\d*\b =", text)


@pytest.mark.parametrize(
    ("settings", "formula"),
    [
        ({}, "Update: w = w - rate * g"),
        ({"momentum": 0.9}, "m = momentum * m - rate * g"),
        ({"momentum": 0.9, "nesterov": True}, "w = w + momentum * m - rate * g"),
    ],
)
def test_the_update_says_its_rule(settings, formula):
    model = trained(1, optimizer=keras.optimizers.SGD(0.1, **settings))
    text = model.source("train")
    assert formula in text[text.index("# Update") :]


def test_a_traceback_shows_the_line():
    (plan,) = trained().train_function.plans()
    with pytest.raises(ValueError, match="broadcast") as caught:
        plan._run(np.zeros((5, 3), "float32"), np.zeros((32, 3), "float32"))
    shown = "".join(traceback.format_exception(caught.value))
    assert "np.copyto(x, batch_x)" in shown
    assert "in train_step" in shown


def test_a_plan_that_is_gone_leaves_no_lines_behind():
    def count():
        gc.collect()
        return sum(name.startswith("<minikeras ") for name in linecache.cache)

    before = count()
    model = trained()
    model.predict(np.zeros((4, 3)), verbose=0)
    assert count() > before
    del model
    assert count() == before


def mixed_network():
    keras.utils.clear_session()
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((20,)),
            layers.Dense(400, activation="relu"),
            layers.Dropout(0.3),
            layers.Dense(400, activation="tanh"),
            layers.BatchNormalization(),
            layers.Dense(3),
        ]
    )
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile("adam", loss)
    return model


def test_draws_helpers_and_blocks_are_part_of_the_text():
    model = mixed_network()
    steps = list(batches(6, samples=8, features=20))
    for x, y in steps[:3]:
        model.train_on_batch(x, y)
    (plan,) = model.train_function.plans()
    text = model.source()
    assert "import minikeras" not in text
    assert "in_parallel(move_blocks, shares" in text
    space, names = bare(text), plan.source.names
    for v in plan.program.values():
        if hasattr(v.label, "path") and v.root is v and names.of(v) in space:
            space[names.of(v)][...] = v.array
    for arena, flats in zip(plan.arenas, plan._flats, strict=True):
        for part, flat in zip(arena.parts, flats, strict=True):
            space[names.of(part)][...] = flat
    for x, y in steps[3:]:
        model.train_on_batch(x, y)
        space["train_step"](x, y)
    (arena,) = plan.arenas
    for part, flat in zip(arena.parts, plan._flats[0], strict=True):
        assert space[names.of(part)].tobytes() == flat.tobytes()
    for name, array in space.items():
        if name.startswith("batch_normalization_moving"):
            assert array.tobytes() in [v.array.tobytes() for v in model.variables]


# Who asks for it ----------------------------------------------------------------------


def test_predict_and_evaluate_have_a_source():
    model = lecture_network()
    space = bare(model.source("predict"))
    put_in(space, model)
    x = np.random.default_rng(1).normal(size=(2, 3)).astype("float32")
    (predicted,) = space["predict_step"](x)
    assert predicted.tobytes() == model.predict_on_batch(x).tobytes()
    for x, y in batches(1):
        model.test_on_batch(x, y)
    text = model.source("evaluate")
    assert text == model.source("test")
    assert "# Backward" not in text and "# Loss" in text


def test_a_step_that_has_not_run_has_no_source():
    model = lecture_network()
    with pytest.raises(ValueError, match=r"Call model.train_on_batch\(x, y\) once"):
        model.source("train")
    with pytest.raises(ValueError, match="kind must be one of 'train', 'test'"):
        model.source("fit")


def test_a_step_that_runs_as_written_says_why():
    class Reading(layers.Layer):
        def call(self, x):
            return x * float(x.numpy().max())

    model = keras.Sequential([keras.Input((3,)), Reading(), layers.Dense(3)])
    model.compile("sgd", "mse")
    for x, y in batches(1):
        model.train_on_batch(x, y)
    with pytest.raises(ValueError, match=r"runs as written: .*test_codegen.py"):
        model.source("train")
    model = lecture_network(run_eagerly=True)
    with pytest.raises(ValueError, match="run_eagerly=False"):
        model.source("train")


def test_a_view_is_made_before_what_shows_it():
    @keras.function
    def marks(x):
        kinds = keras.ops.transpose(keras.ops.cast(3 * x, "int32"))
        return keras.ops.one_hot(kinds, 4)

    x = np.linspace(0, 1, 18, dtype="float32").reshape(6, 3)
    for _ in range(2):
        expected = marks(keras.ops.convert_to_tensor(x)).numpy()
    (found,) = bare(marks.source())["marks"](x)
    np.testing.assert_array_equal(found, expected)


def test_functions_have_a_source():
    @keras.function
    def length(x):
        return keras.ops.sqrt(keras.ops.sum(keras.ops.square(x)))

    with pytest.raises(ValueError, match="length has no source yet"):
        length.source()
    x = np.array([3.0, 4.0], "float32")
    for _ in range(3):
        length(x)
    (found,) = bare(length.source())["length"](x)
    assert found == 5


def test_a_long_rate_is_broken_into_lines():
    model = trained(optimizer="adam")
    assert max(map(len, model.source().split("\n"))) <= 130
