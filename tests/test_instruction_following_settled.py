"""What a prompt settles itself is neither asked for again nor its opposite: no instruction contradicts its prompt."""

from __future__ import annotations

import pytest

from sdg.core.constraints import LANGUAGES
from sdg.core.template import Templates
from sdg.prompts.constraints import drawn as kinds
from sdg.prompts.constraints.draw import FORMS, Drawer, suits
from sdg.prompts.constraints.drawn import KINDS
from sdg.prompts.constraints.traits import Traits, traits_of

TABLES = {name: Templates(None).table(f"instruction-following/{name}") for name in ("draws", "words")}
DRAWER = Drawer(TABLES["draws"], TABLES["words"])

WORDS = {kinds.KEYWORDS, kinds.FREQUENCY, kinds.FORBIDDEN}
NAMED = WORDS | {kinds.LETTER, kinds.LANGUAGE, kinds.FIRST_WORD, kinds.END}
LENGTH = {kinds.WORDS, kinds.SENTENCES, kinds.PARAGRAPHS, kinds.FIRST_WORD, kinds.REPEAT, kinds.END, kinds.POSTSCRIPT}
CASES = {kinds.CAPITALS, kinds.LOWERCASE}
CASE = CASES | {kinds.CAPITAL_WORDS, kinds.LANGUAGE, kinds.VERDICT, kinds.END, kinds.POSTSCRIPT, kinds.SECTIONS}
TONGUE = CASES | WORDS | {kinds.LANGUAGE, kinds.LETTER, kinds.END, kinds.POSTSCRIPT, kinds.REPEAT, kinds.VERDICT}
ENDS = {kinds.END, kinds.POSTSCRIPT, kinds.QUOTED, kinds.JSON, kinds.FORBIDDEN, kinds.TWO} | CASES
BEGINS = {kinds.QUOTED, kinds.JSON, kinds.REPEAT, kinds.TITLE, kinds.FIRST_WORD, kinds.SECTIONS, kinds.FORBIDDEN}
DATA = set(KINDS) - {kinds.KEYWORDS, kinds.WORDS, kinds.CAPITAL_WORDS}

