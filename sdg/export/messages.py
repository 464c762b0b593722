"""messages: {"messages": [{"role", "content"}]}, for TRL, Axolotl, OpenAI's fine-tuning and most others.

The whole conversation, the system message first if there is one.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import MESSAGES, Columns, Shape, conversation
from sdg.record import Record, Response


class Format(Shape):
    """TRL 1.16, "conversational language modeling"; with assistant_only_loss=True only the answers are learned."""

    columns: ClassVar[Columns] = MESSAGES
    use: ClassVar[str] = "# TRL\nSFTTrainer(model, args=SFTConfig(assistant_only_loss=True), train_dataset=dataset)"

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Every conversation that ends in an answer has a place."""
        prompt, answer = conversation(record, response)
        return {"messages": [*prompt, *answer]}
