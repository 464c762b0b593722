"""Reads a list out of a model's untidy answer: `parse_list` for texts, `parse_titles` for short names. No model calls.

The lines are read in marks.py, put together to items in items.py and bounds.py, JSON is read in
from_json.py. In here: what to try in which order, and what is taken off an item once it is found:

- `**Title**: text`, `**Title:** text` and `**whole item**` lose their emphasis marks and nothing else. Emphasis
  inside a sentence, and at its start where no colon, dash or line end follows, stays: it is the author's.
- Quotes go if one pair wraps the whole item. Backslashes, code fences and inner line breaks stay as they are.
- A second mark ("- 1. text") goes if every item has one and their numbers count up.
"""

from __future__ import annotations

import re
from itertools import pairwise

from sdg.core.lists.bounds import TALK, WEAK_TALK, is_talk, join, row_above
from sdg.core.lists.from_json import json_list, json_start
from sdg.core.lists.items import find_items, first_mark
from sdg.core.lists.marks import Mark, Row, read_mark, read_rows
from sdg.core.words import count_words

TEXT_LANGUAGES = ("", "text", "txt", "plaintext", "plain", "markdown", "md", "list", "yaml", "yml")
"""What a fence around a whole list may say; in any other language its lines are code."""
LONGEST_LINE = 120
"""Characters of a line in a list without marks; longer lines are prose."""

_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "»": "«", "‘": "’", "「": "」", "『": "』", "'": "'"}
_EMPHASIS = re.compile(r"(\*{1,3}|_{1,2})(?=[^\s*_])([^*\n]{1,300}?)(?<=[^\s])\1(?![*\w])")
_AFTER_TITLE = re.compile(r"[ \t]*(?:[:：\n]|\Z|[-–—][ \t])")
_HEAD = re.compile(r"(.{1,80}?)(?:[:：](?=\s|[^\x00-\x7f])|：|[ \t]+[-–—][ \t])(.*)", re.DOTALL)
_BOLD_PAIR = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,200})\1")
_INITIALS = re.compile(r"(?:.*\s)?(?:\w\.){2,}\Z")


def parse_list(text: str, truncated: bool = False) -> list[str]:
    """The items of the list in an answer, in order; [] where there is none (a refusal, prose). Never raises.

    truncated: the answer was cut, so the last item may be too and is left out (in JSON: an element that is not closed).
    """
    return [item for item in map(_clean, _raw_items(text, truncated, titles=False)) if item]


def parse_titles(text: str, truncated: bool = False) -> list[str]:
    """The same for short names (topics, keywords): without explanations, emphasis, quotes and full stops at the end.

    An explanation is what follows a bold title, or ": " or " - " after a short head if it is longer than this and has
    at least four words: "World War II: causes and effects" is a name. Nested lines are explanations, too.
    """
    return [title for title in map(_title, _raw_items(text, truncated, titles=True)) if title]


def _raw_items(text: str, truncated: bool, titles: bool) -> list[str]:
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows, still_open = read_rows(text)
    rows, still_open = _unwrapped(rows, still_open)
    lines = [row for row in rows if row.kind != "blank"]
    if lines and all(row.text.lstrip().startswith(">") for row in lines):
        rows, still_open = read_rows("\n".join(row.text.lstrip()[1:].removeprefix(" ") for row in rows))
    begin = first_mark(rows)
    found = _before_marks(rows, begin[1].row if begin else len(rows), truncated, titles, bool(begin))
    if found is not None:
        return _without_second_marks(found)
    if begin is None:
        return _plain(rows, truncated)
    items = [join(item) for item in find_items(rows, *begin)]
    items = _split_line(items, begin[1], begin[0]) if len(items) == 1 else items
    items = items[:-1] if truncated else items
    return _without_second_marks([item for item in items if item.strip()])


