"""Nothing lost, nothing paid twice: kill -9, Ctrl-C once and twice, other settings, rejects that are tried again."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

import warm
from fake_server import FakeServer, completion
from support import SDG, environment, read_lines, rehearsal, sdg, some_prompts, write_lines


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command that runs while the test goes on."""
    return subprocess.Popen(
        [*SDG, *arguments], cwd=folder, env=environment(), stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def test_kill_9_at_ten_random_moments_loses_no_prompt_and_pays_only_for_what_was_in_flight(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(800))
    chance = random.Random(7)
    with rehearsal(tmp_path, "--latency", "exponential:0.05") as server:
        config = str(server.config(tmp_path))
        command = ("respond", "-n", "2", "in.jsonl", "-o", "out.jsonl", "--config", config, "--concurrency", "8")
        for _ in range(10):
            before = server.log.stat().st_size
            nothing = [os.open(os.devnull, os.O_RDWR) for _ in range(3)]
            run = warm.start(command, tmp_path, environment(), nothing)
            deadline = time.monotonic() + 60
            while server.log.stat().st_size == before:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            time.sleep(chance.uniform(0.1, 0.6))
            run.end(signal.SIGKILL)
            assert run.wait() == -signal.SIGKILL, "it had not ended by itself"
            time.sleep(0.3)  # what was in flight is still answered, and logged
        lines = read_lines_but_the_torn_one(tmp_path / "out.jsonl")
        assert 0 < lines < 800, "the kills came too late or too early to prove anything"
        last = sdg(tmp_path, *command)
        paid = server.answered()
    assert last.returncode == 0, last.stderr
    written = read_lines(tmp_path / "out.jsonl")
    assert sorted(line["id"] for line in written) == sorted(f"p{n}" for n in range(800))
    assert all(len(line["responses"]) == 2 for line in written)
    assert len(paid) == 800
    # Eight requests were in flight at a kill, and of as many at most the reply had come and was not yet on the disk.
    assert paid.total() - 800 <= 10 * 2 * 8


def read_lines_but_the_torn_one(path: Path) -> int:
    """Whole lines in a file whose last one may be torn; each whole one must be JSON."""
    whole = path.read_bytes().split(b"\n")[:-1]
    return len([json.loads(line) for line in whole])


def test_a_torn_last_line_is_owed(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(5))
    assert sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl").returncode == 0
    whole = (tmp_path / "out.jsonl").read_bytes()
    (tmp_path / "out.jsonl").write_bytes(whole[:-40])
    again = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl")
    assert again.returncode == 0
    assert "continuing out.jsonl, which has 4 lines" in again.stderr
    assert {line["id"] for line in read_lines(tmp_path / "out.jsonl")} == {f"p{n}" for n in range(5)}


def test_ctrl_c_once_finishes_what_is_in_flight_and_the_next_run_does_the_rest(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(300))
    with rehearsal(tmp_path, "--latency", "fixed:0.3") as server:
        command = [
            "respond",
            "in.jsonl",
            "-o",
            "out.jsonl",
            "--config",
            str(server.config(tmp_path)),
            "--concurrency",
            "8",
        ]
        run = start(tmp_path, *command)
        wait_for_lines(tmp_path / "out.jsonl", 1)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=20)
        assert run.returncode == 130, err
        assert "finishing" in err
        time.sleep(0.5)
        answered = sum(server.answered().values())
        assert len(read_lines(tmp_path / "out.jsonl")) == answered, "what was in flight is written"
        assert sdg(tmp_path, *command).returncode == 0
        assert max(server.answered().values()) == 1
    assert len(read_lines(tmp_path / "out.jsonl")) == 300


def test_ctrl_c_twice_stops_now(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(50))
    with rehearsal(tmp_path, "--latency", "fixed:30") as server:
        run = start(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
        while not server.log.read_text():
            time.sleep(0.02)
        run.send_signal(signal.SIGINT)
        time.sleep(0.3)
        assert run.poll() is None, "the first Ctrl-C waits for what is in flight"
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=5)
    assert run.returncode == 130
    assert "Traceback" not in err


def wait_for_lines(path: Path, count: int) -> None:
    """Until the file has that many lines."""
    for _ in range(1000):
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.02)
    raise AssertionError(f"{path} never had {count} lines")


