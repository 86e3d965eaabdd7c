"""Files that tf_keras writes now, loaded here; skipped where tf_keras is not there."""

import numpy as np
import pytest

import minikeras as keras

from .tf_keras_files import write

tf_keras = pytest.importorskip("tf_keras")
tf = pytest.importorskip("tensorflow")


@pytest.mark.filterwarnings("ignore")
def test_live_files(tmp_path):
    tf_keras.utils.disable_interactive_logging()
    expected = write(tmp_path, tf, tf_keras)
    assert len(expected) > 80
    for name, arrays in expected.items():
        model = keras.models.load_model(tmp_path / f"{name}.h5")
        inputs = [a for n, a in arrays.items() if n.startswith("input")]
        outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
        np.testing.assert_allclose(outputs, arrays["outputs"], rtol=1e-5, atol=1e-6)
