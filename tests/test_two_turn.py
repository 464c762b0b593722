"""`sdg prompts --task two-turn --from`: user, assistant, user, from prompts and from chats."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from fake_server import FakeServer, completion
from sdg.core.family import root_id
from sdg.core.user import load_personas, persona_for
from sdg.record import Record, content_id
from support import environment, read_lines, sdg, some_prompts, write_lines

FOLLOW_UP = "And in a dry spring, with no tap nearby?"
Body = dict[str, Any]


class Models:
    """A server that answers and plays the user; `seen`: all bodies."""

    def __init__(self) -> None:
        self.seen: list[Body] = []

    def __call__(self, body: Body) -> tuple[Any, ...]:
        self.seen.append(body)
        asked = body["messages"][-1]["content"]
        if "next message of the user" not in asked:
            if "plot cut " in asked:
                return 200, completion([{"content": "Dig and"}], "length")
            return 200, completion([{"content": f"Compost, says {body['model']}."}])
        if "plot silent " in asked:
            return 200, completion([{"content": "Thanks a lot!"}])
        return 200, completion([{"content": f"Great answer! {FOLLOW_UP}"}])

    def config(self, folder: Path, server: FakeServer) -> str:
        tables = (
            f'[models.{name}]\nbase_url = "{server.url}"\nmodel = "{name}-model"\nsampling = {{ temperature = 0.6 }}\n'
            for name in ("instruct", "player")
        )
        path = folder / "models.toml"
        path.write_text("\n".join(tables))
        return str(path)


def asked_about(plot: str) -> str:
    return f"What should a gardener know about plot {plot} in spring?"


def test_a_prompt_gains_an_answer_and_a_second_turn_of_a_user_or_the_reason_why_not(tmp_path: Path) -> None:
    talk = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": asked_about("old")},
        {"role": "assistant", "content": "An answer of another model."},
        {"role": "user", "content": "Shorter."},
    ]
    write_lines(
        tmp_path / "in.jsonl",
        [
            {"id": "plain", "prompt": asked_about("1"), "mine": 7},
            {"id": "talk", "prompt": talk, "source": {"language": "English", "dataset": "chats.jsonl", "unsafe": True}},
            {"id": "cut", "prompt": asked_about("cut")},
            {"id": "silent", "prompt": asked_about("silent")},
            {"id": "odd", "prompt": [{"role": "assistant", "content": "Hello."}, {"role": "user", "content": "Hi."}]},
            {"conversations": [{"from": "human", "value": asked_about("2")}, {"from": "gpt", "value": "Old words."}]},
        ],
    )
    models = Models()
    with FakeServer(models) as server:
        command = ["prompts", "--task", "two-turn", "--from", "in.jsonl", "-o", "out.jsonl", "--user-model", "player"]
        done = sdg(tmp_path, *command, "--config", models.config(tmp_path, server))
        assert done.returncode == 0, done.stderr
        calls = len(models.seen)
        assert sdg(tmp_path, *command, "--config", models.config(tmp_path, server)).returncode == 0
        assert len(models.seen) == calls, "nothing is paid twice"
    made = {line["source"]["seed"]: line for line in read_lines(tmp_path / "out.jsonl")}
    rejects = {line["id"]: (line["kind"], line["cause"]) for line in read_lines(tmp_path / "out.rejects.jsonl")}
    assert rejects == {
        "cut": ("dropped", "cut off"),
        "silent": ("dropped", "no second turn"),
        "odd": ("dropped", "no user turn first"),
    }
    assert len(made) == 3
    assert [(m["role"], m["content"]) for m in made["plain"]["prompt"]] == [
        ("user", asked_about("1")),
        ("assistant", "Compost, says instruct-model."),
        ("user", FOLLOW_UP),
    ]
    assert made["plain"]["task"] == "two-turn"
    source = made["plain"]["source"]
    assert source["persona"] == persona_for(load_personas(None), "plain", 0)
    assert (source["form"], source["template"]) == ("two-turn", "user/turn")
    assert re.fullmatch(r"[0-9a-f]{12}", source["template_hash"])
    assert (source["model"], source["rehearsal"]) == ("instruct-model+player-model", False)
    assert [m["role"] for m in made["talk"]["prompt"]] == ["system", "user", "assistant", "user"]
    assert made["talk"]["prompt"][2]["content"] == "Compost, says instruct-model.", "the chat's own answer is not kept"
    kept = made["talk"]["source"]
    assert (kept["language"], kept["dataset"], kept["unsafe"]) == ("English", "chats.jsonl", True)
    [chat] = [line for id, line in made.items() if id not in ("plain", "talk")]
    assert chat["prompt"][0]["content"] == asked_about("2")
    assert {(body["model"], body["temperature"]) for body in models.seen} == {
        ("instruct-model", 0),
        ("player-model", 0.6),
    }
    assert sum(asked_about("silent") in str(body) for body in models.seen) == 1 + 3


def test_the_rehearsal_endpoint_makes_two_turn_prompts_that_respond_takes(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(60))
    (tmp_path / "mine.txt").write_text("a judge\na clown\n")
    command = ["prompts", "--task", "two-turn", "--from", "in.jsonl", "--personas", "mine.txt", "-n", "40"]
    done = sdg(tmp_path, *command, "-o", "two.jsonl")
    assert done.returncode == 0, done.stderr
    made = read_lines(tmp_path / "two.jsonl")
    assert len(made) == 40
    assert {line["source"]["persona"] for line in made} == {"a judge", "a clown"}
    assert all(line["source"]["rehearsal"] for line in made)
    assert len({line["prompt"][2]["content"] for line in made}) > 35
    again = sdg(tmp_path, *command[:-4], "-n", "40", "-o", "two.jsonl")
    assert again.returncode == 2, "other personas than the file was begun with"
    assert "personas was " in again.stderr
    answered = sdg(tmp_path, "respond", "--turns", "2", "two.jsonl", env=environment())
    assert answered.returncode == 0, answered.stderr
    lines = [json.loads(line) for line in answered.stdout.splitlines()]
    assert len(lines) == 40
    for line in lines:
        spoken = [message["content"] for message in line["responses"][0]["messages"][1::2]]
        assert not set(spoken) & {message["content"] for message in line["prompt"]}


def test_what_a_first_turn_demands_of_all_answers_goes_on_and_what_it_demanded_of_the_first_ends(
    tmp_path: Path,
) -> None:
    no_comma = {"kind": "punctuation:no_comma", "arguments": {}, "turns": "all"}
    short = {"kind": "length_constraints:number_words", "arguments": {"num_words": 9, "relation": "less than"}}
    talk = [
        {"role": "user", "content": asked_about("9")},
        {"role": "assistant", "content": "Dig."},
        {"role": "user", "content": "Why? Never use a comma from now on."},
    ]
    write_lines(
        tmp_path / "in.jsonl",
        [
            {"id": "text", "prompt": asked_about("1"), "constraints": json.dumps([short, no_comma])},
            {"id": "list", "prompt": asked_about("2"), "constraints": [no_comma]},
            {"id": "first", "prompt": asked_about("3"), "constraints": json.dumps([{**short, "turns": "first"}])},
            {"id": "none", "prompt": asked_about("4")},
            {"id": "later", "prompt": talk, "constraints": json.dumps([no_comma])},
            {"id": "odd", "prompt": asked_about("5"), "constraints": '[{"kind": "no_comma"}]'},
        ],
    )
    with FakeServer(Models()) as server:
        config = Models().config(tmp_path, server)
        task = ("prompts", "--task", "two-turn", "--config", config, "--from")
        done = sdg(tmp_path, *task, "in.jsonl", "-o", "out.jsonl")
        again = sdg(tmp_path, *task, "out.jsonl")
    assert done.returncode == 2, "one line can't be read"
    [odd] = read_lines(tmp_path / "out.rejects.jsonl")
    assert (odd["id"], odd["cause"]) == ("odd", "unreadable constraint")
    made = {line["source"]["seed"]: line for line in read_lines(tmp_path / "out.jsonl")}
    carried = {id: line["constraints"] and json.loads(line["constraints"]) for id, line in made.items()}
    assert carried == {"text": [no_comma], "list": [no_comma], "first": "", "none": "", "later": ""}
    new = {made["text"]["id"], made["list"]["id"]}
    lines = [json.loads(line) for line in again.stdout.splitlines()]
    assert {line["source"]["seed"] for line in lines if line["constraints"]} <= new


def test_a_prompt_made_in_two_steps_goes_back_to_the_first_of_them(tmp_path: Path) -> None:
    lines = some_prompts(20)
    write_lines(tmp_path / "in.jsonl", lines)
    task = ("prompts", "--task")
    one = sdg(tmp_path, *task, "instruction-following", "--from", "in.jsonl", "-o", "one.jsonl")
    two = sdg(tmp_path, *task, "two-turn", "--from", "one.jsonl", "-o", "two.jsonl")
    assert (one.returncode, two.returncode) == (0, 0), one.stderr + two.stderr
    roots = {line["id"]: content_id(line["prompt"].casefold()) for line in lines}
    parents = {line["id"]: line for line in read_lines(tmp_path / "one.jsonl")}
    made = read_lines(tmp_path / "two.jsonl")
    assert len(made) > 10
    for line in made:
        parent = parents[line["source"]["seed"]]
        assert line["source"]["root"] == parent["source"]["root"] == roots[parent["source"]["seed"]]
        assert root_id(Record.model_validate(line)) == line["source"]["root"]
        said = [one["turns"] for one in json.loads(line["constraints"] or "[]")]
        assert said == [one["turns"] for one in json.loads(parent["constraints"]) if one["turns"] == "all"]
    assert any(line["constraints"] for line in made)
    assert not all(line["constraints"] for line in made)
