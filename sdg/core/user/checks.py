"""Why a message can't be the next turn of a simulated user. Judges a text, changes none, asks no model. Pure.

The reasons are fixed words, so that they can be counted. Each check errs towards letting a message pass: a person may
paste a list or code if they ask something about it, and may talk of artificial intelligence or of personas if the
conversation does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sdg.core.near import grams, similarity
from sdg.core.normal import normalised
from sdg.core.refusals import refusal_in
from sdg.core.user.cleaning import cleaned
from sdg.core.words import count_words

ALIKE = 0.75
"""Similarity (see core/near.py) from which on a message repeats an earlier one."""
ECHOED = 0.6
"""Share of a message, in runs of 8 characters, from which on it is the assistant's text."""
LONG = 45
"""Words from which on a message needs a request in it."""
NEAR_THE_ENDS = 400
"""Characters at the beginning and the end where a person who shows something long puts what they want."""

_ASSISTANT_SAYS = re.compile(
    r"\bas an? (?:ai|artificial intelligence|(?:large )?language model|(?:virtual "
    r"|digital )?assistant)\b[^.!?\n]{0,60}\bI(?:'m|’m| )"
    r"|\bI(?:'m|’m| am) (?:just |only )?an? (?:ai\b|(?:large )?language model|(?:virtual|digital|ai) assistant|chatbot)"
    r"|\bI(?:'m|’m| am) (?:always )?here to (?:help|assist|support|answer)"
    r"|\b(?:how|what) (?:can|may) I (?:help|assist|do for) you\b"
    r"|\b(?:would you like me to|do you want me to|shall I) (?:explain|elaborate|provide|go into|expand|help|give you"
    r"|show you|walk you)\b"
    r"|\bwhat (?:else )?would you like (?:me )?to (?:know|discuss|talk|learn|explore)\b"
    r"|\bI hope (?:this|that) (?:helps|answers|clarifies)\b|\bfeel free to (?:ask|reach|let me)\b"
    r"|\blet me know if you (?:have|need|would like|want|'d like)\b[^.!?\n]{0,40}\b(?:questions|help"
    r"|assistance|clarif\w+)"
    r"|\bis there anything else (?:I can|you(?:'d| would) like)|\bI(?:'d|’d| would) be (?:happy|glad"
    r"|delighted) to (?:help|assist"
    r"|explain|provide|elaborate)|\bhappy to help\b"
    r"|\bals (?:ki|sprachmodell|künstliche intelligenz)\b[^.!?\n]{0,40}\bich\b|\bwie kann ich (?:ihnen|dir|euch) helfen"
    r"|\ben tant qu['’](?:ia|assistant)\b|\bcomment puis-je vous aider|\bcomo (?:ia|modelo de lenguaje|asistente)\b"
    r"|作为(?:一个|一名)?(?:ai|人工智能|语言模型)|有什么(?:可以|能)(?:帮|幫)|AIとして|お手伝いできること",
    re.IGNORECASE,
)
_THE_PART = re.compile(
    r"\bsimulated user\b|\bpersonas?\b|\brole-?play\w*|\bin character\b|\bnext message of the user\b"
    r"|\bthe user (?:asks|says"
    r"|would|might|wants)\b|\bmy character\b|角色扮演|ロールプレイ",
    re.IGNORECASE,
)
"""Words about the part that is played: a breach unless the conversation itself is about such things."""
_WANTS = re.compile(
    r"[?？؟]|\b(?:please|pls|can you|could you|would you|will you|i(?:'d| would) (?:like|prefer|rather)"
    r"|i (?:want|need|meant)"
    r"|tell me|show me|give me|help me|let's|what about|bitte|kannst du|können sie|könnt\w+|ich (?:möchte|will|brauche)"
    r"|s'il (?:te|vous) pla[iî]t|peux-tu|pouvez-vous|je (?:veux|voudrais)|por favor|puedes|podrías|quiero|necesito|pode"
    r"|poderia|quero|per favore|puoi|potresti|vorrei|пожалуйста|можешь|можете)\b"
    r"|(?:\A|[.!;:\n]\s*|, (?:and|so|then|but|now) )(?:now |then |so |instead |just )?(?:rewrite|rephrase|redo"
    r"|explain|show|tell|give"
    r"|list|summari[sz]e|translate|shorten|expand|continue|compare|describe|write|make|fix|correct|turn|put"
    r"|take|leave|skip"
    r"|drop|focus|assume|suppose|shorter|longer|simpler|erklär\w*|zeig\w*|gib|schreib\w*|explique\w*|montre\w*"
    r"|объясни\w*)\b"
    r"|请|請|麻烦|能不能|可以|帮我|幫我|吗|呢|ください|ですか|ますか|たい|주세요|까요|나요",
    re.IGNORECASE,
)
_BLOCKS = re.compile(r"^[ \t]*(?:#{1,6} \S|\d{1,2}[.)] \S|[-*•] \S)", re.MULTILINE)
_CODE = re.compile(r"```")
_ANSWERS = re.compile(
    r"\A(?:\W*)(?:here(?:'s|’s| is| are) (?:the|an?|some|my|your|several|a few|\w+ ways)\b|to answer (?:your"
    r"|the|that) question"
    r"|the (?:short )?answer is|(?:yes|no), (?:you|it is|this is|the)\b|you (?:should|can|need to|could"
    r"|might want to)\b"
    r"|(?:in short|in summary|to summari[sz]e|overall)\b|hier (?:ist|sind)\b|die antwort\b|voici\b"
    r"|aquí (?:está|tienes)\b"
    r"|ecco\b|以下是|答案是|以下は)",
    re.IGNORECASE,
)