SETTLED: dict[str, set[str]] = {
    "Explain how a volcano erupts, and never use the word magma.": NAMED | {kinds.REPEAT},
    "Write a bedtime story that includes the words dragon, castle and spoon.": NAMED,
    "Describe a sunset without mentioning red or orange.": WORDS | {kinds.REPEAT},
    "Tell me about Rome, but don't mention the emperors.": WORDS | {kinds.REPEAT},
    "Tell me about Rome, but don’t bring up gladiators.": WORDS | {kinds.REPEAT},
    "Explain inflation to a beginner. Avoid jargon.": WORDS,
    "The story must contain a lighthouse, a parrot and a map. Write it for children.": WORDS,
    "Write about autumn using each of these words: rake, cider, fog.": NAMED,
    "Write a paragraph about owls without the letter e.": NAMED | {kinds.REPEAT},
    "Explain tides and mention the moon at least four times.": WORDS,
    "Describe the plot of Hamlet in forty words or less.": LENGTH,
    "Explain gravity in thirty words.": LENGTH,
    "Tell me what osmosis is in sixty-five words or fewer.": LENGTH,
    "Describe the French Revolution in two hundred words.": LENGTH,
    "Summarise the causes of the war in nineteen sentences.": LENGTH,
    "Describe a lighthouse in ninety or fewer words.": LENGTH,
    "Explain tax brackets in a couple of paragraphs.": LENGTH,
    "Explain photosynthesis; answer in Polish.": TONGUE,
    "How do heat pumps work? Reply in Dutch please.": TONGUE,
    "Why is the sky blue? Answer in simple Turkish.": TONGUE,
    "Tell me about bees in Swahili.": TONGUE,
    "Tell me about bees. Your answer should be written in Brazilian Portuguese.": TONGUE,
    "Tell me about bees auf Deutsch.": TONGUE,
    "Explain how rainbows form, IN ALL CAPS.": CASE | {kinds.REPEAT},
    "Explain how rainbows form in all lowercase letters.": CASE | {kinds.REPEAT},
    "Tell me what a glacier is in upper case.": CASE,
    "How do magnets work? Do not use capital letters.": CASE,
    "Describe your favourite forest and use plenty of commas.": {kinds.NO_COMMA, kinds.JSON, kinds.LANGUAGE},
    "Describe your favourite forest without commas.": {kinds.NO_COMMA, kinds.JSON, kinds.REPEAT, kinds.LANGUAGE},
    "Explain how locks work. No exclamation marks, no punctuation at all.": {
        kinds.NO_COMMA, kinds.QUOTED, kinds.POSTSCRIPT, kinds.END, kinds.SENTENCES},
    "Explain how a canal lock works and end your answer with the words safe travels.": ENDS | NAMED,
    "Explain how a canal lock works. Finish with a question.": ENDS,
    "Explain how a canal lock works. The last sentence should be a joke.": ENDS,
    "How do I bake rye bread? Start your answer with Certainly.": BEGINS,
    "How do I bake rye bread? Your reply must begin with the oven temperature.": BEGINS,
    "How do I bake rye bread? The first word should be Flour.": BEGINS,
    "Write a letter to my aunt about the move and add a P.S. about the cat.": {
        kinds.POSTSCRIPT, kinds.END, kinds.QUOTED},
    "Write a letter to my aunt about the move, with a postscript.": {kinds.POSTSCRIPT, kinds.END, kinds.QUOTED},
    "Write a story about a miller and give it a title.": {kinds.TITLE, kinds.QUOTED, kinds.FIRST_WORD},
    "Write an article entitled 'The Quiet Mill'.": {kinds.TITLE, kinds.QUOTED, kinds.FORBIDDEN},
    "Write an email to my landlord about the heating, with placeholders for names.": {kinds.PLACEHOLDERS},
    "Write an email to [name] about the broken heating.": {kinds.PLACEHOLDERS},
    "Give me the planets as JSON with the keys name and mass.": DATA,
    "Return XML that describes three garden tools.": DATA,
    "Convert these measurements of my flat into CSV.": DATA,
    "What are the rivers of Spain? Reply in valid YAML.": DATA,
    "Compare oats and rye, as a table only.": DATA,
    "Compare oats and rye in plain text.": {kinds.HIGHLIGHTS, kinds.BULLETS, kinds.PARAGRAPHS, kinds.TWO},
    "Compare oats and rye in prose, no bullet points.": {kinds.BULLETS, kinds.SECTIONS, kinds.JSON},
    "Write two versions of a toast for my sister.": {kinds.TWO},
    "Explain entropy and put the main idea in bold.": {kinds.HIGHLIGHTS, kinds.BULLETS},
    "Is a tomato a fruit? Don't repeat the question.": {kinds.REPEAT},
}  # fmt: skip


def of(text: str, system: str = "") -> Traits:
    return traits_of(text, {}, True, DRAWER.languages, system)


def drawn_for(traits: Traits) -> set[str]:
    """Kinds drawn over 60 seeds and the three forms."""
    return {one.kind for form in FORMS for seed in range(60) for one in DRAWER.draw(traits, form, str(seed), "settled")}


@pytest.mark.parametrize("prompt", SETTLED)
def test_no_drawn_instruction_contradicts_what_the_prompt_settles(prompt: str) -> None:
    drawn = drawn_for(of(prompt))
    assert not drawn & SETTLED[prompt]
    assert not [kind for kind in SETTLED[prompt] for form in FORMS if suits(kind, of(prompt), form)], "by no seed"
    assert drawn, "something else goes with it"


@pytest.mark.parametrize("system", [prompt for prompt in SETTLED if "Answer" in prompt or "Start" in prompt])
def test_what_a_system_prompt_settles_is_settled_too(system: str) -> None:
    assert not drawn_for(of("How do I bake rye bread?", system)) & SETTLED[system]


def test_every_language_that_is_known_here_or_in_the_users_words_can_be_asked_for() -> None:
    assert len(SETTLED) >= 40
    for name in [*LANGUAGES.values(), *DRAWER.languages]:
        assert of(f"Explain how bees find their way home, in {name}.").settled >= TONGUE, name
    own = Drawer(TABLES["draws"], {**TABLES["words"], "language": ["nl: Nederlandse taal"]})
    assert traits_of("Explain tides in Nederlandse taal.", {}, True, own.languages).settled >= TONGUE


def test_prompts_that_settle_nothing_keep_all_kinds() -> None:
    for prompt in [
        "What are the capitals of Europe?",
        "How does a heat pump work in winter?",
        "Should I repot an orchid while it is in bloom?",
        "Explain the difference between a lease and a licence, and tell me which one my tenant has.",
        "How long does capitalism take to explain?",
        "What did the Polish kings eat?",
        "Write an article about the history of salt mining in the Alps.",
    ]:
        assert of(prompt).settled == frozenset(), prompt
