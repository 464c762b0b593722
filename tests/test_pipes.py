"""Commands in a pipe: they stream, their counts add up, a closed pipe is no error, a failure is not hidden."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sdg.core.writer import Writer
from support import SDG, environment, rehearsal, sdg, some_prompts, write_lines

ME = shlex.join(SDG)


def shell(folder: Path, script: str, timeout: float = 200) -> subprocess.CompletedProcess[str]:
    """A script as a user types it; `sdg` is the command under test."""
    whole = f'set -o pipefail\nsdg() {{ {ME} "$@"; }}\n{script}'
    return subprocess.run(
        ["bash", "-c", whole], cwd=folder, env=environment(), capture_output=True, text=True, timeout=timeout
    )


def counts_of(stderr: str, name: str) -> dict[str, int]:
    """The counts of one command's last line; what is not named in it is 0."""
    [line] = re.findall(rf"^{name}: ((?:read|drafts|topics) \d[^;]*)", stderr, re.MULTILINE)
    found = re.findall(r"\b(read|drafts|topics|written|dropped|failed) ([\d,]+)", line)
    counts = {word: int(count.replace(",", "")) for word, count in found}
    counts["read"] = counts.get("drafts", counts.get("topics", counts.get("read", 0)))
    return {"dropped": 0, "failed": 0} | counts


def test_five_commands_stream_and_their_counts_add_up(tmp_path: Path) -> None:
    relay = "{ while IFS= read -r line; do printf '%s\\n' \"$line\"; done; date +%s.%N > last_prompt_read; }"
    script = (
        "sdg topics --macro 20 --sub 9 --rejects 1.jsonl | sdg prompts --task open-qa -n 2000 --rejects 2.jsonl"
        f" | {relay} | sdg respond -n 2 --rejects 3.jsonl | sdg score --min 3.5 --rejects 4.jsonl"
        " | sdg filter finish:need=any refusal:need=any --rejects 5.jsonl"
        " | { IFS= read -r line; date +%s.%N > first_record_out; printf '%s\\n' \"$line\"; cat; } > out.jsonl"
    )
    done = shell(tmp_path, script)
    assert done.returncode == 0, done.stderr
    first_out, last_in = (float((tmp_path / name).read_text()) for name in ("first_record_out", "last_prompt_read"))
    assert first_out < last_in, "the first scored record is out before the last prompt is read"
    counts = [counts_of(done.stderr, name) for name in ("topics", "prompts", "respond", "score", "filter")]
    for number, count in enumerate(counts, 1):
        assert count["read"] == count["written"] + count["dropped"] + count["failed"], count
        rejects = [json.loads(line)["kind"] for line in (tmp_path / f"{number}.jsonl").read_text().splitlines()]
        assert rejects.count("dropped") + rejects.count("failed") == count["dropped"] + count["failed"]
    assert counts[1]["written"] == counts[2]["read"] == 2000
    assert counts[2]["written"] == counts[3]["read"]
    assert counts[3]["written"] == counts[4]["read"]
    kept = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert 0 < len(kept) == counts[4]["written"] < 2000
    assert all(response["reward"] >= 3.5 for line in kept for response in line["responses"])


def test_a_pipe_that_is_closed_downstream_ends_quietly_with_status_0(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2000))
    with rehearsal(tmp_path, "--latency", "fixed:0.05") as server:
        config = server.config(tmp_path)
        began = time.monotonic()
        done = shell(tmp_path, f"sdg respond in.jsonl --config {config} | head -1; echo ${{PIPESTATUS[0]}}")
        *lines, status = done.stdout.splitlines()
        assert (len(lines), status) == (1, "0")
        assert "Traceback" not in done.stderr
        assert time.monotonic() - began < 15
        answered = sum(server.answered().values())
        assert f"cached {answered}" in sdg(tmp_path, "respond", "in.jsonl", "--config", str(config)).stderr, (
            "what was in flight then is paid for and kept"
        )


def test_a_line_that_a_closed_pipe_did_not_take_is_lost_once(tmp_path: Path) -> None:
    """The counts of a run that is given up while its last write fails came out below zero."""

    @contextmanager
    def terminal_that_is_slow_to_let_go() -> Iterator[None]:
        try:
            yield
        finally:
            time.sleep(0.2)

    async def lost() -> int:
        reading, writing = os.pipe()
        os.close(reading)
        writer = Writer(writing, lambda error: None, terminal_that_is_slow_to_let_go)
        writer.put(b"first")
        await asyncio.sleep(0.05)
        for _ in range(10):
            writer.put(b"more")
        await writer.close(given_up=lambda: True)
        await asyncio.sleep(0.4)
        os.close(writing)
        return writer.lost

    assert asyncio.run(lost()) == 11


def test_a_failure_upstream_is_not_hidden_by_the_commands_after_it(tmp_path: Path) -> None:
    done = shell(tmp_path, "sdg prompts --task writting -n 5 | sdg respond | sdg score > out.jsonl")
    assert done.returncode == 2
    assert "respond: stdin is empty" in done.stderr


@pytest.mark.parametrize("order", ["--in-order", ""])
def test_in_order_keeps_the_order_of_the_input_and_only_then(order: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(200))
    with rehearsal(tmp_path, "--latency", "exponential:0.05") as server:
        done = shell(tmp_path, f"sdg respond {order} in.jsonl --config {server.config(tmp_path)}")
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert sorted(ids) == sorted(f"p{n}" for n in range(200))
    assert (ids == [f"p{n}" for n in range(200)]) == bool(order)


def test_the_main_job_runs_with_nothing_configured_and_says_so(tmp_path: Path) -> None:
    done = shell(tmp_path, "sdg prompts --task writing -n 12 | sdg respond -n 4 | sdg score --min 3.5 > sft.jsonl")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("NO ENDPOINT IS CONFIGURED") == 3
    lines = [json.loads(line) for line in (tmp_path / "sft.jsonl").read_text().splitlines()]
    assert 1 <= len(lines) <= 12
    for line in lines:
        assert line["source"]["rehearsal"] is True
        assert all(response["rehearsal"] and response["reward"] >= 3.5 for response in line["responses"])
