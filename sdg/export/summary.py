"""What the card tells of the records: counts by model, template, task, language, and how the scores are spread.

Counts as records pass by; its size does not grow with their number. No text for people in here.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sdg.record import ATTRIBUTES, Record, Response

_MOST = 200
"""Distinct names that a tally keeps apart; a user's own field may be different on every line."""
OTHERS = ("others", "")
MADE, OF_IMPORTED, IMPORTED, UNKNOWN = "made with sdg", "made with sdg, of imported ones", "imported", "not known"
"""Where prompts and answers are from, as far as a record tells."""
_WRITTEN = ("two-turn", "revision")
"""Forms of prompts (`source.form`) that a model wrote a part of, also where the first part was imported."""


class Tally:
    """How often each name was seen: {(name, detail): count}."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, name: object, detail: str = "", count: int = 1) -> None:
        """Count a name; one that is empty or no text is not counted."""
        if not isinstance(name, str) or not name:
            return
        key = (name, detail)
        self.counts[key if key in self.counts or len(self.counts) < _MOST else OTHERS] += count


class Spread:
    """Least, quartiles, greatest and mean of many numbers. Quartiles to three digits: numbers are binned by them."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0.0
        self._least, self._greatest = math.inf, -math.inf
        self._bins: Counter[float] = Counter()

    def add(self, value: float) -> None:
        """Take in a finite number."""
        self.count += 1
        self._sum += value
        self._least, self._greatest = min(self._least, value), max(self._greatest, value)
        self._bins[float(f"{value:.3g}")] += 1

    def figures(self) -> tuple[float, float, float, float, float, float]:
        """(min, lower quartile, median, upper quartile, max, mean); at least one number must have been added."""
        quartiles = [self._at(share) for share in (0.25, 0.5, 0.75)]
        return self._least, quartiles[0], quartiles[1], quartiles[2], self._greatest, self._sum / self.count

    def _at(self, share: float) -> float:
        """The value that so large a share of the numbers does not exceed."""
        seen = 0
        for value in sorted(self._bins):
            seen += self._bins[value]
            if seen >= share * self.count:
                return value
        return self._greatest


@dataclass
class Summary:
    """All that is counted. rows, prompts: by split, of what is exported; the others as their names say."""

    records_read: int = 0
    answers_read: int = 0
    scored: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    prompts: Counter[str] = field(default_factory=Counter)
    answering: Tally = field(default_factory=Tally)
    users: Tally = field(default_factory=Tally)
    prompting: Tally = field(default_factory=Tally)
    reward_models: Tally = field(default_factory=Tally)
    templates: Tally = field(default_factory=Tally)
    tasks: Tally = field(default_factory=Tally)
    languages: Tally = field(default_factory=Tally)
    datasets: Tally = field(default_factory=Tally)
    origins: dict[str, Counter[str]] = field(default_factory=lambda: {"prompts": Counter(), "answers": Counter()})
    scores: dict[str, Spread] = field(default_factory=dict)
    turns: Spread = field(default_factory=Spread)

    @property
    def synthetic(self) -> bool:
        """Whether anything that was exported is made with sdg."""
        return any(counts[MADE] or counts[OF_IMPORTED] for counts in self.origins.values())

    def read(self, record: Record) -> None:
        """A record with its responses came in."""
        self.records_read += 1
        for response in record.responses or []:
            self.answers_read += 1
            self.scored += response.reward is not None
            if response.verdict and response.verdict.outcome:
                self.verdicts[response.verdict.outcome] += 1

    def wrote(self, record: Record, responses: list[Response], split: str) -> None:
        """These responses of a record became rows of a split."""
        self.prompts[split] += 1
        self.rows[split] += len(responses)
        source = record.source if isinstance(record.source, dict) else {}
        self.tasks.add(record.task)
        imported = bool(source.get("dataset"))
        if not imported or source.get("form") in _WRITTEN:  # else it is the model that answered the imported chat
            self.prompting.add(source.get("model"))
        self.languages.add(source.get("language"))
        self.datasets.add(source.get("dataset"))
        for name, version in _templates(source):
            self.templates.add(name, version)
        self.origins["prompts"][_prompt_origin(source, imported)] += 1
        for response in responses:
            self.origins["answers"][_answer_origin(response, imported)] += 1
            self._answer(response, sum(message.role == "assistant" for message in [*record.prompt, *response.messages]))

    def _answer(self, response: Response, turns: int) -> None:
        self.turns.add(turns)
        self.answering.add(response.model)
        self.users.add(response.user_model)
        if response.reward is not None:
            self.reward_models.add(response.reward_model)
            self.scores.setdefault("reward", Spread()).add(response.reward)
        for name in ATTRIBUTES:
            if name in (response.scores or {}):
                self.scores.setdefault(name, Spread()).add((response.scores or {})[name])


def _prompt_origin(source: dict[str, Any], imported: bool) -> str:
    if source.get("template") or source.get("seed"):  # each prompt that sdg makes names what it was made with
        return OF_IMPORTED if imported else MADE
    return IMPORTED if imported else UNKNOWN


def _answer_origin(response: Response, imported: bool) -> str:
    """A call of ours leaves how it ended and what it cost; an imported answer has neither."""
    if response.finish_reason or response.user_model or response.usage.prompt_tokens + response.usage.completion_tokens:
        return MADE
    return IMPORTED if imported else UNKNOWN


def _templates(source: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, hash) of each template that a prompt went through; they stand on the record with + between."""
    names, hashes = source.get("template"), source.get("template_hash")
    if not isinstance(names, str) or not isinstance(hashes, str) or not names:
        return []
    versions = hashes.split("+")
    return [(name, versions[at] if at < len(versions) else "") for at, name in enumerate(names.split("+"))]
