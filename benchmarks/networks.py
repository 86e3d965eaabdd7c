"""The models of the nine workloads; `keras` is minikeras or Keras itself."""

CLASSES = "sparse_categorical_crossentropy"


def lecture_net(keras):
    """The network of the lecture: 3 features, two hidden layers of 4, 3 classes."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, activation="sigmoid"),
            keras.layers.Dense(4, activation="sigmoid"),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    return model


def tabular(keras):
    """A yes or no from 8 columns of a table."""
    model = keras.Sequential(
        [
            keras.Input((8,)),
            keras.layers.Dense(12, activation="relu"),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def mnist_mlp(keras):
    """Digits by dense layers with dropout, as in Keras's own first example."""
    model = keras.Sequential(
        [
            keras.Input((784,)),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(512, activation="relu"),
            keras.layers.Dropout(0.2),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("rmsprop", CLASSES, metrics=["accuracy"])
    return model


def mnist_cnn(keras):
    """Digits by two convolutions."""
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Conv2D(32, 3, activation="relu"),
            keras.layers.Conv2D(64, 3, activation="relu"),
            keras.layers.MaxPooling2D(2),
            keras.layers.Dropout(0.25),
            keras.layers.Flatten(),
            keras.layers.Dense(128, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", CLASSES, metrics=["accuracy"])
    return model


def residual_cnn(keras):
    """Small colour pictures by three residual blocks with batch normalization."""
    inputs = keras.Input((32, 32, 3))
    x = normalized_convolution(keras, inputs, 32, 3)
    x = keras.layers.Activation("relu")(x)
    for filters, strides in ((32, 1), (64, 2), (128, 2)):
        x = residual_block(keras, x, filters, strides)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))
    model.compile("adam", CLASSES, metrics=["accuracy"])
    return model


def residual_block(keras, x, filters: int, strides: int):
    """Two convolutions and a way around them."""
    shortcut = x
    if strides > 1:
        shortcut = normalized_convolution(keras, x, filters, 1, strides)
    x = normalized_convolution(keras, x, filters, 3, strides)
    x = keras.layers.Activation("relu")(x)
    x = normalized_convolution(keras, x, filters, 3)
    return keras.layers.Activation("relu")(keras.layers.Add()([x, shortcut]))


def normalized_convolution(keras, x, filters: int, size: int, strides: int = 1):
    """A convolution whose bias is the batch normalization's."""
    x = keras.layers.Conv2D(filters, size, strides, "same", use_bias=False)(x)
    return keras.layers.BatchNormalization()(x)


def embedding_lstm(keras):
    """A yes or no from 80 words out of 20,000."""
    model = keras.Sequential(
        [
            keras.Input((80,), dtype="int32"),
            keras.layers.Embedding(20_000, 128),
            keras.layers.LSTM(128),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def series_gru(keras):
    """The next value of a series from 48 steps of 14 measurements."""
    model = keras.Sequential(
        [keras.Input((48, 14)), keras.layers.GRU(32), keras.layers.Dense(1)]
    )
    model.compile("rmsprop", "mse", metrics=["mae"])
    return model


def autoencoder(keras):
    """Digits squeezed through 32 numbers."""
    hidden = [
        keras.layers.Dense(units, activation="relu") for units in (128, 64, 32, 64, 128)
    ]
    output = keras.layers.Dense(784, activation="sigmoid")
    model = keras.Sequential([keras.Input((784,)), *hidden, output])
    model.compile("adam", "binary_crossentropy")
    return model


def transformer_block(keras):
    """Attention and a dense network over 64 tokens, each with a way around it."""
    inputs = keras.Input((64, 64))
    attended = keras.layers.MultiHeadAttention(num_heads=4, key_dim=16)(inputs, inputs)
    x = keras.layers.LayerNormalization()(keras.layers.Add()([inputs, attended]))
    hidden = keras.layers.Dense(256, activation="relu")(x)
    projected = keras.layers.Dense(64)(hidden)
    x = keras.layers.LayerNormalization()(keras.layers.Add()([x, projected]))
    x = keras.layers.GlobalAveragePooling1D()(x)
    model = keras.Model(inputs, keras.layers.Dense(2, activation="softmax")(x))
    model.compile("adam", CLASSES, metrics=["accuracy"])
    return model


def mlp(keras, width: int, depth: int):
    """A plain network of the given size on 32 features, for the growth of its cost."""
    hidden = [keras.layers.Dense(width, activation="relu") for _ in range(depth)]
    output = keras.layers.Dense(10, activation="softmax")
    model = keras.Sequential([keras.Input((32,)), *hidden, output])
    model.compile("sgd", CLASSES)
    return model


def recurrent(keras, steps: int):
    """A small LSTM on series of the given length, for the growth of its cost."""
    model = keras.Sequential(
        [keras.Input((steps, 16)), keras.layers.LSTM(32), keras.layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    return model
