"""The endpoint over HTTP: `sdg rehearse`. Listens, counts, logs and resets; the replies come from reply.py.

The log has one JSON line when a request arrives ("in") and one when its reply has been handed to the socket
("out"; also for a reset). A request that hung, or whose client went away before, has no "out".
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
import socket
import struct
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import orjson
from aiohttp import web

from sdg.core.errors import UsageError
from sdg.rehearsal.faults import Faults
from sdg.rehearsal.reply import answer
from sdg.rehearsal.wire import Reply, refuse

BACKLOG = 4096  # clients open hundreds of connections at once
CAPACITY_RETRY_AFTER = "0.1"  # seconds, for a request beyond the capacity
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Log:
    """Appends JSON lines to a file, each in one write. Cheap and safe to cut at any moment."""

    def __init__(self, path: Path) -> None:
        try:
            self._fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        except OSError as error:
            raise UsageError(f"--log {path}: {error.strerror}") from None
        self._number = 0

    def write(self, event: str, request: int, key: str, path: str, sample: str, status: int, fault: str) -> None:
        self._number += 1
        line = {
            "time": time.time(),
            "number": self._number,
            "request": request,
            "event": event,
            "path": path,
            "status": status,
            "fault": fault,
            "key": key,
            "sample": sample,
        }
        os.write(self._fd, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        os.close(self._fd)


class Endpoint:
    """The state of one server: what is in flight, how many came, the log."""

    def __init__(self, faults: Faults, log: Log | None, capacity: int) -> None:
        self._faults, self._log, self._capacity = faults, log, capacity
        self._in_flight = self._requests = 0

    async def reply(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one HTTP request."""
        body = await request.content.read() if request.can_read_body else b""
        self._requests += 1
        number, key, sample = self._requests, "", request.headers.get("x-sdg-sample", "")
        if self._log is not None:
            key = sha256(body).hexdigest()[:16]
            self._log.write("in", number, key, request.path, sample, 0, "")
        self._in_flight += 1
        try:
            made = await self._make(request, body)
            response = web.Response(status=made.status, headers=made.headers, body=made.body)
            await response.prepare(request)
            await response.write_eof()
            status, fault = made.status, made.headers.get("x-sdg-fault", "")
        except ConnectionResetError:
            _reset(request)
            response, status, fault = web.Response(), 0, "reset"
        finally:
            self._in_flight -= 1
        if self._log is not None:
            self._log.write("out", number, key, request.path, sample, status, fault)
        return response

    async def _make(self, request: web.BaseRequest, body: bytes) -> Reply:
        if self._capacity and self._in_flight > self._capacity and request.method == "POST":
            reply = refuse(429, f"more than {self._capacity} requests at once (rehearsal)").reply
            reply.headers.update({"retry-after": CAPACITY_RETRY_AFTER, "x-sdg-fault": "capacity"})
            return reply
        return await answer(request.method, request.path, request.headers, body, self._faults)


def _reset(request: web.BaseRequest) -> None:
    """Close the connection with RST instead of FIN, as a crashed server or a firewall does."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()


async def serve(
    port: int,
    host: str = "127.0.0.1",
    faults: Faults | None = None,
    ready: Callable[[int], None] = lambda port: None,
    *,
    log: Path | None = None,
    capacity: int = 0,
) -> None:
    """Serve until cancelled. `ready` is called with the real port (port 0: any free one).

    capacity: requests at once, 0 for any number. UsageError if the port or the log can't be opened.
    """
    lines = Log(log) if log is not None else None
    endpoint = Endpoint(faults or Faults(), lines, capacity)
    # A client that goes away cancels its request: otherwise a hanging reply would stay for ever.
    server = web.Server(endpoint.reply, handler_cancellation=True, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port, backlog=BACKLOG)
        try:
            await site.start()
        except (OSError, OverflowError) as error:
            raise UsageError(f"can't listen on {host}:{port}: {error}") from None
        ready(runner.addresses[0][1])
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()
        if lines is not None:
            lines.close()


def run_server(
    port: int, host: str = "127.0.0.1", faults: Faults | None = None, log: Path | None = None, capacity: int = 0
) -> None:
    """Serve until SIGINT or SIGTERM, then return. Says on stderr where, once it listens."""

    def ready(real: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        print(f"rehearsal endpoint at http://{shown}:{real}/v1", file=sys.stderr, flush=True)

    async def until_signal() -> None:
        task = asyncio.ensure_future(serve(port, host, faults, ready, log=log, capacity=capacity))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    gc.freeze()  # the tables of words need no second look
    asyncio.run(until_signal())
