"""Bytes in: a file or stdin as numbered lines, read in a thread, a little ahead of who asks.

A thread, because reading a pipe on the event loop would stop every request in flight; `os.read` in a daemon thread,
because that lets Ctrl-C through and dies quietly at exit. Knows nothing of JSON.
"""

from __future__ import annotations

import asyncio
import os
import stat
import threading
from collections import deque
from collections.abc import AsyncIterator

from sdg.core.errors import UsageError
from sdg.core.jsonl import MAX_LINE

_BLOCK = 1 << 16
_BLOCKS_AHEAD = 2
BOM = b"\xef\xbb\xbf"


class LineReader:
    """`async for number, line in reader`: lines without their newline; blank ones are left out.

    A line over MAX_LINE bytes is given as None. `name` is what messages call the input.
    """

    def __init__(self, path: str) -> None:
        self.name = "stdin" if path == "-" else path
        self.path = "/dev/stdin" if path == "-" else path
        try:
            mode = os.fstat(0).st_mode if path == "-" else os.stat(path).st_mode
            if stat.S_ISDIR(mode):
                raise UsageError(f"{path} is a folder: give a JSONL file")
            # A named pipe opens only when somebody writes to it: the thread waits for that.
            self._fd = 0 if path == "-" else None if stat.S_ISFIFO(mode) else os.open(path, os.O_RDONLY)
        except OSError as error:
            raise UsageError(f"cannot read {self.name}: {error.strerror}") from None
        self._is_file = stat.S_ISREG(mode)
        self._blocks: deque[bytes | OSError] = deque()
        self._arrived = asyncio.Event()
        self._room = threading.Semaphore(_BLOCKS_AHEAD)
        self._loop = asyncio.get_running_loop()

    async def __aiter__(self) -> AsyncIterator[tuple[int, bytes | None]]:
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        number, rest, too_long = 0, bytearray(), False
        async for block in self.blocks():
            first, *others = block.split(b"\n")
            rest += first
            for start in others:
                number += 1
                if too_long or len(rest) > MAX_LINE:
                    too_long = False
                    yield number, None
                elif not rest.isspace() and rest:
                    yield number, _line(rest, number)
                rest = bytearray(start)
            if len(rest) > MAX_LINE:
                too_long, rest = True, bytearray()
        if too_long:
            yield number + 1, None
        elif rest and not rest.isspace():
            yield number + 1, _line(rest, number + 1)

    def count(self) -> int | None:
        """Lines of a regular file, counted by reading it once; None for a pipe."""
        if not self._is_file or self._fd is None:
            return None
        lines = place = 0
        try:
            while block := os.pread(self._fd, _BLOCK, place):
                lines += block.count(b"\n")
                place += len(block)
        except OSError:
            return None
        return lines

    async def blocks(self) -> AsyncIterator[bytes]:
        """The bytes as they arrive. UsageError: the input can't be read, or not any further."""
        while True:
            while not self._blocks:
                self._arrived.clear()
                await self._arrived.wait()
            await asyncio.sleep(0)  # signals are heard between blocks, also where nobody else waits
            block = self._blocks.popleft()
            self._room.release()
            if isinstance(block, OSError):
                raise UsageError(f"cannot read {self.name}: {block.strerror}") from None
            if not block:
                return
            yield block

    def _read(self) -> None:
        block: bytes | OSError = b""
        while True:
            self._room.acquire()
            try:
                if self._fd is None:
                    self._fd = os.open(self.path, os.O_RDONLY)
                block = os.read(self._fd, _BLOCK)
            except OSError as error:
                block = error
            self._blocks.append(block)
            try:
                self._loop.call_soon_threadsafe(self._arrived.set)
            except RuntimeError:  # the loop is closed: the run has ended before the input did
                return
            if not block or isinstance(block, OSError):
                return


def _line(raw: bytearray, number: int) -> bytes:
    return bytes(raw).removeprefix(BOM) if number == 1 else bytes(raw)
