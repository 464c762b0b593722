"""What the tests share: the real command in a scratch folder, and the rehearsal endpoint over real HTTP."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SDG = [sys.executable, "-m", "sdg"]
ROOT = Path(__file__).parent.parent


def environment(**more: str) -> dict[str, str]:
    """The environment of a user who has configured nothing."""
    ours = ("SDG_", "OPENAI_", "NVIDIA_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)} | {"PYTHONPATH": str(ROOT)} | more


def sdg(
    folder: Path, *arguments: str, stdin: str | bytes = b"", env: dict[str, str] | None = None, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end; its output as text. Never a traceback."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [*SDG, *arguments], cwd=folder, env=env or environment(), input=data, capture_output=True, timeout=timeout
    )
    out, err = done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode()
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


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
    process = subprocess.Popen(
        [*SDG, "rehearse", "--port", "0", "--log", str(log), *options],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    try:
        line = process.stderr.readline()
        assert "rehearsal endpoint at" in line, line
        yield Rehearsal(int(line.rsplit(":", 1)[1].split("/")[0]), log)
    finally:
        process.terminate()
        process.wait(20)
