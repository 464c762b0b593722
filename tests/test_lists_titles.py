"""Names of topics and keywords out of untidy lists: explanations and marks are taken off, names are not cut."""

from __future__ import annotations

import pytest

from sdg.core.lists import parse_titles

TITLES: dict[str, tuple[str, list[str]]] = {
    "bold with an explanation": (
        "1. **Linear algebra**: the study of vectors.\n2. **Logic** – reasoning.",
        ["Linear algebra", "Logic"],
    ),
    "bold with the colon inside": (
        "- **Linear algebra:** vectors\n- **Logic:** reasoning",
        ["Linear algebra", "Logic"],
    ),
    "an explanation behind a colon": ("1. Logic: the science of what follows from what", ["Logic"]),
    "an explanation behind a dash": ("1. Logic - the science of what follows from what", ["Logic"]),
    "a colon that belongs to the name": (
        "1. World War II: causes and effects\n2. C++: templates",
        ["World War II: causes and effects", "C++: templates"],
    ),
    "a dash that belongs to the name": (
        "1. Graeco-Roman art\n2. The Paris - Dakar rally",
        ["Graeco-Roman art", "The Paris - Dakar rally"],
    ),
    "an explanation on the next line": (
        "1. **Logic**\n   What follows from what.\n2. **Sets**\n   What holds what.",
        ["Logic", "Sets"],
    ),
    "nested bullets": ("1. Algebra\n   - Groups\n   - Rings\n2. Logic\n   - Proofs", ["Algebra", "Logic"]),
    "full stops": ("1. Algebra.\n2. Life in the U.S.\n3. Vitamin C.", ["Algebra", "Life in the U.S.", "Vitamin C"]),
    "quotes and backticks": (
        "1. \"Algebra\"\n2. `itertools`\n3. *Logic*\n4. **'Sets'**",
        ["Algebra", "itertools", "Logic", "Sets"],
    ),
    "backticks that are content": (
        "1. The `match` statement\n2. Loops with `for`",
        ["The `match` statement", "Loops with `for`"],
    ),
    "bold inside": ("1. The **French** revolution\n2. **kwargs", ["The French revolution", "**kwargs"]),
    "the same twice": ("1. Alpha\n2. Alpha", ["Alpha", "Alpha"]),
    "json objects": ('[{"topic": "Alpha", "description": "The first."}]', ["Alpha"]),
    "chinese": (
        "1. **潮汐**：海水的周期性涨落。\n2. 月亮：地球唯一的天然卫星。\n3. 太阳。",
        ["潮汐", "月亮", "太阳"],
    ),
}


@pytest.mark.parametrize(("answer", "titles"), TITLES.values(), ids=TITLES.keys())
def test_a_title_loses_its_explanation_and_its_marks(answer: str, titles: list[str]) -> None:
    assert parse_titles(answer) == titles
