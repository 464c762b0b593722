"""How fast the endpoint itself is: asked by the barest client there can be, canned bytes over sockets.

    python benchmarks/bare.py

Prints requests a second, and the CPU time that each takes the endpoint: it must be several times less than a client's.
"""

from __future__ import annotations

import asyncio
import os
import time

import orjson
from runs import CLIENT_CORE, Endpoint, on_core

REQUESTS, CONNECTIONS, END = 50_000, 64, b'"total_tokens":54}}'


class Asker(asyncio.Protocol):
    """Asks again as soon as an answer has come, until enough have been asked."""

    def __init__(self, request: bytes, left: list[int], over: asyncio.Event) -> None:
        self.request, self.left, self.over = request, left, over

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        if data.endswith(END):
            self.left[0] -= 1
            if self.left[0] > 0:
                self.transport.write(self.request)
            else:
                self.over.set()


async def ask(port: int, requests: int) -> float:
    """Seconds for that many requests over 64 connections."""
    body = orjson.dumps({"model": "fast-instruct", "messages": [{"role": "user", "content": "What of plot 1?" * 5}]})
    request = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body)
    left, over, loop = [requests], asyncio.Event(), asyncio.get_running_loop()
    began = time.perf_counter()
    for _ in range(CONNECTIONS):
        await loop.create_connection(lambda: Asker(request, left, over), "127.0.0.1", port)
    await over.wait()
    return time.perf_counter() - began


def cpu_of(pid: int) -> float:
    """CPU seconds of a running process."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    for _ in range(3):
        with Endpoint() as endpoint, on_core(CLIENT_CORE):
            before = cpu_of(endpoint.process.pid)
            seconds = asyncio.run(ask(endpoint.port, REQUESTS))
            own = (cpu_of(endpoint.process.pid) - before) / REQUESTS
        each = f"{own * 1e6:.0f} us of its CPU each ({1 / own:,.0f} a second)"
        print(f"endpoint: {REQUESTS / seconds:,.0f} requests/s, {each}", flush=True)


if __name__ == "__main__":
    main()
