"""Layers: the parts that models are made of (`keras.layers`)."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "activation": ["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"],
        "core": ["Dense", "Embedding", "Identity", "Lambda", "Masking"],
        "einsum_dense": ["EinsumDense"],
        "input_layer": ["Input", "InputLayer"],
        "input_spec": ["InputSpec"],
        "layer": ["Layer"],
        "merging": [
            "Add",
            "Average",
            "Concatenate",
            "Dot",
            "Maximum",
            "Minimum",
            "Multiply",
            "Subtract",
            "add",
            "average",
            "concatenate",
            "dot",
            "maximum",
            "minimum",
            "multiply",
            "subtract",
        ],
        "normalization": [
            "BatchNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "UnitNormalization",
        ],
        "regularization": [
            "ActivityRegularization",
            "AlphaDropout",
            "Dropout",
            "GaussianDropout",
            "GaussianNoise",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
        ],
        "reshaping": ["Flatten", "Permute", "RepeatVector", "Reshape"],
        "serialization": ["deserialize", "serialize"],
    },
)
