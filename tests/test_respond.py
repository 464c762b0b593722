"""`sdg respond`: K responses, spread over models, checked, marked, and true about what failed."""

from __future__ import annotations

import json
import shlex
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fake_server import FakeServer, completion
from support import SDG, environment, read_lines, rehearsal, sdg, some_prompts, write_lines

FAULTS = ("429=0.05", "500=0.02", "reset=0.01", "cut=0.01", "null=0.01", "html=0.01", "retry-after=0.2")


def test_with_faults_of_every_kind_each_prompt_is_answered_once_or_rejected_with_the_true_cause(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1000))
    with rehearsal(tmp_path, *(part for fault in FAULTS for part in ("--fault", fault))) as server:
        config = str(server.config(tmp_path))
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--rejects", "r.jsonl", "--config", config)
        faults = Counter(e["fault"] for e in read_lines(server.log) if e["event"] == "out")
        twice = [count for count in server.answered().values() if count > 1]
    written = [line["id"] for line in read_lines(tmp_path / "out.jsonl")]
    rejected = [(reject["id"], reject["cause"]) for reject in read_lines(tmp_path / "r.jsonl")]
    assert {"429", "500", "reset", "cut", "null", "html"} <= set(faults)
    assert sorted(written + [id for id, _ in rejected]) == sorted(f"p{n}" for n in range(1000))
    assert {cause for _, cause in rejected} <= {"500", "connection reset", "cut JSON", "null content", "HTML"}
    assert not twice
    assert done.returncode == (1 if rejected else 0)
    asked_again = done.stderr.split("asked again: ")[1].split(")")[0]
    counted = {cause: int(n) for cause, n in (part.rsplit(" ", 1) for part in asked_again.split(", "))}
    assert counted["429"] == faults["429"]
    assert counted["HTML"] == faults["html"]
    assert counted["cut JSON"] == faults["cut"]
    assert counted["connection reset"] == faults["reset"]


def test_the_responses_go_round_the_models_and_each_says_which_model_wrote_it(tmp_path: Path) -> None:
    (tmp_path / "sdg.toml").write_text(
        '[models.instruct]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct"\n'
        '[models.second]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct-b"\n'
    )
    write_lines(tmp_path / "in.jsonl", some_prompts(60))
    for n, per_line in (("1", {1}), ("3", {1, 2}), ("4", {2})):
        out = sdg(tmp_path, "respond", "-n", n, "--model", "instruct,second", "in.jsonl").stdout.splitlines()
        models = [Counter(r["model"] for r in json.loads(line)["responses"]) for line in out]
        assert {count for line in models for count in line.values()} == per_line
        assert {model for line in models for model in line} == {"rehearsal-instruct", "rehearsal-instruct-b"}
    assert all(r["rehearsal"] for line in out for r in json.loads(line)["responses"])


def test_fewer_choices_than_asked_for_are_topped_up(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(20))
    with rehearsal(tmp_path, "--fault", "fewer=0.5") as server:
        done = sdg(tmp_path, "respond", "-n", "4", "in.jsonl", "--config", str(server.config(tmp_path)))
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 20
    assert all(len({r["messages"][0]["content"] for r in line["responses"]}) == 4 for line in lines)


def test_reasoning_is_kept_apart_and_a_truncated_answer_is_marked(tmp_path: Path) -> None:
    replies = [
        {"content": "Four.", "reasoning_content": "Two and two."},
        {"content": "<think>Two and two.</think>\n\nFour."},
        {"content": "Two and two.</think>Four."},
        {"content": "Four, or"},
        {"content": "<think>Two and"},
    ]
    reasons = ["stop", "stop", "stop", "length", "length"]

    def answer(body: dict[str, object]) -> tuple[int, object]:
        number = int(str(body["messages"])[-4])  # the prompts end in their number
        return 200, completion([replies[number]], reasons[number])

    prompts = [{"id": str(n), "prompt": f"Sum {n}"} for n in range(5)]
    with FakeServer(answer) as server:
        done = sdg(
            tmp_path,
            "respond",
            "--in-order",
            "--config",
            str(server.config(tmp_path)),
            "--rejects",
            "r.jsonl",
            stdin="".join(json.dumps(p) + "\n" for p in prompts),
        )
    responses = [json.loads(line)["responses"][0] for line in done.stdout.splitlines()]
    assert [r["messages"] for r in responses[:3]] == [[{"role": "assistant", "content": "Four."}]] * 3
    assert [r["reasoning"] for r in responses] == ["Two and two."] * 3 + [""]
    assert [r["truncated"] for r in responses] == [False, False, False, True]
    assert responses[0]["usage"] == {"prompt_tokens": 7, "completion_tokens": 5, "shared_by": 1}
    [reject] = read_lines(tmp_path / "r.jsonl")
    assert (reject["id"], reject["cause"]) == ("4", "cut off in reasoning")
    assert server.calls == 5, "an answer that was cut off in its reasoning will be so again: it is asked once"


