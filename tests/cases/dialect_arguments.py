"""What arguments of layers were called in Keras 1 and 2, beside what they are today."""

from tests.cases.dialects import Row

ARGUMENTS = {
    "Dense": Row(
        "output_dim init W_regularizer b_regularizer W_constraint b_constraint bias "
        "activity_regularizer",
        (3,),
        [
            ("L.Dense(output_dim=4)", "L.Dense(4)"),
            (
                "L.Dense(4, init='uniform', W_regularizer='l2', b_regularizer='l1',"
                " W_constraint='nonneg', b_constraint='maxnorm', bias=True)",
                "L.Dense(4, kernel_initializer='random_uniform',"
                " kernel_regularizer='l2', bias_regularizer='l1',"
                " kernel_constraint='non_neg', bias_constraint='max_norm',"
                " use_bias=True)",
            ),
            ("L.Dense(4, bias=False)", "L.Dense(4, use_bias=False)"),
            (
                "L.Dense(4, W_regularizer=regularizers.l2(l=0.1),"
                " activity_regularizer=regularizers.activity_l2(0.2))",
                "L.Dense(4, kernel_regularizer=regularizers.L2(0.1),"
                " activity_regularizer=regularizers.L2(0.2))",
            ),
        ],
    ),
    "Dropout family": Row(
        "p sigma",
        (6, 3),
        [
            ("L.Dropout(p=0.3)", "L.Dropout(0.3)"),
            ("L.GaussianDropout(p=0.3)", "L.GaussianDropout(0.3)"),
            ("L.AlphaDropout(p=0.3)", "L.AlphaDropout(0.3)"),
            ("L.SpatialDropout1D(p=0.3)", "L.SpatialDropout1D(0.3)"),
            ("L.GaussianNoise(sigma=0.5)", "L.GaussianNoise(0.5)"),
        ],
    ),
    "Dropout of whole images": Row(
        "p dim_ordering",
        (4, 5, 3),
        [
            (
                "L.SpatialDropout2D(p=0.3, dim_ordering='th')",
                "L.SpatialDropout2D(0.3, data_format='channels_first')",
            ),
        ],
    ),
    "Dropout of whole volumes": Row(
        "p dim_ordering",
        (4, 5, 6, 3),
        [
            (
                "L.SpatialDropout3D(p=0.3, dim_ordering='tf')",
                "L.SpatialDropout3D(0.3, data_format='channels_last')",
            ),
        ],
    ),
    "Embedding": Row(
        "init W_regularizer W_constraint dropout",
        (5,),
        [
            (
                "L.Embedding(9, 4, init='normal', W_regularizer='l2',"
                " W_constraint='unitnorm', dropout=0.2)",
                "L.Embedding(9, 4, 'random_normal', embeddings_regularizer='l2',"
                " embeddings_constraint='unit_norm')",
            ),
            ("L.Embedding(9, 4, 'one')", "L.Embedding(9, 4, 'ones')"),
        ],
    ),
    "recurrent": Row(
        "output_dim init inner_init inner_activation W_regularizer U_regularizer "
        "b_regularizer dropout_W dropout_U forget_bias_init consume_less unroll "
        "implementation",
        (5, 3),
        [
            (
                "L.LSTM(output_dim=4, init='one', inner_init='zero',"
                " inner_activation='tanh', W_regularizer='l2', U_regularizer='l1',"
                " b_regularizer='l2', dropout_W=0.1, dropout_U=0.2,"
                " forget_bias_init='one', consume_less='gpu', unroll=True)",
                "L.LSTM(4, kernel_initializer='ones', recurrent_initializer='zeros',"
                " recurrent_activation='tanh', kernel_regularizer='l2',"
                " recurrent_regularizer='l1', bias_regularizer='l2', dropout=0.1,"
                " recurrent_dropout=0.2, unit_forget_bias=True, unroll=True)",
            ),
            (
                "L.LSTM(4, forget_bias_init='zero')",
                "L.LSTM(4, unit_forget_bias=False)",
            ),
            (
                "L.GRU(4, implementation=2, inner_activation='hard_sigmoid')",
                "L.GRU(4, recurrent_activation='hard_sigmoid')",
            ),
            (
                "L.SimpleRNN(output_dim=4, inner_init='identity', dropout_W=0.5)",
                "L.SimpleRNN(4, recurrent_initializer='identity', dropout=0.5)",
            ),
            ("L.SimpleRNN(4, consume_less='mem')", "L.SimpleRNN(4)"),
        ],
    ),
    "Conv1D": Row(
        "nb_filter filter_length subsample_length border_mode",
        (9, 2),
        [
            (
                "L.Conv1D(nb_filter=4, filter_length=3, subsample_length=2,"
                " border_mode='same')",
                "L.Conv1D(4, 3, 2, 'same')",
            ),
            (
                "L.Convolution1D(nb_filter=4, filter_length=3, border_mode='valid')",
                "L.Conv1D(4, 3)",
            ),
            (
                "L.SeparableConv1D(4, 3, init='one')",
                "L.SeparableConv1D(4, 3, depthwise_initializer='ones')",
            ),
        ],
    ),
    "Conv2D": Row(
        "nb_filter nb_row nb_col subsample border_mode dim_ordering init W_regularizer "
        "b_regularizer W_constraint b_constraint bias",
        (6, 7, 6),
        [
            (
                "L.Conv2D(nb_filter=4, nb_row=3, nb_col=5, subsample=(2, 2),"
                " border_mode='same')",
                "L.Conv2D(4, (3, 5), (2, 2), 'same')",
            ),
            (
                "L.Convolution2D(4, 3, 3, dim_ordering='th', border_mode='same')",
                "L.Conv2D(4, 3, padding='same', data_format='channels_first')",
            ),
            (
                "L.Convolution2D(4, 3, 3, dim_ordering='tf', bias=False)",
                "L.Conv2D(4, 3, data_format='channels_last', use_bias=False)",
            ),
            (
                "L.Convolution2D(4, 3, nb_col=5, init='zero', W_regularizer='l2',"
                " b_regularizer='l1', W_constraint='nonneg', b_constraint='unitnorm')",
                "L.Conv2D(4, (3, 5), kernel_initializer='zeros',"
                " kernel_regularizer='l2', bias_regularizer='l1',"
                " kernel_constraint='non_neg', bias_constraint='unit_norm')",
            ),
            (
                "L.Conv2DTranspose(nb_filter=4, nb_row=3, nb_col=3)",
                "L.Conv2DTranspose(4, (3, 3))",
            ),
        ],
    ),
    "Conv3D": Row(
        "nb_filter kernel_dim1 kernel_dim2 kernel_dim3 subsample border_mode "
        "dim_ordering",
        (4, 5, 6, 2),
        [
            (
                "L.Convolution3D(nb_filter=4, kernel_dim1=1, kernel_dim2=2,"
                " kernel_dim3=3, subsample=(1, 2, 2), border_mode='same',"
                " dim_ordering='tf')",
                "L.Conv3D(4, (1, 2, 3), (1, 2, 2), 'same', 'channels_last')",
            ),
        ],
    ),
    "ConvLSTM2D": Row(
        "nb_filter nb_row nb_col inner_init border_mode dim_ordering dropout_W",
        (3, 5, 5, 2),
        [
            (
                "L.ConvLSTM2D(nb_filter=4, nb_row=3, nb_col=3, inner_init='zero',"
                " border_mode='same', dim_ordering='tf', dropout_W=0.5)",
                "L.ConvLSTM2D(4, (3, 3), recurrent_initializer='zeros',"
                " padding='same', data_format='channels_last', dropout=0.5)",
            ),
        ],
    ),
    "pooling over one axis": Row(
        "pool_length stride border_mode length",
        (9, 2),
        [
            (
                "L.MaxPooling1D(pool_length=3, stride=2, border_mode='same')",
                "L.MaxPooling1D(3, 2, 'same')",
            ),
            ("L.AveragePooling1D(pool_length=3)", "L.AveragePooling1D(3)"),
            ("L.AveragePooling1D()", "L.AveragePooling1D(2)"),
            ("L.UpSampling1D(length=3)", "L.UpSampling1D(3)"),
        ],
    ),
    "pooling over two axes": Row(
        "border_mode dim_ordering",
        (6, 7, 6),
        [
            (
                "L.MaxPooling2D(pool_size=(2, 2), border_mode='same',"
                " dim_ordering='th')",
                "L.MaxPooling2D(2, padding='same', data_format='channels_first')",
            ),
            (
                "L.AveragePooling2D(dim_ordering='tf')",
                "L.AveragePooling2D((2, 2), data_format='channels_last')",
            ),
            (
                "L.GlobalAveragePooling2D(dim_ordering='th')",
                "L.GlobalAveragePooling2D('channels_first')",
            ),
            (
                "L.GlobalMaxPooling2D(dim_ordering='th')",
                "L.GlobalMaxPooling2D('channels_first')",
            ),
            (
                "L.UpSampling2D(dim_ordering='th')",
                "L.UpSampling2D(data_format='channels_first')",
            ),
            (
                "L.Cropping2D(1, dim_ordering='th')",
                "L.Cropping2D(1, 'channels_first')",
            ),
        ],
    ),
    "pooling over three axes": Row(
        "border_mode dim_ordering",
        (4, 5, 6, 4),
        [
            (
                "L.MaxPooling3D(border_mode='same', dim_ordering='th')",
                "L.MaxPooling3D(padding='same', data_format='channels_first')",
            ),
            ("L.AveragePooling3D()", "L.AveragePooling3D(2)"),
        ],
    ),
    "BatchNormalization": Row(
        "mode beta_init gamma_init",
        (3,),
        [
            (
                "L.BatchNormalization(mode=0, beta_init='one', gamma_init='normal')",
                "L.BatchNormalization(beta_initializer='ones',"
                " gamma_initializer='random_normal')",
            ),
        ],
    ),
    "ZeroPadding": Row(
        "top_pad bottom_pad left_pad right_pad dim_ordering",
        (5, 6, 2),
        [
            (
                "L.ZeroPadding2D(padding={'top_pad': 1, 'bottom_pad': 2,"
                " 'left_pad': 3, 'right_pad': 4}, dim_ordering='tf')",
                "L.ZeroPadding2D(((1, 2), (3, 4)), 'channels_last')",
            ),
            (
                "L.ZeroPadding2D({'top_pad': 1, 'left_pad': 2})",
                "L.ZeroPadding2D(((1, 0), (2, 0)))",
            ),
        ],
    ),
    "ZeroPadding1D": Row(
        "left_pad right_pad",
        (5, 2),
        [
            (
                "L.ZeroPadding1D(padding={'left_pad': 1, 'right_pad': 2})",
                "L.ZeroPadding1D((1, 2))",
            ),
        ],
    ),
    "sizes of NumPy": Row(
        "int64",
        (9, 2),
        [
            ("L.Dense(np.int64(4))", "L.Dense(4)"),
            ("L.Conv1D(np.int64(4), np.int64(3))", "L.Conv1D(4, 3)"),
            ("L.Dropout(p=np.float32(0.5))", "L.Dropout(0.5)"),
        ],
    ),
}

