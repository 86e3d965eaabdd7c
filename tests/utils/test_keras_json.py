"""Settings of `keras.json`, which Keras reads when it is imported."""

import json
import os
import subprocess
import sys

import pytest

CODE = (
    "from minikeras import config as c;"
    "print(c.floatx(), c.epsilon(), c.image_data_format())"
)


def told(home, text=None):
    if text is not None:
        (home / "keras.json").write_text(text)
    command = [sys.executable, "-c", CODE]
    settings = {**os.environ, "KERAS_HOME": str(home)}
    return subprocess.run(
        command, capture_output=True, text=True, env=settings, check=True
    )


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "float32 1e-07 channels_last"),
        (
            {"floatx": "float64", "epsilon": 1e-5, "backend": "jax"},
            "float64 1e-05 channels_last",
        ),
        ({"image_data_format": "channels_first"}, "float32 1e-07 channels_first"),
        ({"image_dim_ordering": "th"}, "float32 1e-07 channels_first"),
        (
            {"image_dim_ordering": "th", "image_data_format": "channels_last"},
            "float32 1e-07 channels_last",
        ),
    ],
)
def test_settings_are_taken(tmp_path, settings, expected):
    assert told(tmp_path, json.dumps(settings)).stdout.strip() == expected


@pytest.mark.parametrize("text", ["{", "[1]", '{"floatx": "float8"}'])
def test_what_cannot_be_read_is_left_out_with_a_warning(tmp_path, text):
    done = told(tmp_path, text)
    assert done.stdout.strip() == "float32 1e-07 channels_last"
    assert "keras.json cannot be read in full" in done.stderr


def test_there_need_be_no_file(tmp_path):
    assert told(tmp_path).stdout.strip() == "float32 1e-07 channels_last"
