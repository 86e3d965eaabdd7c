"""CallbackList, LambdaCallback and the two callbacks that fit adds."""

from types import SimpleNamespace

import pytest

from minikeras.callbacks import (
    Callback,
    CallbackList,
    History,
    LambdaCallback,
    ProgbarLogger,
)


class Recorder(Callback):
    """Writes down its calls; listens to the short name of the batch's end."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def on_epoch_begin(self, epoch, logs=None):
        self.calls.append(("epoch_begin", epoch, logs))

    def on_batch_end(self, batch, logs=None):
        self.calls.append(("batch_end", batch, logs))

    def on_train_end(self, logs=None):
        self.calls.append(("train_end", logs))


def test_hooks_reach_the_callbacks_in_order():
    first, second = Recorder(), Recorder()
    second.calls = first.calls
    callbacks = CallbackList([first, second])
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.on_train_batch_end(3, {"loss": 1.0})
    callbacks.on_train_end({"loss": 2.0})
    expected = [
        ("epoch_begin", 0, {}),
        ("batch_end", 3, {"loss": 1.0}),
        ("train_end", {"loss": 2.0}),
    ]
    assert first.calls == [call for call in expected for _ in range(2)]


def test_only_overridden_hooks_are_listened_to():
    callbacks = CallbackList([Recorder(), Callback()])
    assert callbacks.listens("on_train_batch_end")
    assert callbacks.listens("on_batch_end")
    assert not callbacks.listens("on_train_batch_begin")
    assert not callbacks.listens("on_test_batch_end")


def test_a_hook_set_later_on_an_object_is_found_when_training_begins():
    callback, seen = Callback(), []
    callbacks = CallbackList(callback)
    callback.on_train_batch_begin = lambda batch, logs: seen.append(batch)
    callbacks.on_train_begin()
    callbacks.on_train_batch_begin(7)
    assert seen == [7]


def test_every_hook_is_forwarded():
    hooks = [name for name in dir(Callback) if name.startswith("on_")]
    seen = []
    everything = LambdaCallback(
        **{hook: lambda *args, hook=hook: seen.append((hook, args)) for hook in hooks}
    )
    callbacks, logs = CallbackList([everything]), {"loss": 1.0}
    expected = []
    for hook in hooks:
        index = (5,) if "batch" in hook or "epoch" in hook else ()
        getattr(callbacks, hook)(*index, logs=logs)
        expected.append((hook, (*index, logs)))
    assert seen == expected


def test_model_and_params_reach_every_callback():
    model, inner = SimpleNamespace(), Callback()
    CallbackList([inner], add_history=True, model=model, epochs=3)
    assert inner.model is model
    assert inner.params == {"epochs": 3}
    assert isinstance(model.history, History)


def test_history_and_progbar_are_added_once():
    history = History()
    callbacks = CallbackList([history], add_history=True, add_progbar=True)
    kinds = [type(callback) for callback in callbacks.callbacks]
    assert kinds == [History, ProgbarLogger]


def test_lists_within_lists_are_flattened_and_lists_within_a_list_object():
    inner = Recorder()
    nested = CallbackList([CallbackList([inner]), [Callback()]])
    nested.on_train_begin()
    nested.on_epoch_begin(1)
    assert inner.calls == [("epoch_begin", 1, {})]


def test_append():
    callbacks, late = CallbackList(model=SimpleNamespace(), epochs=2), Recorder()
    callbacks.append(late)
    callbacks.on_epoch_begin(0)
    assert late.calls and late.model is callbacks.model and late.params["epochs"] == 2


@pytest.mark.parametrize("wrong", [3, Callback, [History], "early_stopping"])
def test_what_is_no_callback(wrong):
    with pytest.raises(TypeError, match="each callback must be a Callback object, got"):
        CallbackList(wrong)


def test_lambda_callback_with_an_unknown_hook():
    with pytest.raises(TypeError, match="'on_epoch_edn'. Did you mean 'on_epoch_end'"):
        LambdaCallback(on_epoch_edn=print)
    with pytest.raises(TypeError, match="on_epoch_end must be a function, got 3"):
        LambdaCallback(on_epoch_end=3)


def test_history_keeps_all_epochs():
    history = History()
    history.on_train_begin()
    history.on_epoch_end(0, {"loss": 2.0})
    history.on_epoch_end(1, {"loss": 1.0, "val_loss": 3.0})
    assert history.history == {"loss": [2.0, 1.0], "val_loss": [3.0]}
    assert history.epoch == [0, 1]


def run_fit(epochs, verbose, steps=2):
    callbacks = CallbackList(
        add_progbar=True, epochs=epochs, verbose=verbose, steps=steps
    )
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        for batch in range(2):
            callbacks.on_train_batch_end(batch, {"loss": 0.5})
        callbacks.on_test_begin()
        callbacks.on_test_batch_end(0, {"loss": 9.0})
        callbacks.on_test_end({"loss": 9.0})
        callbacks.on_epoch_end(epoch, {"loss": 0.25, "val_loss": 0.125})
    callbacks.on_train_end()


@pytest.mark.parametrize("verbose", ["auto", 1, 2])
def test_progbar_logger_writes_a_line_an_epoch_to_a_file(verbose, capsys):
    run_fit(2, verbose)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Epoch 2/2 - 2/2 - 0s - ")
    assert lines[1].endswith("/step - loss: 0.2500 - val_loss: 0.1250")


def test_progbar_logger_counts_when_the_number_of_steps_is_not_known(capsys):
    run_fit(1, 2, steps=None)
    assert capsys.readouterr().out.startswith("2/2 - 0s - ")


def test_progbar_logger_in_evaluate_and_predict(capsys):
    callbacks = CallbackList(add_progbar=True, verbose=1, steps=2)
    callbacks.on_test_begin()
    callbacks.on_test_batch_end(0, {"loss": 1.0})
    callbacks.on_test_batch_end(1, {"loss": 2.0})
    callbacks.on_test_end({"loss": 2.0})
    callbacks.on_predict_begin()
    callbacks.on_predict_batch_end(0, {"outputs": [1, 2, 3]})
    callbacks.on_predict_end()
    evaluate, predict = capsys.readouterr().out.splitlines()
    assert evaluate.startswith("2/2 - ") and evaluate.endswith("loss: 2.0000")
    assert predict.startswith("1/2 - ") and predict.endswith("/step")


def test_progbar_logger_reads_no_logs_that_it_does_not_show():
    class Expensive(dict):
        def items(self):
            raise AssertionError("read for nothing")

    logger = ProgbarLogger()
    logger.set_params({"verbose": 2, "steps": 9})
    logger.on_epoch_begin(0)
    logger.on_train_batch_end(1, Expensive(loss=1.0))


def test_a_bar_that_is_not_due_wants_no_call_but_counts(capsys):
    hook = "on_train_batch_end"
    callbacks = CallbackList(add_progbar=True, verbose=2)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    assert callbacks.wants(hook, 0)  # the first batch starts the clock
    assert not callbacks.wants(hook, 1)
    assert not callbacks.wants("on_test_batch_end", 0)
    callbacks.on_epoch_end(0)
    assert capsys.readouterr().out.startswith("2/2 - ")


def test_every_batch_is_wanted_when_others_listen():
    callbacks = CallbackList(Recorder(), add_progbar=True, verbose=2, steps=9)
    callbacks.on_epoch_begin(0)
    assert all(callbacks.wants("on_train_batch_end", batch) for batch in range(9))
