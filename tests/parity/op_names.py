"""Names of functions of `ops` that are called in like ways."""

UNARY = """abs absolute arccos arccosh arcsin arcsinh arctan arctanh bitwise_invert
    bitwise_not cbrt ceil conj cos cosh deg2rad erf erfc exp exp2 expm1 fabs floor
    isfinite isinf isnan isneginf isposinf isreal log log10 log1p log2 logical_not
    negative nan_to_num rad2deg real reciprocal round rsqrt sigmoid sign signbit silu
    sin sinc sinh softplus softsign sqrt square tan tanh trunc relu relu6 elu selu celu
    gelu hard_sigmoid hard_silu hard_tanh log_sigmoid leaky_relu hard_shrink soft_shrink
    tanh_shrink squareplus sparse_plus sparse_sigmoid i0 angle imag""".split()

BINARY = """add arctan2 bitwise_and bitwise_left_shift bitwise_or bitwise_right_shift
    bitwise_xor divide divide_no_nan equal floor_divide fmax fmin fmod gcd greater
    greater_equal heaviside hypot lcm less less_equal logaddexp logaddexp2 logical_and
    logical_or logical_xor maximum minimum mod multiply nextafter not_equal power
    subtract true_divide""".split()

REDUCING = """all amax amin any argmax argmin count_nonzero cumprod cumsum logsumexp max
    mean median min prod ptp std sum var nanmax nanmin nansum nanmean sort argsort
    softmax log_softmax""".split()
WITH_KEEPDIMS = set("""all amax amin any argmax argmin logsumexp max mean median min
    prod std sum var nanmax nanmin nansum nanmean""".split())  # fmt: skip
