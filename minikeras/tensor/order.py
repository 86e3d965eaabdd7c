"""The order of a program: which call must come after which."""

from .program import Equation
from .random import dropout_mask, random_mask

__all__ = ["dependencies", "in_turns", "late"]

# Kernels that read nothing but shapes.
ONLY_SHAPES = (dropout_mask.kernel, random_mask.kernel)


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


def late(
    groups: list[list[int]],
    calls: list[Equation],
    waits: list[set[int]],
    apart: list[set[int]],
) -> list[list[int]]:
    """Puts chosen calls off to the group that needs them, if that keeps no more alive.

    So the mask of a relu is made on the way back, not kept since the way there.

    Args:
        groups: What `in_turns` says.
        calls: The calls.
        waits: As for `in_turns`.
        apart: As for `in_turns`.
    """
    group_of = {i: n for n, group in enumerate(groups) for i in group}
    waited: dict[int, list[int]] = {i: [] for i in group_of}
    for i, before in enumerate(waits):
        for j in before:
            waited[j].append(i)
    horizons, found = _horizons(calls, group_of, waited), list(map(set, groups))
    for i in sorted(group_of, reverse=True):
        now = group_of[i]
        if now % 2 == 0 or not waited[i]:
            continue
        then = min(group_of[j] for j in waited[i])
        then -= 1 - then % 2
        mates = found[then]
        if not now < then <= horizons[i] or not apart[i].isdisjoint(mates):
            continue
        if not any(i in apart[j] for j in mates):
            group_of[i] = then
            found[now].remove(i)
            found[then].add(i)
    return list(map(sorted, found))


def _horizons(
    calls: list[Equation], group_of: dict[int, int], waited: dict[int, list[int]]
) -> list[int]:
    """The last group in which all that a call reads is there anyway.

    What only this call reads can itself be made later.
    """
    last: dict[int, int] = {}
    for i, e in enumerate(calls):
        for v in e.reads():
            last[id(v.root)] = max(last.get(id(v.root), 0), group_of[i])
    made, horizons = {}, []
    for i, e in enumerate(calls):
        horizon = len(calls)
        for v in e.reads():
            maker = made.get(id(v.root))
            if v.root.array is not None:
                continue
            is_ours = maker is not None and waited[maker] == [i]
            until = horizons[maker] if is_ours else last[id(v.root)]
            horizon = min(horizon, until)
        horizons.append(horizon)
        made.update((id(v), i) for v in e.outputs)
    return horizons
