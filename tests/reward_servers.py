"""A real HTTP server that speaks every reward wire format, with the traps of real servers. For tests only.

What an answer is worth stands in its own text (`worth 3.25`), so that a test can say which scores it wants;
any other answer is worth more the more different words it has. `Bench` runs `sdg score` against such a server.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import threading
from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from sdg.record import ATTRIBUTES
from support import environment, sdg

JSON = dict[str, Any]


def nim_reply(text: str | None, logprobs: list[tuple[str, Any]] | None, as_list: bool = True) -> JSON:
    """A reply as NVIDIA's servers were recorded to give it."""
    message = {"content": text, "role": "assistant", "name": None}
    content = None if logprobs is None else [{"token": name, "logprob": value} for name, value in logprobs]
    choice = {
        "index": 0,
        "message": [message] if as_list else message,
        "finish_reason": "length",
        "logprobs": None if content is None else {"content": content, "text_offset": [], "top_logprobs": []},
    }
    usage = {"completion_tokens": 1, "prompt_tokens": 78, "total_tokens": 79}
    return {"id": "4a8c", "choices": [choice], "usage": usage, "created": None, "model": None, "object": None}


def nim_text(attributes: dict[str, float]) -> str:
    """The five attributes as the content text has them."""
    return ",".join(f"{name}:{value}" for name, value in attributes.items())


def vllm_reply(field: str, values: list[Any]) -> JSON:
    """A reply of vLLM's /classify (field "probs") or /pooling (field "data")."""
    row: JSON = {"index": 0, field: values}
    if field == "probs":
        row |= {"label": "LABEL_0", "num_classes": len(values)}
    usage = {"prompt_tokens": 78, "total_tokens": 78, "completion_tokens": 0, "prompt_tokens_details": None}
    return {"id": "classify-1", "object": "list", "created": 1, "model": "rm", "data": [row], "usage": usage}


def prose_reply() -> JSON:
    """What a chat model says to a conversation that ends with its own answer."""
    message = {"role": "assistant", "content": "Sure! Is there anything else you would like to know?"}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {"id": "c1", "object": "chat.completion", "created": 1, "model": "rm", "choices": [choice]}


def worth(messages: list[JSON]) -> float:
    """What the last message of a conversation is worth."""
    answer = messages[-1]["content"]
    said = re.search(r"worth (-?\d+(?:\.\d+)?)", answer)
    return float(said[1]) if said else 2 * math.log(len(set(answer.split()))) - 3


def attributes_worth(value: float) -> dict[str, float]:
    """Five attributes for one value; the weighted reward is `1.5 * value + 0.305`."""
    return dict(zip(ATTRIBUTES, (value, value, value, 1.0, 0.5), strict=True))


def softmax(values: list[float]) -> list[float]:
    """As vLLM does to several labels."""
    powers = [math.exp(value) for value in values]
    return [power / sum(powers) for power in powers]


def sigmoid(value: float) -> float:
    """As vLLM does to one label."""
    return 1 / (1 + math.exp(-value))


Speak = Callable[[str, JSON], JSON | None]
"""(path, body) -> the reply, or None for 404."""


def _nim(path: str, body: JSON, as_list: bool = True) -> JSON | None:
    if path != "/v1/chat/completions" or set(body) != {"model", "messages"}:
        return None
    five = attributes_worth(worth(body["messages"]))
    return nim_reply(nim_text(five), list(five.items()), as_list)


def _text(path: str, body: JSON) -> JSON | None:
    return nim_reply(f"reward:{worth(body['messages'])}", None) if path == "/v1/chat/completions" else None


def _vllm(field: str, path: str, labels: int, knows_use_activation: bool = True) -> Speak:
    def speak(asked: str, body: JSON) -> JSON | None:
        if asked != path:
            return None
        value = worth(body["messages"])
        values = [value] if labels == 1 else [value / (n + 1) for n in range(labels)]
        if body.get("use_activation", True) or not knows_use_activation:
            values = [sigmoid(value)] if labels == 1 else softmax(values)
        return vllm_reply(field, values)

    return speak


SPEAK: dict[str, Speak] = {
    "nim": _nim,
    "nim, one message": lambda path, body: _nim(path, body, as_list=False),
    "text": _text,
    "classify": _vllm("probs", "/classify", 1),
    "classify, five labels": _vllm("probs", "/classify", 5),
    "pooling": _vllm("data", "/pooling", 1),
    "sigmoid": _vllm("probs", "/classify", 1, knows_use_activation=False),
    "softmax": _vllm("probs", "/classify", 5, knows_use_activation=False),
    "two labels": _vllm("probs", "/classify", 2),
    "constant": lambda path, body: vllm_reply("probs", [4.5]) if path == "/classify" else None,
    "chat": lambda path, body: prose_reply() if path == "/v1/chat/completions" else None,
    "nothing": lambda path, body: None,
}


class RewardServer:
    """`with RewardServer("nim") as server`: listens on 127.0.0.1 and keeps what it was asked in `asked`.

    An answer with "too long" in it gets vLLM's 400. `faults` are sent first, with status 200.
    """

    def __init__(self, language: str, faults: Sequence[bytes] = ()) -> None:
        self.speak = SPEAK[language]
        self.faults = list(faults)
        self.asked: list[tuple[str, JSON]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def base_url(self) -> str:
        """Ends in /v1."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> RewardServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: JSON) -> tuple[int, JSON]:
        """(status, JSON) for one POST."""
        self.asked.append((path, body))
        if "too long" in body["messages"][-1]["content"]:
            message = "This model's maximum context length is 512 tokens. However, you requested 900 tokens."
            return 400, {"error": {"message": message, "type": "BadRequestError", "param": "input_tokens", "code": 400}}
        reply = self.speak(path, body)
        return (404, {"detail": "Not Found"}) if reply is None else (200, reply)


def _handler(server: RewardServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, reply = server.answer(self.path, body)
            if server.faults:
                self._send(200, server.faults.pop(0))
            else:
                self._send(status, json.dumps(reply).encode())

        def do_GET(self) -> None:
            self._send(200, b'{"object": "list", "data": [{"id": "rm", "object": "model"}]}')

        def _send(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def record(id: str, *answers: str, **more: Any) -> dict[str, Any]:
    """A line as `sdg respond` leaves it."""
    responses = [{"messages": [{"role": "assistant", "content": answer}], "model": "m"} for answer in answers]
    return {"id": id, "prompt": [{"role": "user", "content": "What is it worth?"}], "responses": responses, **more}


class Bench:
    """A folder with a config for one server, in which the command is run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out.jsonl"
        self.rejects = folder / "rejects.jsonl"

    def configure(self, server: RewardServer, format: str = "auto") -> None:
        lines = ["[models.reward]", f'base_url = "{server.base_url}"', 'model = "rm"', f'format = "{format}"']
        (self.folder / "c.toml").write_text("\n".join(lines) + "\n")

    def score(self, lines: list[Any], *options: str, cache: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the command on new output files."""
        source = self.folder / "in.jsonl"
        source.write_bytes(b"".join(line if isinstance(line, bytes) else _dump(line) for line in lines))
        self.out.unlink(missing_ok=True)
        self.rejects.unlink(missing_ok=True)
        options = ("--rejects", str(self.rejects), *(() if cache else ("--no-cache",)), *options)
        command = ["score", str(source), "-o", str(self.out), "--config", "c.toml", *options]
        return sdg(self.folder, *command, env=environment(HOME=str(self.folder)), timeout=60)

    def read(self, path: Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _dump(line: Any) -> bytes:
    return json.dumps(line).encode() + b"\n"
