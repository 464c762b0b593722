"""One server of a model: its address and connections, and all that says whether it may be asked now. Asks nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from sdg.core.breaker import Breaker
from sdg.core.pace import Pace
from sdg.core.slots import Slots, Taken
from sdg.core.transport import Transport

_REFUSALS = 8
"""Refusals in a row, with nothing in flight, after which a server refuses everything."""
LONGEST_PAUSE = 30.0
"""Seconds between two tries, at most, where a server does not say how long."""
_NEARBY = 0.01
"""Seconds within which a connection to a server nearby is made."""
SOON = 30.0
"""Seconds that a server may be paused and still count as there."""
NEVER = float("inf")


def backoff(times: int) -> float:
    """Seconds to wait after so many failures: twice as long each time."""
    return min(LONGEST_PAUSE, 0.25 * 2.0 ** min(times, 10))


class Outcome(Enum):
    """What became of a request, as far as it tells about the server."""

    ANSWERED = "answered"
    DOUBTED = "doubted"
    """Answered with a refusal that another server is asked about."""
    REFUSED = "refused"
    """Too busy (429, 503)."""
    LATE = "late"
    FAILED = "failed"
    """A broken connection, a 5xx, nonsense."""
    GONE = "gone"
    """No connection could be made."""
    NONE = "none"
    """Given up, or not even sent."""


class Server:
    """One address. slots, breaker, pace: how much it is given, whether it is there, how fast it may be asked."""

    def __init__(self, base_url: str, transport: Transport, most: int, pace: Pace) -> None:
        self.base_url = base_url
        self.transport = transport
        self.slots = Slots(most)
        self.breaker = Breaker()
        self.pace = pace
        self.left_out = False
        """Whether it refuses for good (a wrong key, an unknown model), so that the others do its work."""
        self.heard = False
        """Whether it has done what it was asked at least once."""
        self.denials = 0
        """How often it has denied a request since then (403, 404, 405)."""
        self.full_since = 0.0
        """Since when all its slots are taken and requests wait; 0.0: not so."""
        self._paused_until = 0.0
        self._refusals = self._pauses = 0
        """Refusals since the last answer, and how often it was left alone for them."""

    @property
    def not_before(self) -> float:
        """The moment from which it may be asked, as far as that is known."""
        return NEVER if self.left_out else max(self.breaker.probe_at, self._paused_until, self.pace.next)

    def there(self, now: float) -> bool:
        """Whether anything can be hoped of it soon."""
        return not (self.left_out or self.breaker.open) and self._paused_until <= now + SOON

    @property
    def has_room(self) -> bool:
        """Whether one request more may be in flight; a probe may always, or those that hang would keep it away."""
        return self.breaker.open or self.slots.taken < self.slots.limit

    @property
    def patient(self) -> float:
        """How long a full server that refuses nothing is watched before it gets more; 0.0: not known yet."""
        return max(0.02, 2 * self.transport.connect_seconds) if self.transport.connect_seconds else 0.0

    @property
    def nearby(self) -> bool:
        """Whether a refusal would have come by now, as far as its distance goes."""
        return self.transport.connect_seconds <= _NEARBY

    def hear(self, outcome: Outcome, taken: Taken, wanted: bool, retry_after: float | None, now: float) -> None:
        """What became of a request that has left its slot."""
        if outcome in (Outcome.ANSWERED, Outcome.DOUBTED):
            self._refusals = self._pauses = 0
            self.slots.answered(taken, wanted)
        elif outcome is Outcome.LATE:
            self.slots.late(taken)
        elif outcome is Outcome.REFUSED:
            self.slots.refused(taken, wanted)
            self._refusals += 1
            if self._refusals >= _REFUSALS and not self.slots.taken:
                self._pauses += 1
                pause = retry_after or backoff(self._pauses)
                self.pause(now + pause)

    def pause(self, until: float) -> None:
        """Ask nothing until then, and find out anew how much it takes."""
        self._paused_until = until
        self._refusals = 0
        self.slots = self.slots.anew()


@dataclass(slots=True)
class Turn:
    """One request's slot at a server. size: bytes that it sends. set_aside: tokens, where these are counted."""

    server: Server
    size: int
    taken: Taken
    half_open: bool
    """Whether it shows if the server is there again."""
    set_aside: float
