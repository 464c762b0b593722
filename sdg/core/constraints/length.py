"""Constraints on how long an answer is: words, sentences, paragraphs."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar

from pydantic import StringConstraints, model_validator

from sdg.core.constraints.base import Constraint, Count, Relation, compare
from sdg.core.constraints.counting import count_words
from sdg.core.constraints.scripts import unspaced
from sdg.core.constraints.sentences import count_sentences

_DIVIDER = "***"
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
_AROUND_WORD = "\"'“”‘’«»„‚‹›¿¡.,;:!?…()[]{}<>—–-。，、；：！？（）「」『』《》"
_WITHIN = re.compile(r"[.,?!\"“”;:…。，、；：！？（）「」『』《》—–]")


class NumberWords(Constraint):
    """How many words; see `count_words`."""

    kind: ClassVar[str] = "length_constraints:number_words"

    num_words: Count
    relation: Relation

    def _holds(self, text: str) -> bool:
        return compare(count_words(text), self.relation, self.num_words)


class NumberSentences(Constraint):
    """How many sentences; see `sentences`."""

    kind: ClassVar[str] = "length_constraints:number_sentences"

    num_sentences: Count
    relation: Relation

    def _holds(self, text: str) -> bool:
        return compare(count_sentences(text), self.relation, self.num_sentences)


class NumberParagraphs(Constraint):
    """Exactly so many paragraphs with *** between; an empty one in the middle is an error, at the ends it is none."""

    kind: ClassVar[str] = "length_constraints:number_paragraphs"

    num_paragraphs: Count

    def _holds(self, text: str) -> bool:
        paragraphs = [bool(piece.strip()) for piece in text.split(_DIVIDER)]
        return all(paragraphs[1:-1]) and sum(paragraphs) == self.num_paragraphs


class NthParagraphFirstWord(Constraint):
    """Exactly so many paragraphs with blank lines between, and the nth begins with the word, in any case.

    nth_paragraph counts from 1. Punctuation around the word does not matter, markdown does.
    """

    kind: ClassVar[str] = "length_constraints:nth_paragraph_first_word"

    num_paragraphs: Count
    nth_paragraph: Count
    first_word: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"^\S+$")]

    @model_validator(mode="after")
    def _is_there(self) -> NthParagraphFirstWord:
        if self.nth_paragraph > self.num_paragraphs:
            raise ValueError(f"nth_paragraph {self.nth_paragraph} is above num_paragraphs {self.num_paragraphs}")
        return self

    def _holds(self, text: str) -> bool:
        paragraphs = _BLANK_LINES.split(text.strip())
        return len(paragraphs) == self.num_paragraphs and self._begins(paragraphs[self.nth_paragraph - 1])

    def _begins(self, paragraph: str) -> bool:
        word = self.first_word.lower()
        first = paragraph.split()[0].lower()
        if unspaced(word[-1]):
            return first.lstrip(_AROUND_WORD).startswith(word)
        bare = first.strip(_AROUND_WORD)
        return word.strip(_AROUND_WORD) in (bare, _WITHIN.split(bare)[0])
