"""`sdg prompts`: N accepted, distinct prompts for a task, from topics or documents.

One item of the plan is one request for drafts; each draft becomes an outcome as soon as its revision is there: a line,
or an entry of the rejects. What is asked is decided by plan.py and quota.py, what a prompt may not be by clean.py; the
rest differs by task, one file each.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import orjson
from pydantic import Field, PrivateAttr

from sdg.core.digests import Digests
from sdg.core.endpoint import Endpoint
from sdg.core.errors import Interrupted, RecordFailed, Stop, raise_worst
from sdg.core.normal import normalised
from sdg.core.run import Run
from sdg.core.stage import Dropped, Emit, Failed, Kept, Outcome, Sampled, Stage
from sdg.core.topic_lines import or_stop
from sdg.core.topics import Tree
from sdg.prompts.documents import Documents
from sdg.prompts.drafts import Drafts
from sdg.prompts.from_prompts import PromptsFrom
from sdg.prompts.from_task import from_tasks
from sdg.prompts.inputs import given_topics, made_topics, refuse_documents
from sdg.prompts.made import Made, Maker
from sdg.prompts.plan import DocumentPlan, TopicPlan
from sdg.prompts.quota import Quota
from sdg.prompts.task import PlanItem, Task, Thrown, find_task
from sdg.record import Topic, content_id

_MANY = {"repeat": "repeats", "refusal": "refusals", "no list": "answers that were no list", "cut off": "cut off"}
_SHOWN = 5
"""Documents that can't be read are told of so many times; all are in the rejects."""


