"""The endpoint as a function: one request in, one Reply out. HTTP itself is in server.py, the texts elsewhere.

Routes, as real servers have them: GET /v1/models and POST /v1/chat/completions, also without /v1 (llama.cpp);
POST /classify and /pooling (vLLM) and GET /health only at the root.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import orjson

from sdg.core.errors import UsageError
from sdg.rehearsal import chat, rewards
from sdg.rehearsal.faults import AT_THE_DOOR, Faults, forced
from sdg.rehearsal.wire import CONTEXT, CREATED, JSON, Refused, Reply, json_reply, not_found, read_body, refuse

__all__ = ["MODELS", "Reply", "answer"]

MODELS = ("rehearsal-instruct", "rehearsal-instruct-b", "rehearsal-reward", "rehearsal-genrm")
PREFIX = "rehearsal-"
_METHODS = {"/models": "GET", "/health": "GET", "/chat/completions": "POST", "/classify": "POST", "/pooling": "POST"}
_ALSO_UNDER_V1 = ("/models", "/chat/completions")
_PAGE = b"""<!DOCTYPE html>
<html><head><title>One moment, please</title></head>
<body><h1>One moment, please</h1><p>The service is being updated.</p></body></html>
"""


async def answer(
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    faults: Faults | None = None,
    context: int = CONTEXT,
) -> Reply:
    """The reply to one request. `headers` may have any case; x-sdg-fault and x-sdg-latency go before `faults`.

    context: tokens that prompt and answer may have together.
    x-sdg-sample: the number of the first choice, so that the same body brings other texts.
    Raises ConnectionResetError (fault "reset"), or sleeps until cancelled (fault "hang").
    A reply that a fault has spoilt names it in its header x-sdg-fault.
    """
    if isinstance(headers, dict):
        headers = {name.lower(): value for name, value in headers.items()}
    try:
        route = _route(method, path)
        fault, wait = _fault(method, headers, body, faults)
        if wait > 0:
            await asyncio.sleep(wait)
        if fault:
            await _break(fault, faults)
        return _spoil(fault, _reply(route, headers, body, fault, context))
    except Refused as refused:
        return refused.reply


def _route(method: str, path: str) -> str:
    path = path.split("?", 1)[0].rstrip("/")
    route = path.removeprefix("/v1") if path.removeprefix("/v1") in _ALSO_UNDER_V1 else path
    wanted = _METHODS.get(route)
    if wanted is None:
        raise not_found()
    if method.upper() != wanted:
        raise Refused(json_reply({"detail": "Method Not Allowed"}, 405))
    return route


def _fault(method: str, headers: Mapping[str, str], body: bytes, faults: Faults | None) -> tuple[str, float]:
    """(fault, seconds). Shares concern what costs something, so POST only; a header concerns any request."""
    drawn, wait = "", 0.0
    request = body + headers.get("x-sdg-sample", "").encode()
    if faults is not None and method.upper() == "POST":
        drawn, wait = faults.draw(request)
    try:
        kind, seconds = forced(headers, request)
    except UsageError as error:
        raise refuse(400, str(error)) from None
    fault = kind or drawn
    if seconds is not None:
        wait = 0.0 if fault in AT_THE_DOOR else seconds
    return fault, wait


async def _break(fault: str, faults: Faults | None) -> None:
    """What a fault does before any reply is made; nothing for those that spoil a good reply."""
    if fault == "reset":
        raise ConnectionResetError("connection reset on request (rehearsal)")
    if fault == "hang":
        while True:
            await asyncio.sleep(3600)
    if fault.isdigit():
        raise Refused(_status(int(fault), faults.retry_after if faults is not None else 1.0))


def _status(status: int, retry_after: float) -> Reply:
    """An error reply in the shape that real servers and gateways use for this status."""
    said = {"x-sdg-fault": str(status)}
    if status in (502, 503, 504):
        page = b"<html><body><h1>%d Service Unavailable</h1><hr><center>nginx</center></body></html>" % status
        return Reply(status, {"content-type": "text/html", **said}, page)
    if status in (404, 410):
        title = "Gone" if status == 410 else "Not Found"
        detail = "the model has reached its end of life" if status == 410 else "not found for this account"
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        return json_reply(body, status, **said)
    reply = refuse(status, f"fault {status} on request (rehearsal)", str(status) if status == 408 else None).reply
    reply.headers.update(said)
    if status == 429 and retry_after:
        reply.headers["retry-after"] = f"{retry_after:g}"
    return reply


def _reply(route: str, headers: Mapping[str, str], body: bytes, fault: str, context: int) -> Reply:
    if headers.get("authorization", "") == "Bearer wrong":
        raise refuse(401, "Incorrect API key provided.", "invalid_api_key")
    if route == "/health":
        return Reply(200, {}, b"")
    if route == "/models":
        return json_reply({"object": "list", "data": [_model(name, context) for name in MODELS]})
    data = read_body(body)
    model = data.get("model")
    if not isinstance(model, str) or not model.startswith(PREFIX):
        raise refuse(
            404,
            f"The model {model!r} does not exist: the rehearsal endpoint's models begin with {PREFIX!r}.",
            "model_not_found",
            "model",
        )
    if model.startswith(rewards.PREFIX):
        rewards.check_route(model, route)
        chats = route == "/chat/completions"
        made = rewards.by_chat(data, context) if chats else rewards.by_class(data, route, context)
    elif route == "/chat/completions":
        made = chat.complete(data, _sample(headers), context)
    else:
        raise not_found()
    return Reply(200, dict(JSON), orjson.dumps(_lie(fault, made)))


def _model(name: str, context: int) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": "sdg",
        "root": name,
        "parent": None,
        "max_model_len": context,
    }


def _sample(headers: Mapping[str, str]) -> int:
    try:
        return int(headers.get("x-sdg-sample", "0"))
    except ValueError:
        raise refuse(400, "the header x-sdg-sample must be a whole number") from None


def _lie(fault: str, made: dict[str, Any]) -> dict[str, Any]:
    """The faults that leave the reply's JSON sound. `data` is what /classify and /pooling have for choices."""
    field = "choices" if "choices" in made else "data"
    if fault == "no-choices":
        made[field] = None
    elif fault == "empty":
        made[field] = []
    elif fault == "fewer":
        made[field] = made[field][: (len(made[field]) + 1) // 2]
    elif fault == "null":
        for row in made[field]:
            message = row.get("message")
            for part in message if isinstance(message, list) else [message] if message else []:
                part["content"] = None
            for name in ("probs", "data", "logprobs"):
                if name in row:
                    row[name] = None
    return made


def _spoil(fault: str, reply: Reply) -> Reply:
    """The faults that spoil the bytes of a good reply, and the header that names whichever fault there was."""
    if fault == "html":
        reply = Reply(200, {"content-type": "text/html"}, _PAGE)
    elif fault == "cut":
        reply.body = reply.body[: len(reply.body) * 2 // 3]
    elif fault == "surrogate":
        reply.body = reply.body.replace(b'"content":"', b'"content":"\\ud83d', 1)
    if fault:
        reply.headers["x-sdg-fault"] = fault
    return reply
