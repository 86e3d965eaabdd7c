"""What Keras 1, Keras 2 and tf.keras wrote, beside what is written today: calls.

Source text, for tests that evaluate both: pairs of an old expression and a modern one.
`tests/legacy/test_dialect_calls.py` says what the names in it stand for.
"""

# ------------------------------------------------------- models: training and methods

FIT = [
    ("model.fit(X, Y, nb_epoch=2)", "model.fit(X, Y, epochs=2)"),
    ("model.fit(X, Y, 8, 2, 0)", "model.fit(X, Y, batch_size=8, epochs=2)"),
    (
        "model.fit(X, Y, batch_size=8, nb_epoch=2, validation_data=(X, Y))",
        "model.fit(X, Y, batch_size=8, epochs=2, validation_data=(X, Y))",
    ),
    (
        "plain.fit(X, Y, nb_epoch=1, show_accuracy=True)",
        "compiled(metrics=['acc']).fit(X, Y, epochs=1)",
    ),
    (
        "model.fit(X, Y, workers=2, use_multiprocessing=True, max_queue_size=3)",
        "model.fit(X, Y)",
    ),
    (
        "compiled(class_mode='binary').fit(X, Y, nb_epoch=1)",
        "compiled().fit(X, Y, epochs=1)",
    ),
    (
        "model.fit_generator(batches(), 3, 2, verbose=0)",
        "model.fit(batches(), steps_per_epoch=3, epochs=2)",
    ),
    (
        "model.fit_generator(batches(), steps_per_epoch=24 / 8, epochs=2)",
        "model.fit(batches(), steps_per_epoch=3, epochs=2)",
    ),
    (
        "model.fit_generator(batches(), samples_per_epoch=24, nb_epoch=2,"
        " max_q_size=3, nb_worker=1)",
        "model.fit(batches(), steps_per_epoch=3, epochs=2)",
    ),
    (
        "model.fit_generator(batches(), samples_per_epoch=20, nb_epoch=2,"
        " pickle_safe=True)",
        "model.fit(batches(), steps_per_epoch=3, epochs=2)",
    ),
    (
        "model.fit_generator(batches(), 3, validation_data=batches(),"
        " validation_steps=3, workers=2, max_queue_size=5)",
        "model.fit(batches(), steps_per_epoch=3, validation_data=batches(),"
        " validation_steps=3)",
    ),
    (
        "model.fit_generator(batches(), 3, validation_data=batches(),"
        " nb_val_samples=24)",
        "model.fit(batches(), steps_per_epoch=3, validation_data=batches(),"
        " validation_steps=3)",
    ),
    (
        "model.fit_generator(batches(), 3, validation_data=(X, Y))",
        "model.fit(batches(), steps_per_epoch=3, validation_data=(X, Y))",
    ),
]
FIT_SPELLINGS = (
    "nb_epoch fit_generator samples_per_epoch nb_val_samples nb_worker pickle_safe "
    "max_q_size show_accuracy class_mode workers use_multiprocessing"
)