REFUSALS = {
    401: {"error": {"message": "Incorrect API key provided: sk-secret-123", "code": "invalid_api_key"}},
    403: {"detail": "not allowed"},
    404: {"object": "error", "message": "The model `m` does not exist.", "code": 404},
    410: {"type": "about:blank", "title": "Gone", "status": 410, "detail": "The model reached its end of life."},
}


@pytest.mark.parametrize("status", REFUSALS)
def test_where_every_request_would_fail_the_run_stops_at_once_with_the_servers_words(
    status: int, tmp_path: Path
) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(200))
    with FakeServer(lambda body: (status, REFUSALS[status])) as server:
        config = server.config(tmp_path, api_key_env="MY_KEY")
        done = sdg(
            tmp_path,
            "respond",
            "in.jsonl",
            "-o",
            "out.jsonl",
            "--config",
            str(config),
            "--concurrency",
            "4",
            env=environment(MY_KEY="sk-secret-123"),
        )
    assert done.returncode == 2
    words = {401: "Incorrect API key", 403: "not allowed", 404: "does not exist", 410: "Gone"}[status]
    assert f"answers {status}: " in done.stderr
    assert words in done.stderr
    assert server.calls <= 4
    everything = done.stderr + "".join(
        p.read_bytes().decode("utf-8", "replace") for p in tmp_path.rglob("*") if p.is_file()
    )
    assert "sk-secret-123" not in everything


TOO_LONG = {
    "openai": (
        400,
        {"error": {"message": "This model's maximum context length is 4096 tokens", "code": "context_length_exceeded"}},
    ),
    "llama.cpp": (400, {"error": {"code": 400, "message": "request exceeds", "type": "exceed_context_size_error"}}),
    "vllm": (400, {"error": {"message": "too much", "type": "BadRequestError", "param": "input_tokens", "code": 400}}),
    "litellm": (400, {"error": {"message": "litellm.ContextWindowExceededError: no", "code": "400"}}),
}


@pytest.mark.parametrize("kind", TOO_LONG)
def test_a_prompt_that_is_too_long_fails_alone_and_is_asked_once(kind: str, tmp_path: Path) -> None:
    def answer(body: dict[str, object]) -> tuple[int, object]:
        return TOO_LONG[kind] if "plot 1 " in str(body["messages"]) else (200, completion([{"content": "Fine."}]))

    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    with FakeServer(answer) as server:
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert done.returncode == 1
    [reject] = read_lines(tmp_path / "out.rejects.jsonl")
    assert (reject["id"], reject["cause"]) == ("p1", "context too long")
    assert server.calls == 3


def test_a_server_that_takes_no_n_is_asked_one_by_one(tmp_path: Path) -> None:
    def answer(body: dict[str, object]) -> tuple[int, object]:
        if body.get("n", 1) != 1:
            return 422, {"detail": "n must be 1"}
        return 200, completion([{"content": f"Answer with seed {body.get('seed')}"}])

    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    with FakeServer(answer) as server:
        done = sdg(tmp_path, "respond", "-n", "3", "--seed", "10", "in.jsonl", "--config", str(server.config(tmp_path)))
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        texts = [r["messages"][0]["content"] for r in json.loads(line)["responses"]]
        assert texts == [f"Answer with seed {seed}" for seed in (10, 11, 12)]


def test_retry_after_is_obeyed_and_a_waiting_request_holds_no_slot(tmp_path: Path) -> None:
    seen: Counter[str] = Counter()

    def answer(body: dict[str, object]) -> tuple[int, object] | tuple[int, object, dict[str, str]]:
        text = str(body["messages"])
        seen[text] += 1
        if "plot 0 " in text and seen[text] == 1:
            return 429, {"error": "slow down"}, {"Retry-After": "2"}
        return 200, completion([{"content": "Fine."}])

    write_lines(tmp_path / "in.jsonl", some_prompts(30))
    with FakeServer(answer) as server:
        config = str(server.config(tmp_path))
        done = sdg(tmp_path, "respond", "in.jsonl", "--config", config, "--concurrency", "1")
    assert done.returncode == 0
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert ids[-1] == "p0", "with one slot, 29 others were answered while the first waited"
    assert 2 <= server.gap("plot 0 ") < 4


def test_a_system_prompt_is_sent_and_recorded_where_the_prompt_has_none(tmp_path: Path) -> None:
    sent: list[list[dict[str, str]]] = []

    def answer(body: dict[str, object]) -> tuple[int, object]:
        sent.append(body["messages"])  # type: ignore[arg-type]
        return 200, completion([{"content": "Fine."}])

    own = [{"role": "system", "content": "Mine."}, {"role": "user", "content": "b"}]
    later = [{"role": "user", "content": "c"}, *own]
    with FakeServer(answer) as server:
        done = sdg(
            tmp_path,
            "respond",
            "--system",
            "Be kind.",
            "--in-order",
            "--concurrency",
            "1",
            "--config",
            str(server.config(tmp_path)),
            stdin="\n".join(json.dumps({"prompt": prompt}) for prompt in ("a", own, later)),
        )
    assert sent == [[{"role": "system", "content": "Be kind."}, {"role": "user", "content": "a"}], own, later]
    assert [json.loads(line)["responses"][0]["system"] for line in done.stdout.splitlines()] == ["Be kind.", "", ""]


