"""When two texts count as the same: the one normal form. No similarity in here, and nothing about one language."""

from __future__ import annotations

import unicodedata


def normalised(text: str) -> str:
    """NFKC, case folded, runs of white space as one space; articles, plurals and punctuation stay."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())
