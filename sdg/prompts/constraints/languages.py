"""Whether two names of a language mean the same one: "English", "en", "en-GB", "deutsch". Detects no language."""

from __future__ import annotations

import re

from sdg.core.constraints import LANGUAGES

_ALSO = {
    "de": "deutsch ger deu", "en": "eng", "es": "español spa", "fr": "français fra fre", "it": "italiano ita",
    "ja": "日本語 jpn", "ko": "한국어 kor", "nl": "nederlands", "pt": "português por", "ru": "русский rus",
    "zh": "mandarin 中文 zho",
}  # fmt: skip
_CODES = {name: code for code, names in _ALSO.items() for name in names.split()}
_CODES |= {word: code for code, name in LANGUAGES.items() for word in (code, name.casefold())}
_NO_LETTER = re.compile(r"[\W\d_]+")
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")


def code_of(name: str) -> str:
    """The two letters of a language, by its name or tag; the name itself, in lower case, if it is not known.

    In a name of several words the first that is known counts ("Brazilian Portuguese").
    """
    words = name.casefold().replace("-", " ").replace("_", " ").replace("(", " ").split()
    known = [_CODES[word] for word in words if word in _CODES]
    return known[0] if known else " ".join(words)


def is_english(name: str) -> bool:
    """Whether a language's name or tag means English."""
    return code_of(name) == "en"


def mostly_latin(text: str) -> bool:
    """Whether most letters of a text are Latin; also if it has none."""
    letters = len(_NO_LETTER.sub("", text))
    return 2 * len(_NOT_LATIN.findall(text)) <= letters
