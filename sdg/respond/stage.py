"""`sdg respond`: K responses to each prompt, spread over the models given. Judges nothing.

The line gains `responses`: [{messages, model, finish_reason, truncated, reasoning, system, usage, rehearsal}].
Responses that it has already stay in front of the new ones.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from sdg.core.endpoint import Choice, Endpoint
from sdg.core.errors import BadLine, RecordFailed, UsageError, raise_worst
from sdg.core.jsonl import Line
from sdg.core.run import Run
from sdg.core.stage import Kept, LineStage, Outcome, Sampled
from sdg.record import Response, Usage


class Respond(LineStage, Sampled):
    """The options of `sdg respond`. model: names with commas between; the K responses go round them."""

    name: ClassVar[str] = "respond"

    n: int = Field(1, ge=1)
    model: str = "instruct"
    seed: int | None = None
    system: str = ""
    _endpoints: list[Endpoint] = PrivateAttr(default_factory=list)

    async def open(self, run: Run) -> None:
        names = [name.strip() for name in self.model.split(",") if name.strip()]
        if not names:
            raise UsageError("--model is empty: give one or more names with commas between")
        self._endpoints = [run.endpoint(name, **self.sampling, seed=self.seed) for name in names]
        for endpoint in self._endpoints:
            await endpoint.find_model()
            if self.n > len(set(names)) and endpoint.options.get("temperature") == 0:
                raise UsageError(
                    f"-n {self.n} at temperature 0 gives the same answer {self.n} times: raise --temperature"
                )

    def settings(self) -> dict[str, Any]:
        models = [endpoint.settings for endpoint in self._endpoints]
        return {"n": self.n, "models": models, "system": self.system}

    async def process(self, line: Line) -> Outcome:
        messages = [{"role": m.role, "content": m.content} for m in line.record.prompt]
        if messages[-1]["role"] == "assistant":
            raise BadLine("no user turn last", f'record {line.id}: field "prompt" ends with the assistant\'s turn')
        system = self.system if messages[0]["role"] != "system" else ""
        if system:
            messages.insert(0, {"role": "system", "content": system})
        responses: list[dict[str, Any]] = list(line.data.get("responses") or [])
        # The samples after those that the line has of a model already, or the cache would give the same ones again.
        had = Counter(response.get("model", "") for response in responses)
        shares = _shares(line.id, self.n, self._endpoints)
        calls = [endpoint.chat(messages, n=count, first_sample=had[endpoint.model]) for endpoint, count in shares]
        results = await asyncio.gather(*calls, return_exceptions=True)
        for (endpoint, _), result in zip(shares, results, strict=True):
            choices = result.choices if isinstance(result, RecordFailed) else result
            if isinstance(choices, list):
                responses += [_response(choice, endpoint, system) for choice in choices]
        written = line.plus("responses", orjson.dumps(responses))
        try:
            raise_worst(results)
        except RecordFailed as failed:
            failed.record = written if responses else b""
            raise
        return Kept(line.id, written)


def _shares(record_id: str, n: int, endpoints: list[Endpoint]) -> list[tuple[Endpoint, int]]:
    """Who gives how many responses; who begins goes by the record's id, so that -n 1 spreads over the models too."""
    first = sum(record_id.encode()) % len(endpoints)
    turns = [endpoints[(first + turn) % len(endpoints)] for turn in range(n)]
    return [(endpoint, turns.count(endpoint)) for endpoint in dict.fromkeys(turns)]


def _response(choice: Choice, endpoint: Endpoint, system: str) -> dict[str, Any]:
    response = Response.model_validate(
        {
            "messages": [{"role": "assistant", "content": choice.text}],
            "model": endpoint.model,
            "finish_reason": choice.finish_reason,
            "truncated": choice.truncated,
            "reasoning": choice.reasoning,
            "system": system,
            "usage": Usage(
                prompt_tokens=choice.prompt_tokens,
                completion_tokens=choice.completion_tokens,
                shared_by=choice.shared_by,
            ),
            "rehearsal": endpoint.rehearsal,
        }
    )
    return response.model_dump(exclude={"scores", "reward", "reward_model"})
