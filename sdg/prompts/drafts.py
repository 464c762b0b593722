"""Asking for drafts: one request an item, once in a run, told of drafts that earlier rounds on the topic brought.

The earlier rounds are those that lie LAG or more behind, whether or not they were quick: so requests do not depend on
the speed of the answers, several of one topic are in flight at once, and the same run again finds them in the cache.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from sdg.core.errors import RecordFailed
from sdg.prompts.task import Answer, PlanItem

LAG = 4
"""Rounds between a request and the latest drafts that it is told of."""
ROUNDS_TOLD = 2
LONGEST_TOLD = 300
"""Characters of a draft in the list of those that exist."""


class Plan(Protocol):
    """What is needed of a plan here."""

    def earlier(self, item: PlanItem, rounds: int) -> PlanItem | None: ...


class Drafts:
    """ask: makes the request for an item, given the drafts that exist. answered: drafts of an item that a file has."""

    def __init__(
        self,
        plan: Plan,
        ask: Callable[[PlanItem, list[str]], Awaitable[Answer]],
        answered: Callable[[PlanItem], list[str] | None],
    ) -> None:
        self._plan = plan
        self._ask = ask
        self._answered = answered
        self._asked: dict[str, asyncio.Task[Answer]] = {}

    async def of(self, item: PlanItem) -> Answer:
        """The drafts of an item; asked for the first time, waited for every other time."""
        if item.tag not in self._asked:
            self._asked[item.tag] = asyncio.ensure_future(self._new(item))
        answer = await self._asked[item.tag]
        if old := self._plan.earlier(item, LAG + ROUNDS_TOLD):
            self._asked.pop(old.tag, None)
        return answer

    async def _new(self, item: PlanItem) -> Answer:
        known: list[str] = []
        for rounds in range(LAG + ROUNDS_TOLD - 1, LAG - 1, -1):
            if before := self._plan.earlier(item, rounds):
                known += await self._texts(before)
        return await self._ask(item, known)

    async def _texts(self, item: PlanItem) -> list[str]:
        """The drafts of an earlier item, cut short; none if it failed."""
        texts = self._answered(item)
        if texts is None:
            try:
                texts = (await self.of(item)).drafts
            except RecordFailed:
                return []
        lines = [" ".join(text.split()) for text in texts]
        return [line if len(line) <= LONGEST_TOLD else f"{line[:LONGEST_TOLD]}..." for line in lines]
