"""`--in-order`: outcomes leave in the order of the items, whoever finished first. Only that."""

from __future__ import annotations

import asyncio

from sdg.core.stage import Emit, Outcome


class Order:
    """Holds back what is ahead of its turn. `window`: how many items may be ahead of the oldest open one."""

    def __init__(self, put: Emit, window: int) -> None:
        self._put = put
        self._window = window
        self._head = 0
        self._held: dict[int, list[Outcome]] = {}
        self._finished: set[int] = set()
        self._moved = asyncio.Event()

    def emit_for(self, number: int) -> Emit:
        """An `Emit` for the item of that number: at once if it is the oldest, otherwise when it becomes so."""

        def emit(outcome: Outcome) -> None:
            if number == self._head:
                self._put(outcome)
            else:
                self._held.setdefault(number, []).append(outcome)

        return emit

    async def finish(self, number: int) -> None:
        """The item is done; waits while it is too far ahead."""
        self._finished.add(number)
        while self._head in self._finished:
            self._finished.discard(self._head)
            self._head += 1
            self._release(self._head)
            self._moved.set()
        while number - self._head >= self._window:
            self._moved.clear()
            await self._moved.wait()

    def release_all(self) -> None:
        """Let out what is still held when a run stops early: it is paid for."""
        for number in sorted(self._held):
            self._release(number)

    def _release(self, number: int) -> None:
        for outcome in self._held.pop(number, []):
            self._put(outcome)
