"""Reading what models write: manners taken off a prompt, refusals, yes or no; documents cut. No command runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.refusals import refusal_in
from sdg.prompts.clean import cleaned, why_not
from sdg.prompts.cutting import cut, estimated_tokens
from sdg.rehearsal.answers import REFUSALS
from sdg.topics.entities import read_verdict

TEXT = "My sourdough stays flat after 12 hours at 19 °C. What should I change first?"
DRESSED = [
    "Here is a more specific version:\n\n{}",
    "Sure! Here's the revised question:\n\n{}",
    "Certainly! {}",
    "Here is the question:\n{}",
    "**Revised question:** {}",
    "**Rewritten prompt**: {}",
    "Revised: {}",
    "## Revised question\n\n{}",
    "Question: {}",
    '"{}"',
    "“{}”",
    "```\n{}\n```",
    "```text\n{}\n```",
    "**{}**",
    "{}\n\nLet me know if you would like it to be even more specific.",
    "{}\n\n(I added a setting and a constraint to make it more concrete.)",
    "{}\n\n---\nI hope this helps!",
    "{}\n\n*This revised version names the temperature.*",
    'Sure, here is the rewritten task:\n\n"{}"\n\nFeel free to adjust it.',
    "Hier ist eine überarbeitete Fassung:\n\n{}",
    "Voici une version plus précise :\n\n{}",
    "Aquí tienes una versión más específica:\n\n{}\n\nEspero que esto ayude.",
    "以下是修改后的问题：\n{}",
    "修改后的问题：{}",
    "以下は書き直した質問です：\n{}\n\n必要に応じて調整できます。",
]


@pytest.mark.parametrize("dress", DRESSED)
def test_what_a_model_puts_around_a_prompt_is_taken_off(dress: str) -> None:
    assert cleaned(dress.replace("{}", TEXT)) == TEXT


OWN_WORDS = [
    "Okay, so my landlord wants 300 euros more. Can he?",
    "Here is my situation: I moved in May and paid twice. What now?",
    "Here's what happened:\n\n- the pump stopped\n- the fuse is fine\n\nWhat do I check next?",
    "This is the error I get: KeyError: 'id'. Why?",
    "I bake on Sundays.\n\nI've added rye since March and it collapses. Why is that?",
    "Plan three dinners.\n\nNote: my son can't eat nuts.",
    '"Cogito, ergo sum" is said to be circular. Is "ergo" to blame?',
    "Write a toast for Ana. Question: may it rhyme?",
    "**Ana** and **Ben** split 90 euros two to one. Who pays what?",
    "```python\nprint(1)\n```\nWhy does this print to stdout?",
    "Sure signs of root rot in a ficus: which are there?",
    "Version: nginx 1.24. Status 502 on every upload. What do I check?",
    "Of course it rained. How do I dry a tent in a city flat?",
    "小明有12个苹果，给了小红3个，还剩几个？",
]


@pytest.mark.parametrize("text", OWN_WORDS)
def test_a_persons_own_words_are_left_as_they_are(text: str) -> None:
    assert cleaned(text) == text
    assert why_not(text) is None


@given(st.text())
def test_cleaning_adds_nothing_and_never_fails(text: str) -> None:
    assert cleaned(text) in text
    assert cleaned(cleaned(text)) in cleaned(text)


REFUSED = [
    *REFUSALS,
    "**Sorry, I can't fulfill this request.**",
    "I'm unable to assist with that.",
    "Lo siento, pero no puedo ayudar con eso.",
    "很抱歉，我无法回答这个问题。",
    "Es tut mir leid, aber ich kann dabei nicht helfen.",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_is_known_by_its_words(text: str) -> None:
    assert refusal_in(text)
    why = why_not(text)
    assert why is not None
    assert why[0] == "refusal"


OWN_TROUBLE = [
    "I'm sorry, but I can't find my keys. Where do people lose them?",
    "I can't open the file that my teacher sent. What now?",
    "As an AI engineer, I need a name for my team.",
    "Sorry sight, my garden. Which plant is hard to kill?",
]


@pytest.mark.parametrize("text", OWN_TROUBLE)
def test_what_a_person_says_of_their_own_trouble_is_no_refusal(text: str) -> None:
    assert not refusal_in(text)


@pytest.mark.parametrize(("text", "short"), [("", True), ("Why?", True), ("Explain it", True), ("怎么办", False),
                                              ("Explain it briefly", False), ("- * -", True)])  # fmt: skip
def test_a_text_of_fewer_than_three_words_asks_for_nothing(text: str, short: bool) -> None:
    assert (why_not(text) is not None) is short


PIECES = st.sampled_from(
    ["Word ", "A sentence. ", "\n\n", "\n", "长句子没有空格", "。", "x" * 70, " ", "\r\n \n", "é", "!)"]
)


@given(st.lists(PIECES, max_size=80).map("".join), st.floats(1, 60))
def test_the_parts_of_a_document_are_the_document_and_none_is_over_budget(text: str, budget: float) -> None:
    parts = cut(text, budget)
    assert "".join(parts) == text
    assert all(estimated_tokens(part) <= budget for part in parts)
    assert len(parts) == 1 or all(parts)


def test_a_document_is_cut_at_paragraph_ends_into_parts_of_about_the_same_length() -> None:
    paragraphs = [f"Paragraph {number} says something. It takes two sentences." for number in range(40)]
    parts = cut("\n\n".join(paragraphs), 250)
    assert all(part.rstrip().endswith("sentences.") and part.startswith("Paragraph") for part in parts)
    sizes = [estimated_tokens(part) for part in parts]
    assert len(parts) == 3
    assert min(sizes) > 0.7 * max(sizes), "no scrap at the end"


def test_a_long_paragraph_is_cut_at_sentence_ends_and_a_long_sentence_at_a_space() -> None:
    parts = cut("This is one sentence of it. " * 100, 50)
    assert all(part.rstrip().endswith("of it.") for part in parts)
    parts = cut("word " * 300, 50)
    assert all(part.endswith("word ") for part in parts)
    assert {len(part) <= 20 for part in cut("字" * 100, 20)} == {True}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Yes.", True), ("**Yes**", True), ("yes, because it fits", True), ("Answer: No", False), ("NO!", False),
        ('"No"', False), ("The answer is: **yes**.", True), ("It names a method, so yes.", True), ("", None),
        ("Yes and no.", None), ("There is no doubt about it.", None), ("I can't say.", None), ("Nothing", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_out_of_what_models_say(text: str, verdict: bool | None) -> None:
    assert read_verdict(text) is verdict
