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
from sdg.core.pool import Turn
from sdg.core.pools import Pools
from sdg.core.reply import Unreadable
from sdg.core.server import Outcome, Server
from sdg.core.stopping import Stopping, current_item
from sdg.core.transport import NoReply, Reply
from sdg.core.verdict import Meaning, Verdict, judge

T = TypeVar("T")
_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0
_LATE_TRIES = 3
"""Tries while the run is stopping, for an item that was paid for."""
_TOO_LATE = ("timeout", "408", "504")
"""Causes that tell of a server, or a proxy before it, that has no time."""


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
        return self._patience.waiting

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
        attempts = pauses = late = 0
        failed_at: Server | None = None
        while True:
            turn = await self._turn(len(body or b""), failed_at)
            verdict, value = await self._try(turn, method, path, body, read, sample, root, any_status)
            if value is not None:
                return value
            failed_at = turn.server
            if verdict.meaning is Meaning.STOP:
                if failed_at.left_out:
                    continue
                raise self._refused(failed_at, verdict)
            if verdict.cause.startswith("refused with"):
                self._patience.failed(failed_at, verdict)
            attempts += verdict.meaning is Meaning.AGAIN
            if verdict.meaning is Meaning.RECORD or attempts >= _ATTEMPTS:
                tries = f" (asked {attempts} times)" if attempts > 1 else ""
                raise RecordFailed(verdict.cause, verdict.reason + tries)
            self._funnel.retried[verdict.cause] += 1
            pauses += 1
            late += self._stopping.requested
            if late > _LATE_TRIES:
                raise Interrupted
            await self._pause(failed_at, verdict, pauses)

    def clean(self, text: str) -> str:
        """Servers repeat the key in their complaints; it must not reach a log or a record."""
        return text.replace(self._key, "***") if self._key else text

    async def _turn(self, size: int, avoid: Server | None) -> Turn:
        """A slot at a server."""
        while True:
            self._check_wanted()
            turn = await self._pool.turn(size, avoid)
            if turn:
                return turn

    def _check_wanted(self) -> None:
        """Interrupted where the run stops, unless the item has cost something and there is a server to finish it."""
        if self._stopping.requested:
            item = current_item.get()
            if not (self._finish_paid and item and item.anything and self._pool.there):
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
            reply = await self._ask(turn.server, method, path, body, sample, root)
            got = reply.body
            verdict = judge(reply.status, reply.headers, reply.body)
            if verdict.meaning is Meaning.OK or (any_status and verdict.meaning in (Meaning.STOP, Meaning.RECORD)):
                verdict, value = _understood(verdict, reply, read)
            outcome = _outcome(verdict)
        except NoReply as none:
            outcome = Outcome.GONE if none.refused else Outcome.LATE if none.cause in _TOO_LATE else Outcome.FAILED
            meaning = Meaning.WAIT if none.refused else Meaning.AGAIN
            verdict = Verdict(meaning, none.cause, f"{none.cause}: {none}")
        finally:
            verdict.reason = self.clean(verdict.reason)
            if verdict.meaning is Meaning.STOP and not any_status:
                self._give_up(turn.server, verdict, every_request=method == "POST")
            self._pool.give_back(turn, outcome, verdict, got)
        if outcome is Outcome.ANSWERED and verdict.meaning is not Meaning.STOP:
            self._patience.answered(good=not verdict.cause.startswith("refused with"))
        return verdict, value

    async def _ask(
        self, server: Server, method: str, path: str, body: bytes | None, sample: int | None, root: bool
    ) -> Reply:
        """What the server says, whatever it is."""
        self._check_wanted()
        began = self._budget.begin(self._used)
        try:
            return await server.transport.send(method, path, body, sample=sample, root=root)
        finally:
            self._budget.end(self._used, began)

    def _give_up(self, server: Server, verdict: Verdict, every_request: bool) -> None:
        """The server will refuse all that is like this: the others go on without it, or the run stops."""
        refused = self._refused(server, verdict)
        if not self._pool.leave_out(server, str(refused)) and every_request:
            self._stopping.softly(str(refused), 2)

    async def _pause(self, server: Server, verdict: Verdict, pauses: int) -> None:
        """Wait before the next try, no slot in hand; Stop when there was no answer for too long."""
        delay = min(_LONGEST_PAUSE, 0.25 * 2 ** min(pauses, 10)) * random.uniform(0.5, 1.0)
        if verdict.retry_after:  # 0 is no time: asked at once, again and again, a server that is full stays so
            delay = verdict.retry_after + random.uniform(0.0, 0.05 * min(verdict.retry_after, 10) + 0.02)
        if verdict.meaning is Meaning.WAIT:
            self._patience.busy(server, verdict, delay)
        else:
            self._patience.failed(server, verdict)
        others = [other for other in self._pool.there if other is not server]
        if (server.breaker.open and (others or verdict.meaning is Meaning.WAIT)) or (others and pauses == 1):
            return  # another server is asked at once; where there is none, the queue waits until this one answers
        if self._stopping.requested:
            await asyncio.sleep(min(delay, _LONGEST_PAUSE))
        else:
            await self._stopping.sleep(delay)

    def _refused(self, server: Server, verdict: Verdict) -> Stop:
        return Stop(f"{server.base_url} ({self._model or self._table}) answers {verdict.reason}", 2)


def _understood(verdict: Verdict, reply: Reply, read: Callable[[Reply], T]) -> tuple[Verdict, T | None]:
    """What `read` makes of a reply: a value, or a verdict that says why there is none."""
    item = current_item.get()
    if item:
        item.anything = True
    try:
        return verdict, read(reply)
    except Unreadable as nonsense:
        meaning = Meaning.RECORD if nonsense.final else Meaning.AGAIN
        return Verdict(meaning, nonsense.cause, str(nonsense)), None


def _outcome(verdict: Verdict) -> Outcome:
    """What a reply tells about the server."""
    if verdict.meaning is Meaning.WAIT:
        return Outcome.REFUSED
    if verdict.meaning is Meaning.AGAIN:
        return Outcome.LATE if verdict.cause in _TOO_LATE else Outcome.FAILED
    return Outcome.ANSWERED
