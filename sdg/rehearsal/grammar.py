"""Dice, frames and phrases: how tables of words become sentences. No tables of words and no sentences here.

A frame is a sentence with slots, such as "How does {facet} shape {topic} in {place}?". Slots are looked up once,
when the frame is compiled, so that filling one costs a few microseconds. Randomness comes from `random.random()`
of a seeded generator only: Python promises that sequence between versions, and no other method's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from string import Formatter
from typing import TypeVar

from sdg.rehearsal import fields, words

T = TypeVar("T")
MOST_PHRASES = 8


class Dice:
    """A seeded stream of choices."""

    __slots__ = ("rnd",)

    def __init__(self, seed: int) -> None:
        self.rnd = Random(seed).random

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.rnd() * len(options))]

    def chance(self, share: float) -> bool:
        return self.rnd() < share

    def number(self, low: int, high: int) -> int:
        """A whole number from low to high, both included."""
        return low + int(self.rnd() * (high - low + 1))


@dataclass(slots=True)
class Given:
    """What the request gives to talk about. `phrases` is never empty, `topic` is written as in mid-sentence."""

    topic: str
    phrases: list[str] = field(default_factory=lambda: ["the matter"])
    draft: str = ""
    a_kind: str = ""


Slot = Callable[[Dice, Given], str]
Frame = tuple[str | Slot, ...]


def upper(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """As in mid-sentence: a small first letter, unless the first word has other capitals or is a name we know."""
    first = text.split(" ", 1)[0].strip(",:;'\"")
    if first[1:] != first[1:].lower() or len(first) < 2 or first.removesuffix("'s") in NAMES:
        return text
    return text[:1].lower() + text[1:]


NAMES = words.word_set("""
Python NumPy Taylor Fourier Markov Boolean Diophantine European African American Asian English French German Latin
Roman Greek Chinese Japanese Indian Europe Africa Asia America Android Linux Google Unicode Asyncio
""")


def _of_table(entries: Sequence[str], *, capital: bool) -> Slot:
    filled = [compile_frame(upper(entry) if capital else entry) for entry in entries]
    plain: list[str | Frame] = [
        str(frame[0]) if len(frame) == 1 and isinstance(frame[0], str) else frame for frame in filled
    ]
    size = len(plain)

    def pick(dice: Dice, given: Given) -> str:
        entry = plain[int(dice.rnd() * size)]
        return entry if entry.__class__ is str else fill(entry, dice, given)  # type: ignore[arg-type]

    return pick


def _between(low: int, high: int, step: int = 1) -> Slot:
    size = (high - low) // step + 1
    return lambda dice, given: str(low + step * int(dice.rnd() * size))


_CENTURIES = ("11th", "13th", "15th", "16th", "17th", "18th", "19th", "20th")
_NUMBERS = ("two", "three", "four", "five", "several")
_SLOTS: dict[str, Slot] = {
    "n": _between(2, 12),
    "pct": _between(5, 60, 5),
    "year": _between(1820, 2020),
    "decade": _between(1850, 1990, 10),
    "big": _between(110, 990, 10),
    "century": lambda dice, given: dice.pick(_CENTURIES),
    "number": lambda dice, given: dice.pick(_NUMBERS),
    "topic": lambda dice, given: given.topic,
    "Topic": lambda dice, given: upper(given.topic),
    "phrase": lambda dice, given: dice.pick(given.phrases),
    "Phrase": lambda dice, given: upper(dice.pick(given.phrases)),
    "first": lambda dice, given: given.phrases[0],
    "draft": lambda dice, given: given.draft,
    "a_kind": lambda dice, given: given.a_kind,
}


def compile_frame(text: str) -> Frame:
    """A frame ready to fill. KeyError on an unknown slot: at import, never in a reply."""
    parts: list[str | Slot] = []
    for literal, name, _, _ in Formatter().parse(text):
        if literal:
            parts.append(literal)
        if name is not None:
            parts.append(_SLOTS[name])
    return tuple(parts)


def fill(frame: Frame, dice: Dice, given: Given) -> str:
    """The frame with every slot filled."""
    return "".join([part if part.__class__ is str else part(dice, given) for part in frame])  # type: ignore


def _with_article(words_: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(("an " if word[0] in "aeiou" else "a ") + word for word in words_)


def _name_tables() -> None:
    """Give every table its two slots: `{facet}`, and `{Facet}` with a capital letter."""
    tables = {
        "facet": words.FACETS,
        "matter": words.MATTERS,
        "actors": words.ACTORS,
        "place": words.PLACES,
        "audience": words.AUDIENCES,
        "kind": words.KINDS,
        "style": words.STYLES,
        "period": words.PERIODS,
        "effect": words.EFFECTS,
        "quality": words.QUALITIES,
        "a_quality": _with_article(words.QUALITIES),
        "circumstance": words.CIRCUMSTANCES,
        "habit": words.HABITS,
        "result": words.RESULTS,
        "reason": words.REASONS,
        "demand": words.DEMANDS,
        "math": tuple(lower(name) for name in fields.MATH),
        "python": tuple(lower(name) for name in fields.PYTHON),
    }
    for name, entries in tables.items():
        _SLOTS[name] = _of_table(entries, capital=False)
        _SLOTS[upper(name)] = _of_table(entries, capital=True)


_name_tables()


def frames(text: str) -> tuple[Frame, ...]:
    """One frame a line."""
    return tuple(compile_frame(line.strip()) for line in text.splitlines() if line.strip())


_STOP = words.word_set("""
a about above across affect affects after again against ago aim all almost alone along also although always am among
an and another answer answers any anyone apart approach are around as ask asks assume assuming at attention away be
became because become been before began begin begins being below best between both brief but by called can cannot
change changes come comes compare compares compute concrete consider could days deal decide decides describe did do
does doing done down during each either else end enough evaluate even ever every everyone evidence example examples
exercise explain few find finds first five focus following for four from full get give given gives go good had half
happen happens has have having he help her here hers him his hours how however hypothetical i if implement in
include including instead into is it its itself just keep kind know last learn least less let like likely limit list
long make makes making many matter matters may me mention merges might minutes more most much must my name near need
needs never new next no none not nothing now of off often on once one only onto or other others our out over own
part parts pay people perhaps play played plays please provide put question questions raise rather really refactor
refer return returns role said same say second see seem sentence sentences set several shall she should show signs
since so solve some someone something still such summarise take takes taking teach tell text than that the their
them themselves then there these they thing things think third this those though three through thus times to
together told too toward treat treated two under until up upon us use used uses using very want wants was way we
well were what whatever when where whether which while who whole whom whose why will with within without word words
work working works would write writing written yes yet you your yours
""")
_EDGES = ".,;:!?()[]{}<>\"'`*#_-–—“”‘’|/\\=+$"


def phrases(text: str) -> list[str]:
    """Up to eight runs of one to three content words of the text, in its order; the whole text if it has none."""
    found: dict[str, None] = {}
    named: dict[str, None] = {}
    run: list[str] = []
    begins = True  # a capital letter means nothing at the start of a sentence
    for raw in text.split():
        word, ends = raw, False
        if not raw.isalpha():  # most words are, and need no look at their edges
            word, ends = raw.strip(_EDGES), raw[-1] in ".,;:!?)"
        content = len(word) > 2 and word.lower() not in _STOP and not word[0].isdigit()
        if content and "_" in word:  # a name from code stands by itself
            named[f"`{word}`"] = None
        elif content:
            run.append(lower(word) if begins else word)
        if run and (not content or ends or len(run) == 3):
            found[" ".join(run)] = None
            run = []
            if len(found) >= MOST_PHRASES:
                break
        begins = ends
    if run:
        found[" ".join(run)] = None
    return [*named, *found] or [text.strip()[:40] or "the matter"]
