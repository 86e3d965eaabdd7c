"""`K.` functions equal what NumPy says, on arrays, on variables and on graphs."""

import numpy as np
import pytest

import minikeras as keras
from minikeras import backend as K
from minikeras import layers as L

A = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
B = np.random.default_rng(1).uniform(0.1, 0.9, size=(4, 3)).astype("float32")
IMAGES = np.arange(64.0, dtype="float32").reshape(2, 4, 4, 2)

# function of one tensor, the same in NumPy
ONE = {
    "sum": (lambda x: K.sum(x, axis=-1), lambda x: x.sum(-1)),
    "sum of all": (K.sum, np.sum),
    "mean of lists of axes": (lambda x: K.mean(x, axis=[0, 1]), np.mean),
    "mean of truths": (lambda x: K.mean(K.greater(x, 0)), lambda x: (x > 0).mean()),
    "prod": (lambda x: K.prod(x, keepdims=True), lambda x: x.prod(keepdims=True)),
    "max": (lambda x: K.max(x, axis=1), lambda x: x.max(1)),
    "min": (lambda x: K.min(x, axis=1), lambda x: x.min(1)),
    "std": (lambda x: K.std(x, axis=0), lambda x: x.std(0)),
    "var": (lambda x: K.var(x, axis=0), lambda x: x.var(0)),
    "argmax": (K.argmax, lambda x: x.argmax(-1)),
    "argmin": (K.argmin, lambda x: x.argmin(-1)),
    "any": (lambda x: K.any(x > 0, axis=1), lambda x: (x > 0).any(1)),
    "all": (lambda x: K.all(x > 0, axis=1), lambda x: (x > 0).all(1)),
    "square": (K.square, np.square),
    "abs": (K.abs, np.abs),
    "exp": (K.exp, np.exp),
    "sqrt": (K.sqrt, lambda x: np.sqrt(np.maximum(x, 0))),
    "log": (lambda x: K.log(K.abs(x)), lambda x: np.log(np.abs(x))),
    "pow": (lambda x: K.pow(x, 3), lambda x: x**3),
    "sin": (K.sin, np.sin),
    "cos": (K.cos, np.cos),
    "sigmoid": (K.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
    "softplus": (K.softplus, lambda x: np.log1p(np.exp(x))),
    "softsign": (K.softsign, lambda x: x / (1 + np.abs(x))),
    "logsumexp": (
        lambda x: K.logsumexp(x, axis=1),
        lambda x: np.log(np.exp(x).sum(1)),
    ),
    "equal": (lambda x: K.equal(x, K.abs(x)), lambda x: x >= 0),
    "not_equal": (lambda x: K.not_equal(x, K.abs(x)), lambda x: x < 0),
    "greater_equal": (lambda x: K.greater_equal(x, 0.1), lambda x: x >= 0.1),
    "less": (lambda x: K.less(x, 0.1), lambda x: x < 0.1),
    "less_equal": (lambda x: K.less_equal(x, 0.1), lambda x: x <= 0.1),
    "zeros_like": (K.zeros_like, np.zeros_like),
    "ones_like": (K.ones_like, np.ones_like),
    "identity": (K.identity, lambda x: x),
    "stop_gradient": (K.stop_gradient, lambda x: x),
    "to_dense": (K.to_dense, lambda x: x),
    "gather": (lambda x: K.gather(x, [2, 0]), lambda x: x[[2, 0]]),
    "clip": (lambda x: K.clip(x, -0.5, 0.5), lambda x: np.clip(x, -0.5, 0.5)),
    "sign": (K.sign, np.sign),
    "round": (K.round, np.round),
    "maximum": (lambda x: K.maximum(x, 0.1), lambda x: np.maximum(x, 0.1)),
    "minimum": (lambda x: K.minimum(x, 0.1), lambda x: np.minimum(x, 0.1)),
    "transpose": (K.transpose, np.transpose),
    "flatten": (K.flatten, np.ravel),
    "batch_flatten": (
        lambda x: K.batch_flatten(K.reshape(x, (-1, 3, 1))),
        lambda x: x,
    ),
    "expand_dims": (lambda x: K.expand_dims(x, 1), lambda x: x[:, None]),
    "squeeze": (lambda x: K.squeeze(K.expand_dims(x), 2), lambda x: x),
    "repeat": (lambda x: K.repeat(x, 2), lambda x: np.stack([x, x], 1)),
    "repeat_elements": (
        lambda x: K.repeat_elements(x, 2, 1),
        lambda x: np.repeat(x, 2, 1),
    ),
    "tile": (lambda x: K.tile(x, (1, 2)), lambda x: np.tile(x, (1, 2))),
    "permute": (lambda x: K.permute_dimensions(x, (1, 0)), lambda x: x.T),
    "reverse": (lambda x: K.reverse(x, 1), lambda x: x[:, ::-1]),
    "slice": (lambda x: K.slice(x, (0, 1), (-1, 2)), lambda x: x[:, 1:3]),
    "concatenate": (lambda x: K.concatenate([x, x]), lambda x: np.hstack([x, x])),
    "stack": (lambda x: K.stack([x, x], axis=1), lambda x: np.stack([x, x], 1)),
    "cumsum": (lambda x: K.cumsum(x, axis=1), lambda x: x.cumsum(1)),
    "cumprod": (lambda x: K.cumprod(x, axis=1), lambda x: x.cumprod(1)),
    "dot": (lambda x: K.dot(x, K.transpose(x)), lambda x: x @ x.T),
    "relu": (
        lambda x: K.relu(x, alpha=0.1, max_value=1.0),
        lambda x: np.where(x < 0, 0.1 * x, np.minimum(x, 1)),
    ),
    "elu": (K.elu, lambda x: np.where(x > 0, x, np.expm1(x))),
    "hard_sigmoid": (K.hard_sigmoid, lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
    "softmax": (
        K.softmax,
        lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True),
    ),
    "l2_normalize": (
        lambda x: K.l2_normalize(x, axis=1),
        lambda x: x / np.linalg.norm(x, axis=1, keepdims=True),
    ),
    "switch": (
        lambda x: K.switch(K.greater(x, 0), x, lambda: 0 * x),
        lambda x: np.maximum(x, 0),
    ),
    "temporal_padding": (
        lambda x: K.temporal_padding(K.expand_dims(x), (1, 2)),
        lambda x: np.pad(x[..., None], [(0, 0), (1, 2), (0, 0)]),
    ),
    "in_test_phase": (lambda x: K.in_test_phase(x, 2 * x), lambda x: x),
    "cast": (lambda x: K.cast(x > 0, "float32"), lambda x: (x > 0) * 1.0),
    "foldl": (
        lambda x: K.foldl(lambda a, b: a * 0.5 + b, K.reshape(x, (4, 3))),
        lambda x: x[3] + 0.5 * (x[2] + 0.5 * (x[1] + 0.5 * x[0])),
    ),
    "foldr": (
        lambda x: K.foldr(lambda a, b: a * 0.5 + b, K.reshape(x, (4, 3))),
        lambda x: x[0] + 0.5 * (x[1] + 0.5 * (x[2] + 0.5 * x[3])),
    ),
    "map_fn": (
        lambda x: K.map_fn(K.sum, K.reshape(x, (4, 3))),
        lambda x: x.sum(1),
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_of_one_tensor(name):
    function, expected = ONE[name]
    wanted = expected(A)
    np.testing.assert_allclose(function(K.constant(A)), wanted, rtol=1e-4, atol=1e-6)
    value = K.eval(function(K.variable(A) * 1.0))
    np.testing.assert_allclose(value, wanted, rtol=1e-4, atol=1e-6)
    x = K.placeholder((None, 3))
    found = K.function([x], [function(x)])([A])[0]
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_no_gradient_flows_through_stop_gradient():
    x = K.placeholder((None, 2))
    y = K.sum(x * K.stop_gradient(x))
    assert K.function([x], K.gradients(y, [x]))([[[3.0, 4.0]]])[0].tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("left", "right", "axes", "equation"),
    [
        ((2, 3, 4), (2, 4, 5), None, "abc,acd->abd"),
        ((2, 3, 4), (2, 4, 5), (2, 1), "abc,acd->abd"),
        ((2, 4, 3), (2, 4, 5), (1, 1), "acb,acd->abd"),
        ((2, 3, 4), (2, 5, 4), 2, "abc,adc->abd"),
        ((2, 3, 4), (2, 5, 4), -1, "abc,adc->abd"),
        ((2, 3, 4), (2, 4), None, "abc,ac->ab"),
    ],
)
def test_batch_dot(left, right, axes, equation):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=left), rng.normal(size=right)
    found = K.batch_dot(x, y, axes)
    np.testing.assert_allclose(found, np.einsum(equation, x, y), rtol=1e-4)


def test_batch_dot_of_rows_has_one_column():
    found = K.batch_dot(A, B, axes=1)
    np.testing.assert_allclose(found, (A * B).sum(1, keepdims=True), rtol=1e-5)


def test_crossentropies():
    shares = B / B.sum(1, keepdims=True)
    numbers = np.array([0, 2, 1, 1])
    expected = -np.log(shares[np.arange(4), numbers])
    found = K.sparse_categorical_crossentropy(numbers[:, None], shares)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    found = K.categorical_crossentropy(K.one_hot(numbers, 3), shares)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    truth = (A > 0).astype("float32")
    expected = -np.log(np.where(truth, B, 1 - B))
    np.testing.assert_allclose(K.binary_crossentropy(truth, B), expected, rtol=1e-4)
    assert K.in_top_k(shares, shares.argmax(1), 1).numpy().all()


def test_images():
    padded = K.spatial_2d_padding(IMAGES, ((1, 0), (0, 2)))
    assert padded.shape == (2, 5, 6, 2)
    larger = K.resize_images(IMAGES, 2, 3, data_format="channels_last")
    np.testing.assert_array_equal(larger, IMAGES.repeat(2, 1).repeat(3, 2))
    pooled = K.pool2d(IMAGES, (2, 2), strides=(2, 2), pool_mode="avg")
    blocks = IMAGES.reshape(2, 2, 2, 2, 2, 2)
    np.testing.assert_allclose(pooled, blocks.mean(axis=(2, 4)))
    np.testing.assert_array_equal(K.bias_add(IMAGES, np.ones(2, "float32")), IMAGES + 1)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_images_in_old_words():
    kernel = np.ones((3, 3, 2, 1), "float32")
    old = K.conv2d(IMAGES, kernel, border_mode="same", dim_ordering="tf")
    new = K.conv2d(IMAGES, kernel, padding="same", data_format="channels_last")
    assert np.array_equal(old, new)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("size", [7, 8])
def test_transposed_convolution_has_the_shape_asked_for(padding, size):
    kernel = np.ones((3, 3, 5, 2), "float32")
    size += 2 * (padding == "valid")
    shape = (2, size, size, 5)
    found = K.conv2d_transpose(IMAGES, kernel, shape, (2, 2), padding)
    assert tuple(found.shape) == shape


def test_conv1d_causal_looks_back_only():
    x = np.zeros((1, 6, 1), "float32")
    x[0, 3] = 1
    found = K.conv1d(x, np.ones((3, 1, 1), "float32"), padding="causal")
    assert found[0, :, 0].tolist() == [0, 0, 0, 1, 1, 1]


# Variables


def test_variables_are_read_and_set():
    v = K.variable([[1.0, 2.0]], name="v")
    assert K.is_variable(v) and K.int_shape(v) == (1, 2) and K.dtype(v) == "float32"
    K.set_value(v, [[3.0, 4.0]])
    assert K.get_value(v).tolist() == [[3.0, 4.0]]
    K.batch_set_value([(v, np.zeros((1, 2)))])
    assert K.batch_get_value([v])[0].tolist() == [[0.0, 0.0]]
    K.update_add(v, 2.0)
    K.update_sub(v, 1.0)
    K.moving_average_update(v, 3.0, 0.5)
    assert K.eval(v).tolist() == [[2.0, 2.0]]
    assert K.zeros((2,)).numpy().tolist() == [0, 0] and K.count_params(v) == 2
    assert K.eye(2).numpy().tolist() == [[1, 0], [0, 1]]
    with pytest.raises(ValueError, match="must be a variable"):
        K.set_value(K.constant(1.0), 2.0)
    with pytest.raises(ValueError, match="A symbolic one needs data"):
        K.eval(K.placeholder((2,)))


def test_the_learning_rate_is_a_variable():
    optimizer = keras.optimizers.SGD(0.5)
    K.set_value(optimizer.learning_rate, 0.125)
    assert K.get_value(optimizer.learning_rate) == 0.125


def test_placeholders_and_descriptions():
    x = K.placeholder(ndim=3)
    assert K.int_shape(x) == (None, None, None) and K.ndim(x) == 3
    assert K.is_placeholder(x) and not K.is_placeholder(x * 2)
    assert K.backend() == "numpy" and not K.is_sparse(x)
    with pytest.raises(ValueError, match="shape must be given"):
        K.placeholder()
    with pytest.raises(ValueError, match="sparse must be False"):
        K.placeholder((2,), sparse=True)


def test_dim_ordering():
    assert K.image_dim_ordering() == "tf"
    K.set_image_dim_ordering("th")
    try:
        assert K.image_data_format() == "channels_first"
        assert K.image_dim_ordering() == "th"
    finally:
        K.set_image_dim_ordering("tf")


def test_random_numbers():
    drawn = K.eval(K.random_normal((4000,), mean=2.0, stddev=0.5, seed=1))
    assert abs(drawn.mean() - 2) < 0.05 and abs(drawn.std() - 0.5) < 0.05
    drawn = K.eval(K.random_uniform((4000,), -1.0, 3.0))
    assert drawn.min() >= -1 and drawn.max() < 3 and abs(drawn.mean() - 1) < 0.1
    drawn = K.eval(K.random_binomial((4000,), p=0.25))
    assert set(np.unique(drawn)) == {0, 1} and abs(drawn.mean() - 0.25) < 0.05
    assert abs(K.eval(K.truncated_normal((4000,)))).max() <= 2


# Loops


def test_rnn_is_the_loop():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(2, 5, 3)).astype("float32")
    w = rng.normal(size=(3, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 1, 0], [1, 1, 1, 1, 1]], bool)

    def step(now, states):
        h = K.tanh(now + K.dot(states[0], w))
        return h, [h]

    last, whole, states = K.rnn(step, x, [K.zeros((2, 3))], mask=K.constant(mask))
    h, outputs = np.zeros((2, 3)), []
    for i in range(5):
        new = np.tanh(x[:, i] + h @ w)
        h = np.where(mask[:, i : i + 1], new, h)
        outputs.append(h)
    np.testing.assert_allclose(whole, np.stack(outputs, 1), rtol=1e-5)
    np.testing.assert_allclose(last, h, rtol=1e-5)
    np.testing.assert_allclose(states[0], h, rtol=1e-5)


