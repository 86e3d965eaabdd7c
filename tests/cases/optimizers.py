"""What the optimizer contract needs to know of each optimizer.

The weights are those of Keras 3.15.1 on JAX after a step with each row of `GRADIENTS`.
"""

from collections import namedtuple

# kwargs:   constructor arguments
# weights:  kernel and bias, flat, after the steps
# kept:     names of the optimizer's variables after iteration and learning_rate
Case = namedtuple("Case", "kwargs weights kept")

START = ([1.0, -2.0, 3.0], [0.5])
GRADIENTS = (
    ([0.5, -1.0, 2.0], [0.25]),
    ([-0.5, 0.1, 1.0], [-0.75]),
    ([1.5, 0.3, -0.2], [0.5]),
    ([0.2, 0.2, -1.0], [0.1]),
)

CASES = {
    "SGD": [
        Case({}, [0.98300004, -1.996, 2.982, 0.499], []),
        Case(
            {"learning_rate": 0.1, "momentum": 0.9},
            [0.65854996, -1.7601999, 2.1792, 0.512275],
            ["kernel_momentum", "bias_momentum"],
        ),
        Case(
            {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True},
            [0.52269495, -1.74418, 2.0812798, 0.50104755],
            ["kernel_momentum", "bias_momentum"],
        ),
        Case(
            {"learning_rate": 0.1, "clipnorm": 0.5},
            [0.9531231, -2.0019782, 2.9664078, 0.46499997],
            [],
        ),
        Case(
            {"learning_rate": 0.1, "clipvalue": 0.3},
            [0.95000005, -2.03, 2.99, 0.465],
            [],
        ),
        Case(
            {"learning_rate": 0.1, "global_clipnorm": 0.5},
            [0.9518468, -2.0008385, 2.9736345, 0.50214976],
            [],
        ),
        Case(
            {"learning_rate": 0.1, "weight_decay": 0.1},
            [0.7925861, -1.8836629, 2.7095182, 0.47004807],
            [],
        ),
        Case(
            {
                "learning_rate": 0.1,
                "use_ema": True,
                "ema_momentum": 0.5,
                "ema_overwrite_frequency": 2,
            },
            [0.8525001, -1.9375, 2.815, 0.46999997],
            ["kernel_average", "bias_average"],
        ),
        Case(
            {"learning_rate": 0.1, "loss_scale_factor": 4.0},
            [0.9575, -1.9900001, 2.9550002, 0.4975],
            [],
        ),
        Case(
            {"learning_rate": 0.1, "momentum": 0.5, "gradient_accumulation_steps": 2},
            [0.915, -1.9575001, 2.8349998, 0.5075],
            [
                "kernel_gradient_accumulator",
                "bias_gradient_accumulator",
                "kernel_momentum",
                "bias_momentum",
            ],
        ),
    ],
    "RMSprop": [
        Case(
            {},
            [0.995829, -1.998847, 2.9971216, 0.49772406],
            ["kernel_velocity", "bias_velocity"],
        ),
        Case(
            {"learning_rate": 0.1, "rho": 0.5, "momentum": 0.9},
            [0.54320663, -1.765915, 2.4419854, 0.17844439],
            ["kernel_velocity", "bias_velocity", "kernel_momentum", "bias_momentum"],
        ),
        Case(
            {"learning_rate": 0.1, "centered": True, "momentum": 0.5},
            [0.28104448, -1.654293, 2.2881687, 0.113869786],
            [
                "kernel_velocity",
                "bias_velocity",
                "kernel_momentum",
                "bias_momentum",
                "kernel_average_gradient",
                "bias_average_gradient",
            ],
        ),
    ],
    "Adam": [
        Case(
            {},
            [0.9979666, -1.9980543, 2.9971497, 0.4993983],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
        Case(
            {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9, "amsgrad": True},
            [0.80064285, -1.8973755, 2.8064148, 0.43204573],
            [
                "kernel_momentum",
                "kernel_velocity",
                "bias_momentum",
                "bias_velocity",
                "kernel_velocity_hat",
                "bias_velocity_hat",
            ],
        ),
        Case(
            {
                "learning_rate": 0.1,
                "gradient_accumulation_steps": 2,
                "clipnorm": 0.5,
                "use_ema": True,
                "ema_momentum": 0.5,
            },
            [0.92558765, -1.8949825, 2.8797917, 0.58570385],
            [
                "kernel_average",
                "bias_average",
                "kernel_gradient_accumulator",
                "bias_gradient_accumulator",
                "kernel_momentum",
                "kernel_velocity",
                "bias_momentum",
                "bias_velocity",
            ],
        ),
    ],
    "AdamW": [
        Case(
            {"learning_rate": 0.1},
            [0.79519707, -1.8024102, 2.7103772, 0.43911016],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
        Case(
            {"learning_rate": 0.1, "weight_decay": 0.5},
            [0.6277162, -1.4557642, 2.1851265, 0.3566195],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
    ],
    "Adagrad": [
        Case(
            {},
            [0.9987942, -1.9995949, 2.9990613, 0.49965352],
            ["kernel_accumulator", "bias_accumulator"],
        ),
        Case(
            {"learning_rate": 0.1, "initial_accumulator_value": 0.5, "epsilon": 0.01},
            [0.89831102, -1.9659455, 2.9107852, 0.48640496],
            ["kernel_accumulator", "bias_accumulator"],
        ),
    ],
    "Adadelta": [
        Case(
            {},
            [0.99999738, -1.9999998, 2.9999988, 0.49999866],
            [
                "kernel_accumulated_grad",
                "kernel_accumulated_delta_var",
                "bias_accumulated_grad",
                "bias_accumulated_delta_var",
            ],
        ),
        Case(
            {"learning_rate": 1.0, "rho": 0.5, "epsilon": 0.01},
            [0.74660379, -2.049233, 2.9123893, 0.34728029],
            [
                "kernel_accumulated_grad",
                "kernel_accumulated_delta_var",
                "bias_accumulated_grad",
                "bias_accumulated_delta_var",
            ],
        ),
    ],
    "Adamax": [
        Case(
            {},
            [0.99840182, -1.9983712, 2.9976749, 0.49930644],
            ["kernel_momentum", "kernel_norm", "bias_momentum", "bias_norm"],
        ),
        Case(
            {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9},
            [0.84589064, -1.895715, 2.8196552, 0.42267299],
            ["kernel_momentum", "kernel_norm", "bias_momentum", "bias_norm"],
        ),
    ],
    "Nadam": [
        Case(
            {},
            [0.99842256, -1.9993813, 2.9987721, 0.49923688],
            [
                "kernel_momentum",
                "kernel_velocity",
                "bias_momentum",
                "bias_velocity",
                "variable",
            ],
        ),
        Case(
            {"learning_rate": 0.1, "beta_1": 0.5, "gradient_accumulation_steps": 2},
            [0.86884451, -1.9404329, 2.9248979, 0.52015525],
            [
                "kernel_gradient_accumulator",
                "bias_gradient_accumulator",
                "kernel_momentum",
                "kernel_velocity",
                "bias_momentum",
                "bias_velocity",
                "variable",
            ],
        ),
    ],
    "Ftrl": [
        Case(
            {},
            [0.46427175, -1.3965722, 2.5305398, 0.10742126],
            ["kernel_accumulator", "kernel_linear", "bias_accumulator", "bias_linear"],
        ),
        Case(
            {
                "learning_rate": 0.1,
                "learning_rate_power": -0.4,
                "l1_regularization_strength": 0.2,
                "l2_regularization_strength": 0.1,
                "l2_shrinkage_regularization_strength": 0.3,
                "beta": 0.2,
            },
            [0.079537377, -0.7616775, 1.7201779, 0.0],
            ["kernel_accumulator", "kernel_linear", "bias_accumulator", "bias_linear"],
        ),
    ],
    "Lion": [
        Case(
            {},
            [0.99800003, -2.0019999, 2.9980001, 0.49800003],
            ["kernel_momentum", "bias_momentum"],
        ),
        Case(
            {"learning_rate": 0.1, "beta_1": 0.6, "beta_2": 0.9, "weight_decay": 0.1},
            [0.7625761, -1.9251522, 2.6877484, 0.28227812],
            ["kernel_momentum", "bias_momentum"],
        ),
    ],
    "Adafactor": [
        Case(
            {},
            [0.99638116, -2.0003192, 2.9987245, 0.49944019],
            ["kernel", "kernel", "kernel_velocity", "bias", "bias", "bias_velocity"],
        ),
        Case(
            {
                "learning_rate": 0.5,
                "beta_2_decay": -0.5,
                "clip_threshold": 0.5,
                "epsilon_2": 0.5,
            },
            [0.30314019, -2.2557499, 2.7581043, 0.31347126],
            ["kernel", "kernel", "kernel_velocity", "bias", "bias", "bias_velocity"],
        ),
    ],
    "Muon": [
        Case(
            {},
            [0.99795061, -1.9980223, 2.997102, 0.4993903],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
        Case(
            {
                "learning_rate": 0.1,
                "weight_decay": 0.3,
                "adam_weight_decay": 0.1,
                "adam_lr_ratio": 0.5,
            },
            [0.86063796, -1.8261102, 2.7420077, 0.451215],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
    ],
    "ScheduleFreeAdamW": [
        Case(
            {},
            [0.99708951, -1.9987588, 2.9971478, 0.49865329],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
        Case(
            {
                "learning_rate": 0.1,
                "beta_1": 0.5,
                "beta_2": 0.9,
                "warmup_steps": 3,
                "weight_decay": 0.1,
            },
            [0.88269567, -2.0093102, 2.9505098, 0.45373052],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
    ],
    "Lamb": [
        Case(
            {},
            [0.99239528, -1.9941679, 2.9903376, 0.49900001],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
        Case(
            {"learning_rate": 0.1, "beta_1": 0.5, "beta_2": 0.9},
            [0.37097657, -1.8045338, 2.4799294, 0.40095001],
            ["kernel_momentum", "kernel_velocity", "bias_momentum", "bias_velocity"],
        ),
    ],
}
