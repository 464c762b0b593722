"""What is drawn for a prompt: kinds, arguments, words. Every set is shown to be possible by an answer that obeys it."""

from __future__ import annotations

import random
from collections import Counter
from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obeying import disobeyed, obeying
from sdg.core.constraints import KINDS as CHECKED
from sdg.core.constraints import LANGUAGES
from sdg.core.errors import UsageError
from sdg.core.languages import code_of
from sdg.core.template import Templates
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.arguments import ARGUMENTS
from sdg.prompts.constraints.conflicts import APART, go_together
from sdg.prompts.constraints.draw import ALL_TURNS, FORMS, REVISION, SINGLE, Drawer
from sdg.prompts.constraints.drawn import KINDS, Drawn
from sdg.prompts.constraints.languages import mostly_latin
from sdg.prompts.constraints.phrasing import Phrasing
from sdg.prompts.constraints.traits import Traits, traits_of

TABLES = {
    name: Templates(None).table(f"instruction-following/{name}") for name in ("draws", "phrases", "layouts", "words")
}
DRAWER = Drawer(TABLES["draws"], TABLES["words"])
PHRASING = Phrasing(TABLES["phrases"], TABLES["layouts"], TABLES["words"])
PROMPTS = [
    "What is the capital of France?",
    "Is it safe to eat raw cookie dough?",
    "Should I repot an orchid while it is in bloom?",
    "My neighbour Tom keeps bees. How should I plan planting in April so that they have food until October?",
    "Write an email to my landlord about the broken heating in the flat on Elm Street.",
    "Write an article about the history of salt mining in the Alps, for readers who know nothing of it.",
    "Suggest a few ideas for a rainy weekend with children",
    "Explain the difference between a lease and a licence, and tell me which one my tenant has.",
]
numbers = st.integers(0, 10**9)


def drawn_for(prompt: str, *key: str, form: str = SINGLE) -> list[Drawn]:
    return DRAWER.draw(traits_of(prompt, {}, True), form, *key)


def test_every_drawn_set_can_be_obeyed_and_all_25_kinds_are_drawn() -> None:
    seen: Counter[str] = Counter()
    sizes: Counter[int] = Counter()
    for number in range(1500):
        key = ("0", "test", str(number))
        drawn = drawn_for(PROMPTS[number % len(PROMPTS)], *key, form=DRAWER.form(*key))
        seen.update(one.kind for one in drawn)
        sizes[len(drawn)] += 1
        text = obeying(drawn)
        assert not disobeyed(drawn, text), (drawn, disobeyed(drawn, text), text[:600])
    assert set(seen) == set(KINDS) == set(CHECKED)
    assert min(seen.values()) >= 10
    assert set(sizes) == {1, 2, 3}


def test_every_two_kinds_that_are_not_kept_apart_can_be_obeyed_together() -> None:
    prompt = "Should I write a letter to my neighbour about the bees in our garden before October?"
    traits = traits_of(prompt, {}, True)
    for one, other in combinations_with_replacement(KINDS, 2):
        together = 0
        for attempt in range(60):
            chance = random.Random(f"{one} {other} {attempt}")
            pair = [
                Drawn(kind, arguments)
                for kind in (one, other)
                if (arguments := ARGUMENTS[kind](traits, TABLES["words"], chance)) is not None
            ]
            if len(pair) < 2 or not go_together(pair):
                continue
            text = obeying(pair)
            assert not disobeyed(pair, text), (pair, text[:600])
            together += 1
            if together == 3:
                break
        assert (together == 0) == (one == other or frozenset((one, other)) in APART), (one, other)