def test_rnn_backwards_with_constants():
    x = np.arange(6.0, dtype="float32").reshape(1, 3, 2)

    def step(now, states):
        total = states[0] * states[1] + now
        return total, [total]

    _, whole, _ = K.rnn(
        step, x, [K.zeros((1, 2))], go_backwards=True, constants=[K.constant(2.0)]
    )
    assert whole.numpy()[0, :, 0].tolist() == [4, 10, 20]


def test_ctc():
    shares = np.full((1, 4, 3), 1 / 3, "float32")
    cost = K.ctc_batch_cost([[0, 1]], K.constant(shares), [[4]], [[2]])
    assert cost.shape == (1, 1)
    # 15 of the 81 paths over {0, 1, blank} read 0 1
    np.testing.assert_allclose(cost.numpy(), -np.log(15 / 81), rtol=1e-4)
    sure = np.full((1, 4, 3), 0.01, "float32")
    for i, k in enumerate([0, 2, 1, 1]):
        sure[0, i, k] = 0.98
    (labels, *_), _ = K.ctc_decode(K.constant(sure), [4])
    assert [n for n in labels.numpy()[0] if n >= 0] == [0, 1]


# Graphs


def small():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [L.Input((4,)), L.Dense(3, "tanh"), L.Dropout(0.5), L.Dense(2, name="last")]
    )


