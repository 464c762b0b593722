"""prompts/user/personas.txt: enough people, all different, each short enough to stand in a prompt."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sdg.core.near import Near

FILE = Path(__file__).parent.parent / "prompts" / "user" / "personas.txt"
LINES = FILE.read_text(encoding="utf-8").splitlines()
PERSONAS = [line for line in LINES if line and not line.startswith("#")]


def test_there_are_enough_personas_of_one_or_two_sentences() -> None:
    assert len(PERSONAS) >= 240
    assert all(line == line.strip() for line in LINES)
    assert [line for line in PERSONAS if not 50 <= len(line) <= 300] == []
    assert [line for line in PERSONAS if len(re.findall(r"[.!?](?: |$)", line)) > 2] == []


def test_no_two_personas_are_alike() -> None:
    near = Near()
    for number, persona in enumerate(PERSONAS):
        assert not near.near(persona), persona
        near.add(persona, number)
    # nor in parts: the same trade in another town, or one manner of writing with two people
    beginnings = Counter(" ".join(re.findall(r"[^\W\d_]+", persona.casefold())[:4]) for persona in PERSONAS)
    assert [words for words, count in beginnings.items() if count > 1] == []
    endings = Counter(" ".join(re.findall(r"[^\W\d_]+", persona.casefold())[-5:]) for persona in PERSONAS)
    assert [words for words, count in endings.items() if count > 1] == []
    words = Counter(word for persona in PERSONAS for word in set(re.findall(r"[^\W\d_]{5,}", persona.casefold())))
    assert {word: count for word, count in words.items() if count > len(PERSONAS) / 8 and word != "wants"} == {}


def test_the_first_lines_say_how_to_use_people_of_ones_own() -> None:
    assert LINES[0].startswith("#")
    assert any(line.startswith("#") and "--personas FILE" in line for line in LINES[:10])
