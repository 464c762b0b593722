"""The tree of topics: asks a model for macro topics and for the subtopics of each, until there are enough or it is dry.

What is missing from an answer (a short list, repeats, a refusal) is asked for again with the names there are.
Which lines come of it is the stage's matter; nothing is written here.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from sdg.core.endpoint import Endpoint
from sdg.core.errors import RecordFailed, UsageError, nearest
from sdg.core.lists import parse_titles
from sdg.core.normal import normalised
from sdg.core.refusals import refusal_in
from sdg.core.template import Template, Templates
from sdg.core.words import count_words
from sdg.record import Topic, topic_id

FIELDS = ("general", "math", "python")
MOST_AT_ONCE = 25
"""Names asked for in one request: models lose count and variety in longer lists."""
MOST_KNOWN = 60
"""Names that a request shows as taken."""
DRY_AFTER = 2
"""Requests in a row that bring nothing new."""
_LONGEST_NAME = 100
_MOST_WORDS = 14


@dataclass
class Names:
    """What one request brought. new: names to use; taken: these and those that the file has, both in the model's order.

    thrown: (name, rule, reason) of what is of no use.
    """

    new: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    thrown: list[tuple[str, str, str]] = field(default_factory=list)
    failed: RecordFailed | None = None


class Tree:
    """Which names are taken, and the requests for more. A name is there once in the whole tree."""

    def __init__(self, endpoint: Endpoint, templates: Templates, field: str, domain: str, language: str) -> None:
        self.field = domain or field
        self.endpoint = endpoint
        kind = "domain" if domain else known_field(field)
        self._macro = templates.get(f"topics/macro-{kind}")
        self._sub = templates.get(f"topics/sub-{kind}")
        self._given = {"language": language} | ({"domain": domain} if domain else {})
        self._macro.check([*self._given, "count", "known"])
        self._sub.check([*self._given, "count", "known", "topic"])
        self._parents: dict[str, str] = {}
        self._in_file: dict[str, list[str]] = {}
        self._asked: Counter[str] = Counter()
        self.why: Counter[str] = Counter()
        """Why requests brought less than was asked for, in words to count by."""

    @property
    def templates(self) -> list[Template]:
        """The templates that decide the tree."""
        return [self._macro, self._sub]

    def topic(self, name: str, parent: str = "", origin: str = "model") -> Topic:
        """The line of a name."""
        by_model = origin == "model"
        return Topic(
            id=topic_id(self.field, parent, name),
            topic=name,
            parent=parent,
            field=self.field,
            origin=origin,
            model=self.endpoint.model if by_model or origin == "entities" else "",
            rehearsal=self.endpoint.rehearsal and (by_model or origin == "entities"),
        )

    def remember(self, name: str, parent: str) -> None:
        """A name that the output file has already."""
        self._in_file.setdefault(normalised(parent), []).append(normalised(name))
        self._parents[normalised(name)] = normalised(parent)

    def in_file(self, parent: str) -> int:
        """How many names under a parent the file has that have not come up again."""
        return len(self._in_file.get(normalised(parent), []))

    def claim(self, name: str, parent: str = "") -> str:
        """Take a name: "new", "again" (the file has it under this parent), or "repeat" (it is taken)."""
        key, under = normalised(name), normalised(parent)
        if key not in self._parents:
            self._parents[key] = under
            return "new"
        waiting = self._in_file.get(under, [])
        if self._parents[key] == under and key in waiting:
            waiting.remove(key)
            return "again"
        return "repeat"

    def macros(self, wanted: int, taken: Iterable[str] = ()) -> AsyncIterator[Names]:
        """Up to `wanted` macro topics, those of the file counted. taken: names to tell the model from the start."""
        return self._ask(self._macro, wanted, "", list(taken), {})

    def subtopics(self, topic: str, wanted: int) -> AsyncIterator[Names]:
        """Up to `wanted` subtopics of a topic, those of the file counted."""
        return self._ask(self._sub, wanted, topic, [], {"topic": topic})

    async def _ask(
        self, template: Template, wanted: int, parent: str, known: list[str], values: dict[str, str]
    ) -> AsyncIterator[Names]:
        seen = made = barren = 0
        waiting = self._in_file.get(normalised(parent), [])
        in_file = len(waiting)
        while seen + len(waiting) < wanted and barren < DRY_AFTER:
            count = min(MOST_AT_ONCE, wanted - seen)
            text = template.render(count=count, known=known[-MOST_KNOWN:], **self._given, **values)
            names = await self._names(text, parent)
            seen += len(names.taken)
            barren = 0 if names.taken else barren + 1
            # What the model says again and again is shown to it as taken, wherever in the tree it stands.
            repeats = [name for name, rule, _ in names.thrown if rule == "repeat"]
            known = list(dict.fromkeys([*known, *names.taken, *repeats]))
            names.new = names.new[: max(0, wanted - in_file - made)]
            made += len(names.new)
            yield names

    async def _names(self, text: str, parent: str) -> Names:
        """The names that one more sample of a request brings."""
        sample = self._asked[text]
        self._asked[text] += 1
        try:
            choice = await self.endpoint.ask(text, sample=sample)
        except RecordFailed as failed:
            self.why[f"failed: {failed.cause}"] += 1
            return Names(failed=failed)
        names = Names()
        found = parse_titles(choice.text, choice.truncated)
        if not found:
            why = "refusal" if refusal_in(choice.text) else "no list"
            self.why[why] += 1
            names.thrown.append((choice.text, why, f"the answer was {'a refusal' if why == 'refusal' else 'no list'}"))
        for name in found:
            self._sort(" ".join(name.split()), parent, names)
        return names

    def _sort(self, name: str, parent: str, names: Names) -> None:
        if len(name) > _LONGEST_NAME or (name.isascii() and count_words(name) > _MOST_WORDS):
            self.why["no name"] += 1
            names.thrown.append((name, "no name", "too long for the name of a topic"))
            return
        how = self.claim(name, parent)
        if how == "repeat":
            self.why["repeat"] += 1
            names.thrown.append((name, "repeat", "the tree has this topic already"))
        else:
            names.taken.append(name)
            names.new += [name] if how == "new" else []


def known_field(field: str) -> str:
    """The field itself; UsageError with the nearest name if there is none of that name."""
    if field not in FIELDS:
        raise UsageError(
            f"--field: unknown field {field!r}{nearest(field, FIELDS)} (known: {', '.join(FIELDS)}; "
            "--domain takes a field of your own in words)"
        )
    return field


def in_words(why: Counter[str]) -> str:
    """`12 repeats, 1 refusal, 2 answers that were no list`, for a sentence in brackets."""
    many = {
        "repeat": ("repeat", "repeats"),
        "refusal": ("refusal", "refusals"),
        "no list": ("answer that was no list", "answers that were no list"),
        "no name": ("line that was no name", "lines that were no name"),
    }
    parts = [f"{count:,} {many.get(cause, (cause, cause))[count != 1]}" for cause, count in why.most_common()]
    return ", ".join(parts)


async def whole_tree(tree: Tree, macro: int, sub: int) -> list[Topic]:
    """A tree at once: every macro topic with its subtopics behind it. RecordFailed if not one topic came."""
    macros: list[str] = []
    failed: RecordFailed | None = None
    async for names in tree.macros(macro):
        macros += names.new
        failed = names.failed or failed
    if not macros:
        raise failed or RecordFailed("no topics", f"the model named no topics ({in_words(tree.why)})")

    async def branch(name: str) -> list[Topic]:
        found = [tree.topic(name)]
        async for names in tree.subtopics(name, sub):
            found += [tree.topic(one, name) for one in names.new]
        return found

    branches = await asyncio.gather(*map(branch, macros), return_exceptions=True)
    topics: list[Topic] = []
    for found in branches:
        if isinstance(found, BaseException):
            raise found
        topics += found
    return topics
