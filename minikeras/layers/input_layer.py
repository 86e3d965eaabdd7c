"""Where a model's graph begins."""

from ..tensor import KerasTensor, Node, dtypes
from ..utils import checks
from .layer import LAYERS, Layer


@LAYERS.register()
class InputLayer(Layer):
    """Stands for the data that a model is fed.

    Args:
        shape: Shape of one sample; None where a size is open.
        batch_size: Number of samples; None if open.
        dtype: Dtype of the data; `config.floatx()` if None.
        sparse, ragged: Must not be True: there are only dense arrays.
        batch_shape: Shape with the batch axis in front, instead of `shape`.
        input_tensor: KerasTensor to begin the graph at, instead of a new one.
        optional: Whether None may be fed.
        name: Name of the layer and of its tensor.
    """

    def __init__(
        self,
        shape=None,
        batch_size=None,
        dtype=None,
        sparse=None,
        ragged=None,
        batch_shape=None,
        input_tensor=None,
        optional=False,
        name=None,
        **kwargs,
    ):
        super().__init__(name=name, **kwargs)
        for option, value in (("sparse", sparse), ("ragged", ragged)):
            if value:
                must = "be False: NumPy has dense arrays only"
                checks.fail(self, option, value, must)
        if input_tensor is None:
            batch_shape = self._joined(shape, batch_size, batch_shape)
            input_tensor = KerasTensor(
                batch_shape, dtypes.standardize(dtype), name=name
            )
        else:
            self._check_tensor(input_tensor, shape, batch_size, dtype, batch_shape)
        self.batch_shape = tuple(input_tensor.shape)
        self._dtype = input_tensor.dtype
        self.sparse = self.ragged = False
        self.optional = optional
        self.built = True
        Node(self, outputs=input_tensor)

    def _joined(self, shape, batch_size, batch_shape):
        """Returns the batch shape that the arguments mean."""
        if (shape is None) == (batch_shape is None):
            raise ValueError(
                f"{checks.owner_name(self)}: give either shape or batch_shape, got "
                f"shape={shape} and batch_shape={batch_shape}. Try shape=(8,) for "
                "samples of 8 features."
            )
        if batch_shape is not None:
            if batch_size is not None:
                must = "be left out where batch_shape is given"
                checks.fail(self, "batch_size", batch_size, must)
            return checks.shape(self, batch_shape=batch_shape)
        if batch_size is not None:
            batch_size = checks.positive_int(self, batch_size=batch_size)
        return batch_size, *checks.shape(self, shape=shape)

    def _check_tensor(self, tensor, shape, batch_size, dtype, batch_shape):
        if type(tensor) is not KerasTensor:
            checks.fail(self, "input_tensor", tensor, "be a KerasTensor")
        batch, *rest = tensor.shape
        said = (
            ("shape", shape and tuple(shape), tuple(rest)),
            ("batch_size", batch_size, batch),
            ("batch_shape", batch_shape and tuple(batch_shape), tuple(tensor.shape)),
            ("dtype", dtype and dtypes.standardize(dtype), tensor.dtype),
        )
        for option, value, own in said:
            if value is not None and value != own:
                checks.fail(self, option, value, f"agree with input_tensor's, {own}")

    @property
    def dtype(self):
        """The dtype of the data."""
        return self._dtype

    def call(self):
        """Has nothing to compute: the model puts the data in place of its output."""

    def get_config(self):
        """Returns the constructor's arguments, the shape with its batch axis."""
        return {
            "batch_shape": self.batch_shape,
            "dtype": self.dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def Input(
    shape=None,
    batch_size=None,
    dtype=None,
    sparse=None,
    ragged=None,
    batch_shape=None,
    name=None,
    tensor=None,
    optional=False,
):
    """Returns a symbolic tensor with which a model's graph begins.

    Args:
        shape: Shape of one sample; None where a size is open.
        batch_size: Number of samples; None if open.
        dtype: Dtype of the data; `config.floatx()` if None.
        sparse, ragged: Must not be True: there are only dense arrays.
        batch_shape: Shape with the batch axis in front, instead of `shape`.
        name: Name of the input.
        tensor: KerasTensor to begin at, instead of a new one.
        optional: Whether None may be fed.

    >>> Input((32,), batch_size=4).shape
    (4, 32)
    """
    if getattr(tensor, "_keras_history", None) is not None:
        return tensor  # a model can begin in the middle of a graph
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
    )
    return layer.output
