"""A server with the files and batches of the Batch API, which answers their requests with what a test tells it.

As real ones do it: lines come back in any order, refusals in a file of their own, a file that would be empty is not
there, and there are statuses that nobody has told of.
"""

from __future__ import annotations

import email
import json
import random
import re
import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

Answer = Callable[[dict[str, Any]], tuple[int, Any] | str]
"""request body -> (status, JSON); or a code: the request has an error and no response; or "": no line at all."""


class BatchServer:
    """`with BatchServer(answer) as server:`.

    at: called with each step, before its reply: "upload", "create", "look", "fetch". fail: errors for which a file is
    refused as a whole, by its lines. answered: how often each request had an answer with status 200.
    ends_as: the status of a batch that was worked on. refuses: a status for each path that is refused. bare: how often
    a completed batch does not name its files yet.
    """

    def __init__(self, answer: Answer) -> None:
        self.answered: Counter[str] = Counter()
        self.uploads: list[list[dict[str, Any]]] = []
        self.live = 0
        self.at: Callable[[str], None] = lambda step: None
        self.fail: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] = lambda lines: []
        self.ends_as = "completed"
        self.refuses: dict[str, int] = {}
        self.bare = 0
        self._answer = answer
        self._files: dict[str, bytes] = {}
        self._batches: dict[str, dict[str, Any]] = {}
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer._reply(self, outer._refused(self.path) or outer._post(self.path, self.headers, body))

            def do_GET(self) -> None:
                outer._reply(self, outer._refused(self.path) or outer._get(self.path))

            def log_message(self, *arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self) -> BatchServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def config(self, folder: Path) -> Path:
        """A configuration whose models are all here."""
        path = folder / "batches.toml"
        tables = [f'[models.{name}]\nbase_url = "{self.url}"\nmodel = "{name}-1"\n' for name in ("instruct", "reward")]
        path.write_text("\n".join(tables))
        return path

    @property
    def batches(self) -> int:
        """How many were begun."""
        return len(self._batches)

    def end(self, status: str) -> None:
        """All batches have this status from now on."""
        for batch in self._batches.values():
            batch["status"] = status

    def _refused(self, path: str) -> Any:
        return (self.refuses[path], {"detail": "Not Found"}) if path in self.refuses else None

    def _post(self, path: str, headers: Any, body: bytes) -> Any:
        if path == "/v1/files":
            self.at("upload")
            return self._upload(headers["Content-Type"], body)
        data = json.loads(body)
        if path == "/v1/batches":
            assert (data["completion_window"], len(data["metadata"])) == ("24h", 1)
            id = f"batch-{len(self._batches)}"
            more = {"output_file_id": None, "error_file_id": None}
            self._batches[id] = {"id": id, "object": "batch", "status": "validating", **more, **data}
            self.at("create")
            return self._batches[id]
        self.live += 1
        return self._answer(data)

    def _get(self, path: str) -> Any:
        if found := re.fullmatch(r"/v1/files/(.*)/content", path):
            self.at("fetch")
            return self._files[found[1]]
        if found := re.fullmatch(r"/v1/batches/(.*)", path):
            self.at("look")
            batch = self._batches[found[1]]
            if batch["status"] == "validating":
                batch["status"] = "scheduling"
            elif batch["status"] == "scheduling":
                self._work(batch)
            if batch["status"] == "completed" and self.bare:
                self.bare -= 1
                return {key: value for key, value in batch.items() if not key.endswith("_file_id")}
            return dict(batch)
        # The list, one a page, the newest first.
        after = re.search("after=([^&]*)", path)
        newest = list(reversed(self._batches.values()))
        rest = newest[newest.index(self._batches[after[1]]) + 1 :] if after else newest
        return {"object": "list", "data": rest[:1], "has_more": len(rest) > 1}

    def _upload(self, kind: str, body: bytes) -> dict[str, Any]:
        message: Any = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
        content = {part.get_param("name", header="content-disposition"): part for part in message.get_payload()}
        assert content["purpose"].get_payload() == "batch"
        id = f"file-{len(self._files)}"
        self._files[id] = content["file"].get_payload(decode=True)
        self.uploads.append([json.loads(line) for line in self._files[id].splitlines()])
        return {"id": id, "object": "file", "purpose": "batch"}

    def _work(self, batch: dict[str, Any]) -> None:
        lines = [json.loads(line) for line in self._files[batch["input_file_id"]].splitlines()]
        assert {line["url"] for line in lines} == {batch["endpoint"]}
        assert {line["method"] for line in lines} == {"POST"}
        assert len({line["body"]["model"] for line in lines}) == 1
        assert len({line["custom_id"] for line in lines}) == len(lines)
        if errors := self.fail(lines):
            batch |= {"status": "failed", "errors": {"object": "list", "data": errors}}
            return
        random.Random(1).shuffle(lines)
        files: dict[str, list[bytes]] = {"output": [], "error": []}
        for line in lines:
            said = self._answer(line["body"])
            if isinstance(said, tuple):
                status, content = said
                self.answered[line["custom_id"]] += status == 200
                response: Any = {"status_code": status, "request_id": "r", "body": content}
                reply = {"id": "x", "custom_id": line["custom_id"], "response": response, "error": None}
            elif said:
                error = {"code": said, "message": "This request could not be done."}
                status, reply = 0, {"id": "x", "custom_id": line["custom_id"], "response": None, "error": error}
            else:
                continue
            files["output" if status == 200 else "error"].append(json.dumps(reply).encode())
        for kind, replies in files.items():
            if replies:
                batch[f"{kind}_file_id"] = f"file-{len(self._files)}"
                self._files[batch[f"{kind}_file_id"]] = b"\n".join(replies)
        batch["status"] = self.ends_as
        batch["request_counts"] = {
            "total": len(lines),
            "completed": len(files["output"]),
            "failed": len(files["error"]),
        }

    def _reply(self, handler: BaseHTTPRequestHandler, said: Any) -> None:
        status, content = said if isinstance(said, tuple) else (200, said)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        try:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)
        except ConnectionError:
            return  # the client was killed
