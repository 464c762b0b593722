"""The stage `score`: five attributes and one reward for every response of a line, from the reward model.

All the responses of a line are asked at once. One that has a reward from the same reward model already is
not asked again: its numbers are kept, and only the weighted sum is made anew, because the weights may be
others now. A reward from another model is overwritten. With `min`, responses below it leave the line.
How a reward model talks is not in here but in core/rewards.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import PrivateAttr

from sdg.core.errors import BadLine, RecordFailed, UsageError, raise_worst
from sdg.core.jsonl import Line
from sdg.core.left import with_responses
from sdg.core.responses import conversation, responses_of
from sdg.core.rewards.model import RewardModel
from sdg.core.rewards.scores import DEFAULT_WEIGHTS, Scores, check_by, parse_weights
from sdg.core.stage import Dropped, Kept, LineStage, Outcome, Trimmed
from sdg.core.together import together
from sdg.record import ATTRIBUTES, Response

if TYPE_CHECKING:
    from sdg.core.run import Run


class Score(LineStage):
    """Scores every response; see the module's docstring."""

    name: ClassVar[str] = "score"

    min: float | None = None
    by: str = "reward"
    weights: str = ""
    model: str = "reward"

    _weights: dict[str, float] = PrivateAttr(default_factory=lambda: dict(DEFAULT_WEIGHTS))
    _rewards: RewardModel = PrivateAttr()

    @property
    def models(self) -> list[str]:
        """The reward model."""
        return [self.model]

    def settings(self) -> dict[str, Any]:
        """The options, with the weights as numbers and the reward model by the name it has on its server."""
        return {**super().settings(), "weights": self._weights, "model": self._rewards.name}

    async def open(self, run: Run) -> None:
        """Learn how the reward model talks, and refuse what it can't answer. UsageError before the first line."""
        check_by(self.by)
        self._weights = parse_weights(self.weights)
        if self.min is not None and not math.isfinite(self.min):
            raise UsageError(f"--min: {self.min} is not a number that a score can be compared with")
        self._rewards = await RewardModel.open(run, self.model)
        if self._rewards.attributes:
            return
        one = f"reward model {self._rewards.name!r} gives one number and no attributes"
        if self.min is not None and self.by != "reward":
            raise UsageError(f"--by {self.by}: {one}: leave --by out, or use a reward model with attributes")
        if self.weights:
            raise UsageError(f"--weights: {one}, so there is nothing to weigh: leave --weights out")

    async def process(self, line: Line) -> Outcome:
        """Score what is not scored yet; all, some or none of the responses stay on the line."""
        responses = self._answers(line)
        results = await together(
            [self._scores(line.data["prompt"], raw, known) for raw, known in zip(_raw(line), responses, strict=True)]
        )
        scored = [self._with(raw, scores) for raw, scores in zip(_raw(line), results, strict=True)]
        _raise_first(results, with_responses(line, scored))
        return self._outcome(line, scored)

    def _answers(self, line: Line) -> list[Response]:
        """The responses of a line, each of which ends in an answer; BadLine where it has none."""
        responses = responses_of(line.record)
        for index, response in enumerate(responses):
            if response.messages[-1].role != "assistant":
                field = f"responses[{index}].messages[{len(response.messages) - 1}].role"
                raise BadLine("wrong field", f'field "{field}" must be assistant: the last message is what is scored')
        return responses

    async def _scores(self, prompt: list[dict[str, Any]], raw: dict[str, Any], known: Response) -> Scores:
        kept = _kept(known, self._rewards.name)
        if kept is not None and bool(kept.attributes) == self._rewards.attributes:
            return kept
        return await self._rewards.scores(conversation(prompt, raw))

    def _with(self, raw: dict[str, Any], scores: Scores | BaseException) -> dict[str, Any]:
        """A response with its scores; as it was where there are none."""
        if isinstance(scores, BaseException):
            return raw
        new = {
            "scores": scores.attributes,
            "reward": scores.total(self._weights),
            "reward_model": self._rewards.name,
        }
        return {**raw, **new}

    def _outcome(self, line: Line, scored: list[dict[str, Any]]) -> Outcome:
        if self.min is None:
            return Kept(line.id, with_responses(line, scored))
        values = [self._value(response) for response in scored]
        if None in values:
            reason = f"response {values.index(None) + 1} has no {self.by}: the reward model gave one number only"
            raise RecordFailed("no such score", reason, with_responses(line, scored))
        told = ", ".join(f"response {n + 1}{_by(r)} {v}" for n, (r, v) in enumerate(zip(scored, values, strict=True)))
        kept = [r for r, v in zip(scored, values, strict=True) if v is not None and v >= self.min]
        rule = f"{self.by} < {self.min}"
        if not kept:
            return Dropped(
                line.id, rule, f"no response has {self.by} {self.min} or more: {told}", with_responses(line, scored)
            )
        if len(kept) == len(scored):
            return Kept(line.id, with_responses(line, scored))
        below = [r for r, v in zip(scored, values, strict=True) if v is not None and v < self.min]
        reason = f"{rule} for {len(below)} of {len(scored)} responses: {told}"
        behind = Trimmed(rule, reason, with_responses(line, below), len(below))
        return Kept(line.id, with_responses(line, kept), (behind,))

    def _value(self, response: dict[str, Any]) -> float | None:
        value = response["reward"] if self.by == "reward" else response["scores"].get(self.by)
        return None if value is None else float(value)


def _kept(response: Response, reward_model: str) -> Scores | None:
    """The scores that the same reward model gave before; None where it has to be asked."""
    if response.reward_model != reward_model or response.reward is None or not math.isfinite(response.reward):
        return None
    if not response.scores:
        return Scores(reward=response.reward)
    if set(response.scores) != set(ATTRIBUTES):
        return None
    return Scores(attributes={name: response.scores[name] for name in ATTRIBUTES})


def _raise_first(results: Sequence[object], scored: bytes) -> None:
    """Raise what went wrong, if anything did; a failure tells which response it was and keeps what is scored."""
    try:
        raise_worst(results)
    except RecordFailed as failed:
        which = f"response {results.index(failed) + 1} of {len(results)}: " if len(results) > 1 else ""
        raise RecordFailed(failed.cause, which + failed.reason, scored) from failed


def _raw(line: Line) -> list[dict[str, Any]]:
    responses: list[dict[str, Any]] = line.data["responses"]
    return responses


def _by(response: dict[str, Any]) -> str:
    return f" ({response['model']})" if response.get("model") else ""
