"""Whether a text is a model's refusal. Patterns only; what follows from it is not decided here.

A person's prompt may begin with "I can't open the file", so a pattern needs the verb of an assistant that declines
("help", "provide", "rewrite"), or its way to speak of itself ("as an AI"). Only the beginning of a text is looked at.
"""

from __future__ import annotations

import re

_LOOKED_AT = 300
_DOES = (
    r"(?:help|assist|answer|provide|create|generate|write|rewrite|revise|comply|fulfil+|complete|continue|discuss|support"
    r"|engage|produce|make|give|offer|share|do (?:that|this|so)|participate|process|respond|list|name|suggest)"
)
_CANNOT = (
    r"(?:can'?t|cannot|can not|could not|couldn'?t|won'?t|will not|(?:am|'m) (?:unable|not able) to"
    r"|must decline to|have to decline to|would rather not)"
)
_MACHINE = (
    r"(?:(?:large )?language model\b|(?:ai|artificial intelligence)(?: language model| assistant| model| system)?"
    r"(?:,| i\b| and (?:i )?(?:can|cannot|can't|do|am|have)\b|\.|$))"
)
_ENGLISH = (
    rf"(?:(?:i'?m|i am) (?:very |so |really )?(?:sorry|afraid)|sorry|(?:my )?apologies|i apologi[sz]e|unfortunately)"
    rf"\W{{0,3}}(?:but |that |however,? )?(?:as an? [\w ]{{2,40}},? )?i ?{_CANNOT} (?:be able to |really )?{_DOES}\b",
    rf"i ?{_CANNOT} (?:be able to |really )?{_DOES}\b",
    rf"i'm (?:unable|not able) to {_DOES}\b",
    rf"(?:i'?m sorry|i am sorry|sorry|unfortunately)\W{{0,3}}(?:but )?i (?:do not|don'?t) have "
    rf"(?:enough |sufficient |the |any )?[\w ]{{0,30}}to {_DOES}\b",
    r"(?:i'?m sorry|i am sorry|sorry|unfortunately)\W{0,3}(?:but )?(?:this|that|your) request (?:is|goes|violates)",
    rf"(?:i apologi[sz]e|sorry|i'?m sorry)?\W{{0,3}}(?:but )?as an? {_MACHINE}",
    rf"(?:i'?m|i am) (?:just |only )?an? {_MACHINE}",
    r"(?:i'?m|i am) not comfortable (?:with )?\w+ing\b",
)
_OTHERS = (
    r"(?:es )?tut mir (?:sehr )?leid\W{0,3}(?:aber )?(?:ich kann|das kann ich|dabei kann ich|diese)",
    r"(?:ich kann|leider kann ich) (?:dir|ihnen|dabei|hierbei|das|diese\w*)\b.{0,40}\bnicht\b",
    r"(?:je suis )?d[ée]sol[ée]e?\W{0,3}(?:mais )?je ne (?:peux|suis)",
    r"je ne peux pas (?:vous |t'|r[ée]pondre|aider|fournir)",
    r"lo siento\W{0,3}(?:pero )?no (?:puedo|me es posible)",
    r"no puedo (?:ayudar|responder|proporcionar|cumplir)",
    r"(?:mi dispiace|spiacente)\W{0,3}(?:ma )?non (?:posso|sono in grado)",
    r"(?:desculpe|sinto muito|lamento)\W{0,3}(?:mas )?(?:eu )?n[ãa]o posso",
    r"(?:извините|простите|к сожалению)\W{0,3}(?:но )?я не могу",
    r"(?:很|非常|十分)?(?:抱歉|对不起|對不起).{0,20}(?:无法|無法|不能|不便|没有办法)",
    r"(?:作为|作為)(?:一个|一個)?(?:ai|人工智能|人工智慧|语言模型|語言模型)",
    r"(?:大変)?(?:申し訳|すみません).{0,40}(?:できません|できかねます|お答え|いたしかねます)",
    r"(?:죄송합니다|죄송하지만|미안하지만).{0,40}(?:수 없|어렵)",
)
_REFUSAL = re.compile("|".join(f"(?:{pattern})" for pattern in (*_ENGLISH, *_OTHERS)), re.DOTALL)


def refusal_in(text: str) -> str:
    """The words at the beginning of `text` that refuse, or "" if it does not."""
    start = text[:_LOOKED_AT].lstrip(" \t\r\n*_#>\"'“”«»„").lower().replace("’", "'")
    found = _REFUSAL.match(start)
    return found[0] if found else ""
