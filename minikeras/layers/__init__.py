"""Layers: the parts that models are made of (`keras.layers`)."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "activation": ["Activation", "ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"],
        "aliases": """
            Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose
            Convolution3D Convolution3DTranspose SeparableConvolution1D
            SeparableConvolution2D
        """.split(),
        "category_encoding": ["CategoryEncoding"],
        "convolution": """
            Conv1D Conv2D Conv3D
        """.split(),
        "convolution_depthwise": """
            DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D
        """.split(),
        "convolution_transpose": """
            Conv1DTranspose Conv2DTranspose Conv3DTranspose
        """.split(),
        "attention": ["AdditiveAttention", "Attention"],
        "attention_grouped": ["GroupQueryAttention"],
        "attention_heads": ["MultiHeadAttention"],
        "basics": ["Dense", "Embedding", "Identity", "Lambda", "Masking"],
        "discretization": ["Discretization"],
        "einsum_dense": ["EinsumDense"],
        "group_normalization": ["GroupNormalization"],
        "hashing": ["HashedCrossing", "Hashing"],
        "images.adaptive": ["ContrastLimitedAdaptiveHistogramEqualization"],
        "images.chains": ["AugMix", "Pipeline", "RandAugment"],
        "images.colors": """
            RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast
            RandomGrayscale RandomHue RandomInvert RandomPosterization
            RandomSaturation Solarization
        """.split(),
        "images.filters": """
            RandomElasticTransform RandomErasing RandomGaussianBlur RandomSharpness
        """.split(),
        "images.geometry": """
            RandomFlip RandomPerspective RandomRotation RandomShear RandomTranslation
            RandomZoom
        """.split(),
        "images.histograms": ["AutoContrast", "Equalization"],
        "images.mixing": ["CutMix", "MixUp"],
        "images.sizes": """
            CenterCrop MaxNumBoundingBoxes RandomCrop Resizing
        """.split(),
        "input_layer": ["Input", "InputLayer"],
        "input_spec": ["InputSpec"],
        "layer": ["Layer"],
        "locally_connected": ["LocallyConnected1D", "LocallyConnected2D"],
        "lookup_layers": ["IntegerLookup", "StringLookup"],
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
        "normalization_layers": [
            "BatchNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "UnitNormalization",
        ],
        "normalization_data": ["Normalization"],
        "pooling_windows": """
            AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D
            AvgPool2D AvgPool3D MaxPool1D MaxPool2D MaxPool3D MaxPooling1D
            MaxPooling2D MaxPooling3D
        """.split(),
        "pooling_adaptive": """
            AdaptiveAveragePooling1D AdaptiveAveragePooling2D
            AdaptiveAveragePooling3D AdaptiveMaxPooling1D
            AdaptiveMaxPooling2D AdaptiveMaxPooling3D
        """.split(),
        "pooling_global": """
            GlobalAveragePooling1D GlobalAveragePooling2D
            GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
            GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
            GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
        """.split(),
        "recurrent_loop": ["RNN"],
        "recurrent_cells": ["GRUCell", "LSTMCell", "SimpleRNNCell"],
        "recurrent_convolution": ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"],
        "recurrent_layers": ["GRU", "LSTM", "SimpleRNN"],
        "recurrent_stack": ["StackedRNNCells"],
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
        "rescaling": ["Rescaling"],
        "reshaping": ["Flatten", "Permute", "RepeatVector", "Reshape"],
        "resizing": """
            Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D
            ZeroPadding1D ZeroPadding2D ZeroPadding3D
        """.split(),
        "reversible_embedding": ["ReversibleEmbedding"],
        "serialization": ["deserialize", "serialize"],
        "spectral_normalization": ["SpectralNormalization"],
        "spectrogram": ["MelSpectrogram", "STFTSpectrogram"],
        "text_vectorization": ["TextVectorization"],
        "wrapping": ["Bidirectional", "TimeDistributed", "Wrapper"],
    },
)
