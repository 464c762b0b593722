"""How the endpoint misbehaves on request: which fault a request meets, and how long its reply takes.

Faults are drawn from (seed, request, how often this request has been asked), so a run can be repeated and a
retried request gets a fresh draw. What a fault does to a reply is in reply.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from math import cos, exp, isfinite, log, pi, sqrt
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

from sdg.core.errors import UsageError, nearest

KINDS = {
    "reset": "the connection is reset",
    "hang": "no reply ever comes",
    "cut": "200 with JSON that breaks off",
    "html": "200 with a page of HTML",
    "null": "content is null",
    "no-choices": "choices is null",
    "empty": "choices is an empty list",
    "fewer": "fewer choices than asked for",
    "surrogate": "the text begins with a lone surrogate",
}
"""The faults besides the HTTP statuses from 400 to 599, which are named by their number."""
AT_THE_DOOR = ("401", "403", "404", "410", "429")  # refused before any work: no latency
REMEMBERED = 50_000  # requests of which it is known how often they were asked; bounds the memory


class Latency(BaseModel):
    """Seconds that a reply takes: fixed, exponential (mean), lognormal (median, and sigma of the logarithm)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shape: Literal["fixed", "exponential", "lognormal"] = "fixed"
    seconds: float = Field(0.0, ge=0)
    sigma: float = Field(0.0, ge=0)

    @classmethod
    def parse(cls, text: str) -> Latency:
        """`fixed:0.05`, `exponential:0.1` or `lognormal:0.5,1`. UsageError for anything else."""
        shape, _, numbers = text.partition(":")
        values = [_number(part) for part in numbers.split(",")] if numbers else []
        wanted = {"fixed": 1, "exponential": 1, "lognormal": 2}
        if wanted.get(shape) != len(values) or any(value is None or value < 0 for value in values):
            raise UsageError(f"latency {text!r}: write fixed:SECONDS, exponential:MEAN or lognormal:MEDIAN,SIGMA")
        first, second = values[0] or 0.0, (values[1] or 0.0) if len(values) > 1 else 0.0
        return cls(shape=shape, seconds=first, sigma=second)  # type: ignore[arg-type]

    def draw(self, one: float, two: float) -> float:
        """Seconds, from two uniform numbers in [0, 1)."""
        if self.shape == "exponential":
            return -self.seconds * log(1 - one)
        if self.shape == "lognormal":
            return self.seconds * exp(self.sigma * sqrt(-2 * log(1 - one)) * cos(2 * pi * two))
        return self.seconds


class Faults(BaseModel):
    """Shares of requests by kind of fault, the Retry-After of a 429 in seconds (0: none), and the latency."""

    model_config = ConfigDict(extra="forbid")

    shares: dict[str, float] = {}
    retry_after: float = Field(1.0, ge=0)
    latency: Latency = Latency()
    seed: int = 0
    _asked: dict[bytes, int] = PrivateAttr(default_factory=dict)

    @classmethod
    def parse(cls, options: Iterable[str] = (), latency: str = "", seed: int = 0) -> Faults:
        """From options such as `429=0.05`, `reset=0.01` and `retry-after=2`. UsageError names a wrong one."""
        shares: dict[str, float] = {}
        retry_after = 1.0
        for option in options:
            kind, sign, text = option.partition("=")
            kind, value = kind.strip().lower(), _number(text)
            if not sign or value is None or value < 0:
                raise UsageError(f"fault {option!r}: write KIND=SHARE, for example 429=0.05")
            if kind == "retry-after":
                retry_after = value
                continue
            check_kind(kind)
            shares[kind] = value
        if sum(shares.values()) > 1 + 1e-9:
            raise UsageError(f"the shares of faults add up to {sum(shares.values()):g}, more than 1")
        return cls(
            shares=shares, retry_after=retry_after, latency=Latency.parse(latency) if latency else Latency(), seed=seed
        )

    def draw(self, request: bytes) -> tuple[str, float]:
        """(the fault or "", seconds to wait). request: bytes that stand for the request, its body for example."""
        if not self.shares and not self.latency.seconds:
            return "", 0.0
        key = sha256(request).digest()[:8]
        times = self._asked.pop(key, 0)
        self._asked[key] = times + 1
        if len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]
        where, one, two = _uniforms(b"%d %d " % (self.seed, times) + key)
        fault = ""
        for kind, share in self.shares.items():
            where -= share
            if where < 0:
                fault = kind
                break
        return fault, 0.0 if fault in AT_THE_DOOR else self.latency.draw(one, two)


def _uniforms(text: bytes) -> tuple[float, float, float]:
    """Three numbers in [0, 1), the same for the same text everywhere."""
    dice = sha256(text).digest()
    one, two, three = (int.from_bytes(dice[start : start + 6], "big") / 2**48 for start in (0, 6, 12))
    return one, two, three


def check_kind(kind: str) -> None:
    """UsageError unless this is a fault."""
    if kind not in KINDS and not (kind.isascii() and kind.isdigit() and 400 <= int(kind) <= 599):
        known = ", ".join(KINDS)
        raise UsageError(f"unknown fault {kind!r}{nearest(kind, KINDS)}: write a status (400 to 599) or one of {known}")


def forced(headers: Mapping[str, str], request: bytes) -> tuple[str, float | None]:
    """(the fault, the seconds) that a request's own headers ask for. UsageError if they make no sense."""
    kind, latency = headers.get("x-sdg-fault", ""), headers.get("x-sdg-latency", "")
    if kind:
        check_kind(kind)
    if not latency:
        return kind, None
    _, one, two = _uniforms(request)
    return kind, Latency.parse(latency).draw(one, two)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None
