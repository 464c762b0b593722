"""docs/faults.md: what came of each fault, and in what time. `python tests/fault_page.py` writes it anew.

tests/test_faults.py holds the page, and the times stated here, to what happens.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from fault_matrix import ANSWERS, AT_ONCE, COMMANDS, PATIENCE, SLOW, STOP, TIMEOUT, WAITS, Matrix
from faulty_server import WAYS, FaultyServer

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
_INTRODUCTION = """# What comes of a server's faults

Each row is a fault that a server was made to have, with `sdg respond` and `sdg score` in front of it. A prompt is
either answered once, or rejected with the cause, or still owed when the run stops; the same command then goes on, and
nothing that was answered is asked again. `within` is the time for that prompt, counted from its first request: a reply
that is no answer is asked for again after 0.25 to 0.5 s, then after twice that, and so on, six times in all. `timeout`
and `patience` are keys of a model's table in the configuration. A run with rejects ends with status 1, else with 0.

`tests/test_faults.py` holds this page to what happens; `python tests/fault_page.py` writes it anew.

"""


def within(fault: str, when: str) -> tuple[float, str]:
    """The stated time: in seconds, and as the page has it."""
    if fault in (*AT_ONCE, *ANSWERS, "finish_reason content_filter"):
        return 10, "10 s"
    if fault == WAITS:
        return 100, "as told"
    if when == "once" and fault in SLOW:
        return 10 + TIMEOUT, "10 s + `timeout`"
    if when == "once":
        return 10, "10 s"
    if fault in STOP:
        return 15 + PATIENCE, "15 s + `patience`"
    return (30 + 6 * TIMEOUT, "30 s + 6 `timeout`") if fault in SLOW else (30, "30 s")


def table(matrix: Matrix) -> str:
    """What each fault came to where it passed and where it stayed."""
    rows = ["| the server's reply | where that happens once | within | where it always happens | within |"]
    rows.append("|---|---|---|---|---|")
    for fault in WAYS:
        cells = [f"`{fault}`" if fault in ("{}", "choices: null") else fault]
        for when in ("once", "always"):
            came = _cell(matrix, fault, when)
            cells += [came, within(fault, when)[1]] if came else ["-", "-"]
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def page(matrix: Matrix) -> str:
    """The whole page."""
    return _INTRODUCTION + table(matrix) + "\n"


def _cell(matrix: Matrix, fault: str, when: str) -> str:
    """What both commands came to, in one sentence where that is the same."""
    told = {}
    for command in COMMANDS:
        run = matrix.alone[command, fault]
        ids = [id for id, prompt in run.prompts.items() if prompt.endswith(f"(fault: {fault}, {when})")]
        told[command] = " or ".join(sorted({matrix.outcome(run, id) for id in ids}))
    if len(set(told.values())) == 1:
        return told[COMMANDS[0]]
    return "; ".join(f"{command}: {words}" for command, words in told.items())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch, FaultyServer() as server:
        everything = Matrix(Path(scratch), server)
        everything.go()
        PAGE.write_text(page(everything))
        print(table(everything), file=sys.stderr)
