"""Whether two names of a language mean the same one ("English", "en", "en-GB"), and which one a prompt is in.

A language is told from a text in core/constraints/speech.py; here is what part of a prompt counts.
"""

from __future__ import annotations

import re

from sdg.core.constraints import LANGUAGES, language_of

_ALSO = {
    "de": "deutsch ger deu", "en": "eng", "es": "español spa", "fr": "français fra fre", "it": "italiano ita",
    "ja": "日本語 jpn", "ko": "한국어 kor", "nl": "nederlands", "pt": "português por", "ru": "русский rus",
    "zh": "mandarin 中文 zho",
}  # fmt: skip
_CODES = {name: code for code, names in _ALSO.items() for name in names.split()}
_CODES |= {word: code for code, name in LANGUAGES.items() for word in (code, name.casefold())}
_QUOTED = re.compile(r"“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|\"[^\"\n]*\"|(?<!\w)['‘][^'’\n]*['’](?!\w)")
_PART = re.compile(r"[\n.:!?]+(?:\s|\Z)")
_PART_LETTERS = 10
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


def told_language(text: str, wanted: str) -> str:
    """The code of the language that a request clearly is in; "" if it is too short to tell, or of several.

    wanted: the code of the language that requests should be in. One that begins or ends in it and has much text in
    another ("Translate into English: ...") is not clearly in another; nor does what it quotes count.
    """
    text = _QUOTED.sub(" ", text)
    told = language_of(text)
    if told in ("", wanted):
        return told
    parts = [part for part in _PART.split(text) if part.strip()]
    return "" if wanted in {language_of(part, _PART_LETTERS) for part in (parts[0], parts[-1])} else told
