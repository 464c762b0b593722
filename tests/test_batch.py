"""`sdg respond --batch` and `sdg score --batch` against a server with a Batch API; kills at every step of it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from fake_batches import BatchServer
from fake_server import completion
from one_process import several
from reward_servers import nim_reply, nim_text
from sdg.core.batch.folder import Folder
from sdg.core.batch.lines import MAX_BYTES, MAX_LINES
from sdg.record import ATTRIBUTES
from support import SDG, environment, read_lines, some_prompts, write_lines


def answer(body: dict[str, Any], tries: Counter[str]) -> tuple[int, Any] | str:
    """What the server says to a request: its prompt tells what is to go wrong, and how often."""
    text = str(body["messages"][0]["content"])
    tries[text] += 1
    if body["model"] == "reward-1":
        scores = dict.fromkeys(ATTRIBUTES, len(str(body["messages"][-1]["content"])) / 8)
        return 200, nim_reply(nim_text(scores), list(scores.items()))
    found = re.match(r"(\d+) times (\w+)", text)
    if found and tries[text] <= int(found[1]):
        failures: dict[str, tuple[int, Any] | str] = {
            "500": (500, {"error": {"message": "bad moment"}}),
            "400": (400, {"error": {"message": "no such word"}}),
            "null": (200, completion([{"content": None}])),
            "expired": "batch_expired",
            "lost": "",
        }
        return failures[found[2]]
    choices = [{"content": f"{text}: answer {tries[text]}.{k}"} for k in range(body.get("n", 1))]
    return 200, completion(choices[:2] if text.startswith("fewer") else choices)


@pytest.fixture
def server() -> Any:
    tries: Counter[str] = Counter()
    with BatchServer(lambda body: answer(body, tries)) as served:
        yield served


FAULTS = [
    "1 times 500",
    "2 times null",
    "1 times expired",
    "1 times lost",
    "9 times 500",
    "9 times lost",
    "1 times 400",
    "9 times 400",
]


def test_every_prompt_is_answered_or_rejected_with_its_cause_and_then_scored(tmp_path: Path, server: Any) -> None:
    texts = [*FAULTS, "fewer", "malformed", *(f"plain {n}" for n in range(20))]
    write_lines(tmp_path / "in.jsonl", [{"id": text, "prompt": text} for text in texts])
    config = str(server.config(tmp_path))

    def refused(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        bad = [n for n, line in enumerate(lines, 1) if "malformed" in str(line["body"])]
        return [{"code": "invalid_line", "message": "not to our taste", "line": n, "param": None} for n in bad]

    server.fail = refused
    answered, scored = several(
        tmp_path,
        ["respond", "in.jsonl", "-n", "3", "--no-cache", "--batch", "--config", config, "-o", "out.jsonl"],
        ["score", "out.jsonl", "--batch", "--config", config, "-o", "scored.jsonl"],
    )
    assert answered.status == 1, answered.err
    causes = {entry["id"]: (entry["cause"], entry["reason"]) for entry in read_lines(tmp_path / "out.rejects.jsonl")}
    assert {id: cause for id, (cause, _) in causes.items()} == {
        "9 times 500": "500", "9 times lost": "no reply in the batch", "9 times 400": "refused with 400",
        "malformed": "refused with 400",
    }  # fmt: skip
    assert "bad moment (asked 3 times)" in causes["9 times 500"][1]
    assert "invalid_line: not to our taste" in causes["malformed"][1]
    written = read_lines(tmp_path / "out.jsonl")
    lines = {line["id"]: [r["messages"][0]["content"] for r in line["responses"]] for line in written}
    assert sorted(lines) == sorted(set(texts) - set(causes))
    assert all(len(set(responses)) == 3 for responses in lines.values()), "no answer is given twice"
    assert lines["plain 7"] == [f"plain 7: answer 1.{k}" for k in range(3)], "one request for all three"
    # Each request that was answered was answered once, but for those whose answers were empty.
    assert set(server.answered.values()) <= {0, 1, 3}
    assert f"read {len(texts)}, written 26, failed 4" in answered.err
    assert f"cached 0, tokens in {7 * 31}," in answered.err, "every reply that has tokens is counted once"
    assert (scored.status, len(read_lines(tmp_path / "scored.jsonl"))) == (0, 26), scored.err
    assert server.live == 3, "how the reward model talks is asked at once"
    assert not list(tmp_path.glob("*.batch")), "what is done leaves nothing behind"


def test_killed_at_any_step_it_goes_on_and_pays_nothing_twice(tmp_path: Path, server: Any) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(30))
    ordinary, good = ["respond", "in.jsonl", "--config"], str(server.config(tmp_path))
    elsewhere = "elsewhere.toml"
    (tmp_path / elsewhere).write_text(Path(good).read_text().replace("127.0.0.1", "localhost"))
    (tmp_path / "pool.toml").write_text('[models.instruct]\nbase_url = ["http://a/v1", "http://b/v1"]\nmodel = "m"\n')
    said = []
    steps = [
        ("upload", 9, elsewhere),
        ("create", 9, good),
        ("look", signal.SIGINT, good),
        ("fetch", 9, good),
        ("", 0, good),
    ]
    for step, with_what, config in steps:
        command = [*SDG, *ordinary, config, "--batch", "-o", "out.jsonl"]
        process = subprocess.Popen(command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True)

        def kill(at: str, step: str = step, with_what: int = with_what, process: Any = process) -> None:
            if at == step:
                os.kill(process.pid, with_what)

        server.at = kill
        said.append((process.communicate(timeout=60)[1], process.returncode))
        if step == "upload":
            shutil.copytree(tmp_path / "out.jsonl.batch", tmp_path / "other.jsonl.batch")
        elif step == "create":
            server.at = lambda at: None
            before = sorted(tmp_path.rglob("*"))
            refused = several(
                tmp_path,
                [*ordinary, good, "-o", "out.jsonl"],
                [*ordinary, elsewhere, "--batch", "-o", "out.jsonl"],
                [*ordinary, "pool.toml", "--batch", "-o", "out.jsonl"],
            )
            assert sorted(tmp_path.rglob("*")) == before
    assert [status for _, status in said] == [-9, -9, 130, -9, 0], said
    for done, words in zip(
        refused, ["requests that were paid for", "has a batch at", "several addresses"], strict=True
    ):
        assert (done.status, words in done.err) == (2, True), done.err
    assert "what was submitted goes on; the same command fetches it" in said[2][0]
    assert (server.batches, set(server.answered.values())) == (1, {1})
    assert sorted(line["id"] for line in read_lines(tmp_path / "out.jsonl")) == sorted(f"p{n}" for n in range(30))
    assert "written 30; calls 30" in said[-1][0]
    [unhindered] = several(tmp_path, [*ordinary, good, "--no-cache", "-o", "other.jsonl"])
    assert (unhindered.status, server.live) == (0, 30), "where nothing was submitted, nothing is paid for"
    assert not list(tmp_path.glob("*.batch"))


def test_batches_that_fail_expire_or_are_forgotten_cost_only_what_had_no_answer(tmp_path: Path, server: Any) -> None:
    """Two models, two batches: one fails while the other is under way, which expires; begun again, it is gone once."""
    texts = [*(f"plain {n}" for n in range(4)), *(f"1 times lost {n}" for n in range(4))]
    write_lines(tmp_path / "in.jsonl", [{"id": text, "prompt": text} for text in texts])
    full = [{"code": "token_limit_exceeded", "message": "Too much is enqueued"}]
    states = iter([(full, "failed"), ([], "expired")])

    def fail(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        errors, server.ends_as = next(states, ([], "completed"))
        return errors

    server.fail = fail
    server.refuses = {"/v1/batches/batch-2": 404}
    models = ["--model", "instruct,other/model", "--config", str(server.config(tmp_path))]
    command = ["respond", "in.jsonl", "-n", "2", "--batch", "-o", "out.jsonl", *models]
    [gone] = several(tmp_path, command)
    assert (gone.status, "batch-2 is not known at" in gone.err) == (2, True), gone.err
    server.refuses, server.bare = {}, 2
    [done] = several(tmp_path, command)
    assert (done.status, len(read_lines(tmp_path / "out.jsonl"))) == (0, 8), done.err
    assert "batch-1 expired: 4 of 8 requests have a reply" in gone.err + done.err
    assert [len(lines) for lines in server.uploads] == [8, 8, 8, 4]
    assert (len(server.answered), set(server.answered.values()), server.bare) == (16, {1}, 0)


def test_wrong_use_is_told_and_a_batch_that_fails_is_submitted_again_by_the_next_run(
    tmp_path: Path, server: Any
) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2))
    good, config = ["respond", "in.jsonl", "--batch", "-o", "out.jsonl"], ["--config", str(server.config(tmp_path))]
    (tmp_path / "mine.jsonl.batch").mkdir()
    (tmp_path / "mine.jsonl.batch" / "notes").touch()
    server.fail = lambda lines: [{"code": "token_limit_exceeded", "message": "Too much is enqueued"}]
    wrong = several(
        tmp_path,
        ["respond", "in.jsonl", "--batch", *config],
        ["respond", "--batch", "-o", "out.jsonl", *config],
        [*good, "--turns", "2", *config],
        [*good, "--max-calls", "9", *config],
        [*good, "--max-cost", "9", *config],
        ["respond", "none.jsonl", "--batch", "-o", "x.jsonl", *config],
        ["respond", "in.jsonl", "--batch", "-o", "mine.jsonl", *config],
        ["respond", "in.jsonl", "--batch", "-o", "made.jsonl"],
        [*good, *config],
    )
    words = [
        "needs -o FILE", "needs a FILE to read", "single answers", "--max-calls and --max-cost",
        "--max-calls and --max-cost", "cannot read none.jsonl: No such file", "holds other things than batches",
        "rehearsal endpoint", "token_limit_exceeded: Too much is enqueued",
    ]  # fmt: skip
    for done, said in zip(wrong, words, strict=True):
        assert (done.status, said in done.err) == (2, True), (said, done.err)
    server.fail = lambda lines: []
    for path, status in [("files", 404), ("batches", 405)]:
        server.refuses = {f"/v1/{path}": status}
        [done] = several(tmp_path, [*good, *config])
        said = f"{server.url} has no Batch API ({status} at /v1/{path}): leave --batch out"
        assert (done.status, said in done.err) == (2, True), done.err
    assert [path.name for path in tmp_path.glob("*.batch")] == ["mine.jsonl.batch"], "nothing begun is nothing left"
    assert [path.name for path in tmp_path.glob("mine*/*")] == ["notes"]
    assert not list(tmp_path.glob("made.*")), "an address that can't do is told before anything is written"
    server.refuses = {}
    server.ends_as = "in_progress"
    [waited] = several(tmp_path, [*good, "--max-time", "2s", *config])
    assert (waited.status, "--max-time 2s is reached" in waited.err) == (1, True), waited.err
    assert "what was submitted goes on" in waited.err
    server.end("cancelled")
    assert [done.status for done in several(tmp_path, [*good, *config], [*good, *config])] == [1, 0]
    assert len(read_lines(tmp_path / "out.jsonl")) == 2
    assert set(server.answered.values()) == {1}


def test_files_are_split_at_the_lines_and_bytes_that_a_server_takes(tmp_path: Path) -> None:
    async def sizes() -> list[tuple[str, int, int]]:
        folder = Folder(tmp_path / "out.jsonl.batch")
        folder.begin()
        for n in range(8):
            folder.collect(f"{n:040x}", 1, "instruct", "http://a/v1", "/v1/chat/completions", b"{}")
        folder.collect("f", 1, "second", "http://a/v1", "/v1/chat/completions", b"{}")
        assert folder.split(max_lines=7) == 9
        for n in range(3):
            folder.collect(f"e{n}", 1, "second", "http://a/v1", "/pooling", orjson.dumps({"text": "x" * 1000}))
        folder.split(max_bytes=2500)
        found = []
        for file in folder.files():
            lines = folder.write(file).read_bytes().splitlines()
            assert json.loads(lines[-1])["url"] == file.url
            found.append((file.model, file.requests, len(lines)))
        folder.close(done=True)
        return found

    each = [("instruct", 7), ("instruct", 1), ("second", 1), ("second", 2), ("second", 1)]
    assert (MAX_LINES, MAX_BYTES) == (50_000, 200_000_000)
    assert asyncio.run(sizes()) == [(model, count, count) for model, count in each]
    assert not (tmp_path / "out.jsonl.batch").exists()
