"""Arrays of weights as earlier Keras laid them out, turned into those of today.

Keras 1 kept a kernel for each gate of an LSTM, and convolution kernels in the order of
their backend; Theano turned kernels around; CuDNN has its own order of everything. The
layers are known by their class names and attributes only.
"""

from functools import partial

import numpy as np

from .ages import Age

__all__ = ["leaves", "pairs", "trainable_count"]

_WRAPPERS = ("layer", "forward_layer", "backward_layer")


def leaves(layer) -> list:
    """Returns the layers inside a model or wrapper that have weights of their own."""
    found: dict[int, object] = {}
    stack = [layer]
    while stack:
        part = stack.pop()
        inner = _inside(part)
        if inner:
            stack += inner[::-1]
        elif part.weights:
            found[id(part)] = part
    return list(found.values())


def _inside(layer) -> list:
    if hasattr(layer, "layers"):
        return list(layer.layers)
    if type(layer).__name__ in ("Bidirectional", "TimeDistributed"):
        return [getattr(layer, name) for name in _WRAPPERS if hasattr(layer, name)]
    return []


# Gates: kernel, recurrent kernel and bias of each, in the order of Keras 1.
_GATES = {"ConvLSTM2D": 4, "GRU": 3, "LSTM": 4}
_PLACES = {3: (0, 1, 2), 4: (0, 2, 1, 3)}  # z, r, h; and i, c, f, o, today i, f, c, o


def _counts(layer, age: Age, has_gates: bool) -> tuple[int, int]:
    """How many trainable and other arrays a layer without inner ones had in a file."""
    trainable, others = _weights_of(layer, age)
    gates = _GATES.get(type(layer).__name__, 1) if has_gates else 1
    return len(trainable) * gates, len(others) * gates


def _weights_of(layer, age: Age) -> tuple[list, list]:
    """The trainable weights of a layer and the others, as a file of that age had them.

    A frozen model kept its order in Keras 1 and 2, since its layers did not know.
    """
    trainable, others = layer.trainable_weights, layer.non_trainable_weights
    if age.is_multi_backend and not layer.trainable:
        moving = [w for w in others if w.name.startswith("moving_")]
        if moving:
            return [w for w in others if not w.name.startswith("moving_")], moving
        return others, []
    return trainable, others


def trainable_count(layer, total: int, age: Age) -> int:
    """How many of a saved layer's arrays belong to trainable weights."""
    for has_gates in (True, False) if age.major == 1 else (False,):
        counts = [_counts(leaf, age, has_gates) for leaf in leaves(layer)]
        if sum(map(sum, counts)) == total:
            return sum(trainable for trainable, _ in counts)
    return len(layer.trainable_weights)


def pairs(layer, arrays: list, age: Age, only_trainable: bool = False) -> list | None:
    """Returns the (weight, array) pairs of a layer, None if the arrays do not fit.

    Args:
        layer: A built layer or model.
        arrays: Its arrays in the order of the file: trainable ones of all inner
            layers, then the others.
        age: Who wrote the file.
        only_trainable: Whether only arrays for trainable weights came, such as an
            optimizer's.
    """
    for has_gates in (True, False) if age.major == 1 else (False,):
        inner = leaves(layer)
        counts = [_counts(leaf, age, has_gates) for leaf in inner]
        if only_trainable:
            counts = [(trainable, 0) for trainable, _ in counts]
        if sum(map(sum, counts)) == len(arrays):
            return _pairs(inner, counts, arrays, age, only_trainable)
    return None


def _pairs(inner, counts, arrays, age: Age, only_trainable: bool) -> list | None:
    taken, rest = 0, sum(trainable for trainable, _ in counts)
    found = []
    for leaf, (trainable, others) in zip(inner, counts, strict=True):
        own = arrays[taken : taken + trainable] + arrays[rest : rest + others]
        taken, rest = taken + trainable, rest + others
        first, second = _weights_of(leaf, age)
        weights = first if only_trainable else [*first, *second]
        new = _modern(leaf, own, age, [tuple(w.shape) for w in weights])
        if [array.shape for array in new] != [tuple(w.shape) for w in weights]:
            return None
        found += zip(weights, new, strict=True)
    return found


def _modern(layer, arrays: list, age: Age, shapes: list) -> list:
    """The arrays of one layer in today's layout, as far as it is known."""
    kind = type(layer).__name__
    if not arrays:
        return arrays
    if age.major == 1 and kind in _KERAS_1:
        arrays = _KERAS_1[kind](layer, arrays, shapes)
    if kind in ("GRU", "LSTM") and len(arrays) == 3:
        arrays = _from_cudnn(arrays, 3 if kind == "GRU" else 4, shapes)
    if kind in ("LocallyConnected1D", "LocallyConnected2D"):
        arrays = [_from_dense(layer, arrays[0], shapes[0]), *arrays[1:]]
    is_theano = age.major == 2 and age.backend == "theano"
    if is_theano and kind in _CONVOLUTIONS:
        rank = layer.rank if hasattr(layer, "rank") else 2
        flipped = [np.flip(a, range(rank)) if a.ndim > rank else a for a in arrays]
        arrays = [np.ascontiguousarray(a) for a in flipped]
    return arrays


_CONVOLUTIONS = (
    "Conv1D",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "ConvLSTM2D",
)

# ----------------------------------------------------------------------- Keras 1


def _first_that_fits(array, orders, shape):
    """An array with its axes in the first of these orders that gives a shape."""
    fitting = [order for order in orders if array.ndim == len(order)]
    turned = [np.transpose(array, order) for order in fitting]
    return next((a for a in turned if a.shape == shape), array)


