"""to_categorical, normalize and the packing of batches."""

import numpy as np
import pytest

from minikeras import utils


@pytest.mark.parametrize(
    ("x", "num_classes", "shape"),
    [
        ([0, 2, 1], None, (3, 3)),
        ([[0], [2]], None, (2, 3)),
        ([[0, 1], [1, 2]], 4, (2, 2, 4)),
        (1, 2, (2,)),
        ([], 3, (0, 3)),
    ],
)
def test_one_hot_rows(x, num_classes, shape):
    one_hot = utils.to_categorical(x, num_classes)
    assert one_hot.shape == shape
    labels = np.asarray(x).reshape(shape[:-1])
    np.testing.assert_array_equal(one_hot.argmax(-1), labels)
    np.testing.assert_array_equal(one_hot.sum(-1), np.ones(shape[:-1]))


def test_negative_classes_count_from_the_end():
    np.testing.assert_array_equal(utils.to_categorical([-1], 3), [[0, 0, 1]])


def test_class_out_of_range():
    with pytest.raises(
        ValueError, match=r"class 5 does not fit num_classes=3. Classes"
    ):
        utils.to_categorical([0, 5], 3)
    with pytest.raises(ValueError, match=r"needs class numbers, got an array of <U3"):
        utils.to_categorical(["cat", "dog"])


def test_normalize():
    rows = utils.normalize(np.arange(6.0).reshape(2, 3))
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1)
    columns = utils.normalize([[1.0, 0.0], [3.0, 0.0]], axis=0, order=1)
    np.testing.assert_array_equal(columns, [[0.25, 0], [0.75, 0]])
    assert utils.normalize(np.ones((2, 2), "float32")).dtype == "float32"


def test_batches_are_packed_as_short_as_possible():
    pack, unpack = utils.pack_x_y_sample_weight, utils.unpack_x_y_sample_weight
    for data in (1, (1, 2), (1, 2, 3), (1, None, 3)):
        x_y_weight = unpack(data)
        assert len(x_y_weight) == 3
        assert pack(*x_y_weight) == data
    assert unpack([1, 2]) == (1, 2, None)
    with pytest.raises(ValueError, match="got a tuple of 4"):
        unpack((1, 2, 3, 4))


def test_normalizing_a_number():
    assert utils.normalize(-5.0).tolist() == [-1.0]
