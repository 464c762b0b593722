"""Which of a record's responses are exported, and the rows that they become. Reads and writes no file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sdg.core.errors import BadLine
from sdg.export.shape import Unfit
from sdg.record import Record, Response

_CUT = ("length", "content_filter")
"""Finish reasons that mean that the answer is not all there."""

_REHEARSAL = "rehearsal-"
"""How the names of the rehearsal endpoint's models begin."""

MakeRow = Callable[[Record, Response], dict[str, Any]]


@dataclass
class Chosen:
    """rows: each response with its row; left: (place of the response, rule, reason) of what has no place."""

    rows: list[tuple[Response, dict[str, Any]]] = field(default_factory=list)
    left: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def reason(self) -> str:
        """Why the responses that are left were left, for a person."""
        told = "; ".join(f"response {at + 1}: {reason}" for at, _, reason in self.left[:4])
        return told + (f"; and {len(self.left) - 4} more" if len(self.left) > 4 else "")


def choose(record: Record, make_row: MakeRow, best: bool, truncated: bool) -> Chosen:
    """The responses of a record that become rows. BadLine: there are none, or no rewards to choose by.

    best: only the one with the highest reward, the first of equals, among those that can be exported; otherwise all of
    them. truncated: also answers that were cut off.
    """
    responses = record.responses
    if not responses:
        raise BadLine("no responses", f"record {record.id} has no responses: run `sdg respond` before")
    chosen = Chosen()
    for at in _by_reward(record, responses) if best else range(len(responses)):
        try:
            _finished(responses[at])
            if not truncated:
                _whole(responses[at])
            chosen.rows.append((responses[at], make_row(record, responses[at])))
        except Unfit as unfit:
            chosen.left.append((at, unfit.rule, unfit.reason))
            continue
        if best:
            break
    return chosen


def made_up(record: Record) -> str:
    """What of a record the rehearsal endpoint made up, for a person: the record, or only a reward; "" for nothing."""
    responses = record.responses or []
    if isinstance(record.source, dict) and record.source.get("rehearsal"):
        return f"record {record.id}"
    if any(response.rehearsal for response in responses):
        return f"record {record.id}"
    if any(response.reward_model.startswith(_REHEARSAL) for response in responses):
        return f"the reward of a response to record {record.id}"
    return ""


def _by_reward(record: Record, responses: list[Response]) -> list[int]:
    """The places of the responses, highest reward first."""
    rewards = [response.reward for response in responses]
    if len(rewards) > 1 and None in rewards:
        raise BadLine(
            "no reward",
            f"record {record.id} has {len(rewards)} responses, and response {rewards.index(None) + 1} has no reward to "
            "choose by: run `sdg score` before, or export them with --answers all",
        )
    return sorted(range(len(rewards)), key=lambda at: -(rewards[at] or 0.0))


def _finished(response: Response) -> None:
    if response.stump:
        told = f"the dialogue is what a failed run had of it ({response.ended}): run `sdg respond` again"
        raise Unfit("failed dialogue", told)


def _whole(response: Response) -> None:
    if response.truncated or response.finish_reason in _CUT:
        why = f" (finish_reason {response.finish_reason!r})" if response.finish_reason else ""
        raise Unfit("truncated", f"the answer was cut off{why}; --truncated exports it all the same")