def _convolution(orders_first, orders_last, layer, arrays, shapes):
    """Kernels in Theano's order, (out, in, ...), or in TensorFlow's, by the layer."""
    is_first = layer.data_format == "channels_first"
    orders = [orders_first, orders_last][:: 1 if is_first else -1]
    pairs = zip(arrays, shapes, strict=False)
    return [_first_that_fits(a, orders, s) if a.ndim > 2 else a for a, s in pairs]


def _convolution_1d(layer, arrays, shapes):
    kernel, *bias = arrays
    if kernel.ndim == 4:  # (length, 1, in, out), and before 1.1 (out, in, length, 1)
        by_row = kernel[:, 0]
        before = np.transpose(kernel, (2, 3, 1, 0))[:, 0]
        kernel = next((k for k in (by_row, before) if k.shape == shapes[0]), kernel)
    return [kernel, *bias]


def _gates(layer, arrays, shapes):
    """One kernel, recurrent kernel and bias of those of each gate."""
    gates = _GATES[type(layer).__name__]
    if len(arrays) != 3 * gates:
        return arrays
    order = layer.data_format if hasattr(layer, "data_format") else None
    if order == "channels_first":
        arrays = [np.transpose(a, (2, 3, 1, 0)) if a.ndim == 4 else a for a in arrays]
    parts = [[arrays[3 * gate + i] for gate in _PLACES[gates]] for i in range(3)]
    return [np.concatenate(part, axis=-1) for part in parts]


_CONVOLUTION_2D = partial(_convolution, (2, 3, 1, 0), (0, 1, 2, 3))
_KERAS_1 = {
    "Conv1D": _convolution_1d,
    "Conv2D": _CONVOLUTION_2D,
    "Conv2DTranspose": partial(_convolution, (2, 3, 0, 1), (0, 1, 3, 2)),
    "Conv3D": partial(_convolution, (2, 3, 4, 1, 0), (0, 1, 2, 3, 4)),
    "ConvLSTM2D": _gates,
    "GRU": _gates,
    "LSTM": _gates,
    "SeparableConv2D": _CONVOLUTION_2D,
}

# ------------------------------------------------------------------------- CuDNN


def _from_cudnn(arrays, gates: int, shapes):
    """Kernels and biases of CuDNN's layers, told by the length of the bias."""
    kernel, recurrent, bias = arrays
    units = recurrent.shape[0]
    if bias.shape != (2 * gates * units,):
        return arrays

    def each_gate(change, array):
        return np.concatenate([change(k) for k in np.split(array, gates, -1)], -1)

    kernel = each_gate(lambda k: k.T.reshape(k.shape, order="F"), kernel)
    recurrent = each_gate(np.transpose, recurrent)
    by_source = bias.reshape(2, -1)
    bias = by_source if shapes[2] == by_source.shape else by_source.sum(axis=0)
    return [kernel, recurrent, bias]


# ------------------------------------------------------------- locally connected


def _from_dense(layer, kernel, shape):
    """The kernel of a LocallyConnected layer of any of its three implementations.

    Implementation 2 has a weight from each input to each output, mostly zeros; 3 has
    those that exist in a row, ordered by output, then by input.
    """
    if kernel.shape == shape:
        return kernel
    sources, targets, exists, size = _connections(layer, shape)
    new = np.zeros(shape, kernel.dtype)
    if kernel.ndim == 1 and kernel.size == exists.sum():
        order = np.lexsort((sources[exists], targets[exists]))
        values = np.empty(kernel.size, kernel.dtype)
        values[order] = kernel
        new[exists] = values
    elif kernel.size == size:
        count = targets.max() + 1
        new[exists] = kernel.reshape(-1, count)[sources[exists], targets[exists]]
    else:
        return kernel
    return new


def _connections(layer, shape) -> tuple:
    """The input and output of each entry of a kernel (place, window, filter).

    Returns:
        Numbers of inputs and of outputs, whether the input exists (it may lie in the
        margin), all of the kernel's shape, and the number of all pairs there are.
    """
    rank, filters = layer.rank, shape[-1]
    is_first = layer.data_format == "channels_first"
    space = [layer.input_spec.axes[layer.first_axis + i] for i in range(rank)]
    window = int(np.prod(layer.kernel_size))
    channels = shape[1] // window
    places = np.indices(layer._space).reshape(rank, -1, 1)
    steps = np.indices(layer.kernel_size).reshape(rank, 1, -1)
    column = (rank, 1, 1)
    before = [0] * rank
    if layer._margins is not None:
        before = [pair[0] for pair in layer._margins[layer.first_axis :][:rank]]
    places = places * np.reshape(layer.strides, column)
    inputs = places + steps - np.reshape(before, column)
    inside = ((inputs >= 0) & (inputs < np.reshape(space, column))).all(axis=0)
    limits = [np.clip(x, 0, n - 1) for x, n in zip(inputs, space, strict=True)]
    where = np.ravel_multi_index(limits, space)
    number, count = np.arange(channels), int(np.prod(space))
    spot, total = np.arange(len(where)), len(where)
    if is_first:
        sources = number[:, None] * count + where[:, None, :]
        exists = np.broadcast_to(inside[:, None, :], sources.shape)
        targets = np.arange(filters) * total + spot[:, None]
    else:
        sources = where[:, :, None] * channels + number
        exists = np.broadcast_to(inside[:, :, None], sources.shape)
        targets = spot[:, None] * filters + np.arange(filters)
    flat = (shape[0], shape[1], 1)
    sources = np.broadcast_to(sources.reshape(flat), shape)
    exists = np.broadcast_to(exists.reshape(flat), shape)
    targets = np.broadcast_to(targets[:, None, :], shape)
    return sources, targets, exists, count * channels * total * filters
