"""What a model's calls took in earlier runs: kept as facts in the cache file, for `sdg plan`.

One fact for each model, address and kind of work, which every run adds to. Neither texts nor keys are in it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from sdg.core.budget import Used
from sdg.core.cache import Cache
from sdg.core.endpoint import Endpoint
from sdg.core.errors import Stop

Kind = tuple[str, str, str]
_PREFIX = "measured "


@dataclass(slots=True)
class Measured:
    """Sums over the runs; see budget.Used for what they are."""

    calls: float = 0
    answers: float = 0
    choices: float = 0
    tokens_in: float = 0
    tokens_out: float = 0
    seconds: float = 0.0
    busy: float = 0.0

    def add(self, used: Used | Measured) -> None:
        """Add what a run has used."""
        for field in fields(self):
            setattr(self, field.name, getattr(self, field.name) + getattr(used, field.name))

    def scaled(self, factor: float) -> Measured:
        """So many times as much."""
        return Measured(**{field.name: getattr(self, field.name) * factor for field in fields(self)})

    @property
    def in_flight(self) -> float:
        """Calls under way at a time, in the mean."""
        return self.seconds / self.busy if self.busy else 0.0

    def rate(self, concurrency: int) -> float:
        """Answers a second with so many calls at a time at most. More than have been tried are not believed in."""
        return self.answers / self.busy * min(1.0, concurrency / self.in_flight) if self.seconds else 0.0


def keep(cache: Cache | None, kind: str, endpoints: Iterable[Endpoint]) -> None:
    """Add what this run has used to what is known. A run that has worked does not fail over this."""
    for endpoint in endpoints:
        used = endpoint.used
        if cache and 0 < used.answers <= used.calls:  # more answers than calls: they came in batches, at no speed
            with suppress(Stop):
                key = _PREFIX + json.dumps([kind, endpoint.base_url, endpoint.model])
                known = _known(cache, key)
                known.add(used)
                cache.remember(key, json.dumps(asdict(known)))


def read(path: str) -> dict[Kind, Measured]:
    """All that a cache file knows, by (kind of work, address, model); nothing where there is no such file."""
    file = Path(path).expanduser().absolute()
    # SQLite puts files beside one that is only read, too, unless it is told that nobody writes to it.
    unused = "" if Path(f"{file}-wal").exists() else "&immutable=1"
    found: dict[Kind, Measured] = {}
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{file.as_uri()}?mode=ro{unused}", uri=True)) as cache:
        for key, value in cache.execute("SELECT key, value FROM facts WHERE key LIKE ?", (f"{_PREFIX}%",)):
            with suppress(TypeError, ValueError):
                kind, base_url, model = json.loads(key.removeprefix(_PREFIX))
                found[kind, base_url, model] = Measured(**json.loads(value))
    return found


def _known(cache: Cache, key: str) -> Measured:
    """What is known so far; what another version has written, in a way that is not ours, is begun anew."""
    with suppress(TypeError, ValueError):
        if fact := cache.fact(key):
            return Measured(**json.loads(fact))
    return Measured()