METHODS = [
    ("plain.evaluate(X, Y, show_accuracy=True)", "model.evaluate(X, Y)"),
    ("model.evaluate_generator(batches(), val_samples=24)", "model.evaluate(X, Y, 8)"),
    ("model.evaluate_generator(batches(), 3)", "model.evaluate(X, Y, 8)"),
    (
        "model.evaluate_generator(batches(), steps=3, max_queue_size=4, workers=2)",
        "model.evaluate(X, Y, 8)",
    ),
    ("model.predict_generator(batches(), val_samples=24)", "model.predict(X, 8)"),
    ("model.predict_generator(batches(), steps=3, workers=4)", "model.predict(X, 8)"),
    ("model.predict_proba(X)", "model.predict(X)"),
    ("model.predict_classes(X)", "(model.predict(X) > 0.5).astype('int32')"),
    (
        "several.predict_classes(X, batch_size=8)",
        "several.predict(X).argmax(axis=-1)",
    ),
    ("model.uses_learning_phase", "False"),
    ("dropping.uses_learning_phase", "True"),
    ("model.to_yaml()", "model.to_json()"),
    (
        "model.fit(X, Y) and model.history.history['acc']",
        "model.fit(X, Y).history['binary_accuracy']",
    ),
    (
        "compiled(metrics=['accuracy']).fit(X, Y, validation_split=0.5)"
        ".history['val_acc']",
        "compiled(metrics=['accuracy']).fit(X, Y, validation_split=0.5)"
        ".history['val_accuracy']",
    ),
    (
        "compiled(metrics=['mae']).fit(X, Y).history['mean_absolute_error']",
        "compiled(metrics=['mae']).fit(X, Y).history['mae']",
    ),
    ("model.layers[0].W", "model.layers[0].kernel"),
    ("model.layers[0].b", "model.layers[0].bias"),
    ("model.layers[0].output_dim", "model.layers[0].units"),
    ("model.layers[0].output_shape", "model.layers[0].output.shape"),
    ("model.layers[0].input_shape", "model.layers[0].input.shape"),
    ("model.layers[0].get_output_shape_at(0)", "(None, 1)"),
    ("model.optimizer.lr", "model.optimizer.learning_rate"),
    ("model.optimizer.get_weights()", "model.optimizer.variables"),
    ("model.optimizer.weights", "model.optimizer.variables"),
    ("keras.Model(input=a, output=b).get_config()", "keras.Model(a, b).get_config()"),
]
METHODS_SPELLINGS = (
    "evaluate_generator predict_generator val_samples predict_classes predict_proba "
    "to_yaml uses_learning_phase lr input output"
)

# ------------------------------------------------------------------------- optimizers

_DECAYED = "schedules.InverseTimeDecay({}, 1, 0.1)"
OPTIMIZERS = [
    *(
        (f"optimizers.{name}(lr=0.05)", f"optimizers.{name}(0.05)")
        for name in "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam Ftrl".split()
    ),
    *(
        (f"optimizers.{name.lower()}(lr=0.05)", f"optimizers.{name}(0.05)")
        for name in "SGD RMSprop Adagrad Adadelta Adam Adamax Nadam".split()
    ),
    (
        "optimizers.SGD(lr=0.5, decay=0.1, momentum=0.9, nesterov=True)",
        f"optimizers.SGD({_DECAYED.format(0.5)}, momentum=0.9, nesterov=True)",
    ),
    ("optimizers.SGD(decay=0.1)", f"optimizers.SGD({_DECAYED.format(0.01)})"),
    (
        "optimizers.RMSprop(learning_rate=0.05, decay=0.1)",
        f"optimizers.RMSprop({_DECAYED.format(0.05)})",
    ),
    (
        "optimizers.Adam(lr=0.05, beta_1=0.8, epsilon=None, decay=0.0, amsgrad=True)",
        "optimizers.Adam(0.05, 0.8, amsgrad=True)",
    ),
    ("optimizers.Adagrad(lr=0.05, epsilon=1e-8)", "optimizers.Adagrad(0.05, **TINY)"),
    ("optimizers.SGD(lr=0.5, clipnorm=0.1)", "optimizers.SGD(0.5, clipnorm=0.1)"),
    ("optimizers.SGD(lr=0.5, clipvalue=0.1)", "optimizers.SGD(0.5, clipvalue=0.1)"),
    ("optimizers.Nadam(lr=0.05, schedule_decay=0.004)", "optimizers.Nadam(0.05)"),
    ("optimizers.legacy.Adam(learning_rate=0.05)", "optimizers.Adam(0.05)"),
    ("optimizers.get('SGD')", "optimizers.SGD()"),
    ("optimizers.get('rmsprop')", "optimizers.RMSprop()"),
]
OPTIMIZERS_SPELLINGS = "lr decay epsilon clipnorm clipvalue schedule_decay rmsprop"

# -------------------------------------------------------------------------- callbacks

