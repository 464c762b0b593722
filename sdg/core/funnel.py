"""The counts of one command, and the one line on stderr that tells them. They add up:

read = written + dropped + failed + invalid + unfinished (+ already there, when a file is continued).
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Funnel:
    """Plain numbers, raised where things happen; nothing is computed here but the line."""

    name: str
    unit: str = "lines"
    read: int = 0
    already: int = 0
    written: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    invalid: Counter[str] = field(default_factory=Counter)
    trimmed: Counter[str] = field(default_factory=Counter)
    unfinished: int = 0
    calls: int = 0
    cached: int = 0
    retried: Counter[str] = field(default_factory=Counter)
    tokens_in: int = 0
    tokens_out: int = 0
    in_flight: int = 0
    calls_models: bool = True
    started: float = field(default_factory=time.monotonic)

    @property
    def done(self) -> int:
        """How far it is: lines that have an outcome; where lines are made from nothing, those that are there."""
        return self.already + self.written + (self.losses if self.unit == "lines" else 0)

    @property
    def flying(self) -> str:
        """`1 request in flight`, for messages."""
        return f"{self.in_flight:,} request{'' if self.in_flight == 1 else 's'} in flight"

    @property
    def losses(self) -> int:
        """Items that went to the rejects."""
        return self.dropped.total() + self.failed.total() + self.invalid.total()

    def again(self) -> None:
        """A further pass over the input begins: what came out in earlier ones is not read again."""
        if not self.already + self.written:  # an output without lines is begun anew
            self.dropped.clear()
            self.trimmed.clear()
        self.read = self.written + self.dropped.total()
        self.failed.clear()
        self.invalid.clear()
        self.unfinished = 0

    def line(self, cost: str = "") -> str:
        """`respond: read 1000, written 990, failed 10 (429 too often 10); calls 4020, ...`. cost: words, if known."""
        parts = [f"{self.unit} {self.read:,}" if self.unit != "lines" else f"read {self.read:,}"]
        parts += [f"already there {self.already:,}"] if self.already else []
        parts.append(f"written {self.written:,}")
        for word, counts in (("dropped", self.dropped), ("failed", self.failed), ("bad input", self.invalid)):
            if counts:
                parts.append(f"{word} {counts.total():,} ({_by_cause(counts)})")
        parts += [f"unfinished {self.unfinished:,}"] if self.unfinished else []
        text = f"{self.name}: {', '.join(parts)}"
        if self.trimmed:
            text += f"; responses left behind {self.trimmed.total():,} ({_by_cause(self.trimmed)})"
        if self.calls_models:
            retried = f" (asked again: {_by_cause(self.retried)})" if self.retried else ""
            text += f"; calls {self.calls:,}{retried}, cached {self.cached:,}"
            text += f", tokens in {short(self.tokens_in)}, out {short(self.tokens_out)}"
            text += f", {cost}" if cost else ""
        return f"{text}; {lasting(time.monotonic() - self.started)}"


def _by_cause(counts: Counter[str]) -> str:
    return ", ".join(f"{cause} {count:,}" for cause, count in counts.most_common())


def short(number: int) -> str:
    """A number of tokens for people: `812`, `24.1k`, `2.1M`."""
    for size, letter in ((1_000_000_000, "G"), (1_000_000, "M"), (10_000, "k")):
        if number >= size:
            return f"{number / (1000 if letter == 'k' else size):.1f}{letter}"
    return str(number)


def lasting(seconds: float) -> str:
    """A time for people: `4.2 s`, `6 min 12 s`, `2 h 05 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
