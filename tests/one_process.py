"""Several commands, one after the other or together, each a fork of a process that has imported them: see warm.py."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from support import sdg


@dataclass
class Done:
    """What came of one command. ended: when, as time.time() has it."""

    status: int
    out: str
    err: str
    ended: float


def several(
    folder: Path, *commands: list[str], env: dict[str, str] | None = None, apart: float | None = None
) -> list[Done]:
    """Run them in the folder, with nothing on stdin. Never a traceback.

    apart: seconds between their starts, where they run at the same time.
    """

    def run(number: int) -> Done:
        time.sleep(number * (apart or 0))
        done = sdg(folder, *commands[number], stdin=None, env=env, timeout=200)
        return Done(done.returncode, done.stdout, done.stderr, time.time())

    with ThreadPoolExecutor(1 if apart is None else len(commands)) as runners:
        return list(runners.map(run, range(len(commands))))
