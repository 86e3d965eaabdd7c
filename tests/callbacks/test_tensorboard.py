"""TensorBoard's event files, read by a reader of our own, and by TensorBoard's."""

import json
import struct
import zlib

import numpy as np
import pytest

import minikeras as keras
from minikeras.callbacks.event_file import EventFile, as_png, histogram, masked_crc

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


def fields(data: bytes) -> dict:
    """The fields of a message of protocol buffers: number -> list of values."""
    found, place = {}, 0

    def varint():
        nonlocal place
        number = shift = 0
        while True:
            byte = data[place]
            place += 1
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    while place < len(data):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            size = {1: 8, 5: 4}.get(key & 7) or varint()
            value = data[place : place + size]
            place += size
        found.setdefault(key >> 3, []).append(value)
    return found


def events(folder) -> list:
    """(step, tag, fields of the value) of all values in the one file of a folder."""
    (path,) = folder.glob("events.out.tfevents.*")
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        (crc,) = struct.unpack("<I", data[8:12])
        assert crc == masked_crc(data[:8])
        message, data = data[12 : 12 + length], data[12 + length :]
        assert struct.unpack("<I", data[:4])[0] == masked_crc(message)
        data, event = data[4:], fields(message)
        for summary in event.get(5, ()):
            for value in fields(summary).get(1, ()):
                value = fields(value)
                found.append((event.get(2, [0])[0], value[1][0].decode(), value))
    return found


def numbers(folder) -> dict:
    """Tag -> list of (step, number)."""
    found = {}
    for step, tag, value in events(folder):
        if 2 in value:
            number = struct.unpack("<f", value[2][0])[0]
            found.setdefault(tag, []).append((step, round(number, 4)))
    return found


def trained(folder, model=None, x=X, y=Y, **settings):
    if model is None:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
    callback = keras.callbacks.TensorBoard(folder, **settings)
    history = model.fit(
        x, y, epochs=2, batch_size=10, verbose=0, callbacks=[callback],
        validation_split=0.25,
    ).history  # fmt: skip
    return model, history


def test_the_check_sum_is_castagnolis():
    # RFC 3720, B.4: the sum of 32 zeros is 0x8a9136aa; here turned and shifted
    crc = 0x8A9136AA
    turned = (crc >> 15 | crc << 17) & 0xFFFFFFFF
    assert masked_crc(bytes(32)) == (turned + 0xA282EAD8) & 0xFFFFFFFF


def test_numbers_of_epochs(tmp_path):
    _, history = trained(tmp_path)
    train, validation = numbers(tmp_path / "train"), numbers(tmp_path / "validation")
    assert set(train) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    assert set(validation) == {"epoch_loss", "epoch_mae"}
    for found, prefix in ((train, ""), (validation, "val_")):
        wanted = [(i, round(v, 4)) for i, v in enumerate(history[f"{prefix}loss"])]
        np.testing.assert_allclose(found["epoch_loss"], wanted, atol=1e-4)
    assert train["epoch_learning_rate"] == [(0, 0.1), (1, 0.1)]


def test_numbers_of_batches_and_speed(tmp_path):
    trained(tmp_path, update_freq="batch", write_steps_per_second=True)
    found = numbers(tmp_path / "train")
    assert [step for step, _ in found["batch_loss"]] == [1, 2, 3, 4]
    assert [step for step, _ in found["epoch_steps_per_second"]] == [0, 1]
    assert all(rate > 0 for _, rate in found["batch_steps_per_second"])


def test_every_third_batch(tmp_path):
    trained(tmp_path, update_freq=3)
    assert [step for step, _ in numbers(tmp_path / "train")["batch_loss"]] == [3]


def test_evaluation(tmp_path):
    model, _ = trained(tmp_path / "a")
    callback = keras.callbacks.TensorBoard(tmp_path / "b")
    loss, _ = model.evaluate(X, Y, verbose=0, callbacks=[callback])
    found = numbers(tmp_path / "b" / "validation")
    assert found["evaluation_loss_vs_iterations"] == [(4, round(loss, 4))]


