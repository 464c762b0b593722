"""The list scanner takes time in proportion to the answer, whatever is in it."""

from __future__ import annotations

import time

import pytest

from sdg.core.lists import parse_list, parse_titles

LONG: dict[str, str] = {
    "a real list": "1. Explain in plain words how it works and why it matters to a farmer, with an example.\n\n"
    * 11_000,
    "numbers": "\n".join(f"{number}. x" for number in range(9_999)),
    "nested runs that are refused": "1. a\n2. b\n" + "1. c\n2. d\n" * 20_000,
    "stars": "*" * 1_000_000,
    "star lines": "**a\n" * 50_000,
    "quotes": '1. "' + "'\"" * 500_000,
    "backslashes": "[" + '"' + "\\" * 1_000_000,
    "brackets": "[" * 1_000_000,
    "braces": '{"a":' * 200_000,
    "fences": "```a\n" * 50_000,
    "fence pairs": "```\nx\n```\n" * 20_000,
    "blank lines": "1. a" + "\n" * 200_000 + "2. b",
    "blanks": "1. a" + " " * 1_000_000 + "b",
    "labels": "\n".join(f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)} 1: x" for n in range(9_000)),
    "headings": "# 1. a\n- b\n" * 20_000,
    "colons": "a:\n" * 60_000,
    "quoted lines": "> " * 500_000,
    "json lines that never close": '{"a": "b\n' * 100_000,
    "emphasis": "1. " + "_a" * 500_000,
    "dashes": "1. " + "a - " * 250_000,
}
"""A megabyte each, or as many short lines as a quadratic scanner would need minutes for."""


@pytest.mark.parametrize("answer", LONG.values(), ids=LONG.keys())
def test_the_time_for_a_long_answer_is_linear(answer: str) -> None:
    begin = time.process_time()
    parse_list(answer)
    parse_titles(answer, truncated=True)
    assert time.process_time() - begin < 15  # about a second on a quiet machine
