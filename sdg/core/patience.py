"""When a model has given nothing of use for too long: what is said meanwhile, and when the run stops.

One request's failure is not decided here, and nobody waits here: sender.py does both.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sdg.core.errors import Stop
from sdg.core.pool import Pool
from sdg.core.server import Server
from sdg.core.verdict import Meaning, Verdict

_FIRST_CONTACT = 20.0
"""Seconds to wait for a server that has never been there in this run."""
_FRUITLESS_TRIES = 100
_FRUITLESS_SECONDS = 15.0
"""Failed tries in a row, of all requests together, and how long they last: then the server is at fault."""


class Patience:
    """What the servers of one model have given lately. seconds: without any answer, after which the run stops."""

    def __init__(self, table: str, seconds: float, pool: Pool, say: Callable[[str], None]) -> None:
        self.waiting = ""
        """Why nothing moves, for the progress line."""
        self._table, self._seconds, self._pool, self._say = table, seconds, pool, say
        self._silent_since: float | None = None
        """When the first request was refused after the last one that was answered."""
        self._asked_to_wait = 0.0
        self._last = Verdict(Meaning.WAIT)
        """Why the last one was refused."""
        self._ever_heard = False
        self._fruitless = 0
        self._fruitless_since = 0.0
        """Failed tries since the last good reply, and when they began."""
        self._told = False

    def answered(self, good: bool) -> None:
        """A server said something; good: and it was no plain refusal."""
        self._silent_since = None
        self._asked_to_wait = 0.0
        self._ever_heard = True
        self._fruitless = 0 if good else self._fruitless
        self._told = False
        self.waiting = ""

    def busy(self, server: Server, verdict: Verdict, delay: float) -> None:
        """A server has no time, or is not there, and is asked again after a delay; Stop where that lasts."""
        if server.breaker.open and self._pool.there:
            return  # the others do its work
        if self._silent_since is None:
            self._silent_since = time.monotonic()
        self._asked_to_wait = max(self._asked_to_wait, verdict.retry_after or 0.0)
        self._last = verdict
        silent, patience = self.stop_if_silent()
        addresses = self._addresses
        others = any(other is not server for other in self._pool.there)
        lasting = silent > 2 or (delay > 5 and not others)
        if lasting and not self._told:
            self._told = True
            wait = f"asks to wait {delay:.0f} s" if verdict.retry_after else f"trying again for {patience:.0f} s"
            self._say(f"{addresses}: {verdict.reason}; {wait}")
        if lasting:
            self.waiting = f"{self._table} waits {delay:.0f} s ({verdict.cause})"

    def stop_if_silent(self) -> tuple[float, float]:
        """Seconds without any answer, and how many there may be; Stop where it is more than that."""
        # Where nobody listens, and never did, the address is more likely wrong than the server slow to start.
        unheard = self._last.cause in ("no connection", "no secure connection") and not self._ever_heard
        patience = min(self._seconds, _FIRST_CONTACT) if unheard else self._seconds
        silent = 0.0 if self._silent_since is None else time.monotonic() - self._silent_since
        if silent > patience + self._asked_to_wait:
            check = "check base_url and that the server is running, then run" if unheard else "run"
            raise Stop(
                f"{self._addresses} gave no answer for {silent:.0f} s ({self._last.reason})",
                advice=f"{check} the same command again to go on".capitalize(),
            )
        return silent, patience

    @property
    def _addresses(self) -> str:
        return ", ".join(server.base_url for server in self._pool.servers if not server.left_out)

    def failed(self, server: Server, verdict: Verdict) -> None:
        """A dead server behind a gateway, one that talks nonsense or refuses all must not use up the whole input."""
        now = time.monotonic()
        self._fruitless_since = self._fruitless_since if self._fruitless else now
        self._fruitless += 1
        # With many requests in flight a moment's trouble fails many of them: that passes. A plain refusal does not.
        lasting = verdict.meaning is Meaning.REFUSED or now - self._fruitless_since > _FRUITLESS_SECONDS
        if self._fruitless > _FRUITLESS_TRIES and lasting:
            nothing = f"{server.base_url} gave no good answer to {self._fruitless} requests in a row"
            raise Stop(f"{nothing} (last {verdict.reason})", advice="Run the same command again to go on")
