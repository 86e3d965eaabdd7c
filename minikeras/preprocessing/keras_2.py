"""Helpers that Keras 2 had in `utils` and Keras 3 has not: data on disk, test data."""

import numpy as np

from ..utils import checks
from ..utils.lazy import LazyModule

__all__ = [
    "HDF5Matrix",
    "conv_input_length",
    "conv_output_length",
    "count_params",
    "deconv_length",
    "get_test_data",
    "multi_gpu_model",
    "normalize_padding",
    "normalize_tuple",
    "print_summary",
]

h5py = LazyModule("h5py")


class HDF5Matrix:
    """An array in an HDF5 file, or a part of its rows, read as it is needed.

    Args:
        datapath: Path of the file.
        dataset: Name of the array in it.
        start, end: The rows to take; all if 0 and None.
        normalizer: Function of every array that is read.
    """

    def __init__(self, datapath, dataset, start=0, end=None, normalizer=None):
        self._file = h5py.File(datapath, "r")
        if dataset not in self._file:
            known = checks.did_you_mean(dataset, self._file)
            self._file.close()
            raise ValueError(f"HDF5Matrix: no array {dataset!r} in the file. {known}")
        self.data = self._file[dataset]
        self.start = start
        self.end = len(self.data) if end is None else end
        self.normalizer = normalizer

    def __len__(self) -> int:
        return self.end - self.start

    def __getitem__(self, key):
        if isinstance(key, slice):
            rows = range(self.start, self.end)[key]
            step = rows.step
            found = self.data[rows.start : rows.stop : step] if len(rows) else None
            if found is None:
                found = np.empty((0, *self.data.shape[1:]), self.data.dtype)
        elif isinstance(key, (int, np.integer)):
            found = self.data[range(self.start, self.end)[int(key)]]
        else:
            wanted = np.arange(self.start, self.end)[np.asarray(key)]
            rows, back = np.unique(wanted, return_inverse=True)
            found = self.data[rows][back]
        return self.normalizer(found) if self.normalizer else found

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self[:], dtype)

    @property
    def shape(self) -> tuple:
        """The shape of the rows that are taken."""
        return (len(self), *self.data.shape[1:])

    @property
    def dtype(self):
        """The dtype in the file."""
        return self.data.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return self.data.ndim

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self.shape))


def get_test_data(
    num_train=1000,
    num_test=500,
    input_shape=(10,),
    output_shape=(2,),
    classification=True,
    num_classes=2,
):
    """Makes data to try a model on: noise around a mean for each class.

    Args:
        num_train, num_test: Numbers of samples.
        input_shape: Shape of a sample.
        output_shape: Shape of a target, unless `classification`.
        classification: Whether the targets are class numbers.
        num_classes: Number of classes.

    Returns:
        `(x_train, y_train), (x_test, y_test)`
    """
    samples = num_train + num_test
    if classification:
        y = np.random.randint(0, num_classes, size=(samples,))
        x = np.zeros((samples, *input_shape), dtype=np.float32)
        for i in range(samples):
            x[i] = np.random.normal(loc=y[i], scale=0.7, size=input_shape)
    else:
        means = np.random.random((samples,))
        x = np.zeros((samples, *input_shape), dtype=np.float32)
        y = np.zeros((samples, *output_shape), dtype=np.float32)
        for i in range(samples):
            x[i] = np.random.normal(loc=means[i], scale=0.7, size=input_shape)
            y[i] = np.random.normal(loc=means[i], scale=0.7, size=output_shape)
    return (x[:num_train], y[:num_train]), (x[num_train:], y[num_train:])


def count_params(weights) -> int:
    """Returns the number of elements in a list of weights."""
    return sum(int(np.prod(w.shape)) for w in {id(w): w for w in weights}.values())


def print_summary(model, line_length=None, positions=None, print_fn=None):
    """Prints `model.summary()`."""
    model.summary(line_length=line_length, positions=positions, print_fn=print_fn)


def multi_gpu_model(model, gpus=None, cpu_merge=True, cpu_relocation=False):
    """Returns the model: NumPy computes on the processor, whatever is asked for."""
    return model


def normalize_tuple(value, n, name) -> tuple:
    """Returns `n` ints from one of them, or from a list of `n`."""
    return checks.int_or_tuple("normalize_tuple", n, **{name: value})


def normalize_padding(value) -> str:
    """Returns the name of a padding in lower case, if it is one."""
    known = ("valid", "same", "causal")
    return checks.one_of("normalize_padding", padding=value.lower(), allowed=known)


def conv_output_length(input_length, filter_size, padding, stride, dilation=1):
    """Returns the length of a convolution's output; None for an unknown input."""
    if input_length is None:
        return None
    known = ("same", "valid", "full", "causal")
    checks.one_of("conv_output_length", padding=padding, allowed=known)
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    gained = {"same": 0, "causal": 0, "valid": 1 - reach, "full": reach - 1}[padding]
    return (input_length + gained + stride - 1) // stride


def conv_input_length(output_length, filter_size, padding, stride):
    """Returns the length of input that a convolution's output came of."""
    if output_length is None:
        return None
    known = ("same", "valid", "full")
    checks.one_of("conv_input_length", padding=padding, allowed=known)
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_length(dim_size, stride_size, kernel_size, padding, output_padding=None):
    """Returns the length of a transposed convolution's output."""
    if dim_size is None:
        return None
    checks.one_of("deconv_length", padding=padding, allowed=("same", "valid", "full"))
    if output_padding is not None:
        pad = {"same": kernel_size // 2, "valid": 0, "full": kernel_size - 1}[padding]
        return (dim_size - 1) * stride_size + kernel_size - 2 * pad + output_padding
    gained = {
        "valid": max(kernel_size - stride_size, 0),
        "full": -(stride_size + kernel_size - 2),
        "same": 0,
    }[padding]
    return dim_size * stride_size + gained
