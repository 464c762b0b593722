"""Format `text`: a chat reply whose text is `reward:-5.21875`. One number, no attributes.

Asked as the format `nim` is: POST /chat/completions, the assistant turn to score last, no sampling options.
Source: Llama-3.1-Nemotron-70B-Reward as a NIM, recorded replies.
Traps: `message` may be a list of one message. The number is a logit on a scale of the model's own (about
-30 to 10), comparable between answers to one prompt rather than between prompts. What logprobs such a
reply holds is not read: the text has the number in full.
"""

from __future__ import annotations

import re
from typing import Any

from sdg.core.endpoint import Unreadable
from sdg.core.rewards.reply import choice_of, content_of, number, shown
from sdg.core.rewards.scores import Ask, Scores

_REWARD = re.compile(r"reward\s*:\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.IGNORECASE)


def request(model: str, messages: list[dict[str, Any]]) -> Ask:
    """The request that scores the last message of a conversation."""
    return Ask("/chat/completions", {"model": model, "messages": messages})


def read(reply: Any) -> Scores:
    """The one reward; Unreadable where the text is anything else."""
    content = content_of(choice_of(reply))
    if not content:
        raise Unreadable("the text is not `reward:number`: it is empty", "null content")
    found = _REWARD.fullmatch(content)
    if not found:
        raise Unreadable(f"the text is not `reward:number`: {shown(content)}")
    return Scores(reward=number(float(found[1]), "the reward in the text"))
