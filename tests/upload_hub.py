"""The Hugging Face hub's HTTP interface as far as uploading one data set needs it. For tests only.

Every file goes the way that the hub tells huggingface_hub: Parquet as a large file by its own address, the rest inside
the commit.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

COMMIT = "1" * 40


@dataclass
class Hub:
    """What the hub holds. commits: the summary of each; refuses: whether tokens may not write."""

    name: str
    url: str = ""
    there: bool = False
    private: bool = False
    refuses: bool = False
    files: dict[str, bytes] = field(default_factory=dict)
    commits: list[str] = field(default_factory=list)
    large: dict[str, bytes] = field(default_factory=dict)

    def environment(self, home: str) -> dict[str, str]:
        """What makes huggingface_hub talk to it, with a login."""
        return {"HF_ENDPOINT": self.url, "HF_HOME": home, "HF_TOKEN": "hf_test", "HF_HUB_DISABLE_XET": "1"}

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        """The status and the answer to one request."""
        api = f"/api/datasets/{self.name}"
        if path == "/api/whoami-v2":
            return 200, {"name": "tester", "type": "user", "orgs": []}
        if path == api and self.there:
            siblings = [{"rfilename": name} for name in self.files]
            return 200, {"id": self.name, "sha": COMMIT, "private": self.private, "siblings": siblings, "tags": []}
        if self.refuses and method == "POST":
            return 403, {"error": "your token has no right to write"}
        if path == "/api/repos/create":
            asked = json.loads(body)
            assert f"{asked['organization']}/{asked['name']}" == self.name
            self.there, self.private = True, asked.get("visibility") == "private"
            return 200, {"url": f"{self.url}/datasets/{self.name}"}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path == f"{api}/preupload/main":
            return 200, {"files": [_way(file["path"]) for file in json.loads(body)["files"]]}
        if path.endswith("/info/lfs/objects/batch"):
            objects = [{**one, "actions": {"upload": {"href": f"{self.url}/large/{one['oid']}"}}}
                       for one in json.loads(body)["objects"]]  # fmt: skip
            return 200, {"transfer": "basic", "objects": objects}
        if method == "PUT" and path.startswith("/large/"):
            self.large[path.rsplit("/", 1)[1]] = body
            return 200, {}
        if path == f"{api}/commit/main":
            self._commit(body)
            address = f"{self.url}/datasets/{self.name}/commit/{COMMIT}"
            return 200, {"commitUrl": address, "commitOid": COMMIT, "success": True}
        return 404, {"error": "not here"}

    def _commit(self, body: bytes) -> None:
        for line in body.splitlines():
            part = json.loads(line)
            value = part["value"]
            if part["key"] == "header":
                self.commits.append(value["summary"])
            elif part["key"] == "file":
                self.files[value["path"]] = base64.b64decode(value["content"])
            elif part["key"] == "lfsFile":
                self.files[value["path"]] = self.large[value["oid"]]
            elif part["key"] == "deletedFile":
                del self.files[value["path"]]


def _way(path: str) -> dict[str, Any]:
    return {"path": path, "uploadMode": "lfs" if path.endswith(".parquet") else "regular", "shouldIgnore": False}


@contextmanager
def upload_hub(name: str) -> Iterator[Hub]:
    """Serve a hub that takes one data set while the block runs."""
    hub = Hub(name)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, answer = hub.answer(self.command, urlsplit(self.path).path, body)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            if status == 404:
                self.send_header("x-error-code", "RepoNotFound")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def do_GET(self) -> None:
            self._any()

        def do_HEAD(self) -> None:
            self._any()

        def do_POST(self) -> None:
            self._any()

        def do_PUT(self) -> None:
            self._any()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
