"""What `sdg mix` is given: FILE or FILE:WEIGHT, and how many lines a file has. Parses no line."""

from __future__ import annotations

import asyncio
import os
import re
import stat
from dataclasses import dataclass

from sdg.core.errors import UsageError
from sdg.core.jsonl import same_file

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_BLOCK = 1 << 20


@dataclass(frozen=True)
class Input:
    """One file of the mix. weight: None where none was given."""

    path: str
    weight: float | None = None

    @property
    def name(self) -> str:
        """As messages call it."""
        return "stdin" if self.path == "-" else self.path


def read_input(text: str) -> Input:
    """`FILE` or `FILE:WEIGHT`. Colons may be in a path: a weight is what reads as a number after the last one.

    UsageError: the weight is not above 0.
    """
    path, colon, number = text.rpartition(":")
    if not (colon and path and _NUMBER.fullmatch(number)) or (os.path.exists(text) and not os.path.exists(path)):
        return Input(text)
    weight = float(number)
    if not 0 < weight < float("inf"):
        raise UsageError(f"{text}: the weight after the colon must be a number above 0, this is {number}")
    return Input(path, weight)


def read_inputs(texts: list[str], balanced: bool) -> list[Input]:
    """All of them, with a weight each if one has one. UsageError: no file, one twice, or weights beside --balanced."""
    if not texts:
        raise UsageError("name the files to mix: FILE[:WEIGHT] ...")
    inputs = [read_input(text) for text in texts]
    for number, one in enumerate(inputs):
        for other in inputs[:number]:
            if one.path == other.path or same_file(one.path, other.path):
                raise UsageError(f"{one.name} is given twice: each line of the mix is written once")
    if balanced and any(one.weight is not None for one in inputs):
        raise UsageError("--balanced gives every file the same weight: leave out the weights after the colons")
    if balanced or any(one.weight is not None for one in inputs):
        return [Input(one.path, one.weight or 1.0) for one in inputs]
    return inputs


def countable(path: str) -> bool:
    """Whether it is a regular file, which can be read twice."""
    try:
        return path != "-" and stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


async def count_lines(path: str, after: int = 0) -> int:
    """Lines of a regular file that are not blank, beyond its first `after` lines. Lets others run between blocks."""
    number = found = 0
    try:
        with open(path, "rb") as file:
            while lines := file.readlines(_BLOCK):
                if number + len(lines) > after:
                    found += sum(1 for line in lines[max(0, after - number) :] if not line.isspace())
                number += len(lines)
                await asyncio.sleep(0)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None
    return found