class Prompts(Stage[PlanItem], Sampled):
    """The options of `sdg prompts`."""

    name: ClassVar[str] = "prompts"
    measured_by: ClassVar[tuple[str, ...]] = ("task",)
    unit: ClassVar[str] = "drafts"

    task: str
    n: int = Field(100, ge=1)
    topics: str | None = None
    documents: str | None = None
    text_field: str = "text"
    domain: str = ""
    seed: int = 0
    language: str = "English"
    model: str = "instruct"
    _run: Run = PrivateAttr()
    _task: Task = PrivateAttr()
    _endpoint: Endpoint = PrivateAttr()
    _maker: Maker = PrivateAttr()
    _plan: TopicPlan | DocumentPlan | None = PrivateAttr(None)
    _tree: Tree | None = PrivateAttr(None)
    _topics: list[Topic] = PrivateAttr(default_factory=list)
    _drafts: Drafts = PrivateAttr()
    _quota: Quota = PrivateAttr()
    _drafting: asyncio.Semaphore = PrivateAttr()
    _in_file: int = PrivateAttr(0)
    _tags: Digests = PrivateAttr(default_factory=Digests)
    _texts: Digests = PrivateAttr(default_factory=Digests)
    _old_drafts: dict[str, list[str]] = PrivateAttr(default_factory=dict)
    _lost: Counter[str] = PrivateAttr(default_factory=Counter)

    async def open(self, run: Run) -> None:
        self._run = run
        self._task = task = find_task(self.task)
        refuse_documents(task.name, task.from_documents, self.documents, self.topics, self.domain)
        self._endpoint = run.endpoint(self.model, **self.sampling)
        self._maker = Maker(task, self._endpoint, run.templates, self.language)
        if task.from_documents:
            documents = Documents(self.documents or "", self.text_field, str(self.seed))
            documents.check()
            self._plan = DocumentPlan(task.name, self.seed, documents, self._endpoint.context / 2)
            await or_stop(run, self._plan.begin())
        elif not self.domain:
            self._topics = await given_topics(self.topics, task.field, run)
        if not task.from_documents and not self._topics:
            self._tree = Tree(self._endpoint, run.templates, task.field, self.domain, self.language)
        await self._endpoint.find_model()

    def settings(self) -> dict[str, Any]:
        """All but n: a file may be continued to more prompts than it was begun for."""
        topics = content_id([[topic.parent, topic.topic] for topic in self._topics]) if self._topics else "made"
        made_with = {template.name: template.hash for template in self._tree.templates} if self._tree else {}
        return {
            **self.model_dump(mode="json", include={"task", "seed", "language", "domain", "documents", "text_field"}),
            "topics": "" if self._task.from_documents else topics,
            "model": self._endpoint.settings,
            "templates": {**self._maker.hashes, **made_with},
        }

    @property
    def expected(self) -> int:
        return self.n

    def known(self, data: dict[str, Any], part: str) -> None:
        self._in_file += 1
        source = data.get("source") or {}
        tag, draft = str(source.get("plan", "")), str(source.get("draft", ""))
        self._tags.add(tag)
        self._texts.add(normalised(self._maker.told_apart_by(data)))
        if draft:
            self._texts.add(_draft_key(draft))
        if not self._run.cache:
            text = draft or self._maker.told_apart_by(data)
            self._old_drafts.setdefault(tag.rpartition(".")[0], []).append(text)

    async def items(self) -> AsyncIterator[PlanItem]:
        self._quota = Quota(self.n, self._in_file)
        if self._tree and not self._quota.full:
            self._topics = await made_topics(self._tree, self.n, self._run)
        if self._plan is None:
            if not self._topics:
                return
            self._plan = TopicPlan(self._task.name, self.seed, self._topics, self.n)
        # Were all requests for drafts, the first prompt would come late and many drafts at once would wait.
        most = 2 * self._run.options.concurrency
        self._drafting = asyncio.Semaphore(-(-most // (1 + self._plan.count)) if self._task.revision else most + 8)
        self._drafts = Drafts(self._plan, self._maker.drafts, self._answered)
        async for item in self._plan.items():
            self._quota.patience = self._plan.patience
            if not await self._quota.room():
                return
            item.missing = self._missing(item)
            if item.missing:
                item.share = self._quota.begin(0 if item.thrown else len(item.missing))
                yield item

    def _missing(self, item: PlanItem) -> tuple[int, ...]:
        """The drafts of an item that have no outcome from an earlier run."""
        if self._id(item.tag) in self._run.done:
            return ()
        tags = [(index, item.tag_of(index)) for index in range(item.count)]
        return tuple(index for index, tag in tags if tag not in self._tags and self._id(tag) not in self._run.done)

    def _answered(self, item: PlanItem) -> list[str] | None:
        """Without a cache, what a file has of an earlier item's drafts must do: asking again would be paid again."""
        return self._old_drafts.get(item.tag, []) if not self._run.cache and not self._missing(item) else None

    async def work(self, item: PlanItem, emit: Emit) -> None:
        share = item.share
        assert share
        worked = True
        try:
            if item.thrown:
                self._throw_item(item, item.thrown, emit)
                return
            async with self._drafting:
                answer = await self._drafts.of(item)
            if answer.thrown:
                self._throw_item(item, answer.thrown, emit)
                return
            found = [index for index in item.missing if index < len(answer.drafts)]
            share.found(len(found))
            turns = [self._one(item, place, index, answer.drafts[index], emit) for place, index in enumerate(found)]
            raise_worst(await asyncio.gather(*turns, return_exceptions=True))
        except RecordFailed as failed:
            self._lost[f"failed: {failed.cause}"] += 1
            raise
        except (Stop, Interrupted, asyncio.CancelledError):
            worked = False
            raise
        finally:
            share.close(counts=worked and not item.thrown)

    async def _one(self, item: PlanItem, place: int, index: int, draft: str, emit: Emit) -> None:
        """From one draft to its outcome, if it is needed at all."""
        share = item.share
        assert share
        if not await share.turn(place):
            return
        accepted = False
        try:
            outcome = await self._outcome(item, index, draft)
            accepted = isinstance(outcome, Kept)
            emit(outcome)
        finally:
            if accepted:
                share.accept()
            else:
                share.lose()

    async def _outcome(self, item: PlanItem, index: int, draft: str) -> Outcome:
        if not self._task.from_documents and not self._texts.add(_draft_key(draft)):
            return self._dropped(item, index, Made(draft, draft, thrown=Thrown("repeat", "this draft came before")))
        try:
            made = await self._maker.prompt(item, index, draft)
        except RecordFailed as failed:
            self._lost[f"failed: {failed.cause}"] += 1
            line = orjson.dumps(self._maker.record(item, index, Made(draft, draft)))
            return Failed(self._id(item.tag_of(index)), failed.cause, failed.reason, line)
        record = self._maker.record(item, index, made)
        if not made.thrown and not self._texts.add(normalised(self._maker.told_apart_by(record))):
            made.thrown = Thrown("repeat", "this prompt is there already")
        return self._dropped(item, index, made) if made.thrown else Kept(record["id"], orjson.dumps(record))

    def _dropped(self, item: PlanItem, index: int, made: Made) -> Dropped:
        assert made.thrown
        self._lost[made.thrown.rule] += 1
        line = orjson.dumps(self._maker.record(item, index, made))
        return Dropped(self._id(item.tag_of(index)), made.thrown.rule, made.thrown.reason, line)

    def _throw_item(self, item: PlanItem, thrown: Thrown, emit: Emit) -> None:
        self._lost[thrown.rule] += 1
        if thrown.fault and self._lost[thrown.rule] <= _SHOWN:
            self._run.progress.say(f"prompts: {thrown.reason}")
        id, line = self._id(item.tag), orjson.dumps(self._maker.record(item, 0, Made(thrown.text, "")))
        if thrown.fault:
            emit(Failed(id, thrown.rule, thrown.reason, line))
        else:
            emit(Dropped(id, thrown.rule, thrown.reason, line))

    def _id(self, tag: str) -> str:
        """What an item or draft that became no prompt is called in the rejects."""
        return content_id(self.task, tag)

    def item_record(self, item: PlanItem) -> tuple[str, bytes]:
        return self._id(item.tag), orjson.dumps(self._maker.record(item, 0, Made("", "")))

    def closing_words(self) -> tuple[str, int]:
        quota = self._quota
        if quota.full:
            return "", 0
        why = ", ".join(f"{count:,} {_MANY.get(rule, rule)}" for rule, count in self._lost.most_common())
        return (
            f"stopped at {quota.accepted:,} of {self.n:,}: the last {quota.barren:,} requests brought nothing new "
            f"({f'in all {why}' if why else 'short lists'}). "
            f"More {'documents' if self._task.from_documents else 'topics (--topics)'}, more kinds in the table of "
            "draws (--prompts), or a higher --temperature may help",
            1,
        )


def stage_for(values: dict[str, Any]) -> type[Stage[Any]]:
    """The stage for these options of the command: prompts from nothing, or from other prompts."""
    return PromptsFrom if values["from_"] or values["task"] in from_tasks() else Prompts


def _draft_key(draft: str) -> str:
    return f"draft: {normalised(draft)}"
