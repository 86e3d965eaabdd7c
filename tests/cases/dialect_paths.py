"""Where Keras 1, Keras 2 and tf.keras had what is elsewhere today: tables of names."""

# Old module -> the module of today, and names that it has in common with that one.
MOVED = {
    "layers.core": (
        "layers",
        "Dense Dropout Activation Flatten Reshape Permute RepeatVector Lambda Masking "
        "ActivityRegularization SpatialDropout1D Highway MaxoutDense Merge "
        "TimeDistributedDense",
    ),
    "layers.convolutional": (
        "layers",
        "Conv1D Conv2D Conv3D Conv2DTranspose SeparableConv2D Convolution1D "
        "Convolution2D Convolution3D MaxPooling2D AveragePooling2D ZeroPadding2D "
        "UpSampling2D Cropping2D Deconvolution2D AtrousConvolution2D",
    ),
    "layers.pooling": (
        "layers",
        "MaxPooling1D MaxPooling2D MaxPooling3D GlobalAveragePooling2D MaxPool2D",
    ),
    "layers.recurrent": ("layers", "LSTM GRU SimpleRNN RNN LSTMCell StackedRNNCells"),
    "layers.cudnn_recurrent": ("layers", "CuDNNLSTM CuDNNGRU"),
    "layers.embeddings": ("layers", "Embedding"),
    "layers.normalization": ("layers", "BatchNormalization LayerNormalization"),
    "layers.noise": ("layers", "GaussianNoise GaussianDropout AlphaDropout"),
    "layers.merge": ("layers", "Add add Concatenate concatenate Dot dot Merge"),
    "layers.wrappers": ("layers", "TimeDistributed Bidirectional Wrapper"),
    "layers.advanced_activations": (
        "layers",
        "LeakyReLU PReLU ELU ThresholdedReLU Softmax SReLU ParametricSoftplus",
    ),
    "layers.local": ("layers", "LocallyConnected1D LocallyConnected2D"),
    "layers.convolutional_recurrent": ("layers", "ConvLSTM2D"),
    "layers.experimental.preprocessing": (
        "layers",
        "Normalization TextVectorization StringLookup Rescaling",
    ),
    "layers.preprocessing": ("layers", "Normalization"),
    "engine": ("layers", "Layer Input InputSpec"),
    "engine.topology": ("layers", "Layer Input InputSpec InputLayer"),
    "engine.base_layer": ("layers", "Layer InputSpec"),
    "engine.training": ("models", "Model"),
    "engine.sequential": ("models", "Sequential"),
    "layers.containers": ("models", "Sequential Graph"),
    "objectives": ("losses", "mean_squared_error categorical_crossentropy hinge mse"),
    "utils.np_utils": ("utils", "to_categorical normalize"),
    "utils.generic_utils": (
        "utils",
        "Progbar get_custom_objects CustomObjectScope serialize_keras_object "
        "deserialize_keras_object",
    ),
    "utils.data_utils": ("utils", "get_file Sequence"),
    "utils.vis_utils": ("utils", "plot_model model_to_dot"),
    "preprocessing.sequence": ("utils", "pad_sequences"),
    "optimizers.legacy": ("optimizers", "SGD RMSprop Adam Nadam Adagrad Optimizer"),
    "legacy.layers": ("layers", "Merge MaxoutDense Highway Recurrent"),
    "mixed_precision.experimental": ("mixed_precision", "Policy"),
    "applications.mobilenet": ("layers", "DepthwiseConv2D"),
    "applications.mobilenetv2": ("applications", "MobileNetV2"),
    "applications.resnet50": ("applications", "ResNet50"),
    "applications.vgg16": ("applications", "VGG16"),
}

# Old name -> what it is today.
RENAMED = {
    "applications.mobilenet.relu6": "activations.relu6",
    "engine.topology.Container": "Model",
    "engine.topology.Network": "Model",
    "engine.topology.get_source_inputs": "utils.get_source_inputs",
    "engine.Model": "Model",
    "engine.Sequential": "Sequential",
    "layers.Recurrent": "layers.RNN",
    "layers.recurrent.Recurrent": "layers.RNN",
    "layers.ActivityRegularizer": "layers.ActivityRegularization",
    "utils.visualize_util.plot": "utils.plot_model",
    "mixed_precision.experimental.set_policy": "mixed_precision.set_global_policy",
    "mixed_precision.experimental.global_policy": "mixed_precision.dtype_policy",
    "objectives.mse": "losses.mean_squared_error",
    "losses.MAE": "losses.mean_absolute_error",
    "losses.kullback_leibler_divergence": "losses.kl_divergence",
    "losses.cosine_proximity": "losses.cosine_similarity",
    "losses.logcosh": "losses.log_cosh",
    "metrics.cosine_proximity": "losses.cosine_similarity",
    "metrics.mse": "losses.mean_squared_error",
    **{
        f"optimizers.{name.lower()}": f"optimizers.{name}"
        for name in "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam".split()
    },
    "regularizers.l1l2": "regularizers.L1L2",
    "regularizers.activity_l1": "regularizers.L1",
    "regularizers.activity_l2": "regularizers.L2",
    "regularizers.activity_l1l2": "regularizers.L1L2",
    "regularizers.WeightRegularizer": "regularizers.L1L2",
    "regularizers.ActivityRegularizer": "regularizers.L1L2",
    "constraints.maxnorm": "constraints.MaxNorm",
    "constraints.nonneg": "constraints.NonNeg",
    "constraints.unitnorm": "constraints.UnitNorm",
}

# Old module -> names that nothing of today has.
ADDED = {
    "initializations": "get glorot_normal glorot_uniform he_normal he_uniform identity "
    "lecun_uniform normal one orthogonal uniform zero",
    "models": "Graph model_from_json",
    "utils.layer_utils": "print_summary count_params",
    "utils.io_utils": "HDF5Matrix",
    "utils.conv_utils": "conv_output_length conv_input_length deconv_length "
    "normalize_tuple normalize_padding",
    "utils.test_utils": "get_test_data",
    "utils": "multi_gpu_model",
    "preprocessing.text": "Tokenizer text_to_word_sequence one_hot",
    "preprocessing.image": "ImageDataGenerator img_to_array load_img array_to_img",
    "preprocessing.sequence": "TimeseriesGenerator skipgrams make_sampling_table",
    "wrappers.scikit_learn": "KerasClassifier KerasRegressor",
    "optimizers.schedules": "ExponentialDecay PiecewiseConstantDecay",
}
