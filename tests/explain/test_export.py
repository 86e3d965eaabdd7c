"""Exported scripts: they need NumPy alone, and their numbers are the model's."""

import re
import subprocess
import sys

import numpy as np
import pytest

import minikeras as keras
from minikeras import layers


def batch(samples=9, features=4, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, features)).astype("float32")
    return x, np.eye(classes, dtype="float32")[rng.integers(0, classes, samples)]


@pytest.fixture(autouse=True)
def start_afresh():
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)


def network(*inner, optimizer="sgd", loss="categorical_crossentropy"):
    output = layers.Dense(3, activation="softmax")
    model = keras.Sequential([keras.Input((4,)), *inner, output])
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model


def run(path):
    """Runs a script where there is nothing but the name of its file."""
    space = {"__file__": str(path)}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), space)
    return space


def same(x, y):
    return (x.shape, x.dtype, x.tobytes()) == (y.shape, y.dtype, y.tobytes())


NETWORKS = {
    "plain": lambda: network(layers.Dense(5, activation="sigmoid")),
    "relu": lambda: network(layers.Dense(5, activation="relu"), optimizer="rmsprop"),
    "dropout": lambda: network(layers.Dense(8), layers.Dropout(0.4), optimizer="adam"),
    "norm": lambda: network(
        layers.Dense(8), layers.BatchNormalization(), layers.LayerNormalization(),
        optimizer=keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True),
    ),
    "decay": lambda: network(layers.Dense(6, activation="tanh"), optimizer="adamw"),
    "large": lambda: network(layers.Dense(400), layers.Dense(400), optimizer="adam"),
    "mse": lambda: network(layers.Dense(6, activation="elu"), loss="mse"),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
def test_a_script_gives_the_numbers_of_the_model(name, tmp_path):
    model = NETWORKS[name]()
    model.train_on_batch(*batch())
    before = [np.array(v.array) for v in (*model.variables, *model.optimizer.variables)]
    model.export(tmp_path / "net.py", format="numpy", train=True)
    after = [v.array for v in (*model.variables, *model.optimizer.variables)]
    assert all(same(x, y) for x, y in zip(before, after, strict=True))
    script = run(tmp_path / "net.py")
    x, _ = batch(70)
    for samples, size in ((1, 32), (7, 32), (70, 32), (70, 9)):
        given = x[:samples]
        expected = model.predict(given, batch_size=size, verbose=0)
        assert same(script["predict"](given, batch_size=size), expected)
    for seed, samples in enumerate((9, 9, 2, 33)):
        x, y = batch(samples, seed=seed)
        model.train_on_batch(x, y)
        results = script["train_step"](x, y)
        assert set(results) == {"loss", "accuracy"}
        assert same(script["predict"](x), model.predict(x, verbose=0))


def test_inputs_and_outputs_may_be_several(tmp_path):
    first, second = keras.Input((4,), name="first"), keras.Input((2,), name="second")
    joined = layers.Concatenate()([first, second])
    model = keras.Model(
        [first, second], [layers.Dense(3)(joined), layers.Dense(1)(joined)]
    )
    model.export(tmp_path / "net.py", format="numpy")
    rng = np.random.default_rng(0)
    given = [rng.normal(size=(40, n)).astype("float32") for n in (4, 2)]
    expected = model.predict(given, verbose=0)
    found = run(tmp_path / "net.py")["predict"](*given)
    assert len(found) == len(expected) == 2
    assert all(same(x, y) for x, y in zip(found, expected, strict=True))


def test_a_script_runs_where_only_numpy_is(tmp_path):
    model = NETWORKS["dropout"]()
    model.train_on_batch(*batch())
    model.export(tmp_path / "net.py", format="numpy", train=True)
    text = (tmp_path / "net.py").read_text("utf-8")
    imports = re.findall(r"^\s*(?:import|from) (\w+)", text, flags=re.MULTILINE)
    assert set(imports) <= {"numpy", "math"}
    x, _ = batch(50)
    np.save(tmp_path / "x.npy", x)
    code = (
        "import runpy, sys, numpy as np\n"
        f"net = runpy.run_path({str(tmp_path / 'net.py')!r})\n"
        f"y = net['predict'](np.load({str(tmp_path / 'x.npy')!r}))\n"
        f"np.save({str(tmp_path / 'y.npy')!r}, y)\n"
        "assert not any(m.split('.')[0] in ('minikeras', 'keras') for m in sys.modules)"
    )
    subprocess.run([sys.executable, "-I", "-c", code], check=True, cwd=tmp_path)
    assert same(np.load(tmp_path / "y.npy"), model.predict(x, verbose=0))


def test_a_model_that_is_not_compiled_predicts(tmp_path):
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False)])
    model.export(str(tmp_path / "net.py"), format="numpy")
    x = np.ones((3, 2))
    assert same(run(tmp_path / "net.py")["predict"](x), model.predict(x, verbose=0))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["net.npz", "net.py"]


def test_the_text_speaks_of_layers_and_kernels(tmp_path):
    NETWORKS["plain"]().export(tmp_path / "net.py", format="numpy")
    text = (tmp_path / "net.py").read_text("utf-8")
    assert "# Forward: dense (Dense, sigmoid)  (n, 4) -> (n, 5)" in text
    assert "dense_z = affine(x, dense_kernel, dense_bias)" in text
    assert "def sigmoid(x, *, out=None):" in text
    assert "train_step" not in text


def test_what_cannot_be_exported_says_so(tmp_path):
    model = NETWORKS["plain"]()
    with pytest.raises(ValueError, match="Try model.export.'net.py', format='numpy'"):
        model.export(tmp_path / "net")
    with pytest.raises(ValueError, match="must end in .py, got .*net.txt"):
        model.export(tmp_path / "net.txt", format="numpy")
    with pytest.raises(ValueError, match="train=True needs to know"):
        model.export(tmp_path / "net.py", format="numpy", train=True)
    with pytest.raises(TypeError, match="unknown argument 'fast'"):
        model.export(tmp_path / "net.py", format="numpy", fast=True)
    assert list(tmp_path.iterdir()) == []


def test_a_step_that_depends_on_values_cannot_become_a_script(tmp_path):
    class Reading(layers.Layer):
        def call(self, x):
            return x * float(x.numpy().max())

    model = keras.Sequential([keras.Input((4,)), Reading()])
    with pytest.raises(ValueError, match="predict_step cannot become a script"):
        model.export(tmp_path / "net.py", format="numpy")


def test_a_step_that_counts_its_samples_in_python_cannot_become_a_script(tmp_path):
    class Repeating(layers.Layer):
        def call(self, x):
            for _ in range(len(x)):
                x = x * 0.5
            return x

    model = keras.Sequential([Repeating()])
    model.build((3, 4))
    model.predict(np.ones((3, 4)), verbose=0)
    with pytest.raises(ValueError, match="for any number of samples"):
        model.export(tmp_path / "net.py", format="numpy")
