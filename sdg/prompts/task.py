"""What a task is: its templates, how an answer becomes drafts, and what one item of the plan is. Asks no model.

A new task is one more file in this folder with a `TASK` in it; its name is the name on the command line.
"""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from dataclasses import dataclass

from sdg.core.endpoint import Choice
from sdg.core.errors import UsageError, nearest
from sdg.core.lists import parse_list
from sdg.core.refusals import refusal_in
from sdg.core.template import Template, Templates
from sdg.prompts.quota import Share


@dataclass(slots=True)
class Thrown:
    """Text that is of no use, and why. rule: what it is counted under. fault: it is a failure and no decision."""

    rule: str
    reason: str
    text: str = ""
    fault: bool = False


@dataclass(slots=True)
class Answer:
    """What a request for drafts brought: drafts, or why there are none."""

    drafts: list[str]
    thrown: Thrown | None = None


@dataclass(slots=True)
class PlanItem:
    """One request for drafts, and what becomes of them.

    tag: names the item in the records; key: what its draws are seeded with; count: drafts to ask for.
    values: what the templates get besides the draws; source: what is known of the records' `Source`.
    missing: which drafts have no outcome yet (all, unless a file is continued); share: their part of the quota.
    thrown: a document that is told of instead of being worked on.
    """

    tag: str
    round: int
    key: tuple[str, ...]
    count: int
    values: dict[str, str] = dataclasses.field(default_factory=dict)
    source: dict[str, str] = dataclasses.field(default_factory=dict)
    missing: tuple[int, ...] = ()
    share: Share | None = None
    thrown: Thrown | None = None

    def tag_of(self, index: int) -> str:
        """The tag of one draft."""
        return f"{self.tag}.{index}"


@dataclass(frozen=True)
class Task:
    """A task with topics and lists of drafts; others override its methods.

    drafts: the template that asks for drafts; revision: the one that asks for each to be revised, "" for none.
    called: other names under which templates get a value ({"keyword": "topic"}). field: of topics made on the fly.
    """

    name: str
    drafts: str
    revision: str = ""
    field: str = "general"
    called: dict[str, str] = dataclasses.field(default_factory=dict)

    from_documents = False

    def read(self, choice: Choice) -> Answer:
        """The drafts in an answer."""
        found = [text.strip() for text in parse_list(choice.text, choice.truncated)]
        if found:
            return Answer(found)
        if refusal_in(choice.text):
            return Answer([], Thrown("refusal", "the model refused to make drafts", choice.text))
        cut = ", and it was cut off" if choice.truncated else ""
        return Answer([], Thrown("no list", f"the answer holds no list that can be read{cut}", choice.text))

    def layouts(self, templates: Templates, language: str) -> list[Template]:
        """The layouts that a prompt may be joined by."""
        return []

    def join(self, item: PlanItem, text: str, layouts: list[Template], language: str) -> tuple[str, Template | None]:
        """The prompt for a finished text, and the layout that was used."""
        return text, None

    def names(self, values: dict[str, str]) -> dict[str, str]:
        """Values as the templates call them."""
        return values | {name: values[of] for name, of in self.called.items() if of in values}


def find_task(name: str) -> Task:
    """The task of that name; UsageError with the nearest name if there is none."""
    import sdg.prompts as package
    from sdg.prompts.from_task import from_tasks

    tasks: dict[str, Task] = {}
    for module in pkgutil.iter_modules(package.__path__):
        found = getattr(importlib.import_module(f"sdg.prompts.{module.name}"), "TASK", None)
        if isinstance(found, Task):
            tasks[found.name] = found
    if name not in tasks:
        more = from_tasks()
        known = f"known: {', '.join(sorted(tasks))}; with --from: {', '.join(sorted(more))}"
        raise UsageError(f"--task: unknown task {name!r}{nearest(name, [*tasks, *more])} ({known})")
    return tasks[name]
