"""Calls that put ops into graphs: a line each, of functions of `ops` on the inputs.

The inputs are named by kind; arrays in capitals are constants.
"""

import numpy as np

_rng = np.random.default_rng(0)


def _normal(*shape):
    return _rng.normal(size=shape).astype("float32")


def _square():
    x = _normal(2, 3, 3)
    return np.matmul(x, x.swapaxes(1, 2)) + np.eye(3, dtype="float32")


# Inputs of a model: name -> a batch of values; the batch's size is open in the graph.
INPUTS = {
    "x": _normal(2, 4, 3),  # any numbers
    "u": _rng.uniform(0.1, 0.9, (2, 4, 3)).astype("float32"),  # between 0 and 1
    "n": _rng.integers(0, 3, (2, 4)).astype("int32"),
    "b": _rng.random((2, 4, 3)) < 0.5,
    "s": _square(),  # symmetric, positive definite
    "v": _rng.uniform(0, 1, (2, 8, 8, 3)).astype("float32"),  # images
    "w": _normal(2, 16),  # sound
    "k": np.array([0, 1, 2, 0], "int32"),  # a batch of labels
    "r": _normal(4, 3),
}
CONSTANTS = {
    "A": np.ones((3, 2), "float32"),
    "B": np.arange(12, dtype="float32").reshape(4, 3),
    "C": np.array([0, 2]),
    "E": np.array([-1.0, 0.0, 1.0], "float32"),
    "K": _normal(3, 3, 3, 2) / 3,
    "D": _normal(3, 3, 3, 1) / 3,
    "P": _normal(1, 1, 3, 2),
    "M": np.array([[1.1, 0.1, 0.5, 0.0, 0.9, 1.0, 0.0, 0.0]] * 2, "float32"),
    "Q": np.array([[[0, 0], [0, 7], [7, 0], [7, 7]]] * 2, "float32"),
    "R": np.array([[[1, 0], [0, 6], [7, 1], [6, 7]]] * 2, "float32"),
    "Z": _rng.uniform(0, 7, (3, 2, 5)).astype("float32"),
    "G": np.ones((3,), "float32"),
    "int32": "int32",
    "float16": "float16",
}

