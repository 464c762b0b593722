"""From an input file to the items of a LineStage: parsing, what is done already, second copies of an id.

Bad lines end here: the engine counts them and keeps them in the rejects. Calls no model.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from sdg.core.digests import Digests
from sdg.core.errors import BadLine, Stop
from sdg.core.funnel import Funnel
from sdg.core.jsonl import MAX_LINE, Line, parse
from sdg.core.lines import LineReader

FIXED_COLUMNS = frozenset({"id", "task", "prompt", "reference", "source", "extra", "responses"})

Report = Callable[[str, int, bytes, BadLine], None]
"""(file, line number, its bytes, what is wrong with it)"""


async def read_lines(
    reader: LineReader, done: Digests, unique: bool, funnel: Funnel, report: Report
) -> AsyncIterator[Line]:
    """The lines that are to be worked on, in order.

    unique: a second line with an id is bad input, and `done` holds ids; otherwise ids may repeat and it holds lines.
    Stop: the input is empty, or its first line can't be used, which means that it is the wrong file.
    """
    columns: frozenset[str] | None = None
    seen = Digests()
    first = True
    async for number, raw in reader:
        funnel.read += 1
        try:
            if raw is None:
                raise BadLine("line too long", f"the line is longer than {MAX_LINE >> 20} MiB")
            if columns is None:
                columns = FIXED_COLUMNS | parse(raw).keys()
            line = Line(raw, number, reader.name, columns)
            if unique and not seen.add(line.id):
                raise BadLine("duplicate id", f'field "id": {line.id!r} is on an earlier line as well')
        except BadLine as bad:
            report(reader.name, number, raw or b"", bad)
            if first:
                raise Stop("", exit_code=2) from None
            continue
        finally:
            first = False
        if (line.id if unique else line.raw.decode()) in done:
            funnel.read -= 1
            continue
        yield line
    if first:
        raise Stop(f"{reader.name} is empty: there is nothing to work on", exit_code=2)
