"""`python -m minikeras lecture.py`, notebooks, and `port`."""

import json
import pathlib
import subprocess
import sys

import pytest

import minikeras as keras
from minikeras import porting, runner
from minikeras.__main__ import main


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_keras_is_minikeras_and_only_while_it_runs(tmp_path):
    before = {name for name in sys.modules if name.partition(".")[0] == "keras"}
    path = write(
        tmp_path / "a.py",
        "import keras, sys\nimport keras.layers.core as core\n"
        "import tensorflow as tf\nfrom tensorflow.keras.layers import Dense\n"
        "from tensorflow import keras as k\nimport tf_keras\nwords = sys.argv[1:]\n",
    )
    names = runner.run_file(path, ["one", "two"])
    assert names["keras"] is keras and names["k"] is keras
    assert names["tf_keras"] is keras and names["tf"].keras is keras
    assert names["Dense"] is keras.layers.Dense and names["words"] == ["one", "two"]
    assert before == {n for n in sys.modules if n.partition(".")[0] == "keras"}
    assert keras.layers.__spec__.name == "minikeras.layers"


def test_files_beside_the_script_are_found(tmp_path):
    write(tmp_path / "helper_of_lecture.py", "import keras\nlayers = keras.layers\n")
    path = write(tmp_path / "a.py", "from helper_of_lecture import layers\n")
    assert runner.run_file(path)["layers"] is keras.layers
    sys.modules.pop("helper_of_lecture")


@pytest.mark.parametrize(
    ("line", "kind", "message"),
    [
        ("tf.matmul", AttributeError, "tensorflow.matmul is not there"),
        ("tf.random.normal", AttributeError, "tensorflow.random.normal is not there"),
        ("import tensorflow.nn", ImportError, "tensorflow.nn is not there"),
        ("from tensorflow.data import Dataset", ImportError, "tensorflow.data is not"),
        ("import keras.nothing", ImportError, "minikeras.nothing"),
    ],
)
def test_what_tensorflow_has_is_missing_by_name(tmp_path, line, kind, message):
    path = write(tmp_path / "a.py", f"import tensorflow as tf\n{line}\n")
    with pytest.raises(kind, match=message):
        runner.run_file(path)


def test_tensorflow_has_what_is_of_keras(tmp_path):
    text = "import tensorflow as tf\ntf.random.set_seed(3)\n"
    text += "tape, variable = tf.GradientTape, tf.Variable\n"
    names = runner.run_file(write(tmp_path / "a.py", text))
    assert names["tape"] is keras.GradientTape and names["variable"] is keras.Variable


def test_from_the_command_line(tmp_path):
    write(
        tmp_path / "lecture.py",
        "import sys, keras\nif __name__ == '__main__':\n"
        "    print(keras.layers.Dropout(p=0.5).rate, sys.argv[1:])\n",
    )
    for words in (["lecture.py", "a", "-b"], ["-m", "lecture", "a", "-b"]):
        command = [sys.executable, "-m", "minikeras", *words]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=tmp_path, check=True
        )
        assert done.stdout == "0.5 ['a', '-b']\n"
        assert "Write Dropout(rate=0.5)" in done.stderr


def test_there_is_no_such_file(capsys):
    assert main(["nothing.py"]) == 1
    assert "There is no file 'nothing.py' to run" in capsys.readouterr().err


def notebook(*cells):
    return {
        "cells": [
            {"cell_type": kind, "source": text.splitlines(True)} for kind, text in cells
        ],
        "nbformat": 4,
    }


def test_a_notebook(tmp_path, capsys):
    content = notebook(
        ("markdown", "# A lecture"),
        ("code", "%matplotlib inline\n!pip install keras\nimport keras"),
        ("code", "%%bash\necho no"),
        ("code", "model = keras.Sequential([keras.Input((2,))])\nlen(model.layers)"),
        ("code", "x = 3\nx;"),
        ("code", "if x:\n    !ls\n    print('done')"),
    )
    path = write(tmp_path / "a.ipynb", json.dumps(content))
    names = runner.run_file(path)
    assert names["keras"] is keras and names["x"] == 3
    assert capsys.readouterr().out == "0\ndone\n"
    with pytest.raises(ValueError, match="is no notebook that can be read"):
        runner.run_file(write(tmp_path / "b.ipynb", "{}"))


