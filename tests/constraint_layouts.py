"""Answers to the constraints on layout: what constraint_answers.py puts into them. For tests only."""

from __future__ import annotations

import json
import random
from typing import Any

from constraint_words import Made, clause, near, prose


def placeholders(rng: random.Random) -> Made:
    number = rng.randint(1, 4)
    marks = [
        rng.choice(("[name]", "[your city]", "[name]", "[x](y)", "[]", "[ ]", "[a [b]", "(name)"))
        for _ in range(near(rng, number))
    ]
    return {"num_placeholders": number}, " and ".join([clause(rng), *marks])


def postscript(rng: random.Random) -> Made:
    marker = rng.choice(["P.S.", "P.P.S", "PS:", "N.B."])
    tail = rng.choice(
        [
            f"{marker} Bring a rope.",
            f"{marker.lower()} see you",
            "P. S. Bring a rope.",
            "P.P.S. So.",
            "PS Bring one.",
            "",
            "shop.s. open",
            "NxB. no",
            f"and {marker} so",
        ]
    )
    return {"postscript_marker": marker}, f"{prose(rng, 1)}{rng.choice((chr(10) * 2, ' '))}{tail}"


def bullets(rng: random.Random) -> Made:
    number = rng.randint(1, 5)
    mark = rng.choice(("* ", "- ", "* ", "- ", "  * ", "  - ", "-", "+ ", "• ", "1. ", "* **Bold** "))
    lines = [mark + clause(rng) for _ in range(near(rng, number))]
    odd = rng.choice(("", "", "", "---", "*Note* well", "-5 degrees", "**Title**", "* * *", "*"))
    lines.insert(rng.randint(0, len(lines)), odd)
    return {"num_bullets": number}, "\n".join([clause(rng), *lines])


def constrained(rng: random.Random) -> Made:
    options = ["My answer is yes.", "My answer is no.", "My answer is maybe."]
    told = rng.choice(
        [
            rng.choice(options),
            rng.choice(options),
            rng.choice(options).lower(),
            "My answer is yes",
            " ".join(rng.sample(options, 2)),
            "Yes.",
            "My answer is **no**.",
        ]
    )
    return {}, told + rng.choice(("", "", " " + prose(rng, 1)))


def highlights(rng: random.Random) -> Made:
    number = rng.randint(1, 4)
    marks = [
        rng.choice(
            (
                "*high tide*",
                "**low tide**",
                "*a*",
                "***both***",
                "* spaced *",
                "**",
                "****",
                "_no_",
                "*cut\noff*",
                "2 * 3 * 4",
            )
        )
        for _ in range(near(rng, number))
    ]
    return {"num_highlights": number}, rng.choice(("", "* ")) + " and ".join([clause(rng), *marks])


def sections(rng: random.Random) -> Made:
    number, mark = rng.randint(1, 4), rng.choice(["Section", "SECTION", "Part", "Day (new)"])
    used = rng.choice((mark, mark, mark, mark.lower(), f"## {mark}", f"Sub{mark}", f"**{mark}"))
    parts = [f"{used} {n}{rng.choice((':', '', ' '))}\n{prose(rng, 1)}" for n in range(1, near(rng, number) + 1)]
    return {"section_spliter": mark, "num_sections": number}, "\n".join(
        [*parts, rng.choice(("", "", f"As {mark} 1 says."))]
    )


def json_text(rng: random.Random) -> Made:
    value: Any = rng.choice([{"river": [1, 2.5, None]}, ["a", {"b": clause(rng)}], "text", 42, {}])
    text = json.dumps(value, indent=rng.choice((None, 2)))
    text = rng.choice([text, text, text[:-1], text.replace('"', "'"), text + ",", "[NaN]", "[" * 100_000])
    return {}, rng.choice(
        (
            text,
            text,
            f"```json\n{text}\n```",
            f"```\n{text}\n```",
            f"```JSON\n{text}```",
            f"```json\n{text}",
            f"Here:\n```json\n{text}\n```",
        )
    )


def title(rng: random.Random) -> Made:
    return {}, rng.choice(
        ("<<Low Tide>>", "<<Low Tide>>", "<<>>", "<< >>", "<Low Tide>", "<<Low\nTide>>", "<<a <b> c>>", "<<<>>> x", "")
    ) + "\n" + prose(rng, 1)


def two_responses(rng: random.Random) -> Made:
    one, other = clause(rng), clause(rng) + " again"
    parts = rng.choice(
        (
            [one, other],
            [one, other],
            [one, one],
            [one],
            [one, other, one],
            ["", one, other],
            [one, other, ""],
            [one, "", other],
            ["", one],
        )
    )
    return {}, rng.choice(("\n******\n", "******", "\n***\n", "\n* * * * * *\n")).join(parts)


def repeated(rng: random.Random) -> Made:
    prompt = rng.choice(["Why are there tides?", "Write a poem\nabout the sea.", "  Tell me more. "])
    said = rng.choice(
        (prompt, prompt, prompt.strip().upper(), prompt.strip()[:-1], f"You asked: {prompt}", prompt.replace(" ", "  "))
    )
    return {"prompt_to_repeat": prompt}, said + rng.choice(("", f"\n\n{prose(rng, 1)}", f" {clause(rng)}"))


def ending(rng: random.Random) -> Made:
    phrase = rng.choice(["Is there more to say?", "art", "That is all.", 'He said "go"'])
    said = rng.choice(
        (
            phrase,
            phrase,
            phrase.upper(),
            phrase[:-1],
            f'{phrase}"',
            f'{phrase} "',
            f"{phrase} Bye.",
            f"st{phrase}",
            f"*{phrase}*",
        )
    )
    return {"end_phrase": phrase}, f"{prose(rng, 1)} {said}"
