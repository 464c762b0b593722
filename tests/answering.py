"""A real HTTP chat server whose answers the test writes, and the command in front of it. For tests only."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fake_server import FakeServer, completion
from support import sdg

Answer = str | tuple[str, str] | int
"""A text, a text with its finish_reason, or an HTTP status."""


class Answering:
    """A served model. `asked`: the last user message of every request, in the order they came."""

    def __init__(self, server: FakeServer, asked: list[str]) -> None:
        self.server = server
        self.url = server.url
        self.asked = asked

    def config(self, folder: Path, **more: Any) -> str:
        """Make it the instruct model of the commands in this folder; further keys go into its table."""
        return self.server.config(folder, **more).rename(folder / "sdg.toml").read_text()


@contextmanager
def answering(reply: Callable[[str], Answer]) -> Iterator[Answering]:
    """Serve `reply` as a chat model while the block runs."""
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        question = body["messages"][-1]["content"]
        asked.append(question)
        given = reply(question)
        if isinstance(given, int):
            return given, {"error": {"message": "refused by the test"}}
        text, reason = given if isinstance(given, tuple) else (given, "stop")
        return 200, completion([{"content": text}], reason)

    with FakeServer(answer) as server:
        yield Answering(server, asked)


def alone(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command with nothing on stdin, as from a script. Never a traceback."""
    return sdg(folder, *arguments, stdin=None, env=env)


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """The records on stdout."""
    return [json.loads(line) for line in done.stdout.splitlines()]


def numbered(question: str, texts: list[str]) -> str:
    """The list that a request asks for: so many of the texts as it wants."""
    found = re.search(r"numbered list of (\d+)", question)
    assert found
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts[: int(found[1])], 1))


def draft_in(question: str) -> str | None:
    """The draft that a request wants revised; None if it wants something else."""
    found = re.search(r"<draft>\n(.*)\n</draft>", question, re.DOTALL)
    return found[1] if found else None
