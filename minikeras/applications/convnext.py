"""ConvNeXt: a convolutional network built the way vision Transformers are.

Z. Liu, H. Mao, C.-Y. Wu, C. Feichtenhofer, T. Darrell and S. Xie (2022), *A ConvNet for
the 2020s*, arXiv:2201.03545.
"""

from ..initializers import Constant
from ..layers import (
    Activation,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Layer,
    LayerNormalization,
    Normalization,
)
from ..models import Sequential
from ..utils import checks
from .common import ARCHITECTURE_LAYERS, ARGUMENTS, architecture, preprocessing
from .imagenet_utils import decode_predictions

__all__ = [
    "ConvNeXtBase",
    "ConvNeXtLarge",
    "ConvNeXtSmall",
    "ConvNeXtTiny",
    "ConvNeXtXLarge",
    "LayerScale",
    "decode_predictions",
    "preprocess_input",
]

_MEANS = (0.485 * 255, 0.456 * 255, 0.406 * 255)  # of ImageNet's colours
_VARIANCES = ((0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2)


@ARCHITECTURE_LAYERS.register(module="keras.src.applications.convnext")
class LayerScale(Layer):
    """Multiplies each channel by a weight of its own, tiny at first.

    y = gamma * x; H. Touvron et al. (2021), *Going deeper with Image Transformers*,
    arXiv:2103.17239.

    Args:
        init_values: What the weights start from.
        projection_dim: Number of channels.

    Shape: `(..., channels)` -> `(..., channels)`
    """

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = checks.positive_int(self, projection_dim=projection_dim)

    def build(self, input_shape):
        start = Constant(self.init_values)
        self.gamma = self.add_weight((self.projection_dim,), initializer=start)

    def call(self, x):
        return x * self.gamma


def _convnext(request, blocks, filters, hashes):
    _check(request)
    name = request.name
    x = request.images(size=224, smallest=32)
    if request.include_preprocessing:
        colours = {"mean": list(_MEANS), "variance": list(_VARIANCES)}
        x = Normalization(**colours, name=f"{name}_prestem_normalization")(x)
    x = Sequential(
        [
            Conv2D(filters[0], 4, strides=4, name=f"{name}_stem_conv"),
            _normalization(f"{name}_stem_layernorm"),
        ],
        name=f"{name}_stem",
    )(x)
    for stage, (count, width) in enumerate(zip(blocks, filters, strict=True)):
        if stage:
            x = _halved(x, width, stage - 1, f"{name}_downsampling")
        for k in range(count):
            x = _block(x, width, f"{name}_stage_{stage}_block_{k}")
    top = _top(request, x)
    return request.model(top, _file(request), hashes[not request.include_top])


def _check(request) -> None:
    if request.channel_axis != 3:
        request.refuse(
            "its dense layers work on the last axis, so images need channels last, and "
            "image_data_format() is 'channels_first'.",
            "...) after keras.config.set_image_data_format('channels_last'",
        )
    if not request.name:
        request.refuse(
            f"name must be a string, the names of the layers begin with it, got "
            f"{request.name!r}.",
            "name='convnext'",
        )


def _file(request) -> str:
    size = request.owner.removeprefix("ConvNeXt").lower()
    end = "" if request.include_top else "_notop"
    return f"convnext/convnext_{size}{end}.h5"


def _normalization(name=None):
    return LayerNormalization(epsilon=1e-6, name=name)


def _halved(x, filters, number, name):
    """Halves height and width."""
    convolution = Conv2D(filters, 2, strides=2, name=f"{name}_conv_{number}")
    steps = [_normalization(f"{name}_layernorm_{number}"), convolution]
    return Sequential(steps, name=f"{name}_block_{number}")(x)


def _block(x, filters, name):
    """Look around in each channel by itself; widen, narrow; add a little of it."""
    shortcut = x
    x = Conv2D(
        filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv"
    )(x)
    x = _normalization(f"{name}_layernorm")(x)
    x = Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = Activation("gelu", name=f"{name}_gelu")(x)
    x = Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, filters, name=f"{name}_layer_scale")(x)
    return shortcut + Activation("linear", name=f"{name}_identity")(x)


def _top(request, x):
    if not request.include_top:
        return _normalization()(request.pooled(x))
    name = f"{request.name}_head"
    x = GlobalAveragePooling2D(name=f"{name}_gap")(x)
    x = _normalization(f"{name}_layernorm")(x)
    activation = request.checked_activation()
    return Dense(request.classes, activation, name=f"{name}_dense")(x)


def _member(size, parameters, blocks, filters, hashes):
    arguments = dict(list(ARGUMENTS.items())[:1])
    arguments |= {"include_preprocessing": True, **ARGUMENTS}
    return architecture(
        f"ConvNeXt{size}",
        _convnext,
        f"ConvNeXt {size}: {parameters:,} parameters.",
        arguments=arguments,
        name=f"convnext_{size.lower()}",
        blocks=blocks,
        filters=filters,
        hashes=hashes,
    )


ConvNeXtTiny = _member(
    "Tiny",
    28_589_128,
    blocks=(3, 3, 9, 3),
    filters=(96, 192, 384, 768),
    hashes=(
        "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
        "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
    ),
)
ConvNeXtSmall = _member(
    "Small",
    50_223_688,
    blocks=(3, 3, 27, 3),
    filters=(96, 192, 384, 768),
    hashes=(
        "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
        "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
    ),
)
ConvNeXtBase = _member(
    "Base",
    88_591_464,
    blocks=(3, 3, 27, 3),
    filters=(128, 256, 512, 1024),
    hashes=(
        "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
        "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
    ),
)
ConvNeXtLarge = _member(
    "Large",
    197_767_336,
    blocks=(3, 3, 27, 3),
    filters=(192, 384, 768, 1536),
    hashes=(
        "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
        "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
    ),
)
ConvNeXtXLarge = _member(
    "XLarge",
    350_196_968,
    blocks=(3, 3, 27, 3),
    filters=(256, 512, 1024, 2048),
    hashes=(
        "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
        "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
    ),
)
preprocess_input = preprocessing(None)
