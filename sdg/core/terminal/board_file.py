"""The small file through which the processes on one terminal take turns: its place, its lock, its content.

It lies in a directory that only the user can enter, and holds JSON behind a mark of a few bytes. A content that
can't be read is taken for none: nothing in it is worth an error. No output to the terminal here.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

if sys.platform != "win32":
    import fcntl

MARK = 8
"""Bytes at the head of the file, changed by whoever writes to the terminal without a turn."""


@dataclass
class Line:
    """One process's line. born: when the process began; group: its process group."""

    born: int
    group: int
    text: str


@dataclass
class State:
    """What the file holds.

    shown: the lines on the screen, which were drawn for the foreground process group `group`, when the head of the
    file was `mark`; touched: when (monotonic seconds); lines: by process id.
    """

    mark: str = ""
    shown: list[str] = field(default_factory=list)
    group: int = 0
    touched: float = 0.0
    lines: dict[int, Line] = field(default_factory=dict)


def _places() -> list[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    shared = Path(tempfile.gettempdir(), f"sdg-{os.getuid()}")
    return [Path(runtime, "sdg"), shared] if runtime else [shared]


class BoardFile:
    """The file of one terminal, open."""

    def __init__(self, fd: int) -> None:
        self._fd = fd

    @classmethod
    def of(cls, terminal: os.stat_result) -> BoardFile | None:
        """The file of a terminal; None where there is no place for it that is the user's alone."""
        for place in _places():
            try:
                place.mkdir(mode=0o700, exist_ok=True)
                found = place.lstat()
                if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
                    continue
                name = place / f"terminal-{terminal.st_dev:x}-{terminal.st_rdev:x}.json"
                return cls(os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
            except OSError:
                continue
        return None

    def lock(self, wait: float) -> bool:
        """Lock it, or give up after `wait` seconds. OSError where files can't be locked."""
        deadline = time.monotonic() + wait
        while True:
            try:
                fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
            time.sleep(0.005)

    def unlock(self) -> None:
        with contextlib.suppress(OSError):
            fcntl.flock(self._fd, fcntl.LOCK_UN)

    def read(self) -> State:
        try:
            data = json.loads(os.pread(self._fd, 1 << 20, MARK))
            lines = {}
            for pid, line in data["lines"].items():
                lines[int(pid)] = Line(int(line["born"]), int(line["group"]), str(line["text"]))
            shown = [str(text) for text in data["shown"]]
            return State(str(data["mark"]), shown, int(data["group"]), float(data["touched"]), lines)
        except Exception:  # new, torn by a kill, or another version's: whatever it is, begin afresh
            return State()

    def write(self, state: State) -> None:
        data = json.dumps(asdict(state)).encode()
        os.ftruncate(self._fd, MARK + os.pwrite(self._fd, data, MARK))

    def mark(self) -> str:
        return os.pread(self._fd, MARK, 0).ljust(MARK, b"\0").hex()

    def spoil(self) -> None:
        """Let the others know that the lines are not where they think: better a line left than a message wiped."""
        with contextlib.suppress(OSError):
            os.pwrite(self._fd, os.urandom(MARK), 0)
