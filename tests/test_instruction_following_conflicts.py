"""Which instructions may not stand together: by their kinds, by their arguments, and by the room that is left."""

from __future__ import annotations

from typing import Any

import pytest

from sdg.core.constraints import KINDS as CHECKED
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.conflicts import APART, go_together
from sdg.prompts.constraints.drawn import Drawn


def some(kind: str, **arguments: Any) -> Drawn:
    assert CHECKED[kind].model_validate(arguments)
    return Drawn(kind, arguments)


def words(number: int, relation: str) -> Drawn:
    return some(kinds.WORDS, num_words=number, relation=relation)


def sentences(number: int, relation: str) -> Drawn:
    return some(kinds.SENTENCES, num_sentences=number, relation=relation)


CONTRADICTIONS = {
    "the same word, wanted and forbidden": [
        some(kinds.KEYWORDS, keywords=["bees", "honey"]), some(kinds.FORBIDDEN, forbidden_words=["Honey", "very"])],
    "a form of the word": [
        some(kinds.FREQUENCY, keyword="gardening", frequency=2, relation="at least"),
        some(kinds.FORBIDDEN, forbidden_words=["garden", "very"])],
    "a forbidden word in the last phrase": [
        some(kinds.END, end_phrase="Enough said, for now."), some(kinds.FORBIDDEN, forbidden_words=["now", "very"])],
    "a forbidden word in a verdict": [some(kinds.VERDICT), some(kinds.FORBIDDEN, forbidden_words=["maybe", "very"])],
    "a comma in the last phrase": [some(kinds.NO_COMMA), some(kinds.END, end_phrase="Enough said, for now.")],
    "a comma in what is to be repeated": [some(kinds.NO_COMMA), some(kinds.REPEAT, prompt_to_repeat="If so, why?")],
    "more words than allowed": [words(40, "less than"), sentences(12, "at least")],
    "more sentences than allowed": [sentences(4, "less than"), words(200, "at least")],
    "paragraphs without a sentence": [sentences(4, "less than"), some(kinds.PARAGRAPHS, num_paragraphs=5)],
    "many sections in few words": [
        words(50, "less than"), some(kinds.SECTIONS, section_spliter="Part", num_sections=6)],
    "a mixed-case heading among capitals": [
        some(kinds.CAPITALS), some(kinds.SECTIONS, section_spliter="Part", num_sections=2)],
    "capital headings against few capital words": [
        some(kinds.SECTIONS, section_spliter="PART", num_sections=5),
        some(kinds.CAPITAL_WORDS, capital_frequency=4, capital_relation="less than")],
    "a rare letter in a long text": [
        words(400, "at least"), some(kinds.LETTER, letter="w", let_frequency=4, let_relation="less than")],
    "a letter of a wanted word": [
        some(kinds.KEYWORDS, keywords=["jazz", "pizza"]),
        some(kinds.LETTER, letter="z", let_frequency=3, let_relation="less than")],
    "a word that is both rare and wanted": [
        some(kinds.KEYWORDS, keywords=["bees", "honey"]),
        some(kinds.FREQUENCY, keyword="honey", frequency=2, relation="less than")],
    "bullets in what is to be repeated": [
        some(kinds.BULLETS, num_bullets=2), some(kinds.REPEAT, prompt_to_repeat="- one thing")],
    "sentences of a script without full stops": [some(kinds.LANGUAGE, language="hi"), sentences(4, "at least")],
    "three that are one too many": [
        words(60, "less than"), sentences(5, "at least"),
        some(kinds.SECTIONS, section_spliter="Part", num_sections=3)],
}  # fmt: skip


@pytest.mark.parametrize("why", CONTRADICTIONS)
def test_what_contradicts_does_not_go_together(why: str) -> None:
    drawn = CONTRADICTIONS[why]
    assert not go_together(drawn)
    assert not go_together(drawn[::-1])
    assert all(go_together([one]) for one in drawn)


def test_two_kinds_that_cannot_both_hold_are_kept_apart() -> None:
    for one, other in [
        (kinds.CAPITALS, kinds.LOWERCASE),
        (kinds.TWO, kinds.REPEAT),
        (kinds.NO_COMMA, kinds.JSON),
        (kinds.LANGUAGE, kinds.CAPITALS),
        (kinds.LANGUAGE, kinds.KEYWORDS),
        (kinds.PARAGRAPHS, kinds.FIRST_WORD),
        (kinds.QUOTED, kinds.END),
        (kinds.QUOTED, kinds.POSTSCRIPT),
        (kinds.QUOTED, kinds.REPEAT),
        (kinds.TWO, kinds.PARAGRAPHS),
        (kinds.LOWERCASE, kinds.VERDICT),
        (kinds.LOWERCASE, kinds.SECTIONS),
        *((kinds.JSON, kind) for kind in (kinds.TITLE, kinds.SECTIONS, kinds.BULLETS, kinds.QUOTED, kinds.POSTSCRIPT)),
        *((kinds.JSON, kind) for kind in (kinds.END, kinds.PARAGRAPHS, kinds.TWO, kinds.REPEAT, kinds.CAPITALS)),
    ]:
        assert frozenset((one, other)) in APART, (one, other)
