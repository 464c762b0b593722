"""Constraints on how an answer begins and ends."""

from __future__ import annotations

from typing import ClassVar

from sdg.core.constraints.base import Constraint, Text
from sdg.core.constraints.scripts import unspaced

_OPENING = '"“”„'
_CLOSING = '"”“'


class EndChecker(Constraint):
    """The answer's last words are the phrase, in any case; quotation marks and white space may follow."""

    kind: ClassVar[str] = "startend:end_checker"

    end_phrase: Text

    def _holds(self, text: str) -> bool:
        phrase = self.end_phrase.lower()
        text = text.strip().lower()
        return any(_ends(ending, phrase) for ending in (text, text.strip('"').strip()))


class Quotation(Constraint):
    """The whole answer stands between double quotation marks, straight or curly."""

    kind: ClassVar[str] = "startend:quotation"

    def _holds(self, text: str) -> bool:
        text = text.strip()
        return text[0] in _OPENING and text[-1] in _CLOSING and bool(text[1:-1].strip())


def _ends(text: str, phrase: str) -> bool:
    """The phrase has to begin where a word does: "start" does not end with "art"."""
    if not text.endswith(phrase):
        return False
    before = text[: -len(phrase)][-1:]
    return not (before.isalnum() and phrase[0].isalnum()) or unspaced(phrase[0])
