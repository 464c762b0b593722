"""Calls of the rehearsal endpoint for its tests: in this process, and as a server of its own. Tests nothing."""

from __future__ import annotations

import asyncio
import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson

from sdg.rehearsal.faults import Faults
from sdg.rehearsal.reply import Reply, answer

QUESTION = "How does crop rotation change soil health in dry regions?"
SERVER = """
import sys
from pathlib import Path
from sdg.rehearsal.faults import Faults
from sdg.rehearsal.server import run_server
log, capacity, *faults = sys.argv[1:]
run_server(0, faults=Faults.parse(faults), log=Path(log) if log else None, capacity=int(capacity))
"""


def chat(text: str = QUESTION, **more: Any) -> bytes:
    return orjson.dumps({"model": "rehearsal-instruct", "messages": [{"role": "user", "content": text}], **more})


def post(body: bytes, path: str = "/v1/chat/completions", faults: Faults | None = None, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(answer("POST", path, names, body, faults))


def choices(body: bytes, sample: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(post(body, x_sdg_sample=str(sample)).body)["choices"]
    return found


def texts(body: bytes, sample: int = 0) -> list[str]:
    return [choice["message"]["content"] for choice in choices(body, sample)]


@contextmanager
def served(*faults: str, log: str = "", capacity: int = 0) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    environment = {**os.environ, "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-c", SERVER, log, str(capacity), *faults]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said.startswith("rehearsal endpoint at http://127.0.0.1:"), said + process.stderr.read()
        try:
            yield int(said.strip().removesuffix("/v1").rsplit(":", 1)[1]), process
        finally:
            process.terminate()
            process.wait(10)


def ask_http(port: int, body: bytes, path: str = "/v1/chat/completions", **headers: str) -> tuple[int, Any, bytes]:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST" if body else "GET", path, body or None, names)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()
