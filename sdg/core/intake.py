"""From the inputs to the items of a LineStage: parsing, what is done already, second copies of an id.

Bad lines end here: the engine counts them and keeps them in the rejects. Calls no model.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from sdg.core.digests import Digests
from sdg.core.errors import BadLine, Stop
from sdg.core.funnel import Funnel
from sdg.core.jsonl import MAX_LINE, Line, parse
from sdg.core.rows import Reader
from sdg.core.stage import LineStage
from sdg.record import Record

FIXED_COLUMNS = frozenset(Record.model_fields)

Report = Callable[[str, int, bytes, BadLine], None]
"""(file, line number, its bytes, what is wrong with it)"""


class Intake:
    """The lines of a stage's inputs that are to be worked on. done: what has its outcome from an earlier run.

    `done` holds ids, or whole lines where a stage welcomes several lines with one id.
    """

    def __init__(self, stage: LineStage, done: Digests, funnel: Funnel, report: Report) -> None:
        self._stage = stage
        self._done = done
        self._funnel = funnel
        self._report = report
        self._columns: frozenset[str] | None = None
        self._seen = Digests()

    async def items(self, readers: list[Reader]) -> AsyncIterator[Line]:
        """One stream of them, as the stage merges its inputs; it is shown what is done too, and so merges alike."""
        async for line in self._stage.merge([self._lines(reader) for reader in readers]):
            if line.done:
                self._funnel.read -= 1
            else:
                yield line

    async def _lines(self, reader: Reader) -> AsyncIterator[Line]:
        """Those of one input, in order. Stop: it is empty, or its first line can't be used: it is the wrong file."""
        first = True
        async for number, raw in reader:
            self._funnel.read += 1
            try:
                line = self._line(raw, number, reader.name)
            except BadLine as bad:
                self._report(reader.name, number, raw or b"", bad)
                if first:
                    raise Stop("", exit_code=2) from None
                continue
            finally:
                first = False
            # A repeated line is told of in every run: its entry in the rejects is made anew.
            key = line.raw.decode() if self._stage.repeats == "allowed" else line.id
            line.done = not line.repeated and key in self._done
            yield line
        if first:
            raise Stop(f"{reader.name} is empty: there is nothing to work on", exit_code=2)

    def _line(self, raw: bytes | None, number: int, source: str) -> Line:
        if raw is None:
            raise BadLine("line too long", f"the line is longer than {MAX_LINE >> 20} MiB")
        if self._columns is None:
            with suppress(BadLine):  # a foreign line; whether it is bad, the stage says
                self._columns = FIXED_COLUMNS | parse(raw).keys()
        line = self._stage.line(raw, number, source, self._columns)
        if self._stage.repeats != "allowed" and not self._seen.add(line.id):
            if self._stage.repeats == "refused":
                raise BadLine("duplicate id", f'field "id": {line.id!r} is on an earlier line as well')
            line.repeated = True
        return line
