"""A real HTTP chat server whose answers the test writes, and the command in front of it. For tests only."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from support import SDG, environment

Answer = str | tuple[str, str] | int
"""A text, a text with its finish_reason, or an HTTP status."""


class Answering:
    """A served model. `asked`: the last user message of every request, in the order they came."""

    def __init__(self, url: str, asked: list[str]) -> None:
        self.url = url
        self.asked = asked

    def config(self, folder: Path, **more: Any) -> str:
        """Make it the instruct model of the commands in this folder; further keys go into its table."""
        extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
        text = f'[models.instruct]\nbase_url = "{self.url}"\nmodel = "m"\n{extra}'
        (folder / "sdg.toml").write_text(text)
        return text


@contextmanager
def answering(reply: Callable[[str], Answer]) -> Iterator[Answering]:
    """Serve `reply` as a chat model while the block runs."""
    asked: list[str] = []

    class Chat(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            question = body["messages"][-1]["content"]
            asked.append(question)
            answer = reply(question)
            if isinstance(answer, int):
                self._send(answer, {"error": {"message": "refused by the test"}})
                return
            text, reason = answer if isinstance(answer, tuple) else (answer, "stop")
            message = {"role": "assistant", "content": text}
            choice = {"index": 0, "message": message, "finish_reason": reason}
            usage = {"prompt_tokens": 10, "completion_tokens": 5}
            self._send(200, {"id": "c", "object": "chat.completion", "choices": [choice], "usage": usage})

        def _send(self, status: int, data: Any) -> None:
            sent = json.dumps(data).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Answering(f"http://127.0.0.1:{server.server_address[1]}/v1", asked)
    finally:
        server.shutdown()
        server.server_close()


def alone(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one command with nothing on stdin, as from a script. Never a traceback."""
    done = subprocess.run(
        [*SDG, *arguments],
        cwd=folder,
        env=env or environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


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
