"""Old modules and names import, and lead to what is today."""

import importlib
import subprocess
import sys

import pytest

import minikeras as keras

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MODULES = {
    "layers.core": "Dense Dropout Activation Flatten Reshape Permute RepeatVector "
    "Lambda Masking ActivityRegularization Highway MaxoutDense Merge "
    "TimeDistributedDense SpatialDropout1D",
    "layers.convolutional": "Convolution1D Convolution2D Conv2D MaxPooling2D "
    "ZeroPadding2D UpSampling2D Cropping2D Deconvolution2D AtrousConvolution2D "
    "SeparableConv2D AveragePooling2D",
    "layers.pooling": "MaxPooling2D GlobalAveragePooling2D",
    "layers.recurrent": "LSTM GRU SimpleRNN RNN Recurrent",
    "layers.embeddings": "Embedding",
    "layers.normalization": "BatchNormalization",
    "layers.noise": "GaussianNoise GaussianDropout AlphaDropout",
    "layers.merge": "Add add concatenate Concatenate Dot dot Merge",
    "layers.wrappers": "TimeDistributed Bidirectional",
    "layers.advanced_activations": "LeakyReLU PReLU ELU ThresholdedReLU Softmax "
    "SReLU ParametricSoftplus",
    "layers.local": "LocallyConnected1D LocallyConnected2D",
    "layers.convolutional_recurrent": "ConvLSTM2D",
    "layers.experimental.preprocessing": "Normalization TextVectorization "
    "StringLookup Rescaling",
    "layers.containers": "Sequential Graph",
    "engine": "Layer Input InputSpec Model Sequential",
    "engine.topology": "Layer Input InputSpec InputLayer Container Network "
    "get_source_inputs",
    "engine.training": "Model",
    "engine.base_layer": "Layer",
    "objectives": "mse mean_squared_error categorical_crossentropy",
    "initializations": "glorot_uniform he_normal",
    "utils.np_utils": "to_categorical normalize",
    "utils.generic_utils": "Progbar get_custom_objects CustomObjectScope "
    "serialize_keras_object deserialize_keras_object",
    "utils.data_utils": "get_file Sequence",
    "utils.vis_utils": "plot_model model_to_dot",
    "utils.visualize_util": "plot",
    "utils.layer_utils": "print_summary count_params",
    "utils.io_utils": "HDF5Matrix",
    "utils.conv_utils": "conv_output_length normalize_tuple",
    "utils.test_utils": "get_test_data",
    "preprocessing.sequence": "pad_sequences",
    "preprocessing.text": "Tokenizer",
    "optimizers.schedules": "ExponentialDecay",
    "optimizers.legacy": "SGD Adam",
    "optimizers": "sgd rmsprop adagrad adadelta adam adamax nadam",
    "mixed_precision.experimental": "Policy set_policy",
    "regularizers": "l1 l2 l1_l2 l1l2 activity_l1 activity_l2 activity_l1l2 "
    "WeightRegularizer ActivityRegularizer",
    "constraints": "maxnorm nonneg unitnorm max_norm",
    "losses": "kullback_leibler_divergence cosine_proximity logcosh mse MAE",
    "metrics": "cosine_proximity mse",
    "models": "Graph model_from_json",
}


@pytest.mark.parametrize("path", MODULES)
def test_old_names_are_found(path):
    module = importlib.import_module(f"minikeras.{path}")
    missing = [name for name in MODULES[path].split() if not hasattr(module, name)]
    assert missing == []


def test_they_are_the_objects_of_today():
    core = importlib.import_module("minikeras.layers.core")
    assert core.Dense is keras.layers.Dense
    assert keras.engine.topology.Layer is keras.layers.Layer
    assert keras.optimizers.sgd is keras.optimizers.SGD
    assert keras.objectives.mse is keras.losses.mean_squared_error
    assert set(importlib.import_module("minikeras.layers.noise").__all__) >= {"Dense"}


def test_importing_an_old_module_names_the_modern_one():
    with pytest.warns(DeprecationWarning, match="core is minikeras.layers today") as w:
        exec("from minikeras.layers.core import GaussianNoise", {"__name__": "x"})
    assert len({str(x.message) for x in w}) == 1
    with pytest.warns(DeprecationWarning, match="regularizers.L1L2 today"):
        exec("from minikeras.regularizers import l1l2", {"__name__": "x"})


@pytest.mark.parametrize("path", ["minikeras.layers.nothing", "minikeras.engines"])
def test_unknown_modules_are_still_unknown(path):
    with pytest.raises(ModuleNotFoundError, match=path):
        importlib.import_module(path)


def test_unknown_names_are_still_unknown():
    with pytest.raises(AttributeError, match="no attribute 'Dens'"):
        keras.layers.Dens  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'l3'"):
        keras.regularizers.l3  # noqa: B018


def test_merge_is_a_module_and_a_function():
    importlib.import_module("minikeras.layers.merge")
    a, b = keras.Input((3,)), keras.Input((3,))
    assert keras.layers.merge([a, b], mode="concat").shape == (None, 6)


def test_nothing_of_this_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, minikeras as k; k.Sequential([k.Input((2,)), k.layers.Dense(2)]);"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    for name in ("calls", "paths", "importing"):
        assert f"minikeras.legacy.{name}" not in loaded
