"""The servers of one model and the one queue before them: whoever has waited longest goes to the least busy one.

Servers that are away, paused or at their pace are passed over. What a reply means, and whether a request is sent
again, is in sender.py.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from sdg.core.server import NEVER, SOON, Outcome, Server, Turn
from sdg.core.tries import Tries
from sdg.core.verdict import Verdict

_FAR = 1_000_000
_LATER = 0.001
"""Timers may come a little too early."""
_QUIET = 60.0
"""Seconds in which the same server is told of once."""


@dataclass(slots=True)
class _Waiter:
    turn: asyncio.Future[Turn | None]
    size: int
    tries: Tries | None


class Pool:
    """`turn()` before each request, `give_back()` after it. most: requests in flight at all servers together."""

    def __init__(self, servers: list[Server], most: int, say: Callable[[str], None]) -> None:
        self.servers = servers
        self._most = most
        self._say = say
        self._taken = 0
        self._queue: deque[_Waiter] = deque()
        self._again: deque[_Waiter] = deque()
        """Those that were sent away before: they have waited longest of all, but do not go everywhere."""
        self._looked = 0.0
        """When was last looked for a server that may be asked."""
        self._timer: asyncio.TimerHandle | None = None
        self._told: dict[str, float] = {}
        self._away: set[Server] = set()
        """When it was said that a server is away, and of which it was not yet said that it is back."""

    @property
    def there(self) -> list[Server]:
        """The servers that are not away."""
        now = asyncio.get_running_loop().time()
        return [server for server in self.servers if server.there(now)]

    @property
    def held(self) -> str:
        """The user's own limit, in words, where requests wait for nothing else; "" otherwise. For another thread."""
        if not self._queue or self._taken >= self._most:
            return ""
        asked = [server for server in self.servers if server.there(self._looked)]
        held = [server for server in asked if server.has_room and server.pace.next > self._looked]
        return held[0].pace.words if held and len(held) == len(asked) else ""

    def reachable(self, tries: Tries | None) -> bool:
        """Whether a server is there that a request may go to soon."""
        soon = asyncio.get_running_loop().time() + SOON
        return any(not tries or tries.not_before.get(server, 0.0) <= soon for server in self.there)

    async def turn(self, size: int, tries: Tries | None = None) -> Turn | None:
        """A slot; None if `release` came first. tries: what the request has met before."""
        loop = asyncio.get_running_loop()
        if not self._queue and self._taken < self._most:
            now = loop.time()
            server = self._pick(now, tries)
            if server:
                return self._begin(server, now, size)
        waiter = _Waiter(loop.create_future(), size, tries)
        (self._again if tries else self._queue).append(waiter)
        now, timers = loop.time(), []
        if tries:
            timers = [loop.call_at(at + _LATER, self._wake) for at in tries.not_before.values() if now < at < NEVER]
        if len(self._queue) + len(self._again) == 1:
            self._look_again(now)
        try:
            return await waiter.turn
        except asyncio.CancelledError:
            turn = waiter.turn.result() if waiter.turn.done() and not waiter.turn.cancelled() else None
            if turn:
                self.give_back(turn, Outcome.NONE)
            raise
        finally:
            for timer in timers:
                timer.cancel()

    def give_back(self, turn: Turn, outcome: Outcome, verdict: Verdict | None = None, reply: bytes = b"") -> None:
        """The request is over: what came of it. reply: its body, where there was one."""
        now = asyncio.get_running_loop().time()
        server = turn.server
        server.slots.leave(turn.taken)
        self._taken -= 1
        server.hear(outcome, turn.taken, self._wanted, verdict.retry_after if verdict else None, now)
        if server.pace.counts_tokens:
            server.pace.settle(now, turn.set_aside, turn.size, reply)
        doubted = outcome is Outcome.DOUBTED and len(self.servers) > 1
        if outcome in (Outcome.ANSWERED, Outcome.REFUSED) or (outcome is Outcome.DOUBTED and not doubted):
            if server.breaker.answered():
                self._is_back(server, turn.half_open)
        elif turn.half_open:
            server.breaker.wait(now)
        elif outcome is not Outcome.NONE and not doubted:
            self._has_failed(server, outcome, verdict.reason if verdict else "", now)
        if outcome is Outcome.REFUSED and not server.there(now):
            self._release(self._again)  # to look whether anything can still be hoped for
        self._wake()

    def believe(self, server: Server) -> None:
        """What it refused is the request's fault: it is there."""
        if server.breaker.answered():
            self._is_back(server, True)
            self._wake()

    def contradict(self, server: Server, reason: str) -> None:
        """Another server did what it had refused."""
        self._has_failed(server, Outcome.FAILED, reason, asyncio.get_running_loop().time())

    def leave_out(self, server: Server, reason: str) -> bool:
        """Ask it nothing any more; False where it is the last one."""
        if not server.left_out:
            if all(other.left_out for other in self.servers if other is not server):
                return False
            server.left_out = True
            self._release(self._again)
            self._say(f"{reason}. It is left out: the other servers do its work")
        return True

    def release(self) -> None:
        """Let all that wait go without a turn, to look whether theirs is still wanted."""
        self._release(self._queue)
        self._release(self._again)

    async def close(self) -> None:
        """Let go of the connections."""
        if self._timer:
            self._timer.cancel()
        for server in self.servers:
            await server.transport.close()

    @property
    def _wanted(self) -> bool:
        return bool(self._queue or self._again)

    def _pick(self, now: float, tries: Tries | None) -> Server | None:
        """The least busy of the servers that may be asked now."""
        best, least = None, float("inf")
        for server in self.servers:
            if server.has_room and server.not_before <= now:
                busy = server.slots.taken
                if tries:
                    if tries.not_before.get(server, 0.0) > now:
                        continue
                    busy += _FAR if server is tries.last else 0
                if busy < least:
                    best, least = server, busy
        return best

    def _begin(self, server: Server, now: float, size: int) -> Turn:
        half_open = server.breaker.open
        if half_open:
            server.breaker.probe(now)
        self._taken += 1
        return Turn(server, size, server.slots.take(), half_open, server.pace.take(now, size))

    def _wake(self) -> None:
        """Give out what is free, the oldest first."""
        if not self._wanted:
            return
        now = asyncio.get_running_loop().time()
        if self._again and self._taken < self._most and self._pick(now, None):
            waiting, self._again = self._again, deque()
            self._again.extend(waiter for waiter in waiting if not self._serve(waiter, now))
        while self._queue and self._taken < self._most and self._serve(self._queue[0], now):
            self._queue.popleft()
        if self._wanted:
            self._look_again(now)

    def _serve(self, waiter: _Waiter, now: float) -> bool:
        """Whether that is one waiter less."""
        if not waiter.turn.done():
            server = self._pick(now, waiter.tries) if self._taken < self._most else None
            if not server:
                return False
            waiter.turn.set_result(self._begin(server, now, waiter.size))
        return True

    def _release(self, queue: deque[_Waiter]) -> None:
        while queue:
            waiter = queue.popleft()
            if not waiter.turn.done():
                waiter.turn.set_result(None)

    def _look_again(self, now: float) -> None:
        """Set the clock for the moment when a server may be asked that may not be now, or gets more."""
        self._looked = now
        soonest = NEVER
        for server in self.servers:
            if server.not_before > now:
                soonest = min(soonest, server.not_before)
            elif server.patient and server.slots.watched:
                server.full_since = server.full_since or now
                soonest = min(soonest, server.full_since + server.patient)
        if self._timer and self._timer.when() > soonest:
            self._timer.cancel()
            self._timer = None
        if not self._timer and soonest < NEVER:
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
                if self._wanted and on_time:
                    server.slots.unopposed(server.nearby)
        self._wake()

    def _is_back(self, server: Server, by_probe: bool) -> None:
        if by_probe:
            server.slots = server.slots.anew()
        if server in self._away:
            self._away.remove(server)
            self._say(f"{server.base_url} answers again")

    def _has_failed(self, server: Server, outcome: Outcome, reason: str, now: float) -> None:
        others = any(other.there(now) for other in self.servers if other is not server)
        went = server.breaker.failed(now, outcome is Outcome.GONE, server.slots.taken, others)
        if went:
            self._release(self._again)
        if went and not others:
            self._release(self._queue)
        elif went and now - self._told.get(server.base_url, -_QUIET) >= _QUIET:
            self._told[server.base_url] = now
            self._away.add(server)
            self._say(f"{server.base_url}: {reason}; the other servers do its work until it answers")