CALLS = """
x + x ; x + 1 ; 1 + x ; x + B ; x - x ; x - 2.0 ; 2.0 - x ; x - B ; x * x ; x * 3
3 * x ; x * B ; x / x ; x / 2 ; 2 / u ; u / (B + 1) ; x // u ; x // 1 ; 3 // u ; x % u
x % 2 ; 3 % u ; n % 2 ; n // 2 ; n + 1 ; n * 0.5 ; x ** 2 ; 2 ** x ; u ** u ; u ** B
-x ; abs(x) ; x @ A ; x @ x[:, :3] ; x < 0 ; x <= 0 ; x > 0 ; x >= B ; x != 0 ; 0 < x
b & b ; b | b ; b ^ b ; ~b ; x[:, 1:] ; x[..., None] ; x[:, -1] ; x[:, 0, 1]
x[:, ::2, ::-1] ; x[0] ; x[..., 1] ; x[:, None] ; n[:, 1:3] ; get_item(x, 1)
x[:, 1:3, None, 0] ; absolute(x) ; add(x, x) ; add(x, 1) ; add(B, x) ; all(b, axis=1)
all(b) ; allclose(x, x) ; amax(x, axis=1) ; amin(x, axis=-1, keepdims=True) ; angle(x)
any(b, axis=[1, 2]) ; append(x, x) ; arccos(u) ; arccosh(u + 1) ; arcsin(u) ; arcsinh(x)
arctan(x) ; arctan2(x, u) ; arctanh(u) ; argmax(x, axis=1) ; argmin(x)
argpartition(x, 1) ; argsort(x, axis=1) ; array(x) ; array_split(x, 2, axis=1)
average(x, axis=1) ; average(x, axis=2, weights=E + 2) ; average(x, axis=1, weights=u)
max_pool(v, 3, 2, "same") ; batch_normalization(x, E, E + 2, -1)
batch_normalization(x, E, E + 2, axis=-1, offset=E, scale=G) ; binary_crossentropy(u, u)
binary_crossentropy(u, x, from_logits=True)
categorical_crossentropy(u, x, from_logits=True)
categorical_crossentropy(u, u, axis=1)
sparse_categorical_crossentropy(n, x, from_logits=True)
sparse_categorical_crossentropy(n, u) ; bincount(n, minlength=3) ; bitwise_and(n, n)
bitwise_invert(n) ; bitwise_left_shift(n, n) ; bitwise_not(n)
bitwise_right_shift(n, 1) ; bitwise_xor(n, n) ; left_shift(n, 1) ; right_shift(n, n)
broadcast_to(x, (2, 4, 3)) ; cast(x, "int32") ; cast(x, "float16") ; cbrt(x)
cdist(x, x) ; ceil(x) ; celu(x) ; celu(x, 0.5) ; cholesky(s) ; cholesky(s, upper=True)
clip(x, 0, 1) ; clip(x, x_min=-1.0, x_max=0.5) ; concatenate([x, x])
concatenate([x, u], axis=-1) ; concatenate((x, x, x), 1) ; conj(x) ; conjugate(x)
conv(v, K) ; conv(v, K, strides=2, padding="same", dilation_rate=1)
depthwise_conv(v, D) ; separable_conv(v, D, P) ; copy(x) ; corrcoef(r) ; cos(x)
cosh(x) ; count_nonzero(x, axis=1) ; cross(x, x[:, ::-1]) ; cross(x, E)
cumprod(x, axis=1) ; cumsum(x, axis=-1, dtype="float32")
ctc_loss(n + 1, x, n[:, 0], n[:, 1] + 3) ; ctc_decode(x, n[:, 0] + 1) ; deg2rad(x)
space_to_depth(v, 2) ; det(s) ; diag(s[0]) ; diagonal(x, axis1=1, axis2=2)
diagonal(s, 1, 1, 2) ; diff(x) ; diff(x, n=2, axis=1) ; digitize(x, E) ; divide(x, u)
divide(1, u) ; divide_no_nan(x, B) ; dot(x, A) ; dot(x, 2.0)
dot_product_attention(v, v, v)
dot_product_attention(v, v, v, is_causal=True, scale=0.5) ; dsplit(x, 3) ; vsplit(r, 2)
hsplit(x, 2) ; dstack([x, x]) ; hstack([x, x]) ; vstack([x, x]) ; eig(s) ; eigh(s)
einsum("abc,abd->acd", x, x) ; einsum("abc,cd", x, A) ; elu(x) ; elu(x, alpha=0.3)
equal(x, x) ; equal(n, 1) ; erf(x) ; erfc(x) ; erfinv(u) ; exp(x) ; exp2(x)
expand_dims(x, -1) ; expand_dims(x, axis=1) ; expand_dims(x, (1, 3)) ; expm1(x)
extract_sequences(w, 4, 2) ; fabs(x) ; fft((w, w)) ; fft2((x, x)) ; ifft2((x, x))
rfft(w) ; rfft(w, fft_length=8) ; irfft((w, w)) ; stft(w, 8, 4, 8)
stft(w, 8, 4, 8, window="hamming") ; istft(stft(w, 8, 4, 8), 8, 4, 8) ; flip(x)
flip(x, axis=1) ; fliplr(x) ; flipud(x) ; floor(x) ; floor_divide(x, u) ; fmax(x, 0)
fmin(x, u) ; fmod(x, u) ; unfold(v, 2) ; full_like(x, 2.0)
full_like(x, 2, dtype="int32") ; gcd(n, n + 1) ; lcm(n, 2) ; gelu(x)
gelu(x, approximate=False) ; glu(w) ; glu(x, axis=1) ; greater(x, u)
greater_equal(x, 0) ; hard_shrink(x) ; hard_sigmoid(x) ; hard_silu(x) ; hard_swish(x)
hard_tanh(x) ; hypot(x, u) ; i0(x) ; imag(x) ; real(x) ; in_top_k(k, r, 2) ; inner(x, E)
inner(E, x) ; inv(s) ; isclose(x, u) ; isclose(x, x, rtol=0.1, atol=0.0) ; isfinite(x)
isin(n, C) ; isin(n, C, invert=True) ; isinf(x) ; isnan(x) ; isneginf(x) ; isposinf(x)
isreal(x) ; kron(x, x) ; kron(r, A) ; layer_normalization(x)
layer_normalization(x, G, E, axis=-1, epsilon=0.01) ; ldexp(x, n[..., None])
leaky_relu(x) ; leaky_relu(x, negative_slope=0.4) ; less(x, 0) ; less_equal(x, u)
linspace(x, u, 4) ; linspace(x, 1.0, num=3, axis=-1) ; log(u) ; log10(u) ; log1p(u)
log2(u) ; log_sigmoid(x) ; log_softmax(x) ; log_softmax(x, axis=1) ; logaddexp(x, u)
logaddexp2(x, u) ; logdet(s) ; slogdet(s) ; logical_and(b, b) ; logical_not(b)
logical_or(b, x) ; logical_xor(b, b) ; logspace(x, u, 3) ; geomspace(u, u + 1, 3)
logsumexp(x) ; logsumexp(x, axis=1, keepdims=True) ; lstsq(s[0], E) ; lu_factor(s)
matmul(x, A) ; matmul(s, s) ; matmul(x, transpose(x, (0, 2, 1))) ; matrix_rank(s)
max(x) ; max(x, axis=1, initial=0.5) ; min(x, axis=1, keepdims=True) ; maximum(x, 0)
maximum(0.0, x) ; minimum(x, u) ; mean(x) ; mean(x, axis=(1, 2)) ; median(x)
median(x, axis=1, keepdims=True) ; meshgrid(k, k, indexing="ij") ; mod(x, u) ; mod(x, 2)
moments(x, [0, 1]) ; moments(x, axes=(1,), keepdims=True) ; moveaxis(x, 1, 2)
moveaxis(x, [1, 2], [2, 1]) ; multi_hot(n, 4)
multi_hot(n, num_classes=5, axis=-1, dtype="int32") ; multiply(x, x) ; multiply(2, x)
nan_to_num(x) ; nan_to_num(x, nan=1.0, posinf=2.0) ; nanargmax(x, axis=1)
nanargmin(x, axis=1) ; nancumprod(x, axis=1) ; nancumsum(x, axis=1) ; nanmax(x, axis=1)
nanmean(x, axis=1) ; nanmedian(x, axis=1) ; nanmin(x, axis=1)
nanpercentile(x, 30, axis=1) ; nanprod(x, axis=1) ; nanquantile(x, 0.3, axis=1)
nanstd(x, axis=1) ; nansum(x, axis=1) ; nanvar(x, axis=1) ; negative(x)
nextafter(x, u) ; nonzero(x) ; norm(x) ; normalize(x) ; normalize(x, axis=1, order=1)
not_equal(x, 0) ; one_hot(n, 3) ; one_hot(n, 4, axis=1, dtype="int32") ; ones_like(x)
ones_like(x, dtype="int32") ; outer(E, k) ; pad(x, [[0, 0], [1, 1], [0, 0]])
pad(x, ((0, 0), (1, 0), (2, 0)), mode="reflect") ; pad(x, 1, constant_values=2.0)
percentile(x, 30) ; percentile(x, 40, axis=1, method="nearest") ; pinv(s) ; polar(u, x)
power(x, 2) ; power(u, u) ; prod(x, axis=1)
prod(x, axis=-1, keepdims=True, dtype="float32") ; psnr(v, v * 0.5, 1.0)
ptp(x, axis=1) ; qr(s) ; qr(x, mode="complete") ; quantile(x, 0.3) ; rad2deg(x)
ravel(x) ; reciprocal(u) ; relu(x) ; relu6(x) ; repeat(x, 2) ; repeat(x, 2, axis=1)
reshape(x, (-1, 12)) ; reshape(x, (2, 2, 6)) ; rms_normalization(x)
rms_normalization(x, scale=G, axis=-1, epsilon=0.1) ; roll(x, 1) ; roll(x, 1, axis=1)
roll(x, (1, 2), axis=(1, 2)) ; round(x) ; round(x, decimals=1) ; rsqrt(u)
saturate_cast(x, "int8") ; scatter(n[:, :1], x, (5, 4, 3))
scatter_update(r, k[:, None], r) ; searchsorted(E, x) ; searchsorted(E, x, side="right")
segment_max(r, k, 3) ; segment_min(r, k, num_segments=3) ; segment_prod(r, k, 3)
segment_sum(r, k, 3) ; segment_sum(r, k, num_segments=4)
select([x > 0, x > -1], [x, u], 2.0) ; select([x > 0], [x]) ; selu(x) ; shape(x)[1] * x
sigmoid(x) ; sign(x) ; signbit(x) ; silu(x) ; sin(x) ; sinc(x) ; sinh(x)
slice(x, (0, 1, 1), (2, 2, 2)) ; slice_update(x, (0, 1, 1), u[:, :2, :2])
soft_shrink(x) ; softmax(x) ; softmax(x, axis=1) ; softmax(x, axis=(1, 2)) ; softplus(x)
softsign(x) ; solve(s, s) ; solve_triangular(s, s) ; solve_triangular(s, s, lower=True)
sort(x) ; sort(x, axis=1) ; sparse_plus(x) ; sparse_sigmoid(x) ; sparsemax(x)
sparsemax(x, axis=1) ; split(x, 3, axis=-1) ; split(x, [1, 3], axis=1) ; square(x)
squareplus(x) ; squareplus(x, b=2) ; squeeze(expand_dims(x, 1), 1)
squeeze(expand_dims(x, -1)) ; stack([x, u]) ; stack([x, x], axis=1) ; std(x)
std(x, axis=1, keepdims=True) ; stop_gradient(x) ; subtract(x, u) ; subtract(1, x)
sum(x) ; sum(x, axis=[1, 2]) ; svd(s) ; svd(s, compute_uv=False)
svd(x, full_matrices=False) ; swapaxes(x, 1, 2) ; swish(x) ; take(x, n)
take(x, C, axis=1) ; take(x, 1, axis=-1) ; take(B, n, axis=0)
take_along_axis(x, n[..., None], axis=1)
take_along_axis(x, argsort(x, axis=1), axis=1) ; tan(x) ; tanh(x) ; tanh_shrink(x)
tensordot(x, A, axes=1) ; tensordot(x, A, axes=[[2], [0]]) ; threshold(x, 0.5, 2.0)
tile(x, [1, 2, 1]) ; tile(x, 2) ; top_k(x, 2) ; top_k(x, k=2, sorted=False)
trace(x, axis1=1, axis2=2) ; trace(s, 1, 1, 2) ; transpose(x) ; transpose(x, (0, 2, 1))
trapezoid(x) ; trapezoid(x, dx=0.5, axis=1) ; tril(s) ; tril(s, k=-1) ; triu(s)
triu(s, 1) ; true_divide(x, 2) ; true_divide(x, u) ; trunc(x) ; unique(n)
unique(k, size=3) ; unravel_index(n, (2, 2)) ; unstack(x, axis=1)
unstack(x, num=3, axis=2) ; vander(k, 3) ; vander(k, N=3, increasing=True) ; var(x)
var(x, axis=1) ; vdot(x, x) ; view(x, dtype="int32")
view_as_complex(stack([x, u], axis=-1))
view_as_real(view_as_complex(stack([x, u], axis=-1))) ; where(b, x, u)
where(x > 0, x, 0.0) ; where(b, 1, x) ; zeros_like(x) ; zeros_like(x, dtype="int32")
convert_to_tensor(x) ; convert_to_tensor(x, dtype="float16") ; nonzero(b)
argmax(b, axis=-1, keepdims=True) ; image.affine_transform(v, M)
image.affine_transform(v, M, interpolation="nearest", fill_mode="reflect")
image.crop_images(v, 1, 1, target_height=4, target_width=5)
image.crop_images(v, 1, 2, 3, 1) ; image.elastic_transform(v, seed=3)
image.extract_patches(v, (2, 2))
image.extract_patches(v, 3, strides=2, padding="same")
image.extract_patches_3d(v[:, None], (1, 2, 2)) ; image.gaussian_blur(v)
image.gaussian_blur(v, (5, 3), (2.0, 0.5)) ; image.hsv_to_rgb(v)
image.map_coordinates(v[0], Z, 1)
image.map_coordinates(v[0], Z, order=0, fill_mode="reflect")
image.pad_images(v, 1, 1, 2, 2)
image.pad_images(v, 1, 2, target_height=12, target_width=13)
image.perspective_transform(v, Q, R) ; image.resize(v, (4, 5))
image.resize(v, (4, 5), interpolation="nearest")
image.resize(v, (12, 12), crop_to_aspect_ratio=True) ; image.rgb_to_grayscale(v)
image.rgb_to_hsv(v) ; image.sobel_edges(v) ; image.ssim(v, v, filter_size=5)
image.scale_and_translate(v, (2, 6, 6, 3), E[1:] + 0.5, E[1:], (1, 2), "linear")
append(x, x, axis=1) ; heaviside(x, u) ; fold(x, (2, 4), (2, 2)) ; correlate(w[0], E)
correlate(w[0], E, mode="same") ; space_to_depth(v, 4) ; cholesky_inverse(s[0])
diagflat(x[0, 0], 1)
vander(w[0], 3) ; bitwise_or(n, n) ; bitwise_and(n, n + 1) ; meshgrid(s[0, 0], s[0, 1])
squeeze(x[:, :1], axis=1) ; split(r, 2) ; average_pool(v, 3, 2, "same")
depth_to_space(reshape(w, (-1, 2, 2, 4)), 2)
"""


class Names(dict):
    """Names in a call: inputs and constants, else functions of `ops`."""

    def __init__(self, ops, values):
        super().__init__({**CONSTANTS, **values})
        self.ops = ops

    def __missing__(self, name):
        return getattr(self.ops, name)


def calls() -> list[str]:
    """The calls, one by one."""
    lines = CALLS.strip().splitlines()
    return [call.strip() for line in lines for call in line.split(" ; ")]


def inputs_of(call: str) -> list[str]:
    """The names of the inputs that a call takes."""
    names = compile(call, "call", "eval").co_names
    return [name for name in INPUTS if name in names]


def run(ops, call: str, values: dict):
    """What a call returns in a package."""
    return eval(call, {"__builtins__": {}}, Names(ops, values))
