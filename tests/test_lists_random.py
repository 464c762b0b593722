"""Random items in random untidy layouts: the scanner must give back exactly the items, none merged, cut or invented.

What can't be decided in principle is left out of the strategies, because two lists look the same there:
- a line inside an item that begins with the list's own mark at the list's own level ("2. " as the next number, or
  a nested list of the same kind without indentation);
- an item, or a line of it, that ends in a colon, is wholly bold, or is a heading, just before a mark: a category;
- an item that is wholly in quotes or begins with a bold title: these are taken off;
- unindented text behind a blank line in the last item only, or an unindented line in it that takes leave;
- code that holds a line of the fence it stands in;
- a digit right behind "1．": the list mark of "5 volts", or the number 1.5?
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from sdg.core.lists import parse_list, parse_titles
from sdg.core.lists.bounds import TALK, WEAK_TALK

WORDS = (
    "why", "how", "tide", "Moon", "gravity", "1914", "3.5", "volts", "12:30", "C++", "$x^2$",
    "\\frac{1}{2}", "\\(a\\)", "U.S.", "e.g.", "and", "–", "or", "—", "not:", "(see)", "[1]", '"quoted"',
    "*args", "**bold**", "`code`", "50%", "#tag", "@you", "<b>", "潮汐", "つき", "Größe", "naïve", "2)",
    "3.", "a)", "-", "•", "*", "🌊", "a=b", "{x}", "//", "\\\\", "...", "I", "II", "一、", "①",
)  # fmt: skip
OPENERS = (
    "Explain", "Why", "Grüße", "Sorting:", "Tides –", "\\(x\\)", "$y$", "1914", "3.5", "12:30", "2nd",
    "潮汐", "«Oui», dit", "`f`", "*args", "{x}",
)  # fmt: skip
# "a) ", "Problem 1: ", "-", "1. " and the like.
MAY_BE_A_MARK = re.compile(r"(\W*\w{0,5}|\W*\w{0,20}\s?\d{1,4})\s?[.):\-–—：、．）](?!\d)")
ENDS = (".", "?", "!", "。", "...", ")", " x", "")


def plain(line: str) -> bool:
    """Whether a line can be read in one way only."""
    return not (
        MAY_BE_A_MARK.match(line)
        or line.rstrip("*_ ").endswith((":", "："))
        or line.lower().startswith((*TALK, *WEAK_TALK))
        or re.search(r"[*_]{2}$|^(\*\*|__)|^[#>\[{(（【\"'“„»‘「『]|^第", line)
    )


vocabulary = st.builds(
    lambda opener, words, end: " ".join([opener, *words]) + end,
    st.sampled_from(OPENERS),
    st.lists(st.sampled_from(WORDS), max_size=8),
    st.sampled_from(ENDS),
)
letters = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z", "Sk")) | st.just(" "), min_size=1, max_size=60
)
lines = (vocabulary | letters.map(lambda text: "Word " + " ".join(text.split()))).map(str.strip).filter(plain)
code = st.lists(
    st.sampled_from(
        ["x = 1", "", "    return x", "1. no item", "2. no item", "- no item", "# no heading", "**no** title:"]
    ),
    max_size=6,
)


@dataclass
class Item:
    """An item: its first line, and blocks of further lines. `spaced` blocks have a blank line before them."""

    first: str
    blocks: list[list[str]] = field(default_factory=list)
    spaced: list[bool] = field(default_factory=list)

    def lines(self, indent: str) -> list[str]:
        """All lines but the first, as they stand in an answer."""
        rows: list[str] = []
        for block, spaced in zip(self.blocks, self.spaced, strict=True):
            rows += [""] if spaced else []
            rows += [indent + row if row else "" for row in block]
        return rows

    @property
    def text(self) -> str:
        return "\n".join([self.first, *self.lines("")])


def fenced(body: list[str], language: str) -> list[str]:
    return ["```" + language, *body, "```"]


nested = st.lists(lines, min_size=1, max_size=3)
block = st.one_of(
    st.lists(lines, min_size=1, max_size=3),
    st.builds(fenced, code, st.sampled_from(["", "python", "c++"])),
    nested.map(lambda rows: ["+ " + row for row in rows]),
    nested.map(lambda rows: [f"{at}] {row}" for at, row in enumerate(rows, 1)]),
)
single = lines.map(Item)
multi = st.builds(
    lambda first, blocks: Item(first, [b for b, _ in blocks], [s for _, s in blocks]),
    lines,
    st.lists(st.tuples(block, st.booleans()), max_size=3),
)

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"
CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
MARKS: dict[str, Callable[[int], str]] = {
    "1.": lambda n: f"{n}. ", "1)": lambda n: f"{n}) ", "(1)": lambda n: f"({n}) ", "1:": lambda n: f"{n}: ",
    "right": lambda n: f"{n:>2}. ", "bold": lambda n: f"**{n}.** ", "label": lambda n: f"Question {n}: ",
    "dash": lambda n: "- ", "star": lambda n: "* ", "dot": lambda n: "• ", "en dash": lambda n: "– ",
    "box": lambda n: "- [ ] ", "keycap": lambda n: f"{n}\ufe0f\u20e3 " if n < 10 else "🔟 ",
    "circled": lambda n: CIRCLED[n - 1], "chinese": lambda n: CHINESE[n - 1] + "、",
    "1、": lambda n: f"{n}、", "1．": lambda n: f"{n}． ", "letter": lambda n: "abcdefghijkl"[n - 1] + ") ",
    "heading": lambda n: f"### {n}. ", "lazy": lambda n: "1. ",
}  # fmt: skip
PREAMBLES = (
    "",
    "Sure! Here are the items:\n",
    "Here are the items you asked for:\n\n",
    "I'm sorry, I can only offer these:\n\n",
    "# Items\n\n",
)
FAREWELLS = (
    "",
    "\n\nLet me know if you need more!",
    "\nLet me know if you need more!",
    "\n\n---\nThese are all.",
    "\n\nI hope this helps.",
)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_items_of_any_layout_come_back_exactly(data: st.DataObject) -> None:
    several_lines = data.draw(st.booleans(), "several lines")
    items = data.draw(st.lists(multi if several_lines else single, min_size=2, max_size=9), "items")
    mark = MARKS[data.draw(st.sampled_from(sorted(MARKS)), "mark")]
    margin = data.draw(st.sampled_from(["", " ", "  ", "    "]), "margin")
    # A blank line inside an item needs the indentation: without it the last item could not be told from talk.
    indent = data.draw(
        st.sampled_from(["   ", "    ", "     ", "\t"] + [""] * (not any(any(i.spaced) for i in items))), "indent"
    )
    between = data.draw(st.lists(st.sampled_from(["\n", "\n\n", "\n\n\n", "\n \n"]), min_size=9, max_size=9), "between")
    answer = data.draw(st.sampled_from(PREAMBLES), "preamble")
    for number, (item, gap) in enumerate(zip(items, between, strict=False), 1):
        head = margin + mark(number) + item.first
        further = [margin + indent + row if row else "" for row in item.lines("")]
        answer += "\n".join([head, *further]) + (gap if number < len(items) else "")
    answer += data.draw(st.sampled_from(FAREWELLS), "farewell")
    if not several_lines and data.draw(st.booleans(), "fence"):
        answer = f"```markdown\n{answer}\n```"
    if data.draw(st.booleans(), "windows"):
        answer = answer.replace("\n", "\r\n")
    expected = [item.text for item in items]
    assert parse_list(answer) == expected
    if not answer.rstrip().endswith(("!", ".", "```")):
        assert parse_list(answer, truncated=True) == expected[:-1]


@settings(max_examples=200, deadline=None)
@given(st.lists(multi.map(lambda item: item.text), min_size=1, max_size=6), st.booleans(), st.booleans(), st.booleans())
def test_items_written_as_json_come_back_exactly(
    texts: list[str], ascii_only: bool, fence: bool, objects: bool
) -> None:
    value = [{"id": at, "question": text} for at, text in enumerate(texts)] if objects else texts
    answer = json.dumps(value, ensure_ascii=ascii_only, indent=2 if fence else None)
    answer = f"Here you go:\n\n```json\n{answer}\n```\n\nEnjoy!" if fence else answer
    assert parse_list(answer) == texts


@settings(max_examples=200, deadline=None)
@given(st.lists(single.map(lambda item: item.text), min_size=1, max_size=6), st.data())
def test_a_cut_json_answer_gives_a_beginning_of_the_items(texts: list[str], data: st.DataObject) -> None:
    answer = json.dumps(texts)
    found = parse_list(answer[: data.draw(st.integers(0, len(answer)))], truncated=True)
    assert found == texts[: len(found)]


@settings(max_examples=500, deadline=None)
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(
                [*WORDS, "\n", "\n\n", "1. ", "- ", "```", "**", '"', "[", "{", "}", "]", ":", "   ", "#", "> "]
            )
        ).map(" ".join),
        st.lists(
            st.sampled_from(
                ["\n", "1", ".", " ", "2", "- ", "* ", "`", "```\n", "a", ")", '"', "[", "]", "{", "\\", ",", ":"]
            )
        ).map("".join),
    ),
    st.booleans(),
)
def test_no_text_makes_the_scanner_fail(text: str, truncated: bool) -> None:
    for items in (parse_list(text, truncated), parse_titles(text, truncated)):
        assert all(isinstance(item, str) and item for item in items)
