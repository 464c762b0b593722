"""`sdg respond --turns`: dialogues that end early, what they keep, and what is asked for again."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from fake_server import FakeServer, completion
from garden import Body, Garden, configured, plot, turn_of, users
from support import read_lines, sdg, write_lines

THANKS = "Thank you so much for the detailed answer!"
TALKS = {
    "thanks": (THANKS, THANKS, THANKS),
    "mended": (THANKS, "Great explanation! User: How deep, for carrots?"),
    "label": ('**User:** "How deep, for carrots?"\n\nAssistant: Deep.',),
    "repeats": ("What should a gardener know about plot repeats in spring?", "Sure!",
    "As an AI language model, I can't dig."),
}  # fmt: skip


def test_a_user_turn_that_will_not_do_is_asked_again_and_then_ends_the_dialogue(tmp_path: Path) -> None:
    tries: Counter[str] = Counter()

    def say(body: Body) -> tuple[Any, ...] | None:
        if not users(body):
            return None
        texts = TALKS[plot(body)]
        tries[plot(body)] += 1
        return 200, completion([{"content": texts[tries[plot(body)] - 1]}])

    write_lines(
        tmp_path / "in.jsonl",
        [{"id": n, "prompt": f"What should a gardener know about plot {n} in spring?"} for n in TALKS],
    )
    garden = Garden(say)
    with FakeServer(garden) as server:
        config = configured(tmp_path, server)
        done = sdg(tmp_path, "respond", "--turns", "2", "in.jsonl", "-o", "out.jsonl", "--config", config)
    assert done.returncode == 0, done.stderr
    found = {line["id"]: line["responses"][0] for line in read_lines(tmp_path / "out.jsonl")}
    assert {id: r["ended"] for id, r in found.items()} == {
        "thanks": "user turn 2: only thanks",
        "mended": "",
        "label": "",
        "repeats": "user turn 2: repeats an earlier turn, only thanks, breaks character",
    }
    for id in ("mended", "label"):
        assert found[id]["messages"][1] == {"role": "user", "content": "How deep, for carrots?"}
    assert [len(found[id]["messages"]) for id in ("thanks", "repeats")] == [1, 1]
    assert found["thanks"]["usage"]["prompt_tokens"] == 7 * (1 + 3), "all tries are on the bill"
    assert tries == {"thanks": 3, "mended": 2, "label": 1, "repeats": 3}
    assert "2 of 4 dialogues ended early" in done.stderr
    asked = [body["messages"][-1]["content"] for body in garden.seen if users(body) and plot(body) == "thanks"]
    assert len(set(asked)) == 3, "each try wants another kind of message"


TOO_LONG = 400, {"error": {"message": "This model's maximum context length is 4096 tokens"}}


def test_a_cut_or_overlong_answer_ends_a_dialogue_and_another_failure_rejects_what_was_paid_for(tmp_path: Path) -> None:
    broken = True

    def special(body: Body) -> tuple[Any, ...] | None:
        kind, turn = plot(body), turn_of(body)
        if kind == "cut" and not users(body) and turn == 2:
            return 200, completion([{"content": "Dig and"}], "length")
        if kind == "long" and not users(body) and turn == 2:
            return TOO_LONG
        if kind == "wordy" and users(body) and turn == 3:
            return TOO_LONG
        if kind == "musing" and not users(body) and turn == 3:
            return 200, completion([{"content": "<think>Let me"}], "length")
        if kind == "bad" and not users(body) and turn == 3 and broken:
            return 400, {"error": {"message": "such words are not allowed"}}
        return None

    kinds = ("cut", "long", "wordy", "musing", "bad", "none")
    write_lines(
        tmp_path / "in.jsonl",
        [{"id": n, "prompt": f"What should a gardener know about plot {n} in spring?"} for n in kinds],
    )
    garden = Garden(special)
    with FakeServer(garden) as server:
        command = ["respond", "--turns", "3", "in.jsonl", "-o", "out.jsonl", "--config", configured(tmp_path, server)]
        done = sdg(tmp_path, *command)
        assert done.returncode == 1
        [reject] = read_lines(tmp_path / "out.rejects.jsonl")
        garden.seen.clear()
        broken = False
        again = sdg(tmp_path, *command)
        assert again.returncode == 0, again.stderr
        assert garden.counts() == {(False, 3): 1}, "only what is missing"
        garden.seen.clear()
        from_rejects = sdg(tmp_path, *command[:3], "--config", command[-1], stdin=reject["record"])
        [taken_up] = json.loads(from_rejects.stdout)["responses"]
        assert (len(taken_up["messages"]), taken_up["ended"]) == (5, ""), "in place of the stump, not beside it"
        assert not garden.counts()
    found = {line["id"]: line["responses"][0] for line in read_lines(tmp_path / "out.jsonl")}
    told = {id: (len(r["messages"]), r["truncated"], r["ended"]) for id, r in found.items()}
    assert told == {
        "cut": (3, True, "answer 2: cut off"),
        "long": (1, False, "answer 2: context too long"),
        "wordy": (3, False, "user turn 3: context too long"),
        "musing": (3, False, "answer 3: cut off in reasoning"),
        "bad": (5, False, ""),
        "none": (5, False, ""),
    }
    assert all(response["messages"][-1]["role"] == "assistant" for response in found.values())
    assert (reject["id"], reject["cause"]) == ("bad", "refused with 400")
    [paid] = json.loads(reject["record"])["responses"]
    assert (len(paid["messages"]), paid["ended"]) == (3, "failed: answer 3: refused with 400")
    assert paid["usage"]["prompt_tokens"] == 7 * 4
