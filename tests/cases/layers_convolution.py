"""Cases of the layer contract: convolution layers."""

from .layer_case import Case

FIRST = {"data_format": "channels_first"}
BASIC = {"filters": 2, "kernel_size": 2}


def one(kwargs, shape, *weights):
    return Case(kwargs, shape, list(weights), masks=False)


CASES: dict = {
    "Conv1D": [
        one(BASIC, (4, 3), (2, 3, 2), (2,)),
        one(
            {**BASIC, "padding": "causal", "dilation_rate": 2}, (4, 1), (2, 1, 2), (2,)
        ),
        one(
            {
                **BASIC,
                "strides": 2,
                "padding": "same",
                "use_bias": False,
                "activation": "tanh",
                "kernel_initializer": "he_normal",
                "kernel_regularizer": "l2",
                "kernel_constraint": "max_norm",
                "activity_regularizer": "l1",
            },
            (5, 2),
            (2, 2, 2),
        ),
        one(
            {"filters": 4, "kernel_size": 3, "groups": 2, **FIRST},
            (2, 5),
            (3, 1, 4),
            (4,),
        ),
    ],
    "Conv1DTranspose": [
        one(BASIC, (3, 3), (2, 2, 3), (2,)),
        one(
            {**BASIC, "strides": 2, "padding": "same", "output_padding": 1, **FIRST},
            (3, 2),
            (2, 2, 3),
            (2,),
        ),
    ],
    "Conv2D": [
        one(BASIC, (3, 4, 2), (2, 2, 2, 2), (2,)),
        one(
            {"filters": 3, "kernel_size": (3, 2), "strides": (2, 1), "padding": "same"},
            (4, 3, 1),
            (3, 2, 1, 3),
            (3,),
        ),
        one(
            {**BASIC, "dilation_rate": (1, 2), "activation": "sigmoid", **FIRST},
            (2, 3, 4),
            (2, 2, 2, 2),
            (2,),
        ),
        one(
            {"filters": 4, "kernel_size": 1, "groups": 2}, (2, 3, 4), (1, 1, 2, 4), (4,)
        ),
        one(
            {**BASIC, "lora_rank": 1},
            (3, 3, 2),
            (2,),
            (2, 2, 2, 1),
            (1, 2),
            (2, 2, 2, 2),
        ),
    ],
    "Conv2DTranspose": [
        one(BASIC, (2, 3, 3), (2, 2, 2, 3), (2,)),
        one(
            {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same"},
            (2, 3, 2),
            (3, 3, 3, 2),
            (3,),
        ),
    ],
    "Conv3D": [
        one(BASIC, (2, 3, 3, 2), (2, 2, 2, 2, 2), (2,)),
        one(
            {**BASIC, "strides": 2, "padding": "same", **FIRST},
            (2, 3, 2, 3),
            (2, 2, 2, 2, 2),
            (2,),
        ),
    ],
    "Conv3DTranspose": [
        one(BASIC, (2, 1, 2, 2), (2, 2, 2, 2, 2), (2,)),
        one(
            {**BASIC, "strides": 2, "output_padding": 0},
            (1, 2, 2, 1),
            (2, 2, 2, 2, 1),
            (2,),
        ),
    ],
    "DepthwiseConv1D": [
        one({"kernel_size": 2}, (4, 3), (2, 3, 1), (3,)),
        one(
            {"kernel_size": 3, "depth_multiplier": 2, "strides": 2},
            (5, 2),
            (3, 2, 2),
            (4,),
        ),
    ],
    "DepthwiseConv2D": [
        one({"kernel_size": 2, "depth_multiplier": 2}, (3, 4, 2), (2, 2, 2, 2), (4,)),
        one(
            {
                "kernel_size": (3, 2),
                "padding": "same",
                "activation": "tanh",
                "depthwise_regularizer": "l2",
                "depthwise_constraint": "max_norm",
                "depthwise_initializer": "he_normal",
                **FIRST,
            },
            (2, 3, 4),
            (3, 2, 2, 1),
            (2,),
        ),
    ],
    "LocallyConnected1D": [
        one(BASIC, (4, 3), (3, 6, 2), (3, 2)),
        one({**BASIC, "strides": 2, **FIRST}, (3, 5), (2, 6, 2), (2, 2)),
        one(
            {**BASIC, "padding": "same", "implementation": 2}, (3, 2), (3, 4, 2), (3, 2)
        ),
    ],
    "LocallyConnected2D": [
        one(BASIC, (3, 4, 2), (6, 8, 2), (2, 3, 2)),
        one(
            {
                "filters": 2,
                "kernel_size": (1, 3),
                "strides": (1, 2),
                "padding": "same",
                "implementation": 3,
                "use_bias": False,
                "activation": "tanh",
                "kernel_regularizer": "l2",
                **FIRST,
            },
            (2, 3, 4),
            (6, 6, 2),
        ),
    ],
    "SeparableConv1D": [
        one(BASIC, (4, 3), (2, 3, 1), (1, 3, 2), (2,)),
        one(
            {**BASIC, "depth_multiplier": 2, "padding": "same", "dilation_rate": 2},
            (4, 2),
            (2, 2, 2),
            (1, 4, 2),
            (2,),
        ),
    ],
    "SeparableConv2D": [
        one(BASIC, (3, 4, 2), (2, 2, 2, 1), (1, 1, 2, 2), (2,)),
        one(
            {
                "filters": 3,
                "kernel_size": 2,
                "strides": 2,
                "depth_multiplier": 2,
                "pointwise_regularizer": "l2",
                "pointwise_constraint": "max_norm",
                "depthwise_regularizer": "l1",
                **FIRST,
            },
            (2, 4, 5),
            (2, 2, 2, 2),
            (1, 1, 4, 3),
            (3,),
        ),
    ],
}
