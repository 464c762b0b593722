"""Foreign inputs as numbered rows of JSON: a data set of the hub, a Parquet file, one JSON array.

Read in a thread, a little ahead of who asks; only an array from a pipe is held as a whole. JSONL is read in lines.py.
What a row means is not known here.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, TextIO

import orjson

from sdg.core.ahead import Ahead
from sdg.core.errors import UsageError
from sdg.core.hub import HUB, rows
from sdg.core.jsonl import MAX_LINE
from sdg.core.lines import BOM, LineReader

_BLOCK = 1 << 20
_NO_SPACE = re.compile(r"[^ \t\r\n]")


class RowReader:
    """`async for number, row in reader`: each row as the bytes of a JSON object, numbered from 1.

    A row over MAX_LINE bytes is given as None. UsageError where the input can't be read, also in the midst of it.
    """

    def __init__(self, path: str, read: Callable[[str], Iterator[bytes]]) -> None:
        self.name = self.path = path
        self._read = read

    async def __aiter__(self) -> AsyncIterator[tuple[int, bytes | None]]:
        number = 0
        async for row in Ahead(lambda: self._read(self.path)):
            number += 1
            yield number, row if len(row) <= MAX_LINE else None

    def count(self) -> int | None:
        """Unknown without reading it all."""
        return None


class PipeReader(LineReader):
    """Lines of stdin or a pipe, which may be one JSON array as well: then each element is a line.

    A pipe can't be read twice, so an array is held as a whole.
    """

    async def blocks(self) -> AsyncIterator[bytes]:
        blocks = super().blocks()
        begun = b""
        async for block in blocks:
            begun += block
            if begun.removeprefix(BOM).strip() and not BOM.startswith(begun):
                break
        if not _is_array(begun):
            yield begun
            async for block in blocks:
                yield block
            return
        whole = io.BytesIO(begun + b"".join([block async for block in blocks]))
        for element in _elements(io.TextIOWrapper(whole, encoding="utf-8-sig"), self.name):
            await asyncio.sleep(0)
            yield element.replace(b"\n", b" ") + b"\n"  # inside a string of JSON no line ends


Reader = LineReader | RowReader


def open_reader(path: str, foreign: bool) -> Reader:
    """The reader of an input: "-", a path, or hf://ORG/NAME[:split].

    foreign: a Parquet file or one JSON array will do as well. UsageError: it can't be read.
    """
    if path.startswith(HUB):
        return RowReader(path, _hub)
    if not foreign:
        return LineReader(path)
    if path == "-" or not os.path.isfile(path):
        return PipeReader(path)
    if path.endswith(".parquet"):
        return RowReader(path, _parquet)
    return RowReader(path, _array) if _begins_with_bracket(path) else LineReader(path)


def _hub(source: str) -> Iterator[bytes]:
    for row in rows(source):
        yield _as_json(row)


def _parquet(path: str) -> Iterator[bytes]:
    import pyarrow
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    yield _as_json(row)
    except (OSError, pyarrow.ArrowException) as error:
        raise UsageError(f"cannot read {path}: {' '.join(str(error).split())}") from None


def _array(path: str) -> Iterator[bytes]:
    try:
        with open(path, encoding="utf-8-sig") as file:
            yield from _elements(file, path)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _elements(file: TextIO, name: str) -> Iterator[bytes]:
    """The elements of a text that is one JSON array, each as it stands there. name: what messages call it."""
    decoder = json.JSONDecoder()
    number = 0
    try:
        text = _Text(file)
        text.take("[")
        if text.take("]"):
            return
        while True:
            number += 1
            yield text.element(decoder).encode("utf-8", "surrogatepass")
            if not text.take(","):
                break
        if not text.take("]") or text.more():
            raise ValueError("a comma or the end of the array was expected after it")
    except UnicodeDecodeError:
        raise UsageError(f"{name}: not UTF-8 text") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: element {number} of the array is not JSON: {error}") from None


class _Text:
    """A text file of which only as much is held as one element needs."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._place = 0

    def more(self) -> bool:
        """Whether there is anything but white space ahead; goes there."""
        while True:
            found = _NO_SPACE.search(self._text, self._place)
            if found:
                self._place = found.start()
                return True
            if not self._read(_BLOCK):
                return False

    def take(self, sign: str) -> bool:
        """Go past this sign if it is the next."""
        there = self.more() and self._text[self._place] == sign
        self._place += there
        return there

    def element(self, decoder: json.JSONDecoder) -> str:
        """The next JSON value as it stands there; ValueError if there is none."""
        self.more()
        size = _BLOCK
        while True:
            try:
                end = decoder.raw_decode(self._text, self._place)[1]
                fault = None
            except json.JSONDecodeError as error:
                end, fault = len(self._text), error
            # A number may go on in the next block: "-0" may be the beginning of "-0.25".
            if self._text[end : end + 1] in tuple(", \t\r\n]") or not self._read(size):
                break
            size *= 2
        if fault:
            raise ValueError(fault.msg)
        start, self._place = self._place, end
        return self._text[start:end]

    def _read(self, size: int) -> bool:
        block = self._file.read(size)
        if block:
            self._text, self._place = self._text[self._place :] + block, 0
        return bool(block)


def _begins_with_bracket(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return _is_array(file.read(64))
    except OSError:
        return False


def _is_array(begun: bytes) -> bool:
    return begun.removeprefix(BOM).lstrip()[:1] == b"["


def _as_json(row: dict[str, Any]) -> bytes:
    """A row as JSON; what JSON has no word for (images, bytes) becomes text."""
    try:
        return orjson.dumps(row, default=str)
    except (TypeError, ValueError):
        return json.dumps(row, default=str).encode("utf-8", "replace")
