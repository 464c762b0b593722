"""The rehearsal endpoint as a protocol: chat, parameters, errors, reward models. Its faults are tested elsewhere."""

from __future__ import annotations

from math import exp
from pathlib import Path
from typing import Any

import orjson
import pytest

from rehearsal_calls import QUESTION, ask_http, chat, choices, post, served, texts
from support import sdg, write_lines


def judged(model: str, *roles: str) -> bytes:
    return chat(model=model, messages=[{"role": role, "content": QUESTION} for role in roles])


def test_the_same_request_gets_the_same_bytes_in_every_process_and_over_http() -> None:
    bodies = [chat(), chat("<topic>Bees</topic> numbered list of 9 questions", n=3), chat(seed=4, temperature=0.7)]
    with served() as (port, _):
        for body in bodies:
            assert ask_http(port, body, x_sdg_sample="5")[2] == post(body, x_sdg_sample="5").body


def test_n_choices_are_the_texts_of_as_many_samples_one_by_one() -> None:
    together = texts(chat(n=4), sample=10)
    assert together == [texts(chat(), sample=number)[0] for number in range(10, 14)]
    assert len(set(together)) == 4
    assert texts(chat(seed=1)) != texts(chat(seed=2))
    assert texts(chat(model="rehearsal-instruct-b")) != texts(chat())


def test_at_temperature_0_every_choice_and_sample_is_the_same() -> None:
    assert len(set(texts(chat(n=3, temperature=0)) + texts(chat(n=2, temperature=0.0, seed=9), sample=7))) == 1


