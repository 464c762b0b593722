"""One request to one endpoint until there is a reply worth reading, a true failure, or no sense in going on.

All retrying of the project is here. A slot is never held while waiting; a busy server (429, 503, no connection) costs
a request no attempt. What a reply says is the business of `read`; nothing is cached here.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sdg.core.config import REHEARSAL_URL, Model
from sdg.core.errors import Interrupted, RecordFailed, Stop
from sdg.core.funnel import Funnel
from sdg.core.reply import Unreadable
from sdg.core.slots import Slots
from sdg.core.stopping import Stopping, current_item
from sdg.core.transport import Http, NoReply, Rehearsal, Reply, Transport
from sdg.core.verdict import Meaning, Verdict, judge

T = TypeVar("T")
_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0
_FIRST_CONTACT = 20.0
"""Seconds to wait for a server that has never been there in this run."""
_LATE_TRIES = 3
"""Tries while the run is stopping, for an item that was paid for."""
_FRUITLESS_TRIES = 100
_FRUITLESS_SECONDS = 15.0
"""Failed tries in a row, of all requests together, and how long they last: then the server is at fault."""


class Sender:
    """Sends to one address with one key, at most `concurrency` requests at once.

    finish_paid: whether an item that has cost something is finished while the run stops; where a cache keeps what
    was paid for, nothing more is sent then.
    """

    def __init__(
        self,
        table: str,
        model: Model,
        *,
        concurrency: int,
        finish_paid: bool,
        funnel: Funnel,
        stopping: Stopping,
        say: Callable[[str], None],
    ) -> None:
        self.waiting = ""
        """Why nothing moves, for the progress line."""
        self.base_url = model.base_url
        self._name = f"{model.base_url} ({model.model or table})"
        self._table = table
        self._key = model.key(table)
        self._patience = model.patience
        self._finish_paid = finish_paid
        self._funnel, self._stopping, self._say = funnel, stopping, say
        self._slots = Slots(concurrency)
        self._transport: Transport = (
            Rehearsal()
            if self.base_url == REHEARSAL_URL
            else Http(self.base_url, self._key, model.timeout, concurrency)
        )
        self._refuses_all = False
        self._silent_since: float | None = None
        """When the first request was refused after the last one that was answered."""
        self._asked_to_wait = 0.0
        self._ever_heard = False
        self._fruitless = 0
        self._fruitless_since = 0.0
        """Failed tries since the last good reply, and when they began."""
        self._told = False

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
        while True:
            verdict, value = await self._try(method, path, body, read, sample, root, any_status)
            if value is not None:
                return value
            if verdict.meaning is Meaning.STOP:
                raise self._refused(verdict)
            if verdict.cause.startswith("refused with"):
                self._check_fruitless(verdict)
            attempts += verdict.meaning is Meaning.AGAIN
            if verdict.meaning is Meaning.RECORD or attempts >= _ATTEMPTS:
                tries = f" (asked {attempts} times)" if attempts > 1 else ""
                raise RecordFailed(verdict.cause, self.clean(verdict.reason) + tries)
            self._funnel.retried[verdict.cause] += 1
            pauses += 1
            late += self._stopping.requested
            if late > (
                1 if verdict.cause == "no connection" else _LATE_TRIES
            ):  # a server that has gone is not waited for
                raise Interrupted
            await self._pause(verdict, pauses)

    def clean(self, text: str) -> str:
        """Servers repeat the key in their complaints; it must not reach a log or a record."""
        return text.replace(self._key, "***") if self._key else text

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    async def _try(
        self,
        method: str,
        path: str,
        body: bytes | None,
        read: Callable[[Reply], T],
        sample: int | None,
        root: bool,
        any_status: bool,
    ) -> tuple[Verdict, T | None]:
        """One request in one slot."""
        item = current_item.get()
        async with self._slots:
            worth_it = self._finish_paid and item is not None and item.anything
            if self._refuses_all or (self._stopping.requested and not worth_it):
                raise Interrupted
            self._funnel.in_flight += 1
            self._funnel.calls += 1
            try:
                reply = await self._transport.send(method, path, body, sample=sample, root=root)
            except NoReply as none:
                meaning = Meaning.WAIT if none.refused else Meaning.AGAIN
                return Verdict(meaning, none.cause, f"{none.cause}: {none}"), None
            finally:
                self._funnel.in_flight -= 1
            verdict = judge(reply.status, reply.headers, reply.body)
            # Known before the slot is free, so that nobody asks once more what all will be refused.
            if verdict.meaning is Meaning.STOP and method == "POST" and not any_status:
                self._refuses_all = True
                self._stopping.softly(str(self._refused(verdict)), 2)
        self._slots.heard(refused=verdict.meaning is Meaning.WAIT)
        if verdict.meaning in (Meaning.OK, Meaning.RECORD):
            self._heard(good=not verdict.cause.startswith("refused with"))
        if verdict.meaning is not Meaning.OK and not (any_status and verdict.meaning in (Meaning.STOP, Meaning.RECORD)):
            return verdict, None
        if item:
            item.anything = True
        try:
            return verdict, read(reply)
        except Unreadable as nonsense:
            meaning = Meaning.RECORD if nonsense.final else Meaning.AGAIN
            return Verdict(meaning, nonsense.cause, str(nonsense)), None

    async def _pause(self, verdict: Verdict, pauses: int) -> None:
        """Wait before the next try, no slot in hand; Stop when the server has given nothing for too long."""
        delay = min(_LONGEST_PAUSE, 0.25 * 2 ** min(pauses, 10)) * random.uniform(0.5, 1.0)
        if verdict.retry_after is not None:
            delay = verdict.retry_after + random.uniform(0, 0.1 * min(verdict.retry_after, 10) + 0.05)
            self._asked_to_wait = max(self._asked_to_wait, verdict.retry_after)
        if verdict.meaning is Meaning.WAIT:
            self._check_patience(verdict, delay)
        else:
            self._check_fruitless(verdict)
        if delay > 5:
            self.waiting = f"{self._table} waits {delay:.0f} s ({verdict.cause})"
        if self._stopping.requested:
            await asyncio.sleep(min(delay, _LONGEST_PAUSE))
        else:
            await self._stopping.sleep(delay)

    def _check_patience(self, verdict: Verdict, delay: float) -> None:
        now = time.monotonic()
        self._silent_since = now if self._silent_since is None else self._silent_since
        silent = now - self._silent_since
        # Where nobody listens, and never did, the address is more likely wrong than the server slow to start.
        unheard = verdict.cause == "no connection" and not self._ever_heard
        patience = min(self._patience, _FIRST_CONTACT) if unheard else self._patience
        if silent > patience + self._asked_to_wait:
            silence = f"{self.base_url} gave no answer for {silent:.0f} s ({self.clean(verdict.reason)})"
            check = "check base_url and that the server is running, then run" if unheard else "run"
            raise Stop(silence, advice=f"{check} the same command again to go on".capitalize())
        if (silent > 2 or delay > 5) and not self._told:
            self._told = True
            wait = f"asks to wait {delay:.0f} s" if verdict.retry_after else f"trying again for {patience:.0f} s"
            self._say(f"{self._funnel.name}: {self.base_url}: {self.clean(verdict.reason)}; {wait}")

    def _check_fruitless(self, verdict: Verdict) -> None:
        """A dead server behind a gateway, one that talks nonsense or refuses all must not use up the whole input."""
        now = time.monotonic()
        self._fruitless_since = self._fruitless_since if self._fruitless else now
        self._fruitless += 1
        # With many requests in flight a moment's trouble fails many of them: that passes. A plain refusal does not.
        lasting = verdict.meaning is Meaning.RECORD or now - self._fruitless_since > _FRUITLESS_SECONDS
        if self._fruitless > _FRUITLESS_TRIES and lasting:
            nothing = f"{self.base_url} gave no good answer to {self._fruitless} requests in a row"
            raise Stop(f"{nothing} (last {self.clean(verdict.reason)})", advice="Run the same command again to go on")

    def _refused(self, verdict: Verdict) -> Stop:
        return Stop(f"{self._name} answers {self.clean(verdict.reason)}", 2)

    def _heard(self, good: bool) -> None:
        self._silent_since = None
        self._asked_to_wait = 0.0
        self._ever_heard = True
        self._fruitless = 0 if good else self._fruitless
        self._told = False
        self.waiting = ""
