"""Several calls at a time, each with its own outcome. Only that."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def together(calls: Sequence[Coroutine[Any, Any, T]]) -> list[T | BaseException]:
    """What each call gave, or its error. One call alone needs no task of its own, and mostly there is but one."""
    if len(calls) > 1:
        return await asyncio.gather(*calls, return_exceptions=True)
    try:
        return [await call for call in calls]
    except Exception as error:
        return [error]
