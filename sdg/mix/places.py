"""Which file's line comes next in a mix: by weight, by seed, and by nothing else. Reads no file.

Each file has its lines spread along one axis: line j of a file of weight w stands anywhere from j/w to (j+1)/w, where
chance puts it, and the mix goes along the axis. So at every point each file has its share of the lines to within about
one line (independent draws would be off by 50 after 10,000), and still the order has no pattern that could be learned.
"""

from __future__ import annotations

from heapq import heapify, heappop, heapreplace
from random import Random


class Places:
    """The order of the files. `next` is the file that is due; then either `took` one of its lines, or it `ended`."""

    def __init__(self, weights: list[float], seed: int) -> None:
        self._weights = weights
        self._chance = [Random(f"mix|{seed}|{number}") for number in range(len(weights))]
        self.taken = [0] * len(weights)
        """Lines of each file so far."""
        self._due = [(self._place(file), file) for file in range(len(weights))]
        heapify(self._due)

    @property
    def next(self) -> int | None:
        """The number of the file whose line is due; None when all have ended."""
        return self._due[0][1] if self._due else None

    def took(self) -> None:
        """Its line is in the mix."""
        file = self._due[0][1]
        self.taken[file] += 1
        heapreplace(self._due, (self._place(file), file))

    def ended(self) -> None:
        """It has no more lines."""
        heappop(self._due)

    def _place(self, file: int) -> float:
        # `random()` alone of all that Random has stays the same in every version of Python.
        return (self.taken[file] + self._chance[file].random()) / self._weights[file]
