"""Lines of `--from`: our records, {"prompt": "text"}, or raw chats, of which the first user turn is the prompt."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import orjson

from sdg.core.hub import HUB
from sdg.core.jsonl import Line, parse
from sdg.prompts.task import Thrown
from sdg.record import Source, content_id, prompt_id


class FromLine(Line):
    """A line of `--from`. thrown: why a chat can't be used; its prompt then stands for nothing."""

    __slots__ = ("thrown",)

    def __init__(self, raw: bytes, number: int, source: str, columns: frozenset[str] | None) -> None:
        data = parse(raw)
        self.thrown: Thrown | None = None
        chat = None if "prompt" in data else _chat_format(data)
        if chat is None:
            super().__init__(raw, number, source, columns)
            return
        record, self.thrown = _first_turn(chat, data, number, source)
        if self.thrown:
            record["id"] = content_id(raw.strip().decode())
        super().__init__(orjson.dumps(record), number, source)
        if self.thrown:
            self.raw = raw.strip()  # what could not be used goes to the rejects as it was


def _chat_format(data: dict[str, Any]) -> str | None:
    from sdg.core.chats import detect

    return detect(data)


def _first_turn(format: str, data: dict[str, Any], number: int, source: str) -> tuple[dict[str, Any], Thrown | None]:
    """(a record of a chat's first user turn, with a system message before it, and why there is none)."""
    from sdg.core.chats import Unsuitable, read

    try:
        chat = read(format, data)
    except Unsuitable as unfit:
        return {"prompt": "-"}, Thrown(unfit.rule, f"{format}: {unfit.reason}")
    first = next(place for place, message in enumerate(chat.messages) if message["role"] == "user")
    messages = [{"role": message["role"], "content": message["content"]} for message in chat.messages[: first + 1]]
    origin = Source(
        language=chat.language,
        dataset=source if source.startswith(HUB) else PurePath(source).name,
        row=chat.id or str(number),
        unsafe=chat.unsafe,
        flags=chat.flags,
    )
    return {"id": prompt_id(messages), "prompt": messages, "source": origin.model_dump()}, None