# What every layer took: old layer, and the shape with the batch axis, modern layer.
INPUTS = Row(
    "input_dim input_length input_shape batch_input_shape input_dtype",
    None,
    [
        ("L.Dense(2, input_dim=3)", "(None, 3)", "L.Dense(2)"),
        ("L.Dense(2, input_shape=(4, 3))", "(None, 4, 3)", "L.Dense(2)"),
        ("L.Dense(2, batch_input_shape=(7, 3))", "(7, 3)", "L.Dense(2)"),
        (
            "L.Dense(2, input_dim=3, input_dtype='float64')",
            "(None, 3)",
            "L.Dense(2, dtype='float64')",
        ),
        (
            "L.Dense(2, input_dim=3, trainable=False)",
            "(None, 3)",
            "L.Dense(2, trainable=False)",
        ),
        ("L.LSTM(2, input_dim=3, input_length=5)", "(None, 5, 3)", "L.LSTM(2)"),
        ("L.GRU(2, input_dim=3)", "(None, None, 3)", "L.GRU(2)"),
        (
            "L.Convolution1D(2, 3, input_dim=4, input_length=9)",
            "(None, 9, 4)",
            "L.Conv1D(2, 3)",
        ),
        ("L.Embedding(9, 2, input_length=5)", "(None, 5)", "L.Embedding(9, 2)"),
        (
            "L.Embedding(input_dim=9, output_dim=2, input_length=5)",
            "(None, 5)",
            "L.Embedding(9, 2)",
        ),
        (
            "L.TimeDistributedDense(2, input_dim=3, input_length=5)",
            "(None, 5, 3)",
            "L.TimeDistributed(L.Dense(2))",
        ),
        ("L.Dropout(p=0.5, input_shape=(3,))", "(None, 3)", "L.Dropout(0.5)"),
        ("L.Flatten(input_shape=(2, 3))", "(None, 2, 3)", "L.Flatten()"),
        (
            "L.Activation('relu', batch_input_shape=(2, 3))",
            "(2, 3)",
            "L.Activation('relu')",
        ),
    ],
)
