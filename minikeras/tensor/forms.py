"""How tensors stand in configs: `__keras_tensor__` and `__tensor__`, as in Keras."""

from ..utils import serialization
from .symbolic import KerasTensor
from .tensor import Tensor, convert_to_tensor
from .variable import Variable

__all__: list[str] = []


def _encode_symbolic(x: KerasTensor) -> dict:
    operation, node_index, tensor_index = x._keras_history
    return {
        "shape": x.shape,
        "dtype": x.dtype,
        "keras_history": (operation.name, node_index, tensor_index),
    }


def _decode_symbolic(config: dict) -> KerasTensor:
    return KerasTensor(config["shape"], config["dtype"])


def _encode_tensor(x: Tensor | Variable) -> dict:
    value = convert_to_tensor(x)
    return {"value": value.tolist(), "dtype": value.dtype.name}


def _decode_tensor(config: dict) -> Tensor:
    return convert_to_tensor(config["value"], config["dtype"])


serialization.add_handler(
    KerasTensor, _encode_symbolic, "__keras_tensor__", _decode_symbolic
)
serialization.add_handler(
    (Tensor, Variable), _encode_tensor, "__tensor__", _decode_tensor
)
