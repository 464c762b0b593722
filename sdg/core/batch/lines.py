"""The files of the Batch API: their limits, how far one is, and what a line of a reply says. Pure.

Replies come in any order; a line may be an answer, a refusal with its status, or an error without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from sdg.core.reply import Unreadable, parse_json

MAX_LINES = 50_000
MAX_BYTES = 200_000_000
"""What a server takes in one file."""


@dataclass(slots=True)
class File:
    """A file of requests. model: the table that is asked; server: its address; url: the route of all its requests.

    input: what the server calls it once it is uploaded; asked: a batch of it may have been made; batch: its id.
    """

    name: str
    model: str
    server: str
    url: str
    requests: int
    input: str = ""
    asked: bool = False
    batch: str = ""


@dataclass(slots=True)
class Answer:
    """What a batch says to one request. status: 0 where nothing was answered, and `cause` says why."""

    id: str
    status: int
    body: bytes
    cause: str


@dataclass(slots=True)
class Fetched:
    """An answer that is kept, to a request for n choices; settled: the reason why it is the last one."""

    n: int
    tries: int
    status: int
    body: bytes
    cause: str
    settled: str


def answer_in(line: bytes) -> Answer | None:
    """The answer in a line of an output or error file; None where it is none."""
    try:
        said = parse_json(line)
    except Unreadable:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("custom_id"), str):
        return None
    response, error = said.get("response"), said.get("error")
    if isinstance(response, dict) and isinstance(response.get("status_code"), int):
        return Answer(said["custom_id"], response["status_code"], orjson.dumps(response.get("body")), "")
    code = error.get("code") if isinstance(error, dict) else None
    return Answer(said["custom_id"], 0, orjson.dumps({"error": error}), str(code or "no reply"))


def complaints(batch: dict[str, Any]) -> tuple[dict[int, str], str]:
    """Why a batch has failed: by the line of its file where it is the line's fault, and all of it in one sentence."""
    errors = batch.get("errors")
    found = errors.get("data") if isinstance(errors, dict) else errors
    by_line: dict[int, str] = {}
    words: list[str] = []
    for error in found if isinstance(found, list) else []:
        if not isinstance(error, dict):
            continue
        said = ": ".join(str(error[part]) for part in ("code", "message") if error.get(part))
        words.append(said)
        if isinstance(error.get("line"), int) and error["line"] > 0:
            by_line[error["line"]] = said
    return by_line, "; ".join(dict.fromkeys(words[:3])) or "it does not say why"
