"""What the checkers know of writing systems: marks that belong to a letter, scripts without spaces. No checks here."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

_UNSPACED = {"CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "THAI", "LAO", "KHMER", "MYANMAR"}


def _marks() -> str:
    """The vowel signs and accents that `\\w` leaves out, as ranges for a character class; all of them stand below
    U+2100 or in planes that nobody writes answers in. With the two joiners, which stand inside words."""
    codes = [code for code in range(0x300, 0x2100) if unicodedata.category(chr(code))[0] == "M"] + [0x200C, 0x200D]
    return "".join(map(chr, codes))


WORD = rf"\w{_marks()}"
"""What a word consists of, for use within a character class: IFEval's `\\w`, and marks, so that a Hindi word is one."""

LETTER_OR_DIGIT = re.compile(r"[^\W_]")


@cache
def script(character: str) -> str:
    """The first word of the character's Unicode name: LATIN, CYRILLIC, CJK, HIRAGANA, ..."""
    return unicodedata.name(character, "").partition(" ")[0]


def unspaced(character: str) -> bool:
    """Whether words of this character's script are written without spaces between them."""
    return script(character) in _UNSPACED


def scripts(text: str) -> Counter[str]:
    """How many letters of each script a text has."""
    counts: Counter[str] = Counter()
    for character, count in Counter(text).items():
        if character.isalpha():
            counts[script(character)] += count
    return counts
