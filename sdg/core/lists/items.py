"""Decides which marks of an answer begin its items, and gives each item its lines. Knows no JSON.

The rules, in order:
1. The first mark that qualifies fixes the style; only marks of this style at this level begin an item. All
   other marks, indented or not, are text of the item they stand in. Marks in a code fence are code.
2. A marked parent is an item, and what is nested in it is its text. Only lines without a mark of their own (a
   heading, a bold line, a short line that ends in a colon) and "Part 1:" are categories, and they are dropped.
   One exception: numbers that run on from bullet to bullet, or from heading to heading, are the items.
3. A number begins an item if it is the next one; 1 again after a category, a blank line or another 1; a gap only if
   the missing number never comes and the numbering goes on. Everything else is content ("1914. That was ...").
4. Lines up to the next item belong to the item. For the end of the last one see bounds.py.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate, pairwise

from sdg.core.lists.bounds import Found, category_at, end, loose_paragraphs, row_above, talk_between, trim
from sdg.core.lists.marks import Mark, Row

_TAIL_OF_PREAMBLE = re.compile(r"[^:：]{0,200}[:：][ \t]+[(\[]?1[.):]")


def first_mark(rows: list[Row]) -> tuple[str, Mark, str] | None:
    """(style, mark, style of categories or "") where the list begins, or None where there is no list."""
    styles: dict[str, list[Mark]] = {}
    for row in rows:
        if row.mark is not None:
            for style in row.mark.readings:
                styles.setdefault(style, []).append(row.mark)
    starts = [(style, mark) for style, marks in styles.items() if (mark := _start(rows, style, marks))]
    starts = [pair for pair in starts if not pair[1].category] or starts
    if not starts:
        return None
    # "i." is a letter and a Roman number: the reading that begins with 1 wins.
    first_style, first = min(starts, key=lambda pair: (pair[1].row, pair[1].readings[pair[0]] != 1))
    if first.kind == "digits" and not first.level:
        return first_style, first, ""
    parents = styles[first_style]
    for style, mark in starts:
        if mark.row > first.row and mark.kind == "digits":
            if _runs_on(parents, styles[style], style):
                return style, mark, first_style
            if first.bullet and _all_before(parents, mark):
                return style, mark, ""
    return first_style, first, ""


def _start(rows: list[Row], style: str, marks: list[Mark]) -> Mark | None:
    """The first mark of a style from which it is a list."""
    if marks[0].bullet:
        return marks[0] if len(marks) > 1 or (marks[0].sole and _introduced(rows, marks[0].row)) else None
    present = {mark.readings[style] for mark in marks}
    for mark, follower in zip(marks, [*marks[1:], None], strict=True):
        number = mark.readings[style]
        if number in (0, 1) and (mark.sole or number + 1 in present):
            return mark
        if follower and mark.kind == "digits" and follower.readings[style] == number + 1:
            return mark
    return None


def _introduced(rows: list[Row], row: int) -> bool:
    """Whether a lone bullet is the answer itself, or is announced by a colon, and not a dash in prose."""
    above = row_above(rows, row)
    return above < 0 or rows[above].kind in ("heading", "rule") or rows[above].text.rstrip("*_ ").endswith((":", "："))


def _runs_on(parents: list[Mark], marks: list[Mark], style: str) -> bool:
    """Whether numbers go on across two parents: 1, 2 under the first and 3, 4 under the second."""
    at = [parent.row for parent in parents]
    return any(
        two.readings[style] == one.readings[style] + 1 and bisect_left(at, two.row) > bisect_left(at, one.row) > 0
        for one, two in pairwise(marks)
    )


def _all_before(bullets: list[Mark], mark: Mark) -> bool:
    """Whether the bullets belong to the preamble of the numbers that begin with `mark`."""
    if mark.indent > bullets[0].indent + 1:
        return False
    return all(bullet.row < mark.row or bullet.indent > mark.indent + 1 for bullet in bullets)


def find_items(rows: list[Row], style: str, start: Mark, parent: str = "") -> list[list[Row]]:
    """The items in order, each as its rows; the first row's text is what stands behind the mark."""
    marks = [row.mark for row in rows[start.row :] if row.mark is not None and style in row.mark.readings]
    found = Found(start.indent, row_above(rows, start.row), [], parent)
    if start.bullet:
        _take_bullets(rows, marks, found)
    else:
        _take_numbers(rows, marks, style, found)
    items: list[list[Row]] = []
    paragraphs: list[int] = []
    for mark, follower in zip(found.marks, [*found.marks[1:], None], strict=True):
        low = mark.row + 1
        high = trim(rows, low, follower, found) if follower else end(rows, low, found, paragraphs)
        paragraphs.append(loose_paragraphs(rows, low, high, found))
        opens = rows[mark.row].opens
        items.append([Row(mark.body, 0, "fence" if opens else "text", opens=opens), *rows[low:high]])
    return [*_before_the_first(rows, start, style), *items]


