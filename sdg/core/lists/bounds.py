"""Where the items of a list end: categories between them, and the model's talk after the last one.

Which marks begin an item is decided in items.py; nothing in here looks at numbers.
The phrases at the top are data: how models take leave, in the languages that they mostly do it in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sdg.core.lists.marks import Mark, Row

TALK = (
    "let me know", "please let me know", "feel free", "i hope th", "hope this helps", "hope these",
    "hope that helps", "would you like me", "would you like more", "would you like to see",
    "is there anything else", "do you want me", "if you'd like", "if you’d like", "if you would like",
    "if you need more", "if you want more", "if you need any", "happy to help", "i'd be happy", "i’d be happy",
    "i'm happy to", "i can also", "i could also", "i apologize", "i'm sorry", "i’m sorry", "these questions",
    "these topics", "these prompts", "these problems", "these tasks", "these ideas", "notes:", "note:",
    "please note", "**note", "*note", "(note", "ich hoffe", "lass mich wissen", "lassen sie mich wissen",
    "n'hésitez pas", "n’hésitez pas", "j'espère que", "j’espère que", "espero que", "déjame saber",
    "si necesitas", "如果您", "如果你需要", "希望这些", "希望以上", "希望对", "以上是", "以上就是", "请告诉我",
    "必要に応じて", "以上が", "ご希望",
)  # fmt: skip
"""At the start of an unindented line after the last item these end the list."""

WEAK_TALK = (
    "these ", "this list", "this set", "all of these", "all these", "each of these", "would you", "i hope",
    "i've ", "i have ", "i tried", "overall,", "in summary", "good luck", "enjoy", "remember", "thank",
    "diese ", "ces ", "estas ", "estos ", "这些", "これら",
)  # fmt: skip
"""The same, but only at the start of a paragraph and where the other items do not settle it."""

_TERMINAL = tuple(".?!;,。？！；，")
_COLONS = (":", "：")
_BOLD_LINE = re.compile(r"(\*\*|__)([^*_]+)\1[:：]?\Z")
_GAPS = ("blank", "rule")


@dataclass(slots=True)
class Found:
    """The marks that begin items, in order. `above`: the row of the last line before the list, or -1.

    parent: the style of marks that are only categories ("" if there are none); restarts: rows where
    the numbering begins again.
    """

    base: int
    above: int
    marks: list[Mark]
    parent: str = ""
    restarts: set[int] = field(default_factory=set)


def row_above(rows: list[Row], at: int) -> int:
    """The nearest row before `at` that is not blank, or -1."""
    at -= 1
    while at >= 0 and rows[at].kind == "blank":
        at -= 1
    return at


def is_talk(row: Row, phrases: tuple[str, ...] = TALK) -> bool:
    return row.kind in ("text", "heading") and row.text.lstrip("# \t")[:40].lower().startswith(phrases)


def talk_between(rows: list[Row], low: int, high: int) -> bool:
    """Whether a paragraph between two marks says goodbye: what follows is no part of the list."""
    return any(rows[at - 1].kind == "blank" and is_talk(rows[at]) for at in range(low + 1, high))


def trim(rows: list[Row], low: int, follower: Mark, found: Found) -> int:
    """Where the item whose second line is `low` ends: before blank lines, rules and categories."""
    high = follower.row
    while True:
        while high > low and rows[high - 1].kind in _GAPS:
            high -= 1
        category = category_at(rows, low, high, follower, found, follower.row in found.restarts)
        if category is None:
            return high
        high = category


def category_at(rows: list[Row], low: int, high: int, follower: Mark, found: Found, restart: bool) -> int | None:
    """The row of the category line that ends before `high`, or None. Code and indented lines are never one."""
    at = high - 1
    while at >= low and rows[at].kind in _GAPS:
        at -= 1
    if at < low or rows[at].indent > found.base + 1:
        return None
    row, apart = rows[at], rows[at - 1].kind in (*_GAPS, "heading")
    if row.kind == "mark" and row.mark:
        colon = row.mark.bullet and restart and row.text.endswith(_COLONS)
        return at if colon or found.parent in row.mark.readings or row.mark.category else None
    if row.kind == "heading":
        return at if _ends_part(row, found) and (apart or restart or row.text.lstrip().startswith("##")) else None
    form = _title_form(row, apart)
    first = rows[found.above] if found.above >= 0 else None
    like_the_first = first is not None and _title_form(first, False) == form
    if form in ("bold", "colon"):
        return at if apart or restart or like_the_first else None
    if form == "short" and apart and at == follower.row - 1:
        return at if restart or (like_the_first and found.above == found.marks[0].row - 1) else None
    return None


def _title_form(row: Row, apart: bool) -> str:
    """ "bold", "colon" or "short" for a line that may stand above a list, "" for others."""
    text = row.text.strip()
    if row.kind != "text" or len(text) > 200:
        return ""
    if _BOLD_LINE.match(text):
        return "bold"
    words = len(text.split())
    if text.rstrip("*_").endswith(_COLONS):
        return "colon" if apart or words <= 10 else ""
    return "short" if words <= 10 and not text.endswith(_TERMINAL) else ""


def _ends_part(row: Row, found: Found) -> bool:
    """Whether a heading stands above the items; where the items are headings, a deeper one is their text."""
    level = found.marks[0].level
    text = row.text.lstrip()
    return level == 0 or len(text) - len(text.lstrip("#")) <= level


def _opens_paragraph(rows: list[Row], at: int, found: Found) -> bool:
    row = rows[at]
    return row.kind in ("text", "mark", "heading") and row.indent <= found.base + 1 and rows[at - 1].kind == "blank"


def loose_paragraphs(rows: list[Row], low: int, high: int, found: Found) -> int:
    """How many paragraphs of an item are neither indented nor joined to it."""
    return sum(_opens_paragraph(rows, at, found) for at in range(low, high))


def end(rows: list[Row], low: int, found: Found, paragraphs: list[int]) -> int:
    """Where the last item ends. paragraphs: `loose_paragraphs` of each item before it.

    An unindented paragraph after a blank line is talk if all other items agree on having fewer; else if it sounds so.
    """
    count = 0
    limit = paragraphs[0] if paragraphs and min(paragraphs) == max(paragraphs) else None
    for at in range(low, len(rows)):
        row = rows[at]
        if row.kind in ("code", "fence") or row.indent > found.base + 1:
            continue
        if row.kind == "heading" and not _ends_part(row, found):
            limit = None  # the items have headings of their own: what comes under one is theirs
            continue
        opens = _opens_paragraph(rows, at, found)
        count += opens
        over = opens and (count > limit if limit is not None else is_talk(row, WEAK_TALK))
        part = row.kind == "heading" and opens
        if row.kind == "rule" or over or part or is_talk(row):
            return at
    return len(rows)


def join(rows: list[Row]) -> str:
    """The text of an item: without the indentation that all its lines share, its code kept as it is."""
    rest = rows[1:]
    if not rest:
        return rows[0].text
    groups = [rest]
    if not _margin(rest):
        # Prose and each block of code have an indentation of their own.
        prose: list[Row] = []
        groups = [[]]
        inside = rows[0].opens
        for row in rest:
            if row.opens:
                groups.append([])
            (groups[-1] if inside or row.opens else prose).append(row)
            inside = row.opens or (inside and row.kind != "fence")
        groups.append(prose)
    cut = {id(row): margin for group in groups for margin in (_margin(group),) for row in group}
    return "\n".join([rows[0].text, *(row.text[cut[id(row)] :] for row in rest)]).strip("\n")


def _margin(rows: list[Row]) -> int:
    filled = [row.text[: len(row.text) - len(row.text.lstrip())] for row in rows if row.text.strip()]
    low, high = min(filled, default=""), max(filled, default="")
    differs = (at for at, (one, two) in enumerate(zip(low, high, strict=False)) if one != two)
    return next(differs, min(len(low), len(high)))
