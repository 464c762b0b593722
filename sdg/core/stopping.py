"""How a run comes to an early end: Ctrl-C once and twice, SIGTERM, a closed pipe, an error that ends it.

Softly: nothing more is read, what is paid for is finished and written. Now: what is in flight is given up.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Paid:
    """Whether anything was paid for in the item at work: such an item is finished even while stopping."""

    anything: bool = False


current_item: ContextVar[Paid | None] = ContextVar("current_item", default=None)


class Stopping:
    """What the engine, the client and the signals share about the end of a run."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.requested = False
        self.now = False
        self.exit_code: int | None = None
        self._say = say
        self._event = asyncio.Event()
        self._callbacks: list[Callable[[], None]] = []

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call back when the run is asked to stop, and again when it shall stop now."""
        self._callbacks.append(callback)

    def softly(self, message: str, exit_code: int) -> None:
        """Stop reading. The first exit code stays, and the first message is said."""
        if not self.requested:
            self.requested, self.exit_code = True, exit_code
            if message:
                self._say(message)
            self._event.set()
            self._call_back()

    def at_once(self, message: str = "", exit_code: int = 0) -> None:
        """Give up what is in flight as well."""
        self.softly(message, exit_code)
        if not self.now:
            self.now = True
            self._call_back()

    async def sleep(self, seconds: float) -> None:
        """Sleep, or until the run is asked to stop."""
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return

    def listen(self, flying: Callable[[], str]) -> None:
        """Take SIGINT and SIGTERM: the first stops softly, the second at once. flying: `3 requests in flight`."""

        def heard(number: int) -> None:
            if self.requested:
                self.at_once()
                return
            self._say(f"stopping: finishing {flying()} (once more: stop now)")
            self.softly("", 128 + number)

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, heard, number)

    def _call_back(self) -> None:
        for callback in self._callbacks:
            callback()
