"""Which processes share our terminal: facts from /proc, no output, nothing about progress.

Where there is no /proc (macOS), a process is alive if it takes signal 0, and strangers are not seen.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name: state, parent, group, ... (proc(5)); [] if unknown."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text[text.rfind(")") + 1 :].split()


def birth(pid: int) -> int:
    """When a process began, in clock ticks since boot; 0 where that is not known."""
    fields = _stat(pid)
    return int(fields[19]) if len(fields) > 19 else 0


def is_alive(pid: int, born: int) -> bool:
    """Whether that very process still runs: a number used again, or a zombie, does not count."""
    fields = _stat(pid)
    if len(fields) > 19:
        return fields[0] not in "ZXx" and int(fields[19]) == born
    if os.path.exists("/proc/self/stat"):
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _line_of(pid: int) -> set[int]:
    """A process and its ancestors."""
    line: set[int] = set()
    while pid > 1 and pid not in line:
        line.add(pid)
        fields = _stat(pid)
        pid = int(fields[1]) if len(fields) > 1 else 0
    return line


def _link(pid: int | str, fd: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/fd/{fd}")
    except OSError:
        return ""


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except OSError:
        return -1


def stranger_writes(terminal: int, group: int, known: Collection[int]) -> bool:
    """Whether a process of this process group, not of ours, has the terminal as its standard output.

    `... | jq .` prints where our lines stand and can't be asked to take turns. terminal: our descriptor of it;
    known: the processes that do take turns. Their parents (a shell script, make) and children are no strangers.
    """
    ours = _link("self", terminal)
    if not ours:
        return False
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return False
    suspects = [pid for pid in pids if pid not in known and _group(pid) == group and _link(pid, 1) == ours]
    if not suspects:
        return False
    family = set().union(*(_line_of(pid) for pid in known))
    return any(pid not in family and not _line_of(pid) & set(known) for pid in suspects)
