"""What an endpoint sends by in a run in batches: replies that were fetched are read, other requests are collected.

A line whose request was collected is unfinished in this pass and worked on again in the next one. Questions that decide
how the run goes on (which models there are, how a reward model talks) are asked at once.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from sdg.core.batch.lines import Fetched
from sdg.core.config import Model
from sdg.core.errors import Interrupted, RecordFailed, Stop
from sdg.core.sender import Sender
from sdg.core.transport import Reply
from sdg.core.tries import understood
from sdg.core.verdict import Meaning, Verdict, judge, words

if TYPE_CHECKING:
    from sdg.core.batch.passes import Batch

T = TypeVar("T")
TRIES = 3
"""How often a request is put into a batch when what comes back is of no use, but might be the next time."""


class BatchSender(Sender):
    """A Sender whose requests go into batches once its stage is open. shared: the options of every Sender."""

    def __init__(self, batch: Batch, table: str, model: Model, **shared: Any) -> None:
        super().__init__(table, model, **shared)
        self._batch, self._model_table = batch, table
        self._server, self._address = model.cache_as or model.first_url, model.first_url
        self._who = f"{model.first_url} ({model.model or table})"

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
        """What was fetched, read. Interrupted: the request is collected; RecordFailed: no more good will come of it."""
        if not self._batch.collecting or body is None or any_status:
            return await super().send(method, path, body, read, sample=sample, root=root, any_status=any_status)
        await asyncio.sleep(0)  # nothing else here waits, and Ctrl-C must be heard
        if self._batch.stopping.requested:
            raise Interrupted
        folder = self._batch.folder
        request, n = key(self._server, path, body, sample or 0)
        fetched = folder.fetched(request, n)
        if fetched and fetched.settled:
            raise RecordFailed(fetched.cause, fetched.settled, refused=fetched.cause.startswith("refused with"))
        if fetched:
            verdict, value = _read(fetched, read)
            if value is not None:
                return value
            if verdict.meaning in (Meaning.STOP, Meaning.DENIED):
                folder.forget(fetched.status)
                raise Stop(f"{self._who} answers {self.clean(verdict.reason)}", 2)
            if verdict.meaning in (Meaning.RECORD, Meaning.REFUSED) or fetched.tries >= TRIES:
                tries = f" (asked {fetched.tries} times)" if fetched.tries > 1 else ""
                reason = self.clean(verdict.reason) + tries
                folder.settle(request, fetched.n, verdict.cause, reason)
                raise RecordFailed(verdict.cause, reason, refused=verdict.meaning is Meaning.REFUSED)
            self._batch.funnel.retried[verdict.cause] += 1
        folder.collect(request, n, self._model_table, self._address, path if root else f"/v1{path}", body)
        raise Interrupted


def key(server: str, path: str, body: bytes, sample: int) -> tuple[str, int]:
    """What a request is found under, and how many choices it asks for: those are not part of what it is."""
    asked: dict[str, Any] = orjson.loads(body)
    n = asked.pop("n", 1)
    whole = orjson.dumps([server, path, asked, sample], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(whole).hexdigest()[:40], n


def _read(fetched: Fetched, read: Callable[[Reply], T]) -> tuple[Verdict, T | None]:
    """What was fetched, read as what comes over a connection."""
    if not fetched.status:
        return Verdict(Meaning.AGAIN, fetched.cause, f"{fetched.cause}: {words(fetched.body)}"), None
    verdict = judge(fetched.status, {}, fetched.body)
    if verdict.meaning is not Meaning.OK:
        return verdict, None
    return understood(verdict, Reply(fetched.status, fetched.body), read, "")
