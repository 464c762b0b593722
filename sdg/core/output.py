"""The output of a run: stdout, or a file that is continued where an earlier run left it.

A file is continued by content: the ids in it are done, a torn last line is owed. Beside `out.jsonl` stands
`out.jsonl.settings`, what the file was begun with; other settings are refused by name. No rejects here.
"""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from sdg.core.digests import Digests
from sdg.core.errors import UsageError


class Output:
    """An open output. `done` holds the ids that are in it already; `continued`: an earlier run began it."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self.name = path or "stdout"
        self.done = Digests()
        existed = path is not None and os.path.exists(path)
        self.fd = 1 if path is None else _open(path)
        self.is_file = path is not None and stat.S_ISREG(os.fstat(self.fd).st_mode)
        self.continued = existed and self.is_file

    def resume(self, settings: dict[str, Any], known: Callable[[dict[str, Any]], None]) -> int:
        """Read what the file has, cut a torn last line, check its settings; the number of lines it has.

        known: is told of every line. UsageError: the file was begun by other means or with other settings.
        """
        if not self.is_file:
            return 0
        sidecar = Path(f"{self.path}.settings")
        begun_with = _read_settings(sidecar) if self.continued else None
        self.continued = begun_with is not None
        if begun_with is None and os.fstat(self.fd).st_size:
            raise UsageError(
                f"{self.path} exists and was not begun by this command (there is no {sidecar.name} beside it): "
                "choose another -o, or move it away"
            )
        if begun_with is not None:
            self._compare(begun_with, settings)
        sidecar.write_bytes(orjson.dumps(settings, option=orjson.OPT_INDENT_2))
        return self._read_ids(known)

    def flush(self) -> None:
        """Down to the disk, where it is a file."""
        if self.is_file:
            os.fsync(self.fd)

    def _compare(self, begun_with: dict[str, Any], settings: dict[str, Any]) -> None:
        keys = dict.fromkeys([*begun_with, *settings])
        differing = [key for key in keys if begun_with.get(key) != settings.get(key)]
        if differing:
            changes = "; ".join(
                f"{key} was {_short(begun_with.get(key))}, now {_short(settings.get(key))}" for key in differing
            )
            raise UsageError(
                f"{self.path} was begun with other settings: {changes}. Use the same settings to continue it, "
                "or another -o"
            )

    def _read_ids(self, known: Callable[[dict[str, Any]], None]) -> int:
        lines = end = 0
        with open(self.fd, "rb", closefd=False) as file:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    break
                try:
                    data = orjson.loads(line)
                    self.done.add(data["id"])
                except (ValueError, TypeError, KeyError):
                    raise UsageError(
                        f"{self.path} line {number}: not a line of this command; mend or move it"
                    ) from None
                known(data)
                lines, end = number, end + len(line)
        os.ftruncate(self.fd, end)
        os.lseek(self.fd, end, os.SEEK_SET)
        return lines


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
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        if error.errno not in (6, 22, 13) or not os.path.exists(path) or os.path.isfile(path):
            raise UsageError(f"cannot write {path}: {error.strerror}") from None
        fd = os.open(path, os.O_WRONLY)  # a FIFO or a device
    if stat.S_ISREG(os.fstat(fd).st_mode):
        lock(fd, path)
    return fd


def _read_settings(sidecar: Path) -> dict[str, Any] | None:
    try:
        settings = orjson.loads(sidecar.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {sidecar}: {error}") from None
    return settings if isinstance(settings, dict) else None


def _short(value: object) -> str:
    text = "not set" if value is None else orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."
