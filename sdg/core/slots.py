"""How many requests may be in flight at one endpoint. The number follows the server; nobody waits in here for a retry.

Additive increase and multiplicative decrease, decided once in as many replies as there are slots (at least 40, so
that chance alone rarely decides): a server that refuses more than 15 % of them is full, one that refuses 5 % is not.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

_START = 16
_FULL = 0.15
_FEWEST_REPLIES = 40
_DECREASE = 0.7


class Slots:
    """`async with slots:` around each request; `heard(refused)` after each reply."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = min(most, _START)
        self._taken = 0
        self._queue: deque[asyncio.Future[None]] = deque()
        self._replies = 0
        self._refused = 0
        self._doubling = True

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return self._limit

    def heard(self, refused: bool) -> None:
        """Count one reply; refused: the server was too busy for it (429, 503)."""
        self._replies += 1
        self._refused += refused
        if self._replies < max(self._limit, _FEWEST_REPLIES):
            return
        if self._refused > _FULL * self._replies:
            self._limit = max(1, int(self._limit * _DECREASE))
            self._doubling = False
        else:
            self._limit = min(self._most, self._limit * 2 if self._doubling else self._limit + 1 + self._limit // 16)
        self._replies = self._refused = 0
        self._wake()

    async def __aenter__(self) -> None:
        if self._taken < self._limit and not self._queue:
            self._taken += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._taken -= 1
                self._wake()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._taken -= 1
        self._wake()

    def _wake(self) -> None:
        while self._queue and self._taken < self._limit:
            turn = self._queue.popleft()
            if not turn.done():
                self._taken += 1
                turn.set_result(None)
