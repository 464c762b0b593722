"""Taking off a simulated user's message what is no part of it: labels, quotes, manners, what a model added behind.

Nothing is put in, and the words that stay keep their order. What the manners are is in manners.py; whether the rest
will do is in checks.py. Pure.
"""

from __future__ import annotations

import re

from sdg.core.user.manners import ASSISTANT, DIRECTION, PRAISE, THANKS

_FENCE = re.compile(r"\A```(?:text|markdown|plaintext)?\n([^`]*?)\n?```\Z")
_QUOTES = {'"': '"', "“": "”", "„": "“”", "«": "»", "‘": "’", "「": "」", "『": "』", "'": "'"}
_TOKENS = re.compile(r"<\|[\w ]{2,30}\|>|<extra_id_\d+>|</s>|\[/?INST\]|<(?:start|end)_of_turn>")
_TAGS = re.compile(r"\A\s*<(?:user|message|conversation)>|</(?:user|message|conversation)>\s*\Z", re.IGNORECASE)
_USER = (
    r"(?:user|human|person|customer|client|you|me|nutzer(?:in)?|benutzer(?:in)?|mensch|utilisateur(?:trice)?|usuari[oa]"
    r"|usuári[oa]|utente|gebruiker|пользователь|用户|用戶|使用者|ユーザー|사용자)"
)
_NEXT = (
    r"(?:(?:the |my |user'?s? )?(?:next|new|follow-?up) (?:user )?(?:message|turn|question|reply|prompt)"
    r"(?: of the user| from the user| by the user)?|(?:the )?user'?s? (?:next )?(?:message|turn|reply|question)"
    r"|follow-?up|nächste nachricht|prochain message|siguiente mensaje|下一条消息|次のメッセージ)"
)
_BRACKETS = rf"(?:\[{_USER}\]|<{_USER}>|\*\*\[?{_USER}\]?\*\*|\*\*{_NEXT}\*\*)[:：]?\s*"
_MARK = r"(?:\*\*|__|#{1,4} )?"
_LABEL = re.compile(
    rf"\A(?:{_BRACKETS}|{_MARK}(?:{_USER}|{_NEXT})(?: ?\d| \([^()\n]{{1,40}}\))?(?:\*\*|__)? ?[:：](?:\*\*"
    rf"|__)?[ \t]*\n?\s*"
    rf"|#{{1,4}} (?:{_USER}|{_NEXT})[ \t]*\n\s*)",
    re.IGNORECASE,
)
_LABELLED_LINE = re.compile(r"[ \t]*[-*•]?[ \t]*\w[\w /-]{0,24}[:：]")
_ANSWERING = re.compile(
    r"\n[ \t]*(?:(?:\*\*|__|#{1,4} )?(?:ai )?(?:assistant|chatbot|chatgpt|assistent|asistente|assistente"
    r"|ассистент|助手|助理"
    r"|アシスタント|어시스턴트)(?:\*\*|__)?[:：]|\[(?:ai )?assistant\]|<assistant>|\*\*\[?assistant\]?\*\*)",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\n\s*(?:-{3,}\s*)?[*_]{0,2}(?:[(\[](?:note: |here |in )?(?:this|the|my) (?:message|question|follow-?up"
    r"|turn|reply|user)\b"
    r"[^()\[\]]*[)\]]|(?:note|explanation): this (?:message|question|follow-?up|turn|reply)\b[^\n]*)[*_]{0,2}\s*\Z",
    re.IGNORECASE,
)
_LAYERS = 50
"""A text with more around it than so many things is no message; bounds the time."""
_ARTICLE = re.compile(r"\A(?:an?|the|eine?|der|die|das|une?|una|el|la) ", re.IGNORECASE)


def cleaned(text: str, persona: str = "") -> str:
    """The message without what a model put around it; "" if nothing is left. persona: its name may be a label."""
    for _ in range(_LAYERS):
        before = text = text.strip()
        text = _without_ends(text)
        text = _without_label(text, persona)
        text = DIRECTION.sub("", text).strip()
        text = _unwrapped(text)
        text = _without_manners(text)
        if text == before:
            break
    return text


def _without_ends(text: str) -> str:
    """Without special tokens, tags, an answer that the model gave itself, and a remark about the message."""
    parts = [part.strip() for part in _TOKENS.split(text)]
    text = next((part for part in parts if part), "")
    text = _TAGS.sub("", text).strip()
    for found in _ANSWERING.finditer(text):
        line_before = text[: found.start()].rstrip("\n").rpartition("\n")[2]
        if text[: found.start()].strip() and not _LABELLED_LINE.match(_LABEL.sub("", line_before)):
            text = text[: found.start()].rstrip()
            break
    remark = _REMARK.search(text)
    return text[: remark.start()].rstrip() if remark and remark.start() > 0 else text


def _without_label(text: str, persona: str) -> str:
    found = _LABEL.match(text) or _name_label(text, persona)
    if not found:
        return text
    rest = text[found.end() :]
    # "User: root" above "Password: ..." is what the person has to show.
    _, _, second = text.partition("\n")
    shown = _LABELLED_LINE.match(second) and not _LABEL.match(second.lstrip()) and "\n" not in found[0]
    return text if shown else rest.strip()


def _name_label(text: str, persona: str) -> re.Match[str] | None:
    """`Marta:` or `**Night nurse:**`, where the persona begins so."""
    found = re.match(r"\A(?:\*\*|\[)?([^\W\d_][\w .'’-]{1,40}?)(?:\*\*|\])?[:：](?:\*\*)?\s+", text)
    if not found or not persona:
        return None
    name, begins = found[1].casefold(), _ARTICLE.sub("", persona).casefold()
    return found if re.match(rf"{re.escape(name)}\b", begins) else None


def _without_manners(text: str) -> str:
    for pattern in (*ASSISTANT, *THANKS, *PRAISE):
        if found := pattern.match(text):
            rest = text[found.end() :]
            # What is left begins a sentence now; words with other capitals (iPhone) are names.
            word = rest.split(" ", 1)[0]
            return rest[:1].upper() + rest[1:] if text[:1].isupper() and word[1:] == word[1:].lower() else rest
    return text


def _unwrapped(text: str) -> str:
    """Without a fence, quotes or bold marks that stand around the whole."""
    if fenced := _FENCE.match(text):
        return fenced[1].strip()
    closing = _QUOTES.get(text[:1])
    if closing and len(text) > 2 and text[-1] in closing:
        inner = text[1:-1]
        plain = re.sub(r"(?<=\w)['’](?=\w)", "", inner) if text[0] in "'‘" else inner
        if text[0] not in plain and text[-1] not in plain:
            return inner.strip()
    if text.startswith("**") and text.endswith("**") and "**" not in text[2:-2] and len(text) > 4:
        return text[2:-2].strip()
    return text
