"""Bytes to an endpoint and back, through openai; decides nothing about what a reply means. Only the files and batches
of --batch go another way (batch/api.py, the one other importer of openai).

The openai package makes up the first request to each path, with address, key and headers; later ones are that one with
another body, sent over aiohttp (thin.py). What comes back is checked in endpoint.py, because servers lie.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

_CONNECT = 15.0
"""Seconds within which a connection has to be made."""


@dataclass(slots=True)
class Reply:
    """What a server sent, whatever it was. Header names are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class NoReply(Exception):
    """Nothing came back. `refused`: no connection could be made at all, so nobody was asked anything."""

    def __init__(self, cause: str, reason: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.cause = cause
        self.refused = refused


class Transport(Protocol):
    """One way to an endpoint. connect_seconds: of its quickest connection (DNS, TCP and TLS); 0.0 before the first."""

    @property
    def connect_seconds(self) -> float:
        raise NotImplementedError

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        """Send one request; NoReply where the connection gave none.

        body: JSON. sample: which sample of the request it is, told to rehearsal endpoints only (None: not told).
        root: `path` counts from the server's root, not from its base_url.
        """

    async def close(self) -> None:
        """Let go of the connections."""


class Http(Transport):
    """Over HTTP, with the openai package on aiohttp. timeout: seconds for one request, from its start to its end."""

    def __init__(self, base_url: str, key: str, timeout: float) -> None:
        import aiohttp
        import httpx2
        import openai

        from sdg.core.thin import AioHttp

        self._errors = (aiohttp.ClientError, TimeoutError, OSError, openai.APIConnectionError)
        self._reply_type = httpx2.Response
        self._root = base_url.rstrip("/").removesuffix("/v1")
        self._http = AioHttp(base_url, timeout, min(timeout, _CONNECT))
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=key or "none", max_retries=0, timeout=timeout, http_client=self._http
        )
        self._known: dict[str, Any] = {}

    @property
    def connect_seconds(self) -> float:
        return self._http.connect_seconds

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        path = self._root + path if root else path
        try:
            reply = await self._send(method, path, body, sample)
        except self._errors as error:
            raise _no_reply(error) from None
        return Reply(reply.status_code, reply.content, reply.headers)

    async def close(self) -> None:
        await self._client.close()

    async def _send(self, method: str, path: str, body: bytes | None, sample: int | None) -> Any:
        """The openai package makes up the first request to each path; later ones are that one with another body."""
        if method == "GET":
            return await self._client.get(path, cast_to=self._reply_type)
        known = self._known.get(path)
        if known is not None and sample is None:
            return await self._http.again(known, body)
        options: Any = {} if sample is None else {"headers": {"x-sdg-sample": str(sample)}}
        reply: Any = await self._client.post(path, cast_to=self._reply_type, content=body, options=options)
        if sample is None:
            self._known[path] = reply.request
        return reply


class Rehearsal(Transport):
    """The embedded endpoint, in this process. context: tokens of its models, as the configuration has it."""

    connect_seconds = 0.0

    def __init__(self, context: int) -> None:
        self._context = context

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        from sdg.rehearsal.reply import answer

        headers = {"x-sdg-sample": str(sample or 0)}
        try:
            reply = await answer(method, path, headers, body or b"", context=self._context)
        except ConnectionResetError as error:
            raise NoReply("connection reset", str(error)) from None
        await asyncio.sleep(0)  # a reply at once must not starve the other workers
        return Reply(reply.status, reply.body, {name.lower(): value for name, value in reply.headers.items()})

    async def close(self) -> None:
        return


def _no_reply(error: BaseException) -> NoReply:
    """What the absence of a reply means; aiohttp's exceptions, some of which the openai package has wrapped."""
    import aiohttp
    import openai

    if isinstance(error, openai.APIConnectionError) and error.__cause__:
        error = error.__cause__
    words = str(error) or type(error).__name__
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return NoReply("certificate not trusted", words, refused=True)
    if isinstance(error, aiohttp.ClientSSLError):
        return NoReply("no secure connection", words, refused=True)
    if isinstance(error, aiohttp.ClientConnectorError):
        why = os.strerror(error.os_error.errno) if error.os_error.errno else str(error.os_error)
        return NoReply("no connection", f"{error.host}:{error.port}: {why}", refused=True)
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return NoReply("no connection", words, refused=True)
    if isinstance(error, TimeoutError):
        return NoReply("timeout", "the server did not answer in time")
    if isinstance(error, aiohttp.ClientPayloadError):
        return NoReply("cut body", words)
    if isinstance(error, aiohttp.ServerDisconnectedError | OSError):
        return NoReply("connection reset", words)
    if isinstance(error, aiohttp.ClientResponseError):  # what follows its first line is a drawing of the bytes
        words = error.message.partition("\n")[0].rstrip(":")
    return NoReply("connection broken", words)
