"""What a verifier is, and what it finds. No verifier in here, and nothing about lines."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Literal, TypeVar

import orjson

from sdg.record import Record, Response, Verdict

Asked = TypeVar("Asked")
Outcome = Literal["", "right", "wrong", "unsure"]


@dataclass(slots=True)
class Found:
    """What a verifier says of one response; see `sdg.record.Verdict`. parts: JSON objects, one for each check."""

    outcome: Outcome
    loose: Literal["", "right", "wrong"] = ""
    answer: str = ""
    reason: str = ""
    parts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def loosely(self) -> str:
        """The loose outcome; the strict one where the verifier makes no difference."""
        return self.loose or self.outcome

    def verdict(self, verifier: str) -> Verdict:
        """It as a response carries it; the parts are text, because their keys and number differ from line to line."""
        parts = orjson.dumps(self.parts).decode() if self.parts else ""
        return Verdict(
            verifier=verifier,
            outcome=self.outcome,
            loose=self.loose,
            answer=self.answer,
            reason=self.reason,
            parts=parts,
        )


class Verifier(ABC, Generic[Asked]):
    """Judges responses against what their record says of a right one; reads texts and never edits them."""

    name: ClassVar[str]

    @abstractmethod
    def asked(self, record: Record) -> Asked | None:
        """What responses are to be held against, read once for all of a record's; None: nothing for this verifier.

        BadLine: it is there but can't be read.
        """

    @abstractmethod
    async def verdict(self, asked: Asked, response: Response) -> Found:
        """The verdict on one response. BadLine: it has nothing that could be judged."""
