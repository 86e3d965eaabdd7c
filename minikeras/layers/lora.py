"""Low-rank adaptation: fine-tune a big matrix through two small ones.

The weight stays frozen; weight + alpha / rank * a @ b takes its place, and only a and b
train (Hu et al., "LoRA", 2021). `LowRank` sits in front of `Layer` in Dense,
EinsumDense and Embedding, so that those know nothing of it.
"""

from .. import initializers, ops
from ..utils import checks


def refuse_quantization(layer, **options):
    """Returns None, the one value that options about quantised weights can have."""
    for name, value in options.items():
        if value is not None:
            must = "be None: NumPy has no fast kernels for quantised weights"
            checks.fail(layer, name, value, must)


class LowRank:
    """Gives a layer `lora_rank`, `lora_alpha` and `enable_lora`.

    The layer names the weight in `adapted` and keeps its variable under the same name
    with an underscore.
    """

    adapted = "kernel"
    lora_a = lora_b = None

    def keep_lora(self, lora_rank, lora_alpha):
        """Keeps the two constructor arguments; the rank is the default alpha."""
        if lora_rank is not None:
            lora_rank = checks.positive_int(self, lora_rank=lora_rank)
        self.lora_rank = lora_rank
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha

    def start_lora(self):
        """Makes a and b at the end of `build`, if the constructor asked for them."""
        if self.lora_rank is not None:
            self.built = True
            self.enable_lora(self.lora_rank, self.lora_alpha)

    @property
    def lora_enabled(self):
        """Whether a and b exist."""
        return self.lora_a is not None

    def enable_lora(
        self,
        rank,
        lora_alpha=None,
        a_initializer="he_uniform",
        b_initializer="zeros",
    ):
        """Freezes the weight and adds two small trainable matrices to it.

        Args:
            rank: Number of columns of a and rows of b, a positive int.
            lora_alpha: Strength of the adaptation; the rank by default.
            a_initializer, b_initializer: How a and b start. With b at zero the layer
                starts out unchanged.
        """
        self._check_lora()
        self.keep_lora(rank, lora_alpha)
        weight = getattr(self, "_" + self.adapted)
        self.lora_a = self._add_factor("a", (*weight.shape[:-1], rank), a_initializer)
        self.lora_b = self._add_factor("b", (rank, weight.shape[-1]), b_initializer)
        weight.trainable = False

    def _add_factor(self, letter, shape, initializer):
        return self.add_weight(
            shape=shape,
            name=f"lora_{self.adapted}_{letter}",
            initializer=initializers.get(initializer),
            regularizer=getattr(self, f"{self.adapted}_regularizer"),
        )

    def _check_lora(self):
        owner = checks.owner_name(self)
        if getattr(self, f"{self.adapted}_constraint") is not None:
            raise ValueError(
                f"{owner}: LoRA does not go with {self.adapted}_constraint, since the "
                "sum of the parts would not obey it. Leave the constraint out."
            )
        if not self.built:
            raise ValueError(
                f"{owner}: enable_lora() needs a built layer. Call the layer on data, "
                "or layer.build(input_shape), first."
            )
        if self.lora_enabled:
            raise ValueError(f"{owner}: LoRA is already enabled; it can be only once.")

    def in_use(self, weight):
        """Returns what the layer computes with: the weight, adapted if LoRA is on."""
        if self.lora_a is None:
            return weight
        scale = self.lora_alpha / self.lora_rank
        return weight + scale * ops.matmul(self.lora_a, self.lora_b)

    def get_config(self):
        """Returns the config; the keys of LoRA are there only when it is in use."""
        config = super().get_config()
        if self.lora_rank is None:
            del config["lora_rank"], config["lora_alpha"]
        return config
