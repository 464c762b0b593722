"""Reading a chat completion: what of it is an answer, what is reasoning, what is nonsense. Pure.

Servers send null content, empty or missing choices, half a JSON, HTML with status 200, a message in a list, lone
surrogates. Whatever is no answer becomes `Unreadable`, and is asked again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

_THINK = re.compile(r"<(think|thinking|reasoning)>(.*?)(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_THINK_END = re.compile(r"\A(.*?)</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")
UNREADABLE = "unreadable reply"


class Unreadable(ValueError):
    """A reply that is no answer. The text says what was found.

    cause: fixed words to count by. final: asking again would bring the same.
    """

    def __init__(self, reason: str, cause: str = UNREADABLE, final: bool = False) -> None:
        super().__init__(reason)
        self.cause = cause
        self.final = final


@dataclass(slots=True)
class Choice:
    """One answer. The tokens are those of the call, which `shared_by` choices came with."""

    text: str
    reasoning: str = ""
    finish_reason: str = ""
    truncated: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    shared_by: int = 1


def parse_json(body: bytes) -> Any:
    """A reply's JSON; half a surrogate pair becomes U+FFFD, as no file could hold it."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        pass
    start = body.lstrip()[:100]
    if start[:1] == b"<":
        raise Unreadable("HTML where JSON was expected", "HTML")
    try:
        return _whole(json.loads(body.decode("utf-8", "replace")))
    except (ValueError, RecursionError):
        shown = body[-60:].decode("utf-8", "replace") if start else "nothing"
        raise Unreadable(f"JSON cut short or broken, ending in {shown!r}", "cut JSON") from None


def read_choices(data: Any, asked: int) -> list[Choice]:
    """The usable choices of a chat completion, at most `asked`. Unreadable if there is none."""
    choices = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(choices, list):
        raise Unreadable(f"no choices in the reply: {_shown(data)}", "no choices")
    if not choices:
        raise Unreadable("an empty list of choices", "empty choices")
    good: list[Choice] = []
    trouble = Unreadable("")
    for choice in choices[:asked]:
        try:
            good.append(_choice(choice))
        except Unreadable as error:
            trouble = error
    if not good:
        raise trouble
    for answer in good:
        answer.prompt_tokens, answer.completion_tokens = read_usage(data)
        answer.shared_by = min(len(choices), asked)
    return good


def read_usage(data: Any) -> tuple[int, int]:
    """(tokens in, tokens out) as the server counts them; 0 where it does not."""
    usage = data.get("usage") if isinstance(data, dict) else None
    if not isinstance(usage, dict):
        return 0, 0
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))


def _choice(choice: Any) -> Choice:
    if not isinstance(choice, dict):
        raise Unreadable(f"a choice that is no object: {_shown(choice)}", "no choices")
    message = choice.get("message")
    if isinstance(message, list) and message:
        message = message[0]
    if not isinstance(message, dict):
        raise Unreadable(f"a choice without a message: {_shown(choice)}", "no message")
    reason = str(choice.get("finish_reason") or "")
    said = next((message[key] for key in ("reasoning_content", "reasoning") if isinstance(message.get(key), str)), "")
    text, thought = split_reasoning(text_of(message.get("content")))
    reasoning = "\n\n".join(part.strip() for part in (said, thought) if part.strip())
    truncated = reason in ("length", "max_tokens", "model_length")
    if not text.strip():
        if truncated and (reasoning or message.get("content") is not None):
            raise Unreadable(
                "the answer was cut off before it began: raise max_tokens", "cut off in reasoning", final=True
            )
        if reason == "content_filter":
            raise Unreadable("the server's content filter took the answer", "content filter", final=True)
        kind = "null content" if message.get("content") is None else "empty content"
        raise Unreadable(f"{kind}, finish_reason {reason or 'missing'}", kind)
    return Choice(text.strip(), reasoning, reason, truncated)


def split_reasoning(text: str) -> tuple[str, str]:
    """(answer, reasoning): think tags are taken out; an opening tag that the template swallowed is understood."""
    if "<" not in text:
        return text, ""
    lower = text.lower()
    if not any(tag in lower for tag in ("think>", "thinking>", "reasoning>")):
        return text, ""
    start = text.lstrip()
    if opened := _THINK.match(start):
        return start[opened.end() :], opened[2]
    # Only a closing tag: reasoning models whose chat template ends in "<think>".
    if not _THINK.search(text) and (closed := _THINK_END.match(text)):
        return text[closed.end() :], closed[1]
    return text, ""


def text_of(content: Any) -> str:
    """Content as text; some servers send a list of parts. "" for anything else."""
    if isinstance(content, list):
        return "".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    return content if isinstance(content, str) else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else 0


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_whole(part) for part in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(part) for key, part in value.items()}
    return value


def _shown(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, default=str)
    return text if len(text) <= 120 else text[:117] + "..."
