"""`sdg prompts --task instruction-following --from FILE`: the real command over real HTTP, from file to records."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from answering import alone, answering
from fake_hub import fake_hub
from fake_server import FakeServer, completion
from sdg.core.constraints import parse
from sdg.core.resources import builtin
from sdg.record import Record, prompt_id
from support import environment, read_lines, sdg, write_lines
from test_datasets import loads

TASK = ("prompts", "--task", "instruction-following", "--from")
QUESTIONS = [
    "How does a heat pump work in winter?",
    "Should I repot an orchid while it is in bloom?",
    "Write an email to my landlord about the broken heating.",
    "Suggest a few ideas for a rainy weekend with children.",
    "Explain why bread dough has to rest before it is baked.",
]


def some(count: int) -> list[dict[str, Any]]:
    """Prompts of our own kind, all different."""
    return [
        {"id": f"q{n}", "prompt": f"{QUESTIONS[n % 5]} Case {n}.", "source": {"topic": "Home", "unsafe": n == 3}}
        for n in range(count)
    ]


def test_every_prompt_becomes_one_with_instructions_in_one_of_three_forms(tmp_path: Path) -> None:
    given = [line | {"note": f"n{n}", "reference": "42"} for n, line in enumerate(some(60))]
    done = sdg(tmp_path, *TASK, str(write_lines(tmp_path / "in.jsonl", given)), "-o", "out.jsonl", "--in-order")
    assert done.returncode == 0, done.stderr
    made = read_lines(tmp_path / "out.jsonl")
    rejects = read_lines(tmp_path / "out.rejects.jsonl")
    assert {entry["cause"] for entry in rejects} <= {"refusal", "cut off"}, "as the rehearsal endpoint has it at times"
    assert len(made) == 60 - len(rejects) >= 50
    assert len({line["id"] for line in made}) == len(made)
    forms = Counter(line["source"]["form"] for line in made)
    assert set(forms) == {"single", "all-turns", "revision"}
    asked = {line["id"]: line for line in given}
    assert [line["source"]["seed"] for line in made] == [id for id in asked if id not in {e["id"] for e in rejects}]
    for new in made:
        source = new["source"]
        old = asked[source["seed"]]
        Record.model_validate(new)
        assert new["id"] == prompt_id(new["prompt"])
        assert new["task"] == "instruction-following"
        assert new["reference"] == "", "what answers the old prompt does not answer the new one"
        assert new["note"] == old["note"]
        assert source["seed"] == source["plan"] == old["id"]
        assert (source["topic"], source["unsafe"]) == ("Home", old["source"]["unsafe"])
        assert source["template"] == "instruction-following/phrases+instruction-following/layouts"
        assert len(source["template_hash"]) == 25
        constraints = parse(new["constraints"])
        assert 1 <= len(constraints) <= 3
        assert {one.turns for one in constraints} == {"all" if source["form"] == "all-turns" else "first"}
        roles = [message["role"] for message in new["prompt"]]
        if source["form"] == "revision":
            assert roles == ["user", "assistant", "user"]
            assert new["prompt"][0]["content"] == old["prompt"]
            assert (source["model"], source["rehearsal"]) == ("rehearsal-instruct", True)
            assert not all(one.constraint.holds(new["prompt"][1]["content"]) for one in constraints)
        else:
            assert roles == ["user"]
            assert old["prompt"] in new["prompt"][0]["content"]
            assert (source["model"], source["rehearsal"]) == ("", False)
    assert loads(tmp_path / "out.jsonl", tmp_path)["rows"] == len(made)


def test_n_takes_the_first_that_can_be_used_and_a_longer_run_goes_on(tmp_path: Path) -> None:
    lines: list[Any] = some(30)
    lines[2] = {"id": "German", "prompt": "Wie geht es dir?", "source": {"language": "de"}}
    lines[3]["source"]["language"] = "unknown"
    lines[4] = {"id": "terse", "prompt": "True or false: the moon is round."}
    lines[6] = lines[5] | {"id": "asks again"}
    file = str(write_lines(tmp_path / "in.jsonl", lines))
    first = sdg(tmp_path, *TASK, file, "-n", "7", "-o", "out.jsonl")
    assert first.returncode == 0, first.stderr
    assert len(read_lines(tmp_path / "out.jsonl")) == 7
    read = re.search(r"read (\d+)", first.stderr)
    assert read
    assert 9 <= int(read[1]) <= 14, "lines beyond the need are not read"
    causes = Counter(entry["cause"] for entry in read_lines(tmp_path / "out.rejects.jsonl"))
    assert causes["other language"] == causes["nothing suits"] == 1
    more = sdg(tmp_path, *TASK, file, "-n", "12", "-o", "out.jsonl")
    assert more.returncode == 0, more.stderr
    made = read_lines(tmp_path / "out.jsonl")
    assert len(made) == len({line["id"] for line in made}) == 12
    whole = sdg(tmp_path, *TASK, file, "-n", "12", "-o", "anew.jsonl")
    assert whole.returncode == 0
    assert {line["id"] for line in read_lines(tmp_path / "anew.jsonl")} == {line["id"] for line in made}
    short = sdg(tmp_path, *TASK, file, "-n", "40", "-o", "out.jsonl")
    assert short.returncode == 1
    assert "of 40" in short.stderr
    assert "has no more lines" in short.stderr
    other = sdg(tmp_path, *TASK, file, "-n", "40", "-o", "out.jsonl", "--seed", "5")
    assert other.returncode == 2
    assert "seed was 0, now 5" in other.stderr


def test_raw_chats_give_their_first_user_turn(tmp_path: Path) -> None:
    talk = [{"role": "user", "content": QUESTIONS[0]}, {"role": "assistant", "content": "So."}]
    lines = [
        {"messages": [{"role": "system", "content": "Be kind."}, *talk, {"role": "user", "content": "And then?"}]},
        {"id": "sg", "conversations": [{"from": "human", "value": QUESTIONS[1]}, {"from": "gpt", "value": "No."}]},
        {"messages": [{"role": "assistant", "content": "Hello, what can I do?"}, *talk]},
        {"instruction": QUESTIONS[2], "input": "", "output": "Dear Sir"},
        {"prompt": QUESTIONS[3]},
        {"prompt": [{"role": "user", "content": "Hi."}, {"role": "assistant", "content": "Hello."}]},
        {"conversations": [{"from": "human", "value": QUESTIONS[1]}, {"from": "gpt", "value": "Another answer."}]},
        {"prompt": QUESTIONS[4], "constraints": [{"kind": "punctuation:no_comma", "arguments": {}}]},
        {"prompt": [{"role": "user", "content": " "}]},
        "[1, 2]",
    ]
    file = write_lines(tmp_path / "chats.jsonl", lines)
    done = sdg(tmp_path, *TASK, str(file), "-o", "out.jsonl", "--in-order")
    assert done.returncode == 2, "some lines are no input at all"
    made = read_lines(tmp_path / "out.jsonl")
    assert len(made) == 4
    assert [message["role"] for message in made[0]["prompt"]][:2] == ["system", "user"]
    assert (made[1]["source"]["dataset"], made[1]["source"]["row"]) == ("chats.jsonl", "sg")
    firsts = [line["prompt"][-1 if line["source"]["form"] != "revision" else -3]["content"] for line in made]
    for text, question in zip(firsts, QUESTIONS, strict=False):
        assert question in text
    rejects = {entry["cause"]: entry for entry in read_lines(tmp_path / "out.rejects.jsonl")}
    assert set(rejects) == {
        "assistant first",
        "no user turn last",
        "duplicate id",
        "has constraints",
        "empty prompt",
        "no JSON object",
    }
    assert json.loads(rejects["assistant first"]["record"]) == lines[2], "the line comes back as it was"


def test_the_answer_to_be_revised_is_greedy_and_must_be_one(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        asked.append(body)
        question = body["messages"][-1]["content"]
        if "Case 1" in question:
            return 200, completion([{"content": "I'm sorry, but I can't help with that."}], "stop")
        if "Case 2" in question:
            return 200, completion([{"content": "It begins with"}], "length")
        return 200, completion([{"content": f"Well, {question} That depends, as they say."}], "stop")

    with FakeServer(answer) as server:
        server.config(tmp_path).rename(tmp_path / "sdg.toml")
        own = tmp_path / "own" / "instruction-following"
        own.mkdir(parents=True)
        shipped = (builtin("prompts") / "instruction-following" / "draws.toml").read_text()
        (own / "draws.toml").write_text(shipped.replace('"single: 5", "all-turns: 2", ', ""))
        file = write_lines(tmp_path / "in.jsonl", [{**line, "extra": {"k": 1}} for line in some(8)])
        run = (*TASK, str(file), "--prompts", "own", "-o", "out.jsonl", "--max-tokens", "99")
        done = sdg(tmp_path, *run)
        assert done.returncode == 0, done.stderr
        assert len(asked) == 8
        (tmp_path / "out.jsonl").unlink()
        again = sdg(tmp_path, *run)
        assert again.returncode == 0
        assert len(asked) == 8, "answers come from the cache"
    assert {(body["temperature"], body["max_tokens"]) for body in asked} == {(0, 99)}
    made = read_lines(tmp_path / "out.jsonl")
    assert {line["source"]["form"] for line in made} == {"revision"}
    assert {line["source"]["seed"] for line in made} == {"q0", "q3", "q4", "q5", "q6", "q7"}
    for line in made:
        assert line["prompt"][1]["content"].startswith(f"Well, {line['prompt'][0]['content']}")
        assert line["extra"] == {"k": 1}
    causes = {entry["id"]: entry["cause"] for entry in read_lines(tmp_path / "out.rejects.jsonl")}
    assert causes == {"q1": "refusal", "q2": "cut off"}


def test_what_cannot_be_meant_is_refused_in_one_line(tmp_path: Path) -> None:
    file = str(write_lines(tmp_path / "in.jsonl", some(2)))
    own = tmp_path / "own"
    shutil.copytree(builtin("prompts") / "instruction-following", own / "instruction-following")
    bad = own / "instruction-following" / "phrases.toml"
    bad.write_text(bad.read_text().replace("{keywords}", "{keyword}", 1))
    for arguments, said in [
        ((*TASK, file, "--language", "German"), "worded in English. Translate instruction-following/phrases.toml"),
        ((*TASK, file, "--prompts", "own"), "phrases.toml: 'keywords:existence': "),
        ((*TASK, file, "--topics", "x"), "--topics has no meaning for --task instruction-following"),
        ((*TASK, file, "--personas", "x"), "--personas has no meaning for --task instruction-following"),
        (("prompts", "--task", "writing", "--from", file), "--from is for --task instruction-following"),
        (("prompts", "--task", "instruction-following"), "needs --from"),
        ((*TASK, "missing.jsonl"), "cannot read missing.jsonl"),
    ]:
        done = alone(tmp_path, *arguments)
        assert done.returncode == 2, arguments
        assert said in done.stderr, done.stderr
        assert done.stdout == ""


def test_another_language_works_with_a_users_own_words(tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(builtin("prompts") / "instruction-following", own / "instruction-following")
    lines: list[Any] = [{"prompt": f"Wie pflege ich Garten Nummer {n} im Frühling?"} for n in range(12)]
    lines.append({"prompt": "How?", "source": {"language": "English"}})
    with answering(lambda question: f"Man muss gießen, {question}") as server:
        server.config(tmp_path)
        file = str(write_lines(tmp_path / "in.jsonl", lines))
        done = sdg(tmp_path, *TASK, file, "--language", "German", "--prompts", "own")
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert len(made) == 12
    assert "other language 1" in done.stderr
    kinds = {one.constraint.kind for line in made for one in parse(line["constraints"])}
    assert not kinds & {"change_case:english_capital", "change_case:english_lowercase", "language:response_language"}
    assert {line["source"]["language"] for line in made} == {"German"}


def test_a_pipe_and_stdin_work_as_for_every_command(tmp_path: Path) -> None:
    text = "\n".join(json.dumps(line) for line in some(5)) + "\n"
    done = sdg(tmp_path, *TASK, "-", "-n", "2", "-q", stdin=text)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 2
    empty = sdg(tmp_path, *TASK, "-")
    assert empty.returncode == 2
    assert "is empty" in empty.stderr


def test_a_users_fields_may_hold_anything(tmp_path: Path) -> None:
    odd: list[Any] = [None, 7, "text", ["a", 1], {"topic": 3, "unsafe": "yes", "language": 1}, True]
    lines = [
        {"prompt": f"How is soup number {n} with a pinch of {field} made?", field: value}
        for field in ("source", "extra", "task", "reference", "id")
        for n, value in enumerate(odd)
    ]
    done = sdg(tmp_path, *TASK, str(write_lines(tmp_path / "in.jsonl", lines)), "-o", "out.jsonl")
    made, rejects = read_lines(tmp_path / "out.jsonl"), read_lines(tmp_path / "out.rejects.jsonl")
    assert len(made) + len(rejects) == len(lines)
    assert {entry["cause"] for entry in rejects} <= {"refusal", "cut off"}, done.stderr
    for line in made:
        assert isinstance(line["source"]["topic"], str)
        assert isinstance(line["source"]["unsafe"], bool)
        assert isinstance(line["extra"], dict)


def test_chats_of_the_hub_are_taken_as_they_stream(tmp_path: Path) -> None:
    rows = [
        {
            "conversation_id": f"c{n}",
            "conversation": [{"role": "user", "content": f"How is soup number {n} made?"}],
            "language": "English",
            "openai_moderation": [{"flagged": n == 1, "categories": {"violence": n == 1}}],
        }
        for n in range(40)
    ]
    files = {"train.jsonl": "".join(json.dumps(row) + "\n" for row in rows).encode()}
    with fake_hub("acme/chats", files, []) as url:
        env = environment(HF_ENDPOINT=url, HF_HOME=str(tmp_path / "hf"), HF_HUB_DISABLE_TELEMETRY="1")
        done = alone(tmp_path, *TASK, "hf://acme/chats", "-n", "5", env=env)
    assert done.returncode == 0, done.stderr
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(made) == 5
    assert {line["source"]["dataset"] for line in made} == {"hf://acme/chats"}
    unsafe = {line["source"]["row"]: line["source"]["flags"] for line in made if line["source"]["unsafe"]}
    assert unsafe == {"c1": "violence"}
