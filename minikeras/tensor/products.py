"""Products that do not wait for one another: threads share them.

On the way back through a network, the gradients of all kernels can wait until the end.
Then they are many products at once, of which the large ones are cut in two.
"""

import numpy as np

from .evenness import PRODUCTS, cuts_evenly, time_of
from .order import dependencies, in_turns
from .program import Equation, Program, Value

__all__ = ["Products", "collect_products"]

WORTH = 200_000  # nanoseconds
LARGE = 100_000


class Products:
    """Some products.

    Attributes:
        jobs: Lists of pieces: two factors, the result, and which rows of the first and
            of the result are meant. A large product makes two jobs, all small ones
            together one.
        names: What the function and the list of its arguments are called.
    """

    def __init__(self, equations: list[Equation]):
        self.nbytes = 0  # of a workspace: it needs none
        self.equations: list[Equation] = []  # none that a half would know
        self.inner: list[tuple[Value, Value]] = []
        large = [e for e in equations if time_of(e) >= LARGE]
        small = [piece for e in equations if e not in large for piece in _pieces(e, 1)]
        jobs = [[piece] for e in large for piece in _pieces(e, 2)]
        jobs += [small] if small else []
        self.jobs = sorted(jobs, key=lambda job: -sum(time for *_, time in job))
        self.names = ("", "")

    def shares(self, arrays: dict[int, np.ndarray]) -> list[list[tuple]]:
        """The arrays of each job.

        Args:
            arrays: id of a Value of the program -> its array.
        """
        return [
            [
                (arrays[id(a)][rows], arrays[id(b)], arrays[id(made)][rows])
                for a, b, made, rows, _ in job
            ]
            for job in self.jobs
        ]


def _pieces(e: Equation, count: int) -> list[tuple]:
    (a, b), (made,), time = e.args, e.outputs, time_of(e)
    if count == 1 or a.ndim < 2 or a.shape[0] % 2 or not cuts_evenly(e):
        return [(a, b, made, slice(None), time)]
    middle = a.shape[0] // 2
    return [
        (a, b, made, slice(None, middle), time / 2),
        (a, b, made, slice(middle, None), time / 2),
    ]


def collect_products(program: Program) -> None:
    """Puts products that can wait for the last stretch of halves into one call.

    Args:
        program: Changed in place, after `halve`.
    """
    styles = [e.style for e in program.equations]
    if "shared" not in styles:
        return
    start = len(styles) - styles[::-1].index("shared")
    end = styles.index("arena") if "arena" in styles else len(styles)
    calls = program.equations[start:end]
    chosen = [_is_plain(e) for e in calls]
    made: list[Equation] = []
    waits = dependencies(calls)
    for i, turn in enumerate(in_turns(waits, chosen, waits)):
        group = [calls[n] for n in turn]
        if i % 2 and len(group) > 1 and sum(map(time_of, group)) > WORTH:
            made.append(_together(group))
        else:
            made += group
    program.equations[start:end] = made


def _is_plain(e: Equation) -> bool:
    """Whether a call is a product of matrices that makes a new array."""
    is_product = e.call in PRODUCTS and e.style == "out" and not e.is_effect
    return is_product and all(v.ndim < 3 for v in e.touches())


def _together(group: list[Equation]) -> Equation:
    values = dict.fromkeys(v for e in group for v in e.touches())
    return Equation(
        "in_parallel", Products(group), tuple(values), {}, style="shared",
        is_effect=True, place=group[0].place,
    )  # fmt: skip
