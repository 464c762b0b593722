"""Answers that obey a constraint, nearly obey it, or do not, by seed. For tests only; judges nothing."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import constraint_layouts as layouts
from constraint_words import SPEECH, Made, clause, near, prose

Case = tuple[str, dict[str, Any], str]
"""(kind, arguments, answer)"""

RELATIONS = ("less than", "at least")


def wrapped(rng: random.Random, text: str) -> str:
    """The answer as models send it: with a preface, a closing line, bold, other line ends, or as it is."""
    preface, closing = "Sure, here is what you asked for:", "Let me know if you need anything else."
    said = (f"{preface}\n{text}", f"{text}\n{closing}", f"{preface}\n\n{text}\n\n{closing}")
    formed = (f"**{text}**", f"\n {text} \n\n", text.replace("\n", "\r\n"), text.upper(), text.lower())
    return rng.choice((text, text, text, text, *said, *formed))


def cases(seed: int, each: int) -> Iterator[Case]:
    """`each` cases of every kind."""
    for kind, make in MAKERS.items():
        rng = random.Random(f"{seed} {kind}")
        for _ in range(each):
            arguments, text = make(rng)
            yield kind, arguments, wrapped(rng, text)


def _existence(rng: random.Random) -> Made:
    keywords = rng.sample(["river", "bread", "map", "tide", "storm", "C++", "what?", "old (new)"], rng.randint(1, 3))
    used = keywords[: rng.randint(len(keywords) - 1, len(keywords))]
    text = " ".join([prose(rng, 1), *(rng.choice((word, word.title(), f"{word}s", f"({word})")) for word in used)])
    return {"keywords": keywords}, text


def _frequency(rng: random.Random) -> Made:
    word, number = rng.choice(["tide", "art", "node.js", "a*", "Ebbe"]), rng.randint(1, 4)
    used = [rng.choice((word, word.upper(), f"{word}s", f"p{word}y")) for _ in range(near(rng, number))]
    arguments = {"keyword": word, "frequency": number, "relation": rng.choice(RELATIONS)}
    return arguments, ", ".join([clause(rng), *used]) + "."


def _forbidden(rng: random.Random) -> Made:
    words = rng.sample(["tide", "art", "C#", "bread", "禁止", "काम", "re-use", ".net"], rng.randint(1, 3))
    word = rng.choice(words)
    put = rng.choice(("", "", word, word.upper(), f"{word}ing", f"re{word}", f'"{word}"', f"严{word}吸烟", f"{word}ा"))
    return {"forbidden_words": words}, f"{clause(rng)} {put} and so on."


def _letters(rng: random.Random) -> Made:
    text = prose(rng, rng.randint(1, 3))
    letter = rng.choice("aeqzxkTR")
    number = max(1, near(rng, text.lower().count(letter.lower())))
    return {"letter": letter, "let_frequency": number, "let_relation": rng.choice(RELATIONS)}, text


def _language(rng: random.Random) -> Made:
    asked = rng.choice([code for code in SPEECH if code != "zh"])
    spoken = rng.choice((asked, asked, rng.choice(list(SPEECH))))
    return {"language": asked}, " ".join([SPEECH[spoken]] * rng.randint(1, 2)) + rng.choice(("", "", " OK", " 2027"))


_ODD_SENTENCES = (
    "Dr. Weber lives at No. 5 with Mrs. Lund.",
    "It opened at 5 p.m. on a Monday.",
    "It cost 3.50 euros, i.e. too much.",
    '"Really?" she asked.',
    "Wait... he is late.",
    "See example.com for more.",
    "He came from the U.S. The rest stayed.",
    "1. Bring a rope.",
    "2. Tie it well.",
    "- a list item",
    "Yes!!! It works.",
    "*Done.* Next.",
    "潮水来了。渔民走了。",
    "🎉",
)


def _sentences(rng: random.Random) -> Made:
    parts = [prose(rng, 1) for _ in range(rng.randint(1, 4))]
    for _ in range(rng.choice((0, 1, 1, 2))):
        parts.insert(rng.randint(0, len(parts)), rng.choice(_ODD_SENTENCES))
    arguments = {"num_sentences": len(parts) + rng.choice((0, 0, 1)), "relation": rng.choice(RELATIONS)}
    return arguments, rng.choice((" ", "\n", "\n\n")).join(parts)


def _paragraphs(rng: random.Random) -> Made:
    number = rng.randint(1, 5)
    parts = [prose(rng, 1) for _ in range(max(1, number + rng.choice((0, 0, 0, 0, -1, 1))))]
    parts.insert(rng.randint(0, len(parts)), "") if rng.random() < 0.3 else None
    return {"num_paragraphs": number}, rng.choice(("\n***\n", "***", "\n\n***\n\n", "\n* * *\n")).join(parts)


def _words(rng: random.Random) -> Made:
    number = rng.randint(5, 12)
    odd = ["don't", "well-known", "3.5", "____", "naïve", "潮水", "हिन्दी", "—"]
    count = number + rng.choice((-1, 0, 0, 1))
    parts = [
        rng.choice(odd) if rng.random() < 0.2 else rng.choice(("river", "Bread,", "old", "map.")) for _ in range(count)
    ]
    return {"num_words": number, "relation": rng.choice(RELATIONS)}, " ".join(parts)


def _first_word(rng: random.Random) -> Made:
    number = rng.randint(1, 4)
    nth, word = rng.randint(1, number), rng.choice(["however", "Later", "don't", "can", "re-read", "首先"])
    parts = [prose(rng, 1) for _ in range(max(1, number + rng.choice((0, 0, 0, 0, -1, 1))))]
    at = min(nth, len(parts)) - 1
    parts[at] = (
        rng.choice([word, word, f"{word},", f'"{word}"', f"“{word}", f"**{word}**", f"{word}'t", f"{word}:", "Other"])
        + rng.choice((" ", "but "))
        + parts[at]
    )
    arguments = {"num_paragraphs": number, "nth_paragraph": nth, "first_word": word}
    return arguments, rng.choice(("\n\n", "\n\n", "\n\n", "\n\n\n\n", "\n\n\n", "\n \n", "\n")).join(parts)


def _capitals(rng: random.Random) -> Made:
    number = rng.randint(1, 6)
    words = [
        "NASA",
        "TIDE",
        "A",
        "I",
        "GPT-4",
        "U.S.",
        "DON'T",
        "NASA's",
        "AND/OR",
        "Tide",
        "tide",
        "3D",
        "ÉTÉ",
        "潮",
        "42",
        "X,Y",
        "*BIG*",
        '"NO"',
    ]
    used = [rng.choice(words[:5] if rng.random() < 0.7 else words) for _ in range(number)]
    number = max(1, number + rng.choice((-1, 0, 0, 1)))
    arguments = {"capital_frequency": number, "capital_relation": rng.choice(RELATIONS)}
    return arguments, " ".join([clause(rng).lower(), *used])


def _case(change: Callable[[str], str]) -> Callable[[random.Random], Made]:
    def make(rng: random.Random) -> Made:
        text = rng.choice((prose(rng, 2), prose(rng, 1), SPEECH[rng.choice(("de", "en", "fr", "ru", "zh"))]))
        return {}, rng.choice(
            (change(text), change(text), change(text), text, change(text)[:-2] + "aB", "42", change("ok"))
        )

    return make


def _comma(rng: random.Random) -> Made:
    return {}, prose(rng, 2) + rng.choice(
        ("", "", "", " Yes, it is.", " 1,000", " 是，对。", " 一、二", " نعم، هو", ";", " ‚low‘")
    )


def _quotation(rng: random.Random) -> Made:
    text = prose(rng, 2)
    return {}, rng.choice(
        (
            f'"{text}"',
            f'"{text}"',
            f' "{text}"\n',
            f'"{text}',
            f"“{text}”",
            f"'{text}'",
            '""',
            '"',
            text,
            f'"{text}" he said.',
        )
    )


MAKERS: dict[str, Callable[[random.Random], Made]] = {
    "keywords:existence": _existence,
    "keywords:frequency": _frequency,
    "keywords:forbidden_words": _forbidden,
    "keywords:letter_frequency": _letters,
    "language:response_language": _language,
    "length_constraints:number_sentences": _sentences,
    "length_constraints:number_paragraphs": _paragraphs,
    "length_constraints:number_words": _words,
    "length_constraints:nth_paragraph_first_word": _first_word,
    "detectable_content:number_placeholders": layouts.placeholders,
    "detectable_content:postscript": layouts.postscript,
    "detectable_format:number_bullet_lists": layouts.bullets,
    "detectable_format:constrained_response": layouts.constrained,
    "detectable_format:number_highlighted_sections": layouts.highlights,
    "detectable_format:multiple_sections": layouts.sections,
    "detectable_format:json_format": layouts.json_text,
    "detectable_format:title": layouts.title,
    "combination:two_responses": layouts.two_responses,
    "combination:repeat_prompt": layouts.repeated,
    "startend:end_checker": layouts.ending,
    "startend:quotation": _quotation,
    "change_case:capital_word_frequency": _capitals,
    "change_case:english_capital": _case(str.upper),
    "change_case:english_lowercase": _case(str.lower),
    "punctuation:no_comma": _comma,
}
