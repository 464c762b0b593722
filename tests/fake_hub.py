"""The Hugging Face hub's HTTP interface as far as streaming one data set of JSONL files needs it. For tests only."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "1" * 40


@contextmanager
def fake_hub(name: str, files: dict[str, bytes], log: list[str]) -> Iterator[str]:
    """Serve one data set while the block runs; the address for HF_ENDPOINT."""

    class Hub(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = unquote(urlsplit(self.path).path)
            log.append(f"POST {path}")
            if path == f"/api/datasets/{name}/paths-info/{COMMIT}" or path.endswith("/paths-info/main"):
                wanted = json.loads(body)["paths"]
                self._json([_entry(path) for path in wanted if path in files])
            else:
                self._nothing()

        def do_GET(self) -> None:
            path = unquote(urlsplit(self.path).path)
            log.append(f"{self.command} {path}")
            if path.startswith(f"/api/datasets/{name}/tree/"):
                self._json([_entry(path) for path in files])
            elif path in (f"/api/datasets/{name}", f"/api/datasets/{name}/revision/main",
                          f"/api/datasets/{name}/revision/{COMMIT}"):  # fmt: skip
                siblings = [{"rfilename": path} for path in files]
                self._json({"id": name, "sha": COMMIT, "siblings": siblings, "private": False, "tags": []})
            elif path.startswith(f"/datasets/{name}/resolve/"):
                file = path.split("/resolve/", 1)[1].split("/", 1)[1]
                self._file(file) if file in files else self._nothing("EntryNotFound")
            else:
                self._nothing("RepoNotFound")

        def _file(self, file: str) -> None:
            content, status = files[file], 200
            whole = len(content)
            extra = {}
            if (wanted := self.headers.get("range")) and self.command == "GET":
                start, _, end = wanted.removeprefix("bytes=").partition("-")
                last = min(int(end) if end else whole - 1, whole - 1)
                content, status = content[int(start) : last + 1], 206
                extra = {"content-range": f"bytes {start}-{last}/{whole}"}
            etag = f'"{hashlib.sha1(files[file]).hexdigest()}"'
            self._send(status, content, {"etag": etag, "x-repo-commit": COMMIT, "accept-ranges": "bytes", **extra})

        def _json(self, data: Any) -> None:
            self._send(200, json.dumps(data).encode(), {"content-type": "application/json"})

        def _nothing(self, code: str = "EntryNotFound") -> None:
            self._send(404, b'{"error":"not here"}', {"x-error-code": code})

        def _send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            return

    def _entry(path: str) -> dict[str, Any]:
        return {"type": "file", "path": path, "size": len(files[path]), "oid": hashlib.sha1(files[path]).hexdigest()}

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
