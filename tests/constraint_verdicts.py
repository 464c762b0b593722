"""Answers with the verdict that a careful person gives them, strictly and loosely read. Written by hand."""

from __future__ import annotations

from typing import Any

Judged = tuple[str, dict[str, Any], str, bool, bool]
"""(kind, arguments, answer, strict, loose)"""

_SENTENCES = "length_constraints:number_sentences"
_CAPITALS = "change_case:capital_word_frequency"
_FIRST = "length_constraints:nth_paragraph_first_word"
_BULLETS = "detectable_format:number_bullet_lists"
_LANGUAGE = "language:response_language"
_GERMAN = {"language": "de"}
_SECTIONS = "detectable_format:multiple_sections"
_PARTS = {"section_spliter": "Part", "num_sections": 2}


def sentences(exactly: int, text: str) -> list[Judged]:
    """The answer has so many sentences: it holds for that number, and not for one more."""
    return [
        (_SENTENCES, {"num_sentences": exactly, "relation": "at least"}, text, True, True),
        (_SENTENCES, {"num_sentences": exactly, "relation": "less than"}, text, False, "\n" in text),
        (_SENTENCES, {"num_sentences": exactly + 1, "relation": "at least"}, text, False, False),
    ]


def capitals(exactly: int, text: str) -> list[Judged]:
    """The answer has so many words in capitals."""
    return [
        (
            _CAPITALS,
            {"capital_frequency": max(1, exactly), "capital_relation": "at least"},
            text,
            exactly > 0,
            exactly > 0,
        ),
        (_CAPITALS, {"capital_frequency": exactly + 1, "capital_relation": "at least"}, text, False, False),
    ]