def why_not(raw: str, messages: Sequence[dict[str, Any]], persona: str = "", *, truncated: bool = False) -> str:
    """Why `raw`, once cleaned, can't follow these messages, in fixed words; "" if it can.

    messages: the conversation so far, with role and content, the last of them the assistant's.
    """
    text = cleaned(raw, persona)
    if truncated:
        return "cut off"
    if refusal_in(raw) or refusal_in(text):
        return "refuses"
    if not any(mark.isalnum() for mark in text):
        if _ASSISTANT_SAYS.search(raw):
            return "breaks character"
        return "only thanks" if raw.strip() else "empty"
    before = [str(message["content"]) for message in messages]
    if _breaks_character(text, before):
        return "breaks character"
    said = [str(message["content"]) for message in messages if message["role"] == "user"]
    if any(_alike(text, earlier) for earlier in said):
        return "repeats an earlier turn"
    heard = [str(message["content"]) for message in messages if message["role"] == "assistant"]
    if count_words(text) >= 8 and any(_share_within(text, answer) >= ECHOED for answer in heard):
        return "echoes the assistant"
    return "answers instead of asking" if answers(text) else ""


def answers(text: str) -> bool:
    """Whether a text explains, lists or solves, and wants nothing."""
    words, blocks, code = count_words(text), len(_BLOCKS.findall(text)), len(_CODE.findall(text)) >= 2
    if words < LONG and blocks < 3 and not code:
        return bool(_ANSWERS.match(text)) and words > 12 and not _WANTS.search(text)
    ends = text if len(text) <= 2 * NEAR_THE_ENDS else f"{text[:NEAR_THE_ENDS]}\n{text[-NEAR_THE_ENDS:]}"
    if _ANSWERS.match(text) and "?" not in ends and "？" not in ends:
        return True
    return not _WANTS.search(ends)


def _alike(text: str, earlier: str) -> bool:
    # Texts of which one is twice as long as the other can't be so similar: that spares the work on long prompts.
    return len(text) < 2 * len(earlier) < 4 * len(text) and similarity(text, earlier) >= ALIKE


def _share_within(text: str, longer: str, size: int = 8) -> float:
    own, whole = set(grams(normalised(text), size)), normalised(longer)
    return sum(run in whole for run in own) / len(own)


def _breaks_character(text: str, before: list[str]) -> bool:
    if _ASSISTANT_SAYS.search(text):
        return True
    talk = " ".join(before)
    return any(not re.search(re.escape(found[0]), talk, re.IGNORECASE) for found in _THE_PART.finditer(text))
