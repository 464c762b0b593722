"""What one command tells on stderr while it runs: a bar, a line a minute in a log, and messages.

A thread of its own does all the writing, so that a stopped terminal (Ctrl-S) never holds up the event loop. tqdm
does the arithmetic and the form of the bar; terminal/board.py lets the commands of one pipe share the terminal.
Nothing here counts records, and nothing here may break a run.
"""

from __future__ import annotations

import atexit
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sdg.core.terminal.board import Board
from sdg.core.terminal.screen import clean, cut, stderr_fd, width, write_all

REFRESH = 0.25
"""Seconds between two drawings of a bar."""
LOG_EVERY = 60.0
"""Seconds between two lines where there is no bar."""
WINDOW = 60.0
"""Seconds over which the rate is taken."""
MESSAGE_WAIT = 10.0
"""Seconds that a message waits for a busy terminal before it is printed anyway."""
LAST_WAIT = 1.0
"""The same for what is said before or after the run, and at its end."""
CLOSE_WAIT = 5.0
"""Seconds that the end of the run waits for a stopped terminal; what was not printed then is lost."""


@dataclass(slots=True)
class Status:
    """How far a command is. tokens: made by models so far; waiting: why nothing moves, "" if it does."""

    done: int
    in_flight: int = 0
    failed: int = 0
    tokens: int = 0
    waiting: str = ""


