"""What goes over the wire for every route: Reply, the bodies of errors, reading a request. Makes no text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

CONTEXT = 4096
"""Tokens, prompt and response together, as Nemotron-4-340B-Instruct and -Reward have, where nothing else is said."""
CHARACTERS_A_TOKEN = 4
CREATED = 1767225600  # fixed, so that the same request gets the same bytes
FINGERPRINT = "sdg-rehearsal"
JSON = {"content-type": "application/json"}


@dataclass(slots=True)
class Reply:
    """One HTTP reply, whole."""

    status: int
    headers: dict[str, str]
    body: bytes


class Refused(Exception):
    """The request gets this reply instead of an answer."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


def json_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {**JSON, **headers}, orjson.dumps(body))


def refuse(status: int, message: str, code: str | int | None = None, param: str | None = None) -> Refused:
    """An error in OpenAI's shape. `code` is the status itself where nothing is said, as vLLM has it."""
    kind = {400: "BadRequestError", 401: "AuthenticationError", 404: "NotFoundError", 429: "rate_limit_error"}
    body = {
        "error": {
            "message": message,
            "type": kind.get(status, "server_error"),
            "param": param,
            "code": status if code is None else code,
        }
    }
    return Refused(json_reply(body, status))


def not_found() -> Refused:
    """What a server without this route answers."""
    return Refused(json_reply({"detail": "Not Found"}, 404))


def tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def read_body(body: bytes) -> dict[str, Any]:
    """The request's JSON object; Refused with 400 if it is none."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refuse(400, f"the request body is not JSON: {error}", "json_invalid") from None
    if not isinstance(data, dict):
        raise refuse(400, "the request body must be a JSON object", "json_invalid")
    return data


def read_messages(data: dict[str, Any]) -> list[tuple[str, str]]:
    """(role, text) of every message; Refused with 400 if there are none or one is malformed."""
    messages = data.get("messages")
    if not isinstance(messages, list) or not messages:
        raise refuse(400, "messages must be a list with at least one message", param="messages")
    found = []
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or not isinstance(message.get("role"), str):
            raise refuse(400, f"messages[{number}] must be an object with a role", param="messages")
        found.append((message["role"], _text(message.get("content"), number)))
    return found


def _text(content: Any, number: int) -> str:
    """A message's content: a string, null, or a list of parts."""
    if isinstance(content, str):
        return content
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        if all(isinstance(part, str) for part in parts):
            return "\n".join(part for part in parts if part)
    raise refuse(400, f"messages[{number}].content must be text", param="messages")


def check_context(characters: int, context: int) -> int:
    """The prompt's tokens; Refused with 400 if they are more than the context holds."""
    count = tokens(characters)
    if count > context:
        said = (
            f"This model's maximum context length is {context} tokens. However, your messages resulted in {count} "
            "tokens. Please reduce the length of the messages."
        )
        raise refuse(400, said, "context_length_exceeded", "messages")
    return count


def usage(prompt: int, completion: int) -> dict[str, int]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
