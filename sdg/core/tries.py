"""What one request has met so far, and what is made of a reply to it. Asks nothing, waits for nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from sdg.core.reply import Unreadable
from sdg.core.server import NEVER, Outcome, Server
from sdg.core.stopping import current_item
from sdg.core.transport import NoReply, Reply
from sdg.core.verdict import FINAL, Meaning, Verdict

T = TypeVar("T")
_TOO_LATE = ("timeout", "408", "504")
"""Causes that tell of a server, or a proxy before it, that has no time."""


@dataclass(slots=True)
class Tries:
    """A request that did not go well at once.

    last: the server that has just failed, taken only if it must be. not_before: when a server may be asked for it
    again. said: what servers have said of it that they would say again. late: tries while the run is stopping.
    """

    last: Server | None = None
    not_before: dict[Server, float] = field(default_factory=dict)
    said: dict[Server, Verdict] = field(default_factory=dict)
    attempts: int = 0
    pauses: int = 0
    late: int = 0

    def refused(self, server: Server, verdict: Verdict) -> None:
        """That server is not asked for it again."""
        self.said[server] = verdict
        self.not_before[server] = NEVER

    @property
    def agreed(self) -> bool:
        """Whether two servers have said that it will never work."""
        return sum(said.meaning in (Meaning.RECORD, Meaning.REFUSED) for said in self.said.values()) > 1

    @property
    def worst(self) -> tuple[Server, Verdict]:
        """What was said last; of servers that refuse everything only if there is nothing else."""
        return max(self.said.items(), key=lambda said: said[1].meaning is not Meaning.STOP)


def understood(verdict: Verdict, reply: Reply, read: Callable[[Reply], T], key: str) -> tuple[Verdict, T | None]:
    """What `read` makes of a reply: a value, or a verdict that says why there is none."""
    item = current_item.get()
    if item:
        item.anything = True
    try:
        return verdict, read(reply)
    except Unreadable as nonsense:
        meaning = Meaning.RECORD if nonsense.final else Meaning.AGAIN
        # What is shown of such a reply may begin or end within the key.
        shown = nonsense.cause if key and key.encode() in reply.body else str(nonsense)
        return Verdict(meaning, nonsense.cause, shown), None


def outcome_of(verdict: Verdict) -> Outcome:
    """What a reply tells about the server."""
    if verdict.meaning is Meaning.WAIT:
        return Outcome.REFUSED
    if verdict.meaning is Meaning.AGAIN:
        return Outcome.LATE if verdict.cause in _TOO_LATE else Outcome.FAILED
    return Outcome.DOUBTED if verdict.meaning in FINAL else Outcome.ANSWERED


def no_reply(none: NoReply) -> tuple[Verdict, Outcome]:
    """What it tells that none came."""
    reason = f"{none.cause}: {none}"
    if none.cause == "certificate not trusted":
        return Verdict(Meaning.STOP, none.cause, reason), Outcome.NONE
    if none.refused:
        return Verdict(Meaning.WAIT, none.cause, reason), Outcome.GONE
    return Verdict(Meaning.AGAIN, none.cause, reason), Outcome.LATE if none.cause in _TOO_LATE else Outcome.FAILED
