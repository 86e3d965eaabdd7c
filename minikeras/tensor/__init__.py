"""The tensor floor: values, primitives, differentiation and graphs, on NumPy alone."""

from . import dtypes, forms, graph, operators, shapes, symbolic
from .basics import (
    add,
    broadcast_to,
    cast,
    stop_gradient,
    unbroadcast,
    zeros_like,
)
from .function import PlannedFunction, function
from .gradients import GradientTape, custom_gradient
from .graph import FunctionOperation, Node, Operation, operation
from .primitive import PRIMITIVES, GradientError, Primitive, primitive
from .recording import number, one_call, phase
from .state import state, values_are_read
from .symbolic import KerasTensor, any_symbolic, no_history
from .tensor import Tensor, as_array, as_text, convert_to_tensor
from .variable import Variable, late_values, standing_in

__all__ = [
    "PRIMITIVES",
    "FunctionOperation",
    "GradientError",
    "GradientTape",
    "KerasTensor",
    "Node",
    "Operation",
    "PlannedFunction",
    "Primitive",
    "Tensor",
    "Variable",
    "add",
    "any_symbolic",
    "as_array",
    "as_text",
    "broadcast_to",
    "cast",
    "convert_to_tensor",
    "custom_gradient",
    "dtypes",
    "forms",
    "function",
    "graph",
    "late_values",
    "no_history",
    "number",
    "one_call",
    "operation",
    "operators",
    "phase",
    "primitive",
    "shapes",
    "standing_in",
    "state",
    "stop_gradient",
    "symbolic",
    "unbroadcast",
    "values_are_read",
    "zeros_like",
]