def test_max_tokens_cuts_the_same_text_and_is_counted() -> None:
    [whole] = texts(chat())
    reply = orjson.loads(post(chat(max_tokens=12)).body)
    assert reply["choices"][0]["message"]["content"] == whole[:48]
    assert reply["choices"][0]["finish_reason"] == "length"
    assert reply["usage"] == {"prompt_tokens": -(-len(QUESTION) // 4), "completion_tokens": 12, "total_tokens": 27}
    assert reply["system_fingerprint"] == "sdg-rehearsal"


def test_a_stop_word_ends_the_text_before_it() -> None:
    [whole] = texts(chat())
    [choice] = choices(chat(stop=["nowhere to be found", whole[30:40]]))
    assert (choice["message"]["content"], choice["finish_reason"]) == (whole[:30], "stop")


def test_a_reasoning_model_sends_its_thoughts_in_both_known_ways() -> None:
    found = [choice["message"] for choice in choices(chat(model="rehearsal-instruct-think", n=40))]
    apart = [message for message in found if message.get("reasoning_content")]
    inside = [message for message in found if message["content"].startswith("<think>\n")]
    assert len(apart) + len(inside) == 40
    assert 10 < len(apart) < 30
    assert all("</think>" in message["content"] for message in inside)


def test_the_models_are_listed_with_their_context_and_health_is_well() -> None:
    with served() as (port, _):
        for path in ("/v1/models", "/models"):
            listed = orjson.loads(ask_http(port, b"", path)[2])["data"]
            assert [model["id"] for model in listed] == [
                f"rehearsal-{name}" for name in ("instruct", "instruct-b", "reward", "genrm")
            ]
            assert {model["max_model_len"] for model in listed} == {4096}
        assert ask_http(port, b"", "/health")[0] == 200
        assert ask_http(port, b"", "/v1/chat/completions")[0] == 405


@pytest.mark.parametrize(
    ("body", "path", "status", "code"),
    [
        (chat(model="gpt-4"), "/v1/chat/completions", 404, "model_not_found"),
        (chat()[:-5], "/v1/chat/completions", 400, "json_invalid"),
        (b'"text"', "/v1/chat/completions", 400, "json_invalid"),
        (chat("x" * (4 * 4096 + 1)), "/v1/chat/completions", 400, "context_length_exceeded"),
        (chat(messages=[]), "/v1/chat/completions", 400, 400),
        (chat(n=0), "/v1/chat/completions", 400, 400),
        (chat(max_tokens="9"), "/v1/chat/completions", 400, 400),
        (chat(temperature=3), "/v1/chat/completions", 400, 400),
        (chat(stream=True), "/v1/chat/completions", 400, 400),
        (chat(model="rehearsal-reward"), "/v1/chat/completions", 400, 400),
        (judged("rehearsal-instruct", "user", "response_1", "response_2"), "/v1/chat/completions", 400, 400),
        (judged("rehearsal-genrm", "user", "response_2", "response_1"), "/v1/chat/completions", 400, 400),
        (judged("rehearsal-genrm", "user", "assistant", "response_1", "response_2"), "/v1/chat/completions", 400, 400),
    ],
)
def test_a_wrong_request_gets_an_error_as_from_a_real_server(body: bytes, path: str, status: int, code: object) -> None:
    reply = post(body, path)
    assert (reply.status, orjson.loads(reply.body)["error"]["code"]) == (status, code)


def test_in_this_process_the_context_is_that_of_the_table(tmp_path: Path) -> None:
    prompts = write_lines(tmp_path / "prompts.jsonl", [{"prompt": "Why? " * 6000}])
    tables = [
        f'[models.large{hand}]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct{hand}"' for hand in ("", "-b")
    ]
    (tmp_path / "sdg.toml").write_text("\n".join([tables[1], tables[0], "context = 20000"]).replace("large-b", "small"))
    both = sdg(tmp_path, "respond", "--model", "small,large", "-n", "2", prompts.name)
    assert "calls 2" in both.stderr
    assert "maximum context length is 4096 tokens. However, your messages resulted in 7500" in both.stderr
    large = sdg(tmp_path, "respond", "--model", "large", prompts.name)
    assert (both.returncode, large.returncode) == (1, 0), both.stderr + large.stderr


def test_any_key_will_do_but_a_wrong_one() -> None:
    assert post(chat(), Authorization="Bearer anything").status == post(chat()).status == 200
    assert post(chat(), Authorization="Bearer wrong").status == 401


def test_routes_that_real_servers_do_not_have_are_not_found() -> None:
    for path in ("/v1/classify", "/v1/completions", "/"):
        assert (post(chat(), path).status, post(chat(), path).body) == (404, b'{"detail":"Not Found"}')
    assert post(chat(), "/classify").status == 404  # a chat model's server


def scored(model: str, path: str, text: str = "Rotation helps the soil.", **more: Any) -> Any:
    turns = [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": text}]
    return orjson.loads(post(orjson.dumps({"model": model, "messages": turns, **more}), path).body)


def test_the_340b_reward_comes_as_recorded_replies_have_it() -> None:
    reply = scored("rehearsal-reward", "/v1/chat/completions")
    [choice] = reply["choices"]
    [message] = choice["message"]
    assert (reply["created"], reply["model"], reply["object"], choice["finish_reason"]) == (None, None, None, "length")
    scores = {token["token"]: token["logprob"] for token in choice["logprobs"]["content"]}
    assert list(scores) == ["helpfulness", "correctness", "coherence", "complexity", "verbosity"]
    assert message["content"] == ",".join(f"{name}:{value}" for name, value in scores.items())


def test_classify_gives_a_sigmoid_unless_it_is_told_not_to() -> None:
    raw = scored("rehearsal-reward", "/classify", use_activation=False)["data"][0]["probs"][0]
    wrongs: list[dict[str, Any]] = [{}, {"activation": False}, {"softmax": False}]
    for wrong in wrongs:
        assert scored("rehearsal-reward", "/classify", **wrong)["data"][0]["probs"] == [1 / (1 + exp(-raw))]
    assert scored("rehearsal-reward", "/pooling", use_activation=False)["data"][0]["data"] == [raw]
    assert 0 < scored("rehearsal-reward-sigmoid", "/classify", use_activation=False)["data"][0]["probs"][0] < 1
    assert sum(scored("rehearsal-reward-softmax", "/classify")["data"][0]["probs"]) == pytest.approx(1)
    said = scored("rehearsal-reward-text", "/v1/chat/completions")["choices"][0]["message"]["content"]
    assert float(said.removeprefix("reward:")) == pytest.approx((raw - 4) * 4, abs=0.05)
    assert scored("rehearsal-reward-text", "/classify") == {"detail": "Not Found"}
