"""Runs lecture scripts on one Keras and writes down the numbers that they see.

    python lecture_runs.py PACKAGE RESULT.json SCRIPT...

PACKAGE is `minikeras`, `tf_keras`, or `tf_keras.graph`: that one without eager
execution, as Keras 2 was. The scripts stay as they are. What chance there is in them is
taken out: initial weights depend on their shape alone, nothing is shuffled or dropped.
"""

import collections
import contextlib
import functools
import importlib
import importlib.machinery
import json
import os
import runpy
import sys
import traceback
import types
import warnings

import numpy as np

INITIALIZERS = (
    "GlorotNormal GlorotUniform HeNormal HeUniform LecunNormal LecunUniform Orthogonal "
    "RandomNormal RandomUniform TruncatedNormal VarianceScaling"
).split()
OPTIMIZERS = "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam".split()
LONGEST = 5  # epochs, or calls of one kind, that are written down
notes: dict = collections.defaultdict(list)


# ------------------------------------------------------------------------ no chance


def drawn(self, shape, dtype=None, **kwargs):
    """Stands for the `__call__` of each random initializer."""
    rng = np.random.default_rng([int(n) for n in shape])
    scale = np.sqrt(np.prod(shape[:-1]))
    return (rng.uniform(-1.5, 1.5, tuple(shape)) / scale).astype("float32")


def calmed(init, first=None, **calm):
    """A constructor that drops nothing."""

    @functools.wraps(init)
    def made(self, *args, **kwargs):
        args = (first, *args[1:]) if args and first is not None else args
        init(self, *args, **{**kwargs, **calm})

    return made


def take_chance_out(keras) -> None:
    """Makes all that a Keras draws the same in each run, and in each Keras."""
    for name in INITIALIZERS:
        getattr(keras.initializers, name).__call__ = drawn
    layers, backend = keras.layers, keras.backend
    for cls in (layers.Dropout, layers.SpatialDropout1D):
        cls.__init__ = calmed(cls.__init__, first=0.0)
    still = {"dropout": 0.0, "recurrent_dropout": 0.0}
    layers.LSTM.__init__ = calmed(layers.LSTM.__init__, **still)
    backend.random_normal = functools.partial(
        backend.random_normal, mean=0.5, stddev=0.0
    )


# ----------------------------------------------------------------------------- notes


class Enough(Exception):
    """Ends a script: the numbers that follow are not looked at."""


def note(kind: str, values: dict) -> None:
    """Writes numbers down; ends the script after the first few of a kind."""
    notes[kind].append(
        {k: np.ravel(v).astype(float).tolist() for k, v in values.items()}
    )
    if len(notes[kind]) == LONGEST:
        raise Enough


def watch(keras) -> None:
    """Has training and functions of graphs written down."""
    probe = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
    owners = {
        name: next(cls for cls in type(probe).__mro__ if name in vars(cls))
        for name in ("fit", "train_on_batch")
    }
    fit, step = owners["fit"].fit, owners["train_on_batch"].train_on_batch
    function = keras.backend.function

    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = self.model.stop_training or epoch + 1 == LONGEST

    @functools.wraps(fit)
    def fit_noted(self, *args, **kwargs):
        callbacks = [*(kwargs.pop("callbacks", None) or []), Stop()]
        kwargs = {**kwargs, "shuffle": False, "callbacks": callbacks}
        history = fit(self, *args, **kwargs)
        note("fit", dict(history.history))
        return history

    @functools.wraps(step)
    def step_noted(self, *args, **kwargs):
        result = step(self, *args, **kwargs)
        note("train_on_batch", {"loss": np.ravel(result)[0]})
        return result

    def function_noted(*args, **kwargs):
        made = function(*args, **kwargs)

        def called(*inputs):
            results = made(*inputs)
            note("function", {str(i): np.mean(x) for i, x in enumerate(results)})
            return results

        return called

    owners["fit"].fit = fit_noted
    owners["train_on_batch"].train_on_batch = step_noted
    keras.backend.function = function_noted


