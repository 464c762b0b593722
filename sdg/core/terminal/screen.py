"""Text on a terminal: what may be in it, how wide it is, how it gets there. Knows no lines, no progress."""

from __future__ import annotations

import os
import re
import select
import sys
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def clean(text: str) -> str:
    """Text without control characters (a server's words could hold some): only newlines and tabs stay."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n"))


def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def width(text: str) -> int:
    """Columns that a text takes: wide (CJK) characters take two."""
    return len(text) if text.isascii() else sum(map(_columns_of, text))


def cut(text: str, columns: int) -> str:
    """The text as far as it fits."""
    if width(text) <= columns:
        return text
    used = 0
    for position, character in enumerate(text):
        used += _columns_of(character)
        if used > columns:
            return text[:position]
    return text


def stderr_fd() -> int | None:
    """The descriptor of standard error; None if it was closed (number 2 may be another file then)."""
    try:
        return sys.stderr.fileno() if sys.stderr else None
    except (OSError, ValueError):  # replaced by something that is no file
        return None


def write_all(fd: int, text: str) -> None:
    """Write a text as it is, past Python's buffers. OSError if the other end is gone."""
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    data = text.encode(encoding, "backslashreplace")
    while data:
        try:
            data = data[os.write(fd, data) :]
        except BlockingIOError:  # somebody made the terminal non-blocking
            select.select([], [fd], [], 1.0)
