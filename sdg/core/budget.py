"""What a run has used of each model, and how much it may use: --max-calls, --max-cost, --max-time.

A budget that is used up stops the run softly, as Ctrl-C does. Prices are the configuration's; none is known here.
"""

from __future__ import annotations

import asyncio
import math
import re
import time
from dataclasses import dataclass

from sdg.core.config import Model, Price
from sdg.core.errors import Interrupted, UsageError
from sdg.core.funnel import Funnel
from sdg.core.options import RunOptions
from sdg.core.stopping import Stopping

_CHARACTERS_A_TOKEN = 4
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
_SECONDS = (86_400, 3_600, 60, 1)


@dataclass(slots=True)
class Used:
    """What the calls to one model took in this run.

    answers: calls that brought a reply worth reading; choices: texts or scores in them. seconds: of all calls
    together; busy: those during which at least one call was under way.
    """

    price: Price | None = None
    calls: int = 0
    in_flight: int = 0
    answers: int = 0
    choices: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    seconds: float = 0.0
    busy: float = 0.0
    _busy_since: float = 0.0

    def begin(self) -> float:
        """A call is sent; when that was."""
        now = time.monotonic()
        if not self.in_flight:
            self._busy_since = now
        self.in_flight += 1
        self.calls += 1
        return now

    def end(self, began: float) -> None:
        """The call that began then is over, however it went."""
        now = time.monotonic()
        self.in_flight -= 1
        self.seconds += now - began
        if not self.in_flight:
            self.busy += now - self._busy_since

    def took(self, tokens: tuple[int, int], choices: int, sent: int, got: int) -> None:
        """A reply was read. sent, got: bytes, by which the cost is guessed where the server counts no tokens."""
        self.answers += 1
        self.choices += choices
        self.tokens_in += tokens[0]
        self.tokens_out += tokens[1]
        if self.price:
            if not any(tokens):
                tokens = sent // _CHARACTERS_A_TOKEN, got // _CHARACTERS_A_TOKEN
            self.cost += self.price.of(*tokens)

    @property
    def reserved(self) -> float:
        """What the calls in flight, and the next one, will cost by all that is known: the mean so far."""
        return self.cost / self.answers * (self.in_flight + 1) if self.answers else 0.0


class Budget:
    """Counts every request that is sent, and lets none be sent that would be too much."""

    def __init__(self, funnel: Funnel, stopping: Stopping, options: RunOptions | None = None) -> None:
        options = options or RunOptions()
        self._funnel, self._stopping = funnel, stopping
        self._max_calls, self._max_cost, self._max_time = options.max_calls, options.max_cost, options.max_time
        self._limited = self._max_calls is not None or self._max_cost is not None
        self._all: list[Used] = []
        self._clock: asyncio.TimerHandle | None = None
        if self._limited and not options.cache:
            raise UsageError(
                "--max-calls and --max-cost need the request cache, which keeps what unfinished records have cost: "
                "leave --no-cache out"
            )
        if self._max_cost is not None and not math.isfinite(self._max_cost):
            raise UsageError(f"--max-cost: {self._max_cost} is no amount")
        self._seconds = None if self._max_time is None else duration(self._max_time)

    def start(self) -> None:
        """The clock of --max-time begins to run."""
        if self._seconds is not None:
            loop = asyncio.get_running_loop()
            self._clock = loop.call_later(self._seconds, self._stop, f"--max-time {self._max_time}")

    def close(self) -> None:
        """Nothing more is asked: what is left to do shall not be stopped by the clock."""
        if self._clock:
            self._clock.cancel()

    def of(self, table: str, model: Model) -> Used:
        """What one model uses, to be counted on. UsageError where its price is missing and needed."""
        if self._max_cost is not None and model.price is None:
            raise UsageError(
                f"--max-cost needs to know what {table} costs: add price = {{ input = ..., output = ... }}, "
                f"per million tokens, to [models.{table}]"
            )
        used = Used(model.price)
        self._all.append(used)
        return used

    def begin(self, used: Used) -> float:
        """Count one request that is about to be sent; when that was. Interrupted: it must not be sent."""
        if self._limited:
            self._check()
        self._funnel.calls += 1
        self._funnel.in_flight += 1
        return used.begin()

    def end(self, used: Used, began: float) -> None:
        """The request of `begin` is over."""
        self._funnel.in_flight -= 1
        used.end(began)

    @property
    def words(self) -> str:
        """`cost 1.23`, for the counts; "" where no price is known."""
        priced = [used for used in self._all if used.price]
        if not priced:
            return ""
        part = "" if len(priced) == len(self._all) else " (of the models with a price)"
        return f"cost {money(sum(used.cost for used in priced))}{part}"

    def _check(self) -> None:
        if self._max_calls is not None and self._funnel.calls >= self._max_calls:
            self._stop(f"--max-calls {self._max_calls:,}")
            raise Interrupted
        if self._max_cost is not None:
            cost = sum(used.cost for used in self._all)
            if cost >= self._max_cost or cost + sum(used.reserved for used in self._all) > self._max_cost:
                self._stop(f"--max-cost {self._max_cost:g}")
                raise Interrupted

    def _stop(self, limit: str) -> None:
        flying = f": finishing {self._funnel.flying}" if self._funnel.in_flight else ""
        self._stopping.softly(f"{limit} is reached{flying}. Run the same command again to go on", 1)


def duration(text: str) -> float:
    """Seconds of `90s`, `30m`, `6h`, `1h30m`; UsageError for anything else."""
    found = _DURATION.fullmatch(text.strip())
    seconds = sum(float(part or 0) * unit for part, unit in zip(found.groups(), _SECONDS, strict=True)) if found else 0
    if not seconds:
        raise UsageError(f"--max-time: {text!r} is no time: write 90s, 30m, 6h or 1h30m")
    return seconds


def money(amount: float) -> str:
    """An amount in a currency that only the user knows: `1,234.50`, `0.50`, `0.0012`."""
    digits = 2 if amount >= 0.1 or amount <= 0 else 1 - math.floor(math.log10(amount))
    return f"{amount:,.{digits}f}"
