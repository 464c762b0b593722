"""How much is still to be asked for, so that N prompts are accepted and nothing is paid for in vain. Knows no prompt.

`potential` is what is accepted plus what may still come of the items begun. An item is begun only while it is below N;
the drafts at the end of the last item that go beyond N wait until others are lost. So what is accepted is always the
first N good drafts in the order of the plan, whoever answers first, and the same command asks the same requests.
"""

from __future__ import annotations

import asyncio


class Quota:
    """wanted: N. accepted: how many a continued file has. patience: items in a row without a prompt that mean dry."""

    def __init__(self, wanted: int, accepted: int) -> None:
        self.wanted = wanted
        self.accepted = accepted
        self.potential = accepted
        self.patience = 60
        self.barren = 0
        self.last: Share | None = None
        self._changed = asyncio.Event()

    @property
    def full(self) -> bool:
        return self.accepted >= self.wanted

    @property
    def dry(self) -> bool:
        return self.barren >= self.patience and not self.full

    async def room(self) -> bool:
        """Wait until one more item is needed; False if none will be: there are enough prompts, or it is dry."""
        while self.potential >= self.wanted and not self.full and not self.dry:
            await self.change()
        return not self.full and not self.dry

    def begin(self, drafts: int) -> Share:
        """Begin an item that may bring this many prompts."""
        self.potential += drafts
        self.last = Share(self, drafts)
        return self.last

    async def change(self) -> None:
        """Wait until anything has changed."""
        await self._changed.wait()

    def changed(self) -> None:
        """Wake all who wait."""
        self._changed.set()
        self._changed = asyncio.Event()


class Share:
    """One item's part in it: `drafts` that may become prompts."""

    def __init__(self, quota: Quota, drafts: int) -> None:
        self._quota = quota
        self._drafts = self._open = drafts
        self._brought = 0

    def found(self, drafts: int) -> None:
        """The answer has this many of the drafts that were expected, or fewer."""
        self._lose(self._drafts - drafts)
        self._drafts = drafts

    async def turn(self, place: int) -> bool:
        """Wait until the draft at this place is needed; False if it is not going to be."""
        quota = self._quota
        while not quota.full and quota.last is self and quota.potential - quota.wanted > self._drafts - 1 - place:
            await quota.change()
        return not quota.full

    def accept(self) -> None:
        """A draft has become a prompt."""
        self._open -= 1
        self._brought += 1
        self._quota.accepted += 1
        self._quota.changed()

    def lose(self) -> None:
        """A draft has not become a prompt."""
        self._lose(1)

    def close(self, counts: bool) -> None:
        """The item is at its end. counts: it was worked on, so it tells whether the plan runs dry."""
        self._lose(self._open)
        if counts:
            self._quota.barren = 0 if self._brought else self._quota.barren + 1
        self._quota.changed()

    def _lose(self, drafts: int) -> None:
        self._open -= drafts
        self._quota.potential -= drafts
        self._quota.changed()
