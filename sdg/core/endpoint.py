"""The endpoint client: what a stage may ask of one model. Choices are counted and topped up, answers are cached.

How a request is sent, and sent again, is in sender.py; how a completion is read in reply.py.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from sdg.core.answers import Answers
from sdg.core.budget import Budget
from sdg.core.cache import canonical, request_key
from sdg.core.config import Model
from sdg.core.errors import RecordFailed, Stop, raise_worst
from sdg.core.funnel import Funnel
from sdg.core.pools import Pools
from sdg.core.reply import Choice, Unreadable, parse_json, read_choices, read_usage
from sdg.core.sender import Sender
from sdg.core.stopping import Stopping
from sdg.core.together import together
from sdg.core.transport import Reply
from sdg.core.verdict import words
from sdg.record import is_made_up

if TYPE_CHECKING:
    from sdg.core.batch.passes import Batch

__all__ = ["Choice", "Endpoint", "Unreadable"]

T = TypeVar("T")


class Endpoint:
    """One model, behind one address or several. `table`: the configuration's name for it."""

    def __init__(
        self,
        table: str,
        model: Model,
        *,
        sampling: dict[str, Any],
        pools: Pools,
        answers: Answers,
        funnel: Funnel,
        stopping: Stopping,
        say: Callable[[str], None],
        budget: Budget | None = None,
        batch: Batch | None = None,
    ) -> None:
        self.table, self.model, self.format, self.context = table, model.model, model.format, model.context
        self.rehearsal = model.rehearsal
        self.base_url = model.first_url
        self.options = model.sampling.merged(sampling)
        self._extra = model.extra
        self._servers = [model.cache_as] if model.cache_as else model.base_urls
        self._answers, self._funnel = answers, funnel
        budget = budget or Budget(funnel, stopping)
        self.used = budget.of(table, model)
        self._in_batches = batch is not None
        self._sender = (batch.sender if batch else Sender)(
            table,
            model,
            pools=pools,
            finish_paid=not answers.kept,
            funnel=funnel,
            stopping=stopping,
            budget=budget,
            used=self.used,
            say=say,
        )
        self._single_replies = 0
        """Replies in a row that had one choice where more were asked for."""

    @property
    def settings(self) -> dict[str, Any]:
        """What decides its answers, for the settings of an output file."""
        return {"model": self.model, **self.options, **self._extra}

    @property
    def waiting(self) -> str:
        """Why nothing moves, for the progress line; "" if it does."""
        return self._sender.waiting

    async def chat(
        self, messages: list[dict[str, Any]], *, n: int = 1, first_sample: int = 0, **sampling: Any
    ) -> list[Choice]:
        """Exactly n answers, samples number first_sample and up, each from the cache or paid for.

        RecordFailed carries the answers there are in `choices`.
        """
        body = {"model": self.model, "messages": messages, **self.options, **self._extra}
        body |= {key: value for key, value in sampling.items() if value is not None}
        whole = canonical(body)
        answers: dict[int, Choice | None] = dict.fromkeys(range(first_sample, first_sample + n))
        keys = {sample: request_key(self._servers[0], "chat", whole, sample) for sample in answers}
        one_by_one = self._single_replies > 1 and not self._in_batches
        try:
            while missing := await self._missing(answers, keys, whole):
                groups = [[sample] for sample in missing] if one_by_one else [missing]
                with self._answers.asking([keys[sample] for sample in missing]):
                    results = await together([self._ask_choices(body, group, keys) for group in groups])
                    for group, result in zip(groups, results, strict=True):
                        answers |= zip(group, result if isinstance(result, list) else [], strict=False)
                    if len(missing) == 1 or one_by_one or not _refused(results[0]):
                        raise_worst(results)
                    else:
                        one_by_one = True  # perhaps the server only takes n = 1; alone, a true fault shows again
            if one_by_one:
                self._single_replies = 2
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
        body = {**body, **self._extra}
        whole, sent = canonical(body), orjson.dumps(body)
        key = request_key(self._servers[0], path, whole, 0)
        await self._answers.wait_for([key])
        stored = self._get(key, path, whole, 0)
        if stored is not None:
            with suppress(Unreadable):  # stored when the model's answers were read in another way
                value = check(stored)
                self._funnel.cached += 1
                return value

        def read(reply: Reply) -> tuple[Any, T]:
            data = self._paid(sent, reply)
            return data, check(data)

        with self._answers.asking([key]):
            data, value = await self._sender.send("POST", path, sent, read, root=root)
            self._answers.put(key, data)
        return value

    async def try_post(self, path: str, body: dict[str, Any], *, root: bool = False) -> tuple[int, Any]:
        """(status, JSON or text) of one route, whatever it says: for finding out what a server can do. Not cached."""

        def read(reply: Reply) -> tuple[int, Any]:
            clean = self._sender.clean(reply.body.decode("utf-8", "replace")).encode()
            try:
                return reply.status, parse_json(clean)
            except Unreadable:
                return reply.status, words(clean)

        sent = orjson.dumps({**body, **self._extra})
        return await self._sender.send("POST", path, sent, read, root=root, any_status=True)

    async def models(self) -> list[str]:
        """The ids that the server lists."""

        def read(reply: Reply) -> list[str]:
            data = parse_json(reply.body)
            if not isinstance(data, dict) or not isinstance(data.get("data"), list):
                raise Unreadable("no list of models")
            return [str(item["id"]) for item in data["data"] if isinstance(item, dict) and "id" in item]

        return await self._sender.send("GET", "/models", None, read)

    async def find_model(self) -> None:
        """Where the configuration names no model: take the only one that is served."""
        if self.model:
            return
        served = await self.models()
        if len(served) != 1:
            listed = ", ".join(served[:10]) or "none"
            raise Stop(f"[models.{self.table}] names no model; {self.base_url} serves {listed}: choose one", 2)
        self.model = served[0]
        self.rehearsal = self.rehearsal or is_made_up(self.model)

    async def _ask_choices(self, body: dict[str, Any], samples: list[int], keys: dict[int, bytes]) -> list[Choice]:
        """The answers of one call for these samples, in the cache already; fewer than asked for is possible."""
        n, seed = len(samples), body.get("seed")
        more = {"n": n} if n > 1 else {}
        if seed is not None:
            # Servers give the same text for the same seed: each sample needs its own.
            more["seed"] = seed + samples[0]
        sent = orjson.dumps(body | more if more else body)
        choices = await self._sender.send(
            "POST",
            "/chat/completions",
            sent,
            lambda reply: read_choices(self._paid(sent, reply), n),
            sample=samples[0] if self._in_batches or is_made_up(self.model) else None,
        )
        if n > 1:  # a server that gives one answer whatever it is asked does so twice in a row
            self._single_replies = self._single_replies + 1 if len(choices) == choices[0].shared_by == 1 else 0
        for sample, choice in zip(samples, choices, strict=False):
            self._answers.put(keys[sample], choice)
        return choices

    def _paid(self, sent: bytes, reply: Reply) -> Any:
        """A reply's JSON, with its tokens counted: it has cost them, whatever it is worth."""
        try:
            data = parse_json(reply.body)
        except Unreadable:
            self.used.took((0, 0), 1, len(sent), len(reply.body))
            raise
        tokens = read_usage(data)
        self._funnel.tokens_in += tokens[0]
        self._funnel.tokens_out += tokens[1]
        choices = data.get("choices") if isinstance(data, dict) else None
        self.used.took(tokens, len(choices) if isinstance(choices, list) else 1, len(sent), len(reply.body))
        return data

    async def _missing(self, answers: dict[int, Choice | None], keys: dict[int, bytes], whole: bytes) -> list[int]:
        """Look for the answers that are not there; the samples that have to be asked for, by nobody else now."""
        await self._answers.wait_for([keys[sample] for sample, answer in answers.items() if answer is None])
        for sample, answer in answers.items():
            stored = None if answer else self._get(keys[sample], "chat", whole, sample)
            if stored is not None:
                self._funnel.cached += 1
                answers[sample] = Choice(**stored)
        return [sample for sample, answer in answers.items() if answer is None]

    def _get(self, key: bytes, path: str, whole: bytes, sample: int) -> Any:
        """What is stored, also under a further address of the model: their order may have been another one once."""
        stored = self._answers.get(key)
        for server in self._servers[1:] if stored is None else []:
            stored = stored or self._answers.get(request_key(server, path, whole, sample))
        return stored


def _refused(result: object) -> bool:
    """Whether the server refused the request as such (400, 422), for another reason than its length."""
    return isinstance(result, RecordFailed) and result.refused
