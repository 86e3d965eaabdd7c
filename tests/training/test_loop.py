"""The loop itself: hooks, groups of batches, results as floats."""

import numpy as np

from minikeras.callbacks import CallbackList, LambdaCallback
from minikeras.tensor import Tensor
from minikeras.training.loop import join_outputs, run_epoch, to_floats


def listen(seen: list) -> CallbackList:
    hooks = LambdaCallback(
        on_train_batch_begin=lambda batch, logs: seen.append(("begin", batch)),
        on_train_batch_end=lambda batch, logs: seen.append(("end", batch, logs["y"])),
    )
    return CallbackList([hooks])


def step(batch):
    return {"y": Tensor(np.float32(batch) * 2)}


def test_hooks_are_called_around_each_step():
    seen = []
    results = run_epoch("train", step, [1, 2], listen(seen), lambda: False, to_floats)
    assert seen == [("begin", 0), ("end", 0, 2.0), ("begin", 1), ("end", 1, 4.0)]
    assert float(results["y"]) == 4.0


def test_steps_of_one_execution_share_their_hooks():
    seen = []
    run_epoch("train", step, range(5), listen(seen), lambda: False, to_floats, 2)
    ends = [event[1] for event in seen if event[0] == "end"]
    begins = [event[1] for event in seen if event[0] == "begin"]
    assert (begins, ends) == ([0, 2, 4], [1, 3, 5])  # as Keras 3.15.1 counts them


def test_a_stop_ends_the_epoch_after_the_step():
    done = []
    run_epoch(
        "train",
        lambda batch: done.append(batch) or {},
        range(9),
        CallbackList(),
        lambda: len(done) == 2,
        to_floats,
    )
    assert done == [0, 1]


def test_no_batch_gives_no_results():
    assert run_epoch("test", step, [], CallbackList(), lambda: False, to_floats) is None


def test_results_become_floats_sorted_by_name():
    results = {"b": Tensor(np.float32(0.5)), "a": {"d": np.ones(1), "c": 2}}
    found = to_floats(results)
    assert list(found.items()) == [("b", 0.5), ("c", 2.0), ("d", 1.0)]
    assert all(type(value) is float for value in found.values())
    assert to_floats({"matrix": Tensor(np.eye(2))})["matrix"].shape == (2, 2)


def test_outputs_are_joined_in_their_structure():
    parts = [{"a": Tensor(np.ones((n, 1))), "b": [np.zeros(n)]} for n in (2, 1)]
    joined = join_outputs(parts)
    assert joined["a"].shape == (3, 1) and joined["b"][0].shape == (3,)
    assert type(join_outputs([Tensor(np.ones(2))])) is np.ndarray
