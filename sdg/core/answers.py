"""What has been paid for in a run, and what is being paid for now, so that nothing is paid twice. One for each run.

Answers are kept in the request cache (cache.py); without one nothing is looked up, and equal requests are all asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sdg.core.cache import Cache


class Answers:
    """By the keys of the request cache. kept: whether there is one."""

    def __init__(self, cache: Cache | None) -> None:
        self.kept = cache is not None
        self._cache = cache
        self._asked: dict[bytes, asyncio.Event] = {}

    async def find(self, key: bytes) -> Any:
        """The answer, or None. Where an equal request is under way, what that one brings."""
        if not self._cache:
            return None
        while asked := self._asked.get(key):
            await asked.wait()
        return self._cache.get(key)

    def put(self, key: bytes, answer: Any) -> None:
        """Keep an answer (JSON, or a dataclass)."""
        if self._cache:
            self._cache.put(key, answer)

    @contextmanager
    def asking(self, keys: list[bytes]) -> Iterator[None]:
        """While these are asked for, equal requests wait for what they bring."""
        ended = asyncio.Event()
        self._asked |= dict.fromkeys(keys, ended)
        try:
            yield
        finally:
            for key in keys:
                if self._asked.get(key) is ended:
                    del self._asked[key]
            ended.set()