def _before_the_first(rows: list[Row], start: Mark, style: str) -> list[list[Row]]:
    """The first item where it stands on the preamble's line: "Here they are: 1. First"."""
    if start.readings[style] != 2 or start.row == 0 or rows[start.row - 1].kind != "text":
        return []
    line = rows[start.row - 1].text
    found = _TAIL_OF_PREAMBLE.match(line)
    return [[Row(line[found.end() :].strip(), 0, "text")]] if found else []


def _take_bullets(rows: list[Row], marks: list[Mark], found: Found) -> None:
    for mark in marks:
        if mark.indent > found.base + 1:
            continue
        if found.marks and talk_between(rows, found.marks[-1].row + 1, mark.row):
            return
        found.base = min(found.base, mark.indent)
        found.marks.append(mark)


def _take_numbers(rows: list[Row], marks: list[Mark], style: str, found: Found) -> None:
    """Follows the numbering (rule 3)."""
    level = [mark for mark in marks if mark.indent <= found.base + 1]
    at_level = {mark.row: at for at, mark in enumerate(level)}
    last_row = {mark.readings[style]: mark.row for mark in level}
    after_run = _after_runs(level, style)
    gaps = list(accumulate((row.kind in ("blank", "rule", "heading") for row in rows), initial=0))
    found.marks.append(marks[0])
    resume, previous = 0, marks[0]
    for mark in marks[1:]:
        number, last = mark.readings[style], found.marks[-1].readings[style]
        comes = last_row.get(last + 1, -1) > mark.row
        at = at_level.get(mark.row)
        if at is None:
            # Indented by mistake: the next number, with no list of its own before it, and no other place for it.
            accept = number == last + 1 and previous is found.marks[-1] and not comes
        elif mark.row < resume:
            accept = False
        elif number == 1 and last > 1:
            after = after_run[at]
            accept = _restarts(rows, found, mark, after, style, gaps)
            if accept and talk_between(rows, found.marks[-1].row + 1, mark.row):
                return
            if not accept:
                resume = after.row if after else len(rows)
        else:
            goes_on = at + 1 < len(level) and level[at + 1].readings[style] == number + 1
            accept = number in (last, last + 1) or (number > last and not comes and goes_on)
        if accept:
            if number <= last:
                found.restarts.add(mark.row)
            found.marks.append(mark)
        previous = mark


def _after_runs(marks: list[Mark], style: str) -> list[Mark | None]:
    """For each mark the first one that does not go on counting from it."""
    after: list[Mark | None] = [None] * len(marks)
    for at in range(len(marks) - 2, -1, -1):
        follows = marks[at + 1].readings[style] == marks[at].readings[style] + 1
        after[at] = after[at + 1] if follows else marks[at + 1]
    return after


def _restarts(rows: list[Row], found: Found, mark: Mark, after: Mark | None, style: str, gaps: list[int]) -> bool:
    """Whether a 1 after higher numbers begins a new part of the list, and not a list inside the item."""
    low = found.marks[-1].row + 1
    if after is not None and after.readings[style] == found.marks[-1].readings[style] + 1:
        return False
    if category_at(rows, low, mark.row, mark, found, restart=True) is not None:
        return True
    return gaps[mark.row] > gaps[low]
