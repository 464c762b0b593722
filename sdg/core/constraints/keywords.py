"""Constraints on words and letters that an answer has or has not. A keyword is text, never a pattern."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from sdg.core.constraints.base import Constraint, Count, Relation, Text, compare
from sdg.core.constraints.scripts import WORD, unspaced

Words = Annotated[list[Text], Field(min_length=1)]


class Existence(Constraint):
    """Every keyword occurs somewhere, in any case, also inside a longer word (run in running), as IFEval has it."""

    kind: ClassVar[str] = "keywords:existence"

    keywords: Words

    def _holds(self, text: str) -> bool:
        return all(_occurrences(keyword, text) for keyword in self.keywords)


class Frequency(Constraint):
    """How often a keyword occurs, in any case, also inside longer words."""

    kind: ClassVar[str] = "keywords:frequency"

    keyword: Text
    frequency: Count
    relation: Relation

    def _holds(self, text: str) -> bool:
        return compare(_occurrences(self.keyword, text), self.relation, self.frequency)


class ForbiddenWords(Constraint):
    """None of the words occurs as a whole word, in any case. Where words have no spaces between, none occurs at all."""

    kind: ClassVar[str] = "keywords:forbidden_words"

    forbidden_words: Words

    def _holds(self, text: str) -> bool:
        return not any(_whole_word(word).search(text) for word in self.forbidden_words)


class LetterFrequency(Constraint):
    """How often a letter (or any other single character) occurs, in any case."""

    kind: ClassVar[str] = "keywords:letter_frequency"

    letter: Annotated[str, StringConstraints(min_length=1, max_length=1, pattern=r"\S")]
    let_frequency: Count
    let_relation: Relation

    def _holds(self, text: str) -> bool:
        return compare(text.lower().count(self.letter.lower()), self.let_relation, self.let_frequency)


def _occurrences(keyword: str, text: str) -> int:
    return len(re.findall(re.escape(keyword), text, re.IGNORECASE))


def _whole_word(word: str) -> re.Pattern[str]:
    before = rf"(?<![{WORD}])" if _bounded(word[0]) else ""
    after = rf"(?![{WORD}])" if _bounded(word[-1]) else ""
    return re.compile(before + re.escape(word) + after, re.IGNORECASE)


def _bounded(character: str) -> bool:
    """Whether a word that begins or ends with this character ends where no word character follows."""
    return (character.isalnum() or character == "_") and not unspaced(character)
