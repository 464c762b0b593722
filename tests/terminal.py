"""A real pseudo-terminal for tests: commands run in it as in a user's window, and a screen that shows what it holds.

Only what the product writes is understood: text, \\r, \\n, cursor up, erase to the end of line or screen. Anything
else fails the test.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

_SEQUENCE = re.compile(r"\x1b\[(\d*)([A-Za-z])")


class Screen:
    """What a terminal shows after a text, with all that scrolled out at the top."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lines: list[str] = [""]
        self.wrapped: set[int] = set()
        """Rows that go on where the row above was full."""
        self.row = self.column = 0
        """Of the cursor; the row counts from the first line ever."""

    def feed(self, text: str) -> None:
        position = 0
        while position < len(text):
            if sequence := _SEQUENCE.match(text, position):
                self._obey(sequence[2], int(sequence[1] or (1 if sequence[2] == "A" else 0)))
                position = sequence.end()
                continue
            self._put(text[position])
            position += 1

    def _obey(self, letter: str, number: int) -> None:
        if letter == "A":
            self.row = max(self.row - number, len(self.lines) - self.rows, 0)
        elif letter in "JK" and number == 0:
            self.lines[self.row] = self.lines[self.row][: self.column]
            if letter == "J":
                del self.lines[self.row + 1 :]
                self.wrapped = {row for row in self.wrapped if row <= self.row}
        else:
            raise AssertionError(f"unknown sequence ESC[{number}{letter}")

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self._down()
            self.wrapped.discard(self.row)
        else:
            assert character.isprintable(), f"{character!r} on the terminal"
            cells = 2 if unicodedata.east_asian_width(character) in "WF" else 1
            if self.column + cells > self.columns:
                self.column = 0
                self._down()
                self.wrapped.add(self.row)
            line = self.lines[self.row].ljust(self.column)
            # a wide character is followed by a filler, so that positions are columns
            cell = character + "\0" * (cells - 1)
            self.lines[self.row] = line[: self.column] + cell + line[self.column + cells :]
            self.column += cells

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    @property
    def text(self) -> list[str]:
        """The lines with something in them, top to bottom; wrapped ones in one piece."""
        whole: list[str] = []
        for row, line in enumerate(self.lines):
            if row in self.wrapped:
                whole[-1] += line.replace("\0", "")
            else:
                whole.append(line.replace("\0", ""))
        return [line.rstrip() for line in whole if line.strip()]


class Terminal:
    """A shell command on a terminal of its own, as its foreground job."""

    def __init__(self, command: str, env: dict[str, str], folder: Path, columns: int = 100, rows: int = 30) -> None:
        self.raw = ""
        self._columns, self._rows = columns, rows
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe("sh", ["sh", "-c", command], {**os.environ, "TERM": "xterm", **env})

    def type(self, keys: bytes) -> None:
        os.write(self._fd, keys)

    def read(self, until: Callable[[str], object] = lambda raw: False, seconds: float = 20) -> Screen:
        """Read till `until` likes what came, or the command ends; the screen then."""
        deadline = time.monotonic() + seconds
        while not until(self.raw):
            assert time.monotonic() < deadline, f"waited in vain: {self.raw[-2000:]}"
            if not select.select([self._fd], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self._fd, 65536)
            except OSError:  # Linux says EIO when the last process is gone
                break
            if not data:
                break
            self.raw += data.decode(errors="surrogateescape")
        screen = Screen(self._columns, self._rows)
        screen.feed(self.raw)
        return screen

    def end(self) -> int:
        """Wait for the end; the exit status of the shell."""
        with contextlib.suppress(OSError):
            self.read()
        os.close(self._fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
