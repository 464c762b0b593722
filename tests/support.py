"""What the tests share: the real command in a scratch folder, and the rehearsal endpoint over real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import warm

SDG = [sys.executable, "-m", "sdg"]
ROOT = Path(__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """The environment of a user who has configured nothing."""
    ours = ("SDG_", "OPENAI_", "NVIDIA_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | {"PYTHONPATH": str(ROOT)} | more


def sdg(
    folder: Path,
    *arguments: str,
    stdin: str | bytes | None = b"",
    env: dict[str, str] | None = None,
    timeout: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; its output as text. Never a traceback. stdin: None: there is none to read from."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    status, out, err = warm.run(arguments, folder, env or environment(), data, timeout)
    talk = err.decode()
    assert "Traceback" not in talk, talk
    return subprocess.CompletedProcess([*SDG, *arguments], status, out.decode("utf-8", "surrogateescape"), talk)


def write_lines(path: Path, lines: list[Any]) -> Path:
    """A JSONL file of these objects; text goes in as it is."""
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            file.write((line if isinstance(line, str) else json.dumps(line, ensure_ascii=False)) + "\n")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Every line of a JSONL file, each of which must be whole."""
    text = path.read_text(encoding="utf-8")
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def some_prompts(count: int) -> list[dict[str, str]]:
    """Prompts that are all different."""
    return [{"id": f"p{n}", "prompt": f"What should a gardener know about plot {n} in spring?"} for n in range(count)]


class Rehearsal:
    """A served rehearsal endpoint."""

    def __init__(self, port: int, log: Path) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self.log = log

    def config(self, folder: Path, **more: Any) -> Path:
        """A configuration that points at it; further keys go into both tables."""
        extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
        tables = [
            f'[models.{role}]\nbase_url = "{self.url}"\nmodel = "rehearsal-{role}"\n{extra}'
            for role in ("instruct", "reward")
        ]
        path = folder / "served.toml"
        path.write_text("\n".join(tables))
        return path

    def answered(self) -> Counter[tuple[str, str]]:
        """How often each request (body, sample) was answered with an answer, by the server's own log."""
        counts: Counter[tuple[str, str]] = Counter()
        for entry in read_lines(self.log):
            if entry["event"] == "out" and entry["status"] == 200 and not entry["fault"]:
                counts[entry["key"], str(entry.get("sample"))] += 1
        return counts


@contextmanager
def rehearsal(folder: Path, *options: str) -> Iterator[Rehearsal]:
    """Serve the rehearsal endpoint from another process while the block runs."""
    log = folder / "server.log"
    log.touch()
    reading, writing = os.pipe()
    nothing = [os.open(os.devnull, os.O_RDWR) for _ in range(2)]
    command = ("rehearse", "--port", "0", "--log", str(log), *options)
    server = warm.start(command, folder, environment(), [*nothing, writing])
    with open(reading) as talk:
        try:
            line = talk.readline()
            assert "rehearsal endpoint at" in line, line
            yield Rehearsal(int(line.rsplit(":", 1)[1].split("/")[0]), log)
        finally:
            server.end(signal.SIGTERM)
            server.wait()