def test_weights_as_histograms_and_pictures(tmp_path):
    model, _ = trained(tmp_path, histogram_freq=1, write_images=True)
    found = {(step, tag): value for step, tag, value in events(tmp_path / "train")}
    path = model.weights[0].path
    kept = fields(found[1, f"{path}/histogram"][5][0])
    low, high, count = (struct.unpack("<d", kept[i][0])[0] for i in (1, 2, 3))
    kernel = model.weights[0].numpy()
    assert (low, high, count) == (kernel.min(), kernel.max(), 3)
    assert sum(struct.unpack("<30d", kept[7][0])) == 3
    picture = fields(found[1, f"{path}/image"][4][0])
    assert (picture[1], picture[2], picture[3]) == ([1], [3], [1])


def test_the_model_is_written_down(tmp_path):
    model, _ = trained(tmp_path)
    (value,) = [v for _, tag, v in events(tmp_path / "train") if tag == "keras"]
    assert json.loads(fields(value[8][0])[8][0]) == json.loads(model.to_json())
    assert b"graph_keras_model" in value[9][0]


def test_embeddings(tmp_path):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((3,)), layers.Embedding(5, 2, name="words"), layers.Flatten(),
         layers.Dense(1)]
    )  # fmt: skip
    model.compile("sgd", "mse")
    x = np.arange(60).reshape(20, 3) % 5
    settings = {"embeddings_freq": 1, "embeddings_metadata": {"words": "names.tsv"}}
    trained(tmp_path, model, x, **settings)
    written = np.loadtxt(tmp_path / "train" / "words.tsv")
    np.testing.assert_allclose(written, model.layers[0].embeddings, rtol=1e-5)
    text = (tmp_path / "train" / "projector_config.pbtxt").read_text()
    assert 'tensor_path: "words.tsv"' in text and '"names.tsv"' in text
    settings["embeddings_metadata"] = {"letters": "x"}
    with pytest.raises(ValueError, match=r"names \['letters'\], which are no"):
        trained(tmp_path, model, x, **settings)


def test_pictures_are_png():
    pixels = np.arange(24, dtype="uint8").reshape(2, 4, 3)
    data = as_png(pixels)
    assert data.startswith(b"\x89PNG") and data.endswith(b"IEND\xaeB`\x82")
    start = data.index(b"IDAT")
    (size,) = struct.unpack(">I", data[start - 4 : start])
    rows = zlib.decompress(data[start + 4 : start + 4 + size])
    assert rows == b"\0" + bytes(range(12)) + b"\0" + bytes(range(12, 24))


def test_histograms_of_odd_numbers():
    for values in ([], [np.nan, np.inf], [3.0, 3.0], np.zeros((2, 2))):
        assert histogram("a", np.array(values))


def test_errors():
    with pytest.raises(ValueError, match="update_freq must be a positive int"):
        keras.callbacks.TensorBoard(update_freq="often")
    with pytest.warns(UserWarning, match="there is no profiler"):
        keras.callbacks.TensorBoard(profile_batch=2)


def test_a_model_without_config_is_trained_all_the_same(tmp_path):
    class Own(keras.Model):
        def __init__(self, secret):
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    model = Own(object())
    model.compile("sgd", "mse")
    with pytest.warns(UserWarning, match="the model is not written down"):
        trained(tmp_path, model)
    assert "epoch_loss" in numbers(tmp_path / "train")


def test_tensorboard_reads_them(tmp_path):
    package = "tensorboard.backend.event_processing.event_accumulator"
    reader = pytest.importorskip(package)
    model, history = trained(tmp_path, histogram_freq=1, write_images=True)
    found = reader.EventAccumulator(str(tmp_path / "train"))
    found.Reload()
    tags = found.Tags()
    assert set(tags["scalars"]) == {"epoch_loss", "epoch_mae", "epoch_learning_rate"}
    losses = [event.value for event in found.Scalars("epoch_loss")]
    np.testing.assert_allclose(losses, history["loss"], rtol=1e-6)
    path = model.weights[0].path
    spread = found.Histograms(f"{path}/histogram")[-1].histogram_value
    assert (spread.num, len(spread.bucket)) == (3.0, 30)
    assert found.Images(f"{path}/image")[-1].width == 3


def test_files_may_be_many(tmp_path):
    files = [EventFile(str(tmp_path)) for _ in range(3)]
    assert len({file.path for file in files}) == 3
