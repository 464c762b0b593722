"""The request cache: one entry per request and sample, shared by every command and process.

Not resume: it knows nothing of files or records. SQLite in WAL mode, because it lost nothing under kill -9 and lets
many processes read while one writes. Holds answers, never keys or headers. Network file systems break WAL.
"""

from __future__ import annotations

import asyncio
import hashlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from sdg.core.errors import Stop, UsageError

_AT_ONCE = 500
"""Answers in one statement; SQLite takes some thousand."""
_TABLES = """
CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


_COMMIT_EVERY = 0.01
"""Seconds for which answers are gathered before the thread is woken: a switch of threads for each would cost more."""


def canonical(body: dict[str, Any]) -> bytes:
    """A request's body as JSON, the same bytes for the same content."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def request_key(server: str, path: str, body: bytes, sample: int) -> bytes:
    """What an answer is found under: who is asked, the route, the whole (canonical) body, the number of the sample."""
    return hashlib.sha256(b"[%s,%s,%s,%d]" % (orjson.dumps(server), orjson.dumps(path), body, sample)).digest()


class Cache:
    """Reads at once (about 10 microseconds), writes in a thread that commits whatever has come together."""

    def __init__(self, path: str, broken: Callable[[str], None]) -> None:
        file = Path(path).expanduser()
        self._broken = broken
        self._loop = asyncio.get_running_loop()
        try:
            if not file.parent.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                (file.parent / ".gitignore").write_text("*\n")
            self._reads = _connect(file)
            self._reads.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"cannot open the cache {path}: {error}; --no-cache goes without") from None
        self._file = file
        self._gathered: dict[bytes, bytes] = {}
        self._waiting: queue.SimpleQueue[dict[bytes, bytes] | None] = queue.SimpleQueue()
        self._unwritten: dict[bytes, bytes] = {}
        """What was put and can't be read from the file yet."""
        self._thread = threading.Thread(target=self._write, name="cache", daemon=True)
        self._thread.start()

    def get(self, key: bytes) -> Any:
        """The stored answer, or None."""
        found = self._unwritten.get(key) or self._row("SELECT answer FROM answers WHERE key = ?", key)
        return None if found is None else orjson.loads(found)

    def put(self, key: bytes, answer: Any) -> None:
        """Store an answer (JSON, or a dataclass); it is on disk within milliseconds."""
        if not self._gathered:
            self._loop.call_later(_COMMIT_EVERY, self._hand_over)
        self._unwritten[key] = self._gathered[key] = orjson.dumps(answer)

    def fact(self, key: str) -> str | None:
        """A remembered fact about an endpoint."""
        found = self._row("SELECT value FROM facts WHERE key = ?", key)
        return None if found is None else str(found)

    def remember(self, key: str, value: str) -> None:
        """Remember a fact about an endpoint."""
        try:
            with self._reads:
                self._reads.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))
        except sqlite3.Error as error:
            raise Stop(f"cannot write the cache {self._file}: {error}", 2) from None

    async def close(self) -> None:
        """Write what is waiting. `broken` has been told by then if that can't be done."""
        self._hand_over()
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        self._reads.close()

    def _row(self, query: str, key: bytes | str) -> Any:
        try:
            row = self._reads.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            raise Stop(f"cannot read the cache {self._file}: {error}; --no-cache goes without", 2) from None
        return row[0] if row else None

    def _hand_over(self) -> None:
        if self._gathered:
            self._waiting.put(self._gathered)
            self._gathered = {}

    def _write(self) -> None:
        try:
            connection = _connect(self._file)
            while (answers := self._waiting.get()) is not None:
                entries = list(answers.items())
                with connection:
                    for start in range(0, len(entries), _AT_ONCE):
                        _insert(connection, entries[start : start + _AT_ONCE])
                for key in answers:
                    self._unwritten.pop(key, None)  # it may have been put and written twice
            connection.close()
        except Exception as error:  # whatever it is, nothing more is kept: the run must not go on paying
            self._loop.call_soon_threadsafe(self._broken, f"cannot write the cache {self._file}: {error}")


def _insert(connection: sqlite3.Connection, entries: list[tuple[bytes, bytes]]) -> None:
    """All in one statement: sqlite3 lets go of the interpreter for each, and must win it back from the event loop."""
    places = ", ".join(["(?, ?)"] * len(entries))
    connection.execute(f"INSERT OR REPLACE INTO answers VALUES {places}", [part for entry in entries for part in entry])


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=60, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection
