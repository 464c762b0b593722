"""`sdg split`: each prompt to the SFT part or to the preference part, and no prompt to both. Changes no line.

What decides is the first user turn, in the normal form of sdg/core/normal.py. Not the whole chat: a prompt and the
two-turn chat that was made from it begin alike, as do the chats of two people who asked the same, and a model that was
trained on one has seen the question of the other. Not the system prompt, which may stand before thousands of questions.

- A prompt that was made from another (`source.seed`: with constraints, a second turn) goes where that one is, and so do
  others made from the same.
- A hash of the text and the seed puts it into one part in proportion to the shares (or into neither, where they leave
  room), so that equal prompts are always together, in whatever order they come.
- A near copy (sdg/core/near.py) of a prompt that was written before goes to that prompt's part; one that is near to
  prompts of both parts is dropped.
- A prompt that is flagged unsafe (`source.unsafe`) is dropped from the SFT part and stays in the preference part.

A prompt's part depends on earlier ones at most, so prompts that are added at the end move none. Memory: about 450 bytes
a prompt, for the near copies.
"""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, PrivateAttr, model_validator

from sdg.core.digests import Digests
from sdg.core.errors import BadLine, UsageError
from sdg.core.near import Near
from sdg.core.normal import normalised
from sdg.core.stage import Dropped, Kept, LineStage, Outcome, Repeats
from sdg.record import Message, Record

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

    _near: Near = PrivateAttr(default_factory=Near)
    _written: tuple[Digests, Digests] = PrivateAttr(default_factory=lambda: (Digests(), Digests()))
    _families: tuple[Digests, Digests] = PrivateAttr(default_factory=lambda: (Digests(), Digests()))
    _counts: list[int] = PrivateAttr(default_factory=lambda: [0, 0])
    _together: int = PrivateAttr(default=0)

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
        record = Record.model_validate(data)
        self._remember(record, first_turn(record), PARTS.index(part))

    async def process(self, line: Line) -> Outcome:
        text = first_turn(line.record)
        unsafe = is_unsafe(line)
        side = self._side_of(line.record, text)
        if isinstance(side, str):
            return Dropped(line.id, side, _REASONS[side], line.raw)
        if unsafe and side == SFT:
            return Dropped(line.id, "unsafe", "the prompt is flagged unsafe and falls to the SFT part", line.raw)
        self._remember(line.record, text, side)
        return Kept(line.id, line.raw, part=PARTS[side])

    def _side_of(self, record: Record, text: str) -> int | str:
        """The part that a prompt belongs to, or why it belongs to none."""
        bound = {side for side in (SFT, PREFERENCE) if text in self._written[side]}
        bound |= {side for side in (SFT, PREFERENCE) if any(id in self._families[side] for id in family(record))}
        if not bound:
            drawn = drawn_side(text, self.seed, self.sft, self.preference)
            if drawn is None:
                return "in neither part"
            bound = self._near.near(text)
            self._together += len(bound) == 1
            bound = bound or {drawn}
        return bound.pop() if len(bound) == 1 else "near both parts"

    def _remember(self, record: Record, text: str, side: int) -> None:
        self._counts[side] += 1
        for id in family(record):
            self._families[side].add(id)
        if self._written[side].add(text):
            self._near.add(text, side)

    def closing_words(self) -> tuple[str, int]:
        """`sft 4,980, preference 5,020; 31 near copies kept together`."""
        words = ", ".join(f"{part} {count:,}" for part, count in zip(PARTS, self._counts, strict=True))
        if self._together:
            copies = "near copy" if self._together == 1 else "near copies"
            words += f"; {self._together:,} {copies} of earlier prompts kept on their side"
        return words, 0


_REASONS = {
    "in neither part": "its place in the draw is beyond both shares",
    "near both parts": "the prompt is like prompts in both parts: a near copy, or made from the same prompt",
}


def first_turn(record: Record) -> str:
    """What a prompt is told apart by: its first user turn in normal form; without one, all its turns."""
    first = next((message.content for message in record.prompt if message.role == "user"), None)
    return normalised(_all(record.prompt) if first is None else first)


def family(record: Record) -> list[str]:
    """The ids by which a prompt, the one it was made from and others made from that are known to belong together."""
    seed = record.source.get("seed") if isinstance(record.source, dict) else ""
    return [record.id, seed] if isinstance(seed, str) and seed else [record.id]


def _all(messages: list[Message]) -> str:
    return "\n".join(message.content for message in messages)


def drawn_side(text: str, seed: int, sft: float, preference: float) -> int | None:
    """SFT, PREFERENCE or None (neither), each with the chance of its share, by the text and the seed alone."""
    digest = hashlib.sha256(f"{seed}|{text}".encode()).digest()
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
