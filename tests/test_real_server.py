"""The commands against a real model server (llama.cpp's, a tiny random model): noise as text, but a real protocol."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from real_server import CONTEXT, MODEL_NAME, SLOTS, RealServer, ask, make_gguf, start_llama
from support import SDG, environment, read_lines, write_lines

QUESTIONS = [
    "Why does ice float on water?",
    "Explain to a new colleague how to read a stack trace.",
    "Écris une courte lettre à un voisin qui joue du piano la nuit.",
    "请用三句话解释什么是递归。",
    "Solve for x: 3x^2 - 12 = 0, and show each step. Use \\frac where it helps.",
    'Return {"name": "Ada", "born": 1815} as a YAML document.',
    "List three uses of \U0001f9ea vinegar; use <b>bold</b> for each.\n\n1.",
    "What would you ask before lending someone a large sum of money?",
]

MANY = [f"{question} ({number})" for number in range(20) for question in QUESTIONS]

LONG_PROMPT = "Tell me everything about the history of the steam engine. " * 200


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.gguf"
    make_gguf(path)
    return path


@pytest.fixture(scope="module")
def llama(gguf_file: Path) -> Iterator[RealServer]:
    server = start_llama(gguf_file)
    yield server
    server.kill()


@pytest.fixture(scope="module")
def roomy_llama(gguf_file: Path) -> Iterator[RealServer]:
    """One whose context holds the templates, so that its noise is what the commands have to deal with."""
    server = start_llama(gguf_file, context=4096)
    yield server
    server.kill()


@pytest.fixture
def start_server(gguf_file: Path) -> Iterator[Callable[..., RealServer]]:
    """Starts servers that a test may kill: `start_server()`, or `start_server(port)` in the place of another."""
    started: list[RealServer] = []

    def start_one(port: int = 0) -> RealServer:
        started.append(start_llama(gguf_file, port))
        return started[-1]

    yield start_one
    for server in started:
        server.kill()


def configure(folder: Path, server: RealServer, max_tokens: int = 40, patience: int = 60) -> None:
    """Write the sdg.toml that commands in `folder` find by themselves."""
    folder.joinpath("sdg.toml").write_text(
        f"""
        [models.instruct]
        base_url = "{server.base_url}"
        model = "{MODEL_NAME}"
        sampling = {{ max_tokens = {max_tokens} }}
        context = {CONTEXT}
        patience = {patience}
        """
    )


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `sdg ARGUMENTS` in `folder`, with nothing of the caller's keys and endpoints."""
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    return subprocess.Popen([*SDG, *arguments], cwd=folder, env=environment(), stdin=nothing, stderr=pipe, text=True)


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    """(exit status, stderr) of a command, which has ended without a traceback."""
    _, said = process.communicate(timeout=200)
    assert "Traceback" not in said, said
    return process.returncode, said


def write_prompts(path: Path, texts: list[str]) -> None:
    write_lines(path, [{"prompt": text} for text in texts])


def prompt_texts(lines: list[dict[str, Any]]) -> list[str]:
    return [line["prompt"][0]["content"] for line in lines]


def test_the_server_of_these_tests_is_real(llama: RealServer) -> None:
    status, body = ask(f"{llama.base_url}/models")
    assert (status, body["data"][0]["id"]) == (200, MODEL_NAME)
    chat = f"{llama.base_url}/chat/completions"
    question = [{"role": "user", "content": QUESTIONS[3]}]
    status, reply = ask(chat, {"model": MODEL_NAME, "n": 2, "max_tokens": 20, "messages": question})
    assert status == 200
    assert len({choice["message"]["content"] for choice in reply["choices"]}) == 2
    status, reply = ask(chat, {"model": MODEL_NAME, "messages": [{"role": "user", "content": LONG_PROMPT}]})
    assert (status, reply["error"]["type"]) == (400, "exceed_context_size_error")


def test_every_prompt_gets_as_many_responses_as_asked_for(llama: RealServer, tmp_path: Path) -> None:
    configure(tmp_path, llama)
    texts = [f"{question} ({number})" for number in range(5) for question in QUESTIONS]
    write_prompts(tmp_path / "in.jsonl", texts)
    status, said = finish(start(tmp_path, "respond", "-n", "2", "in.jsonl", "-o", "out.jsonl"))
    assert status == 0, said
    made = read_lines(tmp_path / "out.jsonl")
    assert sorted(prompt_texts(made)) == sorted(texts)
    for record in made:
        first, second = record["responses"]
        assert first["messages"][-1]["content"] != second["messages"][-1]["content"]
        assert first["model"] == MODEL_NAME
        assert not first["rehearsal"]
        assert 0 < first["usage"]["completion_tokens"] <= 2 * 40
        assert first["truncated"] == (first["finish_reason"] == "length")


def test_more_responses_than_the_server_gives_at_once_are_still_all_there(llama: RealServer, tmp_path: Path) -> None:
    configure(tmp_path, llama)
    write_prompts(tmp_path / "in.jsonl", QUESTIONS)
    wanted = SLOTS + 2  # the server refuses an n above its slots with a 400
    status, said = finish(start(tmp_path, "respond", "-n", str(wanted), "in.jsonl", "-o", "out.jsonl"))
    assert status == 0, said
    assert [len(record["responses"]) for record in read_lines(tmp_path / "out.jsonl")] == [wanted] * len(QUESTIONS)


