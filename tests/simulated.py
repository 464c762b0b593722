"""Simulated servers and a clock that jumps to the next timer: minutes of traffic in a moment, and the same each time.

How much a server is given, and when, is decided by time alone; what goes over a connection is tested elsewhere, with
real ones.
"""

from __future__ import annotations

import asyncio
import random
import selectors
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import pytest

from sdg.core import pools
from sdg.core.budget import Budget
from sdg.core.config import Model
from sdg.core.errors import Interrupted, RecordFailed, Stop
from sdg.core.funnel import Funnel
from sdg.core.pools import Pools
from sdg.core.sender import Sender
from sdg.core.stopping import Paid, Stopping, current_item
from sdg.core.transport import NoReply, Reply

T = TypeVar("T")
ROUND_TRIP = 0.001
TIMEOUT = 600.0


class _Jumping(selectors.SelectSelector):
    """Does not sleep, but puts the clock forward."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """asyncio.run with such a clock. There must be no sockets: nothing that really takes time."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        return runner.run(main)


def now() -> float:
    """The time on that clock, from 0."""
    return asyncio.get_running_loop().time()


@dataclass
class Simulated:
    """One server. latency: draws the seconds of one answer. capacity: how many at once, by the time; more get 429.

    full: what happens then, a 429 or a time-out; refusing: seconds until then. faults: shares of 429 (Retry-After 1),
    500 and reset. there: whether anybody listens, by the time. hangs: whether it takes requests and never answers.
    says: its status, for a request's number at a time. broken: why no connection can be made.
    """

    latency: Callable[[random.Random], float] = lambda dice: 0.1
    capacity: Callable[[float], int] = lambda time: 1_000_000
    full: Literal["429", "timeout"] = "429"
    faults: dict[str, float] = field(default_factory=dict)
    there: Callable[[float], bool] = lambda time: True
    hangs: Callable[[float], bool] = lambda time: False
    says: Callable[[int, float], int] = lambda number, time: 200
    broken: str = ""
    refusing: Callable[[random.Random], float] = lambda dice: ROUND_TRIP / 2
    body: bytes = b"{}"
    retry_after: str = "0.1"
    connect_seconds: float = ROUND_TRIP
    busy: int = 0
    peak: int = 0
    came: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    _changes: list[tuple[float, int]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    async def send(
        self, method: str, path: str, body: bytes | None, *, sample: int | None = None, root: bool = False
    ) -> Reply:
        """One request, as core/transport.py sends it."""
        await asyncio.sleep(ROUND_TRIP / 2)
        self.came.append(now())
        if self.broken or not self.there(now()):
            raise NoReply(self.broken or "no connection", "nobody listens", refused=True)
        if self.hangs(now()):
            await asyncio.sleep(TIMEOUT)
            raise NoReply("timeout", "the server did not answer in time")
        fault = self._fault()
        if fault == "429" or self.busy >= self.capacity(now()):
            self.refusals.append(now())
            if self.full == "timeout" and not fault:
                await asyncio.sleep(2)
                raise NoReply("timeout", "the server did not answer in time")
            await asyncio.sleep(self.refusing(self.dice))
            return Reply(429, b"", {"retry-after": "1" if fault else self.retry_after})
        self._change(1)
        await asyncio.sleep(self.latency(self.dice))
        self._change(-1)
        if fault == "reset" or not self.there(now()):
            raise NoReply("connection reset", "gone")
        self.answers.append(now())
        await asyncio.sleep(ROUND_TRIP / 2)
        return Reply(int(fault or self.says(int(body or 0), now())), self.body, {})

    async def close(self) -> None:
        """There are no connections."""

    def used(self, first: float, last: float) -> float:
        """The mean number of requests that it worked on between two moments."""
        area, before, busy = 0.0, first, 0
        for moment, after in self._changes:
            area += busy * max(0.0, min(moment, last) - before)
            before, busy = max(before, min(moment, last)), after
        return area / (last - first)

    def _change(self, by: int) -> None:
        self.busy += by
        self.peak = max(self.peak, self.busy)
        self._changes.append((now(), self.busy))

    def _fault(self) -> str:
        draw = self.dice.random()
        for kind, share in self.faults.items():
            draw -= share
            if draw < 0:
                return kind
        return ""


@dataclass
class Done:
    """What came of all requests."""

    seconds: float
    good: int
    ends: Counter[str]
    said: list[str]
    retried: Counter[str]


def ask(
    monkeypatch: pytest.MonkeyPatch,
    servers: list[Simulated],
    requests: int,
    concurrency: int = 256,
    *,
    stop_at: float = 0.0,
    paid: bool = False,
    method: str = "POST",
    read: Callable[[Reply], str] = lambda reply: "good",
    waiting: list[str] | None = None,
    **table: Any,
) -> Done:
    """Send so many requests by a Sender, as the workers of an engine do.

    stop_at: when Ctrl-C is pressed. paid: whether every item has cost something that no cache keeps. waiting: gets
    what the progress line would say, each second.
    """
    urls = [f"http://server-{number}/v1" for number in range(len(servers))]
    by_url = dict(zip(urls, servers, strict=True))
    monkeypatch.setattr(pools, "Http", lambda url, key, timeout: by_url[url])
    monkeypatch.setattr("sdg.core.patience.time.monotonic", now)
    monkeypatch.setattr("random.uniform", random.Random(3).uniform)
    model = Model(base_url=urls, model="m", **table)
    return run(_ask(model, requests, concurrency, stop_at, paid, method, read, waiting))


async def _ask(
    model: Model,
    requests: int,
    concurrency: int,
    stop_at: float,
    paid: bool,
    method: str,
    read: Callable[[Reply], str],
    waiting: list[str] | None,
) -> Done:
    said: list[str] = []
    stopping, funnel = Stopping(said.append), Funnel("ask")
    budget = Budget(funnel, stopping)
    sender = Sender(
        "m",
        model,
        pools=Pools(concurrency, stopping, said.append),
        finish_paid=paid,
        funnel=funnel,
        stopping=stopping,
        budget=budget,
        used=budget.of("m", model),
        say=said.append,
    )
    ends: Counter[str] = Counter()
    numbers = iter(range(requests))

    async def work() -> None:
        for number in numbers:
            if stopping.requested:
                return
            current_item.set(Paid(paid))
            try:
                ends[await sender.send(method, "/chat/completions", b"%400d" % number, read)] += 1
            except Stop as stop:
                ends["stopped"] += 1
                stopping.softly(stop.whole, stop.exit_code)
            except (Interrupted, RecordFailed) as error:
                ends[type(error).__name__] += 1

    async def watch() -> None:
        while waiting is not None:
            await asyncio.sleep(1)
            waiting.append(sender.waiting)

    watching = asyncio.create_task(watch())
    if stop_at:
        asyncio.get_running_loop().call_at(stop_at, stopping.softly, "", 130)
    await asyncio.gather(*(work() for _ in range(2 * concurrency + 8)))
    watching.cancel()
    return Done(now(), ends["good"], ends, said, funnel.retried)
