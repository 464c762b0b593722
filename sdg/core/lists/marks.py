"""Reads the lines of a model's answer one by one: what is a list mark, what is code, what is a heading.

Nothing in here decides which marks are items: that needs the whole answer and is done in items.py.
Every test is a match at the start of one line with bounded repetition, so the time is linear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Kind = Literal["blank", "rule", "heading", "fence", "code", "mark", "text"]

SPACED_BULLETS = "-*+–—→"
"""Marks only when white space follows: they also begin words, numbers and emphasis."""
TIGHT_BULLETS = "•‣⁃∙·・◦●○■□▪▫◆◇►▶➢➤✓✔✅"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟❶❷❸❹❺❻❼❽❾❿⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂"
CJK_DIGITS = "一二三四五六七八九"
_ROMAN = (
    "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi",
    "xvii", "xviii", "xix", "xx", "xxi", "xxii", "xxiii", "xxiv", "xxv",
)  # fmt: skip
ROMAN = {word: value for value, word in enumerate(_ROMAN, 1)}
KNOWN_LABELS = frozenset((
    "question", "q", "problem", "task", "topic", "subtopic", "prompt", "item", "exercise", "example", "idea",
    "instruction", "scenario", "title", "keyword", "entry", "frage", "aufgabe", "thema", "pregunta", "tarea",
    "tema", "problema", "sujet", "tâche", "idée", "问题", "題目", "题目", "任务", "主题", "話題", "質問",
    "問題", "課題",
))  # fmt: skip
CATEGORY_LABELS = frozenset((
    "part", "section", "category", "chapter", "group", "level", "unit", "area", "theme", "teil", "kapitel",
    "abschnitt", "partie", "catégorie", "sección",
))  # fmt: skip
"""Words that number the parts of a list, not its items."""
_SPACES = " \t\u00a0\u3000"
_FENCE = re.compile(r"(`{3,}|~{3,})([^`]*)\Z")
_HEADING = re.compile(r"#{1,6}[ \t]")
_CHECKBOX = re.compile(r"\[[ xX]\][ \t]+")
_NUMBERED = re.compile(
    rf"""
    (?:(?P<hash>\#{{1,6}})[ \t]+)?
    (?P<bold>\*{{1,3}}(?=[^\s*])|__(?=[^\s_]))?
    (?:
        (?P<keycap>[0-9]\ufe0f?\u20e3|🔟)
      | (?P<circled>[{CIRCLED}])
      | 第[ ]?(?P<ordinal>[0-9]{{1,4}}|[{CJK_DIGITS}十]{{1,3}})[ ]?[个個题題条條项項章部步点]?
      | (?P<open>[(（\[【])(?P<inner>[0-9]{{1,4}}|[A-Za-z]|[ivxIVX]{{2,5}}|[{CJK_DIGITS}十]{{1,3}})(?P<close>[)）\]】])
      | (?P<label>[^\W\d_]{{1,20}})[ \u00a0]?\#?(?P<count>[0-9]{{1,4}})
      | (?P<sign>\#|№[ ]?|No\.[ ]?)?(?P<digits>[0-9]{{1,4}})
      | (?P<cjk>[{CJK_DIGITS}十]{{1,3}})
      | (?P<alpha>[ivxIVX]{{2,5}}|[A-Za-z])
    )
    (?(bold)(?P<shut>\*{{1,3}}|__)?)
    (?P<end>\.\)|\\?[.)]|[:：．、）]|[ \t]+[-–—](?=[ \t]))?
    (?(bold)(?P<late>\*{{1,3}}|__)?)
    """,
    re.VERBOSE,
)


@dataclass(slots=True)
class Mark:
    """A line that may begin an item.

    readings: style -> number; "i." is both the ninth letter and the first Roman number. A bullet's number is 0.
    indent: columns; level: 1 to 6 in a heading, else 0; sole: whether one such mark alone makes a list;
    kind: "bullet" or the group of the pattern that matched; category: whether it numbers parts ("Part 1:").
    """

    row: int
    indent: int
    level: int
    readings: dict[str, int]
    body: str
    bullet: bool = False
    sole: bool = True
    kind: str = ""
    category: bool = False


@dataclass(slots=True)
class Row:
    """One line. `text` is as written in code, without white space at its end elsewhere."""

    text: str
    indent: int
    kind: Kind
    mark: Mark | None = None
    fence: str = ""
    """What stands after the ``` of an opening fence (its language), lower case."""
    opens: bool = False


def read_rows(text: str) -> tuple[list[Row], bool]:
    """(one Row a line, whether a code fence is still open at the end)."""
    rows: list[Row] = []
    fence = ""
    for line in text.split("\n"):
        bare = line.strip()
        if fence:
            closes = bare.startswith(fence) and not bare.strip(fence[0])
            rows.append(Row(line.rstrip("\r"), _columns(line), "fence" if closes else "code"))
            fence = "" if closes else fence
            continue
        row = _read_row(line.rstrip(), bare, len(rows))
        opening = _FENCE.match(row.mark.body if row.mark else bare)
        if opening:
            fence, row.opens, row.fence = opening[1], True, opening[2].strip().lower()
            row.kind = "mark" if row.mark else "fence"
        rows.append(row)
    return rows, bool(fence)


def _read_row(line: str, bare: str, number: int) -> Row:
    if not bare:
        return Row("", 0, "blank")
    indent = _columns(line)
    if is_rule(bare):
        return Row(line, indent, "rule")
    mark = read_mark(bare, number, indent)
    if mark is not None:
        return Row(line, indent, "mark", mark)
    return Row(line, indent, "heading" if _HEADING.match(bare) else "text")


def _columns(line: str) -> int:
    width = 0
    for letter in line:
        if letter == "\t":
            width += 4 - width % 4
        elif letter in _SPACES:
            width += 1
        else:
            break
    return width


def is_rule(bare: str) -> bool:
    """`---`, `***`, `* * *`, `____`: a line across the page."""
    if bare[0] not in "-*_=" or len(bare) > 200:
        return False
    packed = bare.replace(" ", "")
    return len(packed) >= 3 and packed == packed[0] * len(packed)


def read_mark(bare: str, row: int = 0, indent: int = 0) -> Mark | None:
    """The mark that a line, already without white space around it, begins with."""
    first, rest = bare[0], bare[1:]
    if first in TIGHT_BULLETS or (first in SPACED_BULLETS and (not rest or rest[0] in _SPACES)):
        body = rest.lstrip("\ufe0f" + _SPACES)
        box = _CHECKBOX.match(body)
        body = body[box.end() :] if box else body
        return Mark(row, indent, 0, {"bullet " + first: 0}, body, bullet=True, sole=first not in "–—→", kind="bullet")
    found = _NUMBERED.match(bare)
    if not found:
        return None
    rest = bare[found.end() :]
    kind = next(name for name in _KINDS if found[name])
    if not _ends_well(found, kind, rest):
        return None
    shut = found["bold"] and (found["shut"] or found["late"])
    level = len(found["hash"] or "")
    prefix = found["open"] or (found["label"] or "").casefold() or (found["sign"] or "").strip()
    style = f"{level}{'b' if found['bold'] else ''} {prefix}{{}}{(found['end'] or '').strip().lstrip(chr(92))}"
    readings = {style.format(name): number for name, number in _numbers(found[kind], kind)}
    if not readings:
        return None
    body = rest.strip() if shut or not found["bold"] else found["bold"] + rest.strip()
    sole = kind not in ("alpha", "circled") and (kind != "count" or prefix in KNOWN_LABELS)
    if kind == "inner":
        sole = found["inner"].isdigit() and found["open"] != "["
    return Mark(row, indent, level, readings, body, sole=sole, kind=kind, category=prefix in CATEGORY_LABELS)


_KINDS = ("keycap", "circled", "ordinal", "inner", "count", "digits", "cjk", "alpha")


def _ends_well(found: re.Match[str], kind: str, rest: str) -> bool:
    """Whether what follows the number makes it a mark, and not "3.5 volts" or "1914 was"."""
    end = found["end"] or ""
    free = not rest or rest[0].isspace()
    shut = bool(found["bold"] and (found["shut"] or found["late"]))
    if kind in ("keycap", "circled"):
        return True
    if kind == "inner":
        tight = found["open"] != "[" and (not found["inner"].isascii() or found["inner"].isdigit())
        return free or shut or end != "" or tight
    if kind == "ordinal":
        return free or end != "" or shut
    if kind == "alpha":
        return end in (".", ")", "\\.", "\\)", "）", "．", "、") and (free or shut)
    if kind == "cjk":
        return end != ""
    if end == "":
        in_title = shut or (found["hash"] is not None and not rest)
        return free and (in_title or bool(found["sign"]))
    if end in ("：", "、", "）") or shut:
        return True
    if end == "." and kind == "digits" and not free:
        return not (rest[0].isdigit() or ("a" <= rest[0] <= "z"))
    if end == "．" or (end in (")", ".)") and kind == "digits"):
        return free or not rest[0].isdigit()
    return free


def _numbers(token: str, kind: str) -> list[tuple[str, int]]:
    """The ways to read a number: (kind of numeral, value)."""
    if kind == "keycap":
        return [("keycap", 10 if token == "🔟" else int(token[0]))]
    if kind == "circled":
        return [("circled", int(unicodedata.numeric(token)))]
    if token.isdigit():
        return [(kind, int(token))]
    if not token.isascii():
        value = _cjk_number(token)
        return [("cjk", value)] if value else []
    case = "upper" if token.isupper() else "lower"
    found = [("letter " + case, ord(token.lower()) - 96)] if len(token) == 1 else []
    if token.lower() in ROMAN:
        found.append(("roman " + case, ROMAN[token.lower()]))
    return found


def _cjk_number(token: str) -> int:
    """1 to 99; 0 where the characters are no number ("一二")."""
    tens, ten, ones = token.partition("十")
    if not ten:
        return CJK_DIGITS.index(token) + 1 if len(token) == 1 else 0
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return 0
    return (CJK_DIGITS.index(tens) + 1 if tens else 1) * 10 + (CJK_DIGITS.index(ones) + 1 if ones else 0)
