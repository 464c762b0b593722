"""Bytes to an endpoint and back. The only importer of openai; decides nothing about what a reply means.

`client.post(..., cast_to=httpx2.Response)` is used instead of `create()`: a third of the CPU time per request, and the
checks of what came back are ours anyway (endpoint.py), because servers lie.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


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
    """One way to an endpoint."""

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
    """Over HTTP, with the openai package on aiohttp. `timeout`: seconds for one request."""

    def __init__(self, base_url: str, key: str, timeout: float, connections: int) -> None:
        import httpx2
        import openai

        limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
        times = httpx2.Timeout(timeout, connect=min(timeout, 15.0))
        self._openai = openai
        self._reply_type = httpx2.Response
        self._root = base_url.rstrip("/").removesuffix("/v1")
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",
            max_retries=0,
            http_client=openai.DefaultAioHttpClient(limits=limits, timeout=times, follow_redirects=False),
            timeout=times,
        )

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        headers = {} if sample is None else {"x-sdg-sample": str(sample)}
        path = self._root + path if root else path
        openai = self._openai
        try:
            if method == "GET":
                response = await self._client.get(path, cast_to=self._reply_type)
            else:
                response = await self._client.post(
                    path, cast_to=self._reply_type, body=body, options={"headers": headers}
                )
        except openai.APIStatusError as error:
            response = error.response
        except openai.APIConnectionError as error:
            raise _no_reply(error) from None
        return Reply(response.status_code, response.content, response.headers)

    async def close(self) -> None:
        await self._client.close()


class Rehearsal(Transport):
    """The embedded endpoint, in this process."""

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        from sdg.rehearsal.reply import answer

        headers = {"x-sdg-sample": str(sample or 0)}
        try:
            reply = await answer(method, path, headers, body or b"")
        except ConnectionResetError as error:
            raise NoReply("connection reset", str(error)) from None
        await asyncio.sleep(0)  # a reply at once must not starve the other workers
        return Reply(reply.status, reply.body, {name.lower(): value for name, value in reply.headers.items()})

    async def close(self) -> None:
        return


def _no_reply(error: Exception) -> NoReply:
    """Over aiohttp a reset arrives as a timeout: the chain of causes tells them apart."""
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    names = {type(link).__name__ for link in chain}
    words = next((str(link) for link in reversed(chain) if str(link)), type(error).__name__)
    if names & {"ClientConnectorError", "ClientConnectorDNSError", "ConnectError", "ConnectionRefusedError"}:
        return NoReply("no connection", words, refused=True)
    if names & {"ClientConnectorCertificateError", "ClientConnectorSSLError"}:
        return NoReply("no secure connection", words, refused=True)
    if names & {"ServerDisconnectedError", "ClientOSError", "ConnectionResetError", "ClientPayloadError"}:
        return NoReply("connection reset", words)
    return (
        NoReply("timeout", "the server did not answer in time")
        if "imeout" in "".join(names)
        else NoReply("connection broken", words)
    )
