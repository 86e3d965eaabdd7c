"""Symbols of partly unknown shape: functions foretell the shapes that Keras foretells.

Where Keras leaves a length open that follows from the arguments, ours may be known.
Where Keras fails by an accident of its own (no ValueError), ours may work.
"""

import itertools

import pytest

from minikeras import ops
from minikeras.tensor import KerasTensor
from tests.parity.op_names import BINARY, REDUCING, UNARY, WITH_KEEPDIMS

keras = pytest.importorskip("keras")

ROWS, IMAGES = (None, 4), (None, 6, 6, 3)
# Left out, since Keras foretells what it does not do then: lu_factor, eig, slogdet,
# corrcoef, adaptive_max_pool to two lengths, multi_hot, vstack of vectors, rot90(x, 2).
EVERY = """
copy(x) diag(v) diagflat(x) diagonal(x) diff(x) diff(x,axis=0) digitize(x,bins)
empty_like(x) expand_dims(x,0) expand_dims(x,-1) expand_dims(x,(0,2)) flip(x) flip(x,0)
flip(x,axis=(0,1)) full_like(x,2) ones_like(x) zeros_like(x) moveaxis(x,0,1)
swapaxes(z,0,2) transpose(x) transpose(z,(2,0,1)) roll(x,1) roll(x,1,axis=0)
repeat(x,2,axis=0) repeat(x,2,axis=1) repeat(x,2) reshape(x,(-1,2)) reshape(x,(2,-1))
reshape(x,(-1,)) reshape(z,(-1,12)) ravel(x) squeeze(s) squeeze(s,1)
squeeze(s,axis=(1,)) stack([x,x]) stack([x,x],axis=-1) stack([x,x],1) concatenate([x,x])
concatenate([x,x],axis=1) append(x,x) append(x,x,axis=0) hstack([x,x]) vstack([x,x])
hstack([v,v]) split(x,1) split(x,2,axis=1) split(x,[1,3],axis=1) array_split(x,3,axis=1)
unstack(x,axis=1) unstack(x,num=3,axis=0) tile(x,2) tile(x,(2,3)) tile(x,(2,1,1))
pad(x,1) pad(x,((0,0),(1,2))) take(x,i,axis=1) take(x,[0,2],axis=0) take(x,i)
take_along_axis(x,j,axis=1) tril(x) triu(x) trace(x) tril(z) where(b,x,x) where(b,x,1.0)
matmul(x,m) matmul(z,m) matmul(v,x) dot(x,m) dot(z,m) dot(z,z2) inner(x,x) outer(v,v)
vdot(v,v) tensordot(x,m,1) tensordot(z,m,axes=((2,),(0,))) einsum('ij,jk->ik',x,m)
einsum('...j,jk',z,m) einsum('ij->j',x) einsum('bij->bji',z) cross(t,t) kron(x,m)
trapezoid(x) vander(v,3) cumsum(x,axis=0) sort(x) argsort(x,axis=0) top_k(x,2)
in_top_k(i,x,2) one_hot(i,5) one_hot(x_,5) argpartition(x,1) quantile(x,0.5)
quantile(x,[0.1,0.5],axis=0) median(x,axis=0) meshgrid(v,v) meshgrid(v,w,indexing='ij')
average(x,axis=0) average(x,weights=x) moments(x,0) moments(x,(0,1),keepdims=True)
norm(x) norm(x,axis=1) norm(z,axis=(1,2)) normalize(x) l2(x) segment_sum(x,k,3)
segment_max(x,k,3) segment_sum(x,k) bincount(i) bincount(x_) bincount(i,minlength=9)
broadcast_to(v,(3,4)) get_item(x,0) slice(x,(0,1),(2,2)) slice_update(x,(0,0),m2)
scatter(j2,u,(5,4)) scatter_update(x,j3,u3) select([b,b],[x,x],0.0) searchsorted(w,x)
linspace(x,x,5) linspace(x,x,5,axis=-1) logspace(x,x,3) isclose(x,x) nan_to_num(x)
clip(x,0,1) cast(x,'int32') softmax(x) softmax(x,axis=0) log_softmax(x) sparsemax(x)
glu(x) logsumexp(x,axis=0) erfinv(x) rot90(x) rot90(z,1,(1,2)) flip(z,(0,2)) nonzero(x)
unravel_index(i,(3,4)) conv(c,f,1) conv(c,f,2,'same') conv(c,f,padding='valid')
depthwise_conv(c,f,1) separable_conv(c,f,p) conv_transpose(c,g,2)
conv_transpose(c,g,2,'same') max_pool(c,2) max_pool(c,3,2,'same') average_pool(c,2)
average_pool(c,2,1,'same') adaptive_average_pool(c,2) layer_normalization(x)
rms_normalization(x) binary_crossentropy(x,x) categorical_crossentropy(x,x)
sparse_categorical_crossentropy(i,x) unfold(c,2) dot_product_attention(a,a,a)
cholesky(q) inv(q) det(q) eigh(q) qr(q) svd(q) solve(q,q) solve_triangular(q,q)
lstsq(q2,q2) logdet(q) fft((x,x)) rfft(x) rfft(x,8) irfft((x,x)) ifft2((z,z))
stft(x,3,2,4) extract_sequences(x,3,2) correlate(w,w) nansum(x,axis=0) psnr(c,c,1.0)
image.resize(c,(3,3)) image.resize(c,(3,4),'nearest') image.rgb_to_grayscale(c)
image.rgb_to_hsv(c) image.affine_transform(c,e8) image.extract_patches(c,2)
image.extract_patches(c,2,padding='same')
image.pad_images(c,1,1,target_height=9,target_width=9)
image.crop_images(c,1,1,target_height=3,target_width=3) image.gaussian_blur(c)
image.perspective_transform(c,h1,h1) image.elastic_transform(c) histogram(v)
batch_normalization(x,w,w,1)
"""
SHAPES = {
    "x": (ROWS, "float32"), "x_": (ROWS, "int32"), "b": (ROWS, "bool"),
    "v": ((None,), "float32"), "w": ((4,), "float32"), "i": ((None,), "int32"),
    "j": ((None, 2), "int32"), "k": ((None,), "int32"), "z": ((None, 3, 4), "float32"),
    "z2": ((5, 4, 2), "float32"), "m": ((4, 2), "float32"), "m2": ((2, 2), "float32"),
    "s": ((None, 1, 4), "float32"), "t": ((None, 3), "float32"),
    "bins": ((2,), "float32"), "c": (IMAGES, "float32"), "f": ((3, 3, 3, 2), "float32"),
    "g": ((3, 3, 2, 3), "float32"), "p": ((1, 1, 6, 4), "float32"),
    "a": ((None, 5, 2, 4), "float32"), "q": ((None, 3, 3), "float32"),
    "q2": ((4, 3), "float32"), "u": ((None, 4), "float32"), "j2": ((None, 1), "int32"),
    "u3": ((3, 4), "float32"), "j3": ((3, 1), "int32"), "e8": ((None, 8), "float32"),
    "h1": ((None, 4, 2), "float32"),
}  # fmt: skip


