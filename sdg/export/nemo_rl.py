"""nemo-rl: {"messages": [{"role", "content"}]}, for NeMo RL's `openai_format` data sets. It reads JSONL."""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import MESSAGES, Columns, Shape, conversation
from sdg.record import Record, Response


class Format(Shape):
    """OpenAIFormatDataset of NeMo RL: the last message is the assistant's; a chat template makes text of it all."""

    columns: ClassVar[Columns] = MESSAGES
    use: ClassVar[str] = "# NeMo RL\ndata:\n  train:\n    dataset_name: openai_format\n    data_path: NAME/FILE.jsonl"

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Every conversation that ends in an answer has a place."""
        prompt, answer = conversation(record, response)
        return {"messages": [*prompt, *answer]}
