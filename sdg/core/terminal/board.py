"""The lines that several processes keep at the bottom of one terminal, taking turns. Knows no progress, no engine.

Every process on the terminal opens one small file, named after the terminal, in a directory of the user's own.
Whoever wants to write there locks the file, wipes the lines that stand on the screen, writes, and draws
everybody's lines again; the file holds each process's line and what stands on the screen. The cursor rests at the
start of the row below the lines. Nothing here may break or hold up a run: a lock that is not free soon is done
without, and where the file can't be had there is no board.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

from sdg.core.terminal.board_file import BoardFile, Line, State
from sdg.core.terminal.neighbours import birth, is_alive, stranger_writes
from sdg.core.terminal.screen import cut, width, write_all

LOOK_AROUND = 1.0
"""Seconds between two looks for strangers on the terminal."""
FORGET = 2.0
"""Lines that nobody has touched for so many seconds are not wiped: the pipe was suspended, the screen is another."""
GATE_WAIT = 1.0
"""Seconds that data on its way to the terminal waits for its turn, at most, and once only."""


class Board:
    """This process's place among the lines of one terminal. Any thread may call."""

    def __init__(self, fd: int, file: BoardFile) -> None:
        self.fd = fd
        self.visible = True
        """Whether lines can be drawn now: not from the background, nor beside a stranger's output."""
        self._terminal = os.fstat(fd).st_rdev
        self._file = file
        self._born = birth(os.getpid())
        self._turn = threading.Lock()
        self._text = ""
        self._looked = self._painted = 0.0
        self.broken = False
        """Whether the board can't be used any more (the terminal is gone, no room for the state)."""
        self._known: set[int] = set()
        self._stranger = self._hasty = False

    @classmethod
    def on(cls, fd: int) -> Board | None:
        """The board of the terminal behind a descriptor; None if it is not a terminal that can move its cursor."""
        if sys.platform == "win32" or os.environ.get("TERM", "dumb") == "dumb":
            return None
        try:
            if not os.isatty(fd):
                return None
            file = BoardFile.of(os.fstat(fd))
            return None if file is None else cls(fd, file)
        except OSError:
            return None

    def covers(self, fd: int) -> bool:
        """Whether a descriptor is this same terminal."""
        try:
            return os.isatty(fd) and os.fstat(fd).st_rdev == self._terminal
        except OSError:
            return False

    def columns(self) -> int:
        """Columns that a line may take."""
        return self._size()[0] - 1

    def draw(self, text: str, above: str = "", wait: float = 0.1) -> bool:
        """Show `text` as this process's line ("": none), and print `above` (whole lines) over all lines.

        False if the terminal was not free within `wait` seconds: nothing was printed then.
        """
        self._text = text
        state = self._take(wait)
        if state is None:
            return False
        try:
            self._paint(state, above)
        except OSError:  # the terminal is gone: there is nobody left to tell
            self.broken = True
        finally:
            self._give(state)
        return True

    @contextlib.contextmanager
    def gate(self) -> Iterator[None]:
        """Around a write of whole lines to the terminal: no line stands in its way, none is drawn into it."""
        state = self._take(0.02 if self._hasty else GATE_WAIT)
        self._hasty = state is None  # one long wait in vain is enough
        if state is None:
            self._file.spoil()
        else:
            with contextlib.suppress(OSError):
                self._replace(state, [], "")
        try:
            yield
        finally:
            if state is None:
                self._file.spoil()
            else:
                with contextlib.suppress(OSError):
                    if time.monotonic() - self._painted > 0.1:  # under a flood of data the next refresh is soon enough
                        self._paint(state, "")
                self._give(state)

    def write(self, text: str) -> None:
        """Straight to the terminal, without a turn: nobody will wipe what is printed so."""
        self._file.spoil()
        write_all(self.fd, text)
        self._file.spoil()

    def _take(self, wait: float) -> State | None:
        """Lock and read the state; None if that can't be had within `wait` seconds."""
        if self.broken or not self._turn.acquire(timeout=wait):
            return None
        try:
            if self._file.lock(wait):
                return self._enter(self._file.read())
        except OSError:
            self.broken = True
            self._file.unlock()
        self._turn.release()
        return None

    def _enter(self, state: State) -> State:
        """Bring the state up to date: the dead leave, we are in it, and lost lines are forgotten."""
        me, front, group = os.getpid(), self._front(), os.getpgrp()
        state.lines = {pid: line for pid, line in state.lines.items() if is_alive(pid, line.born)}
        known = {*state.lines, me}
        came = False
        if known != self._known or time.monotonic() - self._looked > LOOK_AROUND:
            before, self._stranger = self._stranger, stranger_writes(self.fd, group, known)
            self._known, self._looked, came = known, time.monotonic(), self._stranger and not before
        mark = self._file.mark()
        recent = 0 <= time.monotonic() - state.touched < FORGET
        if came or not (state.lines and (state.group, state.mark) == (front, mark) and recent):
            state.shown = []  # what stands there now may be another's: rather leave our lines than wipe those
        state.group, state.mark = front, mark
        self.visible = front in (0, group) and not self._stranger
        state.lines[me] = Line(self._born, group, self._text if self.visible else "")
        return state

    def _give(self, state: State) -> None:
        """Write the state back and unlock."""
        state.touched = time.monotonic()
        try:
            self._file.write(state)
        except OSError:
            self.broken = True
        finally:
            self._file.unlock()
            self._turn.release()

    def _paint(self, state: State, above: str) -> None:
        """Print `above` over everybody's lines, and the lines anew."""
        columns, rows = self._size()
        here = [line for _, line in sorted(state.lines.items()) if line.group == state.group or not state.group]
        here.sort(key=lambda line: line.born)  # a pipe's commands are born in its order, with rising numbers
        texts = [] if self._stranger else [cut(line.text, columns - 1) for line in here if line.text]
        self._replace(state, texts[: max(0, rows - 2)], above)
        self._painted = time.monotonic()

    def _replace(self, state: State, texts: list[str], above: str) -> None:
        """Put `above` and these lines in the place of the lines shown, in one write."""
        if texts == state.shown and not above:
            return
        columns, _ = self._size()
        up = sum(max(1, -(-width(text) // columns)) for text in state.shown)  # a narrowed terminal has wrapped them
        start = f"\r\x1b[{up}A" if up else ""
        if above and up:
            start += "\x1b[J"
        state.shown = texts
        end = "\x1b[J" if up else ""
        write_all(self.fd, start + above + "".join(f"{text}\x1b[K\n" for text in texts) + end)

    def _front(self) -> int:
        """The foreground process group of the terminal; 0 if it is not ours to know."""
        try:
            return os.tcgetpgrp(self.fd)
        except OSError:
            return 0

    def _size(self) -> tuple[int, int]:
        try:
            columns, rows = os.get_terminal_size(self.fd)
        except OSError:
            columns = rows = 0
        return columns or 80, rows or 24
