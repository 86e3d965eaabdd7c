"""The parts of a model and where a file keeps each: `layers/lstm/cell`.

A part is a layer, a model or an optimizer: anything with `save_own_variables`. Parts
are found through the attributes of parts, in alphabetical order, private ones last.
Those in a list or dict are named by their class, with `_1`, `_2` for repeats. A part is
written once, at its first path; a file of another age may have it at another one.
"""

from ..utils import naming

__all__ = ["children", "is_part", "walk"]


def is_part(value) -> bool:
    """Tells layers, models and optimizers from other attributes."""
    return hasattr(value, "save_own_variables") and not isinstance(value, type)


def children(part) -> list[tuple[str, object]]:
    """The parts that a part holds, and their names in files, one of each per way."""
    found = []
    for name, value in _attributes(part):
        if is_part(value):
            found.append((name, value))
        elif isinstance(value, (list, tuple, dict, set)):
            found += [(f"{name}/{rest}", inner) for rest, inner in _items(value)]
    return found


def _attributes(part) -> list[tuple[str, object]]:
    """Attributes by name; those that are properties too by the public name."""
    cls = type(part)
    named = {}
    for name, value in vars(part).items():
        public = name.lstrip("_")
        is_public = public != name and isinstance(getattr(cls, public, None), property)
        named[public if is_public else name] = value
    if hasattr(cls, "get_layer"):
        named["layers"] = part.layers
    public = sorted(name for name in named if not name.startswith("_"))
    private = sorted(name for name in named if name.startswith("_"))
    return [(name, named[name]) for name in (*public, *private)]


def _items(container) -> list[tuple[str, object]]:
    """The parts in a container, containers inside of it opened."""
    values = container.values() if isinstance(container, dict) else container
    found, counts = [], {}

    def numbered(stem: str) -> str:
        counts[stem] = counts.get(stem, -1) + 1
        return f"{stem}_{counts[stem]}" if counts[stem] else stem

    for value in values:
        if is_part(value):
            stem = naming.to_snake_case(type(value).__name__)
            found.append((numbered(stem), value))
        elif isinstance(value, (list, tuple, dict, set)):
            inner = _items(value)
            if inner:
                name = numbered("container")
                found += [(f"{name}/{rest}", part) for rest, part in inner]
    return found


def walk(root, prefix: str = ""):
    """Yields `(path, part)` for each part, in the order in which files hold them."""
    seen, stack = set(), [(prefix, root)]
    while stack:
        path, part = stack.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        inner = [(f"{path}{name}/", child) for name, child in children(part)]
        stack.extend(inner[::-1])
