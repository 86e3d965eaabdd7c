"""Keras's paths to functions: `ops.nn.relu`, `ops.numpy.sum`, `ops.linalg.norm`.

All but those of `ops.image` are in `ops` itself too. Model files name ops by path.
"""

import importlib
from collections.abc import Callable

__all__ = ["namespace", "path_of"]

# All that is not here belongs to `numpy`; `core` and `math` are no public paths.
PATHS = {
    "core": """associative_scan cast cond convert_to_numpy convert_to_tensor
        custom_gradient dtype fori_loop is_tensor map saturate_cast scan scatter
        scatter_update shape slice slice_update stop_gradient switch unstack
        vectorized_map while_loop""",
    "image": """affine_transform crop_images elastic_transform extract_patches
        extract_patches_3d gaussian_blur hsv_to_rgb map_coordinates pad_images
        perspective_transform resize rgb_to_grayscale rgb_to_hsv scale_and_translate
        sobel_edges ssim""",
    "linalg": """cholesky cholesky_inverse det eig eigh inv jvp lstsq lu_factor
        matrix_rank norm pinv qr solve solve_triangular svd""",
    "math": """cdist erf erfc erfinv extract_sequences fft fft2 ifft2 in_top_k irfft
        istft logdet logsumexp rearrange rfft rsqrt segment_max segment_min segment_prod
        segment_sum stft top_k view_as_complex view_as_real""",
    "nn": """adaptive_average_pool adaptive_max_pool average_pool batch_normalization
        binary_crossentropy categorical_crossentropy celu conv conv_transpose ctc_decode
        ctc_loss depth_to_space depthwise_conv dot_product_attention elu fold gelu glu
        hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh layer_normalization
        leaky_relu log_sigmoid log_softmax max_pool moments multi_hot normalize one_hot
        polar psnr relu relu6 rms_normalization selu separable_conv sigmoid silu
        soft_shrink softmax softplus softsign space_to_depth
        sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus
        swish tanh_shrink threshold unfold""",
}
_PATH_OF = {name: path for path, names in PATHS.items() for name in names.split()}


def path_of(name: str) -> str:
    """Returns the module of Keras that a function belongs to.

    >>> path_of("relu"), path_of("sum")
    ('nn', 'numpy')
    """
    return _PATH_OF.get(name, "numpy")


def namespace(path: str) -> tuple[Callable, Callable, list[str]]:
    """Makes `__getattr__`, `__dir__` and `__all__` for a path into `ops`."""
    ops = importlib.import_module(__package__)
    names = [name for name in ops.__all__ if path_of(name) == path]
    names = [name for name in names if name not in ops.SUBMODULES]

    def __getattr__(name: str):
        if name not in names:
            raise AttributeError(f"module 'ops.{path}' has no attribute {name!r}")
        return getattr(ops, name)

    return __getattr__, lambda: names, names
