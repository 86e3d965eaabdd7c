"""Writes a model as a script that needs NumPy alone, and its numbers beside it."""

import numpy as np

from ..tensor.codegen import Source
from ..tensor.header import RESERVED, Header
from ..tensor.helpers import NotShown
from ..tensor.names import Names
from ..tensor.program import Program
from ..tensor.sources import prepared, with_values_of
from ..utils import files, tree
from .record import record
from .sizes import NotGeneral, for_any_size

__all__ = ["Step", "write_script"]

SIZES = 3, 5  # of the two records that are compared
LOAD = '''
def load(path):
    """Puts the numbers of an .npz file into the arrays above, by name."""
    with np.load(path) as saved:
        for name in saved.files:
            globals()[name][...] = saved[name]


load(globals().get("__file__", "{script}").rpartition(".")[0] + ".npz")
'''
PREDICT = '''
def predict({inputs}, batch_size=32):
    """Returns what the model says, batch by batch as `model.predict` goes."""
    parts = [
        predict_step({slices})
        for i in range(0, len({first}), batch_size)
    ]
    return {joined}
'''


class Step:
    """A step of a model that goes into a script.

    Args:
        name: What the function is called.
        function: The step: a function of a batch.
        batch: Function of a number of samples that returns a batch like those of the
            model, of zeros.
        inputs: Names of the arrays in it.
        title: What the step is.
    """

    def __init__(self, name: str, function, batch, inputs: list[str], title: str):
        self.name = name
        self.function = function
        self.batch = batch
        self.inputs = inputs
        self.title = title
        self.program: Program | None = None
        self.outcome = None

    def record(self) -> None:
        """Finds out what the step does to a batch of any size."""
        n1, n2 = SIZES
        first, outcome = record(self.function, self.batch(n1))
        self.outcome = tree.map_structure(lambda x: 0, outcome)
        del outcome  # who holds the values of variables makes them copy themselves
        second, _ = record(self.function, self.batch(n2))
        try:
            self.program = for_any_size(first, second, n1, n2)
        except NotGeneral as error:
            raise ValueError(
                f"{self.name} cannot become a script for any number of samples: "
                f"{error}. Write model.source(...) to a file: that is for one size."
            ) from None

    def result_names(self) -> list[str] | None:
        """The names of what it returns, if it is a dict."""
        outcome = self.outcome
        is_plain = isinstance(outcome, dict) and not any(
            map(tree.is_nested, outcome.values())
        )
        return sorted(outcome) if is_plain and outcome else None


class Script:
    """Several steps with one head: what `Header` asks of a source."""

    fresh = True

    def __init__(self, title: str, steps: list[Step]):
        self.title = title
        self.names = Names([*RESERVED, *(step.name for step in steps)])
        self.functions, self.rules, self.body = {}, [], []
        self.numbers, self.arenas, equations = {}, [], []
        values: dict = {}
        for step in steps:
            program = with_values_of(values, step.program)
            arenas = prepared(program)
            source = Source(
                program, arenas, step.name, step.inputs, step.title,
                fresh=True, result_names=step.result_names(), names=self.names,
            )  # fmt: skip
            self.names.release(source.local_names())
            self.functions.update(source.functions)
            self.rules += source.rules + ["", ""] * bool(source.rules)
            self.body += ["", "", *source.body]
            self.arenas += arenas
            equations += program.equations
        self.program = Program(equations, [], [])


def write_script(filepath, title: str, steps: list[Step]) -> None:
    """Writes `net.py` and `net.npz`, each whole or not at all.

    Args:
        filepath: The script's name; ends in ".py".
        title: What the script is, for its first line.
        steps: What it does, recorded, with "predict_step" among them.

    Raises:
        ValueError: if a step cannot be written down; the message says why.
    """
    path = files.path_of(filepath)
    if not path.endswith(".py"):
        raise ValueError(
            f"export writes a Python script: its name must end in .py, got {path!r}. "
            f"Try {path + '.py'!r}."
        )
    try:
        text, saved = _written(title, steps, path)
    except NotShown as error:
        raise ValueError(
            f"export: {error}, so a script cannot contain it. Use layers, losses and "
            "optimizers of minikeras."
        ) from error
    with (
        files.atomic_path(path.removesuffix(".py") + ".npz") as temporary,
        open(temporary, "wb") as file,
    ):
        np.savez(file, **saved)
    files.write_text(path, text)


def _written(title: str, steps: list[Step], path: str) -> tuple[str, dict]:
    script = Script(title, steps)
    header = Header(script, saved={})
    lines = [*header.lines(), "", "", *script.rules, *script.body[2:]]
    predicting = next(step for step in steps if step.name == "predict_step")
    lines += ["", "", *_predict(predicting).strip("\n").split("\n")]
    name = path.replace("\\", "/").rpartition("/")[2]
    lines += ["", "", *LOAD.replace("{script}", name).strip("\n").split("\n")]
    return "\n".join(lines) + "\n", header.saved


def _predict(step: Step) -> str:
    """The function that goes through many samples."""
    joined = "np.concatenate(parts)"
    if step.result_names():
        joined = "{name: np.concatenate([p[name] for p in parts]) for name in parts[0]}"
    elif tree.is_nested(step.outcome):
        joined = "tuple(np.concatenate(part) for part in zip(*parts))"
    return PREDICT.format(
        inputs=", ".join(step.inputs),
        slices=", ".join(f"{x}[i : i + batch_size]" for x in step.inputs),
        first=step.inputs[0],
        joined=joined,
    )
