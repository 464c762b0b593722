"""alpaca: an instruction, perhaps an input to it, and the output (Stanford Alpaca, LLaMA-Factory).

instruction, input, output   the columns (instruction, input, output)
system                       the column of a system prompt, where there is one (system)
history                      the column of earlier rounds, [[instruction, output], ...] (history)

The prompt is the instruction, a line break and the input, or the one of the two that is not empty, as LLaMA-Factory
joins them. Without an output column, or with null there, the row is a prompt without an answer.

Shapes: the card of tatsu-lab/alpaca (its column text, the same again in a layout, is passed over); LLaMA-Factory,
data/README.md (commit 015ff25) and converter.py (commit 02e2fb3).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sdg.core.chats import fields
from sdg.core.chats.chat import Chat, NotThisFormat, Unsuitable


class Format(BaseModel):
    """A row is {"instruction", "input", "output", "system", "history"}; only the instruction must be there."""

    instruction: str = "instruction"
    input: str = "input"
    output: str = "output"
    system: str = "system"
    history: str = "history"

    def read(self, data: dict[str, Any]) -> Chat:
        """The row as a chat; NotThisFormat, Unsuitable."""
        if self.instruction not in data:
            raise NotThisFormat(f'field "{self.instruction}" is missing ({fields.named(data)})')
        fields.only_text(data)
        parts = [_text(data, column) for column in (self.instruction, self.input)]
        messages = self._earlier(data.get(self.history))
        messages.append({"role": "user", "content": "\n".join(part for part in parts if part)})
        if data.get(self.output) is not None:
            messages.append({"role": "assistant", "content": _text(data, self.output)})
        unsafe, flags = fields.safety(data, [])
        return Chat(
            messages=fields.with_system(messages, data.get(self.system)),
            unsafe=unsafe,
            flags=flags,
            language=fields.word(data, "language", "lang"),
            model=fields.word(data, "model"),
            id=fields.word(data, "id"),
        )

    def _earlier(self, rounds: object) -> list[dict[str, str]]:
        if rounds is None:
            return []
        messages = []
        for pair in rounds if isinstance(rounds, list) else [rounds]:
            if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(text, str) for text in pair):
                raise Unsuitable("not text", f'"{self.history}" must be a list of pairs of texts')
            messages += [{"role": "user", "content": pair[0]}, {"role": "assistant", "content": pair[1]}]
        return messages

    @staticmethod
    def detect(data: dict[str, Any]) -> str | None:
        """`alpaca` if a row looks like it."""
        others = (data.get("output"), data.get("input"))
        return (
            "alpaca" if isinstance(data.get("instruction"), str) and any(isinstance(o, str) for o in others) else None
        )


def _text(data: dict[str, Any], column: str) -> str:
    value = data.get(column)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unsuitable("not text", f'"{column}" is {fields.kind_of(value)}')
    return value
