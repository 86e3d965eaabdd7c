"""The arguments that all optimizers share, in the signature of each."""

import functools
import inspect

from .base import Optimizer

__all__ = ["with_shared_arguments"]

_SHARED = list(inspect.signature(Optimizer.__init__).parameters.values())[2:]


def with_shared_arguments(init):
    """Spells out what the `**shared` of an optimizer's constructor stands for.

    The shared arguments come after the constructor's own, and can then be given by
    position too. Own ones that are keyword-only come last, as in Keras.

    >>> class Plain(Optimizer):
    ...     @with_shared_arguments
    ...     def __init__(self, learning_rate=0.1, **shared):
    ...         super().__init__(learning_rate, **shared)
    >>> Plain(0.5, 0.01).weight_decay
    0.01
    """
    own = list(inspect.signature(init).parameters.values())[:-1]
    names = {p.name for p in own}
    *shared, kwargs = [p for p in _SHARED if p.name not in names]
    first = [p for p in own if p.kind is p.POSITIONAL_OR_KEYWORD]
    last = [p.replace(kind=p.POSITIONAL_OR_KEYWORD) for p in own[len(first) :]]
    whole = inspect.Signature([*first, *shared, *last, kwargs])

    @functools.wraps(init)
    def spelled_out(*args, **kwargs):
        given = whole.bind(*args, **kwargs).arguments
        unknown = given.pop("kwargs", {})
        return init(**given, **unknown)

    spelled_out.__signature__ = whole
    return spelled_out
