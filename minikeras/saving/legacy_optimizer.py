"""The state of an optimizer in an `.h5` file of Keras 1, Keras 2 or tf.keras."""

from ..legacy import layouts
from ..legacy.ages import Age
from ..legacy.optimizer_state import places, sorted_by_name
from . import hdf5

__all__ = ["values"]


def values(optimizer, names: list, datasets: list, layers: list, age: Age):
    """Returns what to assign to the variables of an optimizer, as pairs.

    Args:
        optimizer: The optimizer, built.
        names: Names of the saved arrays.
        datasets: The saved arrays.
        layers: For each layer with weights, itself and the names that its trainable
            weights have in the file.
        age: Who wrote the file.

    Returns:
        (variable, array) pairs, or None if the state does not fit.
    """
    weights = [name for _, own in layers for name in own]
    shapes = [tuple(d.shape) for d in datasets]
    found = places(type(optimizer).__name__, names, shapes, len(weights))
    if found is None or not set(optimizer.slot_names) <= found.slots.keys():
        return None
    result = []
    if found.iteration is not None:
        if shapes[found.iteration] != ():
            return None
        steps = hdf5.read_array(datasets[found.iteration])
        result = optimizer.at_step(int(steps))
    order = _training_order(weights, age)
    for slot in optimizer.slot_names:
        stored = dict(zip(order, found.slots[slot], strict=True))
        kept = [datasets[stored[place]] for place in range(len(weights))]
        arrays = hdf5.read_for([w for layer, _ in layers for w in layer.weights], kept)
        if arrays is None:
            return None
        own = _slot_values(optimizer, slot, arrays, layers, age)
        if own is None:
            return None
        result += own
    return result


def _training_order(weights: list, age: Age) -> list[int]:
    """Which weight each entry of a slot belongs to."""
    numbers = list(range(len(weights)))
    if sorted_by_name(age):
        return sorted(numbers, key=lambda number: weights[number])
    return numbers


def _slot_values(optimizer, slot: str, arrays: list, layers: list, age: Age):
    """(slot variable, array) pairs; the arrays change their layout as weights do."""
    result, taken = [], 0
    for layer, own in layers:
        part = arrays[taken : taken + len(own)]
        taken += len(own)
        pairs = layouts.pairs(layer, part, age, only_trainable=True)
        if pairs is None:
            return None
        result += [(optimizer.slot(weight, slot), array) for weight, array in pairs]
    return result