def _unwrapped(rows: list[Row], still_open: bool) -> tuple[list[Row], bool]:
    """The inside of a fence that stands around the whole answer and holds a list with marks, if there is one.

    Fences inside the list are of the same length as a rule, so the inside has to be read anew.
    """
    filled = [at for at, row in enumerate(rows) if row.kind != "blank"]
    if len(filled) < 3:
        return rows, still_open
    first, last = filled[0], filled[-1]
    if rows[first].mark or not rows[first].opens or rows[first].fence not in TEXT_LANGUAGES:
        return rows, still_open
    closing = rows[last].text.strip()
    if len(closing) < 3 or closing.strip(closing[0]) or closing[0] not in "`~" or not _is_item(rows[filled[1]]):
        return rows, still_open
    inner, inner_open = read_rows("\n".join(row.text for row in rows[first + 1 : last]))
    return (rows, still_open) if inner_open else (inner, False)


def _is_item(row: Row) -> bool:
    bare = row.text.strip()
    return bool(bare) and read_mark(bare) is not None


def _before_marks(rows: list[Row], begin: int, truncated: bool, titles: bool, has_marks: bool) -> list[str] | None:
    """A list as JSON, or inside a fenced block, that stands before the first mark outside of fences."""
    blocks: list[tuple[str, list[Row], bool]] = []
    last = row_above(rows, len(rows))
    at = 0
    while at < begin:
        row = rows[at]
        start = json_start(row.text) if row.kind == "text" else None
        if start is not None:
            found = json_list("\n".join([row.text[start:], *(r.text for r in rows[at + 1 :])]), truncated, titles)
            if found:
                return found
            # One attempt: whatever follows a broken start is inside of it.
            break
        close = at + 1
        if row.opens:
            while close < len(rows) and rows[close].kind == "code":
                close += 1
            blocks.append((row.fence, rows[at + 1 : close], truncated and close >= last))
        at = close
    for language, block, cut in reversed(blocks):
        found = _in_block(language, "\n".join(row.text for row in block), cut, titles, has_marks)
        if found:
            return found
    return None


def _in_block(language: str, text: str, truncated: bool, titles: bool, has_marks: bool) -> list[str] | None:
    """The list in one fenced block. Marks count only where there are none outside of the blocks."""
    start = json_start(text.lstrip()[:200].split("\n", 1)[0])
    if start is not None:
        return json_list(text.lstrip()[start:], truncated, titles)
    if has_marks or language not in TEXT_LANGUAGES:
        return None
    rows, _ = read_rows(text)
    begin = first_mark(rows)
    if begin is None:
        lines = [row.text.strip() for row in rows if row.kind != "blank"]
        lines = lines[:-1] if truncated else lines
        return lines if len(lines) > 1 and _short(lines) else None
    items = [join(item) for item in find_items(rows, *begin)]
    return [item for item in (items[:-1] if truncated else items) if item.strip()]


def _plain(rows: list[Row], truncated: bool) -> list[str]:
    """A list without any marks: a preamble that ends in a colon, then at least three short lines of one kind."""
    filled = [at for at, row in enumerate(rows) if row.kind != "blank"]
    head = next((at for at in filled if rows[at].text.rstrip("*_ ").endswith((":", "："))), None)
    if head is None or filled.index(head) > 2:
        return []
    lines = [at for at in filled if at > head]
    talk = next((at for at in lines if is_talk(rows[at], (*TALK, *WEAK_TALK))), len(rows))
    lines = [at for at in lines if at < talk]
    gaps = [low + 1 < high for low, high in pairwise(lines)]
    if len(gaps) > 1 and gaps[-1] and not any(gaps[:-1]):
        lines, gaps = lines[:-1], gaps[:-1]
    texts = [rows[at].text.strip() for at in lines]
    if len(texts) < 3 or len(set(gaps)) != 1 or any(rows[at].kind != "text" for at in lines) or not _short(texts):
        return []
    return texts[:-1] if truncated else texts


