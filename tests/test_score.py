"""The command `sdg score` against a real server: scoring, refusing numbers that are no rewards, dropping."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reward_servers import Bench, RewardServer, record
from sdg.core.rewards.scores import DEFAULT_WEIGHTS, weighted
from sdg.record import ATTRIBUTES


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def _asked(server: RewardServer) -> list[str]:
    """The answers that were scored, without the conversations of the check at the start."""
    answers = [body["messages"][-1]["content"] for _, body in server.asked]
    return [answer for answer in answers if "worth" in answer or "too long" in answer]


@pytest.mark.parametrize("language", ["nim", "nim, one message", "classify, five labels"])
def test_a_model_with_five_attributes_is_understood_and_weighted(bench: Bench, language: str) -> None:
    with RewardServer(language) as server:
        bench.configure(server)
        done = bench.score([record("a", "worth 2.5", "worth 4.0")])
    assert done.returncode == 0, done.stderr
    [line] = bench.read(bench.out)
    for response, value in zip(line["responses"], (2.5, 4.0), strict=True):
        assert list(response["scores"]) == list(ATTRIBUTES)
        assert response["scores"]["helpfulness"] == value
        assert response["reward"] == weighted(response["scores"], DEFAULT_WEIGHTS)
        assert response["reward_model"] == "rm"


@pytest.mark.parametrize("language", ["text", "classify", "pooling"])
def test_a_model_with_one_number_is_understood_and_leaves_scores_empty(bench: Bench, language: str) -> None:
    with RewardServer(language) as server:
        bench.configure(server)
        done = bench.score([record("a", "worth -5.21875", "worth 4.76")])
    assert done.returncode == 0, done.stderr
    [line] = bench.read(bench.out)
    assert [(r["scores"], r["reward"]) for r in line["responses"]] == [({}, -5.21875), ({}, 4.76)]


@pytest.mark.parametrize(
    ("language", "format", "words"),
    [
        ("sigmoid", "auto", ["between 0 and 1", "sigmoid", "use_activation", "vLLM", 'format = "..."']),
        ("sigmoid", "classify", ["between 0 and 1", "sigmoid", "use_activation"]),
        ("softmax", "auto", ["sum to 1", "softmax", "use_activation"]),
        ("softmax", "classify", ["sum to 1", "softmax"]),
        ("constant", "auto", ["the very same"]),
        ("two labels", "auto", ["2 labels came", "POST /classify"]),
        ("chat", "auto", ["Sure! Is there", "POST /classify", "404", "Not Found", "chat model"]),
        ("nothing", "auto", ["POST /chat/completions", "POST /classify", "POST /pooling", "Not Found"]),
        ("nim", "pooling", ["POST /pooling", "404", 'format = "auto"']),
    ],
)
def test_a_server_whose_numbers_are_no_rewards_is_refused_before_anything_is_written(
    bench: Bench, language: str, format: str, words: list[str]
) -> None:
    with RewardServer(language) as server:
        bench.configure(server, format)
        done = bench.score([record("a", "worth 2.5")])
        assert _asked(server) == []
    assert done.returncode == 2
    assert bench.read(bench.out) == []
    assert [word for word in words if word not in done.stderr] == [], done.stderr
    assert "Traceback" not in done.stderr


def test_what_was_understood_is_remembered(bench: Bench) -> None:
    with RewardServer("pooling") as server:
        bench.configure(server)
        for run in ("first", "second"):
            assert bench.score([record("a", f"{run} worth 2.5")], cache=True).returncode == 0
            if run == "first":
                checks = len(server.asked) - 1
        assert checks == 5  # chat completions once for both of its formats, classify once, pooling three times
        assert len(server.asked) == checks + 2


def test_responses_below_the_minimum_go_to_the_rejects_and_the_others_stay(bench: Bench) -> None:
    lines = [
        record("all", "worth 3.5", "worth 4.0"),
        record("some", "worth 3.75", "worth 1.0", "worth 3.25"),
        record("none", "worth 1.5", "worth 2.5"),
    ]
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score(lines, "--min", "3.5", "--by", "helpfulness", "--in-order")
    assert done.returncode == 0, done.stderr
    helpful = {
        line["id"]: [response["scores"]["helpfulness"] for response in line["responses"]]
        for line in bench.read(bench.out)
    }
    assert helpful == {"all": [3.5, 4.0], "some": [3.75]}
    trimmed, dropped = bench.read(bench.rejects)
    assert (trimmed["id"], trimmed["kind"], trimmed["cause"]) == ("some", "trimmed", "helpfulness < 3.5")
    left = json.loads(trimmed["record"])["responses"]
    assert [response["scores"]["helpfulness"] for response in left] == [1.0, 3.25]
    assert (dropped["id"], dropped["kind"], dropped["cause"]) == ("none", "dropped", "helpfulness < 3.5")
    assert "response 1 (m) 1.5, response 2 (m) 2.5" in dropped["reason"]
    assert len(json.loads(dropped["record"])["responses"]) == 2


@pytest.mark.parametrize("options", [["--min", "3", "--by", "helpfulness"], ["--weights", "helpfulness=1"]])
def test_attributes_can_not_be_asked_of_a_model_that_gives_one_number(bench: Bench, options: list[str]) -> None:
    with RewardServer("classify") as server:
        bench.configure(server)
        done = bench.score([record("a", "worth 2.5")], *options)
    assert done.returncode == 2
    assert "one number and no attributes" in done.stderr


def test_a_response_that_can_not_be_scored_keeps_the_scores_of_the_others(bench: Bench) -> None:
    lines = [record("a", "worth 2.5", "too long", "worth 1.5"), record("b", "worth 2.0")]
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score(lines)
    assert done.returncode == 1, done.stderr
    assert [line["id"] for line in bench.read(bench.out)] == ["b"]
    [failed] = bench.read(bench.rejects)
    assert (failed["kind"], failed["cause"]) == ("failed", "context too long")
    assert "response 2 of 3" in failed["reason"]
    assert "maximum context length" in failed["reason"]
    kept = json.loads(failed["record"])["responses"]
    assert [response.get("scores", {}).get("helpfulness") for response in kept] == [2.5, None, 1.5]


def test_a_response_scored_by_the_same_model_is_not_paid_again_and_one_of_another_model_is(bench: Bench) -> None:
    with RewardServer("nim") as server:
        bench.configure(server)
        assert bench.score([record("a", "worth 2.5", "worth 1.5")]).returncode == 0
        [line] = bench.read(bench.out)
        line["responses"][1]["reward_model"] = "another"
        server.asked.clear()
        done = bench.score([line], "--weights", "helpfulness=2")
        assert _asked(server) == ["worth 1.5"]
    assert done.returncode == 0, done.stderr
    [again] = bench.read(bench.out)
    assert [response["reward"] for response in again["responses"]] == [5.0, 3.0]
    assert [response["reward_model"] for response in again["responses"]] == ["rm", "rm"]


def test_everything_else_on_the_line_stays_as_it_was(bench: Bench) -> None:
    line = record(
        "a",
        "worth 2.5",
        task="math",
        reference="",
        constraints="",
        source={"topic": "Größe \U0001f600 \u2028 \\frac{1}{2}", "rehearsal": False},
        extra={"big": 2**63 + 1, "low": -(2**63), "odd": 2**53 + 1, "tiny": 5e-324, "third": 1 / 3, "text": "1.10"},
        mine=[1, 1.0, None, "", {"deep": [True, "\u0000\t"]}],
    )
    line["responses"][0] |= {"extra_key": 1e300, "usage": {"prompt_tokens": 3}, "reasoning": " <think>\n"}
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score([line])
    assert done.returncode == 0, done.stderr
    [scored] = bench.read(bench.out)
    for key in ("scores", "reward", "reward_model"):
        del scored["responses"][0][key]
    assert json.dumps(scored, sort_keys=True) == json.dumps(line, sort_keys=True)
    assert type(scored["mine"][1]) is float


def test_the_conversation_has_the_prompt_and_the_system_message_of_the_response(bench: Bench) -> None:
    plain = record("a", "worth 1.5")
    plain["responses"][0]["system"] = "Be short."
    own = record("b", "worth 2.5")
    own["prompt"].insert(0, {"role": "system", "content": "Be long.", "mine": 1})
    own["responses"][0]["system"] = "Be short."
    with RewardServer("classify") as server:
        bench.configure(server)
        assert bench.score([plain, own], "--in-order", "--concurrency", "1").returncode == 0
        sent = [body["messages"] for _, body in server.asked if "worth" in body["messages"][-1]["content"]]
    question = {"role": "user", "content": "What is it worth?"}
    answers = [{"role": "assistant", "content": f"worth {value}"} for value in (1.5, 2.5)]
    assert sent == [
        [{"role": "system", "content": "Be short."}, question, answers[0]],
        [{"role": "system", "content": "Be long."}, question, answers[1]],
    ]


def test_lines_of_an_earlier_step_say_which_command_is_missing(bench: Bench) -> None:
    line = record("r1")
    del line["responses"]
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score([line])
    assert done.returncode == 2
    assert "record r1 has no responses: run `sdg respond` before" in done.stderr


def test_one_line_without_responses_does_not_keep_the_others_from_being_scored(bench: Bench) -> None:
    odd = record("odd")
    del odd["responses"]
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score([record("a", "worth 2.5"), odd, record("empty"), record("b", "worth 2.5")])
    assert done.returncode == 2
    assert sorted(line["id"] for line in bench.read(bench.out)) == ["a", "b"]
    assert sorted(entry["id"] for entry in bench.read(bench.rejects)) == ["empty", "odd"]


@pytest.mark.parametrize(
    ("language", "faults"),
    [
        ("pooling", [b"<html>busy</html>", b'{"choices": [{"mess']),
        ("nim", [b"{}", b'{"choices": [{"message": {"content": null}}]}']),
    ],
)
def test_a_faulty_reply_to_the_check_is_asked_again(bench: Bench, language: str, faults: list[bytes]) -> None:
    with RewardServer(language, faults=faults) as server:
        bench.configure(server)
        done = bench.score([record("a", "worth 2.5")])
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--by", "helpfullness"], "did you mean 'helpfulness'"),
        (["--weights", "helpfulness=nan"], "'nan' is not a number"),
        (["--min", "nan"], "--min"),
    ],
)
def test_wrong_options_end_with_exit_2(bench: Bench, options: list[str], words: str) -> None:
    with RewardServer("nim") as server:
        bench.configure(server)
        done = bench.score([record("a", "worth 2.5")], *options)
        assert server.asked == []
    assert done.returncode == 2
    assert words in done.stderr
