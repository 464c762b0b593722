"""The rehearsal endpoint as a user in a conversation, and answers that obey what is said of their form, or do not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rehearsal_calls import chat, choices, texts
from sdg.core.constraints import KINDS
from sdg.core.user.checks import why_not
from sdg.core.user.cleaning import cleaned

ANSWER = (
    "Careful timing limits most of what matters about hives. When the weather turns, storage matters more than noise."
)
TURN = (
    "This is a conversation:\n<conversation>\n[user]\nHow do I keep bees over winter?\n\n[assistant]\n"
    f"{ANSWER}\n</conversation>\nYou play the person.\nAnswer with the next message of the user alone."
)
TALK = [{"role": "user", "content": "How do I keep bees over winter?"}, {"role": "assistant", "content": ANSWER}]


def test_the_next_message_of_a_user_is_about_the_answer_and_now_and_then_spoilt() -> None:
    found = [text for start in range(0, 1000, 100) for text in texts(chat(TURN, n=100), sample=start)]
    assert len(set(found)) > 800
    about = ("careful timing", "timing", "storage", "noise", "bees", "winter")
    assert sum(any(word in text.lower() for word in about) for text in found) > 600
    faults = {
        "thanks": sum(bool(re.match(r"Thank|Great expl|That's very helpful, thanks", text)) for text in found),
        "labels": sum(bool(re.match(r"User:|\*\*User|Human:|\[user|Next message", text)) for text in found),
        "manners": sum(bool(re.match(r"Sure, |Certainly! |As an AI", text)) for text in found),
        "answers": sum(len(text.split()) > 45 for text in found),
        "repeats": found.count("How do I keep bees over winter?"),
    }
    low = {"thanks": 25, "labels": 12, "manners": 12, "answers": 6, "repeats": 2}
    assert all(low[kind] <= faults[kind] <= 90 for kind in low), faults
    usable = [cleaned(text) for text in found if not why_not(text, TALK)]
    assert 930 < len(usable) < 985
    assert not any(re.match(r"Thank|User|Human|Sure|Certainly|As an AI|\[|\*", text) for text in usable)


def test_a_message_is_the_same_for_the_same_request_and_another_for_another_talk() -> None:
    assert texts(chat(TURN)) == texts(chat(TURN))
    assert texts(chat(TURN, temperature=0)) == texts(chat(TURN, temperature=0), sample=9)
    assert texts(chat(TURN)) != texts(chat(TURN.replace("bees", "wasps")))
    assert texts(chat("What is the next message of the user interface?")), "without a conversation it is a question"


DEMANDS: list[tuple[str, str, dict[str, Any]]] = [
    ("Do not use commas at all.", "punctuation:no_comma", {}),
    ("Write in English and only in small letters.", "change_case:english_lowercase", {}),
    ("Write in English and with the caps lock on: CAPITALS ONLY.", "change_case:english_capital", {}),
    ("Set all of it between a pair of \"double quotes\".", "startend:quotation", {}),
    ("Make the whole of it parse as JSON.", "detectable_format:json_format", {}),
    ("Write 350 words or more.", "length_constraints:number_words", {"relation": "at least", "num_words": 350}),
    ("Keep it under 40 words.", "length_constraints:number_words", {"relation": "less than", "num_words": 40}),
    ("Have 4 bullet points, no more and no fewer.", "detectable_format:number_bullet_lists", {"num_bullets": 4}),
    ("Leave 3 or more gaps for me.", "detectable_content:number_placeholders", {"num_placeholders": 3}),
    ("Include a title that stands between << and >>.", "detectable_format:title", {}),
    ("Close with an afterthought introduced by P.S.", "detectable_content:postscript", {"postscript_marker": "P.S."}),
    ('Sign off with "Over to you." and add nothing after it.', "startend:end_checker", {"end_phrase": "Over to you."}),
    ("Offer me two answers, with the line ****** between them.", "combination:two_responses", {}),
    ('Say "My answer is yes.", or "My answer is no.".', "detectable_format:constrained_response", {}),
]  # fmt: skip


@pytest.mark.parametrize(("demand", "kind", "arguments"), DEMANDS)
def test_demands_on_the_form_are_met_in_most_cases_and_not_in_all(
    demand: str, kind: str, arguments: dict[str, Any]
) -> None:
    constraint = KINDS[kind].model_validate(arguments)
    found = texts(chat(f"How do I keep bees over winter? {demand}", n=120))
    assert 60 <= sum(constraint.holds(text) for text in found) <= 114
    bare = texts(chat("How do I keep bees over winter?", n=120))
    assert sum(constraint.holds(text) for text in bare) < 30


def test_a_demand_for_all_turns_holds_later_and_one_for_the_first_does_not() -> None:
    for first, low, high in (
        ("How do I keep bees? From here on, in this answer and in every later one: do not use commas.", 60, 114),
        ("How do I keep bees? Do not use commas.", 0, 30),
    ):
        talk = [
            {"role": "user", "content": first},
            {"role": "assistant", "content": "In a dry box."},
            {"role": "user", "content": "And wasps, ants and flies?"},
        ]
        found = [choice["message"]["content"] for choice in choices(chat(n=120, messages=talk))]
        assert low <= sum("," not in text for text in found) <= high


def test_an_answer_without_demands_is_what_it_was() -> None:
    [plain] = texts(chat("How do tides shape harbour towns? Mention JSON, commas and the << operator."))
    assert "," in plain
    assert plain[0] not in '"{<'
