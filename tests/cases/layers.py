"""What the layer contract (tests/contract/test_layers.py) must know of each layer.

Larger families have files of their own, `layers_<family>.py`.
"""

from . import (
    layers_attention,
    layers_convolution,
    layers_images,
    layers_keras_1,
    layers_normalizing,
    layers_others,
    layers_pooling,
    layers_recurrent,
    layers_resizing,
    layers_tables,
)
from .layer_case import Case, Made

PAIR = [(3, 4), (3, 4)]

CASES = {
    "Activation": [Case({"activation": "tanh"}, (4,))],
    "ActivityRegularization": [Case({"l1": 0.1, "l2": 0.2}, (4,))],
    "Add": [Case({}, PAIR), Case({}, [(4,), (3, 4), (1, 4)], masks=False)],
    "AlphaDropout": [Case({"rate": 0.3, "seed": 1}, (4,))],
    "Average": [Case({}, PAIR)],
    "BatchNormalization": [
        Case({"epsilon": 0.1}, (4,), [(4,)] * 4),
        Case({"axis": 1, "center": False}, (3, 4), [(3,)] * 3),
        Case({"scale": False, "momentum": 0.5}, (2, 3, 4), [(4,)] * 3),
        Case(  # without room for corrections, which no gradient passes through
            {"renorm": True, "renorm_clipping": {"rmax": 1.0, "rmin": 1.0, "dmax": 0}},
            (4,),
            [(4,)] * 7,
        ),
    ],
    "Concatenate": [Case({}, [(3, 4), (3, 2)]), Case({"axis": 1}, [(3, 4), (2, 4)])],
    "Dense": [
        Case({"units": 3}, (4,), [(4, 3), (3,)]),
        Case(
            {
                "units": 2,
                "activation": "sigmoid",
                "use_bias": False,
                "kernel_initializer": "he_normal",
                "kernel_regularizer": "l2",
                "kernel_constraint": "max_norm",
                "activity_regularizer": "l1",
            },
            (3, 4),
            [(4, 2)],
        ),
        Case({"units": 3, "lora_rank": 2}, (4,), [(3,), (4, 2), (2, 3), (4, 3)]),
    ],
    "Dot": [
        Case({"axes": 1}, [(4,), (4,)], masks=False),
        Case({"axes": (1, 2), "normalize": True}, [(3, 5), (2, 3)], masks=False),
        Case({"axes": -1}, [(4,), (3, 4)], masks=False),
    ],
    "Dropout": [
        Case({"rate": 0.4, "seed": 1}, (3, 4)),
        Case({"rate": 0.4, "noise_shape": (None, 1, 4), "seed": 1}, (3, 4)),
        Case({"rate": 0.0}, (4,)),
    ],
    "ELU": [Case({"alpha": 0.5}, (4,))],
    "EinsumDense": [
        Case(
            {"equation": "abc,cd->abd", "output_shape": (None, 2), "bias_axes": "d"},
            (3, 4),
            [(4, 2), (2,)],
            masks=False,
        ),
        Case(
            {"equation": "...x,xy->...y", "output_shape": 2, "activation": "tanh"},
            (3, 4),
            [(4, 2)],
            masks=False,
        ),
        Case(
            {"equation": "ab...,bc->ac...", "output_shape": 2, "bias_axes": "c"},
            (3, 4),
            [(3, 2), (2, 1)],
            masks=False,
        ),
    ],
    "Embedding": [
        Case({"input_dim": 5, "output_dim": 3}, (4,), [(5, 3)], False, below=5),
        Case(
            {"input_dim": 5, "output_dim": 3, "lora_rank": 2},
            (4,),
            [(5, 2), (2, 3), (5, 3)],
            False,
            below=5,
        ),
    ],
    "Flatten": [
        Case({}, (3, 4), masks=False),
        Case({"data_format": "channels_first"}, (2, 3, 4), masks=False),
    ],
    "GaussianDropout": [Case({"rate": 0.3, "seed": 1}, (4,))],
    "GaussianNoise": [Case({"stddev": 0.3, "seed": 1}, (4,))],
    "Identity": [Case({}, (4,))],
    "InputLayer": [],  # is not called; see tests/layers/test_input_layer.py
    "Lambda": [
        Case(
            {"function": Made(lambda keras, **_: keras.activations.tanh)},
            (4,),
            masks=False,
        )
    ],
    "LayerNormalization": [
        Case({}, (4,), [(4,), (4,)]),
        Case({"axis": [1, 2], "epsilon": 0.1, "center": False}, (3, 4), [(3, 4)]),
        Case({"axis": 1, "scale": False}, (3, 4), [(3,)]),
    ],
    "LeakyReLU": [Case({"negative_slope": 0.1}, (4,))],
    "Masking": [Case({"mask_value": 2.0}, (3, 4))],
    "Maximum": [Case({}, PAIR)],
    "Minimum": [Case({}, PAIR)],
    "Multiply": [Case({}, PAIR)],
    "PReLU": [
        Case({"alpha_initializer": "ones"}, (4,), [(4,)]),
        Case({"shared_axes": [1]}, (3, 4), [(1, 4)]),
    ],
    "Permute": [Case({"dims": (2, 1)}, (3, 4), masks=False)],
    "RMSNormalization": [Case({"epsilon": 0.1}, (4,), [(4,)], masks=False)],
    "ReLU": [
        Case({}, (4,)),
        Case({"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, (4,)),
    ],
    "RepeatVector": [Case({"n": 3}, (4,), masks=False)],
    "Reshape": [
        Case({"target_shape": (2, -1)}, (3, 4), masks=False),
        Case({"target_shape": (12,)}, (3, 4), masks=False),
    ],
    "Softmax": [
        Case({}, (4,), masks=False),
        Case({"axis": [1, 2]}, (3, 4), masks=False),
    ],
    "SpatialDropout1D": [Case({"rate": 0.4, "seed": 1}, (3, 4))],
    "SpatialDropout2D": [Case({"rate": 0.4, "seed": 1}, (2, 3, 4))],
    "SpatialDropout3D": [Case({"rate": 0.4, "seed": 1}, (2, 2, 3, 4))],
    "Subtract": [Case({}, PAIR)],
    "UnitNormalization": [Case({}, (4,)), Case({"axis": [1, 2]}, (3, 4))],
    **layers_attention.CASES,
    **layers_convolution.CASES,
    **layers_normalizing.CASES,
    **layers_keras_1.CASES,
    **layers_others.CASES,
    **layers_pooling.CASES,
    **layers_recurrent.CASES,
    **layers_resizing.CASES,
    **layers_images.CASES,
    **layers_tables.CASES,
}

PLANNED = {name: [c for c in cases if c.plans] for name, cases in CASES.items()}
