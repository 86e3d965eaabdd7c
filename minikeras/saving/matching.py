"""Which array of a file goes to which weight: by order or by name, shapes compared.

Saved layers come as `(name, datasets)`, those of the model as `(name, layer,
weights)`. The result is a list of `(weight, dataset)` pairs; nothing is assigned here.

Files of earlier Keras may have arrays in another layout: `arrange(layer, datasets)`
returns the pairs then, with arrays in the place of datasets, or None where there is
nothing to do.
"""

import warnings

from .errors import SavingError

__all__ = ["pair_by_name", "pair_by_order"]


def _as_it_is(layer, datasets: list) -> None:
    """Leaves the arrays of a layer in their layout."""


def pair_by_order(
    saved: list, layers: list, path: str, skip_mismatch: bool, arrange=_as_it_is
) -> list:
    """Pairs the layers that have weights one after the other; names do not count."""
    if len(saved) != len(layers):
        raise SavingError(
            f"Cannot load weights from {path!r}: the file has {_count(saved)}, the "
            f"model has {_count(layers)}. Build the model as it was saved, or pass "
            "by_name=True to load the layers whose names agree."
        )
    both = zip(saved, layers, strict=True)
    matches = [(datasets, layer) for (_, datasets), layer in both]
    return _pair_layers(matches, path, skip_mismatch, arrange)


def _count(entries: list) -> str:
    names = ", ".join(repr(entry[0]) for entry in entries[:8])
    more = ", ..." if len(entries) > 8 else ""
    plural = "s" if len(entries) != 1 else ""
    listed = f" ({names}{more})" if entries else ""
    return f"{len(entries)} layer{plural} with weights{listed}"


def pair_by_name(
    saved: list, layers: list, path: str, skip_mismatch: bool, arrange=_as_it_is
) -> list:
    """Pairs the layers whose names agree; the others stay as they are."""
    datasets_of = dict(saved)
    matches = [
        (datasets_of[entry[0]], entry) for entry in layers if entry[0] in datasets_of
    ]
    return _pair_layers(matches, path, skip_mismatch, arrange)


def _pair_layers(matches: list, path: str, skip_mismatch: bool, arrange) -> list:
    pairs = []
    for datasets, (name, layer, weights) in matches:
        arranged = arrange(layer, datasets)
        if arranged is not None:
            pairs += arranged
            continue
        problem = _problem(datasets, weights)
        if problem is None:
            pairs += zip(weights, datasets, strict=True)
            continue
        message = f"layer {name!r} ({type(layer).__name__}) {problem}"
        if not skip_mismatch:
            raise SavingError(
                f"Cannot load weights from {path!r}: {message}. Build the model as it "
                "was saved, or pass skip_mismatch=True to leave this layer out."
            )
        warnings.warn(f"{path!r}: left out, {message}.", stacklevel=6)
    return pairs


def _problem(datasets: list, weights: list) -> str | None:
    """Returns how a saved layer differs from the model's, or None."""
    if len(datasets) != len(weights):
        return (
            f"has {len(weights)} weights {_shapes(weights)}, the file has "
            f"{len(datasets)} {_shapes(datasets)}"
        )
    for weight, dataset in zip(weights, datasets, strict=True):
        if tuple(weight.shape) != tuple(dataset.shape):
            return (
                f"has {weight.name} of shape {tuple(weight.shape)}, the file has "
                f"{tuple(dataset.shape)}"
            )
    return None


def _shapes(arrays: list) -> str:
    return "[" + ", ".join(str(tuple(array.shape)) for array in arrays) + "]"
