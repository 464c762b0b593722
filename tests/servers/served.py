"""Other people's servers, each a process from an environment that `make test-servers` makes. No tests here.

Nothing in here knows what a server is asked.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from real_server import free_port
from support import ROOT, environment

ENVIRONMENTS = ROOT / ".venv-servers"
"""One folder for each of `*.txt` beside this file."""

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
}
"""Nothing is looked up or told to anybody."""


class Served:
    """A server that was started, and may not answer yet. `url` is its root, without /v1."""

    def __init__(self, program: str, log: Path, *options: str, **variables: str) -> None:
        """program: `litellm/litellm` is that program of the environment `litellm`."""
        name, _, command = program.partition("/")
        path = ENVIRONMENTS / name / "bin" / command
        assert path.exists(), f"{path} is missing: run `make test-servers`, which installs it"
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = log
        with log.open("wb") as stream:
            self._process = subprocess.Popen(
                [str(path), *options, "--host", "127.0.0.1", "--port", str(port)],
                env=environment(**OFFLINE, **variables),
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                start_new_session=True,
            )

    def wait(self, path: str, seconds: float = 240.0) -> None:
        """Return when a GET of `path` is answered with 200; RuntimeError with the end of the log if it never is."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(self.url + path, timeout=5).close()
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
            else:
                return
        said = self.log.read_text(errors="replace")[-3000:]
        raise RuntimeError(f"{self.url}{path} was not there within {seconds:.0f} s:\n{said}")

    def end(self) -> None:
        """End it and all that it started."""
        with suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def served(*servers: Served, path: str) -> Iterator[None]:
    """All of them answer while the block runs."""
    try:
        for server in servers:
            server.wait(path)
        yield
    finally:
        for server in servers:
            server.end()
