"""The errors of the project, each for one kind of outcome. No text is printed here.

`UsageError` ends the command with exit 2, `Stop` ends a run that every further request would
fail in, `RecordFailed` and `BadLine` are data about one record and end nothing.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Iterable
from typing import Any


class UsageError(Exception):
    """Wrong use, wrong configuration or unusable input: one clear line, exit 2."""


class Stop(Exception):
    """Every further request would fail (wrong key, retired model, dead server, full disk).

    The engine stops reading, finishes what is in flight, writes it, and only then ends.
    exit_code: 2 where the user has to change something, 1 where time may heal it. advice: what to do then.
    """

    def __init__(self, message: str, exit_code: int = 1, advice: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.advice = advice

    @property
    def whole(self) -> str:
        """Message and advice."""
        return f"{self}. {self.advice}" if self.advice else str(self)


class Interrupted(Exception):
    """The run is stopping and this item's next request was not sent: the item is still owed."""


class RecordFailed(Exception):
    """One record could not be finished.

    cause: a few fixed words to count by ("context too long", "429", "cut JSON").
    reason: the whole story for a person, with the server's own words.
    record: the line as far as it was made (JSON), where something paid for is on it.
    refused: whether a server would not take the request as it is (400, 422), for another reason than its length.
    """

    def __init__(self, cause: str, reason: str, record: bytes = b"", refused: bool = False) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason
        self.record = record
        self.refused = refused
        self.choices: list[Any] = []
        """The answers that were paid for before it failed (`sdg.core.reply.Choice`)."""


class BadLine(Exception):
    """One line of the input can't be used; `cause` is what it is counted under."""

    def __init__(self, cause: str, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause
        self.reason = reason


class WrongStep(BadLine):
    """The line comes from another step: the first of a run tells the wrong file, and the run stops; later it is odd."""


def raise_worst(results: Iterable[object]) -> None:
    """Raise what matters most among the errors of several calls: the end of the run before a record's failure."""
    errors = [result for result in results if isinstance(result, BaseException)]
    order = (Stop, asyncio.CancelledError, Interrupted, UsageError)
    for kind in order:
        for error in errors:
            if isinstance(error, kind):
                raise error
    for error in sorted(errors, key=lambda error: isinstance(error, RecordFailed)):
        raise error


def nearest(name: str, known: Iterable[str], alike: float = 0.6) -> str:
    """`; did you mean 'x'?` for the closest known name, or an empty string."""
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=alike)
    return f"; did you mean {close[0]!r}?" if close else ""
