"""Several commands, one after the other, with one start-up: each is a fork of a process that has imported them."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from support import environment

_CODE = """
import json, os, sys
import sdg.core.launch, sdg.export.stage
from sdg.cli import app
for number, arguments in enumerate(json.loads(sys.argv[1])):
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        open(f"{sys.argv[2]}/{number}.status", "w").write(str(os.waitstatus_to_exitcode(status)))
        continue
    for fd, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(f"{sys.argv[2]}/{number}.{name}", os.O_CREAT | os.O_WRONLY | os.O_TRUNC), fd)
    app(arguments)
    os._exit(0)
"""


@dataclass
class Done:
    """What came of one command."""

    status: int
    out: str
    err: str


def several(folder: Path, *commands: list[str], env: dict[str, str] | None = None) -> list[Done]:
    """Run them in the folder, with nothing on stdin. Never a traceback."""
    told = folder / ".told"
    told.mkdir(exist_ok=True)
    subprocess.run(
        [sys.executable, "-c", _CODE, json.dumps(commands), str(told)],
        cwd=folder,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        timeout=200,
        check=True,
    )
    done = []
    for number in range(len(commands)):
        out, err, status = ((told / f"{number}.{name}").read_text() for name in ("out", "err", "status"))
        assert "Traceback" not in err, err
        done.append(Done(int(status), out, err))
    return done
