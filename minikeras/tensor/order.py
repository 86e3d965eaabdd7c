"""The order of a program: which call must come after which."""

from .program import Equation
from .random import dropout_mask

__all__ = ["dependencies", "in_turns"]

ONLY_SHAPES = (dropout_mask.kernel,)  # kernels that read nothing but shapes


def dependencies(equations: list[Equation]) -> list[set[int]]:
    """The numbers of the calls that each call has to wait for.

    A call waits for those that make or change what it reads, and for those that read
    what it changes. Draws, checks and other calls that do something besides writing
    arrays keep their order. What changes a variable waits for all before it, since one
    of them may fail.
    """
    found: list[set[int]] = []
    made: dict[int, int] = {}  # id of a Value, or of a root -> who wrote it last
    readers: dict[int, list[int]] = {}  # id of a root -> who has read it since
    acted = None
    for i, e in enumerate(equations):
        is_act = e.is_effect and e.target is None
        waits = {acted} if is_act and acted is not None else set()
        if e.is_effect and e.target is not None:
            waits.update(range(i))
        skips = any(e.function is kernel for kernel in ONLY_SHAPES)
        reads = [] if skips else list(e.reads())
        written = [v.root for v in e.outputs if e.style != "view"]
        written += [e.target.root] if e.target is not None else []
        for v in reads:
            waits.update(made[k] for k in (id(v), id(v.root)) if k in made)
            readers.setdefault(id(v.root), []).append(i)
        for root in written:
            waits.update(readers.pop(id(root), ()))
            waits.update({made[id(root)]} if id(root) in made else ())
        made.update((id(v), i) for v in (*written, *e.outputs))
        acted = i if is_act else acted
        found.append(waits - {i})
    return found


def in_turns(
    waits: list[set[int]], is_chosen: list[bool], apart: list[set[int]]
) -> list[list[int]]:
    """Puts calls into as few groups as their order allows.

    Args:
        waits: What `dependencies` says.
        is_chosen: Two kinds of calls, which take turns.
        apart: For each call those, among the ones it waits for, that have to be in an
            earlier group if they are chosen.

    Returns:
        Groups of the numbers of calls: of those not chosen, of the chosen, and so on.
    """
    done: set[int] = set()
    left, groups, wanted = range(len(waits)), [], False
    while left:
        group: list[int] = []
        for i in left:
            is_near = wanted and not apart[i].isdisjoint(group)
            if is_chosen[i] == wanted and waits[i] <= done and not is_near:
                group.append(i)
                done.add(i)
        left = [i for i in left if i not in done]
        groups.append(group)
        wanted = not wanted
    return groups
