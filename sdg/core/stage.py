"""What a stage is, and what may become of an item it works on. Knows no particular stage.

A stage is a pydantic model: its fields are the command's options. `Stage` makes lines from items of
its own (topics, prompts); `LineStage` turns each line read into one outcome (respond, score, filter).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from sdg.core.jsonl import Line
    from sdg.core.run import Run

Item = TypeVar("Item")
Repeats = Literal["refused", "allowed", "dropped"]
REPEATED = "duplicate id"
"""What a repeated line is counted under where such lines are dropped."""


@dataclass(slots=True)
class Trimmed:
    """A part of a kept line that was left behind: `record` is the line with only that part, `count` responses."""

    rule: str
    reason: str
    record: bytes
    count: int = 1


@dataclass(slots=True)
class Kept:
    """A finished line, or several with newlines between them.

    trimmed: what stayed behind; part: which of the stage's files it goes to, where it writes several.
    """

    id: str
    line: bytes
    trimmed: tuple[Trimmed, ...] = ()
    part: str = ""


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
    workers: ClassVar[int] = 1
    """How many items are worked on at a time where no model is called: more than one only if the work is not ours."""
    in_order: ClassVar[bool] = False
    """Whether the order of the items matters so much that it is always kept."""
    written_anew: ClassVar[bool] = False
    """Whether the output is made as a whole in `run.spool` and put in place by `finish`, instead of being continued."""
    measured_by: ClassVar[tuple[str, ...]] = ()
    """The options that make its calls to models calls of another kind, with other lengths."""
    default_output: ClassVar[str | None] = None
    """Where the lines go without -o: None is stdout; nowhere (os.devnull) where `finish` has stdout for itself."""

    def settings(self) -> dict[str, Any]:
        """What decides the output: an existing output file is continued only if these are the same."""
        return self.model_dump(mode="json")

    def parts(self, output: str | None) -> tuple[str, ...]:
        """The names of the files that are written into the folder `output` (-o), "sft" for sft.jsonl; () for one file.

        UsageError: this -o will not do.
        """
        return ()

    def target(self, output: str | None) -> Path | None:
        """written_anew: the file or folder that `finish` puts in place; None where lines go straight to stdout."""
        return None if output is None or output == "-" or output.startswith("/dev/") else Path(output)

    @property
    def models(self) -> list[str]:
        """The models that it will ask, by the names in its options, where --batch may ask them."""
        return []

    @property
    def measured_as(self) -> str:
        """The kind of its calls to models: what they take is kept, and looked up, by it."""
        return " ".join([self.name, *(f"--{field} {getattr(self, field)}" for field in self.measured_by)])

    async def open(self, run: Run) -> None:
        """Get ready: endpoints, templates, formats. UsageError here costs nothing yet."""

    async def close(self) -> None:
        """Let go of what `open` or the work took; however the run ended, also where `open` failed."""

    def known(self, data: dict[str, Any], part: str) -> None:
        """Told of every line that the output already has (and in which part), before the first item."""

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

    def finish(self, run: Run) -> str:
        """The last step, in a thread, once every line is written and the run was not stopped; words for stderr.

        May raise UsageError, Stop, Interrupted (where `run.stopping` was requested meanwhile) and OSError.
        """
        return ""

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

    foreign: ClassVar[bool] = False
    """Whether the input may be something else than lines of ours: a JSON array, Parquet."""
    repeats: ClassVar[Repeats] = "refused"
    """What a second line with an id is: bad input (it would be paid twice), welcome, or one to leave out."""

    @property
    def sources(self) -> list[str]:
        """The inputs, where there are several; [] for the one that every command has."""
        return []

    def line(self, raw: bytes, number: int, source: str, columns: frozenset[str] | None) -> Line:
        """A line of the input. BadLine: it can't be used. columns: those that the first line had."""
        from sdg.core.jsonl import Line

        return Line(raw, number, source, columns)

    def merge(self, streams: list[AsyncIterator[Line]]) -> AsyncIterator[Line]:
        """One stream of the inputs' lines, of which each stream has one input's, in order, those that are done too."""
        [only] = streams
        return only

    def done_key(self, data: dict[str, Any]) -> str | None:
        """The id of the input line that a line of the output stands for; None: its output goes on in the next line."""
        id: str = data["id"]
        return id

    async def process(self, line: Line) -> Outcome:
        """The outcome of one line; may raise RecordFailed or BadLine."""
        raise NotImplementedError

    def item_record(self, item: Line) -> tuple[str, bytes]:
        return item.id, item.raw

    async def work(self, item: Line, emit: Emit) -> None:
        if item.repeated:
            emit(Dropped(item.id, REPEATED, "the same prompt is on an earlier line (it has this id)", item.raw))
        else:
            emit(await self.process(item))
