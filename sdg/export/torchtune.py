"""torchtune: {"messages": [{"role", "content"}]}, for torchtune's chat_dataset in the style `openai`.

torchtune stops at a conversation that does not alternate user and assistant: such are left out, with the reason.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import MESSAGES, Columns, Shape, alternating, conversation, without_system
from sdg.record import Record, Response


class Format(Shape):
    """What OpenAIToMessages reads and validate_messages lets through."""

    columns: ClassVar[Columns] = MESSAGES
    use: ClassVar[str] = (
        "# torchtune\ndataset:\n  _component_: torchtune.datasets.chat_dataset\n  source: NAME\n"
        "  conversation_column: messages\n  conversation_style: openai\n  split: train"
    )

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Unfit: the turns do not alternate, or a system message stands in the middle."""
        prompt, answer = conversation(record, response)
        messages = [*prompt, *answer]
        alternating(without_system(messages, "torchtune")[1], "torchtune")
        return {"messages": messages}
