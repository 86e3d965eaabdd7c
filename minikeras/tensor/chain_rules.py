"""How the chain rule reads for each primitive: comments in the source of a program.

`dL/dx` is the gradient of the loss with respect to what the primitive takes, `dL/dy`
that with respect to what it returns; `z` and `a` are what a layer computes before and
after its activation. A semicolon begins a new line.
"""

from .program import Place

__all__ = ["chain_rule"]

ACROSS = "dL/dx = dL/dy * {}"
THROUGH_TIME = "back through time: dL/dh at a step = dL/dy there + what later steps add"
RULES = {
    "absolute": ACROSS.format("sign(x)"),
    "add": "dL/dx1 = dL/dx2 = dL/dy",
    "add_bias": "dL/dx = dL/dz, dL/db = sum of dL/dz",
    "affine": "dL/dx = dL/dz @ W.T, dL/dW = x.T @ dL/dz, dL/db = sum of dL/dz",
    "attend": "from the weighted means through softmax to the scores",
    "average_pooling": "dL/dx = dL/dy / number of elements in the window",
    "binary_likelihood": "dL/dp = dL/dy * (p - y_true) / (p * (1 - p))",
    "broadcast_to": "dL/dx = sum of dL/dy over the copies",
    "cast": "dL/dx = dL/dy in the dtype of x",
    "choose": "dL/dx1 = dL/dy where x1 was chosen, else 0",
    "clip": "dL/dx = dL/dy inside of the bounds, else 0",
    "convolve": "dL/dx = sum of kernels times dL/dz, each at its window; "
    "dL/dW = sum of windows of x times dL/dz",
    "convolve_transposed": "dL/dx = windows of dL/dz times the kernel; "
    "dL/dW = sum of windows of dL/dz times x",
    "cos": ACROSS.format("-sin(x)"),
    "depthwise_convolve": "dL/dx = sum of kernels times dL/dz, each at its window; "
    "dL/dW = sum of windows of x times dL/dz, channel by channel",
    "divide": "dL/dx1 = dL/dy / x2; dL/dx2 = -dL/dy * x1 / x2^2",
    "elu": "dL/dz = dL/da where z > 0, else dL/da * (a + alpha)",
    "erf": ACROSS.format("2 / sqrt(pi) * e^-x^2"),
    "exp": ACROSS.format("y"),
    "gru_steps": THROUGH_TIME,
    "keep": "dL/dx = dL/dy / (1 - rate) where x was kept, else 0",
    "leaky_relu": "dL/dz = dL/da where z > 0, else dL/da * negative_slope",
    "likelihood": "dL/dp = -dL/dy * y_true / p",
    "log": "dL/dx = dL/dy / x",
    "log1p": "dL/dx = dL/dy / (1 + x)",
    "log_softmax": "dL/dz = dL/dy - softmax(z) * sum(dL/dy)",
    "logsumexp": ACROSS.format("softmax(x)"),
    "lstm_steps": THROUGH_TIME,
    "matmul": "dL/dx1 = dL/dz @ x2.T; dL/dx2 = x1.T @ dL/dz",
    "max": "dL/dx = dL/dy at the largest x, else 0",
    "max_pooling": "dL/dx = dL/dy at the largest x in the window, else 0",
    "maximum": "dL/dx1 = dL/dy where x1 is the larger one, else 0",
    "mean": "dL/dx = dL/dy / number of elements",
    "min": "dL/dx = dL/dy at the smallest x, else 0",
    "minimum": "dL/dx1 = dL/dy where x1 is the smaller one, else 0",
    "multiply": "dL/dx1 = dL/dy * x2; dL/dx2 = dL/dy * x1",
    "negative": "dL/dx = -dL/dy",
    "normalize_columns": "dL/dx = gamma / deviation * (dL/dy - mean(dL/dy) "
    "- x_hat * mean(dL/dy * x_hat))",
    "power": "dL/dx1 = dL/dy * x2 * x1^(x2 - 1)",
    "prod": "dL/dx = dL/dy * product of the other elements",
    "reciprocal": ACROSS.format("-y^2"),
    "relu": "dL/dz = dL/da where z > 0, else 0",
    "relu6": "dL/dz = dL/da where 0 < z < 6, else 0",
    "rsqrt": ACROSS.format("-y^3 / 2"),
    "sigmoid": "dL/dz = dL/da * a * (1 - a)",
    "sigmoid_crossentropy": "dL/dz = dL/dy * (sigmoid(z) - y_true)",
    "simple_rnn_steps": THROUGH_TIME,
    "sin": ACROSS.format("cos(x)"),
    "softmax": "dL/dz = a * (dL/da - sum(dL/da * a))",
    "softmax_crossentropy": "dL/dz = dL/dy * (softmax(z) - y_true)",
    "softplus": "dL/dz = dL/da * sigmoid(z)",
    "sparse_likelihood": "dL/dp = -dL/dy / p for the class of the label, else 0",
    "sparse_softmax_crossentropy": "dL/dz = dL/dy * (softmax(z) - one_hot(y_true))",
    "sqrt": "dL/dx = dL/dy / (2 * y)",
    "square": ACROSS.format("2 * x"),
    "standardize": "dL/dx = (dL/dy - mean(dL/dy) - y * mean(dL/dy * y)) / deviation",
    "subtract": "dL/dx1 = dL/dy; dL/dx2 = -dL/dy",
    "sum": "dL/dx = dL/dy for each element",
    "take": "dL/drow = sum of dL/dy over the places that took this row",
    "tanh": "dL/dz = dL/da * (1 - a^2)",
    "var": ACROSS.format("2 * (x - mean(x)) / number of elements"),
    # Two at a time: the probability that one divides by, the other multiplies with.
    "likelihood of softmax": "dL/dz = dL/dloss * (a - y): cross-entropy and softmax",
    "sparse_likelihood of softmax": "dL/dz = dL/dloss * (a - one_hot(y)): "
    "cross-entropy and softmax",
    "binary_likelihood of sigmoid": "dL/dz = dL/dloss * (a - y): "
    "cross-entropy and sigmoid",
}
# Views and copies: the gradient only changes its shape, which needs no words.
SILENT = frozenset(
    ("expand_dims", "get_item", "ravel", "reshape", "squeeze", "stop_gradient",
     "swapaxes", "transpose", "transpose_last", "moveaxis", "unbroadcast")
)  # fmt: skip


def chain_rule(place: Place) -> list[str]:
    """Returns the chain rule of the primitive at a place, as lines."""
    if place.primitive in SILENT or not place.primitive:
        return []
    rule = RULES.get(place.primitive, f"back through {place.primitive}")
    return rule.split("; ")
