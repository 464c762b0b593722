"""sharegpt: a list of turns, each with from and value (ShareGPT, Vicuna, LLaMA-Factory, Axolotl).

conversations     the field with the turns (conversations)
role, value       the fields of a turn (from, value)
system            the column of a system prompt, where there is one (system)
user, assistant   one more name for a role, if the data has its own

Roles: human and user; gpt, assistant, chatgpt, bing and bard; system. Function calls and observations are refused.

Shapes: the card of RyokoAI/ShareGPT52K; LLaMA-Factory, data/README.md (commit 015ff25); Axolotl,
docs/dataset-formats/conversation.qmd (commit 08d99fe). ShareGPT's own text is HTML, and stays so.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from sdg.core.chats import fields
from sdg.core.chats.chat import Chat

_ROLES = {
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "bing": "assistant",
    "bard": "assistant",
    "system": "system",
}


class Format(BaseModel):
    """A row is {"id", "conversations": [{"from", "value"}], "system"}; only conversations must be there."""

    conversations: str = "conversations"
    role: str = "from"
    value: str = "value"
    system: str = "system"
    user: str = ""
    assistant: str = ""

    def read(self, data: dict[str, Any]) -> Chat:
        """The row as a chat; NotThisFormat, Unsuitable."""
        turns = fields.turns_in(data, self.conversations, self.role, self.value)
        fields.only_text(data)
        messages = fields.messages_of(
            turns, self.role, self.value, fields.more_roles(_ROLES, self.user, self.assistant)
        )
        unsafe, flags = fields.safety(data, turns)
        return Chat(
            messages=fields.with_system(messages, data.get(self.system)),
            unsafe=unsafe,
            flags=flags,
            language=fields.word(data, "language", "lang"),
            model=fields.word(data, "model"),
            id=fields.word(data, "id", "conversation_id"),
            reasoning=fields.reasoning_of(turns),
        )

    @staticmethod
    def detect(data: dict[str, Any]) -> str | None:
        """`sharegpt` if a row looks like it."""
        return "sharegpt" if fields.has_turns(data, "conversations", "from", "value") else None
