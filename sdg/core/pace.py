"""Requests and tokens a minute at one server: when the next request may be sent. Nobody waits in here.

Each request pushes the moment of the next one back by its share of a minute. What its answer costs is guessed by the
answers before it, and set right when it is known.
"""

from __future__ import annotations

import re

_LATENESS = 0.05
"""Seconds by which a request that came late may be made up for: timers are never exact."""
_CHARACTERS_A_TOKEN = 4
_LONGEST_DEBT = 60.0
"""After a minute without a request all is paid, however much the last one took, or a server says that it did."""
_TOTAL = re.compile(rb'"total_tokens"\s*:\s*(\d+)')


class Pace:
    """The limits of one server; 0: none. next: the moment from which a request may be sent."""

    def __init__(self, requests_per_minute: float = 0, tokens_per_minute: float = 0) -> None:
        self.next = 0.0
        self.counts_tokens = tokens_per_minute > 0
        self._requests, self._tokens = requests_per_minute, tokens_per_minute
        self._a_request = 60 / requests_per_minute if requests_per_minute else 0.0
        self._a_token = 60 / tokens_per_minute if tokens_per_minute else 0.0
        self._requests_from = self._tokens_from = 0.0
        self._answer = 0.0
        """Tokens of a typical answer."""

    def take(self, now: float, size: int) -> float:
        """One request of so many bytes goes out now; the tokens that are set aside for it."""
        tokens = 0.0
        if self._a_request:
            self._requests_from = max(self._requests_from, now - _LATENESS) + self._a_request
        if self._a_token:
            tokens = size / _CHARACTERS_A_TOKEN + self._answer
            self._tokens_from = max(self._tokens_from, now - _LATENESS) + tokens * self._a_token
        self._next_is(now)
        return tokens

    @property
    def words(self) -> str:
        """`held to 30 requests a minute`: the limit that holds requests back the longest."""
        if self._tokens_from > self._requests_from:
            return f"held to {self._tokens:,.10g} tokens a minute"
        return f"held to {self._requests:,.10g} requests a minute"

    def settle(self, now: float, set_aside: float, size: int, reply: bytes) -> None:
        """The reply says what the request really took."""
        found = _TOTAL.findall(reply)
        took = min(float(found[-1]), self._tokens) if found else 0.0
        if took:
            answer = max(0.0, took - size / _CHARACTERS_A_TOKEN)
            self._answer = 0.8 * self._answer + 0.2 * answer if self._answer else answer
            self._tokens_from += (took - set_aside) * self._a_token
            self._next_is(now)

    def _next_is(self, now: float) -> None:
        self._tokens_from = min(self._tokens_from, now + _LONGEST_DEBT)
        self.next = max(self._requests_from, self._tokens_from)
