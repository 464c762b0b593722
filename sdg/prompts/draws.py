"""What is left to chance in a prompt, drawn so that the same seed gives the same draw on every machine and version.

Chance is seeded by text and used only through `random()`, which Python keeps stable, unlike `shuffle` and `choice`.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def chance_of(*key: str) -> random.Random:
    """Chance that depends on the key alone."""
    return random.Random("|".join(key))


def draw(table: dict[str, list[str]], axes: Iterable[str], *key: str) -> dict[str, str]:
    """One entry of each of these lists of the table. Every axis has a seed of its own."""
    drawn = {}
    for axis in axes:
        choices = table[axis]
        drawn[axis] = choices[int(chance_of(*key, axis).random() * len(choices))]
    return drawn


def shuffled(things: Iterable[T], *key: str) -> list[T]:
    """The things in an order that depends on the key alone (Fisher and Yates)."""
    chance = chance_of(*key)
    left = list(things)
    for end in range(len(left) - 1, 0, -1):
        other = int(chance.random() * (end + 1))
        left[end], left[other] = left[other], left[end]
    return left
