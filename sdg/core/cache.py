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

from sdg.core.errors import UsageError

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, answer BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


def request_key(path: str, body: dict[str, Any], sample: int) -> bytes:
    """What an answer is found under: route, whole body and the number of the sample."""
    canonical = orjson.dumps([path, body, sample], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(canonical).digest()


class Cache:
    """Reads at once (about 10 microseconds), writes in a thread that commits whatever has come together."""

    def __init__(self, path: str, broken: Callable[[str], None]) -> None:
        file = Path(path).expanduser()
        self._broken = broken
        self._loop = asyncio.get_running_loop()
        try:
            if not file.parent.exists():
                file.parent.mkdir(parents=True)
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
        row = self._reads.execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        return orjson.loads(row[0]) if row else None

    def put(self, key: bytes, answer: Any) -> None:
        """Store an answer; it is on disk within milliseconds."""
        self._waiting.put((key, orjson.dumps(answer)))

    def fact(self, key: str) -> str | None:
        """A remembered fact about an endpoint."""
        row = self._reads.execute("SELECT value FROM facts WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else None

    def remember(self, key: str, value: str) -> None:
        """Remember a fact about an endpoint."""
        with self._reads:
            self._reads.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (key, value))

    def close(self) -> None:
        """Write what is waiting."""
        self._waiting.put(None)
        self._thread.join()
        self._reads.close()

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
