"""CSVLogger and TerminateOnNaN."""

from types import SimpleNamespace

import numpy as np
import pytest

from minikeras.callbacks import CSVLogger, TerminateOnNaN


def write(path, epochs, **options):
    logger = CSVLogger(path, **options)
    logger.on_train_begin()
    for epoch, logs in enumerate(epochs):
        logger.on_epoch_end(epoch, logs)
    logger.on_train_end()
    return path.read_text().splitlines()


def test_csv_columns(tmp_path):
    epochs = [{"loss": 1.5, "acc": np.float32(0.5)}, {"loss": 2, "val_loss": 7}]
    assert write(tmp_path / "log.csv", epochs) == [
        "epoch,acc,loss,val_acc,val_loss",
        "0,0.5,1.5,NA,NA",
        "1,NA,2,NA,7",
    ]


def test_csv_append_writes_the_header_once(tmp_path):
    path = tmp_path / "log.csv"
    write(path, [{"loss": 1.0, "val_loss": 2.0}], append=True)
    assert write(path, [{"loss": 3.0, "val_loss": 4.0}], append=True) == [
        "epoch,loss,val_loss",
        "0,1.0,2.0",
        "0,3.0,4.0",
    ]


def test_csv_without_append_starts_over(tmp_path):
    path = tmp_path / "log.csv"
    write(path, [{"loss": 1.0, "val_loss": 2.0}])
    assert len(write(path, [{"loss": 3.0, "val_loss": 4.0}])) == 2


def test_csv_of_arrays_and_text(tmp_path):
    epochs = [{"a": np.arange(3), "val_b": "x;y"}]
    assert write(tmp_path / "log.csv", epochs, separator=";") == [
        "epoch;a;val_b",
        '0;"""[0, 1, 2]""";"x;y"',
    ]


def test_csv_is_on_disk_after_every_epoch(tmp_path):
    path = tmp_path / "log.csv"
    logger = CSVLogger(path)
    logger.on_train_begin()
    logger.on_epoch_end(0, {"loss": 1.0})
    assert "0,1.0,NA" in path.read_text()
    logger.on_train_end()


def feed(callback, loss):
    callback.set_model(SimpleNamespace(stop_training=False))
    callback.on_train_batch_end(3, {"loss": loss})
    return callback.model.stop_training


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), np.float32("-inf")])
def test_terminate_on_nan(loss, capsys):
    assert feed(TerminateOnNaN(), loss)
    assert capsys.readouterr().out == (
        f"Batch 3: the loss is {loss}, training stops. Try a smaller learning rate.\n"
    )


def test_terminate_on_nan_lets_numbers_pass():
    assert not feed(TerminateOnNaN(), 1e30)
    assert not feed(TerminateOnNaN(), None)


def test_terminate_on_nan_may_raise():
    with pytest.raises(RuntimeError, match="Batch 3: the loss is nan"):
        feed(TerminateOnNaN(raise_error=True), float("nan"))
