"""text: plain text, one prompt a line.

column   take the prompt from this column of JSON rows instead (text:column=NAME)

Blank lines are passed over; what else is on a line is the prompt, blanks and all. From hf:// and Parquet, which have
rows, the column is text unless you name another.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sdg.core.chats import fields
from sdg.core.chats.chat import Chat, NotThisFormat, Unsuitable


class Format(BaseModel):
    """A line is a prompt; as a row it is {"text": the line}."""

    column: str = "text"

    def read(self, data: dict[str, Any]) -> Chat:
        """The row as a chat of one turn; NotThisFormat, Unsuitable."""
        if self.column not in data:
            raise NotThisFormat(f'field "{self.column}" is missing ({fields.named(data)}); name one: text:column=NAME')
        value = data[self.column]
        if not isinstance(value, str):
            raise Unsuitable("not text", f'"{self.column}" is {fields.kind_of(value)}')
        unsafe, flags = fields.safety(data, [])
        return Chat(
            messages=[{"role": "user", "content": value}],
            unsafe=unsafe,
            flags=flags,
            language=fields.word(data, "language", "lang"),
            id=fields.word(data, "id"),
        )

    @staticmethod
    def detect(data: dict[str, Any]) -> str | None:
        """None: a document looks like that too, and is no prompt."""
        return None
