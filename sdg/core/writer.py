"""Bytes out: whole lines to a file, a pipe or a terminal, written by a thread. Knows nothing of JSON.

A thread, because a write to a full pipe blocks until the next command reads: on the event loop it would stop
every request in flight (measured: replies of 50 ms took 1.3 s).
"""

from __future__ import annotations

import asyncio
import os
import select
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

_GATHER = 0.02
"""Seconds for which lines are gathered before the thread is woken: a switch of threads for each would cost more."""
_ENOUGH = 1 << 18
"""Bytes waiting to be written from which on the workers wait: the back-pressure of a slow reader downstream."""


class Writer:
    """Writes lines to `fd` in the order of `put`. `broken` is told once, on the event loop, when writing fails."""

    def __init__(
        self,
        fd: int,
        broken: Callable[[OSError], None],
        gate: Callable[[], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        self.fd = fd
        self.lost = 0
        """Lines that were put and could not be written."""
        self._broken = broken
        self._gate = gate
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._size = 0
        self._changed = threading.Condition()
        self._ended = False
        self._failed = False
        self._room = asyncio.Event()
        self._room.set()
        self._thread = threading.Thread(target=self._write, name="writer", daemon=True)
        self._thread.start()

    def put(self, line: bytes) -> None:
        """Hand over one line (without newline). Never blocks."""
        with self._changed:
            if self._failed:
                self.lost += 1
                return
            if not self._waiting:
                self._loop.call_later(_GATHER, self._wake)
            self._waiting.append(line)
            self._size += len(line) + 1
            if self._size > _ENOUGH:
                self._room.clear()
                self._changed.notify()

    async def room(self) -> None:
        """Wait while too much is waiting to be written."""
        await self._room.wait()

    @property
    def has_room(self) -> bool:
        """Whether `room` would return at once."""
        return self._room.is_set()

    async def close(self, given_up: Callable[[], bool]) -> None:
        """Write all that was put, then end the thread. given_up: whether not to wait any longer for a full pipe."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        while self._thread.is_alive():
            await asyncio.sleep(0.002)
            if given_up():
                with self._changed:
                    self._failed = True
                    self.lost += len(self._waiting)
                    self._waiting.clear()
                return

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify()

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._ended:
                    self._changed.wait()
                lines, self._waiting, size, self._size = self._waiting, [], self._size, 0
            if not lines:
                return
            try:
                with self._gate():
                    _write_all(self.fd, b"\n".join(lines) + b"\n")
            except OSError as error:
                with self._changed:
                    self._failed = True
                    self.lost += len(lines) + len(self._waiting)
                    self._waiting.clear()
                self._tell(lambda error=error: self._broken(error))  # type: ignore[misc]
                self._tell(self._room.set)
                return
            if size > _ENOUGH:
                self._tell(self._room.set)

    def _tell(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:  # the loop is closed: nobody waits any more
            return


def _write_all(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        try:
            view = view[os.write(fd, view) :]
        except BlockingIOError:  # a parent left the pipe non-blocking
            select.select([], [fd], [])
