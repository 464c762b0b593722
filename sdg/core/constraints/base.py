"""What every constraint is: a pydantic model whose fields are IFEval's arguments, and a check of one answer.

The strict and the loose reading are here; what a single kind means is in the file of its family. No kinds here, and
nothing about records.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Relation = Literal["less than", "at least"]
"""The two comparisons of IFEval (arXiv 2311.07911): below the number, or the number and more."""

Count = Annotated[int, Field(ge=1)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Constraint(BaseModel):
    """One verifiable instruction. Subclasses give `kind`, IFEval's argument names as fields, and `_holds`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: ClassVar[str]

    @property
    def arguments(self) -> dict[str, Any]:
        """The fields as JSON values: what a record says of the constraint besides its kind."""
        return self.model_dump(mode="json")

    def holds(self, text: str) -> bool:
        """Whether an answer obeys, read strictly: as it stands. An empty answer never does."""
        text = _one_newline(text)
        return bool(text.strip()) and self._holds(text)

    def _holds(self, text: str) -> bool:
        """Whether an answer that is not empty, and whose line ends are newlines, obeys."""
        raise NotImplementedError


def holds_loosely(constraint: Constraint, text: str) -> bool:
    """Whether an answer obeys as it stands, or without its first line, its last line or both, with or without
    its asterisks: IFEval's eight readings, which forgive a preface, a closing remark and markdown."""
    return any(constraint.holds(reading) for reading in _readings(text))


def _readings(text: str) -> list[str]:
    lines = _one_newline(text).strip().split("\n")
    pieces = (lines[1:], lines[:-1], lines[1:-1])
    whole = ["\n".join(lines), *("\n".join(piece).strip() for piece in pieces)]
    return list(dict.fromkeys([*whole, *(reading.replace("*", "") for reading in whole)]))


def _one_newline(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def compare(count: int, relation: Relation, number: int) -> bool:
    """Whether a count stands in the relation to a number."""
    return count < number if relation == "less than" else count >= number
