"""Splits a text into sentences, by rules and without data. Nothing about constraints.

A sentence ends at . ! ? … and their kind, with closing quotes and brackets, where white space or the end follows; at a
full stop of Chinese, Japanese, Hindi and the like it ends in any case. Not at a point that belongs to an abbreviation,
an initial or the number of a list item. Line breaks end nothing: a heading or a list without points belongs to the
sentence that follows, as in the tokenizer that IFEval uses. A piece without letters and digits is no sentence.
"""

from __future__ import annotations

import re

from sdg.core.constraints.scripts import LETTER_OR_DIGIT

_CLOSING = r"\"'”’»›)\]}*_`"
_MARK = re.compile(
    rf"(?P<hard>[。！？｡।॥።؟۔]+[{_CLOSING}」』）】]*)"
    rf"|(?<![.!?…])(?P<soft>[.!?…]++)(?P<closing>(?:[{_CLOSING}]|\[\d+\])*+)(?=\s|\Z)"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER_LAST = _words(
    # titles and words that introduce something
    "mr mrs ms mx dr prof st sgt lt col gen capt rev hon pres gov sen rep messrs mme mlle sra srta fr hr"
    " e.g i.e eg ie viz cf vs v resp approx ca bzw z.b d.h u.a vgl"
)
_BEFORE_NUMBER = _words("no nos nr fig figs eq eqs vol pp p ch sec art par ver op ex")
_RARELY_LAST = _words(
    "etc inc ltd co corp jr sr bros al ave blvd rd mt ft dept est min max a.m p.m b.c a.d ph.d usw jan feb mar apr jun"
    " jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri"
)
_STARTERS = _words(
    "the a an this that these those it its he she they we you i his her their our your my there here then thus so but"
    " and or yet if when while as after before although because since however moreover finally first second next in on"
    " at for from to with what who why how where no yes do does is are was not"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LIST_NUMBER = re.compile(r"[#*_>(\s]*(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,4})")
_LAST_WORD = re.compile(r"[^\s\"'“”‘’(\[{«*_`—–]+\Z")
_NEXT_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def count_sentences(text: str) -> int:
    """How many sentences a text has; 0 if it has no letter and no digit."""
    return len(sentences(text))


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, without white space around them."""
    pieces, start = [], 0
    for mark in _MARK.finditer(text):
        if mark["hard"] or _ends(text, start, mark):
            pieces.append(text[start : mark.end()])
            start = mark.end()
    pieces.append(text[start:])
    return [piece.strip() for piece in pieces if LETTER_OR_DIGIT.search(piece)]


def _ends(text: str, start: int, mark: re.Match[str]) -> bool:
    """Whether a sentence that began at `start` ends at this mark."""
    after = _NEXT_WORD.search(text, mark.end(), mark.end() + 80)
    follows = after[0] if after else ""
    if not follows:
        return True
    if mark["closing"].strip("*_`") and follows[0].islower():
        return False  # "Really?" she asked.
    if mark["soft"] == ".":
        return not _belongs_to_word(text, start, mark, follows)
    if set(mark["soft"]) <= {".", "…"}:
        return not follows[0].islower()
    return True


def _belongs_to_word(text: str, start: int, mark: re.Match[str], follows: str) -> bool:
    """Whether a single point stands for something left out, or after an item's number, and ends no sentence."""
    before = text[max(start, mark.start() - 40) : mark.start()]
    line = ("\n" * (not start and mark.start() <= 40) + before).rpartition("\n")
    if line[1] and not mark["closing"] and _LIST_NUMBER.fullmatch(line[2]) and line[2].strip() != "I":
        return True
    found = _LAST_WORD.search(before)
    if not found:
        return False
    word = found[0].lower()
    if word in _NEVER_LAST:
        return True
    if word in _BEFORE_NUMBER:
        return follows[0].isdigit()
    if word in _RARELY_LAST:  # in a text of capitals, a capital does not tell that something begins
        return not follows[0].isupper() or (found[0].isupper() and len(follows) > 1 and follows.isupper())
    if _INITIALS.fullmatch(found[0]):  # J. Smith, the U.S. Army; but: vitamin C. The ..., so do I. We ...
        return found[0] != "I" and follows.lower() not in _STARTERS
    return False
