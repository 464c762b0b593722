"""The servers of one model and the one queue before them: whoever has waited longest goes to the least busy one.

Servers that are away, paused or at their pace are passed over. What a reply means, and whether a request is sent
again, is in sender.py.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sdg.core.server import Outcome, Server
from sdg.core.slots import Taken
from sdg.core.verdict import Verdict

_FAR = 1_000_000
_QUIET = 60.0
"""Seconds in which the same server is told of once."""


@dataclass(slots=True)
class Turn:
    """One request's slot at a server. size: bytes that it sends. set_aside: tokens, where these are counted."""

    server: Server
    size: int
    taken: Taken
    half_open: bool
    """Whether it shows if the server is there again."""
    set_aside: float


@dataclass(slots=True)
class _Waiter:
    turn: asyncio.Future[Turn | None]
    size: int
    avoid: Server | None


class Pool:
    """`turn()` before each request, `give_back()` after it. most: requests in flight at all servers together."""

    def __init__(self, servers: list[Server], most: int, say: Callable[[str], None]) -> None:
        self.servers = servers
        self._most = most
        self._say = say
        self._taken = 0
        self._queue: deque[_Waiter] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._told: dict[str, float] = {}
        self._away: set[Server] = set()
        """When it was said that a server is away, and of which it was not yet said that it is back."""

    @property
    def there(self) -> list[Server]:
        """The servers that are not away."""
        return [server for server in self.servers if server.there]

    async def turn(self, size: int, avoid: Server | None = None) -> Turn | None:
        """A slot; None if `release` came first. avoid: the server that has just failed, taken only if it must be."""
        loop = asyncio.get_running_loop()
        if not self._queue and self._taken < self._most:
            now = loop.time()
            server = self._pick(now, avoid)
            if server:
                return self._begin(server, now, size)
        waiter = _Waiter(loop.create_future(), size, avoid)
        # Who was sent away before has waited longest of all.
        (self._queue.appendleft if avoid else self._queue.append)(waiter)
        if len(self._queue) == 1:
            self._look_again(loop.time())
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            turn = waiter.turn.result() if waiter.turn.done() and not waiter.turn.cancelled() else None
            if turn:
                self.give_back(turn, Outcome.NONE)
            raise

    def give_back(self, turn: Turn, outcome: Outcome, verdict: Verdict | None = None, reply: bytes = b"") -> None:
        """The request is over: what came of it. reply: its body, where there was one."""
        now = asyncio.get_running_loop().time()
        server = turn.server
        server.slots.leave(turn.taken)
        self._taken -= 1
        server.hear(outcome, turn.taken, bool(self._queue), verdict.retry_after if verdict else None, now)
        if server.pace.counts_tokens:
            server.pace.settle(turn.set_aside, turn.size, reply)
        if outcome in (Outcome.ANSWERED, Outcome.REFUSED):
            if server.breaker.answered():
                self._is_back(server, turn.half_open)
        elif turn.half_open:
            server.breaker.wait(now)
        elif outcome is not Outcome.NONE:
            self._has_failed(server, outcome, verdict.reason if verdict else "", now)
        self._wake()

    def leave_out(self, server: Server, reason: str) -> bool:
        """Ask it nothing any more; False where it is the last one."""
        if not server.left_out:
            if all(other.left_out for other in self.servers if other is not server):
                return False
            server.left_out = True
            self._say(f"{reason}. It is left out: the other servers do its work")
        return True

    def release(self) -> None:
        """Let all that wait go without a turn, to look whether theirs is still wanted."""
        while self._queue:
            waiter = self._queue.popleft()
            if not waiter.turn.done():
                waiter.turn.set_result(None)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._timer:
            self._timer.cancel()
        for server in self.servers:
            await server.transport.close()

    def _pick(self, now: float, avoid: Server | None) -> Server | None:
        """The least busy of the servers that may be asked now."""
        best, least = None, float("inf")
        for server in self.servers:
            if server.has_room and server.not_before <= now:
                busy = server.slots.taken + (_FAR if server is avoid else 0)
                if busy < least:
                    best, least = server, busy
        return best

    def _begin(self, server: Server, now: float, size: int) -> Turn:
        half_open = server.breaker.open
        if half_open:
            server.breaker.probe()
        self._taken += 1
        return Turn(server, size, server.slots.take(), half_open, server.pace.take(now, size))

    def _wake(self) -> None:
        """Give out what is free, the oldest first."""
        if not self._queue:
            return
        now = asyncio.get_running_loop().time()
        while self._queue and self._taken < self._most:
            waiter = self._queue[0]
            if not waiter.turn.done():
                server = self._pick(now, waiter.avoid)
                if not server:
                    break
                waiter.turn.set_result(self._begin(server, now, waiter.size))
            self._queue.popleft()
        if self._queue:
            self._look_again(now)

    def _look_again(self, now: float) -> None:
        """Set the clock for the moment when a server may be asked that may not be now, or gets more."""
        soonest = float("inf")
        for server in self.servers:
            if server.not_before > now:
                soonest = min(soonest, server.not_before)
            elif server.patient and server.slots.watched:
                server.full_since = server.full_since or now
                soonest = min(soonest, server.full_since + server.patient)
        if self._timer and self._timer.when() > soonest:
            self._timer.cancel()
            self._timer = None
        if not self._timer and soonest < float("inf"):
            self._timer = asyncio.get_running_loop().call_at(soonest, self._time_has_come)

    def _time_has_come(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for server in self.servers:
            due = server.full_since + server.patient
            if server.full_since and now >= due:
                # Where this process itself was too busy, nothing may have been sent or heard yet: watch once more.
                on_time = now - due < 0.25 * server.patient
                server.full_since = 0.0
                if self._queue and on_time:
                    server.slots.unopposed()
        self._wake()

    def _is_back(self, server: Server, by_probe: bool) -> None:
        if by_probe:
            server.slots = server.slots.anew()
            if server in self._away:
                self._away.remove(server)
                self._say(f"{server.base_url} answers again")

    def _has_failed(self, server: Server, outcome: Outcome, reason: str, now: float) -> None:
        others = any(other.there for other in self.servers if other is not server)
        went = server.breaker.failed(now, outcome is Outcome.GONE, server.slots.taken, others)
        if went and not others:
            self.release()
        elif went and now - self._told.get(server.base_url, -_QUIET) >= _QUIET:
            self._told[server.base_url] = now
            self._away.add(server)
            self._say(f"{server.base_url}: {reason}; the other servers do its work until it answers")
