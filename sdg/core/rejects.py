"""The rejects: every line that did not come out as data, with the reason. Its shape, its file, its reading.

One entry: {id, step, kind, cause, reason, file, line, record}. kind is "dropped" (a rule does not want it), "trimmed"
(a part of a kept line was left behind), "failed" (could not be finished) or "invalid" (bad input). `record` is the
line itself as text, whatever it was: `jq -r .record` gives it back for another try.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson
from pydantic import BaseModel

from sdg.core.digests import Digests
from sdg.core.errors import UsageError
from sdg.core.output import lock
from sdg.core.stage import REPEATED

Kind = Literal["dropped", "trimmed", "failed", "invalid"]
_TEXTS = ("id", "step", "kind", "cause", "reason", "file", "record")


class Entry(BaseModel):
    """One line of a rejects file, read."""

    id: str
    step: str
    kind: Kind
    cause: str
    reason: str
    file: str = ""
    line: int = 0
    record: str


def entry(
    step: str, kind: Kind, *, id: str, cause: str, reason: str, record: bytes, file: str = "", line: int = 0
) -> bytes:
    """One line of a rejects file."""
    texts = {"id": id, "step": step, "kind": kind, "cause": cause, "reason": reason, "file": file}
    # A file's name or a server's words may hold what no JSON can.
    clean = {key: text.encode("utf-8", "backslashreplace").decode() for key, text in texts.items()}
    return orjson.dumps({**clean, "line": line, "record": record.decode("utf-8", "backslashreplace")})


def read(path: str) -> Iterator[dict[str, Any]]:
    """The entries of a rejects file. A torn last line is passed over; UsageError for any other that is no entry."""
    import jsonlines

    try:
        with open(path, "rb") as file, jsonlines.Reader(_whole_lines(file), loads=orjson.loads) as reader:
            for number, item in enumerate(reader.iter(), 1):
                if not isinstance(item, dict) or not all(isinstance(item.get(key), str) for key in _TEXTS):
                    raise UsageError(f"{path} line {number}: this is no entry of a rejects file")
                yield item
    except jsonlines.InvalidLineError as error:
        raise UsageError(f"{path} line {error.lineno}: this is no entry of a rejects file") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    return (line for line in file if line.endswith(b"\n"))


def open_file(path: str, step: str, done: Digests | None, by_line: bool) -> int:
    """Open a rejects file for appending; its file descriptor.

    done: the ids the output has, when a run is continued; the ids of dropped lines are added to it, and the
    entries of what will be tried again are taken out. None: a new run, so the file is begun anew. by_line: `done`
    holds whole lines instead of ids.
    """
    try:
        if os.path.isfile(path) and os.path.getsize(path):
            _renew(path, step, done, by_line)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    if os.path.isfile(path):
        lock(fd, path)
    return fd


def _renew(path: str, step: str, done: Digests | None, by_line: bool) -> None:
    """Keep the entries that still hold. A copy is written and put in place, so that a kill loses none."""
    path = os.path.realpath(path)
    copy = Path(f"{path}.{os.getpid()}.new")
    try:
        with open(path, "rb") as old, copy.open("wb") as new:
            lock(old.fileno(), path)
            for item in read(path):
                if item["step"] != step:
                    raise UsageError(
                        f"{path} holds the rejects of `sdg {item['step']}`: give each command its own file"
                    )
                if done is None:
                    continue
                key = item["record"] if by_line else item["id"]
                if item["kind"] == "dropped" and item["cause"] != REPEATED:
                    done.add(key)
                elif item["kind"] != "trimmed" or key not in done:
                    continue  # a failed line is tried again, a repeated one is told of again
                new.write(orjson.dumps(item) + b"\n")
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)
