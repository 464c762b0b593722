"""Reads a list that a model wrote as JSON. Knows nothing of numbered or bulleted lists.

Shapes: an array of strings or of objects with a text field, the same as the one array of an object
(`{"topics": [...]}`), arrays by category, numbered keys, one object a line. Anything else is None, never a guess.
"""

from __future__ import annotations

import json
import re
from typing import Any

import json_repair

TEXT_KEYS = ("question", "prompt", "instruction", "task", "problem", "text", "item", "query", "request", "content")
TITLE_KEYS = ("topic", "subtopic", "title", "name", "keyword", "term", "label", "heading")
EXPLAINING_KEYS = ("description", "explanation", "details", "summary", "definition")
REPAIRABLE = 100_000
"""Characters. json-repair takes about 10 s a megabyte, and no model answers that much."""

_START = re.compile(r"[ \t]*(?:[^\n\[{\"'()]{0,80}[:=][ \t]*)?(?P<json>[\[{][ \t]*(?:[\"'“\[{\]]|\Z))")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|[\"\\/]|([bfnrt])([a-zA-Z]*)|)")
_KEY = re.compile(r'\{\s*"[^"\\]{0,80}"\s*:\s*(?=\[)')
_NUMBERED_KEY = re.compile(r"[^\W\d]{0,20}[ _-]?\d{1,4}\Z")
_LATEX = frozenset((
    "bar", "begin", "beta", "big", "bigg", "bigl", "bigr", "binom", "bmod", "boldsymbol", "bot", "bowtie",
    "box", "boxed", "breve", "bullet", "flat", "floor", "forall", "frac", "frown", "nabla", "natural", "ncong",
    "ne", "nearrow", "neg", "neq", "nexists", "ngeq", "nleq", "nmid", "not", "notin", "nparallel", "nsim",
    "nsubseteq", "nu", "nwarrow", "rangle", "rbrace", "rceil", "rfloor", "rho", "right", "rightarrow",
    "rightleftharpoons", "rightrightarrows", "rm", "root", "tan", "tanh", "tau", "text", "textbf", "textit",
    "textrm", "textstyle", "tfrac", "therefore", "theta", "tilde", "times", "to", "top", "triangle",
    "triangleq",
))  # fmt: skip
"""LaTeX commands that begin with what JSON takes for an escape: \\frac is no form feed followed by "rac"."""


def json_start(line: str) -> int | None:
    """Where on a line JSON begins (`[`, `{"topics": [`, `topics = [`), or None."""
    found = _START.match(line)
    return found.start("json") if found else None


def json_list(text: str, truncated: bool = False, titles: bool = False) -> list[str] | None:
    """The texts of a JSON list that begins at the start of `text`; None if it is no such list.

    Truncated: an element that is not closed and followed by "," or "]" may be cut and is left out; nothing is repaired.
    titles: of an object take its name rather than its text.
    """
    fixed = _ESCAPE.sub(_keep_latex, text)
    value = _strict(fixed, truncated)
    if value is None and truncated:
        value = _closed_elements(fixed)
    elif value is None and len(fixed) <= REPAIRABLE:
        value = _repaired(fixed)
    found = _texts(value, titles)
    return [text.encode("utf-8", "replace").decode() for text in found] if found else None


def _keep_latex(found: re.Match[str]) -> str:
    escape, letter, word = found[1], found[2], found[3]
    if not escape or (letter and letter + word in _LATEX):
        return "\\" + found[0]
    return found[0]


def _strict(text: str, truncated: bool) -> Any:
    """One JSON value, or several in lines of their own; None if it is neither."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = 0
    while at < len(text) and text[at] in "[{":
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        values.append(value)
        at = _skip(text, at)
    if not values:
        return None
    if at < len(text) and text[at] in "[{" and not isinstance(values[-1], list):
        return values if truncated else None  # the last of several objects is cut or broken
    return values[0] if len(values) == 1 or isinstance(values[0], list) else values


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,;":
        at += 1
    return at


def _closed_elements(text: str) -> list[Any] | None:
    """The elements of a cut array that are followed by "," or "]"."""
    key = _KEY.match(text)
    at = key.end() if key else 0
    if not text.startswith("[", at):
        return None
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    at = _skip(text, at + 1)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            break
        closing = text[at : at + 200].lstrip()[:1]
        if closing not in (",", "]") or not closing:
            break
        values.append(value)
        if closing == "]":
            break
        at = _skip(text, at)
    return values


def _repaired(text: str) -> Any:
    last = max(text.rfind("]"), text.rfind("}"))
    if last < 0:
        return None
    try:
        return json_repair.loads(text[: last + 1])
    except (ValueError, RecursionError, IndexError, TypeError, KeyError, AttributeError):
        return None


def _texts(value: Any, titles: bool) -> list[str] | None:
    if isinstance(value, dict):
        lists = [inner for inner in value.values() if isinstance(inner, list)]
        if len(lists) == 1:
            return _texts(lists[0], titles)
        if lists and len(lists) == len(value):
            parts = [_texts(inner, titles) for inner in lists]
            return [text for part in parts for text in part or []] if all(parts) else None
        if value and all(isinstance(inner, str) and _numbered(key) for key, inner in value.items()):
            return _texts(list(value.values()), titles)
        value = [value]
    if not isinstance(value, list):
        return None
    texts = [_text(element, titles) for element in value]
    return None if None in texts else [text for text in texts if text]


def _numbered(key: object) -> bool:
    return isinstance(key, str) and _NUMBERED_KEY.match(key) is not None


def _text(element: Any, titles: bool) -> str | None:
    """The text of one element; "" for an empty string, None where there is no telling."""
    if isinstance(element, str):
        return element.strip()
    if not isinstance(element, dict):
        return None
    strings = {key.lower(): inner.strip() for key, inner in element.items() if isinstance(inner, str) and inner.strip()}
    title = next((strings[key] for key in TITLE_KEYS if key in strings), None)
    text = next((strings[key] for key in TEXT_KEYS if key in strings), None)
    if titles and title:
        return title
    if text:
        return text
    if title:
        explanation = next((strings[key] for key in EXPLAINING_KEYS if key in strings), None)
        return f"{title}: {explanation}" if explanation and not titles else title
    return next(iter(strings.values())) if len(strings) == 1 else None
