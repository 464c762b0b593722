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

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def request_key(server: str, path: str, body: dict[str, Any], sample: int) -> bytes:
    """What an answer is found under: who is asked, the route, the whole body and the number of the sample."""
    canonical = orjson.dumps([server, path, body, sample], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).digest()


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
        self._waiting: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="cache", daemon=True)
        self._thread.start()

    def get(self, key: bytes) -> Any:
        """The stored answer, or None."""
        found = self._row("SELECT answer FROM answers WHERE key = ?", key)
        return None if found is None else orjson.loads(found)

    def put(self, key: bytes, answer: Any) -> None:
        """Store an answer; it is on disk within milliseconds."""
        self._waiting.put((key, orjson.dumps(answer)))

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
        self._waiting.put(None)
        await asyncio.to_thread(self._thread.join)
        self._reads.close()

    def _row(self, query: str, key: bytes | str) -> Any:
        try:
            row = self._reads.execute(query, (key,)).fetchone()
        except sqlite3.Error as error:
            raise Stop(f"cannot read the cache {self._file}: {error}; --no-cache goes without", 2) from None
        return row[0] if row else None

    def _write(self) -> None:
        ended = False
        try:
            connection = _connect(self._file)
            while not ended:
                entries = [self._waiting.get()]
                while not self._waiting.empty():
                    entries.append(self._waiting.get())
                ended = None in entries
                with connection:
                    connection.executemany(
                        "INSERT OR IGNORE INTO answers VALUES (?, ?)", [entry for entry in entries if entry]
                    )
            connection.close()
        except sqlite3.Error as error:
            self._loop.call_soon_threadsafe(self._broken, f"cannot write the cache {self._file}: {error}")


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=60, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection
