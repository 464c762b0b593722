"""`sdg topics`: a tree of topics as JSONL, joined with the user's own list, titles and source code.

One item is a macro topic with its subtopics, a title to decide about, or a name that is taken as it is. The asking is
in core/topics.py. Order: the user's seeds, names from code, titles, then the model's own, each macro topic with its
subtopics right behind it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import orjson
from pydantic import Field, PrivateAttr

from sdg.core.digests import Digests
from sdg.core.endpoint import Endpoint
from sdg.core.errors import RecordFailed, UsageError
from sdg.core.run import Run
from sdg.core.stage import Dropped, Emit, Kept, Sampled, Stage
from sdg.core.template import Template
from sdg.core.topic_lines import read_titles, read_topics
from sdg.core.topics import DRY_AFTER, FIELDS, Names, Tree, in_words, known_field
from sdg.record import Topic, content_id
from sdg.topics.code_names import frequent_names, python_files
from sdg.topics.entities import belongs


@dataclass
class Node:
    """One item. kind: "macro" gets subtopics, "leaf" none, "title" is asked about, the others are only told of."""

    kind: Literal["macro", "leaf", "title", "thrown", "failed"]
    topic: Topic
    rule: str = ""
    reason: str = ""
    failed: RecordFailed | None = None


class Topics(Stage[Node], Sampled):
    """The options of `sdg topics`."""

    name: ClassVar[str] = "topics"
    unit: ClassVar[str] = "topics"
    in_order: ClassVar[bool] = True

    field: str = "general"
    domain: str = ""
    macro: int = Field(20, ge=0)
    sub: int = Field(10, ge=0)
    seeds: str | None = None
    entities: str | None = None
    code: str | None = None
    language: str = "English"
    model: str = "instruct"
    _run: Run = PrivateAttr()
    _endpoint: Endpoint = PrivateAttr()
    _tree: Tree = PrivateAttr()
    _belongs: Template | None = PrivateAttr(None)
    _seeds: list[str] = PrivateAttr(default_factory=list)
    _titles: list[str] = PrivateAttr(default_factory=list)
    _code: list[str] = PrivateAttr(default_factory=list)
    _in_file: Digests = PrivateAttr(default_factory=Digests)
    _old_macros: list[str] = PrivateAttr(default_factory=list)
    _new_macros: int = PrivateAttr(0)
    _short: Counter[str] = PrivateAttr(default_factory=Counter)

    async def open(self, run: Run) -> None:
        self._check()
        self._run = run
        if self.seeds:
            self._seeds = [topic.topic for topic in await read_topics(self.seeds, self.field, "seeds", run)]
        if self.entities:
            self._titles = list(dict.fromkeys(await read_titles(self.entities, run)))
        if self.code:
            self._code, unparsed = frequent_names(self.code, python_files(self.code))
            if unparsed:
                run.progress.say(f"topics: {unparsed:,} files in {self.code} are no Python that can be parsed")
            if not self._code:
                raise UsageError(f"--code: no name occurs in two files of {self.code}")
        self._endpoint = run.endpoint(self.model, **self.sampling)
        self._tree = Tree(self._endpoint, run.templates, self.field, self.domain, self.language)
        if self.entities:
            self._belongs = run.templates.get(f"topics/belongs-{'domain' if self.domain else self.field}")
            self._belongs.check(self._asked_of("title"))
        await self._endpoint.find_model()

    def _check(self) -> None:
        """Options that do not go together."""
        known_field(self.field)
        if self.domain and self.field != FIELDS[0]:
            raise UsageError(f"--domain and --field {self.field}: give one of them")
        if self.code and self.field != "python":
            raise UsageError("--code takes names from Python source: it needs --field python")
        if self.entities and self.field == FIELDS[0] and not self.domain:
            raise UsageError("--entities needs a field that a title can belong to: --field math, python, or --domain")
        if not (self.macro or self.seeds or self.entities or self.code):
            raise UsageError("--macro 0 asks for no topics: add --seeds, --entities or --code")

    def settings(self) -> dict[str, Any]:
        own = self.model_dump(mode="json", include={"field", "domain", "macro", "sub", "language"})
        templates = [*self._tree.templates, *([self._belongs] if self._belongs else [])]
        lists = {"seeds": self._seeds, "entities": self._titles, "code": self._code}
        return {
            **own,
            **{name: content_id(names) if names else "" for name, names in lists.items()},
            "model": self._endpoint.settings,
            "templates": {template.name: template.hash for template in templates},
        }

    def known(self, data: dict[str, Any], part: str) -> None:
        self._in_file.add(str(data["id"]))
        if data.get("origin") == "model" or data.get("parent"):
            self._tree.remember(str(data.get("topic")), str(data.get("parent", "")))
        if data.get("origin") == "model" and not data.get("parent"):
            self._old_macros.append(str(data.get("topic")))

    async def items(self) -> AsyncIterator[Node]:
        for names, origin in ((self._seeds, "seeds"), (self._code, "code")):
            for name in names:
                taken = self._tree.claim(name) == "repeat"
                node = Node("macro" if origin == "seeds" else "leaf", self._tree.topic(name, origin=origin))
                yield self._thrown(name, "repeat", "the tree has this topic already", origin) if taken else node
        for title in self._titles:
            topic = self._tree.topic(title, origin="entities")
            if topic.id in self._in_file:
                self._tree.claim(title)
            elif topic.id not in self._run.done:
                yield Node("title", topic)
        for name in self._old_macros:
            if self._tree.in_file(name) < self.sub:
                yield Node("macro", self._tree.topic(name))
        async for found in self._tree.macros(self.macro, self._seeds):
            for name, rule, reason in found.thrown:
                yield self._thrown(name, rule, reason)
            if found.failed:
                yield Node("failed", self._tree.topic("macro topics"), failed=found.failed)
            for name in found.new:
                self._new_macros += 1
                yield Node("macro", self._tree.topic(name))

    def _thrown(self, name: str, rule: str, reason: str, origin: str = "model", parent: str = "") -> Node:
        return Node("thrown", self._tree.topic(name, parent, origin), rule, reason)

    async def work(self, item: Node, emit: Emit) -> None:
        if item.failed:
            raise item.failed
        if item.kind == "thrown":
            self._drop(item.topic, item.rule, item.reason, emit)
        elif item.kind == "title":
            await self._decide(item.topic, emit)
        else:
            self._keep(item.topic, emit)
            if item.kind == "macro" and self.sub:
                await self._grow(item.topic.topic, emit)

    async def _grow(self, macro: str, emit: Emit) -> None:
        """Emit the subtopics of a macro topic."""
        missing = self.sub - self._tree.in_file(macro)
        last = Names()
        async for last in self._tree.subtopics(macro, self.sub):
            missing -= len(last.new)
            for name, rule, reason in last.thrown:
                self._drop(self._tree.topic(name, macro), rule, reason, emit)
            for name in last.new:
                self._keep(self._tree.topic(name, macro), emit)
        if missing > 0:
            self._short[macro] = missing
            if last.failed:
                raise last.failed

    async def _decide(self, topic: Topic, emit: Emit) -> None:
        """Emit a title if the model says that it belongs to the field."""
        assert self._belongs
        if not await belongs(self._endpoint, self._belongs, **self._asked_of(topic.topic)):
            self._drop(topic, "not of the field", f"the model says that it does not belong to {topic.field}", emit)
        elif self._tree.claim(topic.topic) == "repeat":
            self._drop(topic, "repeat", "the tree has this topic already", emit)
        else:
            self._keep(topic, emit)

    def _asked_of(self, title: str) -> dict[str, str]:
        domain = {"domain": self.domain} if self.domain else {}
        return {"entity": title, "language": self.language, **domain}

    def _keep(self, topic: Topic, emit: Emit) -> None:
        if topic.id not in self._in_file:
            emit(Kept(topic.id, orjson.dumps(topic.model_dump())))

    def _drop(self, topic: Topic, rule: str, reason: str, emit: Emit) -> None:
        # A repeat has the id of the topic that is there: its own says what became of it.
        id = topic.id if rule == "not of the field" else content_id(rule, topic.id)
        if id not in self._run.done:
            emit(Dropped(id, rule, reason, orjson.dumps(topic.model_dump())))

    def item_record(self, item: Node) -> tuple[str, bytes]:
        id = item.topic.id if item.kind == "title" else content_id("asked", item.topic.id)
        return id, orjson.dumps(item.topic.model_dump())

    def closing_words(self) -> tuple[str, int]:
        parts: list[str] = []
        macros = len(self._old_macros) + self._new_macros
        if macros < self.macro:
            parts.append(f"stopped at {macros:,} of {self.macro:,} macro topics")
        if self._short:
            few, missing = len(self._short), self._short.total()
            parts.append(f"{few:,} macro topics have fewer than {self.sub} subtopics ({missing:,} missing)")
        if not parts:
            return "", 0
        why = in_words(self._tree.why)
        dry = f": {DRY_AFTER} requests in a row brought nothing new{f' (in all {why})' if why else ''}"
        return "; ".join(parts) + dry + ". A higher --temperature or smaller numbers may help", 1
