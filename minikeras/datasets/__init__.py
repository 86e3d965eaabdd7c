"""Data sets to learn with: `digits` is bundled, the others come from the net."""

from ..utils import lazy

__getattr__, __dir__, __all__ = lazy.attach(
    __name__,
    {},
    (
        "boston_housing",
        "california_housing",
        "cifar10",
        "cifar100",
        "digits",
        "fashion_mnist",
        "imdb",
        "mnist",
        "reuters",
    ),
)
