"""The output of a run: stdout, or a file that is continued where an earlier run left it.

A file is continued by content: the ids in it are done, a torn last line is owed. Beside `out.jsonl` stands
`out.jsonl.settings`, what the file was begun with; other settings are refused by name. No rejects here.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from sdg.core.digests import Digests
from sdg.core.errors import UsageError

Known = Callable[[dict[str, Any]], None]
Key = Callable[[dict[str, Any]], str | None]


class Output:
    """An open output. `done` holds the ids that are in it already; `continued`: an earlier run began it."""

    def __init__(self, path: str | None, done: Digests) -> None:
        path = None if path in ("-", "/dev/stdout") else path
        self.path = path
        self.name = path or "stdout"
        self.done = done
        existed = path is not None and os.path.exists(path)
        self.fd = 1 if path is None else _open(path)
        self.is_file = path is not None and not path.startswith("/dev/") and stat.S_ISREG(os.fstat(self.fd).st_mode)
        self.continued = existed and self.is_file

    def resume(self, settings: dict[str, Any], known: Known, key: Key | None) -> int:
        """Read what the file has, cut a torn last line, check its settings; the number of lines it has.

        known: is told of every line. key: the id under which a line is done (None: only the next lines finish it, and
        without them it is owed like a torn one); without a key `done` shall hold whole lines.
        UsageError: the file was begun by other means or with other settings.
        """
        if not self.is_file:
            return 0
        sidecar = settings_beside(str(self.path))
        # A file without lines has nothing that other settings could spoil.
        begun_with = read_settings(sidecar) if self.continued and os.fstat(self.fd).st_size else None
        self.continued = begun_with is not None
        if begun_with is None and os.fstat(self.fd).st_size:
            raise UsageError(
                f"{self.path} exists and was not begun by this command (there is no {sidecar.name} beside it): "
                "choose another -o, or move it away"
            )
        if begun_with is not None:
            self._compare(begun_with, settings)
        if begun_with != settings:
            write_whole(sidecar, orjson.dumps(settings, option=orjson.OPT_INDENT_2) + b"\n")
        return self._read_lines(known, key)

    def flush(self) -> None:
        """Down to the disk, where it is a file."""
        if self.is_file:
            os.fsync(self.fd)

    def close(self) -> None:
        """Let go of it, where it is a file."""
        if self.is_file:
            os.close(self.fd)

    def _compare(self, begun_with: dict[str, Any], settings: dict[str, Any]) -> None:
        before, now = dict(_flat(begun_with)), dict(_flat(settings))
        differing = [key for key in dict.fromkeys([*before, *now]) if before.get(key) != now.get(key)]
        if differing:
            changes = "; ".join(f"{key} was {_short(before.get(key))}, now {_short(now.get(key))}" for key in differing)
            raise UsageError(
                f"{self.path} was begun with other settings: {changes}. Use the same settings to continue it, "
                "or another -o"
            )

    def _read_lines(self, known: Known, key: Key | None) -> int:
        place = lines = end = 0
        owed: list[dict[str, Any]] = []
        with open(self.fd, "rb", closefd=False) as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                place += len(line)
                try:
                    data = orjson.loads(line)
                    done = key(data) if key else line[:-1].decode()
                    if done is not None:
                        self.done.add(done)
                except (ValueError, TypeError, KeyError, AttributeError):
                    raise UsageError(
                        f"{self.path} line {number}: not a line of this command; mend or move it"
                    ) from None
                owed.append(data)
                if done is None:
                    continue
                for whole in owed:
                    known(whole)
                owed.clear()
                lines, end = number, place
        os.ftruncate(self.fd, end)
        os.lseek(self.fd, end, os.SEEK_SET)
        return lines


def put(data: bytes, path: Path | None) -> None:
    """Something made as a whole, to a file, a pipe, or stdout (None): a file is there whole, or as it was before.

    UsageError: it can't be written. To stdout by the descriptor, as sys.stdout is for talk during a run; a reader that
    has gone is no error.
    """
    if path and (path.is_file() or not path.exists()):
        write_whole(path, data)
        return
    try:
        with open(path, "wb") if path else os.fdopen(os.dup(1), "wb") as file:
            file.write(data)
    except BrokenPipeError:
        return
    except OSError as error:
        raise UsageError(f"cannot write {path or 'stdout'}: {error.strerror}") from None


def lock(fd: int, path: str) -> None:
    """Keep other sdg commands off a file while this one writes it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(
            f"{path} is being written by another sdg command: wait for it, or choose another file"
        ) from None
    except OSError:
        return  # a file system without locks


def _open(path: str) -> int:
    special = os.path.exists(path) and not os.path.isfile(path)
    try:
        # A pipe opened for reading too would never tell that its reader has gone.
        fd = os.open(path, os.O_WRONLY) if special else os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from None
    if not special:
        lock(fd, path)
    return fd


def settings_beside(path: str) -> Path:
    """Where it stands what a file was begun with."""
    return Path(f"{path}.settings")


def read_settings(sidecar: Path) -> dict[str, Any] | None:
    """What a file was begun with; None where that is not told. UsageError: it can't be read."""
    try:
        settings = orjson.loads(sidecar.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {sidecar}: {error}") from None
    return settings if isinstance(settings, dict) else None


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a kill leaves the old one or the new one, never half of it. UsageError: it can't be."""
    copy = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        copy.write_bytes(data)
        copy.replace(path)
    except OSError as error:
        copy.unlink(missing_ok=True)
        raise UsageError(f"cannot write {path}: {error.strerror}") from None


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """`{"models": [{"seed": 1}]}` as ("models[0].seed", 1), so that what differs can be named."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(part, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and any(isinstance(part, dict | list) for part in value):
        for index, part in enumerate(value):
            yield from _flat(part, f"{path}[{index}]")
    else:
        yield path, value


def _short(value: object) -> str:
    text = "not set" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."
