"""sharegpt: {"conversations": [{"from": "human" or "gpt" or "system", "value"}]}, for Axolotl and many others."""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import TURNS, Columns, Shape, conversation, renamed
from sdg.record import Record, Response

NAMES = {"system": "system", "user": "human", "assistant": "gpt"}


class Format(Shape):
    """Axolotl's `type: chat_template` reads it; its older `type: sharegpt` is gone, the shape of the data is not."""

    columns: ClassVar[Columns] = {"conversations": TURNS}
    use: ClassVar[str] = (
        "# Axolotl\ndatasets:\n  - path: NAME\n    type: chat_template\n    field_messages: conversations\n"
        "    message_property_mappings: {role: from, content: value}"
    )

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Every conversation that ends in an answer has a place."""
        prompt, answer = conversation(record, response)
        return {"conversations": renamed([*prompt, *answer], NAMES)}
