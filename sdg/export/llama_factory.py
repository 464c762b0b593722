"""llama-factory: {"conversations": [{"from", "value"}], "system"}, with the entry for dataset_info.json beside it.

The `sharegpt` formatting, which holds a dialogue turn by turn. LLaMA-Factory skips what does not alternate user and
assistant, with a warning in its log: such conversations are left out here, with the reason.
"""

from __future__ import annotations

from typing import Any, ClassVar

from sdg.export.shape import TURNS, Columns, Shape, alternating, conversation, renamed, without_system
from sdg.record import Record, Response

_NAMES = {"user": "human", "assistant": "gpt"}
_ENTRY: dict[str, Any] = {
    "formatting": "sharegpt",
    "columns": {"messages": "conversations", "system": "system"},
    "tags": {"role_tag": "from", "content_tag": "value", "user_tag": "human", "assistant_tag": "gpt"},
}


class Format(Shape):
    """data/README.md and converter.py of hiyouga/LLaMA-Factory. A split is a folder: it reads all files in one."""

    columns: ClassVar[Columns] = {"conversations": TURNS, "system": "string"}
    use: ClassVar[str] = "# LLaMA-Factory\ndataset_dir: NAME\ndataset: NAME"

    def row(self, record: Record, response: Response) -> dict[str, Any]:
        """Unfit: the turns do not alternate, or a system message stands in the middle."""
        prompt, answer = conversation(record, response)
        system, turns = without_system([*prompt, *answer], "LLaMA-Factory")
        alternating(turns, "LLaMA-Factory")
        return {"conversations": renamed(turns, _NAMES), "system": system}

    def folder(self, split: str) -> str:
        """A folder for each split, as one entry names one folder."""
        return split

    def described(self, name: str, files: dict[str, str]) -> dict[str, Any]:
        """One entry for each split: NAME, NAME_test."""
        return {
            name if split == "train" else f"{name}_{split}": {"file_name": file, **_ENTRY}
            for split, file in files.items()
        }
