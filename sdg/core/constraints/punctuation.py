"""Constraints on punctuation."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import ClassVar

from sdg.core.constraints.base import Constraint


class NoComma(Constraint):
    """No comma of any script: the Chinese, Japanese and Arabic ones are commas too."""

    kind: ClassVar[str] = "punctuation:no_comma"

    def _holds(self, text: str) -> bool:
        return not any(_is_comma(character) for character in set(text))


@cache
def _is_comma(character: str) -> bool:
    words = unicodedata.name(character, "").split()
    return "COMMA" in words and unicodedata.category(character) == "Po"
