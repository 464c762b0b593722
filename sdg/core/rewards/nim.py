"""Format `nim`: Nemotron-4-340B-Reward, hosted by NVIDIA or as a NIM. Five attributes in a chat reply.

Asked: POST /chat/completions with the whole conversation, the assistant turn to score last, and no
sampling options. Answered twice over in one choice:

    logprobs.content = [{"token": "helpfulness", "logprob": 1.6171875}, ...]
    message.content  = "helpfulness:1.6171875,correctness:1.6484375,coherence:3.3125,..."

Source: NVIDIA's NIM documentation of reward models, and recorded replies.
Traps: the "logprob" *is* the score and may be above 0. `message` may be a list of one message;
`finish_reason` is "length"; `created`, `model` and `object` may be null. Logprobs are preferred, text
alone is enough, and where both came and are further apart than rounding explains, neither is believed.
"""

from __future__ import annotations

import re
from typing import Any

from sdg.core.endpoint import Unreadable
from sdg.core.rewards.reply import choice_of, content_of, number, shown
from sdg.core.rewards.scores import Ask, Scores
from sdg.record import ATTRIBUTES

ROUNDING = 0.05
"""How far text and logprobs may be apart: some servers print two decimals or fewer."""

_PAIR = re.compile(r"\s*([A-Za-z_]+)\s*:\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")


def request(model: str, messages: list[dict[str, Any]]) -> Ask:
    """The request that scores the last message of a conversation."""
    return Ask("/chat/completions", {"model": model, "messages": messages})


def read(reply: Any) -> Scores:
    """The five attributes; Unreadable where they are not there, not numbers, or contradict each other."""
    choice = choice_of(reply)
    exact = _from_logprobs(choice.get("logprobs"))
    content = content_of(choice)
    if not content:
        if exact is None:
            raise Unreadable(f"neither text nor logprobs hold scores: {shown(choice)}", "null content")
        return Scores(attributes=exact)
    printed = _from_text(content)
    if exact is None:
        return Scores(attributes=printed)
    for name in ATTRIBUTES:
        if abs(exact[name] - printed[name]) > ROUNDING:
            raise Unreadable(f"{name} is {exact[name]} in the logprobs and {printed[name]} in the text")
    return Scores(attributes=exact)


def _from_logprobs(logprobs: Any) -> dict[str, float] | None:
    """None where the reply has no logprobs at all: some servers leave them out."""
    entries = logprobs.get("content") if isinstance(logprobs, dict) else None
    if not entries:
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable(f"logprobs.content is not a list of tokens: {shown(entries)}")
    return _five([(str(entry.get("token")), entry.get("logprob")) for entry in entries], "the logprobs")


def _from_text(content: str) -> dict[str, float]:
    pairs = [_PAIR.fullmatch(part) for part in content.split(",")]
    if not all(pairs):
        raise Unreadable(f"the text is not five `attribute:number`: {shown(content)}")
    return _five([(pair[1], float(pair[2])) for pair in pairs if pair], "the text")


def _five(pairs: list[tuple[str, Any]], where: str) -> dict[str, float]:
    """Exactly the five attributes, once each, in their order."""
    found = {name.strip().lower(): value for name, value in pairs}
    if len(found) != len(pairs) or set(found) != set(ATTRIBUTES):
        names = shown([name for name, _ in pairs])
        raise Unreadable(f"{where} of the reply should name {', '.join(ATTRIBUTES)} and name {names}")
    return {name: number(found[name], f"{name} in {where}") for name in ATTRIBUTES}
