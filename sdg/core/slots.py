"""How many requests may be in flight at one server. The number follows the server; nobody waits in here.

At first it grows fast: by one with each answer, and twofold whenever a full server refuses nothing for a while. Then it
grows by probes: after some answers one slot is opened, and the request that takes it tells by its own fate whether
there is room. So a full server refuses one request in many.

A refusal of another request may be chance, or the server is full. The request that takes the slot right after it, its
echo, tells them apart: before a full server it is mostly refused as well, and otherwise not. So refusals by chance
shrink nothing, however many there are, as long as they do not come in rows.
"""

from __future__ import annotations

from enum import Enum

_START = 16
_RARELY = 6
"""After how many answers for each slot a full server is probed once more."""
_CHANCE = 0.2
"""Of the requests sent since the number last grew, while it grows fast, the share that may be refused by chance."""
_BLINDLY = 2
"""How often silence may double the number without any reply between; a server nearby would have said something."""
_IN_A_ROW = 4
"""Refusals without an answer between them that are no chance."""
_LAST, _MOST = 10, 0.4
"""Of about so many replies the share that are refusals by no chance."""
_REFUSED, _ANSWERED, _FULL = 1.0, 0.4, 1.5
"""What an echo's fate adds to the suspicion that the server is full, or takes from it, and when that is certain."""
_LATE = 0.05
_LESS = 0.7
"""The share of requests that may get no answer in time by chance, and what is left of the slots if more do."""
_LATELY = 20
"""Answers for each slot that this share is taken of."""


class Sort(Enum):
    """What a request can tell about the number of slots."""

    PLAIN = "plain"
    PROBE = "probe"
    """It took a newly opened slot."""
    ECHO = "echo"
    """It took a slot right after a refusal."""


Taken = tuple[Sort, int]
"""What a request can tell, and how often the number had shrunk when it was sent."""


class Slots:
    """The slots of one server. Each request takes one, and says what became of it after it has left.

    limit: requests that may be in flight now. taken: requests that are.
    """

    def __init__(self, most: int, start: int = _START) -> None:
        self.limit = min(most, start)
        self.taken = 0
        self._most = most
        self._growing_fast = True
        self._sent = self._refused = 0
        """While it grows fast: requests and refusals since it grew."""
        self._doubled = 0
        """How often silence doubled it since the last reply."""
        self._share = 0.0
        """The share of refusals among the last replies. A server that takes its time to refuse mixes them."""
        self._opened = 0
        """Slots that were opened for probes and not taken yet."""
        self._answers = 0
        self._between = 1
        """Answers, and after how many of them a slot is opened."""
        self._probes = self._shrunk = 0
        """Probes in flight, and how often the number shrank: a probe that was sent before that proves nothing."""
        self._trial = 0
        """For so many answers more the last probe's slot is on trial."""
        self._suspicion = 0.0
        self._row = 0
        """Refusals since the last answer."""
        self._lates = self._heard = 0
        """Requests without an answer in time, and those with one."""
        self._echo = False
        """Whether the next request is an echo."""

    def anew(self) -> Slots:
        """As at the start, but with what is in flight, and from one on: the server was away."""
        fresh = Slots(self._most, start=1)
        fresh.taken, fresh._shrunk = self.taken, self._shrunk + 1
        return fresh

    @property
    def watched(self) -> bool:
        """Whether all are taken, and more will be opened if nothing is refused."""
        return self._growing_fast and self.limit <= self.taken and self.limit < self._most

    def take(self) -> Taken:
        """One request more."""
        self.taken += 1
        self._sent += 1
        if self._opened and self.taken > self.limit - self._opened:
            self._opened -= 1
            self._probes += 1
            return Sort.PROBE, self._shrunk
        if self._echo:
            self._echo = False
            return Sort.ECHO, self._shrunk
        return Sort.PLAIN, self._shrunk

    def leave(self, taken: Taken) -> None:
        """One request less, whatever became of it."""
        self.taken -= 1
        self._probes -= taken == (Sort.PROBE, self._shrunk)

    def answered(self, taken: Taken, wanted: bool) -> None:
        """A request that has left was answered. wanted: others wait for a slot."""
        self._row = self._doubled = 0
        self._share -= self._share / _LAST
        self._heard += 1
        if self._heard > _LATELY * self.limit:
            self._heard, self._lates = self._heard // 2, self._lates // 2
        self._trial -= self._trial > 0
        if taken == (Sort.PROBE, self._shrunk):
            self._trial = self.limit if self._between >= self.limit else 0
            self._between = max(1, self._between // 2)
        elif taken[0] is Sort.ECHO:
            self._suspicion = max(0.0, self._suspicion - _ANSWERED)
        self._answers += 1
        if not wanted or self.taken + 1 < self.limit or self.limit >= self._most:
            return
        if self._growing_fast:
            self.limit += 1
        elif self._answers >= self._between:
            self._answers = 0
            self._opened += 1
            self.limit += 1

    def refused(self, taken: Taken, wanted: bool) -> None:
        """The server was too busy for a request that has left."""
        sort = taken[0]
        self._doubled = 0
        self._share += (1 - self._share) / _LAST
        if self._growing_fast:
            self._refused += 1
            if self._refused <= max(3, _CHANCE * self._sent):
                return
            self._growing_fast = False
            self._row, self._between = _IN_A_ROW, self.limit
        if sort is Sort.PROBE:
            self._probe_failed(taken)
            return
        self._row += 1
        self._suspicion += _REFUSED if sort is Sort.ECHO else 0.0
        certain = self._row >= _IN_A_ROW or self._share > _MOST
        if certain or self._suspicion >= _FULL or (self._trial and sort is Sort.ECHO):
            self._shrink(self.taken)
        else:
            self._echo = wanted

    def late(self, taken: Taken) -> None:
        """A request that has left got no answer in time. That tells of the past: only what was sent since counts."""
        self._growing_fast = False
        if taken[0] is Sort.PROBE:
            self._probe_failed(taken)
        elif taken[1] == self._shrunk:
            self._lates += 1
            if self._lates > max(3, _LATE * self._heard):
                self._shrink(int(_LESS * self.limit))
                self._between = _RARELY * self.limit
                self._lates = self._heard = 0

    def unopposed(self, nearby: bool) -> None:
        """All slots were taken for a while and next to nothing was refused: silence is consent."""
        if self.watched:
            if self._refused <= 1 + _CHANCE / 2 * self._sent and (nearby or self._doubled < _BLINDLY):
                self._doubled += 1
                self.limit = min(self._most, 2 * self.limit)
            self._sent = self._refused = 0

    def _probe_failed(self, taken: Taken) -> None:
        if taken[1] == self._shrunk:
            self.limit = max(1, self.limit - 1)
            self._answers = 0
            self._slow_down(2)

    def _shrink(self, limit: int) -> None:
        """Take back the slot that was refused, and what was opened: the last probes have proved nothing after all."""
        self.limit = max(1, min(self.limit, limit))
        self._shrunk += 1
        probing = self._probes and self._between >= self.limit
        self._slow_down(4 if self._trial else 2 if probing or self._row >= _IN_A_ROW else 1)
        self._opened = self._probes = self._trial = self._answers = 0
        self._suspicion = min(self._suspicion, _FULL - _REFUSED)
        self._echo = False

    def _slow_down(self, times: int) -> None:
        self._between = min(times * self._between, _RARELY * self.limit)
