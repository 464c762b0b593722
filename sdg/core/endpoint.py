"""The endpoint client: asks a model until there is an answer, a true failure, or no sense in going on.

All retrying of the project is here. A slot is never held while waiting; a busy server (429, 503, no connection) costs a
request no attempt; what came back is counted and checked; each answer is in the cache before it is used.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from typing import Any, TypeVar

from sdg.core.cache import Cache, request_key
from sdg.core.config import REHEARSAL_URL, Model
from sdg.core.errors import Interrupted, RecordFailed, Stop
from sdg.core.funnel import Funnel
from sdg.core.reply import Choice, Unreadable, parse_json, read_choices, read_usage
from sdg.core.slots import Slots
from sdg.core.stopping import Stopping, current_item
from sdg.core.transport import Http, NoReply, Rehearsal, Reply, Transport
from sdg.core.verdict import Meaning, Verdict, judge, words

__all__ = ["Choice", "Endpoint", "Unreadable"]

T = TypeVar("T")
_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0
_FIRST_CONTACT = 30.0
"""Seconds to wait for a server that has never answered in this run: more often a wrong address than a slow start."""


class Endpoint:
    """One model behind one address. `table`: the configuration's name for it."""

    def __init__(
        self,
        table: str,
        model: Model,
        *,
        sampling: dict[str, Any],
        concurrency: int,
        cache: Cache | None,
        funnel: Funnel,
        stopping: Stopping,
        say: Callable[[str], None],
    ) -> None:
        self.table, self.model, self.format, self.context = table, model.model, model.format, model.context
        self.rehearsal = model.rehearsal
        self.base_url = model.base_url
        self.waiting = ""
        self.options = model.sampling.merged(sampling)
        self._extra = model.extra
        self._key = model.key(table)
        self._patience = model.patience
        self._slots = Slots(concurrency)
        self._cache, self._funnel, self._stopping, self._say = cache, funnel, stopping, say
        self._transport: Transport = (
            Rehearsal()
            if model.base_url == REHEARSAL_URL
            else Http(model.base_url, self._key, model.timeout, concurrency)
        )
        self._gives_n = True
        self._refuses_all = False
        self._heard_at = time.monotonic()
        self._ever_heard = False
        self._outage_told = False

    async def chat(
        self, messages: list[dict[str, Any]], *, n: int = 1, first_sample: int = 0, **sampling: Any
    ) -> list[Choice]:
        """Exactly n answers, samples number first_sample and up, each from the cache or paid for.

        RecordFailed carries the answers there are in `choices`.
        """
        body = {"model": self.model, "messages": messages, **self.options, **self._extra}
        body |= {key: value for key, value in sampling.items() if value is not None}
        samples = range(first_sample, first_sample + n)
        keys = {sample: request_key("chat", body, sample) for sample in samples}
        answers = {sample: self._stored(keys[sample]) for sample in samples}
        missing = [sample for sample in samples if answers[sample] is None]
        try:
            while missing:
                batches = [missing] if self._gives_n else [[sample] for sample in missing]
                results = await asyncio.gather(
                    *(self._ask_choices(body, batch, keys) for batch in batches), return_exceptions=True
                )
                for batch, result in zip(batches, results, strict=True):
                    answers |= zip(batch, result if isinstance(result, list) else [], strict=False)
                _raise_worst(results)
                missing = [sample for sample in samples if answers[sample] is None]
        except RecordFailed as failed:
            failed.choices = [choice for choice in answers.values() if choice]
            raise
        return [choice for choice in answers.values() if choice]

    async def ask(self, text: str, *, sample: int = 0, **sampling: Any) -> Choice:
        """One user message, one answer."""
        [choice] = await self.chat([{"role": "user", "content": text}], first_sample=sample, **sampling)
        return choice

    async def post(self, path: str, body: dict[str, Any], check: Callable[[Any], T], *, root: bool = False) -> T:
        """Another JSON route, cached. `check` reads the reply or raises Unreadable, and then it is asked again.

        root: the path is relative to the server's root, not to base_url.
        """
        key = request_key(path, {**body, **self._extra}, 0)
        stored = self._cache.get(key) if self._cache else None
        if stored is not None:
            with suppress(Unreadable):  # stored when the model's answers were read in another way
                value = check(stored)
                self._funnel.cached += 1
                return value

        def read(reply: Reply) -> tuple[Any, T]:
            data = parse_json(reply.body)
            value = check(data)
            spent = read_usage(data)
            self._funnel.tokens_in += spent[0]
            self._funnel.tokens_out += spent[1]
            return data, value

        data, value = await self._send("POST", self._url(path, root), {**body, **self._extra}, 0, read)
        if self._cache:
            self._cache.put(key, data)
        return value

    async def try_post(self, path: str, body: dict[str, Any], *, root: bool = False) -> tuple[int, Any]:
        """(status, JSON or text) of one route, whatever it says: for finding out what a server can do. Not cached."""

        def read(reply: Reply) -> tuple[int, Any]:
            clean = self._clean(reply.body.decode("utf-8", "replace")).encode()
            try:
                return reply.status, parse_json(clean)
            except Unreadable:
                return reply.status, words(clean)

        return await self._send("POST", self._url(path, root), {**body, **self._extra}, 0, read, any_status=True)

    async def models(self) -> list[str]:
        """The ids that the server lists."""

        def read(reply: Reply) -> list[str]:
            data = parse_json(reply.body)
            if not isinstance(data, dict) or not isinstance(data.get("data"), list):
                raise Unreadable("no list of models")
            return [str(item["id"]) for item in data["data"] if isinstance(item, dict) and "id" in item]

        return await self._send("GET", "/models", None, 0, read)

    async def find_model(self) -> None:
        """Where the configuration names no model: take the only one that is served."""
        if self.model:
            return
        served = await self.models()
        if len(served) != 1:
            listed = ", ".join(served[:10]) or "none"
            raise Stop(f"[models.{self.table}] names no model; {self.base_url} serves {listed}: choose one", 2)
        self.model = served[0]

    async def close(self) -> None:
        """Let go of the connections."""
        await self._transport.close()

    async def _ask_choices(self, body: dict[str, Any], samples: list[int], keys: dict[int, bytes]) -> list[Choice]:
        """The answers of one call for these samples, in the cache already; fewer than asked for is possible."""
        n = len(samples)
        sent = {**body, "n": n} if n > 1 else body
        if body.get("seed") is not None:
            # Servers give the same text for the same seed: each sample needs its own.
            sent = {**sent, "seed": body["seed"] + samples[0]}
        try:
            choices = await self._send(
                "POST", "/chat/completions", sent, samples[0], lambda reply: read_choices(parse_json(reply.body), n)
            )
        except RecordFailed as failed:
            if n > 1 and failed.cause.startswith("refused with"):
                self._gives_n = False  # perhaps the server only takes n = 1; alone, a true fault shows again
                return []
            raise
        if n > 1 and len(choices) == 1 and choices[0].shared_by == 1:
            self._gives_n = False
        self._funnel.tokens_in += choices[0].prompt_tokens
        self._funnel.tokens_out += choices[0].completion_tokens
        if self._cache:
            for sample, choice in zip(samples, choices, strict=False):
                self._cache.put(keys[sample], asdict(choice))
        return choices

    async def _send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        sample: int,
        read: Callable[[Reply], T],
        any_status: bool = False,
    ) -> T:
        """Send until `read` is content; the one retry loop of the project."""
        attempts = pauses = 0
        while True:
            verdict, value = await self._try(method, path, body, sample, read, any_status)
            if value is not None:
                return value
            if verdict.meaning is Meaning.STOP:
                raise Stop(f"{self.base_url} ({self.model or self.table}) answers {self._clean(verdict.reason)}", 2)
            attempts += verdict.meaning is Meaning.AGAIN
            if verdict.meaning is Meaning.RECORD or attempts >= _ATTEMPTS:
                tries = f" (asked {attempts} times)" if attempts > 1 else ""
                raise RecordFailed(verdict.cause, self._clean(verdict.reason) + tries)
            self._funnel.retried[verdict.cause] += 1
            pauses += 1
            await self._pause(verdict, pauses)

    async def _try(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        sample: int,
        read: Callable[[Reply], T],
        any_status: bool,
    ) -> tuple[Verdict, T | None]:
        """One request in one slot."""
        item = current_item.get()
        async with self._slots:
            if self._refuses_all or (self._stopping.requested and (self._cache or not (item and item.anything))):
                raise Interrupted
            self._funnel.in_flight += 1
            self._funnel.calls += 1
            try:
                reply = await self._transport.send(method, path, body, sample)
            except NoReply as none:
                if not none.refused:
                    self._heard()
                meaning = Meaning.WAIT if none.refused else Meaning.AGAIN
                return Verdict(meaning, none.cause, f"{none.cause}: {none}"), None
            finally:
                self._funnel.in_flight -= 1
            verdict = judge(reply.status, reply.headers, reply.body)
            # Known before the slot is free, so that nobody asks once more what all will be refused.
            self._refuses_all |= verdict.meaning is Meaning.STOP and method == "POST" and not any_status
        self._slots.heard(refused=verdict.meaning is Meaning.WAIT)
        if verdict.meaning is not Meaning.WAIT:
            self._heard()
        if verdict.meaning is not Meaning.OK and not (any_status and verdict.meaning in (Meaning.STOP, Meaning.RECORD)):
            return verdict, None
        if item:
            item.anything = True
        try:
            return verdict, read(reply)
        except Unreadable as nonsense:
            final = nonsense.cause in ("cut off in reasoning", "content filter")
            return Verdict(Meaning.RECORD if final else Meaning.AGAIN, nonsense.cause, str(nonsense)), None

    async def _pause(self, verdict: Verdict, pauses: int) -> None:
        """Wait before the next try, no slot in hand; Stop when the server has been silent for too long."""
        delay = min(_LONGEST_PAUSE, 0.25 * 2 ** min(pauses, 10)) * random.uniform(0.5, 1.0)
        if verdict.retry_after is not None:
            delay = verdict.retry_after + random.uniform(0, 0.1 * min(verdict.retry_after, 10) + 0.05)
            self._heard_at = max(self._heard_at, time.monotonic() + verdict.retry_after)
        elif verdict.meaning is Meaning.WAIT:
            self._check_patience(verdict)
        if delay > 5:
            self.waiting = f"{self.table} waits {delay:.0f} s ({verdict.cause})"
        await self._stopping.sleep(delay)
        if self._stopping.requested and self._cache:
            raise Interrupted

    def _check_patience(self, verdict: Verdict) -> None:
        silent = time.monotonic() - self._heard_at
        patience = self._patience if self._ever_heard else min(self._patience, _FIRST_CONTACT)
        if silent > patience:
            raise Stop(f"{self.base_url} gave no answer for {silent:.0f} s ({self._clean(verdict.reason)})")
        if silent > 2 and not self._outage_told:
            self._outage_told = True
            self._say(f"{self.base_url}: {self._clean(verdict.reason)}; trying again for {patience:.0f} s")

    def _heard(self) -> None:
        self._heard_at = max(self._heard_at, time.monotonic())
        self._ever_heard = True
        self._outage_told = False
        self.waiting = ""

    def _stored(self, key: bytes) -> Choice | None:
        stored = self._cache.get(key) if self._cache else None
        if stored is None:
            return None
        self._funnel.cached += 1
        return Choice(**stored)

    def _url(self, path: str, root: bool) -> str:
        if root and self.base_url != REHEARSAL_URL:
            return self.base_url.rstrip("/").removesuffix("/v1") + path
        return path

    def _clean(self, text: str) -> str:
        """Servers repeat the key in their complaints; it must not reach a log or a record."""
        return text.replace(self._key, "***") if self._key else text


def _raise_worst(results: list[list[Choice] | BaseException]) -> None:
    """Raise what matters most among several calls' errors: the end of the run before a record's failure."""
    errors = [result for result in results if isinstance(result, BaseException)]
    order = (Stop, asyncio.CancelledError, Interrupted, RecordFailed)
    for kind in order:
        for error in errors:
            if isinstance(error, kind):
                raise error
    if errors:
        raise errors[0]
