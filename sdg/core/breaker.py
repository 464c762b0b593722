"""Whether a server is there at all. One that is not is asked by single probes, further and further apart.

A probe is an ordinary request: what it brings is worth as much as any reply. Nobody waits in here.
"""

from __future__ import annotations

import random

_FIRST = 0.5
_LONGEST = 10.0
"""Seconds between probes. A connection that is refused costs nobody much, and a server that is back is wanted soon."""
_FEWEST_FAILURES = 3
_MOST_FAILURES = 16
_HANGS = 30.0
"""Seconds without an outcome of a probe, after which one more goes out."""


class Breaker:
    """Closed while the server answers. probe_at: when it may be asked once more; 0.0 while it is closed."""

    def __init__(self) -> None:
        self.probe_at = 0.0
        self._pause = _FIRST
        self._failures = 0

    @property
    def open(self) -> bool:
        """Whether the server counts as away."""
        return self.probe_at > 0

    def probe(self, now: float) -> None:
        """One request goes out to see; no other does until its outcome is known, or it hangs."""
        self.probe_at = now + _HANGS

    def answered(self) -> bool:
        """The server said something; whether it had been away."""
        was_open = self.open
        self.probe_at, self._pause, self._failures = 0.0, _FIRST, 0
        return was_open

    def failed(self, now: float, gone: bool, in_flight: int, others: bool) -> bool:
        """A request brought nothing of use; whether the server counts as away from now on.

        gone: there was no connection. Other failures count where they follow each other and other servers can do the
        work: where there are none, each request has its own tries.
        """
        self._failures += 1
        enough = max(_FEWEST_FAILURES, min(in_flight // 4, _MOST_FAILURES))
        if self.open or not (gone or (others and self._failures >= enough)):
            return False
        self.wait(now)
        return True

    def wait(self, now: float) -> None:
        """Until the next probe; each time twice as long."""
        self.probe_at = now + self._pause * random.uniform(0.8, 1.2)
        self._pause = min(2 * self._pause, _LONGEST)
