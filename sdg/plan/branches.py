"""Which branches of a script's `if` are taken: what its tests come to without running anything, and the open ifs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": int.__eq__,
    "-ne": int.__ne__,
    "-lt": int.__lt__,
    "-le": int.__le__,
    "-gt": int.__gt__,
    "-ge": int.__ge__,
}
_FILES = {"-e": os.path.exists, "-f": os.path.isfile, "-d": os.path.isdir}
_BRACKETS = {"[": "]", "[[": "]]"}
TESTS = (*_BRACKETS, "test", "!", "true", "false")

Found = Callable[[str, Callable[[str], bool]], bool]
"""Whether a path is there, which the function tells where no step of the script has made or removed it."""


def holds(words: list[str], found: Found) -> bool | None:
    """Whether a test holds; None: it is none, or has a value that nobody knows."""
    if words[:1] == ["!"]:
        inner = holds(words[1:], found)
        return None if inner is None else not inner
    if words in (["true"], ["false"]):
        return words == ["true"]
    if words[:1] == ["test"]:
        return _inside(words[1:], found)
    if words and words[-1] == _BRACKETS.get(words[0]):
        return _inside(words[1:-1], found)
    return None


def _inside(words: list[str], found: Found) -> bool | None:
    if any("$(" in word for word in words):
        return None
    if words[:1] == ["!"] and len(words) > 1:
        inner = _inside(words[1:], found)
        return None if inner is None else not inner
    match words:
        case [] | [""]:
            return False
        case [_]:
            return True
        case ["-z" | "-n" as which, text]:
            return bool(text) == (which == "-n")
        case ["-e" | "-f" | "-d" as which, path]:
            return found(path, _FILES[which])
        case [one, "=" | "==" | "!=" as which, other] if not set(other) & set("*?["):
            return (one == other) == (which != "!=")
        case [one, which, other] if which in _NUMBERS and one.isdecimal() and other.isdecimal():
            return _NUMBERS[which](int(one), int(other))
    return None


def joined(truth: bool | None, operator: str, other: bool | None) -> bool | None:
    """`A && B` or `A || B` of what may not be known."""
    decides = operator == "||"
    if decides in (truth, other):
        return decides
    return None if None in (truth, other) else not decides


@dataclass
class _If:
    """live: its present branch is taken; done: one was; sure: no test was left open so far."""

    line: int
    live: bool
    done: bool
    sure: bool


class Branches:
    """The open ifs of a script."""

    def __init__(self) -> None:
        self._open: list[_If] = []

    def __len__(self) -> int:
        return len(self._open)

    @property
    def live(self) -> bool:
        """Whether what stands here is done."""
        return all(one.live for one in self._open)

    @property
    def sure(self) -> bool:
        """Whether that is so for certain."""
        return all(one.sure for one in self._open)

    @property
    def line(self) -> int:
        """Where the innermost began."""
        return self._open[-1].line

    def begin(self, line: int) -> None:
        """`if`; `test` tells what comes of it."""
        self._open.append(_If(line, True, False, True))

    def tested(self) -> bool:
        """Whether the test that stands here would be made: no branch was taken before."""
        self._open[-1].live = not self._open[-1].done
        return self.live

    def test(self, truth: bool | None) -> None:
        """The test of an `if` or `elif`; one that nobody knows is taken to hold."""
        one = self._open[-1]
        one.live = one.done = truth is not False
        one.sure = one.sure and truth is not None

    def otherwise(self) -> None:
        """`else`"""
        one = self._open[-1]
        one.live, one.done = not one.done, True

    def end(self) -> None:
        """`fi`"""
        self._open.pop()