HAND: list[Judged] = [
    *sentences(2, "Dr. Weber met Mrs. Lund at 5 p.m. on a Monday. It cost 3.50 euros."),
    *sentences(2, "He came from the U.S. The rest stayed."),
    *sentences(1, '"Really?" she asked.'),
    *sentences(3, "Wait... What? No!"),
    *sentences(2, "1. Bring a rope.\n2. Tie it well."),
    *sentences(2, "潮水来了。渔民走了。"),
    *sentences(2, "**It rains.** It pours"),
    *sentences(2, "i like tea. it is warm, e.g. in winter."),
    *capitals(4, "NASA and the U.S. like GPT-4 and I do not."),
    *capitals(2, "DON'T use AND."),
    *capitals(1, "It is NASA's."),
    *sentences(3, "Yes. A. Weber came. Then B. Lund."),
    *capitals(0, "Nothing of the Kind, iPhone or 42."),
    ("keywords:existence", {"keywords": ["run", "C++"]}, "Running c++ code.", True, True),
    ("keywords:existence", {"keywords": ["old (new)"]}, "The old (new) map.", True, True),
    ("keywords:frequency", {"keyword": "a*", "frequency": 1, "relation": "less than"}, "A map.", True, True),
    ("keywords:existence", {"keywords": ["run", "walk"]}, "Run!", False, False),
    ("keywords:frequency", {"keyword": "tide", "frequency": 2, "relation": "at least"}, "Tide, tides.", True, True),
    ("keywords:frequency", {"keyword": "tide", "frequency": 2, "relation": "less than"}, "Tide, tides.", False, False),
    ("keywords:forbidden_words", {"forbidden_words": ["art"]}, "The party is a start.", True, True),
    ("keywords:forbidden_words", {"forbidden_words": ["art"]}, "It is 'ART'.", False, False),
    ("keywords:letter_frequency", {"letter": "Q", "let_frequency": 2, "let_relation": "at least"}, "Qq", True, True),
    ("keywords:letter_frequency", {"letter": "q", "let_frequency": 2, "let_relation": "less than"}, "Qq", False, False),
    (_LANGUAGE, _GERMAN, "Die Flut kommt zweimal am Tag.", True, True),
    (_LANGUAGE, _GERMAN, "The tide comes in twice a day.", False, False),
    (_LANGUAGE, _GERMAN, "Here is what you asked for:\nDie Flut kommt zweimal am Tag.", False, True),
    ("length_constraints:number_words", {"num_words": 4, "relation": "at least"}, "Don't go out.", True, True),
    ("length_constraints:number_words", {"num_words": 4, "relation": "less than"}, "Don't go out.", False, False),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "One.\n***\nTwo.", True, True),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "***\nOne.\n***\nTwo.\n***", True, True),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "One.\n******\nTwo.", False, False),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 2}, "One.\n\nTwo.", False, False),
    (_FIRST, {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "however"}, "So.\n\nHowever, no.", True, True),
    (_FIRST, {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "however"}, "A.\n\n**However**.", False, True),
    (_FIRST, {"num_paragraphs": 2, "nth_paragraph": 1, "first_word": "however"}, "So.\n\nHowever, no.", False, False),
    (_FIRST, {"num_paragraphs": 1, "nth_paragraph": 1, "first_word": "can"}, "Can't do.", False, False),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "Dear [name] of [city]", True, True),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, "Dear [name] of []", False, False),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, "Bye.\n\np. s. Come soon.", True, True),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, "Bye.\n\nP.S. Come soon.", False, False),
    (_BULLETS, {"num_bullets": 2}, "Two:\n* one\n* two", True, True),
    (_BULLETS, {"num_bullets": 2}, "Two:\n- one\n---\n  - two", True, True),
    (_BULLETS, {"num_bullets": 2}, "**Two:**\n* one\n* two\n* three", False, True),
    (_BULLETS, {"num_bullets": 2}, "1. one\n2. two", False, False),
    ("detectable_format:constrained_response", {}, "My answer is maybe.", True, True),
    ("detectable_format:constrained_response", {}, "My answer is **maybe**.", False, True),
    ("detectable_format:constrained_response", {}, "Maybe.", False, False),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "*One* and **two**", True, True),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, "* One and *two*", False, False),
    (_SECTIONS, _PARTS, "Part 1\na\nPart 2", True, True),
    (_SECTIONS, _PARTS, "Part 1\na\npart 2", False, False),
    ("detectable_format:json_format", {}, '```json\n{"a": 1}\n```', True, True),
    ("detectable_format:json_format", {}, 'Here:\n```json\n{"a": 1}\n```', False, True),
    ("detectable_format:json_format", {}, "{'a': 1}", False, False),
    ("detectable_format:title", {}, "<<ode to rain>>\nIt rains.", True, True),
    ("detectable_format:title", {}, "<< >>\nIt rains.", False, False),
    ("combination:two_responses", {}, "Yes.\n******\nNo.", True, True),
    ("combination:two_responses", {}, "Yes.\n******\nYes.", False, False),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Why?"}, "Why? Because.", True, True),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Why?"}, "Sure:\nWhy? Because.", False, True),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Why?"}, "Sure:\nWhy? Because.\nBye", False, True),
    ("startend:quotation", {}, 'Sure:\n"So it is."\nBye', False, True),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Why?"}, "Because.", False, False),
    ("startend:end_checker", {"end_phrase": "That is all."}, 'So it is. That is ALL."', True, True),
    ("startend:end_checker", {"end_phrase": "That is all."}, "That is all.\nBye!", False, True),
    ("startend:end_checker", {"end_phrase": "That is all."}, "That is all. Bye!", False, False),
    ("startend:quotation", {}, '"So it is."', True, True),
    ("startend:quotation", {}, 'Sure:\n"So it is."', False, True),
    ("startend:quotation", {}, '"So it is.', False, False),
    ("change_case:english_capital", {}, "THE TIDE COMES IN TWICE A DAY.", True, True),
    ("change_case:english_capital", {}, "DIE FLUT KOMMT ZWEIMAL AM TAG UND GEHT WIEDER.", False, False),
    ("change_case:english_lowercase", {}, "the tide comes in twice a day.", True, True),
    ("change_case:english_lowercase", {}, "The tide comes in twice a day.", False, False),
    ("punctuation:no_comma", {}, "No; none. Not one", True, True),
    ("punctuation:no_comma", {}, "Yes, sir.\nNo sir.", False, True),
    ("punctuation:no_comma", {}, "1,000", False, False),
]  # fmt: skip
"""At least one that holds and one that does not, of every kind."""
