"""Counts words, also where no white space stands between them. Nothing about words in any one language."""

from __future__ import annotations

import re

# Chinese characters and kana stand without spaces and count one each, as in word processors. Korean has spaces.
_CJK = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U000323af"
)
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_NO_PUNCTUATION = {code: None for code in range(128) if not (chr(code).isalnum() or chr(code).isspace())}
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """How many words: each Chinese character and each kana is one, else each run of other characters without white
    space that has a letter or a digit."""
    if text.isascii():
        return len(text.translate(_NO_PUNCTUATION).split())  # the same, ten times as fast
    return sum(1 for word in _WORD.findall(text) if _LETTER_OR_DIGIT.search(word))
