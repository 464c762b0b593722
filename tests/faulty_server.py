"""A server that fails in every known way, down to the socket. What a client should make of it is not in here.

Each run has an address of its own, `/RUN/v1`. A prompt names its fault: `... (fault: reset in the body, once)` meets it
at the first asking, `always` at each. The model `reward` answers with five scores, any other one with text.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import threading
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from fake_server import completion
from reward_servers import attributes_worth, nim_reply, nim_text, worth

JSON = dict[str, Any]
Way = Callable[[asyncio.StreamWriter, JSON], Awaitable[None]]
"""One way to fail: it writes what it likes instead of the good reply that it is given."""

HUGE = 30_000_000
_NAMED = re.compile(r"\(fault: (.+), (once|always)\)")
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def _head(status: int, length: int | None, headers: dict[str, str]) -> bytes:
    size = {} if length is None else {"Content-Length": str(length)}
    lines = [f"{name}: {value}" for name, value in (headers | size).items()]
    return "\r\n".join([f"HTTP/1.1 {status} Said", *lines, "", ""]).encode()


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
    writer.write(_head(status, len(body), headers or {}) + body)
    await writer.drain()


def _status(code: int, said: JSON | str, headers: Callable[[], dict[str, str]] = dict) -> Way:
    async def way(writer: asyncio.StreamWriter, reply: JSON) -> None:
        await _send(writer, code, said.encode() if isinstance(said, str) else json.dumps(said).encode(), headers())

    return way


def _instead(spoil: Callable[[JSON], JSON | str]) -> Way:
    """Status 200, and something else than the reply."""

    async def way(writer: asyncio.StreamWriter, reply: JSON) -> None:
        spoilt = spoil(reply)
        await _send(writer, 200, (spoilt if isinstance(spoilt, str) else json.dumps(spoilt)).encode())

    return way


def _in_choice(content: Callable[[str], Any], finish_reason: str = "stop") -> Way:
    """Another content in each choice; where it is null there are no logprobs either."""

    def spoil(reply: JSON) -> JSON:
        for choice in reply["choices"]:
            choice["finish_reason"] = finish_reason
            for message in choice["message"] if isinstance(choice["message"], list) else [choice["message"]]:
                message["content"] = content(message["content"])
                if message["content"] is None:
                    choice["logprobs"] = None
        return reply

    return _instead(spoil)


def _other_n(reply: JSON) -> JSON:
    return {**reply, "choices": reply["choices"][:1] if len(reply["choices"]) > 1 else reply["choices"] * 2}


def _surrogates(reply: JSON) -> JSON:
    """Half a pair in a chat model's text; in a reward model's reply beside the scores, which are text as well."""
    for choice in reply["choices"] if "object" not in reply else []:
        choice["message"]["content"] += " \ud83d"
    return {**reply, "model": "\ud83d"}


async def _huge(writer: asyncio.StreamWriter, reply: JSON) -> None:
    """In a chat model's text; in a reward model's reply beside the scores."""
    if "object" in reply:
        reply["object"] = "@"
    else:
        reply["choices"][0]["message"]["content"] += " @"
    await _send(writer, 200, json.dumps(reply).encode().replace(b"@", b"x " * (HUGE // 2), 1))


async def _reset_before(writer: asyncio.StreamWriter, reply: JSON) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()


async def _reset_within(writer: asyncio.StreamWriter, reply: JSON) -> None:
    body = json.dumps(reply).encode()
    writer.write(_head(200, len(body), {}) + body[: len(body) // 2])
    await asyncio.sleep(0.05)  # a reset overtakes what has not been read
    await _reset_before(writer, reply)


async def _hang(writer: asyncio.StreamWriter, reply: JSON) -> None:
    await asyncio.sleep(300)


async def _drip(writer: asyncio.StreamWriter, reply: JSON) -> None:
    writer.write(_head(200, 300, {}))
    for _ in range(300):
        writer.write(b" ")
        await asyncio.sleep(0.1)


async def _blank_lines_first(writer: asyncio.StreamWriter, reply: JSON) -> None:
    """As some hosts do to keep the connection open while the model writes."""
    writer.write(_head(200, None, {"Transfer-Encoding": "chunked"}))
    for _ in range(3):
        writer.write(b"1\r\n\n\r\n")
        await asyncio.sleep(0.05)
    body = json.dumps(reply).encode()
    writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
    await writer.drain()


async def _length_too_large(writer: asyncio.StreamWriter, reply: JSON) -> None:
    body = json.dumps(reply).encode()
    writer.write(_head(200, len(body) + 50, {}) + body)
    await writer.drain()
    writer.close()


async def _length_too_small(writer: asyncio.StreamWriter, reply: JSON) -> None:
    body = json.dumps(reply).encode()
    writer.write(_head(200, len(body) // 2, {}) + body)
    await writer.drain()


_GATEWAY = "<html><head><title>%s</title></head><body><center><h1>%s</h1></center></body></html>"
_KEY = {"error": {"message": "Incorrect API key provided", "type": "invalid_request_error", "code": "invalid_api_key"}}
_GONE = {"type": "about:blank", "title": "Gone", "status": 410, "detail": "The model reached its end of life."}
_UPGRADE = {"error": {"message": "Rate limit reached. Upgrade at https://example.com/settings/billing"}}
_BUSY = {"error": {"message": "Rate limit reached", "type": "tokens", "code": "429"}}

WAYS: dict[str, Way] = {
    "429": _status(429, _BUSY),
    "429, Retry-After 0": _status(429, _BUSY, lambda: {"Retry-After": "0"}),
    "429 that speaks of billing": _status(429, _UPGRADE),
    "429, Retry-After a number": _status(429, _BUSY, lambda: {"Retry-After": "1"}),
    "429, Retry-After a date": _status(429, _BUSY, lambda: {"Retry-After": formatdate(time.time() + 2, usegmt=True)}),
    "429, Retry-After 90": _status(429, _BUSY, lambda: {"Retry-After": "90"}),
    "503": _status(503, _GATEWAY % ("503", "503 Service Temporarily Unavailable")),
    "500": _status(500, {"error": {"message": "Internal server error", "type": "server_error"}}),
    "502": _status(502, _GATEWAY % ("502", "502 Bad Gateway")),
    "408": _status(408, {"error": {"message": "litellm.Timeout: no answer", "type": None, "code": "408"}}),
    "reset before the reply": _reset_before,
    "reset in the body": _reset_within,
    "hang": _hang,
    "slow drip": _drip,
    "blank lines first": _blank_lines_first,
    "cut JSON": _instead(lambda reply: json.dumps(reply)[: -len(json.dumps(reply)) // 3]),
    "HTML with 200": _instead(lambda reply: _GATEWAY % ("Sign in", "Sign in to the network")),
    "{}": _instead(lambda reply: {}),
    "choices: null": _instead(lambda reply: {**reply, "choices": None}),
    "empty choices": _instead(lambda reply: {**reply, "choices": []}),
    "null content": _in_choice(lambda text: None),
    "content as a list": _in_choice(lambda text: [{"type": "text", "text": text}]),
    "wrong n": _instead(_other_n),
    "finish_reason length": _in_choice(lambda text: text, "length"),
    "finish_reason content_filter": _in_choice(lambda text: None, "content_filter"),
    "lone surrogates": _instead(_surrogates),
    "30 MB": _huge,
    "content-length too large": _length_too_large,
    "content-length too small": _length_too_small,
    "redirect": _status(307, "", lambda: {"Location": "https://elsewhere.example/v1/chat/completions"}),
    "401 midway": _status(401, _KEY),
    "410 midway": _status(410, _GONE),
}


@dataclass
class Try:
    """One request, by time.time(). fault: what it met, "" where it was given the good reply."""

    came: float
    fault: str
    went: float = 0.0


class FaultyServer:
    """`with FaultyServer() as server`. `tries`: by run and prompt; runs in `mended` meet no fault any more."""

    def __init__(self) -> None:
        self.tries: dict[tuple[str, str], list[Try]] = defaultdict(list)
        self.mended: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._port = 0

    def url(self, run: str) -> str:
        """The base_url of a run."""
        return f"http://127.0.0.1:{self._port}/{run}/v1"

    def __enter__(self) -> FaultyServer:
        self._thread.start()
        serving = asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1000)
        self._port = asyncio.run_coroutine_threadsafe(serving, self._loop).result().sockets[0].getsockname()[1]
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in asyncio.all_tasks(self._loop)])
        self._loop.call_soon_threadsafe(lambda: self._loop.call_soon(self._loop.stop))
        self._thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                body = await reader.readexactly(int(length[1]) if length else 0)
                await self._answer(head.split("/")[1], json.loads(body), writer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, OSError):
            writer.close()  # the client has gone away, or the server shall end

    async def _answer(self, run: str, body: JSON, writer: asyncio.StreamWriter) -> None:
        prompt = body["messages"][0]["content"]
        tries = self.tries[run, prompt]
        named = _NAMED.search(prompt)
        meets = named and run not in self.mended and (named[2] == "always" or not tries)
        now = Try(time.time(), named[1] if named and meets else "")
        tries.append(now)
        if now.fault:
            await WAYS[now.fault](writer, _good(body))
        else:
            await _send(writer, 200, json.dumps(_good(body)).encode())
        now.went = time.time()


def _good(body: JSON) -> JSON:
    """The reply there would be without the fault; the text says to which prompt it is."""
    if body["model"] == "reward":
        five = attributes_worth(worth(body["messages"]))
        return nim_reply(nim_text(five), list(five.items()))
    prompt = body["messages"][0]["content"]
    return completion([{"content": f"Answer to: {prompt}"} for _ in range(body.get("n", 1))])
