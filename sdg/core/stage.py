"""What a stage is, and what may become of an item it works on. Knows no particular stage.

A stage is a pydantic model: its fields are the command's options. `Stage` makes lines from items of
its own (topics, prompts); `LineStage` turns each line read into one outcome (respond, score, filter).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sdg.core.jsonl import Line
    from sdg.core.run import Run

Item = TypeVar("Item")


@dataclass(slots=True)
class Trimmed:
    """A part of a kept line that was left behind: `record` is the line with only that part, `count` responses."""

    rule: str
    reason: str
    record: bytes
    count: int = 1


@dataclass(slots=True)
class Kept:
    """A finished line, without its newline."""

    id: str
    line: bytes
    trimmed: Trimmed | None = None


@dataclass(slots=True)
class Dropped:
    """A line that a rule does not want. rule: what it is counted under; reason: for a person."""

    id: str
    rule: str
    reason: str
    record: bytes


@dataclass(slots=True)
class Failed:
    """A line or item that could not be finished. cause: what it is counted under."""

    id: str
    cause: str
    reason: str
    record: bytes


Outcome = Kept | Dropped | Failed
Emit = Callable[[Outcome], None]
"""Hands one outcome to the writer. Never blocks: the engine waits between items where it has to."""


class Stage(BaseModel, Generic[Item]):
    """One command's work. Subclasses say `name`, and override `open`, `items` and `work`."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    name: ClassVar[str]
    unit: ClassVar[str] = "lines"
    calls_models: ClassVar[bool] = True
    in_order: ClassVar[bool] = False
    """Whether the order of the items matters so much that it is always kept."""

    def settings(self) -> dict[str, Any]:
        """What decides the output: an existing output file is continued only if these are the same."""
        return self.model_dump(mode="json")

    async def open(self, run: Run) -> None:
        """Get ready: endpoints, templates, formats. UsageError here costs nothing yet."""

    def known(self, data: dict[str, Any]) -> None:
        """Told of every line that the output file already has, before the first item."""

    def items(self) -> AsyncIterator[Item]:
        """The items to work on, in order. Ends when there are no more."""
        raise NotImplementedError

    async def work(self, item: Item, emit: Emit) -> None:
        """Make what is to be made of one item, and emit each outcome as soon as it is there.

        RecordFailed ends the item, Stop ends the run; both may be raised after some outcomes are out.
        """
        raise NotImplementedError

    def item_record(self, item: Item) -> tuple[str, bytes]:
        """(id, JSON) that stands for the item in the rejects when it fails as a whole."""
        raise NotImplementedError

    @property
    def expected(self) -> int | None:
        """How many lines will be written, where the stage knows; for the progress line."""
        return None

    def closing_words(self) -> tuple[str, int]:
        """A last sentence for stderr and an exit status (0: nothing to say)."""
        return "", 0


class Sampled(BaseModel):
    """The sampling options of a stage that writes with a model."""

    temperature: float | None = Field(None, ge=0, allow_inf_nan=False)
    top_p: float | None = Field(None, gt=0, le=1)
    max_tokens: int | None = Field(None, ge=1)

    @property
    def sampling(self) -> dict[str, Any]:
        """They as a request has them; None: the configuration's."""
        return {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}


class LineStage(Stage["Line"]):
    """A stage that makes one outcome of every line read."""

    unique_ids: ClassVar[bool] = True
    """Whether a second line with an id is bad input (it would be paid twice)."""

    async def process(self, line: Line) -> Outcome:
        """The outcome of one line; may raise RecordFailed or BadLine."""
        raise NotImplementedError

    def item_record(self, item: Line) -> tuple[str, bytes]:
        return item.id, item.raw

    async def work(self, item: Line, emit: Emit) -> None:
        emit(await self.process(item))
