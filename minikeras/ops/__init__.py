"""Functions on tensors: `minikeras.ops`, as `keras.ops`.

The package is a table from public names to the files that define them; a file is loaded
when one of its names is first read. Only the small files behind Python's operators are
loaded at once.
"""

from ..tensor import operators
from ..utils import lazy
from . import arithmetic, indexing, logic, movement, products

SUBMODULES = ("image", "linalg", "nn", "numpy")

operators.bind(
    abs=arithmetic.abs,
    add=arithmetic.add,
    equal=logic.equal,
    floor_divide=arithmetic.floor_divide,
    get_item=indexing.get_item,
    greater=logic.greater,
    greater_equal=logic.greater_equal,
    less=logic.less,
    less_equal=logic.less_equal,
    logical_and=logic.logical_and,
    logical_not=logic.logical_not,
    logical_or=logic.logical_or,
    logical_xor=logic.logical_xor,
    matmul=products.matmul,
    mod=arithmetic.mod,
    multiply=arithmetic.multiply,
    negative=arithmetic.negative,
    not_equal=logic.not_equal,
    power=arithmetic.power,
    reshape=movement.reshape,
    round=lambda x, decimals: __getattr__("round")(x, decimals),  # loaded late
    stack=lambda x: __getattr__("stack")(x),
    subtract=arithmetic.subtract,
    transpose=movement.transpose,
    true_divide=arithmetic.true_divide,
)

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {
        "activation": """
            celu elu gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh
            leaky_relu log_sigmoid relu relu6 selu sigmoid silu soft_shrink softplus
            softsign squareplus swish tanh_shrink threshold
        """.split(),
        "arithmetic": """
            abs absolute add cbrt conj conjugate divide divide_no_nan fabs
            floor_divide fmod heaviside hypot mod multiply negative power reciprocal
            rsqrt sign sqrt square subtract true_divide
        """.split(),
        "attention": """
            dot_product_attention
        """.split(),
        "bits": """
            bitwise_and bitwise_invert bitwise_left_shift bitwise_not bitwise_or
            bitwise_right_shift bitwise_xor gcd lcm left_shift right_shift
        """.split(),
        "bounds": """
            ceil clip floor fmax fmin maximum minimum nan_to_num nextafter round trunc
        """.split(),
        "complex_numbers": """
            angle imag polar real view_as_complex view_as_real
        """.split(),
        "contraction": """
            einsum
        """.split(),
        "control": """
            associative_scan cond fori_loop map scan switch vectorized_map while_loop
        """.split(),
        "convolution": """
            conv conv_transpose depthwise_conv separable_conv
        """.split(),
        "core": """
            cast convert_to_numpy convert_to_tensor custom_gradient dtype is_tensor
            ndim saturate_cast shape size stop_gradient view
        """.split(),
        "creation": """
            arange array copy diag diagflat diagonal empty empty_like eye full
            full_like geomspace identity linspace logspace meshgrid ones ones_like
            trace tri tril triu zeros zeros_like
        """.split(),
        "crossentropy": """
            binary_crossentropy categorical_crossentropy
            sparse_categorical_crossentropy
        """.split(),
        "ctc": """
            ctc_decode ctc_loss
        """.split(),
        "decompositions": """
            cholesky cholesky_inverse eig eigh lstsq lu_factor matrix_rank pinv qr
            svd
        """.split(),
        "distributions": """
            log_softmax softmax
        """.split(),
        "elementwise": """
            arccos arccosh arcsin arcsinh arctan arctan2 arctanh cos cosh deg2rad erf
            erfc erfinv exp exp2 expm1 log log1p log2 log10 logaddexp logaddexp2
            rad2deg sin sinc sinh tan tanh
        """.split(),
        "encoding": """
            multi_hot one_hot
        """.split(),
        "filters": """
            psnr
        """.split(),
        "indexing": """
            get_item take take_along_axis
        """.split(),
        "joining": """
            append array_split concatenate dsplit dstack hsplit hstack split stack
            unstack vsplit vstack
        """.split(),
        "logic": """
            equal greater greater_equal isclose isfinite isinf isnan isneginf
            isposinf isreal less less_equal logical_and logical_not logical_or
            logical_xor nonzero not_equal signbit where
        """.split(),
        "matrices": """
            cdist cross jvp kron vander
        """.split(),
        "missing": """
            nanargmax nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin
            nanpercentile nanprod nanquantile nanstd nansum nanvar
        """.split(),
        "movement": """
            broadcast_to expand_dims flip fliplr flipud moveaxis ravel reshape roll
            rot90 squeeze swapaxes transpose
        """.split(),
        "normalization": """
            batch_normalization layer_normalization moments rms_normalization
        """.split(),
        "norms": """
            norm normalize
        """.split(),
        "padding": """
            pad repeat tile
        """.split(),
        "patches": """
            depth_to_space fold space_to_depth unfold
        """.split(),
        "patterns": """
            rearrange select vectorize
        """.split(),
        "pooling": """
            adaptive_average_pool adaptive_max_pool average_pool max_pool
        """.split(),
        "products": """
            dot inner matmul outer tensordot vdot
        """.split(),
        "reductions": """
            all allclose amax amin any argmax argmin average count_nonzero cumprod
            cumsum logsumexp max mean min prod ptp std sum var
        """.split(),
        "samples": """
            bartlett blackman correlate diff hamming hanning i0 kaiser ldexp trapezoid
        """.split(),
        "scattering": """
            scatter scatter_update slice slice_update
        """.split(),
        "segments": """
            segment_max segment_min segment_prod segment_sum
        """.split(),
        "solving": """
            det inv logdet slogdet solve solve_triangular
        """.split(),
        "sorting": """
            argpartition argsort bincount digitize in_top_k isin searchsorted sort
            top_k unique unravel_index
        """.split(),
        "sparse": """
            sparse_plus sparse_sigmoid sparsemax
        """.split(),
        "spectral": """
            extract_sequences fft fft2 ifft2 irfft istft rfft stft
        """.split(),
        "statistics": """
            corrcoef histogram median percentile quantile
        """.split(),
    },
    submodules=SUBMODULES,
)
