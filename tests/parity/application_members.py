"""Writes what Keras builds and downloads for each member of `keras.applications`.

The file is tests/data/keras_applications.json. This writes it again, where Keras is
installed; nothing is downloaded:

    KERAS_BACKEND=jax python -m tests.parity.application_members
"""

import json
import pathlib

STORED = pathlib.Path(__file__).parents[1] / "data" / "keras_applications.json"


def described(keras, name: str, arguments: dict, asked: list) -> dict:
    """Returns the number of parameters and the file of weights of one call.

    Args:
        keras: The package: Keras or minikeras.
        name: Name of the architecture.
        arguments: Its arguments.
        asked: List that the stand-in of `get_file` puts its arguments in.
    """
    asked.clear()
    shape = {k: tuple(v) for k, v in arguments.items() if k == "input_shape"}
    model = getattr(keras.applications, name)(**{**arguments, **shape})
    ((fname, url, settings),) = asked
    assert settings.pop("cache_subdir") == "models"
    return {
        "name": name,
        "arguments": arguments,
        "parameters": model.count_params(),
        "file": fname,
        "url": url,
        "hash": settings.pop("file_hash", None),
    }


def main() -> None:
    import keras
    import numpy as np
    from keras.src.initializers import random_initializers as randoms
    from keras.src.models.model import Model
    from keras.src.utils import file_utils

    from tests.cases.applications import MEMBERS

    asked = []
    file_utils.get_file = lambda fname, origin, **k: asked.append((fname, origin, k))
    Model.load_weights = lambda self, *_, **__: None
    for name in ("VarianceScaling", "TruncatedNormal", "RandomNormal", "RandomUniform"):
        draw = lambda self, shape, dtype=None: np.zeros(shape, dtype)  # noqa: E731
        getattr(randoms, name).__call__ = draw
    rows = []
    for name, arguments in MEMBERS:
        print(name, arguments, flush=True)
        rows.append(json.dumps(described(keras, name, arguments, asked)))
        keras.utils.clear_session()
    members = ",\n".join(rows)
    version = json.dumps(keras.__version__)
    STORED.write_text(f'{{\n"keras": {version},\n"members": [\n{members}\n]\n}}\n')


if __name__ == "__main__":
    main()