def test_function_runs_a_part_of_a_model():
    model = small()
    hidden = K.function([model.input], [model.layers[0].output, model.output])
    x = np.ones((2, 4), "float32")
    first, second = hidden([x])
    np.testing.assert_allclose(first, model.layers[0](x), rtol=1e-6)
    np.testing.assert_allclose(second, model.predict(x, verbose=0), rtol=1e-6)
    behind = K.function([model.layers[0].output], [model.output])
    np.testing.assert_allclose(behind([first])[0], second, rtol=1e-6)
    alone = K.function([model.input], model.output)
    assert alone([x]).shape == (2, 2)
    with pytest.raises(ValueError, match="takes 1 arrays in a list, got 2"):
        hidden([x, x])


def test_the_learning_phase_is_an_input():
    model = small()
    f = K.function([model.input, K.learning_phase()], [model.layers[1].output])
    x = np.ones((50, 4), "float32")
    still, dropped = f([x, 0])[0], f([x, 1])[0]
    assert (dropped == 0).any() and not (still == 0).any()
    with K.learning_phase_scope(1):
        g = K.function([model.input], [model.layers[1].output])
        assert K.learning_phase() == 1 and (g([x])[0] == 0).any()
    y = K.placeholder((None, 2))
    h = K.function([y, K.learning_phase()], [K.in_train_phase(y * 2, y)])
    assert [h([np.ones((1, 2)), p])[0][0, 0] for p in (0, 1)] == [1.0, 2.0]


