"""Cases of the layer contract: attention layers."""

from .layer_case import Case

QUERY_VALUE = [(3, 4), (5, 4)]
QUERY_VALUE_KEY = [(3, 4), (5, 2), (5, 4)]


def projections(queries, keys, values, output, bias=True):
    """Shapes of the weights of projections (in, heads, size) and of that back."""
    shapes = []
    for into in (queries, keys, values):
        shapes += [into, into[1:]] if bias else [into]
    return [*shapes, output, output[2:]] if bias else [*shapes, output]


CASES: dict = {
    "AdditiveAttention": [
        Case({}, QUERY_VALUE, [(4,)]),
        Case({"use_scale": False, "dropout": 0.4, "seed": 1}, QUERY_VALUE_KEY),
    ],
    "Attention": [
        Case({}, QUERY_VALUE),
        Case({"use_scale": True, "dropout": 0.4, "seed": 1}, QUERY_VALUE_KEY, [()]),
        Case({"use_scale": True, "score_mode": "concat"}, QUERY_VALUE_KEY, [(), ()]),
    ],
    "GroupQueryAttention": [
        Case(
            {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2},
            [(3, 4), (5, 3)],
            projections((4, 4, 2), (3, 2, 2), (3, 2, 2), (4, 2, 4)),
            separate=True,
        ),
        Case(
            {
                "head_dim": 3,
                "num_query_heads": 2,
                "num_key_value_heads": 1,
                "use_bias": False,
                "use_gate": True,
                "sliding_window": 2,
                "dropout": 0.3,
                "seed": 2,
            },
            QUERY_VALUE_KEY,
            [(4, 2, 3), (4, 1, 3), (4, 2, 3), (2, 1, 3), (2, 3, 4)],
            separate=True,
        ),
    ],
    "MultiHeadAttention": [
        Case(
            {"num_heads": 2, "key_dim": 3},
            [(3, 4), (5, 3)],
            projections((4, 2, 3), (3, 2, 3), (3, 2, 3), (2, 3, 4)),
            separate=True,
        ),
        Case(
            {
                "num_heads": 2,
                "key_dim": 3,
                "output_shape": 5,
                "use_bias": False,
                "sliding_window": 2,
                "kernel_regularizer": "l2",
                "activity_regularizer": "l2",
            },
            QUERY_VALUE_KEY,
            projections((4, 2, 3), (4, 2, 3), (2, 2, 3), (2, 3, 5), bias=False),
            separate=True,
        ),
        Case(
            {
                "num_heads": 2,
                "key_dim": 3,
                "value_dim": 2,
                "dropout": 0.3,
                "use_gate": True,
                "seed": 2,
                "kernel_constraint": "max_norm",
                "bias_initializer": "ones",
            },
            QUERY_VALUE,
            [(4, 2, 3), (2, 3)] * 2 + [(4, 2, 2), (2, 2)] * 2 + [(2, 2, 4), (4,)],
            separate=True,
        ),
        Case(
            {"num_heads": 2, "key_dim": 3, "attention_axes": 2},
            [(2, 3, 4), (2, 5, 4)],
            projections((4, 2, 3), (4, 2, 3), (4, 2, 3), (2, 3, 4)),
            separate=True,
        ),
        Case(
            {"num_heads": 2, "key_dim": 3, "output_shape": [2, 4]},
            [(2, 3, 4), (5, 2, 4)],
            projections((4, 2, 3), (4, 2, 3), (4, 2, 3), (2, 3, 2, 4)),
            masks=False,
            separate=True,
        ),
    ],
}
