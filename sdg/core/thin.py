"""The way between the openai package and aiohttp, without the request and response objects that stand between them.

The openai package decides what is asked (address, key, headers), aiohttp sends it: connections, TLS, proxies, chunked
and packed replies are its work. Per request this costs a third of openai's own way over httpx2 (benchmarks/README.md).
What a reply means, and what an error means, is not decided here. Imported by transport.py only.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx2
from multidict import CIMultiDict
from yarl import URL

from sdg.core.errors import UsageError

_NOWHERE = httpx2.MockTransport(lambda request: httpx2.Response(500))
"""httpx2 would make a pool and a TLS context of its own, which nothing would use."""


@dataclass(slots=True)
class Request:
    """What is sent: as much of an httpx2.Request as the openai package looks at."""

    method: str
    url: URL
    headers: CIMultiDict[str]
    content: bytes | None


@dataclass(slots=True)
class Response:
    """What came back, read to its end: as much of an httpx2.Response as the openai package looks at."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    request: Request

    def raise_for_status(self) -> Response:
        """Whatever the status: what it means is told by core/verdict.py, not by an exception."""
        return self


class AioHttp(httpx2.AsyncClient):
    """The `http_client` of an openai client. timeout, connect: seconds for a whole request, and for a connection."""

    def __init__(self, base_url: str, timeout: float, connect: float) -> None:
        super().__init__(transport=_NOWHERE, timeout=timeout, trust_env=False)
        tls = httpx2.create_ssl_context() if base_url.startswith("https:") else True
        self._connector = _Connector(limit=0, ssl=tls)
        self._session: aiohttp.ClientSession | None = None
        self._times = aiohttp.ClientTimeout(total=timeout, sock_connect=connect)
        self._proxy = _proxy_for(base_url)

    @property
    def connect_seconds(self) -> float:
        """Seconds that the quickest connection took to be made; 0.0 before the first."""
        return self._connector.connect_seconds

    def build_request(self, method: str, url: Any, **parts: Any) -> Any:
        """The request as the openai package has made it up."""
        headers = CIMultiDict((k, v) for k, v in parts["headers"] if not k.lower().startswith("x-stainless-"))
        return Request(method, URL(str(url)), headers, parts.get("content"))

    async def again(self, request: Request, content: bytes | None) -> Response:
        """A request that the openai package made up before, with another body."""
        response: Response = await self.send(replace(request, content=content))
        return response

    async def send(self, request: Any, **how: Any) -> Any:
        """One request over aiohttp; its exceptions come out as they are."""
        session = self._session or self._connect()
        async with session.request(
            request.method,
            request.url,
            data=request.content,
            headers=request.headers,
            allow_redirects=False,
            proxy=self._proxy,
        ) as reply:
            return Response(reply.status, reply.headers, await reply.read(), request)

    async def aclose(self) -> None:
        """Let go of the connections."""
        await super().aclose()
        if self._session:
            await self._session.close()

    def _connect(self) -> aiohttp.ClientSession:
        # No cookies, and no limit of connections: how many requests are in flight is decided before they come here.
        self._session = aiohttp.ClientSession(
            connector=self._connector, timeout=self._times, cookie_jar=aiohttp.DummyCookieJar()
        )
        return self._session


class _Connector(aiohttp.TCPConnector):
    """Connections, timed: how far away a server is, nothing else tells before its first answer."""

    connect_seconds = 0.0

    async def _create_connection(self, *parts: Any, **more: Any) -> Any:
        began = time.monotonic()
        made = await super()._create_connection(*parts, **more)
        took = time.monotonic() - began
        self.connect_seconds = min(self.connect_seconds or took, took)
        return made


def _proxy_for(base_url: str) -> str | None:
    """The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY, ...), looked up once."""
    parts = urlsplit(base_url)
    named = None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme) or getproxies().get("all")
    if not named:
        return None
    proxy = named if "://" in named else f"http://{named}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise UsageError(
            f"the environment names a {urlsplit(proxy).scheme} proxy for {base_url}, and only HTTP ones can be used: "
            f"put {parts.hostname} into NO_PROXY, or name another proxy"
        )
    return proxy