def foretold(package, symbol, text: str):
    """Shapes and dtypes that a call foretells, or the kind of its error."""
    scope = {name: symbol(*form) for name, form in SHAPES.items()}
    try:
        result = eval(f"ops.{text}", scope | {"ops": package})
    except Exception as error:
        return type(error).__name__
    flat = keras.tree.flatten(result)
    return [(tuple(x.shape), str(x.dtype)) if hasattr(x, "shape") else x for x in flat]


def is_as_good(ours, theirs) -> bool:
    """Whether ours says what theirs does, and perhaps more."""
    if type(ours) is not type(theirs) or len(ours) != len(theirs):
        return False
    if isinstance(ours, str):
        return True  # both fail
    return all(
        dtype == wanted_dtype
        and len(shape) == len(wanted)
        and all(b is None or a == b for a, b in zip(shape, wanted, strict=True))
        for (shape, dtype), (wanted, wanted_dtype) in zip(ours, theirs, strict=True)
    )


def check(text: str) -> None:
    ours = foretold(ops, KerasTensor, text)
    theirs = foretold(keras.ops, keras.KerasTensor, text)
    if isinstance(theirs, str) and theirs != "ValueError":
        return
    assert is_as_good(ours, theirs), f"{text}: {ours} instead of {theirs}"


@pytest.mark.parametrize("text", EVERY.split())
def test_call(text):
    check(text)


@pytest.mark.parametrize("name", UNARY)
def test_elementwise(name):
    check(f"{name}(x)")
    check(f"{name}(z)")


@pytest.mark.parametrize("name", BINARY)
def test_broadcasting(name):
    kinds = ("x_", "k") if name.startswith(("bit", "gcd", "lcm")) else ("x", "v")
    for a, b in itertools.product((kinds[0], "2", kinds[1]), repeat=2):
        if (a, b) != ("2", "2") and kinds[1] not in (a, b):
            check(f"{name}({a},{b})")


@pytest.mark.parametrize("name", REDUCING)
def test_along_axes(name):
    for axis in (0, 1, -1, *(((0, 1), None) if name in WITH_KEEPDIMS else ())):
        check(f"{name}(x,axis={axis})")
        if name in WITH_KEEPDIMS:
            check(f"{name}(z,axis={axis},keepdims=True)")
