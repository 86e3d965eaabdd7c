"""What a layer's call needs to know about the calls around it, and about itself."""

import functools
import inspect
import itertools
import threading

from ..tensor import KerasTensor, state
from ..utils import naming, tree

__all__ = [
    "CallSignature",
    "LayerCall",
    "built_once",
    "calls",
    "mask_of",
    "signature_of",
]


class CallSignature:
    """What a `call` method can be told.

    Attributes:
        names: Its arguments.
        training: The place of `training` among them, or None.
        training_default: The default of `training`, or None.
        masks: Mask argument -> the argument whose mask it wants.
    """

    __slots__ = ("masks", "names", "training", "training_default")

    def __init__(self, names: list[str], training_default):
        self.names = tuple(names)
        self.training = names.index("training") if "training" in names else None
        self.training_default = training_default
        self.masks = _mask_arguments(names)


new_call = itertools.count(1).__next__


class Calls(threading.local):
    """The layer calls under way in this thread.

    Attributes:
        depth: How many calls are nested here.
        number: Counts outermost calls; losses added in one belong together.
        training: The training flag of the innermost call that was told one.
    """

    def __init__(self):
        self.depth = 0
        self.number = 0
        self.training = None


calls = Calls()


def signature_of(function) -> CallSignature:
    """Reads what a `call` method takes; `self` is left out."""
    parameters = inspect.signature(function).parameters
    named = [
        name
        for name, p in parameters.items()
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.POSITIONAL_ONLY, p.KEYWORD_ONLY)
    ]
    default = None
    if "training" in parameters:
        default = parameters["training"].default
        default = None if default is inspect.Parameter.empty else default
    return CallSignature(named, default)


def _mask_arguments(names: list[str]) -> dict[str, str]:
    """Mask argument -> the argument whose mask it wants.

    `mask` belongs to the first argument, `query_mask` to `query`.
    """
    masks = {}
    for name in names:
        stem = name.removesuffix("_mask")
        if name == "mask" and names[0] != "mask":
            masks[name] = names[0]
        elif stem != name and stem in names:
            masks[name] = stem
    return masks


def mask_of(x):
    """Returns the mask that rides on a tensor, or a structure of them, or None."""
    if not isinstance(x, (list, tuple, dict)):
        return getattr(x, "_keras_mask", None)
    masks = tree.map_structure(lambda t: getattr(t, "_keras_mask", None), x)
    return None if all(m is None for m in tree.flatten(masks)) else masks


def is_loose(mask) -> bool:
    """Tells a symbolic mask that no node made, but a layer inside of a layer.

    It cannot be an argument in a graph: it rides on its tensor again when that runs.
    """
    return any(
        type(x) is KerasTensor and not hasattr(x, "_keras_history")
        for x in tree.flatten(mask)
    )


class LayerCall:
    """One layer call under way: sets what the calls inside it can see."""

    __slots__ = ("autocast", "layer", "training")

    def __init__(self, layer):
        self.layer = layer

    def __enter__(self) -> "LayerCall":
        layer = self.layer
        if calls.depth == 0:
            calls.number = new_call()
        calls.depth += 1
        layer._call_number = calls.number
        self.training, self.autocast = calls.training, state.autocast
        policy = layer.dtype_policy.of(layer)
        state.autocast = policy.compute_dtype if policy.is_mixed else None
        naming.scopes.append((layer.name, layer))
        return self

    def __exit__(self, *exception) -> None:
        naming.scopes.pop()
        calls.depth -= 1
        calls.training, state.autocast = self.training, self.autocast


def built_once(build):
    """Wraps a class's `build`: notes path and shapes, and sets `built` at the end."""

    @functools.wraps(build)
    def build_and_note(self, *args, **kwargs):
        if self._is_building:  # super().build(...)
            return build(self, *args, **kwargs)
        self._check_initialized()
        names = build.__code__.co_varnames[1:]
        self._build_shapes = {**dict(zip(names, args, strict=False)), **kwargs} or None
        self._is_building = True
        try:
            with naming.name_scope(self.name, self):
                self._path = naming.scoped("").rstrip("/")
                result = build(self, *args, **kwargs)
        finally:
            self._is_building = False
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None
        return result

    return build_and_note