def test_a_prompt_too_long_for_the_server_is_rejected_with_its_words(llama: RealServer, tmp_path: Path) -> None:
    configure(tmp_path, llama)
    write_prompts(tmp_path / "in.jsonl", [*QUESTIONS[:4], LONG_PROMPT, *QUESTIONS[4:]])
    command = ["respond", "-n", "2", "in.jsonl", "-o", "out.jsonl", "--rejects", "r.jsonl"]
    status, said = finish(start(tmp_path, *command))
    assert status == 1, said
    assert sorted(prompt_texts(read_lines(tmp_path / "out.jsonl"))) == sorted(QUESTIONS)
    [reject] = read_lines(tmp_path / "r.jsonl")
    assert (reject["kind"], reject["cause"]) == ("failed", "context too long")
    assert f"exceeds the available context size ({CONTEXT} tokens)" in reject["reason"]
    assert LONG_PROMPT in reject["record"]


NOISE_COMMANDS = {
    "topics": ["topics", "--macro", "3", "--sub", "2"],
    "topics on the fly": ["prompts", "--task", "open-qa", "-n", "2"],
    "open-qa": ["prompts", "--task", "open-qa", "-n", "2", "--topics", "topics.txt"],
    "writing": ["prompts", "--task", "writing", "-n", "2", "--topics", "topics.txt"],
    "math": ["prompts", "--task", "math", "-n", "2", "--topics", "topics.txt"],
}


@pytest.mark.parametrize("command", NOISE_COMMANDS.values(), ids=NOISE_COMMANDS)
def test_noise_from_the_model_ends_with_true_reasons(
    roomy_llama: RealServer, tmp_path: Path, command: list[str]
) -> None:
    configure(tmp_path, roomy_llama)
    tmp_path.joinpath("topics.txt").write_text("bee keeping\nprime numbers\ntide tables\n")
    status, said = finish(start(tmp_path, *command, "-o", "out.jsonl", "--rejects", "r.jsonl"))
    made, rejects = read_lines(tmp_path / "out.jsonl"), read_lines(tmp_path / "r.jsonl")
    assert status in (0, 1), said
    assert f"written {len(made)}" in said
    assert status == 0 or "stopped at" in said or "no topics could be made" in said
    for reject in rejects:
        assert reject["cause"] in said
        assert reject["reason"]
        assert reject["cause"] != "context too long"


def test_templates_that_do_not_fit_the_context_are_said_to_be_too_long(llama: RealServer, tmp_path: Path) -> None:
    configure(tmp_path, llama)
    status, said = finish(start(tmp_path, "topics", "--macro", "3", "--rejects", "r.jsonl", "-o", "out.jsonl"))
    assert status == 1, said
    assert "context too long" in said
    assert {reject["cause"] for reject in read_lines(tmp_path / "r.jsonl")} == {"context too long"}


def start_long_run(folder: Path, server: RealServer, *options: str, patience: int) -> subprocess.Popen[str]:
    """`sdg respond in.jsonl -o out.jsonl` with 160 prompts that take the server a few seconds, under way."""
    configure(folder, server, max_tokens=60, patience=patience)
    write_prompts(folder / "in.jsonl", MANY)
    return start(folder, "respond", "in.jsonl", "-o", "out.jsonl", "--concurrency", "64", *options)


def wait_for_lines(folder: Path, process: subprocess.Popen[str], count: int) -> None:
    """Return when so many prompts are answered, which is long before the end of the run."""
    out = folder / "out.jsonl"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if out.exists() and out.read_bytes().count(b"\n") >= count:
            break
        time.sleep(0.01)
    assert process.poll() is None, finish(process)


def test_a_run_outlives_a_server_that_is_killed_under_load_and_started_again_twice(
    start_server: Callable[..., RealServer], tmp_path: Path
) -> None:
    server = start_server()
    process = start_long_run(tmp_path, server, "--no-cache", patience=60)
    for answered in (20, 80):
        wait_for_lines(tmp_path, process, answered)
        server.kill()
        time.sleep(0.7)
        server = start_server(server.port)
    status, said = finish(process)
    assert status == 0, said
    made = read_lines(tmp_path / "out.jsonl")
    assert sorted(prompt_texts(made)) == sorted(MANY)
    # What was under way in the server when it died was asked again, and nothing else was.
    again = re.search(r"calls (\d+) \(asked again: ([^)]*)\)", said)
    assert again, said
    assert "connection reset" in again[2]
    assert int(again[1]) == len(MANY) + sum(int(count) for count in re.findall(r"\d+", again[2]))


def test_a_run_whose_server_stays_away_stops_and_a_second_run_does_the_rest(
    start_server: Callable[..., RealServer], tmp_path: Path
) -> None:
    server = start_server()
    process = start_long_run(tmp_path, server, patience=2)
    wait_for_lines(tmp_path, process, 10)
    server.kill()
    status, said = finish(process)
    assert status == 1, said
    assert server.base_url in said
    assert "same command again" in said
    before = (tmp_path / "out.jsonl").read_bytes()
    assert 10 <= before.count(b"\n") < len(MANY)

    start_server(server.port)
    status, said = finish(start(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl"))
    assert status == 0, said
    assert (tmp_path / "out.jsonl").read_bytes().startswith(before)
    assert sorted(prompt_texts(read_lines(tmp_path / "out.jsonl"))) == sorted(MANY)
