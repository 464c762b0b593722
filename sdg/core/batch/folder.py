"""What a run in batches has on disk, in a folder beside its output: requests owed, files under way, replies fetched.

Every step is one transaction of SQLite, so that a kill leaves it done or not begun. Talks to no server.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import orjson

from sdg.core.batch.lines import MAX_BYTES, MAX_LINES, Answer, Fetched, File, answer_in
from sdg.core.errors import Stop, UsageError
from sdg.core.output import lock

_STATE = "state.db"
_TABLES = """
CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, model TEXT NOT NULL, server TEXT NOT NULL,
    url TEXT NOT NULL, line BLOB NOT NULL, file TEXT
);
CREATE INDEX IF NOT EXISTS by_file ON requests (file);
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, model TEXT NOT NULL, server TEXT NOT NULL, url TEXT NOT NULL, requests INTEGER NOT NULL,
    input TEXT NOT NULL DEFAULT '', asked INTEGER NOT NULL DEFAULT 0, batch TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS replies (
    request TEXT, n INTEGER, tries INTEGER NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, cause TEXT NOT NULL,
    settled TEXT NOT NULL DEFAULT '', PRIMARY KEY (request, n)
);
"""


class Folder:
    """`out.jsonl.batch/`, held by one command at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.mkdir(exist_ok=True)
            if not is_ours(path) and set(os.listdir(path)) - {"lock"}:
                raise UsageError(f"{path} holds other things than batches: move it away, or choose another -o")
            self._lock = os.open(path / "lock", os.O_RDWR | os.O_CREAT, 0o666)
            lock(self._lock, str(path))
            self._db = sqlite3.connect(path / _STATE, timeout=60)
            self._db.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(f"cannot keep batches in {path}: {error}") from None

    @property
    def paid(self) -> bool:
        """Whether a batch of what is in here was begun, or may have been."""
        return self._any("files WHERE asked OR batch != ''") or self._any("replies")

    # Requests and their replies, while the lines are worked on.

    @property
    def waited_for(self) -> bool:
        """Whether there are requests without a reply."""
        return self._any("requests")

    def begin(self) -> None:
        """A new pass: what was collected and never got into a file is collected again, if it is still wanted."""
        with self._whole():
            self._db.execute("DELETE FROM requests WHERE file IS NULL")

    def fetched(self, request: str, n: int) -> Fetched | None:
        """The reply to a request; a good one to the same request for more choices will do."""
        row = self._db.execute(
            "SELECT n, tries, status, body, cause, settled FROM replies "
            "WHERE request = ? AND (n = ? OR n > ? AND status = 200) ORDER BY n LIMIT 1",
            (request, n, n),
        ).fetchone()
        return Fetched(*row) if row else None

    def collect(self, request: str, n: int, model: str, server: str, url: str, body: bytes) -> None:
        """A request that is owed an answer. It is on disk with the others at the end of the pass."""
        id = f"{request}-{n}"
        line = orjson.dumps({"custom_id": id, "method": "POST", "url": url, "body": orjson.Fragment(body)})
        with self._told():
            self._db.execute(
                "INSERT OR IGNORE INTO requests (id, model, server, url, line) VALUES (?, ?, ?, ?, ?)",
                (id, model, server, url, line),
            )

    def settle(self, request: str, n: int, cause: str, reason: str) -> None:
        """No better reply will come to this request: what it failed of."""
        with self._told():
            self._db.execute(
                "UPDATE replies SET cause = ?, settled = ? WHERE request = ? AND n = ?", (cause, reason, request, n)
            )

    def forget(self, status: int) -> None:
        """Replies that the user has to do something about: asked again in the next run."""
        with self._told():
            self._db.execute("DELETE FROM replies WHERE status = ?", (status,))

    # Files of requests.

    def split(self, max_lines: int = MAX_LINES, max_bytes: int = MAX_BYTES) -> int:
        """Put what is owed into files, each of one model and route, as large as a server takes; how many requests."""
        with self._whole():
            count, size, files, last = 0, 0, [File("", "", "", "", 0)], [0]
            for number, model, server, url, length in self._db.execute(
                "SELECT number, model, server, url, length(line) + 1 FROM requests WHERE file IS NULL "
                "ORDER BY model, server, url, number"
            ):
                count, file = count + 1, files[-1]
                full = file.requests >= max_lines or size + length > max_bytes
                if full or (model, server, url) != (file.model, file.server, file.url):
                    file, size = File(f"sdg-{uuid.uuid4().hex}", model, server, url, 0), 0
                    files.append(file)
                    last.append(0)
                last[-1], file.requests, size = number, file.requests + 1, size + length
            for file, number in zip(files[1:], last[1:], strict=True):
                self._add(file, number)
        return count

    def files(self) -> list[File]:
        """Those whose replies are not fetched yet."""
        rows = self._db.execute("SELECT * FROM files ORDER BY rowid").fetchall()
        return [File(*row) for row in rows]

    def take_back(self) -> None:
        """Files that no batch was begun of: the next pass collects what is still wanted of them."""
        with self._whole():
            for file in self.files():
                if not (file.asked or file.batch):
                    self._drop(file)

    def save(self, file: File) -> None:
        """How far a file is."""
        with self._whole():
            self._db.execute(
                "UPDATE files SET input = ?, asked = ?, batch = ? WHERE name = ?",
                (file.input, file.asked, file.batch, file.name),
            )

    def write(self, file: File) -> Path:
        """The file itself, as it is uploaded."""
        path = self.path / f"{file.name}.jsonl"
        try:
            with path.open("wb") as lines:
                for (line,) in self._lines(file, "line"):
                    lines.write(line + b"\n")
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        return path

    def take(self, file: File, outputs: list[Path], missing: str) -> int:
        """Store what a batch has brought, and be done with it; how many requests it answered.

        missing: the cause that a request without a reply has failed of; "": it was not asked at all.
        """
        with self._whole():
            taken = 0
            for path in outputs:
                with path.open("rb") as lines:
                    taken += sum(self._take(file, answer_in(line)) for line in lines)
            if missing:
                for (id,) in self._lines(file, "id").fetchall():
                    self._put(Answer(id, 0, b"", missing))
            self._drop(file)
        return taken

    def refuse(self, file: File, complaints: dict[int, str]) -> None:
        """A batch that was not begun, over these lines of its file: they have their answer, the others are owed."""
        with self._whole():
            for number, (id,) in enumerate(self._lines(file, "id").fetchall(), 1):
                if number in complaints:
                    self._put(Answer(id, 400, orjson.dumps({"error": {"message": complaints[number]}}), ""))
                    self._db.execute("DELETE FROM requests WHERE id = ?", (id,))
            self._db.execute("UPDATE requests SET file = NULL WHERE file = ?", (file.name,))
            self._drop(file)

    def close(self, done: bool) -> None:
        """Let go of it. done: all is in the output, so that it goes away; as it does where nothing was paid for."""
        with suppress(sqlite3.Error):
            self._db.commit()
        useless = done or not self.paid
        self._db.close()
        if useless:
            shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)

    def _add(self, file: File, last: int) -> None:
        """A file of what is owed up to that request: those before are in files already."""
        self._db.execute(
            "INSERT INTO files (name, model, server, url, requests) VALUES (?, ?, ?, ?, ?)",
            (file.name, file.model, file.server, file.url, file.requests),
        )
        self._db.execute(
            "UPDATE requests SET file = ? WHERE file IS NULL AND model = ? AND server = ? AND url = ? AND number <= ?",
            (file.name, file.model, file.server, file.url, last),
        )

    def _any(self, rows: str) -> bool:
        return self._db.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone() is not None

    def _lines(self, file: File, column: str) -> sqlite3.Cursor:
        return self._db.execute(f"SELECT {column} FROM requests WHERE file = ? ORDER BY number", (file.name,))

    def _take(self, file: File, answer: Answer | None) -> bool:
        """Whether it is an answer to a request of this file, and the first one."""
        if answer is None:
            return False
        mine = self._db.execute("DELETE FROM requests WHERE id = ? AND file = ?", (answer.id, file.name)).rowcount
        if mine:
            self._put(answer)
        return bool(mine)

    def _put(self, answer: Answer) -> None:
        request, _, n = answer.id.rpartition("-")
        self._db.execute(
            "INSERT INTO replies (request, n, tries, status, body, cause) VALUES (?, ?, 1, ?, ?, ?) ON CONFLICT DO "
            "UPDATE SET tries = tries + 1, status = excluded.status, body = excluded.body, cause = excluded.cause",
            (request, int(n), answer.status, answer.body, answer.cause),
        )

    def _drop(self, file: File) -> None:
        self._db.execute("DELETE FROM requests WHERE file = ?", (file.name,))
        self._db.execute("DELETE FROM files WHERE name = ?", (file.name,))

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """All of it or nothing; what a pass has collected so far is written along."""
        with self._told(), self._db:
            yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise Stop(f"cannot write {self.path}: {error}", 2) from None


def is_ours(path: Path) -> bool:
    """Whether a folder is one of these."""
    return (path / _STATE).is_file()
