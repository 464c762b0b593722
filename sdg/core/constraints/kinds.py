"""The 25 kinds of constraints of IFEval (arXiv 2311.07911), by its own names. Each is defined in its family's file."""

from __future__ import annotations

from sdg.core.constraints.base import Constraint
from sdg.core.constraints.change_case import CapitalWordFrequency, EnglishCapital, EnglishLowercase
from sdg.core.constraints.combination import RepeatPrompt, TwoResponses
from sdg.core.constraints.content import NumberPlaceholders, Postscript
from sdg.core.constraints.format import (
    ConstrainedResponse,
    JsonFormat,
    MultipleSections,
    NumberBulletLists,
    NumberHighlightedSections,
    Title,
)
from sdg.core.constraints.keywords import Existence, ForbiddenWords, Frequency, LetterFrequency
from sdg.core.constraints.language import ResponseLanguage
from sdg.core.constraints.length import NthParagraphFirstWord, NumberParagraphs, NumberSentences, NumberWords
from sdg.core.constraints.punctuation import NoComma
from sdg.core.constraints.startend import EndChecker, Quotation

_ALL: tuple[type[Constraint], ...] = (
    Existence,
    Frequency,
    ForbiddenWords,
    LetterFrequency,
    ResponseLanguage,
    NumberSentences,
    NumberParagraphs,
    NumberWords,
    NthParagraphFirstWord,
    NumberPlaceholders,
    Postscript,
    NumberBulletLists,
    ConstrainedResponse,
    NumberHighlightedSections,
    MultipleSections,
    JsonFormat,
    Title,
    TwoResponses,
    RepeatPrompt,
    EndChecker,
    Quotation,
    CapitalWordFrequency,
    EnglishCapital,
    EnglishLowercase,
    NoComma,
)

KINDS: dict[str, type[Constraint]] = {one.kind: one for one in _ALL}
