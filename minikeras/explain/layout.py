"""Where the boxes of a graph go: in layers, so that edges point down and cross rarely.

The steps are those of Sugiyama et al. (1981, https://doi.org/10.1109/TSMC.1981.4308636):
a layer for each box, its place in the layer near its neighbours, then coordinates.
"""

import itertools

import numpy as np

__all__ = ["Layout"]

GAP = 26.0  # between neighbours in a layer
DROP = 40.0  # between layers: room for edges
SWEEPS = 12


class Layout:
    """Places boxes, given by their sizes, whose edges point from earlier to later ones.

    Edges that do not (a layer that is called again on what came of it) get no say.

    Args:
        sizes: (across, along) of each box.
        edges: Pairs of numbers of boxes.

    Attributes:
        centers: (across, along) of each box.
        size: (across, along) of everything.

    >>> Layout([(10, 5), (10, 5)], [(0, 1)]).centers
    [(5.0, 2.5), (5.0, 47.5)]
    """

    def __init__(self, sizes: list[tuple], edges: list[tuple]):
        self.sizes = list(sizes)
        forward = dict.fromkeys((i, j) for i, j in edges if i < j)
        self.ranks = _ranks(len(sizes), sorted(forward))
        self.chains = {edge: self._chain(*edge) for edge in forward}
        links = [pair for c in self.chains.values() for pair in itertools.pairwise(c)]
        self.above = [[] for _ in self.sizes]
        self.below = [[] for _ in self.sizes]
        for i, j in links:
            self.below[i].append(j)
            self.above[j].append(i)
        self._arrange()
        self._put()
        self.bends = self._bends()

    def _chain(self, i: int, j: int) -> list[int]:
        """The boxes of an edge, with one of no size in each layer between them."""
        between = range(self.ranks[i] + 1, self.ranks[j])
        first = len(self.sizes)
        self.sizes += [(0.0, 0.0)] * len(between)
        self.ranks += between
        return [i, *range(first, len(self.sizes)), j]

    def _arrange(self) -> None:
        """Orders each layer by the mean place of its boxes' neighbours."""
        self.layers = [[] for _ in range(max(self.ranks, default=-1) + 1)]
        for box, rank in enumerate(self.ranks):
            self.layers[rank].append(box)
        place = {b: k for layer in self.layers for k, b in enumerate(layer)}
        for sweep in range(SWEEPS):
            near = self.below if sweep % 2 else self.above
            for layer in self.layers[:: -1 if sweep % 2 else 1]:
                wanted = {
                    b: _mean([place[n] for n in near[b]], place[b]) for b in layer
                }
                layer.sort(key=wanted.get)
                place.update((b, k) for k, b in enumerate(layer))

    def _put(self) -> None:
        """Draws boxes towards the middle of their neighbours, keeping them apart."""
        across = np.zeros(len(self.sizes))
        around = [a + b for a, b in zip(self.above, self.below, strict=True)]
        for sweep in range(SWEEPS):
            near = (self.above, self.below, around)[sweep % 3]
            for layer in self.layers[:: -1 if sweep % 2 else 1]:
                wanted = [_mean([across[n] for n in near[b]], across[b]) for b in layer]
                widths = [self.sizes[b][0] for b in layer]
                across[layer] = _apart(wanted, widths)
        widths = np.array([size[0] for size in self.sizes])
        across -= (across - widths / 2).min(initial=np.inf)
        heights = [max(self.sizes[b][1] for b in layer) for layer in self.layers]
        tops = np.cumsum([0.0, *(height + DROP for height in heights)])
        self.tops = [(tops[k], tops[k] + height) for k, height in enumerate(heights)]
        along = [sum(self.tops[rank]) / 2 for rank in self.ranks]
        self.centers = [
            (float(a), float(b)) for a, b in zip(across, along, strict=True)
        ]
        self.size = float((across + widths / 2).max()), float(self.tops[-1][1])

    def _bends(self) -> dict:
        """How far down between two layers the edges from a box may turn, in (0, 1)."""
        bends = {}
        for layer in self.layers:
            tails = [b for b in layer if self.below[b]]
            bends.update((b, (k + 1) / (len(tails) + 1)) for k, b in enumerate(tails))
        return bends

    def route(self, i: int, j: int, start: float, end: float) -> list[tuple]:
        """The pieces of an edge between two layers each.

        Args:
            i, j: The boxes.
            start, end: Where (across) the edge begins and ends.

        Returns:
            Tuples (upper point, lower point, how far along it may turn).
        """
        chain = self.chains[i, j]
        places = [start, *(self.centers[box][0] for box in chain[1:-1]), end]
        pieces = []
        for k, (box, after) in enumerate(itertools.pairwise(chain)):
            upper = self.tops[self.ranks[box]][1]
            lower = self.tops[self.ranks[after]][0]
            turn = upper + self.bends[box] * (lower - upper)
            pieces.append(((places[k], upper), (places[k + 1], lower), turn))
        return pieces


def _ranks(count: int, edges: list[tuple]) -> list[int]:
    """The layer of each box: one below the lowest box above it."""
    ranks = [0] * count
    for i, j in edges:
        ranks[j] = max(ranks[j], ranks[i] + 1)
    heads = {j for _, j in edges}
    for i in reversed(range(count)):  # beginnings stand near to what they lead to
        below = [ranks[j] for k, j in edges if k == i]
        if below and i not in heads:
            ranks[i] = min(below) - 1
    return ranks


def _mean(values: list, otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _apart(wanted: list, widths: list) -> np.ndarray:
    """The nearest places to those wanted at which boxes in a row do not touch.

    Pool adjacent violators: boxes that push each other move together, to their mean.
    """
    steps = [(a + b) / 2 + GAP for a, b in itertools.pairwise(widths)]
    offsets = np.cumsum([0.0, *steps])
    pools: list[tuple] = []
    for value in np.asarray(wanted) - offsets:
        total, count = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / count:
            more, others = pools.pop()
            total, count = total + more, count + others
        pools.append((total, count))
    return offsets + np.repeat([t / n for t, n in pools], [n for _, n in pools])
