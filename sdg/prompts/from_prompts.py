"""`sdg prompts --task NAME --from FILE`: new prompts from the prompts of a file, one of each.

Each line read becomes one new record, or an entry of the rejects. How a prompt is made from another is in the tasks'
own files (from_task.py says what a task is); what a line may be is in chat_lines.py. With -n, lines are read only
until N prompts are made, and they are those of the first lines that can be used, whoever answers first.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from sdg.core.digests import Digests
from sdg.core.errors import UsageError, nearest
from sdg.core.jsonl import Line
from sdg.core.normal import normalised
from sdg.core.run import Run
from sdg.core.stage import Dropped, Emit, Failed, Kept, LineStage, Outcome, Repeats, Sampled
from sdg.prompts.chat_lines import FromLine
from sdg.prompts.from_task import FromTask, find_from_task, from_tasks
from sdg.prompts.quota import Quota, Share
from sdg.prompts.task import Thrown

_SOME_TASKS = {"personas", "user_model"}


class PromptsFrom(LineStage, Sampled):
    """The options of `sdg prompts --from`. n: how many new prompts; None: one of every line."""

    name: ClassVar[str] = "prompts"
    measured_by: ClassVar[tuple[str, ...]] = ("task",)
    foreign: ClassVar[bool] = True
    repeats: ClassVar[Repeats] = "dropped"

    task: str
    from_: str | None = None
    n: int | None = Field(None, ge=1)
    seed: int = 0
    language: str = "English"
    model: str = "instruct"
    user_model: str | None = None
    personas: str | None = None
    topics: str | None = None
    documents: str | None = None
    domain: str = ""
    text_field: str = "text"
    _task: FromTask = PrivateAttr()
    _quota: Quota | None = PrivateAttr(None)
    _shares: dict[str, Share] = PrivateAttr(default_factory=dict)
    _in_file: int = PrivateAttr(0)
    _made: Digests = PrivateAttr(default_factory=Digests)
    _lost: Counter[str] = PrivateAttr(default_factory=Counter)

    async def open(self, run: Run) -> None:
        task = find_from_task(self.task)
        if task is None:
            known = sorted(from_tasks())
            raise UsageError(
                f"--from is for --task {' or '.join(known)}, not for {self.task}{nearest(self.task, known)}"
            )
        if not self.from_:
            raise UsageError(f"--task {self.task} needs --from: prompts or chats in a file, - or hf://ORG/NAME[:split]")
        foreign = ({"topics", "documents", "domain", "text_field"} | _SOME_TASKS) - task.uses
        for field in sorted(foreign & self.model_fields_set):
            if getattr(self, field) != type(self).model_fields[field].default:
                option = field.replace("_", "-")
                raise UsageError(f"--{option} has no meaning for --task {self.task}: leave it out")
        self._task = task
        await task.open(self, run)

    def settings(self) -> dict[str, Any]:
        """All but n and the file: it may have grown, and more prompts may be made of it."""
        return {**self.model_dump(mode="json", include={"task", "seed", "language"}), **self._task.settings()}

    @property
    def expected(self) -> int | None:
        return self.n

    def line(self, raw: bytes, number: int, source: str, columns: frozenset[str] | None) -> Line:
        return FromLine(raw, number, source, columns)

    def known(self, data: dict[str, Any], part: str) -> None:
        self._in_file += 1
        self._made.add(_told_apart_by(data))

    def done_key(self, data: dict[str, Any]) -> str:
        return str(data["source"]["plan"])

    async def merge(self, streams: list[AsyncIterator[Line]]) -> AsyncIterator[Line]:
        """The lines, only as long as more prompts are needed."""
        [lines] = streams
        if self.n is None:
            async for line in lines:
                yield line
            return
        quota = self._quota = Quota(self.n, self._in_file)
        quota.patience = sys.maxsize  # a file has an end of its own
        while await quota.room():
            line_or_end = await anext(lines, None)
            if line_or_end is None:
                return
            if not (line_or_end.repeated or line_or_end.done):
                self._shares[line_or_end.id] = quota.begin(1)
            yield line_or_end

    async def work(self, item: Line, emit: Emit) -> None:
        share = None if item.repeated else self._shares.pop(item.id, None)

        def counted(outcome: Outcome) -> None:
            if isinstance(outcome, Kept):
                if share:
                    share.accept()
            else:
                self._lost[outcome.rule if isinstance(outcome, Dropped) else outcome.cause] += 1
            emit(outcome)

        try:
            await super().work(item, counted)
        finally:
            if share:
                share.close(counts=False)

    async def process(self, line: Line) -> Outcome:
        """The new prompt, or why there is none."""
        made: dict[str, Any] | Thrown = line.thrown if isinstance(line, FromLine) and line.thrown else {}
        made = made or await self._task.make(line)
        if isinstance(made, Thrown):
            outcome = Failed if made.fault else Dropped
            return outcome(line.id, made.rule, made.reason, line.raw)
        if not self._made.add(_told_apart_by(made)):
            return Dropped(line.id, "repeat", "the same new prompt is there already", line.raw)
        return Kept(made["id"], orjson.dumps(made))

    def closing_words(self) -> tuple[str, int]:
        quota = self._quota
        if quota is None or quota.full:
            return "", 0
        why = ", ".join(f"{cause} {count:,}" for cause, count in self._lost.most_common())
        return (
            f"made {quota.accepted:,} of {quota.wanted:,}: {self.from_} has no more lines"
            f"{f' (not used: {why})' if why else ''}; give more prompts, and continue with -o",
            1,
        )


def _told_apart_by(data: dict[str, Any]) -> str:
    """The text by which new prompts are distinct."""
    return "\n".join(f"{message['role']}: {normalised(message['content'])}" for message in data["prompt"])