@settings(max_examples=300, deadline=None)
@given(
    seed=numbers,
    id=st.text(max_size=20),
    prompt=st.sampled_from(PROMPTS) | st.text(max_size=200),
    form=st.sampled_from(FORMS),
)
def test_the_same_seed_and_id_draw_the_same_and_never_a_contradiction(
    seed: int, id: str, prompt: str, form: str
) -> None:
    key = (str(seed), id)
    drawn = drawn_for(prompt, *key, form=form)
    assert drawn == Drawer(TABLES["draws"], TABLES["words"]).draw(traits_of(prompt, {}, True), form, *key)
    assert DRAWER.form(*key) == DRAWER.form(*key)
    assert len(drawn) <= 3
    assert go_together(drawn)
    assert not any(frozenset((one.kind, other.kind)) in APART for one in drawn for other in drawn if one is not other)
    for one in drawn:
        assert CHECKED[one.kind].model_validate(one.arguments).arguments == one.arguments
    if drawn:
        said = PHRASING.message(form, prompt, drawn, *key)
        assert said == PHRASING.message(form, prompt, drawn, *key)
        assert form == REVISION or prompt in said


def all_for(
    prompt: str, form: str = SINGLE, count: int = 400, english: bool = True, **source: Any
) -> dict[str, list[Drawn]]:
    """Everything drawn for a prompt, by kind."""
    found: dict[str, list[Drawn]] = {}
    traits = traits_of(prompt, source, english)
    for number in range(count):
        for one in DRAWER.draw(traits, form, str(number)):
            found.setdefault(one.kind, []).append(one)
    return found


def test_the_draws_suit_the_prompt() -> None:
    question = all_for("What is the capital of France?")
    assert max(one.number("num_words") for one in question[kinds.WORDS]) <= 100
    assert min(one.number("num_words") for one in question[kinds.WORDS]) >= 30
    assert max(one.number("num_paragraphs") for one in question[kinds.PARAGRAPHS]) <= 3
    assert not {kinds.VERDICT, kinds.PLACEHOLDERS, kinds.TWO} & set(question)
    article = all_for(PROMPTS[5])
    assert max(one.number("num_words") for one in article[kinds.WORDS]) >= 300
    assert {one.arguments["keyword"] for one in article[kinds.FREQUENCY]} <= {
        "article", "history", "salt", "mining", "Alps", "readers"}  # fmt: skip
    for one in article[kinds.KEYWORDS]:
        assert {"history", "salt", "mining", "Alps", "readers", "article"} & set(one.arguments["keywords"])
    assert kinds.VERDICT in all_for("Is it safe to eat raw cookie dough?")
    assert kinds.VERDICT not in all_for("Is it better to rent or to buy?")
    assert kinds.PLACEHOLDERS in all_for(PROMPTS[4])
    assert kinds.REPEAT not in all_for("What does this mean?\n\nIt is what it is.")
    assert not {kinds.WORDS, kinds.SENTENCES, kinds.PARAGRAPHS} & set(
        all_for("Explain photosynthesis in two sentences.")
    )
    assert not {kinds.BULLETS, kinds.JSON, kinds.SECTIONS} & set(all_for("Put the planets into a table."))
    assert set(all_for("Write a Python function that reverses a string.")) <= {
        kinds.TITLE, kinds.POSTSCRIPT, kinds.END, kinds.KEYWORDS, kinds.SECTIONS, kinds.TWO, kinds.REPEAT}  # fmt: skip
    assert all_for("Classify this review: lovely. Answer only with positive or negative.") == {}
    assert all_for("ok thanks") == {}
    translated = all_for("Translate 'good morning' into Polish")
    assert not {kinds.LANGUAGE, kinds.WORDS, kinds.PARAGRAPHS, kinds.KEYWORDS, kinds.CAPITALS} & set(translated)
    abroad = all_for("Wie wird Käse gemacht und warum hat er Löcher?", english=False)
    assert not {kinds.LANGUAGE, kinds.CAPITALS, kinds.LOWERCASE, kinds.VERDICT} & set(abroad)
    topic = all_for("How do I begin?", topic="Beekeeping in cities")
    assert {one.arguments["keyword"] for one in topic[kinds.FREQUENCY]} >= {"beekeeping", "cities"}


