"""What an HTTP reply means for the request that brought it. Pure: asks nothing, waits for nothing.

`OK`: read it. `WAIT`: the server is busy, not an attempt. `AGAIN`: an attempt that failed. `RECORD`: this request
will never work. `REFUSED`: the same, and it is not said of its contents why. `DENIED`: this request or none.
`STOP`: no request will. The status decides, then words: proxies send codes as text, as numbers or not at all.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any

import orjson

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|ContextWindowExceeded|maximum context length"
    r"|context (?:length|size|window)|too many tokens|prompt is too long|longer than the (?:maximum )?(?:model|context)"
    r"|input_tokens",
    re.IGNORECASE,
)
_UNKNOWN_MODEL = re.compile(
    r"model[^.]{0,80}(?:does not exist|not found|not exist)|(?:invalid|unknown) model", re.IGNORECASE
)
# Not the mere word: a plain rate limit is told together with where to pay for a higher one.
_NO_MONEY = re.compile(
    r"insufficient_quota|exceeded your current quota|billing_(?:hard_limit|not_active)"
    r"|(?:insufficient|not enough|no|out of) (?:\w+ )?(?:credits?|balance|funds)|credit balance",
    re.IGNORECASE,
)
_NO_KEYS = re.compile("no_db_connection|No connected db", re.IGNORECASE)
"""LiteLLM's words, with a 400, about a key that is not its master key where it has no others."""
_WORDS = 300


class Meaning(Enum):
    """What to do with a reply."""

    OK = "ok"
    WAIT = "wait"
    AGAIN = "again"
    RECORD = "record"
    REFUSED = "refused"
    DENIED = "denied"
    STOP = "stop"


FINAL = (Meaning.RECORD, Meaning.REFUSED, Meaning.DENIED, Meaning.STOP)
"""The same server would say the same again."""


@dataclass(slots=True)
class Verdict:
    """cause: fixed words to count by. reason: with the server's own words. retry_after: seconds, if the server said."""

    meaning: Meaning
    cause: str = ""
    reason: str = ""
    retry_after: float | None = None


def judge(status: int, headers: Mapping[str, str], body: bytes) -> Verdict:
    """The meaning of a status. A 200 still has to be read: it may hold anything."""
    if 200 <= status < 300:
        return Verdict(Meaning.OK)
    said = words(body)
    reason = f"{status}: {said}"
    if status in (401, 402, 410) or (status == 404 and _UNKNOWN_MODEL.search(said)):
        return Verdict(Meaning.STOP, str(status), reason)
    if status in (403, 404, 405):
        return Verdict(Meaning.DENIED, str(status), reason)
    if 300 <= status < 400:
        return Verdict(Meaning.STOP, str(status), f"{status}: redirects to {headers.get('location', 'nowhere')}")
    if status == 429 and _NO_MONEY.search(said):
        return Verdict(Meaning.STOP, "no credit", reason)
    if status in (429, 503):
        return Verdict(Meaning.WAIT, str(status), reason, retry_after(headers))
    if status in (408, 409, 425) or status >= 500:
        return Verdict(Meaning.AGAIN, str(status), reason, retry_after(headers))
    if _TOO_LONG.search(said):
        return Verdict(Meaning.RECORD, "context too long", reason)
    if _UNKNOWN_MODEL.search(said):
        return Verdict(Meaning.STOP, "unknown model", reason)
    if _NO_KEYS.search(said):
        return Verdict(Meaning.STOP, "wrong key", reason)
    return Verdict(Meaning.REFUSED, f"refused with {status}", reason)


def words(body: bytes) -> str:
    """The server's own words in an error body of any shape, on one line, at most 300 characters."""
    text = body.decode("utf-8", "replace")
    try:
        found = _message(orjson.loads(body))
    except orjson.JSONDecodeError:
        found = re.sub(r"<[^>]{0,200}>", " ", text) if text.lstrip().startswith("<") else text
    line = " ".join((found or text).split())
    return (line[:_WORDS] + "...") if len(line) > _WORDS else line or "(no words)"


def _message(data: Any) -> str:
    """`error.message`, `message`, or RFC 9457's `title` and `detail`, with type and code where they say more."""
    if isinstance(data, dict):
        inner = data.get("error", data)
        if isinstance(inner, str):
            return inner
        if isinstance(inner, dict):
            parts = [inner.get(key) for key in ("title", "message", "detail", "type", "code", "param")]
            return ", ".join(dict.fromkeys(str(part) for part in parts if part not in (None, "", "about:blank")))
    return str(data)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait: a number, milliseconds or an HTTP date; also as LiteLLM passes it on."""
    for name in ("retry-after-ms", "retry-after", "llm_provider-retry-after"):
        value = headers.get(name)
        if not value:
            continue
        try:
            seconds = float(value) / (1000 if name.endswith("-ms") else 1)
        except ValueError:
            try:
                seconds = parsedate_to_datetime(value).timestamp() - _clock(headers)
            except ValueError:
                continue
        if seconds == seconds:
            return min(max(seconds, 0.0), 86_400.0)
    return None


def _clock(headers: Mapping[str, str]) -> float:
    """The time where the reply was made, by which its dates go; ours where it does not say."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except ValueError:
        return time.time()