def test_gradients_are_those_of_the_tape():
    model = small()
    x = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
    loss = K.mean(K.square(model.output))
    wanted = [model.input, model.layers[0].output, *model.trainable_weights]
    symbols = K.gradients(loss, wanted)
    assert [K.int_shape(g) for g in symbols[:2]] == [(None, 4), (None, 3)]
    found = K.function([model.input], symbols)([x])
    tensor = keras.ops.convert_to_tensor(x)
    with keras.GradientTape() as tape:
        tape.watch(tensor)
        hidden = model.layers[0](tensor)
        value = K.mean(K.square(model.layers[2](hidden)))
    expected = tape.gradient(value, [tensor, hidden, *model.trainable_weights])
    for g, e in zip(found, expected, strict=True):
        np.testing.assert_allclose(g, e, rtol=1e-5, atol=1e-7)


def test_gradients_of_gradients():
    x = K.placeholder((None, 2))
    first = K.gradients(K.sum(x * x * x), x)[0]
    second = K.gradients(K.sum(K.square(first)), x)[0]
    found = K.function([x], [first, second])([[[1.0, 2.0]]])
    assert found[0].tolist() == [[3, 12]] and found[1].tolist() == [[36, 288]]


def test_gradients_where_there_are_none():
    x, y = K.placeholder((None, 2)), K.placeholder((None, 2))
    first, second = K.gradients(K.sum(x), [x, y])
    assert second is None and K.function([x], [first])([[[5.0, 5.0]]])[0].tolist()
    with pytest.raises(ValueError, match="loss must be a symbolic tensor"):
        K.gradients(K.constant(1.0), [x])


def test_updates_are_set_after_each_call():
    x, total, count = K.placeholder((None,)), K.variable(0.0), K.variable(0.0)
    updates = [(total, total + K.sum(x)), K.update_add(count, K.sum(x * 0 + 1))]
    f = K.function([x], [K.sum(x)], updates=updates)
    for _ in range(2):
        assert f([[1.0, 2.0]]) == [3.0]
    assert K.get_value(total) == 6.0 and K.get_value(count) == 4.0


def test_gradient_ascent_finds_what_a_unit_likes():
    model = small()
    loss = K.mean(model.output[:, 0])
    grads = K.gradients(loss, model.input)[0]
    grads /= K.sqrt(K.mean(K.square(grads))) + 1e-5
    iterate = K.function([model.input], [loss, grads])
    x = np.zeros((1, 4), "float32")
    losses = []
    for _ in range(10):
        value, step = iterate([x])
        losses.append(value)
        x += step
    assert losses == sorted(losses) and losses[-1] > losses[0]
