"""Where a file keeps an optimizer's iterations, momenta and the like.

Each age had its own order: all momenta, then all velocities; or both of the first
weight, then of the second. Where names say what an array is they decide; else the
number of arrays does.
"""

from typing import NamedTuple

from .ages import Age

__all__ = ["Places", "places", "sorted_by_name"]


class Places(NamedTuple):
    """Numbers of the entries of `weight_names`.

    Attributes:
        iteration: That of the number of steps, or None.
        slots: Slot name of today -> one number per trainable weight.
    """

    iteration: int | None
    slots: dict[str, list[int]]


_ITERATION = {"iter", "iteration", "iterations"}
_SETTINGS = {"beta_1", "beta_2", "decay", "learning_rate", "lr", "rho"}
_SETTINGS |= {"m_schedule", "momentum_cache"}  # Nadam's, which follow from the steps

# Class -> what its slots were called -> what they are called today, in block order.
_SLOTS: dict[str, dict[str, str]] = {
    "Adadelta": {
        "accum_grad": "accumulated_grad",
        "accum_var": "accumulated_delta_var",
        "accumulated_grad": "accumulated_grad",
        "accumulated_delta_var": "accumulated_delta_var",
    },
    "Adagrad": {"accumulator": "accumulator"},
    "Adam": {
        "m": "momentum",
        "v": "velocity",
        "vhat": "velocity_hat",
        "velocity_hat": "velocity_hat",
    },
    "Adamax": {"m": "momentum", "v": "norm", "u": "norm"},
    "Ftrl": {"accumulator": "accumulator", "linear": "linear"},
    "Nadam": {"m": "momentum", "v": "velocity"},
    "RMSprop": {
        "rms": "velocity",
        "velocity": "velocity",
        "momentum": "momentum",
        "mg": "average_gradient",
        "average_gradient": "average_gradient",
    },
    "SGD": {"m": "momentum", "momentum": "momentum"},
}
_SLOTS["AdamW"] = _SLOTS["Adam"]


def places(optimizer: str, names: list, shapes: list, count: int) -> Places | None:
    """Finds what is where among the arrays of `optimizer_weights`.

    Args:
        optimizer: Class of today.
        names: Names of the arrays, in order.
        shapes: Their shapes.
        count: How many trainable weights the file has.

    Returns:
        The places, or None if the arrays do not add up.

    >>> names = ["iterations:0", "m_0:0", "m_1:0", "v_0:0", "v_1:0"]
    >>> places("Adam", names, [(), (3,), (2,), (3,), (2,)], 2).slots
    {'momentum': [1, 2], 'velocity': [3, 4]}
    """
    iteration = None
    rest = []
    for number, name in enumerate(names):
        last = _last(name)
        if last in _ITERATION:
            iteration = number
        elif last not in _SETTINGS or shapes[number] != ():
            rest.append(number)
    rest, first = _without_scalars(rest, shapes, optimizer, count)
    if iteration is None and first:
        iteration, *first = first
    if optimizer == "Nadam":
        first = first[1:]
    slots = _by_name(optimizer, names, rest, count) or _by_block(optimizer, rest, count)
    return None if slots is None or first else Places(iteration, slots)


def _last(name: str) -> str:
    """The last part of a name without the number that TensorFlow put behind it."""
    stem = name.rpartition("/")[2].partition(":")[0]
    head, _, number = stem.rpartition("_")
    return head if head and number.isdigit() and stem not in _SETTINGS else stem


def _without_scalars(rest: list, shapes: list, optimizer: str, count: int) -> tuple:
    """Parts the unnamed scalars at the beginning, and placeholders at the end.

    Adam without amsgrad had an array of shape (1,) for each weight in their place.
    """
    first: list[int] = []
    while rest and count and len(rest) % count and shapes[rest[0]] == ():
        first.append(rest[0])
        rest = rest[1:]
    tail = rest[-count:] if count else []
    fillers = optimizer in ("Adam", "AdamW") and len(rest) == 3 * count
    if fillers and all(shapes[number] == (1,) for number in tail):
        if any(shapes[number] != (1,) for number in rest):
            rest = rest[:-count]
    return rest, first


def _by_name(optimizer: str, names: list, rest: list, count: int) -> dict | None:
    known = _SLOTS.get(optimizer, {})
    slots: dict[str, list[int]] = {}
    for number in rest:
        parts = names[number].partition(":")[0].split("/")
        found = next((part for part in (_last(parts[-1]), *parts) if part in known), "")
        if not found:
            return None
        slots.setdefault(known[found], []).append(number)
    return slots if all(len(s) == count for s in slots.values()) else None


def _by_block(optimizer: str, rest: list, count: int) -> dict | None:
    """One slot after the other, in the order of the table."""
    if not rest:
        return {}
    known = list(dict.fromkeys(_SLOTS.get(optimizer, {}).values()))
    if not count or len(rest) % count or len(rest) > count * len(known):
        return None
    parts = [rest[i : i + count] for i in range(0, len(rest), count)]
    return dict(zip(known, parts, strict=False))


def sorted_by_name(age: Age) -> bool:
    """Whether that Keras sorted the trainable weights by name before training."""
    return age.is_multi_backend and (*age.version, 0, 0)[:3] < (2, 0, 6)
