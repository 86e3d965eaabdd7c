"""Each example runs from anywhere, offline, and prints what a student should see."""

import os
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
SEEN = {
    "backpropagation": "Largest difference between the text and the model: 0.0",
    "chain_rule_by_hand": "weights after one step: largest difference",
    "lecture_network": "Largest difference between the two models: 0.0",
    "lstm_adding": "By chance: 0.1667.",
    "mnist_cnn": "Validation accuracy 9",
    "transformer_reversal": "100.00% of the symbols, 100.00% of the sequences",
    "vanishing_gradients": "Length of the gradient in each layer",
    "xor": "1 xor 1 = 0.0",
}


def run(path, folder, *arguments):
    """Runs an example in a new process and returns what it printed."""
    settings = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, str(path), *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "\r" not in done.stdout
    return done.stdout


@pytest.mark.parametrize("name", sorted(SEEN))
def test_example(name, tmp_path):
    assert SEEN[name] in run(ROOT / "examples" / f"{name}.py", tmp_path)


def test_digits_reach_97_percent_load_in_a_new_process_and_predict_the_same(tmp_path):
    path = ROOT / "examples" / "digits.py"
    trained, loaded = run(path, tmp_path), run(path, tmp_path, "--load")
    answers = trained[trained.index("Test accuracy") :]
    assert loaded[loaded.index("Test accuracy") :] == answers
    accuracy = float(answers.split()[2].rstrip("%,"))
    assert accuracy >= 97


def test_an_lstm_adds_far_better_than_chance(tmp_path):
    text = run(ROOT / "examples" / "lstm_adding.py", tmp_path)
    assert float(text.split("The LSTM is ")[1].split()[0]) >= 50


def test_the_index_names_every_example():
    index = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert {path.stem for path in EXAMPLES} == {*SEEN, "digits"}
    assert all(f"({path.name})" in index for path in EXAMPLES)
