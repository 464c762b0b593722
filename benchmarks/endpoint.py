"""An endpoint that is several times faster than any client: what the other files here measure against.

    python benchmarks/endpoint.py --port 0 --latency lognormal:0.5,1 --busy 1024

HTTP/1.1 by hand on asyncio's protocols, which only a benchmark may do: no framework costs anything here, and pipelined
requests are answered in their order. Answers are canned but valid: a chat reply repeats the last message, so that each
record can be checked against its prompt, and a model with "reward" in its name gives five attributes as a NIM does.
GET /stats tells what was seen. No data are made here, and nothing is remembered of what was said but hashes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import signal
import socket
import struct
import sys

import orjson
from seen import Seen

from sdg.rehearsal.faults import Latency

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSE = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
MODELS = ("fast-instruct", "fast-reward")
SCORES = b"helpfulness:%.4f,correctness:3.25,coherence:3.75,complexity:1.5,verbosity:1.25"
ANSWER = " Here is what can be said about it in short: it is as it was asked for, and it ends with a full stop."
KINDS = ("reset", "hang", "cut", "cut-body", "html", "null")
"""Faults besides statuses. cut: JSON that breaks off; cut-body: fewer bytes than were announced."""
REASONS = {200: b"OK", 429: b"Too Many Requests"}
AT_THE_DOOR = "429"  # refused before any work: no latency


class Server:
    """What all connections share: the options, the dice, what was seen."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.seen = Seen(options.busy)
        self.capacity: int = options.capacity
        self.latency = Latency.parse(options.latency) if options.latency else None
        self.faults = [(kind, float(share)) for kind, _, share in (text.partition("=") for text in options.fault)]
        self.retry_after: str = options.retry_after
        self.dice = random.Random(options.seed)
        for kind, _ in self.faults:
            if kind not in KINDS and not kind.isdigit():
                sys.exit(f"endpoint: unknown fault {kind!r}: a status, or one of {', '.join(KINDS)}")

    def draw(self) -> tuple[str, float]:
        """(the fault or "", seconds until the answer)."""
        where, fault = self.dice.random() if self.faults else 1.0, ""
        for kind, share in self.faults:
            where -= share
            if where < 0:
                fault = kind
                break
        if self.latency is None or fault == AT_THE_DOOR:
            return fault, 0.0
        return fault, self.latency.draw(self.dice.random(), self.dice.random())


