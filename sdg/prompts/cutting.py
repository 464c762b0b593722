"""Cutting a long document into parts that fit a model's context. Pure; the parts joined are the document again."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

_PARAGRAPH = re.compile(r".*?(?:\n[ \t\r]*\n\s*|\Z)", re.DOTALL)
_SENTENCE = re.compile(r".*?(?:[.!?…][\"'”’)\]]*\s+|[。！？][」』”]*\s*|\n|\Z)", re.DOTALL)
_WORD = re.compile(r"\S*\s*")


def estimated_tokens(text: str) -> float:
    """About how many tokens a text has, on the safe side for common tokenizers.

    3.5 characters a token for ASCII, 2 for other alphabets, 1 for Chinese, Japanese, Korean and whatever else is wide.
    """
    if text.isascii():
        return len(text) / 3.5
    return sum(1 / 3.5 if code < 128 else 0.5 if code < 0x1100 else 1.0 for code in map(ord, text))


def cut(text: str, budget: float) -> list[str]:
    """Parts of at most `budget` estimated tokens each, about equally long; "".join(parts) == text.

    Cut at ends of paragraphs; a paragraph that is too long at an end of a sentence, then of a word, then anywhere.
    """
    if budget < 1:
        raise ValueError("a part must hold at least one token")
    whole = estimated_tokens(text)
    if whole <= budget:
        return [text]
    share = whole / math.ceil(whole / budget)
    parts: list[str] = []
    current: list[str] = []
    size = 0.0
    for piece, tokens in _pieces(text, budget, _LEVELS):
        # 1e-9: sums of floats, one by one and at once, differ in the last digits.
        if current and (size + tokens > budget - 1e-9 or size >= share):
            parts.append("".join(current))
            current, size = [], 0.0
        current.append(piece)
        size += tokens
    return [*parts, "".join(current)]


def _pieces(text: str, budget: float, levels: tuple[Callable[[str], list[str]], ...]) -> list[tuple[str, float]]:
    """(piece, tokens): the pieces of the first level that fit, those that do not cut at the next level."""
    found: list[tuple[str, float]] = []
    for piece in levels[0](text):
        tokens = estimated_tokens(piece)
        if tokens <= budget - 1e-9 or len(piece) == 1:
            found.append((piece, tokens))
        else:
            found += _pieces(piece, budget, levels[1:])
    return found


def _by(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    return lambda text: [piece for piece in pattern.findall(text) if piece]


_LEVELS = (_by(_PARAGRAPH), _by(_SENTENCE), _by(_WORD), lambda text: list(text))
