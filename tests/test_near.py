"""Near copies: the index against the true similarity of edited prompts; odd texts, and very many."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sdg.core.near import Near, similarity

ROOT = Path(__file__).parent.parent
SENTENCES = [
    line
    for line in (ROOT / "prompts" / "user" / "personas.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
CHINESE = (
    "请写一篇关于城市屋顶花园的文章说明如何选择植物怎样浇水以及冬天需要注意什么并且给出三个具体的例子最后用一段话总结"
    * 2
)


def prompts(count: int, chance: random.Random) -> list[str]:
    """Texts of 20 to 900 characters in real English, no two of them alike."""
    texts = []
    for _ in range(count):
        words = " ".join(chance.sample(SENTENCES, chance.randint(1, 7))).split()
        begin = chance.randrange(max(1, len(words) // 4))
        texts.append(" ".join(words[begin : begin + chance.randint(4, 120)]))
    return texts


def edited(text: str, chance: random.Random) -> str:
    """The text with 2 to 20 in a hundred words replaced, left out, doubled or mistyped."""
    words = text.split()
    for _ in range(max(1, round(len(words) * chance.choice([0.02, 0.06, 0.1, 0.13, 0.16, 0.2])))):
        place = chance.randrange(len(words))
        letter = chance.randrange(len(words[place]) or 1)
        words[place] = chance.choice(
            [
                "certainly",
                "",
                f"{words[place]} {words[place]}",
                words[place][:letter] + chance.choice("etaoin") + words[place][letter + 1 :],
                words[place][:letter] + words[place][letter + 1 :],
            ]
        )
    return " ".join(words)


def test_the_index_finds_what_is_near_and_little_else() -> None:
    """The shares that the module's docstring states. Seeded, so that they are the same at every run."""
    chance = random.Random(20)
    near, texts = Near(), prompts(1500, chance)
    for number, text in enumerate(texts):
        near.add(text, number)
    found: dict[str, list[bool]] = {}
    others = 0
    for number, text in enumerate(texts):
        for _ in range(4):
            copy = edited(text, chance)
            values, true = near.near(copy), similarity(text, copy)
            steps = [(0.85, "from 0.85"), (0.8, "from 0.80"), (0.75, "from 0.75"), (0.7, "from 0.70"), (0, "less")]
            found.setdefault(next(name for least, name in steps if true >= least), []).append(number in values)
            others += sum(1 for value in values - {number} if similarity(texts[value], copy) < 0.75)
    shares = {name: round(sum(hits) / len(hits), 3) for name, hits in found.items()}
    assert min(len(hits) for hits in found.values()) > 250
    assert shares["from 0.85"] == 1
    assert shares["from 0.80"] > 0.8
    assert shares["from 0.75"] < 0.2
    assert shares["from 0.70"] == 0
    assert shares["less"] == 0
    assert others == 0


@pytest.mark.parametrize(
    ("text", "copy", "near_copy"),
    [
        ("Why is the sky blue?", "  why is THE sky\nblue? ", True),
        ("Hi", "hi", True),
        ("Hi", "Ho", False),
        ("", "  ", True),
        ("", "a", False),
        ("What is 17 + 25?", "What is 17 + 26?", False),
        (CHINESE, CHINESE[:40] + "水" + CHINESE[41:], True),
        (CHINESE, CHINESE[::-1], False),
        ("请写一首关于春天的诗", "请写一首关于春天的诗", True),
        ("请写一首关于春天的诗", "请写一篇关于战争的小说", False),
        # on both sides of the length at which the n-grams change
        ("abcdefghij klmnopqrst uvwxyz " * 2 + SENTENCES[0][:35], SENTENCES[0][:35] + " uvwxyz" * 30, False),
        (" ".join(SENTENCES[3:5])[:96], " ".join(SENTENCES[3:5])[:97], True),
        (" ".join(SENTENCES[3:6])[:140], " ".join(SENTENCES[3:6])[:155], True),
        (" ".join(SENTENCES[3:6])[:94], " ".join(SENTENCES[3:6])[:108], True),
    ],
)
def test_near_or_not(text: str, copy: str, near_copy: bool) -> None:
    near = Near()
    near.add(text, 7)
    assert near.near(copy) == ({7} if near_copy else set())
    assert (similarity(text, copy) >= 0.8) == near_copy


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), max_size=200), st.integers(0, 3)), max_size=20))
def test_every_text_is_near_to_itself_whatever_came_between(texts: list[tuple[str, int]]) -> None:
    near = Near()
    for text, value in texts:
        near.add(text, value)
    for text, value in texts:
        assert value in near.near(text)


def test_the_table_grows_without_losing_what_it_has() -> None:
    near = Near()
    chance = random.Random(5)
    texts = [" ".join(chance.sample(SENTENCES, 3)) for _ in range(2500)]
    for number, text in enumerate(texts):
        near.add(text, number)
    assert all(number in near.near(text) for number, text in enumerate(texts))
    # as many buckets as bands of texts; 63 % are used where no two texts are alike
    used = sum(1 for head in near._heads if head) / (20 * len(near))
    assert used > 0.5


def test_many_prompts_with_one_long_beginning_do_not_slow_it_down() -> None:
    """All share most buckets: four times as many take four times as long, not sixteen times."""
    beginning = " ".join(SENTENCES[:12])

    def seconds(count: int) -> float:
        near, began = Near(), time.process_time()
        for number in range(count):
            text = f"{beginning} {SENTENCES[number % 250]} {number}"
            near.near(text)
            near.add(text, 0)
        return time.process_time() - began

    seconds(100)
    assert seconds(1200) < 8 * seconds(300)
