"""`sdg respond --turns`: dialogues with a simulated user, whole or ended early, cached and continued turn by turn."""

from __future__ import annotations

import json
import re
import subprocess
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from fake_server import FakeServer, completion
from garden import ASKED, Body, Garden, configured, turn_of, users
from sdg.core.user import load_personas, persona_for
from support import SDG, environment, read_lines, sdg, some_prompts, write_lines


def test_a_dialogue_is_greedy_answers_and_turns_of_a_user_that_is_drawn_for_the_record(tmp_path: Path) -> None:
    talk = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Is plot 3 sunny?"},
        {"role": "assistant", "content": "It is."},
        {"role": "user", "content": "Then what grows there?"},
    ]
    write_lines(tmp_path / "in.jsonl", [*some_prompts(3), {"id": "p3", "prompt": talk, "constraints": "[]"}])
    personas = load_personas(None)

    def each_in_its_own_words(body: Body) -> tuple[Any, ...] | None:
        """So that no two requests are equal: whether the second meets the first in the cache is a matter of luck."""
        if not users(body):
            return None
        who = next(n for n, persona in enumerate(personas) if persona in body["messages"][-1]["content"])
        return 200, completion([{"content": f"{ASKED[turn_of(body) - 2]} ({who})"}])

    garden = Garden(each_in_its_own_words)
    with FakeServer(garden) as server:
        config = configured(tmp_path, server)
        command = ["respond", "--turns", "3", "-n", "2", "--system", "Hello.", "--config", config]
        done = sdg(tmp_path, *command, "in.jsonl", "-o", "out.jsonl")
        assert done.returncode == 0, done.stderr
        paid = len(garden.seen)
        more = sdg(tmp_path, *command, "out.jsonl", "-o", "more.jsonl")
        assert more.returncode == 0, more.stderr
    lines = {line["id"]: line for line in read_lines(tmp_path / "out.jsonl")}
    for id, line in lines.items():
        first, second = line["responses"]
        assert [message["role"] for message in first["messages"]] == ["assistant", "user"] * 2 + ["assistant"]
        assert first["messages"][0] == second["messages"][0]
        assert [r["persona"] for r in (first, second)] == [persona_for(personas, id, sample) for sample in (0, 1)]
        assert first["persona"] != second["persona"]
        told = {key: first[key] for key in ("model", "user_model", "ended", "finish_reason", "rehearsal", "system")}
        model = "instruct-model"
        system = "" if id == "p3" else "Hello."
        assert told == {
            "model": model, "user_model": model, "ended": "", "finish_reason": "stop", "rehearsal": False,
            "system": system,
        }  # fmt: skip
    spoken = [message["content"] for message in lines["p0"]["responses"][0]["messages"][1::2]]
    who = personas.index(persona_for(personas, "p0", 0))
    assert spoken == [f"{asked} ({who})" for asked in ASKED[:2]]
    assert paid == 4 * (1 + 2 * 4), "the first answer is asked once for both"
    usage = [response["usage"] for line in lines.values() for response in line["responses"]]
    assert {use["shared_by"] for use in usage} == {1}
    assert sum(use["prompt_tokens"] for use in usage) == 7 * paid
    assert sum(use["completion_tokens"] for use in usage) == 5 * paid
    asking = [body for body in garden.seen if users(body)]
    answering = [body for body in garden.seen if not users(body)]
    assert {body["temperature"] for body in answering} == {0}
    assert {body["temperature"] for body in asking} == {0.5}, "the user is sampled as the table says"
    assert {body["messages"][0]["content"] for body in answering} == {"Hello.", "Be brief."}
    assert not any("Hello." in str(body) or "Be brief." in str(body) for body in asking), (
        "no user sees the system's turn"
    )
    longer = {line["id"]: line for line in read_lines(tmp_path / "more.jsonl")}
    for id, line in longer.items():
        assert line["responses"][:2] == lines[id]["responses"]
        assert [r["persona"] for r in line["responses"]] == [persona_for(personas, id, n) for n in range(4)]
    assert all(turn_of(body) > 1 for body in garden.seen[paid:]), "the first answer is paid for"
    assert len(garden.seen) == paid + 4 * 2 * 4


def test_a_kill_in_turn_3_does_not_pay_for_turns_1_and_2_again(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(4))
    released = threading.Event()

    def slow(body: Body) -> None:
        if not users(body) and turn_of(body) == 3:
            released.wait(60)

    garden = Garden(slow)
    with FakeServer(garden) as server:
        config = configured(tmp_path, server)
        command = ["respond", "--turns", "3", "-n", "2", "in.jsonl", "-o", "out.jsonl", "--config", config]
        run = subprocess.Popen([*SDG, *command], cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL)
        waited = time.monotonic()
        # The two dialogues of a prompt say the same so far, and equal requests that are under way are asked once.
        while garden.counts()[False, 3] < 4:
            assert time.monotonic() - waited < 60
            time.sleep(0.05)
        run.kill()
        run.wait()
        assert (tmp_path / "out.jsonl").read_bytes() == b""
        garden.seen.clear()
        released.set()
        done = sdg(tmp_path, *command)
        assert done.returncode == 0, done.stderr
        assert garden.counts() == {(False, 3): 4}
        whole = (tmp_path / "out.jsonl").read_bytes()
        (tmp_path / "out.jsonl").write_bytes(whole[:-40])
        assert sdg(tmp_path, *command).returncode == 0
        assert (tmp_path / "out.jsonl").read_bytes() == whole
        assert garden.counts() == {(False, 3): 4}, "a torn line costs nothing"
    assert [len(r["messages"]) for line in read_lines(tmp_path / "out.jsonl") for r in line["responses"]] == [5] * 8