class Connection(asyncio.Protocol):
    """One connection. One request at a time: the next one is read when the last one has been answered."""

    def __init__(self, server: Server) -> None:
        self.server, self.seen = server, server.seen
        self.loop = asyncio.get_running_loop()
        self.buffer = b""
        self.busy = self.ends = False  # a request is in flight; its answer is to be the connection's last
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, _: Exception | None) -> None:
        if self.busy:
            self.seen.change(-1)
        if self.timer is not None:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.next_requests()

    def next_requests(self) -> None:
        """Take up whole requests until one has to wait."""
        while not self.busy and self.buffer and not self.transport.is_closing():
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            found = LENGTH.search(self.buffer, 0, end + 2)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self.buffer) < size:
                return
            head, body = self.buffer[:end], self.buffer[end + 4 : size]
            self.ends = CLOSE.search(head) is not None
            self.buffer = self.buffer[size:]
            if head.startswith(b"POST"):
                self.take(body)
            else:
                self.reply(200, self.looked_up(head.split(b" ", 2)[1]))

    def looked_up(self, path: bytes) -> bytes:
        if path == b"/stats":
            return orjson.dumps(self.seen.stats())
        return orjson.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in MODELS]})

    def take(self, body: bytes) -> None:
        """A POST: refuse it, answer it, or answer it later."""
        server, seen = self.server, self.seen
        seen.requests += 1
        asked = orjson.loads(body) if body else {}
        messages = asked.get("messages")
        if not messages:
            self.reply(400, b'{"error":{"message":"no messages: only chat completions of known length are served"}}')
            return
        if server.capacity and seen.in_flight >= server.capacity:
            seen.refused += 1
            self.reply(429, b'{"error":{"message":"at capacity"}}', b"retry-after: 0.1\r\n")
            return
        fault, seconds = server.draw()
        if fault == AT_THE_DOOR:
            seen.refused += 1
            after = f"retry-after: {server.retry_after}\r\n".encode() if server.retry_after else b""
            self.reply(429, b'{"error":{"message":"too many requests"}}', after)
            return
        text = messages[-1]["content"]
        if not isinstance(text, str):
            text = str(text[0]["text"])
        seen.came(hash(text))
        self.busy = True
        if seconds:
            self.timer = self.loop.call_later(seconds, self.done, asked, text, fault, True)
        else:
            self.done(asked, text, fault, False)

    def done(self, asked: dict[str, object], text: str, fault: str, later: bool) -> None:
        """The work on one request is over."""
        self.timer = None
        if fault == "hang":
            return  # until the client goes away
        self.busy = False
        self.seen.change(-1)
        if fault:
            self.seen.faults += 1
            self.fail(fault, answer(asked, text))
        else:
            self.seen.answered += 1
            self.reply(200, answer(asked, text))
        if later:
            self.next_requests()

    def fail(self, fault: str, body: bytes) -> None:
        """The answer, spoilt."""
        if fault == "reset":
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self.transport.abort()
        elif fault == "cut-body":
            self.transport.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body[: len(body) // 2])
            self.transport.close()
        elif fault.isdigit():
            self.reply(int(fault), b'{"error":{"message":"asked to fail"}}')
        else:
            spoilt = {"cut": body[: len(body) // 2], "html": b"<html><body>busy</body></html>"}
            self.reply(200, spoilt.get(fault) or body.replace(b'"content":"', b'"content":null,"was":"'))

    def reply(self, status: int, body: bytes, headers: bytes = b"") -> None:
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: application/json\r\n%scontent-length: %d\r\n\r\n%s"
            % (status, REASONS.get(status, b"Error"), headers, len(body), body)
        )
        if self.ends:
            self.transport.close()


def answer(asked: dict[str, object], text: str) -> bytes:
    """A chat reply that repeats what was said last, or scores."""
    if "reward" in str(asked["model"]):
        said = b'"' + SCORES % (4 * len(text) / (len(text) + 100)) + b'"'  # the longer the better: it differs, at least
    else:
        said = orjson.dumps(text[:200] + ANSWER)
    choices = b",".join(
        b'{"index":%d,"message":{"role":"assistant","content":%s},"logprobs":null,"finish_reason":"stop"}' % (n, said)
        for n in range(int(asked.get("n") or 1))  # type: ignore[call-overload]
    )
    return (
        b'{"id":"chatcmpl-fast","object":"chat.completion","created":1760000000,"model":%s,"choices":[%s],'
        b'"usage":{"prompt_tokens":24,"completion_tokens":30,"total_tokens":54}}'
        % (orjson.dumps(asked["model"]), choices)
    )


async def serve(options: argparse.Namespace) -> None:
    """Until SIGTERM or SIGINT."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    server = Server(options)
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", options.port, backlog=4096)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    print(f"endpoint at http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1", file=sys.stderr, flush=True)
    await stop.wait()
    if options.busy:
        print(orjson.dumps(server.seen.stats()).decode(), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="A fast endpoint for benchmarks.")
    parser.add_argument("--port", type=int, default=8000, help="0: any free port")
    parser.add_argument("--latency", default="", help="fixed:S, exponential:MEAN or lognormal:MEDIAN,SIGMA")
    parser.add_argument("--capacity", type=int, default=0, help="more at once get 429 with Retry-After 0.1")
    kinds = "a status, " + ", ".join(KINDS)
    parser.add_argument("--fault", action="append", default=[], metavar="KIND=SHARE", help=kinds)
    parser.add_argument("--retry-after", default="1", help="of --fault 429")
    parser.add_argument("--busy", type=int, default=0, metavar="SLOTS", help="the concurrency that is expected")
    parser.add_argument("--seed", type=int, default=0)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
