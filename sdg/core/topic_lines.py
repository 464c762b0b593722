"""Reading a list of topics that a user gives: one a line, or JSONL with "topic" (as `sdg topics` writes it).

Everything wrong with it is a UsageError that names file, line and field: a list of topics is small and read as a
whole, so the user can mend it before anything is paid. No model is asked here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from sdg.core.errors import BadLine, Stop, UsageError
from sdg.core.jsonl import MAX_LINE, parse, where
from sdg.core.lines import LineReader
from sdg.record import Topic, topic_id

if TYPE_CHECKING:
    from sdg.core.run import Run

T = TypeVar("T")
SILENCE = 3.0
"""Seconds after which an input that is open but says nothing is spoken of."""


async def read_topics(path: str, field: str, origin: str, run: Run, silent: str = "") -> list[Topic]:
    """The topics of a file ("-": stdin), in its order. silent: what to say when nothing comes for three seconds."""
    topics: list[Topic] = []
    json_lines = path.endswith((".jsonl", ".ndjson", ".json"))
    async for name, number, raw in _lines(path, run, silent):
        json_lines = json_lines or (not topics and raw.lstrip().startswith(b"{"))
        values = _from_json(name, number, raw) if json_lines else {"topic": _text(name, number, raw)}
        topic, parent, field_here = values["topic"], values.get("parent", ""), values.get("field") or field
        id = topic_id(field_here, parent, topic)
        topics.append(Topic(id=id, topic=topic, parent=parent, field=field_here, origin=origin))
    return topics


async def read_titles(path: str, run: Run) -> list[str]:
    """The lines of a file of titles."""
    return [_text(name, number, raw) async for name, number, raw in _lines(path, run, "")]


async def or_stop(run: Run, waiting: Coroutine[Any, Any, T], silent: str = "") -> T:
    """Wait, but not longer than the run is wanted: opening a stage must not hold up Ctrl-C."""
    task = asyncio.ensure_future(waiting)
    seconds = SILENCE if silent else 3600.0
    while not task.done():
        pause = asyncio.ensure_future(run.stopping.sleep(seconds))
        await asyncio.wait({task, pause}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        if run.stopping.requested and not task.done():
            task.cancel()
            raise Stop("stopped before anything was begun", run.stopping.exit_code or 130)
        if silent and not task.done():
            run.progress.say(silent)
            seconds, silent = 3600.0, ""
    return task.result()


async def _lines(path: str, run: Run, silent: str) -> AsyncIterator[tuple[str, int, bytes]]:
    """(name of the file, line number, its bytes) of each line that is not blank; UsageError if there is none."""
    reader = LineReader(path)
    lines = aiter(reader)
    empty = True
    while True:
        found = await or_stop(run, _next(lines), silent)
        if found is None:
            break
        silent, empty = "", False
        number, raw = found
        if raw is None:
            raise UsageError(f"{where(reader.name, number)}: the line is longer than {MAX_LINE >> 20} MiB")
        yield reader.name, number, raw
    if empty:
        more = " (--topics FILE names a list, </dev/null has topics made)" if path == "-" else ""
        raise UsageError(f"{reader.name} is empty: one topic a line was expected, or lines of `sdg topics`{more}")


async def _next(lines: AsyncIterator[tuple[int, bytes | None]]) -> tuple[int, bytes | None] | None:
    return await anext(lines, None)


def _from_json(name: str, number: int, raw: bytes) -> dict[str, str]:
    try:
        data = parse(raw)
    except BadLine as bad:
        raise UsageError(f"{where(name, number)}: {bad.reason}") from None
    if "topic" not in data:
        has = ", ".join(list(data)[:8]) or "none"
        raise UsageError(f'{where(name, number)}: field "topic" is missing (fields here: {has})')
    values = {key: data.get(key, "") for key in ("topic", "parent", "field")}
    for key, value in values.items():
        if not isinstance(value, str):
            raise UsageError(f'{where(name, number)}: field "{key}" must be text')
        values[key] = " ".join(value.split())
    if not values["topic"]:
        raise UsageError(f'{where(name, number)}: field "topic" is empty')
    return values


def _text(name: str, number: int, raw: bytes) -> str:
    try:
        return " ".join(raw.decode().split())
    except UnicodeDecodeError as wrong:
        bad = f"byte 0x{raw[wrong.start]:02x} at position {wrong.start + 1} is not UTF-8"
        raise UsageError(f"{where(name, number)}: {bad}") from None