def test_a_server_that_refuses_every_request_ends_the_run_and_its_words_are_told(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1000))
    with FakeServer(lambda body: (400, {"error": {"message": "temperature must be below 2"}})) as server:
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert done.returncode == 1
    assert done.stderr.count("temperature must be below 2") == 2, "the first failure, and why it stops"
    assert server.calls < 400


def test_a_second_respond_adds_new_samples_and_changes_none(tmp_path: Path) -> None:
    first = sdg(tmp_path, "respond", "-n", "2", stdin=json.dumps({"prompt": "Why is the sky blue?"}) + "\n").stdout
    second = sdg(tmp_path, "respond", "-n", "2", stdin=first).stdout
    responses = json.loads(second)["responses"]
    assert responses[:2] == json.loads(first)["responses"]
    assert len({response["messages"][0]["content"] for response in responses}) == 4


def test_a_model_named_twice_gives_twice_as_many_and_no_answer_twice(tmp_path: Path) -> None:
    names = "rehearsal-instruct,rehearsal-instruct,rehearsal-instruct-b"
    done = sdg(tmp_path, "respond", "-n", "3", "--model", names, stdin=json.dumps({"prompt": "Why is it so?"}) + "\n")
    responses = json.loads(done.stdout)["responses"]
    assert Counter(r["model"] for r in responses) == {"rehearsal-instruct": 2, "rehearsal-instruct-b": 1}
    assert len({r["messages"][0]["content"] for r in responses}) == 3


def test_one_refused_record_does_not_make_the_others_dearer(tmp_path: Path) -> None:
    asked: Counter[int] = Counter()

    def answer(body: dict[str, Any]) -> tuple[int, object]:
        if "plot 1 " in str(body["messages"]):
            return 400, {"error": {"message": "such words are not allowed"}}
        asked[body.get("n", 1)] += 1
        return 200, completion([{"content": f"Fine, {n}."} for n in range(body.get("n", 1))])

    write_lines(tmp_path / "in.jsonl", some_prompts(30))
    with FakeServer(answer) as server:
        config = str(server.config(tmp_path))
        done = sdg(
            tmp_path, "respond", "-n", "3", "in.jsonl", "-o", "out.jsonl", "--config", config, "--concurrency", "1"
        )
    assert done.returncode == 1
    assert asked == {3: 29}
    [reject] = read_lines(tmp_path / "out.rejects.jsonl")
    assert "such words are not allowed" in reject["reason"]


def test_a_busy_moment_after_a_long_silence_ends_nothing(tmp_path: Path) -> None:
    answers = iter([(429, {"error": "busy"}), (503, {"error": "loading"})])

    def answer(body: dict[str, Any]) -> tuple[int, object]:
        return next(answers, (200, completion([{"content": "Fine."}])))

    with FakeServer(answer) as server:
        config = server.config(tmp_path, patience=2)
        command = f'(sleep 4; echo \'{{"prompt": "x"}}\') | {shlex.join(SDG)} respond --config {config}'
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "asked again: 429 1, 503 1" in done.stderr


def test_a_dead_server_behind_a_gateway_does_not_use_up_the_input(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1000))
    with FakeServer(lambda body: (502, b"<html><h1>Bad Gateway</h1></html>")) as server:
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert done.returncode == 1
    assert "gave no good answer to" in done.stderr
    assert "Bad Gateway" in done.stderr
    assert server.calls < 3000, "6,000 would use up the input"


def test_a_moment_of_trouble_does_not_end_a_run(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(200))
    began: list[float] = []

    def answer(body: dict[str, Any]) -> tuple[int, object]:
        began.append(time.monotonic())
        if began[-1] - began[0] < 2:
            return 502, b"<html>Bad Gateway</html>"
        return 200, completion([{"content": "Fine."}])

    with FakeServer(answer) as server:
        done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl", "--config", str(server.config(tmp_path)))
    assert done.returncode == 0, done.stderr
    assert len(read_lines(tmp_path / "out.jsonl")) == 200
    assert server.calls > 300, "more requests failed in a row than a lasting fault would be given"


def test_a_dead_server_stops_the_run_and_nothing_is_rejected_for_it(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(5))
    (tmp_path / "sdg.toml").write_text(
        '[models.instruct]\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "m"\npatience = 1\n'
    )
    done = sdg(tmp_path, "respond", "in.jsonl", "-o", "out.jsonl")
    assert done.returncode == 1
    assert "no connection" in done.stderr
    assert "Check base_url and that the server is running, then run the same command again" in done.stderr
    assert read_lines(tmp_path / "out.rejects.jsonl") == []
