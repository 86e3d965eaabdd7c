"""`keras.backend`: the functions that Keras 1 and 2 called `K.`"""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "arithmetic": """
            abs all any arange argmax argmin batch_dot batch_flatten clip concatenate
            cos cumprod cumsum dot equal exp expand_dims flatten gather greater
            greater_equal less less_equal log logsumexp max maximum mean min minimum
            not_equal one_hot permute_dimensions pow prod repeat repeat_elements
            reshape reverse round sign sin slice sqrt square squeeze stack std sum
            tile transpose var
        """.split(),
        "graphs": """
            function gradients
        """.split(),
        "loops": """
            ctc_batch_cost ctc_decode ctc_label_dense_to_sparse foldl foldr map_fn rnn
            switch
        """.split(),
        "networks": """
            batch_normalization bias_add binary_crossentropy categorical_crossentropy
            conv1d conv2d conv2d_transpose conv3d depthwise_conv2d dropout elu
            hard_sigmoid in_top_k l2_normalize normalize_batch_in_training pool2d
            pool3d random_binomial random_normal random_uniform relu resize_images
            resize_volumes separable_conv1d separable_conv2d sigmoid softmax softplus
            softsign sparse_categorical_crossentropy spatial_2d_padding
            spatial_3d_padding tanh temporal_padding truncated_normal
        """.split(),
        "phase": """
            in_test_phase in_train_phase learning_phase learning_phase_scope
            set_learning_phase
        """.split(),
        "settings": """
            backend clear_session epsilon floatx get_uid image_data_format
            image_dim_ordering is_float_dtype is_int_dtype is_keras_tensor result_type
            set_epsilon set_floatx set_image_data_format set_image_dim_ordering
            standardize_dtype
        """.split(),
        "values": """
            batch_get_value batch_set_value cast cast_to_floatx constant count_params
            dtype eval eye get_value get_variable_shape identity int_shape
            is_placeholder is_sparse is_tensor is_variable
            manual_variable_initialization moving_average_update ndim ones ones_like
            ones_variable placeholder print_tensor random_normal_variable
            random_uniform_variable set_value shape stop_gradient to_dense update
            update_add update_sub variable zeros zeros_like zeros_variable
        """.split(),
    },
)
