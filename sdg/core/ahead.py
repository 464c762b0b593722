"""An iterator that blocks (files, the network), drawn in a thread a little ahead of who asks. Knows not what it draws.

A daemon thread, so that Ctrl-C is not held up by a server that does not answer.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")
_AHEAD = 8


class Ahead(Generic[T]):
    """`async for thing in Ahead(make)`: what the iterator that `make` makes yields; its error is raised here."""

    def __init__(self, make: Callable[[], Iterator[T]]) -> None:
        self._make = make
        self._things: deque[T | BaseException | None] = deque()
        self._arrived = asyncio.Event()
        self._room = threading.Semaphore(_AHEAD)
        self._loop = asyncio.get_running_loop()
        self._closed = False

    async def __aiter__(self) -> AsyncIterator[T]:
        thread = threading.Thread(target=self._draw, name="ahead", daemon=True)
        thread.start()
        try:
            while True:
                while not self._things:
                    self._arrived.clear()
                    await self._arrived.wait()
                thing = self._things.popleft()
                self._room.release()
                if thing is None:
                    return
                if isinstance(thing, BaseException):
                    raise thing
                yield thing
        finally:
            self._closed = True
            self._room.release()

    def _draw(self) -> None:
        try:
            for thing in self._make():
                self._room.acquire()
                if self._closed or not self._hand(thing):
                    return
            self._hand(None)
        except BaseException as error:  # raised again on the other side
            self._hand(error)

    def _hand(self, thing: T | BaseException | None) -> bool:
        self._things.append(thing)
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the loop is closed: the run has ended
            return False
        return True
