"""Taking a model's manners off one rewritten text, and saying why a text can't be a prompt. Pure.

Taken off: a preamble ("Here is a more specific version:"), a heading ("**Revised question:**"), quotes or a fence
around the whole, a closing remark about the rewriting. A person's own words look much alike ("Here is my situation:",
"Okay, so ..."), so each pattern needs a word about the rewriting: what is not surely manners stays.
"""

from __future__ import annotations

import re

from sdg.core.refusals import refusal_in
from sdg.core.words import count_words

FEWEST_WORDS = 3
_FENCE = re.compile(r"\A```[\w-]*\n(.*?)\n?```\Z", re.DOTALL)
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "‘": "’", "「": "」", "『": "』", "'": "'"}
_SURE = r"(?:sure|certainly|of course|absolutely|sure thing|gerne|natürlich|bien sûr|claro|por supuesto|certamente)"
_WORKED = (
    r"(?:rewrit\w+|rewrote|rework\w*|revis\w+|refin\w+|improved|more specific|more detailed|rephras\w+|reword\w+"
    r"|überarbeitet\w*|umformuliert\w*|reformul\w+|révis\w+|reescrit\w+|riscritt\w+)"
)
_VERSION = r"(?:version|fassung|versión|versão|versione)"
_REWORKED = rf"(?:{_WORKED}|{_VERSION})"
_SHOWN = r"(?:question|prompt|task|request|instruction|query|text|frage|aufgabe|anweisung|pregunta|tarea|instrucción)"
_ASKED = (
    r"(?:question|prompt|task|instruction|frage|aufgabe|anweisung|consigne|pregunta|tarea|instrucción|pergunta|tarefa"
    r"|domanda|compito)"
)
_HERE = r"(?:here(?:'s|’s| is| are)|this is|below is|hier ist|hier die|voici|aquí (?:está|tienes)|aqui está|ecco)"
_END = r"\s*(?:\*\*|__)?\s*"
_PREAMBLES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "Sure! Here is a more specific version of your question:"
        rf"\A(?:{_SURE}[!,.]*\s+)?(?:\*\*)?{_HERE}\b[^\n:：]{{0,100}}\b{_REWORKED}\b[^\n:：]{{0,80}}[:：]{_END}",
        # "Here is the question:" on a line of its own
        rf"\A(?:{_SURE}[!,.]*\s+)?(?:\*\*)?{_HERE} (?:an?|the|your|die|la|una)\b"
        rf"[^\n:：]{{0,40}}\b{_SHOWN}[:：](?:\*\*)?\s*\n\s*",
        rf"\A{_SURE}!\s+(?=\S)",
        # "**Revised question:**", "Rewritten task (more specific):", "## Revised prompt"
        rf"\A(?:#+\s*|\*\*|__)?(?:the |your )?{_WORKED}(?: (?:{_SHOWN}|{_VERSION}))?(?: \([^()\n]{{0,40}}\))?"
        rf"(?:\*\*|__)?[:：]{_END}",
        rf"\A(?:#+\s*|\*\*|__){_WORKED} (?:{_SHOWN}|{_VERSION})(?:\*\*|__)?\s*\n+",
        rf"\A(?:#+\s*|\*\*|__)?{_ASKED}(?:\*\*|__)?[:：]{_END}",
        r"\A(?:\*\*)?(?:修改|改写|修订|改寫|优化|更具体)后?的?[^\n:：]{0,12}[:：](?:\*\*)?\s*",
        r"\A(?:\*\*)?(?:当然[，！,!]?)?(?:以下是|这是|這是)[^\n:：]{0,30}(?:改|修订|版本|问题|問題|提示)[^\n:：]{0,9}[:：](?:\*\*)?\s*",
        r"\A(?:\*\*)?(?:はい、)?(?:以下は|以下が|書き直した|改訂版|修正版|より具体的な)[^\n:：]{0,30}[:：](?:\*\*)?\s*",
    )
)
_DID = r"i(?:'ve|’ve| have)? (?:added|made|kept|included|rewritten|rewrote|revised|adjusted|changed|tried)"
_MORE = (
    r"(?:more (?:\w+ and )?(?:specific|detailed|concrete|natural|realistic|particular|focused)"
    r"|original|draft|revis|rewrit)"
)
_REMARK = re.compile(
    r"(?:\A|\n)[ \t]*(?:-{3,}\s*)?[*_(\[]{0,3}(?:"
    r"(?:please )?let me know (?:if|whether) (?:you|this|that|there|it|i)\b"
    r"|i hope (?:this|that) (?:helps|works|meets|is what|version|revision|is more)|hope this helps"
    r"|feel free to (?:ask|let me|adjust|modify|change|tweak|use)"
    r"|would you like (?:me to|it to be|any (?:other|further|more|changes))"
    r"|if you(?:'d|’d| would) like (?:me to|any (?:other|further|more|changes)|it)"
    rf"|(?:please )?note(?: that|:) (?:{_DID}|this (?:revised|version)|the (?:revised|rewritten))"
    rf"|{_DID} [^\n]*\b{_MORE}"
    r"|th(?:is|e) (?:revised|rewritten|more \w+) (?:version|question|task|prompt|request|instruction)\b"
    r"|this (?:revision|rewrite|rewriting)\b|changes made:"
    r"|lass(?:en sie)? (?:es )?mich wissen|ich hoffe, das hilft|n'hésitez pas à|j'espère que (?:cela|cette)"
    r"|espero que (?:esto|isto|esta)|déjame saber|házmelo saber|fammi sapere"
    r"|希望这|希望以上|如果您(?:需要|还有|想)|如果你需要|请告诉我(?:是否|如果)|必要に応じて|ご希望(?:が|で)|お気軽に"
    r")[^\n]*(?:\n[^\n]*)?\Z",
    re.IGNORECASE,
)


def cleaned(text: str) -> str:
    """The text without what a model put around it; "" if nothing is left."""
    for _ in range(3):
        before = text = text.strip()
        if fenced := _FENCE.match(text):
            text = fenced[1].strip()
        for preamble in _PREAMBLES:
            found = preamble.match(text)
            if found and text[found.end() :].strip():
                text = text[found.end() :].strip()
                break
        remark = _REMARK.search(text)
        if remark and remark.start() > 0:
            text = text[: remark.start()].rstrip().removesuffix("---").rstrip()
        text = _unwrapped(text)
        if text == before:
            break
    return text


def _unwrapped(text: str) -> str:
    """Without quotes or bold marks that stand around the whole."""
    close = _QUOTES.get(text[:1])
    if close and len(text) > 2 and text[-1] == close:
        inner = text[1:-1]
        plain = re.sub(r"(?<=\w)'(?=\w)", "", inner) if close == "'" else inner
        if close not in plain and text[0] not in plain:
            return inner.strip()
    if text.startswith("**") and text.endswith("**") and "**" not in text[2:-2] and len(text) > 4:
        return text[2:-2].strip()
    return text


def why_not(text: str) -> tuple[str, str] | None:
    """(rule, reason) where a text can't be a prompt: it is empty, too short, or a refusal."""
    words = count_words(text)
    if words < FEWEST_WORDS:
        return "too short", f"{words} words; fewer than {FEWEST_WORDS} ask for nothing" if text else "nothing was left"
    if said := refusal_in(text):
        return "refusal", f"the model refused: {said[:80]!r}"
    return None
