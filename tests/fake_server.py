"""An HTTP server that answers /chat/completions with what a test tells it: for replies no rehearsal would send."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = Callable[[dict[str, Any]], tuple[Any, ...]]
"""request body -> (status, JSON) or (status, JSON, headers); bytes instead of JSON go out as they are."""


def completion(messages: list[dict[str, Any]], finish_reason: str = "stop") -> dict[str, Any]:
    """A chat completion with these messages as its choices."""
    choices = [
        {"index": n, "message": {"role": "assistant", **m}, "finish_reason": finish_reason}
        for n, m in enumerate(messages)
    ]
    return {"id": "x", "choices": choices, "usage": {"prompt_tokens": 7, "completion_tokens": 5}}


class FakeServer:
    """`with FakeServer(answer) as server:`; `calls` counts the requests."""

    def __init__(self, answer: Answer) -> None:
        self.calls = 0
        self._answer = answer
        self._arrivals: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer._reply(self, body)

            def log_message(self, *arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> FakeServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, folder: Path, **more: Any) -> Path:
        """A configuration whose instruct model is this server."""
        extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
        path = folder / "fake.toml"
        path.write_text(f'[models.instruct]\nbase_url = "{self.url}"\nmodel = "m"\n{extra}')
        return path

    def gap(self, words: str) -> float:
        """Seconds between the first two requests that hold these words."""
        first, second = [moment for moment, text in self._arrivals if words in text][:2]
        return second - first

    def _reply(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        with self._lock:
            self.calls += 1
            self._arrivals.append((time.monotonic(), str(body.get("messages"))))
        status, content, *headers = self._answer(body)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        handler.send_response(status)
        for name, value in (headers[0] if headers else {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)
