"""Skip-grams and stretches of series: expected numbers are those of tf_keras 2.21."""

import json
import random

import numpy as np
import pytest

from minikeras.preprocessing import sequence


def test_sampling_table():
    table = sequence.make_sampling_table(4)
    expected = [0.0031522479, 0.0031522479, 0.0054759727, 0.0074155641]
    np.testing.assert_allclose(table, expected, rtol=1e-6)
    assert sequence.make_sampling_table(4, 1e9).tolist() == [1, 1, 1, 1]


def test_skipgrams():
    pairs, labels = sequence.skipgrams(
        [1, 2, 0, 3], 5, window_size=1, negative_samples=0, shuffle=False
    )
    assert pairs == [[1, 2], [2, 1]] and labels == [1, 1]
    random.seed(5)
    pairs, labels = sequence.skipgrams([1, 2, 3, 4], 9, negative_samples=2.0, seed=1)
    assert len(pairs) == 36 and sum(labels) == 12
    true = {tuple(p) for p, label in zip(pairs, labels, strict=True) if label}
    assert true == {(a, b) for a in range(1, 5) for b in range(1, 5) if a != b}
    _, labels = sequence.skipgrams([1, 2], 5, categorical=True, shuffle=False)
    assert labels == [[0, 1], [0, 1], [1, 0], [1, 0]]
    table = np.zeros(9)
    assert sequence.skipgrams([1, 2], 9, sampling_table=table) == ([], [])


def test_timeseries():
    data = np.arange(40).reshape(20, 2)
    batches = sequence.TimeseriesGenerator(
        data, np.arange(20), length=4, sampling_rate=2, stride=3, batch_size=2
    )
    x, y = batches[0]
    assert len(batches) == 3 and y.tolist() == [4, 7]
    assert x[:, :, 0].tolist() == [[0, 4], [6, 10]]
    batches = sequence.TimeseriesGenerator(
        data, np.arange(20), 3, reverse=True, start_index=2, end_index=6
    )
    assert batches[0][0][0, :, 0].tolist() == [8, 6, 4]
    assert json.loads(batches.to_json())["config"]["length"] == 3
    drawn = sequence.TimeseriesGenerator(data, data, 3, shuffle=True, batch_size=4)
    assert drawn[0][0].shape == (4, 3, 2)
    with pytest.raises(ValueError, match="no stretch of 30 points"):
        sequence.TimeseriesGenerator(data, data, 30)
    with pytest.raises(ValueError, match="equally long, got 20 and 3"):
        sequence.TimeseriesGenerator(data, data[:3], 3)
