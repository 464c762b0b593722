"""One request on its way: what leaves for the server, what comes back, and what is said where nothing comes back."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

import pytest
import trustme

from sdg.core.errors import UsageError
from sdg.core.transport import Http, NoReply, Reply

Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
BODY = b'{"model":"m","messages":[]}'
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@asynccontextmanager
async def served(answer: Connection, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server on a free port; its address without /v1."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(connection, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], bytes]:
    """(request line, headers with names in lower case, body) of the next request on a connection."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    line, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, value in (part.split(":", 1) for part in rest)}
    return line, headers, await reader.readexactly(int(headers.get("content-length", 0)))


def always(*chunks: bytes) -> Connection:
    """Answer each request on a connection with these bytes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await request(reader)
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
                await asyncio.sleep(0.01 if len(chunks) > 1 else 0)

    return answer


async def ask(url: str, times: int = 1, timeout: float = 5) -> list[Reply]:
    """The replies to `times` requests, one after the other."""
    http = Http(f"{url}/v1", "the-key", timeout)
    try:
        return [await http.send("POST", "/chat/completions", BODY) for _ in range(times)]
    finally:
        await http.close()


def test_later_requests_are_those_that_the_openai_package_makes_up_with_other_bodies_on_the_same_connection() -> None:
    came: list[Any] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            came.append((id(writer), *await request(reader)))
            writer.write(OK)

    async def talk() -> None:
        async with served(answer) as url:
            http = Http(f"{url}/v1", "the-key", 5)
            for body in (b'{"n":1}', b'{"n":2}'):
                await http.send("POST", "/chat/completions", body)
            await http.send("POST", "/classify", b'{"n":3}', root=True)
            await http.send("POST", "/chat/completions", b'{"n":4}', sample=7)
            assert http.connect_seconds > 0
            await http.close()

    asyncio.run(talk())
    (first, second, rooted, numbered) = came
    assert first[:3] == second[:3]
    assert [part[3] for part in came] == [b'{"n":1}', b'{"n":2}', b'{"n":3}', b'{"n":4}']
    assert first[1] == "POST /v1/chat/completions HTTP/1.1"
    assert rooted[1] == "POST /classify HTTP/1.1"
    assert first[2]["authorization"] == "Bearer the-key"
    assert first[2]["content-type"] == "application/json"
    assert not [name for name in first[2] if "stainless" in name], "nobody is told of the machine it comes from"
    assert "x-sdg-sample" not in first[2]
    assert numbered[2]["x-sdg-sample"] == "7"


def test_a_reply_in_chunks_and_packed_is_whole_and_a_redirect_is_not_followed() -> None:
    packed = gzip.compress(b'{"choices":[]}')
    pieces = [packed[:5], packed[5:]]
    chunked = [
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n",
        *(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces),
        b"0\r\n\r\n",
    ]
    redirect = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\nRetry-After: 3\r\ncontent-length: 0\r\n\r\n"

    async def talk() -> None:
        async with served(always(*chunked)) as url:
            assert [(r.status, r.body) for r in await ask(url, times=2)] == [(200, b'{"choices":[]}')] * 2
        async with served(always(redirect)) as url:
            [reply] = await ask(url)
            assert (reply.status, reply.headers["location"], reply.headers["retry-after"]) == (
                302,
                "http://127.0.0.1:9/",
                "3",
            )

    asyncio.run(talk())


def test_whoever_does_not_answer_is_told_from_whoever_breaks_off() -> None:
    async def reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        await asyncio.sleep(5)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b" ")
            await asyncio.sleep(0.05)

    async def short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")

    async def no_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request(reader)
        writer.write(b"220 mail.example.com ESMTP\r\n\r\n")

    async def cause(answer: Connection) -> tuple[str, bool]:
        async with served(answer) as url:
            with pytest.raises(NoReply) as none:
                await ask(url, timeout=0.4)
            return none.value.cause, none.value.refused

    async def talk() -> None:
        assert await cause(reset) == ("connection reset", False)
        assert await cause(hang) == ("timeout", False)
        assert await cause(drip) == ("timeout", False), "the time is that of the whole reply"
        assert await cause(short) == ("cut body", False)
        assert await cause(no_http) == ("connection broken", False)
        async with served(hang) as url:
            pass
        with pytest.raises(NoReply) as nobody:
            await ask(url)
        assert (nobody.value.cause, nobody.value.refused) == ("no connection", True)
        assert str(nobody.value) == f"{url.removeprefix('http://')}: Connection refused"

    asyncio.run(talk())


def test_a_certificate_is_checked_against_the_authorities_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))

    async def talk() -> None:
        async with served(always(OK), server) as url:
            with pytest.raises(NoReply) as unknown:
                await ask(url)
            assert (unknown.value.cause, unknown.value.refused) == ("certificate not trusted", True)
            monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
            assert [reply.body for reply in await ask(url)] == [b"{}"]

    asyncio.run(talk())


def test_the_proxy_of_the_environment_is_used_but_for_addresses_that_it_excepts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append((await request(reader))[0])
        writer.write(OK)

    async def talk() -> None:
        async with served(proxy) as url:
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.delenv("no_proxy", raising=False)
            monkeypatch.delenv("NO_PROXY", raising=False)
            await ask("http://models.example.com:8000")
            async with served(always(OK)) as direct:
                monkeypatch.setenv("no_proxy", direct.removeprefix("http://"))
                await ask(direct)
            monkeypatch.setenv("http_proxy", url.removeprefix("http://"))
            await ask("http://others.example.com")
            monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:1080")
            with pytest.raises(UsageError, match="names a socks5 proxy"):
                await ask("http://others.example.com")

    asyncio.run(talk())
    assert asked == [
        "POST http://models.example.com:8000/v1/chat/completions HTTP/1.1",
        "POST http://others.example.com/v1/chat/completions HTTP/1.1",
    ]