def test_other_settings_than_the_file_was_begun_with_are_refused_by_name(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    assert sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl").returncode == 0
    before = (tmp_path / "out.jsonl").read_bytes()
    other = sdg(tmp_path, "respond", "-n", "3", "--system", "Be brief.", "in.jsonl", "-o", "out.jsonl")
    assert other.returncode == 2
    assert 'n was 1, now 3; system was "", now "Be brief."' in other.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_more_prompts_added_to_the_input_are_answered_and_nothing_else(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    assert sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl").returncode == 0
    write_lines(tmp_path / "in.jsonl", list(reversed(some_prompts(5))))
    more = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl")
    assert "already there 3, written 2; calls 2" in more.stderr
    assert len(read_lines(tmp_path / "out.jsonl")) == 5


def test_what_failed_is_tried_again_and_leaves_the_rejects_when_it_works(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [*some_prompts(3), {"id": "long", "prompt": "word " * 5000}])
    with rehearsal(tmp_path, "--fault", "cut=1") as server:
        first = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert first.returncode == 1
    assert {r["cause"] for r in read_lines(tmp_path / "out.rejects.jsonl")} <= {"cut JSON", "context too long"}
    with rehearsal(tmp_path) as server:
        second = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert second.returncode == 1
    assert {line["id"] for line in read_lines(tmp_path / "out.jsonl")} == {"p0", "p1", "p2"}
    assert [r["id"] for r in read_lines(tmp_path / "out.rejects.jsonl")] == ["long"]
    told = sdg(tmp_path, "why", "long", "--rejects", "out.rejects.jsonl")
    assert "failed: context too long" in told.stdout


@pytest.mark.parametrize("n", ["1", "4"])
def test_a_pipe_run_again_pays_only_for_what_is_missing(n: str, tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(10))
    assert "calls 10, cached 0" in sdg(tmp_path, "respond", "-n", "2", "in.jsonl").stderr
    again = sdg(tmp_path, "respond", "-n", n, "in.jsonl")
    assert f"calls {0 if n == '1' else 10}, cached {10 if n == '1' else 20}" in again.stderr
    assert "calls 10, cached 0" in sdg(tmp_path, "respond", "--no-cache", "in.jsonl").stderr


def test_ctrl_c_ends_a_run_whose_reader_does_not_read(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2000))
    reading, writing = os.pipe()
    run = subprocess.Popen(
        [*SDG, "respond", "in.jsonl"], cwd=tmp_path, env=environment(), stdout=writing, stderr=subprocess.PIPE
    )
    time.sleep(3)
    assert run.poll() is None, "the pipe is full and nobody reads"
    for _ in range(2):
        run.send_signal(signal.SIGINT)
        time.sleep(0.5)
    assert run.wait(10) == 130
    os.close(reading)
    os.close(writing)


def test_an_output_pipe_that_is_closed_ends_the_run(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2000))
    os.mkfifo(tmp_path / "out")
    run = start(tmp_path, "respond", "in.jsonl", "-o", "out")
    with (tmp_path / "out").open("rb") as pipe:
        pipe.read(100)
    assert run.wait(20) == 0


def test_ctrl_c_ends_the_wait_for_an_input_pipe_that_nobody_opens(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in")
    run = start(tmp_path, "respond", "in")
    time.sleep(2)
    run.send_signal(signal.SIGINT)
    assert run.wait(10) == 130


def test_ctrl_c_does_not_hurry_a_busy_server(tmp_path: Path) -> None:
    """An item that cost something, without a cache to keep it, is tried a few times more and then given up."""

    def answer(body: dict[str, object]) -> tuple[int, object]:
        return (200, completion([{"content": "One."}])) if server.calls == 1 else (429, {"error": "busy"})

    with FakeServer(answer) as server:
        write_lines(tmp_path / "in.jsonl", some_prompts(1))
        config = str(server.config(tmp_path))
        run = start(tmp_path, "respond", "-n", "4", "--no-cache", "in.jsonl", "--config", config)
        while server.calls < 3:
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 130
    assert server.calls < 40


def test_a_filter_that_was_cut_off_keeps_lines_that_share_an_id(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": "a", "prompt": text} for text in ("one", "two", "one", "three")])
    command = ["filter", "duplicate", "in.jsonl", "-o", "out.jsonl"]
    assert sdg(tmp_path, *command).returncode == 0
    whole = (tmp_path / "out.jsonl").read_text()
    assert whole.count("\n") == 3
    (tmp_path / "out.jsonl").write_text(whole.splitlines(keepends=True)[0])
    assert sdg(tmp_path, *command).returncode == 0
    assert (tmp_path / "out.jsonl").read_text() == whole
    assert len(read_lines(tmp_path / "out.rejects.jsonl")) == 1