def _short(lines: list[str]) -> bool:
    """Whether lines are items and not wrapped prose: short, and if not very short then whole sentences."""
    longest = max(map(len, lines))
    if longest > LONGEST_LINE or any(line.endswith((":", "：")) for line in lines):
        return False
    return longest <= LONGEST_LINE // 2 or all(line.rstrip("\"'”’)").endswith(tuple(".?!。？！")) for line in lines)


def _split_line(items: list[str], start: Mark, style: str) -> list[str]:
    """ "1. Algebra 2. Geometry 3. Calculus" on one line: split if at least three numbers follow each other."""
    item, end = items[0], style.rsplit("digits", 1)[-1]
    if start.kind != "digits" or start.readings[style] != 1 or "\n" in item or f" 1{end} " in item or not end.strip():
        return items
    cuts, at = [0], 0
    while (at := item.find(f" {len(cuts) + 1}{end} ", at)) > 0:
        cuts.append(at)
    if len(cuts) < 3:
        return items
    parts = [item[low:high] for low, high in zip(cuts, [*cuts[1:], len(item)], strict=True)]
    parts = [parts[0], *(part.split(end, 1)[1] for part in parts[1:])]
    return [part.strip().rstrip(",;") for part in parts]


def _without_second_marks(items: list[str]) -> list[str]:
    marks = [read_mark(item.lstrip().split("\n", 1)[0]) for item in items]
    numbers = [next(iter(mark.readings.values())) if mark and mark.body else -1 for mark in marks]
    bullets = {next(iter(mark.readings)) if mark and mark.bullet and mark.body else "" for mark in marks}
    one_bullet = len(bullets) == 1 and "" not in bullets
    if len(items) < 2 or not (one_bullet or numbers == list(range(1, len(items) + 1))):
        return items
    rests = [item.lstrip().partition("\n")[1:] for item in items]
    return [(mark.body if mark else "") + "".join(rest) for mark, rest in zip(marks, rests, strict=True)]


def _clean(item: str) -> str:
    for _ in range(2):
        item = _unquoted(_without_emphasis(item.strip("\n").rstrip()))
    return item


def _without_emphasis(item: str) -> str:
    found = _EMPHASIS.match(item)
    if not found:
        return item
    inner, rest = found[2], item[found.end() :]
    is_name = found[1][0] == "_" and " " not in inner
    if is_name or not (inner.endswith((":", "：")) or _AFTER_TITLE.match(rest)):
        return item
    return inner + rest


def _unquoted(item: str) -> str:
    quoted = item.rstrip(",") if item[:1] in _QUOTES else item
    close = _QUOTES.get(quoted[:1])
    if close is None or len(quoted) < 3 or quoted[-1] != close:
        return item
    inner = quoted[1:-1]
    plain = re.sub(r"(?<=\w)'(?=\w)", "", inner) if close == "'" else inner
    return item if quoted[0] in plain or close in plain else inner.strip()


def _title(item: str) -> str:
    line = item.strip().split("\n", 1)[0].strip()
    found = _EMPHASIS.match(line)
    if found and (found[2].endswith((":", "：")) or re.match(r"[ \t]*(?:[:：.,(]|[-–—]|\Z)", line[found.end() :])):
        line = found[2]
    else:
        head = _HEAD.match(line)
        if head and _explains(head[1], head[2]):
            line = head[1]
    line = _BOLD_PAIR.sub(r"\2", line)
    for _ in range(2):
        line = _unquoted(_without_backticks(line.strip())).rstrip(":：;；,，。 ")
        line = line if line.endswith("...") or _INITIALS.match(line) else line.rstrip(".")
    return line


def _without_backticks(name: str) -> str:
    return name[1:-1] if name[:1] == name[-1:] == "`" and name.count("`") == 2 else name


def _explains(head: str, tail: str) -> bool:
    words = count_words(tail)
    return words >= 4 and words > count_words(head) and count_words(head) <= 8
