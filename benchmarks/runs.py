"""Endpoints on one core and a client on another, what the client took, and whether every prompt was answered once.

Imports nothing big: a child's peak memory counts from what its parent had.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

HERE = Path(__file__).parent
CORES = sorted(os.sched_getaffinity(0))
CLIENT_CORE, SERVER_CORE = CORES[0], CORES[-1]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended


@contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started in here runs on this core only."""
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


class Endpoint:
    """A served endpoint.py. `with` ends it; `kill` and `start` make it flap on the same port."""

    def __init__(self, *options: str) -> None:
        self.options, self.port = options, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, str(HERE / "endpoint.py"), "--port", str(self.port), *self.options]
        with on_core(SERVER_CORE):
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        line = self.process.stderr.readline()
        assert " at http" in line, line
        self.port = int(line.rsplit(":", 1)[1].split("/")[0])
        self.url = f"http://127.0.0.1:{self.port}/v1"

    def stats(self) -> dict[str, float]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/stats", timeout=10) as reply:
            found: dict[str, float] = json.load(reply)
        return found

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


@dataclass
class Ran:
    """How a client's run went. cpu: seconds, user and system; mb: the peak of its resident memory."""

    wall: float
    cpu: float
    mb: float
    status: int
    said: str


class Client:
    """A command that runs on the client's core, in a folder of its own."""

    def __init__(self, command: list[str], folder: Path, stdin: Any = None, stdout: Any = subprocess.DEVNULL) -> None:
        self.log = folder / f"said-{id(self)}.txt"
        self.began = monotonic()
        ours = ("SDG_", "OPENAI_", "NVIDIA_")
        env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        with on_core(CLIENT_CORE), self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=stdin, stdout=stdout, stderr=log, env=env, start_new_session=True
            )

        atexit.register(self.stop)

    def stop(self) -> None:
        """End it, and what it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def running(self) -> bool:
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def wait(self, limit: float = 3600) -> Ran:
        """What it took; ended after `limit` seconds, with a status below 0."""
        timer = threading.Timer(limit, self.stop)
        timer.start()
        _, code, usage = os.wait4(self.process.pid, 0)
        wall = monotonic() - self.began
        timer.cancel()
        atexit.unregister(self.stop)
        self.process.returncode = os.waitstatus_to_exitcode(code)
        said = self.log.read_text(errors="replace")
        return Ran(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, self.process.returncode, said)


def prompt_of(number: int) -> str:
    return f"What is there to know about plot {number} of the gardens by the river, and who looks after it in spring?"


def write_prompts(path: Path, count: int) -> Path:
    with path.open("w") as file:
        for number in range(count):
            file.write(json.dumps({"id": f"p{number}", "prompt": prompt_of(number)}) + "\n")
    return path


def text_of(prompt: Any) -> str:
    """A prompt as text, be it one or a list of messages."""
    return prompt if isinstance(prompt, str) else str(prompt[-1]["content"])


def outcome(target: Path, count: int) -> tuple[int, int, int, int]:
    """(lost, doubled, wrong, rejected) of that many prompts. wrong: the answer is to another prompt."""
    seen: Counter[str] = Counter()
    wrong = rejected = 0
    for line in target.open() if target.exists() else ():
        record = json.loads(line)
        prompt = text_of(record["prompt"])
        seen[prompt] += 1
        answers = record.get("responses") or [record.get("response") or ""]
        texts = [answer if isinstance(answer, str) else text_of(answer["messages"]) for answer in answers]
        wrong += not all(text.startswith(prompt[:60]) for text in texts)
    rejects = target.with_suffix(".rejects.jsonl")
    for line in rejects.open() if rejects.exists() else ():
        seen[text_of(json.loads(json.loads(line)["record"])["prompt"])] += 1
        rejected += 1
    lost = sum(not seen[prompt_of(number)] for number in range(count))
    return lost, sum(times - 1 for times in seen.values()), wrong, rejected
