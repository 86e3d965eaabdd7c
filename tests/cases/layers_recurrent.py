"""Cases of the layer contract: recurrent layers, and wrappers around layers."""

from .layer_case import Case, Made

SEQUENCES = {"return_sequences": True}
LSTM_WEIGHTS = [(4, 12), (3, 12), (12,)]
GRU_WEIGHTS = [(4, 9), (3, 9), (2, 9)]


def inside(kind, *args, **kwargs):
    """A layer inside of the layer of a case."""
    kwargs["name"] = kind.lower()
    return Made(lambda keras, **o: getattr(keras.layers, kind)(*args, **kwargs, **o))


def cells():
    """Two cells, the second of which is fed by the first."""

    def make(keras, **options):
        first = keras.layers.LSTMCell(3, name="first", **options)
        cells = [first, keras.layers.GRUCell(2, name="second", **options)]
        return keras.layers.StackedRNNCells(cells, name="cells", **options)

    return Made(make)


def conv_lstm(rank):
    """Cases of a ConvLSTM, small as they can be."""
    space, kernel = (4, 3, 3)[:rank], (2, 2, 2)[:rank]
    last = {"filters": 2, "kernel_size": 2, "padding": "same", "strides": 2}
    weights = [(*kernel, 2, 8), (*kernel, 2, 8), (8,)]
    first = {"filters": 2, "kernel_size": kernel, "data_format": "channels_last"}
    return [
        Case({**first, **SEQUENCES}, (3, *space, 2), weights, masks=False),
        Case({**last, "go_backwards": True}, (3, *space, 2), weights, masks=False),
    ]


CASES: dict = {
    "Bidirectional": [
        Case(
            {"layer": inside("LSTM", 3, return_sequences=True)},
            (3, 4),
            LSTM_WEIGHTS * 2,
        ),
        Case(
            {
                "layer": inside("GRU", 3),
                "backward_layer": inside("SimpleRNN", 3, go_backwards=True),
                "merge_mode": "mul",
            },
            (3, 4),
            [*GRU_WEIGHTS, (4, 3), (3, 3), (3,)],
            masks=False,
        ),
    ],
    "ConvLSTM1D": conv_lstm(1),
    "ConvLSTM2D": conv_lstm(2),
    "ConvLSTM3D": conv_lstm(3),
    "GRU": [
        Case({"units": 3, **SEQUENCES}, (3, 4), GRU_WEIGHTS),
        Case(
            {"units": 3, "reset_after": False, "recurrent_dropout": 0.3, "seed": 1},
            (3, 4),
            [(4, 9), (3, 9), (9,)],
            masks=False,
        ),
        Case(
            {"units": 3, "use_bias": False, "dropout": 0.3, "seed": 1},
            (3, 4),
            [(4, 9), (3, 9)],
            masks=False,
        ),
    ],
    "GRUCell": [],  # cells take states too; see tests/layers/test_recurrent.py
    "LSTM": [
        Case({"units": 3, **SEQUENCES}, (3, 4), LSTM_WEIGHTS),
        Case(
            {
                "units": 3,
                "activation": "relu",
                "unit_forget_bias": False,
                "recurrent_dropout": 0.3,
                "seed": 1,
            },
            (3, 4),
            LSTM_WEIGHTS,
            masks=False,
        ),
        Case(
            {
                "units": 3,
                "use_bias": False,
                "dropout": 0.3,
                "seed": 1,
                "go_backwards": True,
                "recurrent_regularizer": "l2",
                "activity_regularizer": "l1",
            },
            (3, 4),
            [(4, 12), (3, 12)],
            masks=False,
        ),
    ],
    "LSTMCell": [],
    "RNN": [
        Case(
            {"cell": cells(), **SEQUENCES},
            (3, 4),
            [*LSTM_WEIGHTS, (3, 6), (2, 6), (2, 6)],
        ),
        Case(
            {"cell": inside("SimpleRNNCell", 2), "go_backwards": True},
            (3, 4),
            [(4, 2), (2, 2), (2,)],
            masks=False,
        ),
    ],
    "SimpleRNN": [
        Case({"units": 3, **SEQUENCES}, (3, 4), [(4, 3), (3, 3), (3,)]),
        Case(
            {"units": 3, "activation": "softsign", "unroll": True},
            (3, 4),
            [(4, 3), (3, 3), (3,)],
            masks=False,
        ),
    ],
    "SimpleRNNCell": [],
    "StackedRNNCells": [],
    "TimeDistributed": [
        Case({"layer": inside("Dense", 2)}, (3, 4), [(4, 2), (2,)]),
        Case({"layer": inside("BatchNormalization", epsilon=0.1)}, (3, 4), [(4,)] * 4),
        Case({"layer": inside("LSTM", 3)}, (2, 3, 4), LSTM_WEIGHTS, masks=False),
    ],
    "Wrapper": [],  # is not called
}
