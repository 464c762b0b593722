"""`sdg respond --batch` against a real Batch API: AIBrix's metadata server, which asks the rehearsal endpoint."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from served import Served, served

from support import ROOT, SDG, environment, read_lines, rehearsal, sdg, some_prompts, write_lines

SERVER = ROOT / "tests" / "servers" / "aibrix_batches.py"
LOCAL = {"STORAGE_TYPE": "local", "METASTORE_TYPE": "local"}


def test_a_batch_is_submitted_fetched_and_picked_up_after_a_kill(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    with rehearsal(tmp_path, "--fault", "fewer=0.2") as model:
        server = Served("aibrix/python", kept / "log", str(SERVER), "--model", model.url.removesuffix("/v1"), **LOCAL)
        with served(server, path="/healthz"):
            config = tmp_path / "batches.toml"
            config.write_text(f'[models.instruct]\nbase_url = "{server.url}/v1"\nmodel = "rehearsal-instruct"\n')
            write_lines(tmp_path / "in.jsonl", some_prompts(60))
            command = ["respond", "in.jsonl", "-n", "3", "--batch", "--config", str(config), "-o", "out.jsonl"]
            first = subprocess.Popen(
                [*SDG, *command], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
            )
            assert first.stderr
            line = first.stderr.readline()
            assert "has 60 requests" in line
            os.kill(first.pid, signal.SIGKILL)
            first.wait()
            batch = line.split()[2]
            done = sdg(tmp_path, *command)
            once = model.answered()
    assert (done.returncode, f"{batch} completed: 60 of 60" in done.stderr) == (0, True), done.stderr
    lines = read_lines(tmp_path / "out.jsonl")
    assert sorted(line["id"] for line in lines) == sorted(f"p{n}" for n in range(60))
    assert {len(line["responses"]) for line in lines} == {3}
    assert set(once.values()) == {1}, "no request was answered twice"
    assert not (tmp_path / "out.jsonl.batch").exists()
