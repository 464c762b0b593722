"""`sdg respond`: K responses to each prompt, spread over the models given. Judges nothing.

The line gains `responses`: [{messages, model, finish_reason, truncated, reasoning, system, persona, user_model, ended,
usage, rehearsal}]. Responses that it has already stay in front of the new ones. With --turns a response is a dialogue:
see dialogue.py.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from sdg.core.endpoint import Endpoint
from sdg.core.errors import BadLine, RecordFailed, UsageError, raise_worst
from sdg.core.jsonl import Line
from sdg.core.responses import asked_under, refuse_pair, system_over
from sdg.core.run import Run
from sdg.core.stage import Kept, LineStage, Outcome, Sampled
from sdg.core.together import together
from sdg.respond.written import written

if TYPE_CHECKING:
    from sdg.respond.dialogue import Dialogues

_SHOWN = 4
"""Reasons of dialogues that ended early that are told at the end."""


class Respond(LineStage, Sampled):
    """The options of `sdg respond`. model: names with commas between; the K responses go round them.

    turns: answers in a response; 1 is no dialogue. personas: a file; None: the list that ships. user_model: "" for the
    model that answers.
    """

    name: ClassVar[str] = "respond"
    measured_by: ClassVar[tuple[str, ...]] = ("turns",)

    n: int = Field(1, ge=1)
    model: str = "instruct"
    seed: int | None = None
    system: str = ""
    turns: int = Field(1, ge=1)
    personas: str | None = None
    user_model: str = ""
    _endpoints: list[Endpoint] = PrivateAttr(default_factory=list)
    _dialogues: Dialogues | None = PrivateAttr(None)
    _made: int = PrivateAttr(0)
    _ended: Counter[str] = PrivateAttr(default_factory=Counter)

    async def open(self, run: Run) -> None:
        names = self.models
        if not names:
            raise UsageError("--model is empty: give one or more names with commas between")
        sampling = {**self.sampling, "seed": self.seed}
        if self.turns == 1 and (self.personas is not None or self.user_model):
            raise UsageError("--personas and --user-model are for dialogues: give --turns 2 or more as well")
        if self.turns > 1 and run.options.batch:
            raise UsageError("--batch is for single answers: each turn of a dialogue would take a batch. Use --turns 1")
        # In a dialogue one model may answer and play the user with other sampling: the options go with the call.
        options = sampling if self.turns == 1 else {}
        self._endpoints = [run.endpoint(name, **options) for name in names]
        for endpoint in self._endpoints:
            await endpoint.find_model()
            if self.turns == 1 and self.n > len(set(names)) and endpoint.options.get("temperature") == 0:
                raise UsageError(
                    f"-n {self.n} at temperature 0 gives the same answer {self.n} times: raise --temperature"
                )
        if self.turns > 1:
            from sdg.respond.dialogue import Dialogues

            self._dialogues = await Dialogues.open(
                run, self._endpoints, self.turns, self.personas, self.user_model, sampling
            )

    @property
    def models(self) -> list[str]:
        return [name.strip() for name in self.model.split(",") if name.strip()]

    def settings(self) -> dict[str, Any]:
        models = [endpoint.settings for endpoint in self._endpoints]
        own = {"n": self.n, "models": models, "system": self.system}
        return own | self._dialogues.settings if self._dialogues else own

    async def process(self, line: Line) -> Outcome:
        refuse_pair(line.record)
        prompt = [{"role": m.role, "content": m.content} for m in line.record.prompt]
        if prompt[-1]["role"] == "assistant":
            raise BadLine("no user turn last", f'record {line.id}: field "prompt" ends with the assistant\'s turn')
        messages, system = asked_under(prompt, self.system), system_over(prompt, self.system)
        # A stump that a failed run left, on a line taken from the rejects, is begun anew: the cache has what was paid.
        before = zip(line.data.get("responses") or [], line.record.responses or [], strict=True)
        responses = [raw for raw, response in before if not response.stump]
        dialogues = self._dialogues
        make = self._dialogue_responses if dialogues else self._single_responses
        new, results = await make(line.id, messages, responses, system)
        responses += new
        made = line.plus("responses", orjson.dumps(responses))
        try:
            raise_worst(results)
        except RecordFailed as failed:
            failed.record = made if responses else b""
            raise
        if dialogues:
            self._made += len(new)
            self._ended.update(response["ended"] for response in new if response["ended"])
        return Kept(line.id, made)

    async def _single_responses(
        self, record_id: str, messages: list[dict[str, Any]], before: list[dict[str, Any]], system: str
    ) -> tuple[list[dict[str, Any]], list[object]]:
        """(the new responses, what went wrong) where each is one answer."""
        # The samples after those that the line has of a model already, or the cache would give the same ones again.
        had = _had(before)
        shares = _shares(record_id, self.n, self._endpoints)
        calls = [endpoint.chat(messages, n=count, first_sample=had[endpoint.model]) for endpoint, count in shares]
        results = await together(calls)
        new: list[dict[str, Any]] = []
        for (endpoint, _), result in zip(shares, results, strict=True):
            choices = result.choices if isinstance(result, RecordFailed) else result
            if isinstance(choices, list):
                new += [written(choice, endpoint, system) for choice in choices]
        return new, list(results)

    async def _dialogue_responses(
        self, record_id: str, messages: list[dict[str, Any]], before: list[dict[str, Any]], system: str
    ) -> tuple[list[dict[str, Any]], list[object]]:
        """(the new responses, what went wrong) where each is a dialogue."""
        assert self._dialogues
        had, number, calls = _had(before), len(before), []
        for endpoint, count in _shares(record_id, self.n, self._endpoints):
            calls.append(self._dialogues.of(record_id, messages, endpoint, count, had[endpoint.model], number))
            number += count
        new: list[dict[str, Any]] = []
        problems: list[object] = []
        for result in await together(calls):
            if isinstance(result, BaseException):
                problems.append(result)
            else:
                new += [dialogue.response(system) for dialogue in result[0]]
                problems += result[1]
        return new, problems

    def closing_words(self) -> tuple[str, int]:
        """How many dialogues ended early, and why; that is no failure."""
        if not self._ended:
            return "", 0
        why = ", ".join(f"{reason} {count:,}" for reason, count in self._ended.most_common(_SHOWN))
        more = ", ..." if len(self._ended) > _SHOWN else ""
        return f"{self._ended.total():,} of {self._made:,} dialogues ended early ({why}{more})", 0


def _had(responses: list[dict[str, Any]]) -> Counter[str]:
    return Counter([response.get("model", "") for response in responses])


def _shares(record_id: str, n: int, endpoints: list[Endpoint]) -> list[tuple[Endpoint, int]]:
    """Who gives how many responses; who begins goes by the record's id, so that -n 1 spreads over the models too."""
    if len(endpoints) == 1:
        return [(endpoints[0], n)]
    first = sum(record_id.encode()) % len(endpoints)
    turns = [endpoints[(first + turn) % len(endpoints)] for turn in range(n)]
    return [(endpoint, turns.count(endpoint)) for endpoint in dict.fromkeys(turns)]
