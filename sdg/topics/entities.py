"""Whether a title belongs to a field: the question to the model, and reading its yes or no. Writes no line."""

from __future__ import annotations

import re

from sdg.core.endpoint import Endpoint
from sdg.core.errors import RecordFailed
from sdg.core.template import Template

_WORD = re.compile(r"[a-z]+")
_NAMED = re.compile(r"\b(?:answer|verdict|conclusion|response)\b[^a-z]{0,6}(?:is|would be|:)?[^a-z]{0,6}\b(yes|no)\b")
_BOTH = re.compile(r"\b(?:yes (?:and|or) no|yes/no)\b")
_ASKS = 2


def read_verdict(text: str) -> bool | None:
    """True for yes, False for no, None where it can't be told: "Yes.", "**No**, because", "The answer is yes"."""
    plain = text.strip().lower()
    if not plain or _BOTH.search(plain):
        return None
    words = _WORD.findall(plain)
    if words and words[0] in ("yes", "no"):
        return bool(words[0] == "yes")
    named = _NAMED.findall(plain)
    if named and len(set(named)) == 1:
        return bool(named[0] == "yes")
    if words and words[-1] in ("yes", "no") and len({"yes", "no"} & set(words)) == 1:
        return bool(words[-1] == "yes")
    return None


async def belongs(endpoint: Endpoint, template: Template, **values: str) -> bool:
    """Ask whether a title belongs to the field. RecordFailed "no yes or no" if two answers can't be read.

    The answer's length is left to the server: a reasoning model spends hundreds of tokens before its one word.
    """
    text = template.render(**values)
    answer = ""
    for sample in range(_ASKS):
        answer = (await endpoint.ask(text, sample=sample)).text
        verdict = read_verdict(answer)
        if verdict is not None:
            return verdict
    shown = " ".join(answer.split())
    raise RecordFailed("no yes or no", f"asked {_ASKS} times for yes or no; the last answer: {shown[:200]!r}")