CALLBACKS = [
    (
        "callbacks.ModelCheckpoint(folder + '/{epoch}.weights.h5',"
        " save_weights_only=True, period=2)",
        "callbacks.ModelCheckpoint(folder + '/{epoch}.weights.h5',"
        " save_weights_only=True, save_freq=6)",
    ),
    (
        "callbacks.ModelCheckpoint(folder + '/{epoch}-{val_acc:.2f}.weights.h5',"
        " monitor='val_acc', save_best_only=True, save_weights_only=True)",
        "callbacks.ModelCheckpoint(folder + '/{epoch}-{val_accuracy:.2f}.weights.h5',"
        " monitor='val_accuracy', save_best_only=True, save_weights_only=True)",
    ),
    (
        "callbacks.ReduceLROnPlateau(monitor='loss', epsilon=9.0, patience=1)",
        "callbacks.ReduceLROnPlateau(monitor='loss', min_delta=9.0, patience=1)",
    ),
    (
        "callbacks.EarlyStopping(monitor='val_acc', patience=0, mode='max')",
        "callbacks.EarlyStopping(monitor='val_accuracy', patience=0, mode='max')",
    ),
    (
        "callbacks.TensorBoard(folder, batch_size=3, write_grads=True,"
        " embeddings_freq=0, embeddings_layer_names=None, embeddings_metadata=None,"
        " embeddings_data=None)",
        "callbacks.TensorBoard(folder)",
    ),
]
CALLBACKS_SPELLINGS = (
    "period epsilon batch_size write_grads embeddings_freq embeddings_layer_names "
    "embeddings_metadata embeddings_data mode val_acc"
)

# ------------------------------------------ what a string or a function stands for

REGULARIZERS = [
    ("regularizers.l2(l=0.1)", "regularizers.L2(0.1)"),
    ("regularizers.l1(l=0.1)", "regularizers.L1(0.1)"),
    ("regularizers.l1_l2(0.1, 0.2)", "regularizers.L1L2(0.1, 0.2)"),
    ("regularizers.l1l2(l1=0.1, l2=0.2)", "regularizers.L1L2(0.1, 0.2)"),
    ("regularizers.WeightRegularizer(l1=0.1)", "regularizers.L1L2(0.1)"),
    ("regularizers.ActivityRegularizer(l2=0.1)", "regularizers.L1L2(l2=0.1)"),
    ("regularizers.activity_l1(0.1)", "regularizers.L1(0.1)"),
    ("regularizers.activity_l2(l=0.1)", "regularizers.L2(0.1)"),
    ("regularizers.activity_l1l2(0.1, 0.2)", "regularizers.L1L2(0.1, 0.2)"),
    ("regularizers.get('l2')", "regularizers.L2()"),
    ("regularizers.get('l1_l2')", "regularizers.L1L2(0.01, 0.01)"),
    (
        "L.Dense(4, W_regularizer='l1l2').kernel_regularizer",
        "L.Dense(4, kernel_regularizer='l1_l2').kernel_regularizer",
    ),
    ("regularizers.get('activity_l1')", "regularizers.L1()"),
    ("regularizers.get('activity_l2')", "regularizers.L2()"),
    ("constraints.maxnorm(m=0.5)", "constraints.MaxNorm(0.5)"),
    ("constraints.nonneg()", "constraints.NonNeg()"),
    ("constraints.unitnorm()", "constraints.UnitNorm()"),
    ("constraints.get('maxnorm')", "constraints.MaxNorm()"),
    ("constraints.get('nonneg')", "constraints.NonNeg()"),
    ("constraints.get('unitnorm')", "constraints.UnitNorm()"),
]
REGULARIZERS_SPELLINGS = (
    "WeightRegularizer ActivityRegularizer l1l2 l1_l2 activity_l1 activity_l2 maxnorm "
    "nonneg unitnorm"
)

INITIALIZERS = [
    *(
        (f"initializers.get('{old}')", f"initializers.{modern}()")
        for old, modern in {
            "glorot_normal": "GlorotNormal",
            "glorot_uniform": "GlorotUniform",
            "he_normal": "HeNormal",
            "he_uniform": "HeUniform",
            "lecun_uniform": "LecunUniform",
            "normal": "RandomNormal",
            "uniform": "RandomUniform",
            "one": "Ones",
            "zero": "Zeros",
            "orthogonal": "Orthogonal",
            "identity": "Identity",
        }.items()
    ),
    ("keras.initializations.get('he_normal')", "initializers.HeNormal()"),
    ("keras.initializations.normal", "initializers.RandomNormal()"),
    ("keras.initializations.uniform", "initializers.RandomUniform()"),
    ("keras.initializations.orthogonal", "initializers.Orthogonal()"),
    ("lambda shape: named('normal', shape)", "initializers.RandomNormal()"),
    ("lambda shape: scaled('normal', shape)", "initializers.RandomNormal(0.0, 0.2)"),
    ("lambda shape: scaled('uniform', shape)", "initializers.RandomUniform(-0.2, 0.2)"),
]
INITIALIZERS_SPELLINGS = (
    "glorot_normal he_uniform lecun_uniform normal uniform one zero orthogonal identity"
)