class Pace:
    """Records a second over the last minute; over all the time if none came in that minute."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()
        self._first: tuple[float, int] | None = None

    def rate(self, now: float, done: int) -> float:
        if self._first is None:
            self._first = (now, done)
        if not self._seen or now - self._seen[-1][0] >= 1:
            self._seen.append((now, done))
        while len(self._seen) > 1 and now - self._seen[1][0] >= WINDOW:
            self._seen.popleft()
        for then, before in (self._seen[0], self._first):
            if done > before and now > then:
                return (done - before) / (now - then)
        return 0.0


def speed(rate: float) -> str:
    """A rate for people: `6.8/s`, `12.0/min`, `3.1/h`."""
    for unit, seconds in (("s", 1), ("min", 60)):
        if rate * seconds >= 1:
            return f"{rate * seconds:.1f}/{unit}"
    return f"{rate * 3600:.1f}/h" if rate else "?/s"


def _rest(status: Status) -> list[str]:
    from tqdm import tqdm  # type: ignore[import-untyped]

    rest = [f"{status.in_flight} in flight"] if status.in_flight else []
    rest += [" ".join(clean(status.waiting).split())] if status.waiting else []
    rest += [f"{status.failed} failed"] if status.failed else []
    return rest + ([f"{tqdm.format_sizeof(status.tokens)} tokens"] if status.tokens else [])


def bar_line(name: str, status: Status, total: int | None, elapsed: float, rate: float, columns: int) -> str:
    """The bar, at most `columns` wide: what does not fit is left out from the end, in whole parts."""
    from tqdm import tqdm

    known = total if total and status.done <= total else None
    form = "{desc:<8} {n_fmt} done [{elapsed}, {speed}]"
    if known:
        bar = f"|{{bar:{20 if columns >= 110 else 10}}}| " if columns >= 70 else " "
        form = "{desc:<8} {percentage:3.0f}%" + bar + "{n_fmt}/{total_fmt} [{elapsed}<{remaining}, {speed}]"
    line = tqdm.format_meter(
        status.done, known, elapsed, prefix=name, ascii=" #", rate=rate, bar_format=form, speed=speed(rate)
    )
    for number, part in enumerate(_rest(status)):
        longer = f"{line}, {part}" if number else f"{line} {part}"
        if width(longer) > columns:
            break
        line = longer
    return cut(line, columns)


def log_line(name: str, status: Status, total: int | None, rate: float) -> str:
    """The same for a log: `respond: 420 of 1000 done, 6.8/s, 64 in flight, 3 failed, 1.20M tokens`."""
    done = f"{status.done} of {total} done" if total else f"{status.done} done"
    return f"{name}: " + ", ".join([done, speed(rate), *_rest(status)])


class Progress:
    """One command's talk. `start` and `close` may be called more than once; `say` works before, between and after."""

    def __init__(self, name: str, quiet: bool, total: int | None = None) -> None:
        self.name = name
        self.quiet = quiet
        self.total = total
        self._fd = stderr_fd()
        self._board = None if self._fd is None else Board.on(self._fd)
        self._gates: dict[int, Board | None] = {}
        self._status: Callable[[], Status] | None = None
        self._pace = Pace()
        self._messages: deque[tuple[float, str]] = deque()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._closed = False
        self._began = time.monotonic()
        self._next_log = self._began + LOG_EVERY

    def start(self) -> None:
        """Begin to draw."""
        if self._thread is not None or self._closed:
            return
        self._began = time.monotonic()
        self._next_log = self._began + LOG_EVERY
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """Print what is still to be said and take the bar away."""
        if self._closed:
            return
        self._closed = True
        atexit.unregister(self.close)
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_WAIT)
            if self._messages and not self._thread.is_alive():  # said while the thread ended
                self._print(bar="", wait=LAST_WAIT, anyway=True)

    def watch(self, status: Callable[[], Status]) -> None:
        """Say where the numbers come from. Called from the drawing thread, several times a second."""
        self._status = status

    def say(self, message: str) -> None:
        """One message on stderr, above the bars; also when quiet. Returns at once while the run goes on."""
        self._messages.append((time.monotonic(), clean(message.rstrip("\n")) + "\n"))
        if self._thread is not None and self._thread.is_alive():
            self._wake.set()
        else:
            self._print(bar="", wait=LAST_WAIT, anyway=True)

    def data_gate(self, fd: int) -> AbstractContextManager[None]:
        """Around a write of whole lines of data to fd: keeps bars out of them if fd is a terminal."""
        if fd not in self._gates:
            same = self._board is not None and self._board.covers(fd)
            self._gates[fd] = self._board if same else Board.on(fd)
        board = self._gates[fd]
        return contextlib.nullcontext() if board is None else board.gate()

    def _run(self) -> None:
        drawing = not self.quiet and self._board is not None
        pause = REFRESH if drawing else 1.0
        while not self._closed:
            self._refresh()
            # a quiet command has nothing to say unless woken, or unless a message still waits for its turn
            self._wake.wait(None if self.quiet and not self._messages else pause)
            self._wake.clear()
        with contextlib.suppress(Exception):
            self._print(bar="", wait=LAST_WAIT, anyway=True)

    def _refresh(self) -> None:
        """Never raises: whatever is wrong with the numbers or the terminal, the run goes on, and so do messages."""
        now, bar = time.monotonic(), ""
        with contextlib.suppress(Exception):
            bar = self._bar(now)
        with contextlib.suppress(Exception):
            self._print(bar, wait=0.1, anyway=bool(self._messages) and now - self._messages[0][0] > MESSAGE_WAIT)

    def _bar(self, now: float) -> str:
        """The bar now; where there can't be one, "", and once in a while a message instead."""
        if self._status is None or self.quiet:
            return ""
        status = self._status()
        rate = self._pace.rate(now, status.done)
        if self._board is not None and not self._board.broken and self._board.visible:
            self._next_log = now + LOG_EVERY
        elif now >= self._next_log:
            self._next_log = now + LOG_EVERY
            self._messages.append((now, log_line(self.name, status, self.total, rate) + "\n"))
        if self._board is None or self._board.broken:
            return ""
        return bar_line(self.name, status, self.total, now - self._began, rate, self._board.columns())

    def _print(self, bar: str, wait: float, anyway: bool) -> None:
        """Draw the bar and print the messages. anyway: print them even if the terminal is not ours now."""
        count = len(self._messages)
        text = "".join(message for _, message in list(self._messages)[:count])
        board = self._board if self._board is not None and not self._board.broken else None
        if board is None or not board.draw(bar, text, wait):
            if board is not None and not anyway:
                return
            with contextlib.suppress(OSError):
                if text and board is not None:
                    board.write(text)
                elif text and self._fd is not None:
                    write_all(self._fd, text)
        for _ in range(count):
            self._messages.popleft()
