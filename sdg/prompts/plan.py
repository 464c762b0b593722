"""The plan: an endless sequence of items, the same for the same seed. Round after round over the topics or documents.

Each item has its own draws. Nothing is asked or written here, and nothing in here depends on how fast a model answers.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator

from sdg.core.ahead import Ahead
from sdg.core.errors import UsageError
from sdg.prompts.cutting import cut
from sdg.prompts.documents import Document, Documents
from sdg.prompts.draws import chance_of, shuffled
from sdg.prompts.task import PlanItem
from sdg.record import Topic, content_id

MOST_DRAFTS = 5
"""Drafts asked for in one request."""
PATIENCE = (12, 60)
"""At least and at most: items in a row that bring nothing before the plan counts as dry."""


def patience(places: int) -> int:
    """Items in a row without a prompt that mean dry, for so many topics or documents."""
    return max(PATIENCE[0], min(PATIENCE[1], 2 * places))


class TopicPlan:
    """Topics in an order drawn by the seed, again and again."""

    def __init__(self, task: str, seed: int, topics: list[Topic], n: int) -> None:
        self._key = (str(seed), task)
        self._seed = seed
        self._topics = shuffled(topics, *self._key)
        self.count = max(1, min(MOST_DRAFTS, -(-n // len(topics))))
        self.patience = patience(len(topics))
        self._by_id = {topic.id: topic for topic in topics}

    async def items(self) -> AsyncIterator[PlanItem]:
        for round in itertools.count():
            for topic in self._topics:
                yield self._item(topic, round)

    def earlier(self, item: PlanItem, rounds: int) -> PlanItem | None:
        """The item of the same topic so many rounds before."""
        before = item.round - rounds
        return self._item(self._by_id[item.key[2]], before) if before >= 0 else None

    def _item(self, topic: Topic, round: int) -> PlanItem:
        return PlanItem(
            tag=f"{self._seed}.{round}.{topic.id}",
            round=round,
            key=(*self._key, topic.id, str(round)),
            count=self.count,
            values={"topic": topic.topic, "parent": topic.parent},
            source={"topic": topic.topic, "parent_topic": topic.parent, "field": topic.field},
        )


class DocumentPlan:
    """Documents in their order, one part of each a round: later rounds take the other parts, and other draws.

    budget: estimated tokens of a part.
    """

    def __init__(self, task: str, seed: int, documents: Documents, budget: float) -> None:
        self._key = (str(seed), task)
        self._seed = seed
        self._documents = documents
        self._budget = budget
        self._usable = 0
        self.count = 1
        self.patience = PATIENCE[1]

    async def begin(self) -> None:
        """Read the first document: UsageError if the source can't be read, before anything is paid."""
        self._stream = aiter(Ahead(self._documents.read))
        self._first = await anext(self._stream, None)

    async def items(self) -> AsyncIterator[PlanItem]:
        for round in itertools.count():
            if round == 0 and self._first:
                yield self._item(self._first, round)
            async for document in self._stream:
                if round == 0 or not document.thrown:
                    yield self._item(document, round)
            if not self._usable:
                raise UsageError(f"--documents: no document in {self._documents.source} can be used")
            self.patience = patience(self._usable)
            self._stream = aiter(Ahead(self._documents.read))

    def earlier(self, item: PlanItem, rounds: int) -> PlanItem | None:
        """Documents are asked about one instruction at a time: nothing is told of earlier ones."""
        return None

    def _item(self, document: Document, round: int) -> PlanItem:
        part = text = ""
        if not document.thrown:
            self._usable += round == 0
            parts = cut(document.text, self._budget)
            start = int(chance_of(*self._key, document.place, "part").random() * len(parts))
            number = (start + round) % len(parts)
            part, text = f"{number + 1}/{len(parts)}", parts[number].strip()
        return PlanItem(
            tag=f"{self._seed}.{round}.{content_id(document.place, part)}",
            round=round,
            key=(*self._key, document.place, part, str(round)),
            count=1,
            values={"document": text},
            source={"document": document.id, "document_part": part},
            thrown=document.thrown,
        )