def test_what_hangs_on_one_question_is_not_said_of_all_later_answers() -> None:
    seen = {kind for prompt in PROMPTS for kind in all_for(prompt, ALL_TURNS, 150)}
    assert not seen & {kinds.REPEAT, kinds.VERDICT, kinds.KEYWORDS, kinds.FREQUENCY, kinds.FIRST_WORD, kinds.TWO}
    assert len(seen) >= 15
    assert kinds.REPEAT not in all_for(PROMPTS[0], REVISION)


def test_a_users_weights_decide_what_is_drawn() -> None:
    table = {
        "form": ["revision: 1", "single: 0"],
        "count": ["1: 1"],
        "kind": ["punctuation:no_comma: 2.5", "startend:quotation: 0"],
    }
    drawer = Drawer(table, TABLES["words"])
    for number in range(50):
        assert drawer.form(str(number)) == REVISION
        assert drawer.draw(traits_of(PROMPTS[0], {}, True), SINGLE, str(number)) == [Drawn(kinds.NO_COMMA)]
    with pytest.raises(UsageError, match="no weight is above 0"):
        Drawer({**table, "form": ["single: 0"]}, TABLES["words"])


def test_the_words_of_the_table_can_be_drawn() -> None:
    for code in (entry.partition(":")[0] for entry in TABLES["words"]["language"]):
        assert code in LANGUAGES
        assert code != "en"
    assert all(
        len(word.split()) == 1 for name in ("forbidden", "keyword", "first_word") for word in TABLES["words"][name]
    )
    assert all(phrase[-1] in ".?!" for phrase in TABLES["words"]["end_phrase"])


def test_a_languages_names_are_known_as_one() -> None:
    assert {code_of(name) for name in ("English", "en", "en-GB", "ENGLISH", "eng", "British English")} == {"en"}
    assert code_of("Brazilian Portuguese") == code_of("pt-BR") == "pt"
    assert code_of("Klingon") == "klingon"
    assert mostly_latin("Où est la gare? 123")
    assert mostly_latin("42")
    assert not mostly_latin("Где здесь вокзал? ok")


def test_traits_say_what_the_prompt_is() -> None:
    def of(text: str) -> Traits:
        return traits_of(text, {}, True)

    assert of("Is it safe?").yes_no
    assert not of("Can you help me?").yes_no
    assert not of("Is it safe? Why?").yes_no
    assert kinds.BULLETS in of("Give me 5 tips for interviews").settled
    assert kinds.WORDS in of("Summarise this report").settled
    assert of("What is $x^2$ if x = 3?").maths
    assert of("Which of the following is a fruit?\nA) apple\nB) stone").terse


def test_what_a_document_says_is_not_taken_for_what_is_asked() -> None:
    document = "Write JSON or a table in 5 steps. Translate it: def f(x): return x. Reply only with yes or no. " * 9
    asked = "Why do the gates leak in spring?"
    text = f"{asked}\n\n---\n{document}\n---\n\nKeep to the document."
    joined = traits_of(text, {"document": "a.txt", "draft": asked}, True)
    assert joined.text == text
    assert not any([joined.settled, joined.code, joined.terse])
    pasted = traits_of(f"{asked}\n{'So it goes. ' * 60}{document * 3}{'So it goes. ' * 60}", {}, True)
    assert not any([pasted.settled, pasted.code, pasted.terse])
    assert traits_of(document, {}, True).settled, "where nothing tells them apart, it may be the request"


def test_multiple_choice_wants_a_bare_answer_however_it_is_laid_out() -> None:
    options = ["A) Paris B) Rome C) Berlin", "\nA. Paris\nB. Rome", "\n(A) Paris\n(B) Rome"]
    for layout in options:
        assert traits_of(f"What is the capital of France? {layout}", {}, True).terse, layout
    assert traits_of("Which of these is a mammal?\n1. shark\n2. whale", {}, True).terse
    assert not traits_of("Compare plan A and plan B for a trip to Rome.", {}, True).terse
