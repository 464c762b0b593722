"""What has been paid for in a run, and what is being paid for now, so that nothing is paid twice. One for each run.

Answers are kept in the request cache (cache.py); without one nothing is looked up, and equal requests are all asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sdg.core.cache import Cache


class _Asked(asyncio.Event):
    """Set when a request is over. failed: it has brought nothing."""

    failed = False


class Answers:
    """By the keys of the request cache. kept: whether there is one."""

    def __init__(self, cache: Cache | None) -> None:
        self.kept = cache is not None
        self._cache = cache
        self._asked: dict[bytes, _Asked] = {}

    async def wait_for(self, keys: list[bytes]) -> None:
        """Until none of these is asked for by somebody else; what that brought can be got then.

        Those who have waited for a request that failed go on without each other: one after the other would take hours.
        """
        while self._cache and (asked := next((self._asked[key] for key in keys if key in self._asked), None)):
            await asked.wait()
            if asked.failed:
                return

    def get(self, key: bytes) -> Any:
        """The answer, or None."""
        return self._cache.get(key) if self._cache else None

    def put(self, key: bytes, answer: Any) -> None:
        """Keep an answer (JSON, or a dataclass)."""
        if self._cache:
            self._cache.put(key, answer)

    @contextmanager
    def asking(self, keys: list[bytes]) -> Iterator[None]:
        """While these are asked for, equal requests wait for what they bring."""
        asked = _Asked()
        self._asked |= dict.fromkeys(keys, asked)
        try:
            yield
        except BaseException:
            asked.failed = True
            raise
        finally:
            for key in keys:
                if self._asked.get(key) is asked:
                    del self._asked[key]
            asked.set()
