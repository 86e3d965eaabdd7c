"""The recurrent layers of every lecture: a cell of their own inside an `RNN`."""

from ..utils import checks
from .input_spec import InputSpec
from .layer import LAYERS
from .recurrent_cell import Cell, arguments_for, own_arguments
from .recurrent_cells import GRUCell, LSTMCell, SimpleRNNCell
from .recurrent_loop import RNN

__all__ = ["GRU", "LSTM", "CellLayer", "SimpleRNN"]


def _of_cell(name):
    return property(lambda self: getattr(self.cell, name), doc=f"The cell's {name}.")


class CellLayer(RNN):
    """Base of the layers that make their cell from their own arguments.

    Attributes:
        cell_class: The cell; its arguments can be read from the layer too.
        cell_name: Its name, by which files know its weights.
        hidden: Arguments that Keras leaves out of the config.
        input_rank: Number of axes of the input.
    """

    cell_class: type = Cell
    cell_name = "cell"
    hidden: tuple[str, ...] = ()
    input_rank = 3

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "cell_class" in vars(cls):
            for name in own_arguments(cls.cell_class):
                if name != "seed":
                    setattr(cls, name, _of_cell(name))

    def set_up(self, given, kwargs):
        """Makes the cell and passes on the rest; `given` are the locals of __init__."""
        shared = {k: kwargs[k] for k in ("dtype", "trainable") if k in kwargs}
        own = arguments_for(self.cell_class, given)
        cell = self.cell_class(**own, **shared, name=self.cell_name)
        flags = arguments_for(RNN, given)
        RNN.__init__(
            self,
            cell,
            **flags,
            activity_regularizer=given["activity_regularizer"],
            **kwargs,
        )
        self.seed = given["seed"]
        self.input_spec = InputSpec(ndim=self.input_rank)

    def get_config(self):
        """Returns the arguments, the cell's among them, and no cell."""
        config = {"activity_regularizer": None, **super().get_config()}
        for name in ("cell", *self.hidden):
            del config[name]
        return config


@LAYERS.register()
class SimpleRNN(CellLayer):
    """The plain recurrent network: the output is fed back. (Elman, 1990)

    h[t] = activation(x[t] @ kernel + h[t - 1] @ recurrent_kernel + bias)

    Args:
        units: Length of state and output, a positive int.
        activation: Name or function.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed: See `SimpleRNNCell`. A dropout mask is drawn once
            per sequence.
        activity_regularizer: Penalty on the output.
        return_sequences, return_state, go_backwards, stateful, unroll: See `RNN`.

    Shape: (batch, steps, features) -> (batch, units), or (batch, steps, units)

    >>> import numpy as np
    >>> SimpleRNN(4)(np.ones((2, 5, 3))).shape
    (2, 4)
    """

    cell_class = SimpleRNNCell
    cell_name = "simple_rnn_cell"
    hidden = ("seed",)

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        seed=None,
        **kwargs,
    ):
        self.set_up(locals(), kwargs)


@LAYERS.register()
class LSTM(CellLayer):
    """Long short-term memory: gates decide what to keep, to add and to show.

    i, f, o = sigmoid, g = tanh of x[t] @ kernel + h[t - 1] @ recurrent_kernel + bias
    c[t] = f * c[t - 1] + i * g,  h[t] = o * tanh(c[t])
    (Hochreiter and Schmidhuber, 1997; Gers et al., 2000)

    Args:
        units: Length of the states h and c and of the output, a positive int.
        activation: Name or function, in place of tanh.
        recurrent_activation: Name or function, in place of sigmoid.
        unit_forget_bias: Whether the bias of the forget gate starts at 1.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed: See `SimpleRNNCell`. Each gate has a dropout mask
            of its own, drawn once per sequence.
        activity_regularizer: Penalty on the output.
        return_sequences, return_state, go_backwards, stateful, unroll: See `RNN`.
        use_cudnn: "auto", True or False; there is no GPU, and all give the same
            numbers.

    Shape: (batch, steps, features) -> (batch, units), or (batch, steps, units)

    >>> import numpy as np
    >>> y, h, c = LSTM(4, return_sequences=True, return_state=True)(np.ones((2, 5, 3)))
    >>> y.shape, h.shape, c.shape
    ((2, 5, 4), (2, 4), (2, 4))
    """

    cell_class = LSTMCell
    cell_name = "lstm_cell"
    hidden = ("use_cudnn",)

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        unit_forget_bias=True,
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        use_cudnn="auto",
        **kwargs,
    ):
        self.set_up(locals(), kwargs)
        self.use_cudnn = checks.one_of(self, ("auto", True, False), use_cudnn=use_cudnn)


@LAYERS.register()
class GRU(CellLayer):
    """Gated recurrent unit: an LSTM with one state and one gate less.

    z, r = sigmoid of their gates of x[t] @ kernel + h[t - 1] @ recurrent_kernel + bias
    n = tanh(x[t] @ kernel_n + r * (h[t - 1] @ recurrent_kernel_n))
    h[t] = z * h[t - 1] + (1 - z) * n
    (Cho et al., 2014)

    Args:
        units: Length of state and output, a positive int.
        activation: Name or function, in place of tanh.
        recurrent_activation: Name or function, in place of sigmoid.
        reset_after: Whether the reset gate r comes after the product, as above, or
            before it: see `GRUCell`.
        use_bias, kernel_initializer, recurrent_initializer, bias_initializer,
            kernel_regularizer, recurrent_regularizer, bias_regularizer,
            kernel_constraint, recurrent_constraint, bias_constraint, dropout,
            recurrent_dropout, seed: See `SimpleRNNCell`. Each gate has a dropout mask
            of its own, drawn once per sequence.
        activity_regularizer: Penalty on the output.
        return_sequences, return_state, go_backwards, stateful, unroll: See `RNN`.
        use_cudnn: See `LSTM`.

    Shape: (batch, steps, features) -> (batch, units), or (batch, steps, units)

    >>> import numpy as np
    >>> GRU(4, return_sequences=True)(np.ones((2, 5, 3))).shape
    (2, 5, 4)
    """

    cell_class = GRUCell
    cell_name = "gru_cell"
    hidden = ("use_cudnn",)

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        bias_initializer="zeros",
        kernel_regularizer=None,
        recurrent_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        recurrent_constraint=None,
        bias_constraint=None,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        return_sequences=False,
        return_state=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        reset_after=True,
        use_cudnn="auto",
        **kwargs,
    ):
        self.set_up(locals(), kwargs)
        self.use_cudnn = checks.one_of(self, ("auto", True, False), use_cudnn=use_cudnn)