# ------------------------------------------------------- the Keras that scripts import


class Twins:
    """Finds one package, and where its old modules are today, by another name."""

    def __init__(self, name: str, package: str, moved: dict):
        self.name, self.package, self.moved = name, package, moved

    def find_spec(self, name, path=None, target=None):
        """Returns a spec that leads to the package; None for names of others."""
        if name != self.name and not name.startswith(f"{self.name}."):
            return None
        tail = name[len(self.name) + 1 :]
        for there in (tail, *self.moved.get(tail, ())):
            with contextlib.suppress(ImportError):
                self.found = importlib.import_module(
                    f"{self.package}.{there}".strip(".")
                )
                break
        else:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        """Returns the module of the package."""
        self.spec_before = self.found.__spec__
        return self.found

    def exec_module(self, module) -> None:
        """Leaves the module as it is: it has run already."""
        module.__spec__ = self.spec_before


def speak_keras_2(keras) -> None:
    """Lets tf_keras take what it no longer takes, though Keras 2 did."""
    for name in OPTIMIZERS:
        cls = getattr(keras.optimizers, name)
        cls.__init__ = renaming(cls.__init__, "lr", "learning_rate")
    layers = keras.layers
    layers.CuDNNGRU = functools.partial(layers.GRU, reset_after=True)
    add_weight = layers.Layer.add_weight

    def shape_first(self, *args, **kwargs):
        if args and isinstance(args[0], tuple):
            args, kwargs = args[1:], {"shape": args[0], **kwargs}
        return add_weight(self, *args, **kwargs)

    layers.Layer.add_weight = shape_first


def renaming(function, old: str, new: str):
    """A function that takes an argument by its old name, too."""

    @functools.wraps(function)
    def called(*args, **kwargs):
        return function(*args, **{new if k == old else k: v for k, v in kwargs.items()})

    return called


def tf_keras(is_graph: bool):
    """Returns tf_keras, made to be what `keras` and `tensorflow.keras` are."""
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["TF_USE_LEGACY_KERAS"] = "1"
    tensorflow = importlib.import_module("tensorflow")
    if is_graph:
        tensorflow.compat.v1.disable_eager_execution()
    keras = importlib.import_module("tf_keras")
    speak_keras_2(keras)
    keras.ops = types.SimpleNamespace(  # what our scripts write for tf.matmul ...
        matmul=tensorflow.matmul, mean=tensorflow.reduce_mean
    )
    moved = importlib.import_module("minikeras.legacy.paths").MODULES
    for name in ("keras", "tensorflow.keras"):
        sys.meta_path.insert(0, Twins(name, "tf_keras", moved))
    tensorflow.keras = keras
    return keras


def run(keras, execute, path: str) -> dict:
    """Runs a script; returns what was written down, and how it ended."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(0)
    notes.clear()
    end = ""
    try:
        names = execute(path)
        if not notes:  # it trains in a loop of its own
            note("end", {k: v for k, v in names.items() if isinstance(v, float)})
    except Exception:  # most scripts say themselves that they have not learned so soon
        end = traceback.format_exc(limit=-2)
    return {"notes": dict(notes), "end": end}


def main(package: str, result: str, *paths: str) -> None:
    """Runs all the scripts and writes the file of results."""
    warnings.simplefilter("ignore")
    if package == "minikeras":
        keras = importlib.import_module("minikeras")
        execute = importlib.import_module("minikeras.runner").run_file
    else:
        keras = tf_keras(package.endswith("graph"))
        execute = functools.partial(runpy.run_path, run_name="__main__")
    take_chance_out(keras)
    watch(keras)
    found = {path: run(keras, execute, path) for path in paths}
    with open(result, "w", encoding="utf-8") as file:
        json.dump(found, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
