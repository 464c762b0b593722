"""The real command without its start-up: a fork of a process that has imported what the commands import.

Two such processes take turns, each with a hash seed of its own, so that two runs of a command never agree only because
their sets are in the same order. Run as a program, this file is such a process. Knows no test.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path
from typing import Any

AT_START = ("PYTHON", "LANG", "LC_", "TZ", "LD_")
"""How the names of variables begin that are read when a process starts."""


class Warm:
    """A process that forks a command whenever it is told to."""

    def __init__(self, env: dict[str, str], seed: int) -> None:
        self.env = env
        self._ours, its = socket.socketpair()
        with its:
            command = [sys.executable, __file__, str(its.fileno())]
            self._process = subprocess.Popen(
                command, env=env | {"PYTHONHASHSEED": str(seed)}, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL
            )

    def start(self, arguments: tuple[str, ...], folder: Path, env: dict[str, str], fds: list[int]) -> Started:
        """See start() below."""
        status, tell = os.pipe()
        with tempfile.TemporaryFile() as told:
            told.write(json.dumps([arguments, str(folder), env]).encode())
            told.flush()
            socket.send_fds(self._ours, [b"."], [told.fileno(), tell, *fds])
        for fd in (tell, *fds):
            os.close(fd)
        return Started(status)


class Started:
    """A command on its way."""

    def __init__(self, status: int) -> None:
        self._told = os.fdopen(status)
        self.pid = int(self._told.readline())

    def end(self, number: signal.Signals) -> None:
        """Send it a signal."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def wait(self) -> int:
        """Its exit status, as subprocess has it."""
        with self._told as told:
            return int(told.readline())


_warm: Iterator[Warm] | None = None
_lock = threading.Lock()


def run(
    arguments: tuple[str, ...], folder: Path, env: dict[str, str], data: bytes | None, timeout: float
) -> tuple[int, bytes, bytes]:
    """One command to its end: exit status, stdout, stderr. data: for its stdin; None: nothing to read there."""
    (out, its_out), (err, its_err) = os.pipe(), os.pipe()
    its_in, stdin = (os.open(os.devnull, os.O_RDONLY), None) if data is None else os.pipe()
    command = start(arguments, folder, env, [its_in, its_out, its_err])
    late = threading.Timer(timeout, command.end, [signal.SIGKILL])
    late.start()
    with ThreadPoolExecutor(2) as readers:
        reading = [readers.submit(_read, fd) for fd in (out, err)]
        if stdin is not None:
            with contextlib.suppress(BrokenPipeError), open(stdin, "wb", buffering=0) as file:
                file.write(data or b"")
        read = [each.result() for each in reading]
    status = command.wait()
    assert late.is_alive() or status != -signal.SIGKILL, f"{arguments} took longer than {timeout} s: {read[1].decode()}"
    late.cancel()
    return status, read[0], read[1]


def start(arguments: tuple[str, ...], folder: Path, env: dict[str, str], fds: list[int]) -> Started:
    """Start a command on these for stdin, stdout and stderr, which are closed here."""
    global _warm
    with _lock:
        if _warm is None:
            _warm = cycle([Warm(env, seed) for seed in (1, 2)])
        warm = next(_warm)
    other = {name for name, _ in env.items() ^ warm.env.items() if name.startswith(AT_START)}
    assert not other, f"a command with another {other} must be started itself"
    return warm.start(arguments, folder, env, fds)


def _read(fd: int) -> bytes:
    with open(fd, "rb") as file:
        return file.read()


def _serve(orders: socket.socket) -> None:
    """Fork what is ordered. Returns in the process that is to be the command, with all set up for it."""
    while True:
        message, fds, _, _ = socket.recv_fds(orders, 1, 5)
        if not message:
            sys.exit()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not os.fork():
            _fork(*fds)
            return
        for fd in fds:
            os.close(fd)


def _fork(told: int, status: int, *standard: int) -> None:
    """Fork the command and wait for it in the parent, so that several can run at a time."""
    child = os.fork()
    if child:
        os.write(status, b"%d\n" % child)
        os.write(status, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os._exit(0)
    with open(told, "rb", closefd=False) as file:
        file.seek(0)
        arguments, folder, env = json.load(file)
    for number, fd in enumerate(standard):
        os.dup2(fd, number)
    os.closerange(3, 256)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[1:] = arguments
    sys.path[0] = folder


def _end(end: SystemExit) -> None:
    """End as Python does, but for taking apart all that was imported."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    gc.collect()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(end.code if isinstance(end.code, int) else 0)


def _import_all() -> None:
    """What the commands import sooner or later, but for what looks at the environment as it is imported."""
    root = Path(importlib.import_module("sdg").__path__[0])
    stages = [f"sdg.{path.parent.name}.{path.stem}" for path in root.glob("*/stage.py")]
    for name in ("typer._adapters", "openai", "httpx2", "httpcore2", "sdg.core.launch", "sdg.rehearsal.reply", *stages):
        importlib.import_module(name)
    main: Any = importlib.import_module("typer.main")
    main.get_command = functools.cache(main.get_command)  # the options of all commands are worked out once
    main.get_command(importlib.import_module("sdg.cli").app)


if __name__ == "__main__":
    _import_all()
    gc.collect()
    gc.freeze()
    try:
        _serve(socket.socket(fileno=int(sys.argv[1])))
    except KeyboardInterrupt:  # of the whole test run
        sys.exit(130)
    try:
        runpy.run_module("sdg", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        _end(end)
