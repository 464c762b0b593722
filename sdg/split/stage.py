"""`sdg split`: each prompt to the SFT part or to the preference part, and no prompt to both. Changes no line.

- Prompts that belong together go to one part: equal ones, near copies, and what was made from one prompt
  (sdg/core/family.py). One that belongs to prompts of both parts is dropped.
- Otherwise a hash of what the prompt goes back to, and the seed, puts it into one part in proportion to the shares, or
  into neither, where they leave room.
- A prompt that is flagged unsafe (`source.unsafe`) is dropped from the SFT part and stays in the preference part.

A prompt's part depends on earlier ones at most, so prompts that are added at the end move none.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr, model_validator

from sdg.core.errors import BadLine, UsageError
from sdg.core.family import Parts
from sdg.core.stage import Dropped, Kept, LineStage, Outcome, Repeats
from sdg.record import Record

if TYPE_CHECKING:
    from sdg.core.jsonl import Line

SFT, PREFERENCE = 0, 1
PARTS = ("sft", "preference")
_ROUNDING = 1e-6
"""By how much the sum of two shares that are meant to be all may be above 1."""


class Split(LineStage):
    """The options of `sdg split`. sft, preference: shares of the prompts, from 0 to 1."""

    name: ClassVar[str] = "split"
    calls_models: ClassVar[bool] = False
    repeats: ClassVar[Repeats] = "dropped"

    sft: float = Field(0.5, ge=0, le=1)
    preference: float = Field(0.5, ge=0, le=1)
    seed: int = 0

    _apart: Parts = PrivateAttr(default_factory=lambda: Parts(len(PARTS)))
    _counts: list[int] = PrivateAttr(default_factory=lambda: [0, 0])

    @model_validator(mode="after")
    def _shares_fit(self) -> Split:
        total = self.sft + self.preference
        if total > 1 + _ROUNDING:
            raise ValueError(f"--sft {self.sft:g} and --preference {self.preference:g} are more than all: {total:g}")
        if total == 0:
            raise ValueError("--sft 0 and --preference 0 leave nothing to write")
        return self

    def parts(self, output: str | None) -> tuple[str, ...]:
        """The two files. UsageError: -o is no folder."""
        if output is None or output == "-":
            raise UsageError(f"name a folder for {' and '.join(f'{part}.jsonl' for part in PARTS)}: -o DIR")
        if os.path.exists(output) and not os.path.isdir(output):
            raise UsageError(f"-o {output} is a file: name a folder, for {' and '.join(f'{p}.jsonl' for p in PARTS)}")
        return PARTS

    def known(self, data: dict[str, Any], part: str) -> None:
        """Remember a line that an earlier run has written. What it dropped decides nothing about other prompts."""
        self._remember(Record.model_validate(data), PARTS.index(part))

    async def process(self, line: Line) -> Outcome:
        unsafe = is_unsafe(line)
        places = self._apart.place(line.record, self._drawn)
        if len(places) != 1:
            rule = "in neither part" if not places else "of both parts"
            return Dropped(line.id, rule, _REASONS[rule], line.raw)
        [side] = places
        if unsafe and side == SFT:
            return Dropped(line.id, "unsafe", "the prompt is flagged unsafe and falls to the SFT part", line.raw)
        self._remember(line.record, side)
        return Kept(line.id, line.raw, part=PARTS[side])

    def _drawn(self, root: str) -> int | None:
        return drawn_side(root, self.seed, self.sft, self.preference)

    def _remember(self, record: Record, side: int) -> None:
        self._counts[side] += 1
        self._apart.remember(record, side)

    def closing_words(self) -> tuple[str, int]:
        """`sft 4,980, preference 5,020; 31 near copies kept together`."""
        words = ", ".join(f"{part} {count:,}" for part, count in zip(PARTS, self._counts, strict=True))
        if together := self._apart.together:
            copies = "near copy" if together == 1 else "near copies"
            words += f"; {together:,} {copies} of earlier prompts kept on their side"
        return words, 0


_REASONS = {
    "in neither part": "its place in the draw is beyond both shares",
    "of both parts": "the prompt belongs to prompts in both parts: a near copy, or made from the same prompt",
}


def drawn_side(root: str, seed: int, sft: float, preference: float) -> int | None:
    """SFT, PREFERENCE or None (neither), each with the chance of its share, by the root's id and the seed alone."""
    digest = hashlib.sha256(f"{seed}|{root}".encode()).digest()
    place = int.from_bytes(digest[:7], "big") / 2**56
    if place < sft:
        return SFT
    return PREFERENCE if place < sft + preference else None


def is_unsafe(line: Line) -> bool:
    """What `source.unsafe` says. BadLine: neither true nor false; a flag that is overlooked would do harm."""
    source = line.record.source
    flag = source.get("unsafe") if isinstance(source, dict) else None
    if flag is None or isinstance(flag, bool):
        return bool(flag)
    raise BadLine("wrong field", f'record {line.id}: field "source.unsafe" must be true or false, this is {flag!r}')
