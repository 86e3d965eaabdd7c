"""Lecture code of ten years runs as it is; each script says itself that it learned."""

import pathlib

import pytest

import minikeras as keras
from minikeras import runner

SCRIPTS = sorted(pathlib.Path(__file__).parent.glob("*/*.py"))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # files that nobody closes
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_lecture(path):
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    image_data_format = keras.config.image_data_format()
    try:
        runner.run_file(str(path))
    finally:
        keras.config.set_image_data_format(image_data_format)
        keras.utils.clear_session()


def test_there_are_enough_of_them():
    for dialect in ("keras_1", "keras_2", "tf_keras", "keras_3"):
        assert sum(p.parent.name == dialect for p in SCRIPTS) >= 15
