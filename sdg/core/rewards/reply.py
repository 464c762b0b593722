"""What the wire formats share in reading a reply: its one message, its one row of labels, its numbers.

Everything is read by hand and not by a strict model of the reply: recorded replies of reward models
hold `message` as a list of one message, and nulls in `created`, `model` and `object`.
"""

from __future__ import annotations

import math
from typing import Any

import orjson

from sdg.core.endpoint import Unreadable
from sdg.core.reply import UNREADABLE, text_of
from sdg.core.rewards.scores import Scores
from sdg.record import ATTRIBUTES

SHOWN = 160
"""Characters of a reply that an error shows."""


def choice_of(reply: Any) -> dict[str, Any]:
    """The one choice of a chat completion."""
    choices = _object(reply).get("choices")
    if choices == []:
        raise Unreadable("an empty list of choices", "empty choices")
    if not isinstance(choices, list) or not isinstance(choices[0], dict):
        raise Unreadable(f"the reply has no choices: {shown(reply)}", "no choices")
    return choices[0]


def content_of(choice: dict[str, Any]) -> str:
    """The text of the choice's message, which may stand in a list of one, in one piece or more; "" if there is none."""
    message = choice.get("message")
    if isinstance(message, list):
        if len(message) != 1:
            raise Unreadable(f"the reply has {len(message)} messages in one choice: {shown(message)}")
        message = message[0]
    if message is None:
        return ""
    content = message.get("content") if isinstance(message, dict) else message
    if content is not None and not isinstance(content, str | list):
        raise Unreadable(f"the message's content is not text: {shown(content)}")
    text = text_of(content).strip()
    if not text and choice.get("finish_reason") == "content_filter":
        raise Unreadable("the server's content filter took the scores", "content filter", final=True)
    return text


def labels_of(reply: Any, field: str) -> Scores:
    """The scores in `data[0][field]`: five labels are the attributes, one is the reward."""
    data = _object(reply).get("data")
    if not isinstance(data, list) or len(data) != 1 or not isinstance(data[0], dict):
        cause = UNREADABLE if data else "no data"
        raise Unreadable(f"the reply has no `data` with one entry for the conversation: {shown(reply)}", cause)
    values = data[0].get(field)
    if not isinstance(values, list):
        raise Unreadable(f"the reply has no list of numbers in data[0].{field}: {shown(reply)}")
    if any(isinstance(value, list) for value in values):
        raise Unreadable(
            f"data[0].{field} holds {len(values)} rows, one for each token: one row for the whole conversation is "
            "needed (vLLM: serve with `--pooler-config.task classify`)"
        )
    numbers = [number(value, f"data[0].{field}") for value in values]
    if len(numbers) == 1:
        return Scores(reward=numbers[0])
    if len(numbers) == len(ATTRIBUTES):
        return Scores(attributes=dict(zip(ATTRIBUTES, numbers, strict=True)))
    raise Unreadable(
        f"{len(numbers)} labels came: one label is read as the reward, five as {', '.join(ATTRIBUTES)}, and what "
        f"{len(numbers)} would mean is not known: {shown(values)}"
    )


def number(value: Any, where: str) -> float:
    """A finite number as a float; text, true, null, NaN and infinity are none."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise Unreadable(f"{where} is not a number: {shown(value)}")


def shown(value: Any) -> str:
    """A piece of a reply for an error, on one line and not too long."""
    try:
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
    except TypeError:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def _object(reply: Any) -> dict[str, Any]:
    """The reply as an object, which is no error message of the server."""
    if not isinstance(reply, dict):
        raise Unreadable(f"the reply is not a JSON object: {shown(reply)}")
    for key in ("detail", "error"):
        if reply.get(key):
            raise Unreadable(f"the server answered with an error: {shown(reply[key])}")
    return reply