def test_a_continued_file_keeps_its_turns_personas_and_user_model(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2))
    (tmp_path / "mine.txt").write_text("a judge\na clown\n")
    begun = ["respond", "in.jsonl", "-o", "out.jsonl", "--turns", "2"]
    assert sdg(tmp_path, *begun, "--personas", "mine.txt").returncode == 0
    before = (tmp_path / "out.jsonl").read_bytes()
    assert {r["persona"] for line in read_lines(tmp_path / "out.jsonl") for r in line["responses"]} <= {
        "a judge",
        "a clown",
    }
    for options, words in (
        (["--turns", "3", "--personas", "mine.txt"], "turns was 2, now 3"),
        ([], "personas was "),
        (["--personas", "mine.txt", "--user-model", "rehearsal-instruct-b"], "user_models[0].model was "),
        (["--personas", "mine.txt", "--temperature", "0.7"], "models[0].temperature was 0.0, now 0.7"),
    ):
        other = sdg(tmp_path, *begun, *options)
        assert (other.returncode, words in other.stderr) == (2, True), other.stderr
    assert (tmp_path / "out.jsonl").read_bytes() == before


def test_each_dialogue_stays_with_its_model_and_the_user_has_a_model_and_sampling_of_its_own(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(2))
    garden = Garden()
    with FakeServer(garden) as server:
        config = configured(tmp_path, server, "second", "player")
        models = ["--model", "instruct,second", "--user-model", "player", "--max-tokens", "99"]
        done = sdg(tmp_path, "respond", "--turns", "3", "-n", "4", *models, "in.jsonl", "--config", config)
    assert done.returncode == 0, done.stderr
    for line in map(json.loads, done.stdout.splitlines()):
        assert Counter(r["model"] for r in line["responses"]) == {"instruct-model": 2, "second-model": 2}
        assert len({r["persona"] for r in line["responses"]}) == 4
        for response in line["responses"]:
            said = [message["content"] for message in response["messages"][::2]]
            assert said == [f"Dig in compost, layer {turn} of {response['model']}, choice 0." for turn in (1, 2, 3)]
            assert response["user_model"] == "player-model"
    asked = {(users(body), body["model"], body["temperature"], body.get("max_tokens")) for body in garden.seen}
    assert asked == {
        (True, "player-model", 0.7, None),
        (False, "instruct-model", 0, 99),
        (False, "second-model", 0, 99),
    }


def test_with_a_temperature_the_first_answers_are_samples_and_each_dialogue_goes_on_by_itself(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1))
    garden = Garden()
    with FakeServer(garden) as server:
        options = ["--temperature", "0.9", "--seed", "10", "--config", configured(tmp_path, server)]
        done = sdg(tmp_path, "respond", "--turns", "2", "-n", "3", *options, "in.jsonl")
        assert done.returncode == 0, done.stderr
        few = sdg(tmp_path, "respond", "--turns", "2", "-n", "1", *options, "in.jsonl")
    responses = json.loads(done.stdout)["responses"]
    assert [r["messages"][0]["content"][-9:] for r in responses] == ["choice 0.", "choice 1.", "choice 2."]
    answering = [body for body in garden.seen if not users(body)]
    assert [body.get("n", 1) for body in answering] == [3, 1, 1, 1]
    assert {body["temperature"] for body in answering} == {0.9}
    assert {body["seed"] for body in answering} == {10, 11, 12}
    assert sum(r["usage"]["prompt_tokens"] for r in responses) == 7 * len(garden.seen)
    assert [r["usage"]["shared_by"] for r in responses] == [1, 1, 1]
    shorter = json.loads(few.stdout)["responses"][0]
    assert shorter["messages"] == responses[0]["messages"]
    assert "calls 0" in few.stderr


def test_the_rehearsal_user_has_faults_none_of_which_reaches_a_dialogue(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(150))
    done = sdg(tmp_path, "respond", "--turns", "3", "--in-order", "in.jsonl", "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    responses = [line["responses"][0] for line in read_lines(tmp_path / "out.jsonl")]
    whole = [response for response in responses if not response["ended"]]
    assert len(whole) > 120
    assert {response["ended"] for response in responses if response["ended"]} >= {"answer 1: cut off"}
    said = [message["content"] for response in responses for message in response["messages"][1::2]]
    assert len(set(said)) > 0.95 * len(said)
    assert not any(
        re.match(r"(?i)(thank|great expl|user:|\*\*|human|\[user|sure|certainly|as an ai|next mess|\")", t)
        for t in said
    )
    found = re.search(r"calls (\d+)", done.stderr)
    assert found
    needed = sum(len(response["messages"]) for response in responses)
    assert needed < int(found[1]) < 1.15 * needed, "a few turns were asked for again"
    again = sdg(tmp_path, "respond", "--turns", "3", "--in-order", "--no-cache", "in.jsonl")
    assert again.stdout == (tmp_path / "out.jsonl").read_text(encoding="utf-8")


def test_options_that_make_no_sense_are_refused_with_one_line(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(1))
    (tmp_path / "none.txt").write_text("# nobody\n")
    for options, words in (
        (["--personas", "none.txt"], "--personas and --user-model are for dialogues: give --turns 2 or more as well"),
        (["--user-model", "instruct"], "--personas and --user-model are for dialogues: give --turns 2 or more as well"),
        (["--turns", "2", "--personas", "none.txt"], "personas none.txt: there is none in it; write one a line"),
        (["--turns", "2", "--personas", "gone.txt"], "cannot read personas gone.txt: No such file or directory"),
        (
            ["--turns", "2", "--user-model", "instruc"],
            "no [models.instruc] table is configured; did you mean 'instruct'?",
        ),
    ):
        done = sdg(tmp_path, "respond", *options, "in.jsonl")
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1] == f"respond: {words}"
        assert not done.stdout
