"""From an item of the plan to a record: renders the templates, asks the model, checks the text. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sdg.core.endpoint import Endpoint
from sdg.core.template import Template, Templates
from sdg.prompts.clean import cleaned, why_not
from sdg.prompts.draws import draw
from sdg.prompts.task import Answer, PlanItem, Task, Thrown
from sdg.record import Record, Source, content_id, prompt_id

TIMES_AS_LONG = 8
LONG = 1500
"""A revision over so many times the length of its draft, and over so many characters, answers the draft."""


@dataclass
class Made:
    """A text on its way to a prompt: the prompt's text, the draft it comes from, the layout, and why it is none."""

    text: str
    draft: str
    layout: Template | None = None
    thrown: Thrown | None = None


class Maker:
    """One task's templates and table, and the requests made with them. UsageError where a template is wrong."""

    def __init__(self, task: Task, endpoint: Endpoint, templates: Templates, language: str) -> None:
        self._task = task
        self._endpoint = endpoint
        self._language = language
        self._table = templates.table(f"{task.name}/draws")
        self._drafts = templates.get(task.drafts)
        self._revision = templates.get(task.revision) if task.revision else None
        self._layouts = task.layouts(templates, language)
        # What the draft is not told may differ from draft to draft.
        called = {task.called.get(name, name) for name in self._drafts.variables}
        self._shared = [axis for axis in self._table if axis in called or not self._revision]
        self._own = [axis for axis in self._table if axis not in self._shared]
        given = task.names(dict.fromkeys([*self._table, "topic", "parent", "document", "language"], ""))
        given = {name: "" for name in given if name != ("topic" if task.from_documents else "document")}
        self._drafts.check([*given, "count", "known"])
        if self._revision:
            self._revision.check([*given, "draft"])

    @property
    def hashes(self) -> dict[str, str]:
        """{name: hash} of the templates and the table that decide the prompts."""
        used = [self._drafts, *([self._revision] if self._revision else []), *self._layouts]
        table = f"{self._task.name}/draws"
        return {template.name: template.hash for template in used} | {table: content_id(self._table)}

    async def drafts(self, item: PlanItem, known: list[str]) -> Answer:
        """Ask for the drafts of an item; never more than it counts."""
        values = {**item.values, **self._drawn(item), "language": self._language}
        text = self._drafts.render(**self._task.names(values), count=item.count, known=known)
        answer = self._task.read(await self._endpoint.ask(text, sample=item.round))
        return Answer(answer.drafts[: item.count], answer.thrown)

    async def prompt(self, item: PlanItem, index: int, draft: str) -> Made:
        """The prompt that a draft becomes, or why it becomes none."""
        if self._revision is None:
            why = why_not(draft)
            text, layout = self._task.join(item, draft, self._layouts, self._language)
            return Made(text, draft, layout, Thrown(*why) if why else None)
        values = {**item.values, **self._drawn(item), **self._drawn(item, index), "language": self._language}
        choice = await self._endpoint.ask(self._revision.render(**self._task.names(values), draft=draft))
        text = cleaned(choice.text)
        if choice.truncated:
            return Made(text, draft, thrown=Thrown("cut off", "the revision was cut off at max_tokens"))
        if why := why_not(text):
            return Made(choice.text, draft, thrown=Thrown(*why))
        if len(text) > max(LONG, TIMES_AS_LONG * len(draft)):
            times = len(text) / len(draft)
            reason = f"{len(text):,} characters, {times:.0f} times the draft: it answers instead of asking"
            return Made(text, draft, thrown=Thrown("answered instead of revised", reason))
        return Made(text, draft)

    def record(self, item: PlanItem, index: int, made: Made) -> dict[str, Any]:
        """The line of a prompt, with all that is known of where it comes from."""
        one_step = not self._revision and made.layout is None
        used = [self._drafts, *([self._revision] if self._revision else []), *([made.layout] if made.layout else [])]
        source = Source.model_validate(
            {
                **item.source,
                **self._drawn(item),
                **self._drawn(item, index),
                "layout": made.layout.name.rpartition("/")[2] if made.layout else "",
                "language": self._language,
                "draft": "" if one_step else made.draft,
                "template": "+".join(template.name for template in used),
                "template_hash": "+".join(template.hash for template in used),
                "model": self._endpoint.model,
                "plan": item.tag_of(index),
                "rehearsal": self._endpoint.rehearsal,
            }
        )
        messages = [{"role": "user", "content": made.text}]
        values = {"id": prompt_id(messages), "task": self._task.name, "prompt": messages, "source": source.model_dump()}
        return Record.model_validate(values).model_dump(exclude={"responses"})

    def told_apart_by(self, record: dict[str, Any]) -> str:
        """The text by which prompts are distinct: with a document, it and the instruction, whatever the layout."""
        source = record.get("source") or {}
        if source.get("document"):
            return "\n".join(str(source.get(key, "")) for key in ("document", "document_part", "draft"))
        return "\n".join(str(message.get("content", "")) for message in record["prompt"])

    def _drawn(self, item: PlanItem, index: int | None = None) -> dict[str, str]:
        """The draws of an item, or those that each of its drafts has for itself."""
        if index is None:
            return draw(self._table, self._shared, *item.key)
        return draw(self._table, self._own, *item.key, str(index))
