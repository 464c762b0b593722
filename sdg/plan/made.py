"""What comes of one step: what it asks, the lines that it writes, and how much longer answers make later prompts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sdg.core.measured import Measured
from sdg.plan.asked import longer
from sdg.plan.rehearsed import Outcome
from sdg.plan.standins import lines_in

Took = dict[tuple[str, str], Measured]
"""By table and kind of work."""


@dataclass
class Made:
    """took: what the whole step asks; lines: what it writes.

    longer: tokens by which a response in these lines is longer than in the outcome of the rehearsal.
    """

    took: Took
    lines: float
    outcome: Outcome
    longer: float = 0.0

    @property
    def scale(self) -> float:
        """Lines for each line of the outcome."""
        written = written_lines(self.outcome)
        return self.lines / written if written else 0.0


def longer_in(name: str, params: dict[str, Any], made: Made, before: Took) -> float:
    """Tokens by which a call's prompt is longer than in the rehearsal, because the answers that it reads are.

    Of `sdg respond`, this notes also how much longer its responses are, for the steps that read them.
    """
    calls = sum(took.calls for took in made.took.values())
    if name == "respond" and calls:
        responses = _responses(made.outcome) * made.scale
        further = sum(took.choices * longer(took, before[key]) for key, took in made.took.items())
        made.longer = further / responses if responses else 0.0
        # A call of a dialogue reads all that was answered before it.
        rounds = calls / responses - 1 if responses and params["turns"] > 1 else 0.0
        return further / calls * rounds / 2
    return made.longer * {"score": 1, "pairs": 2}.get(name, 0)


def written_lines(outcome: Outcome) -> int:
    """All lines that a step wrote."""
    return sum(lines_in(str(file)) for file in _files(outcome))


def _files(outcome: Outcome) -> list[Path]:
    return [
        outcome.stdout,
        *(file for file in outcome.files if file.suffix != ".settings" and "rejects" not in file.name),
    ]


def _responses(outcome: Outcome) -> int:
    texts = [file.read_bytes() for file in _files(outcome)]
    return sum(len(json.loads(line).get("responses") or []) for text in texts for line in text.splitlines())
