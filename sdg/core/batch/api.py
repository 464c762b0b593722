"""The files and batches of a server, through the openai package: upload, begin, look, fetch. Asks until it is told.

A server that is busy or away is waited for, up to the model's patience; one that refuses ends the run in its own words.
What is to be done next is decided in jobs.py. The one importer of openai besides transport.py.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import httpx2
import openai

from sdg.core.config import Model
from sdg.core.errors import Interrupted, Stop, UsageError
from sdg.core.reply import Unreadable, parse_json
from sdg.core.stopping import Stopping
from sdg.core.verdict import FINAL, judge

T = TypeVar("T")
Json = dict[str, Any]
_LONGEST_PAUSE = 60.0
_MARK = "sdg_file"
"""Under this name a batch's metadata holds the name of our file."""
_BLOCK = 1 << 20


class Refused(Stop):
    """The server would not take a file or begin a batch: there is none."""


class BatchApi:
    """The Batch API of one address. table: the configuration's name of the model."""

    def __init__(self, table: str, model: Model, base_url: str, stopping: Stopping, say: Callable[[str], None]) -> None:
        self._base_url, self._patience = base_url, model.patience
        self._key = model.key(table)
        self._stopping, self._say = stopping, say
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=self._key or "none",
            max_retries=0,
            timeout=model.timeout,
            http_client=openai.DefaultAioHttpClient(timeout=model.timeout),
        )
        self._files = self._client.files.with_raw_response
        self._batches = self._client.batches.with_raw_response

    async def upload(self, path: Path) -> str:
        """What the server calls the file."""

        async def once() -> str:
            with path.open("rb") as file:
                return _id(_read(await self._files.create(file=(path.name, file), purpose="batch")))

        return await self._patiently(f"taking {path.name}", once)

    async def create(self, input: str, url: str, name: str, perhaps_there: bool) -> str:
        """Begin a batch of an uploaded file; its id. perhaps_there: look first, as it may have been begun before.

        A request without a reply may have begun it, too.
        """
        looked = not perhaps_there

        async def once() -> str:
            nonlocal looked
            if not looked and (found := await self._find(input, name)):
                return found
            looked = False
            endpoint: Any = url
            asked = self._batches.create(
                input_file_id=input, endpoint=endpoint, completion_window="24h", metadata={_MARK: name}
            )
            return _id(_read(await asked))

        return await self._patiently(f"beginning a batch of {url}", once)

    async def get(self, batch: str) -> Json | None:
        """How a batch is doing; None where it is not known any more."""

        async def once() -> Json | None:
            try:
                return _read(await self._batches.retrieve(batch))
            except openai.NotFoundError:
                return None

        return await self._patiently(f"looking at {batch}", once)

    async def download(self, file: str, path: Path) -> None:
        """Fetch a file."""

        async def once() -> None:
            with path.open("wb") as local:
                async with self._client.files.with_streaming_response.content(file) as reply:
                    async for block in reply.iter_bytes(_BLOCK):
                        _write(local, block, path)

        await self._patiently(f"sending {file}", once)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.close()

    async def _find(self, input: str, name: str) -> str | None:
        """The id of the batch that was begun of a file."""
        after: str | None = None
        while True:
            page = _read(await self._batches.list(limit=100, after=after or openai.omit))
            found = [batch for batch in page.get("data") or [] if isinstance(batch, dict)]
            for batch in found:
                if batch.get("status") == "failed":
                    continue  # an earlier try, which was never begun
                if (batch.get("metadata") or {}).get(_MARK) == name or batch.get("input_file_id") == input:
                    return _id(batch)
            if not found or not page.get("has_more"):
                return None
            after = _id(found[-1])

    async def _patiently(self, what: str, once: Callable[[], Awaitable[T]]) -> T:
        """Until the server has done it. Stop: it refuses to, or has been silent for too long."""
        began, pause, told = time.monotonic(), 1.0, False
        while True:
            wait: float | None = None
            try:
                return await once()
            except openai.APIStatusError as error:
                verdict = judge(error.status_code, error.response.headers, error.response.content)
                reason, wait = self._clean(verdict.reason), verdict.retry_after
                if verdict.meaning in FINAL:
                    raise self._refused(what, error, reason) from None
            except (openai.OpenAIError, httpx2.HTTPError, aiohttp.ClientError, TimeoutError, Unreadable) as error:
                reason = self._clean(str(error.__cause__ or error) or type(error).__name__)
            if self._stopping.requested:
                raise Interrupted
            silent = time.monotonic() - began
            if silent > self._patience + (wait or 0):
                words = f"{self._base_url} gave no good answer to {what} for {silent:.0f} s ({reason})"
                raise Stop(words, advice="Run the same command again to go on")
            if silent > 2 and not told:
                told = True
                self._say(f"{self._base_url}: {what}: {reason}; trying again for {self._patience:.0f} s")
            await self._stopping.sleep(pause if wait is None else wait)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _refused(self, what: str, error: openai.APIStatusError, reason: str) -> Stop:
        status, path = error.status_code, error.request.url.path
        if error.request.method != "POST":
            return Stop(f"{self._base_url} refuses {what}: {reason}", 2)
        # A 404 at /batches may be about the file, or the model.
        if status == 405 or (status == 404 and path.endswith("/files")):
            return Refused(f"{self._base_url} has no Batch API ({status} at {path}): leave --batch out", 2)
        return Refused(f"{self._base_url} refuses {what}: {reason}", 2)

    def _clean(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text


def _read(raw: Any) -> Json:
    data = parse_json(raw.content)
    if not isinstance(data, dict):
        raise Unreadable(f"no object: {str(data)[:100]}")
    return data


def _id(data: Json) -> str:
    if not isinstance(data.get("id"), str):
        raise Unreadable(f"no id: {str(data)[:100]}")
    return str(data["id"])


def _write(local: Any, block: bytes, path: Path) -> None:
    try:
        local.write(block)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
