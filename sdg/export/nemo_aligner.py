"""nemo-aligner: NeMo-Aligner's chat shape, with "mask": "User", so that only the answers are learned. It reads JSONL.

{"system", "conversations": [{"from": "User" or "Assistant", "value", "label": null}], "mask", "type"}
"""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import Columns, Shape, Unfit, conversation, renamed, without_system
from sdg.record import Record, Response

_NAMES = {"user": "User", "assistant": "Assistant"}


class Format(Shape):
    """GPTSFTChatDataset of NeMo, which NeMo-Aligner trains with. label: for SteerLM, null in plain SFT."""

    columns: ClassVar[Columns] = {
        "system": "string",
        "conversations": [{"from": "string", "value": "string", "label": "string"}],
        "mask": "string",
        "type": "string",
    }
    use: ClassVar[str] = "# NeMo-Aligner\nmodel.data.chat=True model.data.train_ds.file_path=NAME/FILE.jsonl"

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Unfit: there is no user's turn, or a system message stands in the middle."""
        prompt, answer = conversation(record, response)
        system, turns = without_system([*prompt, *answer], "NeMo-Aligner")
        if turns[0]["role"] != "user":
            # It never learns the first turn, whoever speaks, so an answer there would be lost without a word.
            raise Unfit("turn order", f"the first turn is the {turns[0]['role']}'s, NeMo-Aligner wants the user's")
        conversations = [{**turn, "label": None} for turn in renamed(turns, _NAMES)]
        return {"system": system, "conversations": conversations, "mask": "User", "type": "VALUE_TO_TEXT"}
