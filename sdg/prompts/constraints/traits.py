"""What can be told of a prompt without a model: how long its answer may be, what it asks for, which words it has.

By rules of thumb for English; a prompt of another kind or language shows none of the signs. Draws nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sdg.core.words import count_words
from sdg.prompts.clean import FEWEST_WORDS
from sdg.prompts.constraints import signs
from sdg.prompts.constraints.settled import settled
from sdg.prompts.constraints.stop_words import STOP_WORDS

SMALL, MEDIUM, LARGE = 0, 1, 2
"""How long an answer is expected: a few sentences, a few paragraphs, a page."""

_ASKED = 600
"""Characters at each end of a long message in which the request is looked for."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@dataclass(frozen=True)
class Traits:
    """A prompt's last user message, and what it is. words: its own words that mean something, as it writes them.

    settled: kinds of instruction on which the prompt itself leaves no choice.
    """

    text: str
    size: int
    words: tuple[str, ...]
    english: bool
    yes_no: bool
    writes: bool
    filled_in: bool
    open: bool
    code: bool
    maths: bool
    settled: frozenset[str]
    terse: bool


def traits_of(
    text: str, source: dict[str, Any], english: bool, languages: Iterable[str] = (), system: str = ""
) -> Traits:
    """What the last user message of a prompt shows, and the record's `source` (its topic, its field).

    languages: names of languages to answer in, by which a prompt may ask for one itself. system: what a system prompt
    says, which settles as much as the user does.
    """
    whole, text = text, asked_in(text, source)
    demands = f"{asked_in(system, {})}\n{text}"
    field = str(source.get("field", ""))
    writes = bool(signs.WRITES.search(text))
    return Traits(
        text=whole,
        size=_size(text, writes),
        words=tuple(_words(text, str(source.get("topic", "")))),
        english=english,
        yes_no=_is_yes_no(text),
        writes=writes,
        filled_in=bool(signs.FILLED_IN.search(text)),
        open=bool(signs.OPEN.search(text)),
        code=field == "python" or bool(signs.CODE.search(text)),
        maths=field == "math" or bool(signs.MATHS.search(text)),
        settled=settled(demands, languages),
        terse=count_words(text) < FEWEST_WORDS or bool(signs.TERSE.search(demands)),
    )


def asked_in(text: str, source: dict[str, Any]) -> str:
    """The request in a message that carries a document: what the document says is not what is asked for.

    Known where `sdg prompts` joined the two; of other long messages it is the beginning and the end.
    """
    draft = source.get("draft")
    if source.get("document") and isinstance(draft, str) and draft.strip() and draft in text:
        return draft
    return text if len(text) <= 2 * _ASKED else f"{text[:_ASKED]}\n{text[-_ASKED:]}"


def _size(text: str, writes: bool) -> int:
    words = count_words(text)
    if signs.LONG.search(text) or words > 80:
        return LARGE
    return SMALL if words <= 14 and not writes else MEDIUM


def _is_yes_no(text: str) -> bool:
    """Whether the only question asks for yes or no: not "is it this or that?", not "can you ...?"."""
    last = _SENTENCE_END.split(text.strip())[-1]
    return text.count("?") == 1 and bool(signs.YES_NO.match(last)) and " or " not in last.casefold()


def _words(text: str, topic: str) -> list[str]:
    """Words of four letters and more that are no stop words, each once; those of the topic first."""
    found: dict[str, str] = {}
    for sentence in _SENTENCE_END.split(f"{topic.lower()}. {text}"):
        for place, word in enumerate(_WORD.findall(sentence)):
            shown = word.lower() if place == 0 and word[1:].islower() else word
            plain = shown.replace("’", "'").casefold()
            if len(plain) > 3 and plain.isalpha() and plain not in STOP_WORDS and not shown[1:].isupper():
                found.setdefault(plain, shown)
    return list(found.values())