LOSSES = [
    *(
        (f"losses.get('{old}')", f"losses.{modern}")
        for modern, names in {
            "mean_squared_error": "mse MSE mean_squared_error",
            "mean_absolute_error": "mae MAE mean_absolute_error",
            "mean_absolute_percentage_error": "mape MAPE",
            "mean_squared_logarithmic_error": "msle MSLE",
            "kl_divergence": "kld KLD kullback_leibler_divergence",
            "cosine_similarity": "cosine_proximity cosine",
            "log_cosh": "logcosh",
            "binary_crossentropy": "binary_crossentropy",
            "squared_hinge": "squared_hinge",
            "hinge": "hinge",
            "poisson": "poisson",
        }.items()
        for old in names.split()
    ),
    ("keras.objectives.mse", "losses.mean_squared_error"),
    ("losses.cosine_proximity", "losses.cosine_similarity"),
    ("losses.kullback_leibler_divergence", "losses.kl_divergence"),
    ("losses.logcosh", "losses.log_cosh"),
]
LOSSES_SPELLINGS = "mse MSE mean_squared_error kld cosine_proximity"

# What 'acc' and 'accuracy' mean: loss, number of outputs, targets, metric of today.
ACCURACIES = [
    ("binary_crossentropy", 1, "Y", "binary_accuracy"),
    ("categorical_crossentropy", 3, "CLASSES", "categorical_accuracy"),
    (
        "sparse_categorical_crossentropy",
        3,
        "CLASSES.argmax(1)",
        "sparse_categorical_accuracy",
    ),
]

# Sizes and names: models whose configs and weights are to be the same.
MODELS = [
    (
        "[L.Embedding(9, 3, weights=[TABLE], input_length=5, trainable=False)]",
        "[keras.Input((5,)), L.Embedding(9, 3, embeddings_initializer=table,"
        " trainable=False)]",
    ),
    (
        "[L.Dense(np.int32(4), input_dim=np.int64(3))]",
        "[keras.Input((3,)), L.Dense(4)]",
    ),
    (
        "[L.Dense(2, weights=[np.ones((3, 2)), np.ones(2)], input_dim=3)]",
        "[keras.Input((3,)), L.Dense(2, kernel_initializer='ones',"
        " bias_initializer='ones')]",
    ),
    ("[L.Merge([branch(3), branch(2)], mode='mul'), L.Dense(1)]", "product()"),
]

# The functions of `keras.backend` that lectures use.
BACKEND = """
    image_dim_ordering set_image_dim_ordering image_data_format
    set_image_data_format epsilon set_epsilon floatx set_floatx learning_phase
    set_learning_phase in_train_phase in_test_phase placeholder variable constant
    function gradients get_value set_value batch_get_value batch_set_value eval
    int_shape ndim dtype shape mean sum prod max min std var any all argmax argmin
    square sqrt exp log abs pow clip sign round maximum minimum dot batch_dot
    transpose gather reshape permute_dimensions repeat repeat_elements resize_images
    concatenate stack flatten batch_flatten expand_dims squeeze temporal_padding
    spatial_2d_padding one_hot reverse switch relu elu softmax softplus softsign
    tanh sigmoid hard_sigmoid categorical_crossentropy
    sparse_categorical_crossentropy binary_crossentropy dropout l2_normalize
    in_top_k conv1d conv2d conv3d separable_conv2d pool2d pool3d bias_add
    random_normal random_uniform random_binomial truncated_normal rnn foldl foldr
    map_fn arange cast update update_add update_sub moving_average_update
    clear_session get_uid ctc_batch_cost ctc_decode manual_variable_initialization
    backend zeros ones eye zeros_like ones_like
"""
