"""One request to one model until there is a reply worth reading, a true failure, or no sense in going on.

All retrying of the project is here. A slot is never held while waiting; a busy server (429, 503, no connection) costs
a request no attempt. Which server is asked, and when, is pool.py's; what a reply says is the business of `read`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from sdg.core.budget import Budget, Used
from sdg.core.config import Model
from sdg.core.errors import Interrupted, RecordFailed, Stop
from sdg.core.funnel import Funnel
from sdg.core.patience import Patience
from sdg.core.pools import Pools
from sdg.core.server import LONGEST_PAUSE, Outcome, Server, Turn, backoff
from sdg.core.stopping import Stopping, current_item
from sdg.core.transport import NoReply, Reply
from sdg.core.tries import Tries, no_reply, outcome_of, understood
from sdg.core.verdict import FINAL, Meaning, Verdict, judge

T = TypeVar("T")
_ATTEMPTS = 6
_LATE_TRIES = 3
"""Tries while the run is stopping, for an item that was paid for."""
_DENIALS = 3
"""Requests in a row that a server denies: then it denies all."""


class Sender:
    """Sends to the servers of one model with one key.

    finish_paid: whether an item that has cost something is finished while the run stops; where a cache keeps what
    was paid for, nothing more is sent then.
    """

    def __init__(
        self,
        table: str,
        model: Model,
        *,
        pools: Pools,
        finish_paid: bool,
        funnel: Funnel,
        stopping: Stopping,
        budget: Budget,
        used: Used,
        say: Callable[[str], None],
    ) -> None:
        self._table, self._model = table, model.model
        self._key = model.key(table)
        self._finish_paid = finish_paid
        self._funnel, self._stopping = funnel, stopping
        self._budget, self._used = budget, used
        self._pool = pools.of(model, self._key)
        self._patience = Patience(table, model.patience, self._pool, lambda words: say(f"{funnel.name}: {words}"))

    @property
    def waiting(self) -> str:
        """Why nothing moves, for the progress line; "" if it does."""
        return self._patience.waiting or self._pool.held

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        read: Callable[[Reply], T],
        *,
        sample: int | None = None,
        root: bool = False,
        any_status: bool = False,
    ) -> T:
        """Send until `read` is content: the one retry loop of the project.

        read: raises Unreadable for a reply that should be asked for again. any_status: it is also shown refusals.
        Raises RecordFailed for this request, Stop where every request would fail, Interrupted while stopping.
        """
        tries: Tries | None = None
        lasting = method == "POST"
        while True:
            turn = await self._turn(len(body or b""), tries, lasting)
            verdict, value = await self._try(turn, method, path, body, read, sample, root, any_status)
            if value is not None:
                if lasting and verdict.meaning is Meaning.OK:
                    self._did(turn.server, tries)
                return value
            tries = tries or Tries()
            tries.last = turn.server
            if verdict.meaning in FINAL:
                tries.refused(turn.server, verdict)
                self._settle(tries, lasting)
            tries.attempts += verdict.meaning is Meaning.AGAIN
            if tries.attempts >= _ATTEMPTS:
                raise RecordFailed(verdict.cause, f"{verdict.reason} (asked {tries.attempts} times)")
            self._funnel.retried[verdict.cause] += 1
            tries.late += self._stopping.requested
            if tries.late > _LATE_TRIES:
                raise Interrupted
            if verdict.meaning not in FINAL:
                await self._pause(tries, turn.server, verdict)

    def clean(self, text: str) -> str:
        """Servers repeat the key in their complaints; it must not reach a log or a record."""
        return text.replace(self._key, "***") if self._key else text

    async def _turn(self, size: int, tries: Tries | None, lasting: bool) -> Turn:
        """A slot at a server."""
        while True:
            self._check_wanted(tries)
            if self._stopping.requested:
                try:
                    async with asyncio.timeout(LONGEST_PAUSE):
                        turn = await self._pool.turn(size, tries)
                except TimeoutError:
                    raise Interrupted from None
            else:
                turn = await self._pool.turn(size, tries)
            if turn:
                return turn
            if tries and tries.said:
                self._settle(tries, lasting)

    def _check_wanted(self, tries: Tries | None = None) -> None:
        """Interrupted where the run stops, unless the item has cost something and there is a server to finish it."""
        if self._stopping.requested:
            item = current_item.get()
            if not (self._finish_paid and item and item.anything and self._pool.reachable(tries)):
                raise Interrupted

    async def _try(
        self,
        turn: Turn,
        method: str,
        path: str,
        body: bytes | None,
        read: Callable[[Reply], T],
        sample: int | None,
        root: bool,
        any_status: bool,
    ) -> tuple[Verdict, T | None]:
        """One request in one slot, which is given back when all is known that the next one there must know."""
        outcome, verdict, value, got = Outcome.NONE, Verdict(Meaning.AGAIN), None, b""
        try:
            reply = await self._ask(turn, method, path, body, sample, root)
            got = reply.body
            # What a refusal says is cut short: the key must be gone before, or a part of it would stay.
            said = got.replace(self._key.encode(), b"***") if self._key and reply.status >= 300 else got
            verdict = judge(reply.status, reply.headers, said)
            if verdict.meaning is Meaning.OK or (any_status and verdict.meaning in FINAL):
                verdict, value = understood(verdict, reply, read, self._key)
            outcome = Outcome.ANSWERED if value is not None else outcome_of(verdict)
        except NoReply as none:
            verdict, outcome = no_reply(none)
        finally:
            verdict.reason = self.clean(verdict.reason)
            if verdict.meaning in (Meaning.STOP, Meaning.DENIED) and method == "POST" and not any_status:
                self._denied(turn.server, verdict)
            self._pool.give_back(turn, outcome, verdict, got)
        if outcome in (Outcome.ANSWERED, Outcome.DOUBTED) and verdict.meaning is not Meaning.STOP:
            self._patience.answered(good=verdict.meaning in (Meaning.OK, Meaning.RECORD))
        return verdict, value

    async def _ask(
        self, turn: Turn, method: str, path: str, body: bytes | None, sample: int | None, root: bool
    ) -> Reply:
        """What the server says, whatever it is."""
        self._check_wanted()
        if turn.half_open:
            self._patience.stop_if_silent()
        began = self._budget.begin(self._used)
        try:
            return await turn.server.transport.send(method, path, body, sample=sample, root=root)
        finally:
            self._budget.end(self._used, began)

    def _denied(self, server: Server, verdict: Verdict) -> None:
        """Where a server will deny all requests the others go on without it, or the run stops."""
        if verdict.meaning is Meaning.DENIED:
            server.denials += 1
            others = any(other is not server for other in self._pool.there)
            if server.denials < _DENIALS and (server.heard or others):
                return
            verdict.meaning = Meaning.STOP
        refused = self._refused(server, verdict)
        if not self._pool.leave_out(server, str(refused)):
            self._stopping.softly(refused.whole, 2)

    def _did(self, server: Server, tries: Tries | None) -> None:
        """A server did what it was asked to: others that refused the same were wrong."""
        server.heard, server.denials = True, 0
        for other, verdict in tries.said.items() if tries else ():
            if verdict.meaning is Meaning.DENIED:
                self._pool.leave_out(other, str(self._refused(other, verdict)))
            elif verdict.meaning is not Meaning.STOP:
                self._pool.contradict(other, verdict.reason)

    def _settle(self, tries: Tries, lasting: bool) -> None:
        """Raise what was said of a request, unless a server is there that may say otherwise.

        lasting: a server that refuses all requests is left out, and asked about none of the next ones.
        """
        server, verdict = tries.worst
        if verdict.meaning is Meaning.STOP and lasting:
            if server.left_out:
                return
            raise self._refused(server, verdict)
        if not tries.agreed and self._pool.reachable(tries):
            return
        if verdict.meaning in (Meaning.STOP, Meaning.DENIED) and not lasting:
            raise self._refused(server, verdict)
        for other in tries.said:
            self._pool.believe(other)
        if verdict.meaning is Meaning.REFUSED:
            self._patience.failed(server, verdict)
        asked = f" (asked {tries.attempts} times)" if tries.attempts > 1 else ""
        raise RecordFailed(verdict.cause, verdict.reason + asked, refused=verdict.meaning is Meaning.REFUSED)

    async def _pause(self, tries: Tries, server: Server, verdict: Verdict) -> None:
        """Before the next try. No slot in hand; Stop when there was no answer for too long."""
        tries.pauses += 1
        delay = backoff(tries.pauses) * random.uniform(0.5, 1.0)
        if verdict.retry_after:  # 0 is no time: asked at once, again and again, a server that is full stays so
            delay = verdict.retry_after + random.uniform(0.0, 0.05 * min(verdict.retry_after, 10) + 0.02)
        if server.breaker.open:
            tries.not_before.pop(server, None)
        else:
            tries.not_before[server] = asyncio.get_running_loop().time() + delay
        self._check_wanted(tries)
        if verdict.meaning is Meaning.WAIT:
            self._patience.busy(server, verdict, delay)
        else:
            self._patience.failed(server, verdict)
        if server.breaker.open or len(self._pool.servers) > 1 or self._stopping.requested:
            return  # another server is asked, or this one when it may be: the queue knows when
        await self._stopping.sleep(delay)
        if not self._stopping.requested:
            tries.not_before.clear()

    def _refused(self, server: Server, verdict: Verdict) -> Stop:
        who = f"{server.base_url} ({self._model or self._table})"
        if verdict.cause == "certificate not trusted":
            return Stop(f"{who}: {verdict.reason}", 2, "SSL_CERT_FILE names the authorities that are trusted")
        return Stop(f"{who} answers {verdict.reason}", 2)
