"""Cases of the layer contract: layers that only Keras 1 had."""

from tests.cases.layer_case import Case

CASES = {
    "Highway": [
        Case({}, (4,), [(4, 4), (4, 4), (4,), (4,)], masks=False),
        Case(
            {
                "activation": "tanh",
                "transform_bias": 1,
                "use_bias": False,
                "kernel_regularizer": "l2",
                "kernel_constraint": "max_norm",
            },
            (3, 2),
            [(2, 2), (2, 2)],
            masks=False,
        ),
    ],
    "MaxoutDense": [
        Case({"units": 3}, (5,), [(4, 5, 3), (4, 3)], masks=False),
        Case(
            {"units": 2, "pieces": 3, "use_bias": False, "kernel_initializer": "ones"},
            (3, 4),
            [(3, 4, 2)],
            masks=False,
        ),
    ],
    "ParametricSoftplus": [
        Case({}, (4,), [(4,), (4,)]),
        Case(
            {"alpha_initializer": 0.5, "beta_initializer": "ones", "shared_axes": 1},
            (3, 2),
            [(1, 2), (1, 2)],
        ),
    ],
    "SReLU": [
        Case({}, (3, 4), [(3, 4)] * 4),
        Case(
            {"left_slope_initializer": 0.2, "shared_axes": [1, 2]},
            (3, 2, 2),
            [(1, 1, 2)] * 4,
        ),
    ],
}
