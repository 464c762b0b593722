"""Which language a prompt is in. How that is told from a text is in core/constraints/speech.py."""

from __future__ import annotations

import re

from sdg.core.constraints import language_of
from sdg.core.languages import code_of

_QUOTED = re.compile(r"“[^”\n]*”|„[^“”\n]*[“”]|«[^»\n]*»|\"[^\"\n]*\"|(?<!\w)['‘][^'’\n]*['’](?!\w)")
_PART = re.compile(r"[\n.:!?]+(?:\s|\Z)")
_PART_LETTERS = 10
_NO_LETTER = re.compile(r"[\W\d_]+")
_NOT_LATIN = re.compile(r"[^\W\d_\u0000-\u024f\u1e00-\u1eff]")


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
