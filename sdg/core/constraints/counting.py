"""Counts the words of a text as IFEval does. Sentences have a file of their own."""

from __future__ import annotations

import re

from sdg.core import words
from sdg.core.constraints.scripts import WORD

_BETWEEN = re.compile(rf"[^{WORD}]+")


def count_words(text: str) -> int:
    """Runs of letters, digits and underscores: "don't" and "well-known" are two words each, as in IFEval.

    Each Chinese character and each kana is one, because no spaces stand between; a run without letter or digit is none.
    """
    return words.count_words(_BETWEEN.sub(" ", text))
