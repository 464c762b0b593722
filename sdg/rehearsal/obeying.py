"""Answers that obey what the message says of their form: no commas, JSON, so many words ... Often, not always.

So that a rehearsal of instruction following has right and wrong answers. Only demands that are cheap to meet are known,
by the words that people and the shipped templates put them in. Pure; the answer itself comes from answers.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sdg.rehearsal.grammar import Dice

OBEYED_SHARE = 0.6
LUCKY_SHARE = 0.3
"""Where not all is obeyed, each demand is with this chance."""
_STANDING = re.compile(
    r"every later one|for all others|each time I write|from now on|later replies|as long as we talk|from here on",
    re.IGNORECASE,
)
_FILLER = (
    "There is more to say about that.",
    "Small things add up here.",
    "It depends on the place and the season.",
    "Others see it in another way.",
    "A trial on a small scale tells more than any plan.",
)
Change = Callable[[str, str, Dice], str]
"""(text, what the demand names, dice) -> text"""


@dataclass(frozen=True)
class Demand:
    """One demand, found in a message, and how a text is made to meet it."""

    named: str
    change: Change


def _at_least(text: str, named: str, dice: Dice) -> str:
    while len(text.split()) < min(int(named), 600):
        text = f"{text} {dice.pick(_FILLER)}"
    return text


def _fewer(text: str, named: str, dice: Dice) -> str:
    words = text.split()
    most = max(1, int(named) - 1)
    return text if len(words) <= most else " ".join(words[:most]).rstrip(".,:;*#-") + "."


def _bullets(text: str, named: str, dice: Dice) -> str:
    plain = re.sub(r"(?m)^\s*[-*•]\s+", "", text)
    return f"{plain}\n\n" + "\n".join(f"* {dice.pick(_FILLER)}" for _ in range(min(int(named), 20)))


def _placeholders(text: str, named: str, dice: Dice) -> str:
    names = ("name", "date", "place", "amount", "phone number", "title")
    return f"{text}\n\nTo be filled in: " + " ".join(f"[{names[n % 6]}]" for n in range(min(int(named), 20)))


def _twice(text: str, named: str, dice: Dice) -> str:
    return f"{text}\n\n******\n\nIn other words: {dice.pick(_FILLER)} {dice.pick(_FILLER)}"


def _verdict(text: str, named: str, dice: Dice) -> str:
    return f"My answer is {dice.pick(('yes', 'no', 'maybe'))}."


def _json(text: str, named: str, dice: Dice) -> str:
    return json.dumps({"answer": text}, ensure_ascii=False, indent=1)


def _quoted(text: str, named: str, dice: Dice) -> str:
    return '"' + text.replace('"', "'") + '"'


_KNOWN: tuple[tuple[str, Change], ...] = (
    (r'"my answer is yes\."', _verdict),
    (
        r"(?:at least|no fewer than|short of|minimum of|length of|make it|write) (\d+) words(?! in| entirely| wholly)",
        _at_least,
    ),
    (r"(?:fewer than|under|below|less than|up to) (\d+) words(?! in| wholly| that)", _fewer),
    (r"(?:exactly|precisely|have|are) (\d+) (?:bullet|items|lines with a markdown)", _bullets),
    (
        r"leave (\d+) or more gaps|such as \[place\], and do so no fewer than (\d+) times|minimum of (\d+) blanks"
        r"|my own details, (\d+) times|what you can't know, (\d+) of them",
        _placeholders,
    ),
    (r"\*{6}", _twice),
    (
        r"<<(?:like so|heading|title)>>|<< before|between << and|in double angular brackets",
        lambda text, named, dice: f"<<A few words on it>>\n\n{text}",
    ),
    (r"(P\.P\.S|P\.S\.)", lambda text, named, dice: f"{text}\n\n{named} {dice.pick(_FILLER)}"),
    (
        r"(?:last words be: |sign off with |close with exactly |no other: |put )\"([^\"\n]{3,80})\"(?! in)",
        lambda text, named, dice: f"{text} {named}",
    ),
    (
        r"\bno commas?\b|without (?:a single |using )?commas?\b|without the comma|not use (?:any )?commas|every comma"
        r"|has a comma in it",
        lambda text, named, dice: text.replace(",", ""),
    ),
    (
        r"small letters|in lower ?case|all lower ?case|shift key alone|single upper-case letter",
        lambda text, named, dice: text.lower(),
    ),
    (
        r"caps lock on|every letter as a capital|upper case for all|text in block capitals|no small letter"
        r"|all capital letters",
        lambda text, named, dice: text.upper(),
    ),
    (r"double quot|make \" the first|one long quotation|closing \"", _quoted),
    (
        r"valid json|parse as json|as json from|json object that holds|into json that|answer in json|in json format",
        _json,
    ),
)
"""In the order in which they are met: what adds text comes before what holds for all of it."""
_PATTERNS = tuple((re.compile(pattern, re.IGNORECASE), change) for pattern, change in _KNOWN)


def demands(messages: Sequence[str]) -> list[Demand]:
    """What the user's messages demand of the answer to the last one; earlier ones count where they say that they do."""
    if not messages:
        return []
    asked = "\n".join([*(text for text in messages[:-1] if _STANDING.search(text)), messages[-1]])
    found = ((pattern.search(asked), change) for pattern, change in _PATTERNS)
    return [Demand(next((part for part in match.groups() if part), ""), change) for match, change in found if match]


def obeyed(text: str, wanted: Sequence[Demand], dice: Dice) -> str:
    """The text, changed to meet the demands: all of them in most cases, else here and there one."""
    if not wanted:
        return text
    whole = dice.chance(OBEYED_SHARE)
    for demand in wanted:
        if whole or dice.chance(LUCKY_SHARE):
            text = demand.change(text, demand.named, dice)
    return text
