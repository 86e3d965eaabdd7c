"""What Keras 1, Keras 2 and tf.keras wrote, beside what is written today: layers.

Source text, for a test that evaluates both. A row stands for the layers that have old
spellings in common; `spellings` lists them, and each has to be in one of the calls.
"""

from collections import namedtuple

# spellings: the old names of classes and arguments, in one text
# shape:     shape of a sample; a list of shapes for several inputs
# calls:     pairs of calls, old and modern
Row = namedtuple("Row", "spellings shape calls")

# Old calls that Keras 3 takes as they are: nothing is to be said about them.
KEPT = (
    r"L\.(Convolution1D\(4, 3\)$|Convolution2D\(4, \(|Convolution\dDTranspose|ELU|"
    r"(Max|Avg|GlobalMax|GlobalAvg)Pool\d|Embedding\(9, 4, 'one'|\w+\(np\.)"
)

# -------------------------------------------------------------------- renamed classes

CLASSES = {
    "convolutions over one axis": Row(
        "Convolution1D AtrousConvolution1D Convolution1DTranspose",
        (9, 2),
        [
            ("L.Convolution1D(4, 3)", "L.Conv1D(4, 3)"),
            (
                "L.Convolution1D(4, 3, 'one', subsample_length=2, border_mode='same')",
                "L.Conv1D(4, 3, 2, 'same', kernel_initializer='ones')",
            ),
            (
                "L.AtrousConvolution1D(4, 3, atrous_rate=2)",
                "L.Conv1D(4, 3, dilation_rate=2)",
            ),
            ("L.Convolution1DTranspose(4, 3)", "L.Conv1DTranspose(4, 3)"),
        ],
    ),
    "convolutions over two axes": Row(
        "Convolution2D Deconvolution2D Convolution2DTranspose SeparableConvolution2D "
        "AtrousConvolution2D",
        (7, 9, 2),
        [
            ("L.Convolution2D(4, 3, 5)", "L.Conv2D(4, (3, 5))"),
            ("L.Convolution2D(4, (3, 5))", "L.Conv2D(4, (3, 5))"),
            (
                "L.Convolution2D(4, 3, 3, 'one', 'relu', None, 'same', (2, 2), 'tf')",
                "L.Conv2D(4, 3, 2, 'same', 'channels_last', activation='relu',"
                " kernel_initializer='ones')",
            ),
            (
                "L.Deconvolution2D(4, 3, 3, output_shape=(None, 9, 11, 4))",
                "L.Conv2DTranspose(4, 3)",
            ),
            (
                "L.Deconvolution2D(4, 3, 3, (None, 14, 18, 4), subsample=(2, 2),"
                " border_mode='same')",
                "L.Conv2DTranspose(4, 3, 2, 'same')",
            ),
            (
                "L.Deconvolution2D(4, 3, 3, (None, 16, 20, 4), subsample=(2, 2))",
                "L.Conv2DTranspose(4, 3, 2, output_padding=1)",
            ),
            (
                "L.Convolution2DTranspose(4, (3, 3), strides=(2, 2))",
                "L.Conv2DTranspose(4, 3, 2)",
            ),
            (
                "L.SeparableConvolution2D(4, 3, 3, depth_multiplier=2)",
                "L.SeparableConv2D(4, (3, 3), depth_multiplier=2)",
            ),
            (
                "L.SeparableConvolution2D(4, 3, 3, depthwise_init='one',"
                " pointwise_init='normal')",
                "L.SeparableConv2D(4, 3, depthwise_initializer='ones',"
                " pointwise_initializer='random_normal')",
            ),
            (
                "L.AtrousConvolution2D(4, 3, 3, atrous_rate=(2, 2))",
                "L.Conv2D(4, (3, 3), dilation_rate=2)",
            ),
        ],
    ),
    "convolutions over three axes": Row(
        "Convolution3D Deconvolution3D Convolution3DTranspose",
        (4, 5, 6, 2),
        [
            ("L.Convolution3D(4, 1, 2, 3)", "L.Conv3D(4, (1, 2, 3))"),
            ("L.Deconvolution3D(4, (1, 2, 3))", "L.Conv3DTranspose(4, (1, 2, 3))"),
            ("L.Convolution3DTranspose(4, 2)", "L.Conv3DTranspose(4, 2)"),
        ],
    ),
    "recurrent layers for graphics cards": Row(
        "CuDNNLSTM CuDNNGRU",
        (5, 3),
        [
            ("L.CuDNNLSTM(4)", "L.LSTM(4)"),
            (
                "L.CuDNNLSTM(4, return_sequences=True)",
                "L.LSTM(4, return_sequences=True)",
            ),
            ("L.CuDNNGRU(4)", "L.GRU(4, reset_after=True)"),
        ],
    ),
    "short names of pooling": Row(
        "MaxPool1D MaxPool2D MaxPool3D AvgPool1D AvgPool2D AvgPool3D GlobalAvgPool1D "
        "GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D "
        "GlobalMaxPool3D",
        None,
        [
            *(
                (f"L.{short}Pool{n}D(2)", f"L.{long}Pooling{n}D(2)")
                for short, long in (("Max", "Max"), ("Avg", "Average"))
                for n in (1, 2, 3)
            ),
            *(
                (f"L.Global{short}Pool{n}D()", f"L.Global{long}Pooling{n}D()")
                for short, long in (("Max", "Max"), ("Avg", "Average"))
                for n in (1, 2, 3)
            ),
        ],
    ),
    "mergers": Row(
        "Merge sum mul ave concat concat_axis dot dot_axes cos max",
        [(4, 3), (4, 3)],
        [
            ("L.Merge(mode='sum')", "L.Add()"),
            ("L.Merge(mode='mul')", "L.Multiply()"),
            ("L.Merge(mode='ave')", "L.Average()"),
            ("L.Merge(mode='max')", "L.Maximum()"),
            ("L.Merge(mode='concat', concat_axis=1)", "L.Concatenate(axis=1)"),
            ("L.Merge(mode='concat')", "L.Concatenate()"),
            ("L.Merge(mode='dot', dot_axes=([2], [2]))", "L.Dot(axes=(2, 2))"),
            ("L.Merge(mode='dot', dot_axes=1)", "L.Dot(axes=1)"),
            ("L.Merge(mode='cos', dot_axes=2)", "L.Dot(axes=2, normalize=True)"),
            (
                "L.Merge(mode=difference, output_shape=(4, 3))",
                "L.Lambda(difference, output_shape=(4, 3))",
            ),
        ],
    ),
    "dense layers": Row(
        "MaxoutDense Highway",
        (3,),
        [
            (
                "L.MaxoutDense(output_dim=4, nb_feature=2, init='one')",
                "L.MaxoutDense(4, 2, kernel_initializer='ones')",
            ),
            (
                "L.Highway(init='normal', bias=False)",
                "L.Highway(kernel_initializer='random_normal', use_bias=False)",
            ),
        ],
    ),
    "dense layers over time": Row(
        "TimeDistributedDense",
        (5, 3),
        [("L.TimeDistributedDense(4)", "L.TimeDistributed(L.Dense(4))")],
    ),
    "local convolutions over one axis": Row(
        "LocallyConnected1D",
        (6, 2),
        [
            (
                "L.LocallyConnected1D(nb_filter=4, filter_length=3)",
                "L.LocallyConnected1D(4, 3)",
            ),
        ],
    ),
    "local convolutions over two axes": Row(
        "LocallyConnected2D",
        (5, 6, 2),
        [
            (
                "L.LocallyConnected2D(nb_filter=4, nb_row=2, nb_col=3, bias=False)",
                "L.LocallyConnected2D(4, (2, 3), use_bias=False)",
            ),
        ],
    ),
    "activations": Row(
        "ThresholdedReLU theta ELU LeakyReLU alpha PReLU ParametricSoftplus SReLU",
        (5, 3),
        [
            ("L.ThresholdedReLU(theta=0.5)", "L.ReLU(threshold=0.5)"),
            ("L.ThresholdedReLU()", "L.ReLU(threshold=1.0)"),
            ("L.ELU(alpha=0.5)", "L.ELU(0.5)"),
            ("L.LeakyReLU(alpha=0.2)", "L.LeakyReLU(0.2)"),
            ("L.LeakyReLU(alpha=0.3)", "L.LeakyReLU()"),
            ("L.PReLU(init='one')", "L.PReLU(alpha_initializer='ones')"),
            (
                "L.ParametricSoftplus(alpha_init='one', beta_init='one')",
                "L.ParametricSoftplus('ones', 'ones')",
            ),
            (
                "L.SReLU(t_left_init='one', a_left_init='zero', t_right_init='one',"
                " a_right_init='zero')",
                "L.SReLU('ones', 'zeros', 'ones', 'zeros')",
            ),
        ],
    ),
}