OLD = """from __future__ import print_function
import keras
import keras.backend as K
import numpy as np  # a comment
from keras.models import Sequential
from keras.layers.core import Dense, Dropout
from keras.layers.convolutional import Convolution2D
from keras.utils import np_utils
import tensorflow as tf

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='same', dim_ordering='th',
                        init='normal'))  # kept
model.add(Dense(output_dim=10, W_regularizer="l2"))
model.add(Dropout(p=0.5))
model.compile(optimizer=tf.keras.optimizers.SGD(lr=0.1))
model.fit(X, Y, nb_epoch=3, samples_per_epoch=4)
"""
NEW = """from __future__ import print_function
import minikeras as keras
import minikeras.backend as K
import numpy as np  # a comment
from minikeras.models import Sequential
from minikeras.layers import Dense, Dropout
from minikeras.layers import Conv2D
from minikeras.utils import np_utils
import minikeras as keras

model = Sequential()
model.add(Conv2D(8, (3, 3), padding='same', data_format='channels_first',
                        kernel_initializer='random_normal'))  # kept
model.add(Dense(units=10, kernel_regularizer="l2"))
model.add(Dropout(rate=0.5))
model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1))
model.fit(X, Y, epochs=3, samples_per_epoch=4)
"""


def test_port(tmp_path, capsys):
    assert porting.ported(OLD) == NEW
    assert porting.ported(NEW) == NEW
    path = tmp_path / "lecture.py"
    path.write_text(OLD, encoding="utf-8")
    assert main(["port", str(path)]) == 0
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert "-model.add(Dropout(p=0.5))" in lines
    assert "+model.add(Dropout(rate=0.5))" in lines
    assert path.read_text(encoding="utf-8") == OLD
    assert main(["port", "--write", str(path)]) == 0
    assert path.read_text(encoding="utf-8") == NEW
    capsys.readouterr()
    assert main(["port", str(path)]) == 0
    assert capsys.readouterr().out == "Nothing is to be changed.\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("from tensorflow import keras", "import minikeras as keras"),
        (
            "from tensorflow.keras.layers import Dense",
            "from minikeras.layers import Dense",
        ),
        ("import tensorflow.keras as k", "import minikeras as k"),
        (
            "import tensorflow as tf\ntf.constant(tf.keras.layers)",
            "import tensorflow as tf\ntf.constant(tf.keras.layers)",
        ),
        ("Convolution2D(8, 3, 3, 'uniform')", "Convolution2D(8, 3, 3, 'uniform')"),
        ("CuDNNLSTM(output_dim=3)", "CuDNNLSTM(units=3)"),
        ("merge([a, b], mode='sum')", "merge([a, b], mode='sum')"),
        ("d = dict(p=0.5, init='normal')", "d = dict(p=0.5, init='normal')"),
    ],
)
def test_port_changes_only_what_is_certain(old, new):
    assert porting.ported(old) == new


def test_ported_lectures_run(tmp_path):
    for name in ("mlp", "cnn_theano", "lstm", "multi_input"):
        old = pathlib.Path(__file__).parent / "lectures" / "keras_1" / f"{name}.py"
        text = porting.ported(old.read_text(encoding="utf-8"))
        path = write(tmp_path / "ported.py", text)
        command = [sys.executable, "-W", "ignore", path]
        subprocess.run(command, check=True, capture_output=True)


def test_port_of_no_program(tmp_path, capsys):
    path = write(tmp_path / "a.py", "def (:")
    assert main(["port", path]) == 1
    assert "SyntaxError" in capsys.readouterr().err
