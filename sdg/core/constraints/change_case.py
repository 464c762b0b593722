"""Constraints on capital and small letters."""

from __future__ import annotations

import re
from typing import ClassVar

from sdg.core.constraints.base import Constraint, Count, Relation, compare
from sdg.core.constraints.scripts import WORD
from sdg.core.constraints.speech import is_in

_WORDS = re.compile(rf"[{WORD}]+(?:[-'’.&][{WORD}]+)*")
_CLITIC = re.compile(r"['’](?:s|d|m|ll|re|ve)\Z")


class CapitalWordFrequency(Constraint):
    """How many words have all their letters in capitals. A, I, U.S., GPT-4, DON'T and NASA's are one each."""

    kind: ClassVar[str] = "change_case:capital_word_frequency"

    capital_frequency: Count
    capital_relation: Relation

    def _holds(self, text: str) -> bool:
        capital = sum(1 for word in _WORDS.findall(text) if _CLITIC.sub("", word).isupper())
        return compare(capital, self.capital_relation, self.capital_frequency)


class EnglishCapital(Constraint):
    """English, and no small letter."""

    kind: ClassVar[str] = "change_case:english_capital"

    def _holds(self, text: str) -> bool:
        return text.isupper() and is_in("en", text)


class EnglishLowercase(Constraint):
    """English, and no capital letter."""

    kind: ClassVar[str] = "change_case:english_lowercase"

    def _holds(self, text: str) -> bool:
        return text.islower() and is_in("en", text)
