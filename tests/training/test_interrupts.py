"""Ctrl-C ends training in good order: after a whole step, with the history so far."""

import signal
import threading

import numpy as np
import pytest

import minikeras as keras

X = np.random.default_rng(0).normal(size=(20, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


class Presses(keras.callbacks.Callback):
    """Ctrl-C at a batch of an epoch, so many times."""

    def __init__(self, epoch, batch, times=1):
        super().__init__()
        self.at, self.times, self.ended = (epoch, batch), times, False

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        if (self.epoch, batch) == self.at:
            for _ in range(self.times):
                signal.raise_signal(signal.SIGINT)

    def on_train_end(self, logs=None):
        self.ended = True


def made():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def fit(model, *callbacks):
    return model.fit(X, Y, batch_size=4, epochs=5, verbose=0, callbacks=list(callbacks))


def test_training_ends_after_the_batch(capsys):
    model, presses = made(), Presses(2, 1)
    history = fit(model, presses)
    assert history.epoch == [0, 1] and len(history.history["loss"]) == 2
    assert int(model.optimizer.iterations) == 2 * 5 + 2
    assert presses.ended
    assert "training ends after this batch" in capsys.readouterr().out
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert fit(model).epoch == [0, 1, 2, 3, 4]


def test_twice_ends_at_once():
    presses = Presses(1, 0, times=2)
    with pytest.raises(KeyboardInterrupt):
        fit(made(), presses)
    assert not presses.ended
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_backup_stays(tmp_path):
    model = made()
    fit(model, keras.callbacks.BackupAndRestore(tmp_path), Presses(3, 2))
    history = fit(model, keras.callbacks.BackupAndRestore(tmp_path))
    assert history.epoch == [3, 4]


def test_in_another_thread_there_are_no_signals():
    found = []
    thread = threading.Thread(target=lambda: found.append(fit(made()).epoch))
    thread.start()
    thread.join()
    assert found == [[0, 1, 2, 3, 4]]


def test_a_callback_that_raises_leaves_the_model_whole():
    class Raises(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 1:
                raise RuntimeError("no more")

    model, twin = made(), made()
    twin.set_weights(model.get_weights())
    with pytest.raises(RuntimeError, match="no more"):
        model.fit(X, Y, batch_size=4, shuffle=False, verbose=0, callbacks=[Raises()])
    twin.fit(X[:8], Y[:8], batch_size=4, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert fit(model).epoch == [0, 1, 2, 3, 4]
