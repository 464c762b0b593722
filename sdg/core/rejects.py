"""The rejects: every line that did not come out as data, with the reason. Its shape, its file, its reading.

One entry: {id, step, kind, cause, reason, file, line, record}. kind is "dropped" (a rule does not want it), "trimmed"
(a part of a kept line was left behind), "failed" (could not be finished) or "invalid" (bad input). `record` is the
line itself as text, whatever it was: `jq -r .record` gives it back for another try.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import jsonlines
import orjson

from sdg.core.digests import Digests
from sdg.core.errors import UsageError
from sdg.core.output import lock

Kind = Literal["dropped", "trimmed", "failed", "invalid"]


def entry(
    step: str, kind: Kind, *, id: str, cause: str, reason: str, record: bytes, file: str = "", line: int = 0
) -> bytes:
    """One line of a rejects file."""
    return orjson.dumps(
        {
            "id": id,
            "step": step,
            "kind": kind,
            "cause": cause,
            "reason": reason,
            "file": file,
            "line": line,
            "record": record.decode("utf-8", "backslashreplace"),
        }
    )


def read(path: str) -> Iterator[dict[str, Any]]:
    """The entries of a rejects file; a torn last line is passed over."""
    try:
        with open(path, "rb") as file, jsonlines.Reader(file, loads=orjson.loads) as reader:
            for item in reader.iter(type=dict, skip_invalid=True):
                if "step" not in item or "kind" not in item:
                    raise UsageError(f"{path} is not a rejects file: an entry has no step and kind")
                yield item
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from None


def open_file(path: str, step: str, done: Digests | None) -> int:
    """Open a rejects file for appending; its file descriptor.

    done: the ids the output has, when a run is continued; the ids of dropped lines are added to it, and the
    entries of what will be tried again are taken out. None: a new run, so the file is begun anew.
    """
    try:
        if os.path.isfile(path) and os.path.getsize(path):
            _renew(path, step, done)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    if os.path.isfile(path):
        lock(fd, path)
    return fd


def _renew(path: str, step: str, done: Digests | None) -> None:
    """Keep the entries that still hold. A copy is written and put in place, so that a kill loses none."""
    copy = Path(f"{path}.{os.getpid()}.new")
    with open(path, "rb") as old:
        lock(old.fileno(), path)
        with copy.open("wb") as new:
            for item in read(path):
                if item["step"] != step:
                    copy.unlink()
                    raise UsageError(
                        f"{path} holds the rejects of `sdg {item['step']}`: give each command its own file"
                    )
                if done is None:
                    continue
                if item["kind"] == "dropped":
                    done.add(item["id"])
                elif item["kind"] != "trimmed" or item["id"] not in done:
                    continue
                new.write(orjson.dumps(item) + b"\n")
        os.replace(copy, path)
