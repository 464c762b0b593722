"""Figures of several rounds, as a Markdown table: the median and the spread, and ratios to the first client."""

from __future__ import annotations

import os
from collections import defaultdict
from statistics import median


class Figures:
    """name -> figure -> a number from each round. None: the client was ended, or the figure was not to be had."""

    def __init__(self, title: str, ratios: tuple[str, ...]) -> None:
        print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
        self.title, self.ratios = title, ratios
        self.rounds: dict[str, dict[str, list[float | None]]] = defaultdict(lambda: defaultdict(list))

    def add(self, name: str, **figures: float | None) -> None:
        """One round's figures; also said at once, for those who wait. Underscores become spaces."""
        for figure, value in figures.items():
            self.rounds[name][figure.replace("_", " ")].append(value)
        said = ", ".join(f"{figure.replace('_', ' ')} {_number(value)}" for figure, value in figures.items())
        print(f"{self.title}: {name}: {said}", flush=True)

    def print(self) -> None:
        first = next(iter(self.rounds))
        names = list(dict.fromkeys(figure for table in self.rounds.values() for figure in table))
        heads = [*names, *(f"{figure}, ratio" for figure in self.ratios)]
        print(f"\n| {self.title} | {' | '.join(heads)} |\n|{'---|' * (len(heads) + 1)}")
        for name, table in self.rounds.items():
            cells = [_spread(table.get(figure, [])) for figure in names]
            for figure in self.ratios:
                pairs = zip(table.get(figure, []), self.rounds[first][figure], strict=False)
                cells.append(_spread([one / base if one is not None and base else None for one, base in pairs]))
            print(f"| {name} | {' | '.join(cells)} |")
        print(flush=True)


def _spread(values: list[float | None]) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    low, middle, high = min(known), median(known), max(known)
    ended = "" if len(known) == len(values) else f", {len(values) - len(known)} ended"
    return _number(middle) + (f" ({_number(low)}-{_number(high)}{ended})" if low != high or ended else "")


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"
