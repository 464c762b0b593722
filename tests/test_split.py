"""`sdg split`: the real command on real files; where each prompt goes, for prompts of any kind."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdg.core.jsonl import Line
from sdg.core.near import similarity
from sdg.core.normal import normalised
from sdg.core.stage import Dropped, Kept, Outcome
from sdg.record import content_id
from sdg.split.stage import PREFERENCE, SFT, Split, drawn_side
from support import read_lines, sdg, write_lines

WORDS = ["amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty", "knoll", "larch"]


def question(chance: random.Random, words: int = 30) -> str:
    """A prompt that is near to no other."""
    return " ".join(f"{chance.choice(WORDS)}{chance.randrange(1000)}" for _ in range(words)) + "?"


def question_on(side: int, chance: random.Random, begin: str = "") -> str:
    """One that the draw of seed 0 puts there, in equal shares."""
    while True:
        text = f"{begin}{question(chance)}"
        if drawn_side(content_id(normalised(text)), 0, 0.5, 0.5) == side:
            return text


def chat(*turns: str, system: str = "") -> list[dict[str, str]]:
    roles = ["user", "assistant"] * len(turns)
    messages = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
    return [{"role": "system", "content": system}, *messages] if system else messages


def outcomes(texts: list[str], known: list[Outcome] | None = None, **options: Any) -> list[Outcome]:
    """What becomes of these prompts, without a file; `known` is what an earlier run has made of the first ones."""

    async def run() -> list[Outcome]:
        stage = Split(**options)
        for outcome in known or []:
            if isinstance(outcome, Kept):
                stage.known(json.loads(outcome.line), outcome.part)
        begin = len(known or [])
        raw = [json.dumps({"id": f"p{n}", "prompt": chat(text)}).encode() for n, text in enumerate(texts)]
        return [await stage.process(Line(line, n, "test")) for n, line in enumerate(raw[begin:], begin + 1)]

    return asyncio.run(run())


def side_of(outcome: Outcome) -> str:
    """The part, or why it is in none."""
    return outcome.part if isinstance(outcome, Kept) else outcome.rule if isinstance(outcome, Dropped) else "failed"


FEW_WORDS = st.lists(st.sampled_from(["fog", "Fog", "salt", "ﬁn", "fin", "水", "."]), min_size=1, max_size=14)
PROMPTS = st.lists(st.builds(" ".join, FEW_WORDS) | st.text(st.characters(codec="utf-8"), min_size=1), max_size=30)


@settings(max_examples=60, deadline=None)
@given(PROMPTS, st.integers(0, 9))
def test_no_prompt_is_in_both_parts_and_equal_ones_are_in_one(texts: list[str], seed: int) -> None:
    sides: dict[str, set[str]] = {}
    for text, outcome in zip(texts, outcomes(texts, seed=seed), strict=True):
        sides.setdefault(normalised(text), set()).add(side_of(outcome))
    assert all(len(side) == 1 for side in sides.values())
    assert {side for found in sides.values() for side in found} <= {"sft", "preference", "of both parts"}


@settings(max_examples=60, deadline=None)
@given(PROMPTS, PROMPTS, st.integers(0, 9))
def test_prompts_that_are_added_at_the_end_move_no_earlier_one(first: list[str], more: list[str], seed: int) -> None:
    before = outcomes(first, seed=seed)
    whole = outcomes(first + more, seed=seed)
    assert [side_of(outcome) for outcome in whole[: len(first)]] == [side_of(outcome) for outcome in before]
    assert outcomes(first + more, known=before, seed=seed) == whole[len(first) :]


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_of_prompts_does_not_matter_where_no_two_are_near(chance: random.Random, seed: int) -> None:
    texts = [question(chance) for _ in range(30)]
    there = dict(zip(texts, map(side_of, outcomes(texts, seed=seed)), strict=True))
    chance.shuffle(texts)
    assert dict(zip(texts, map(side_of, outcomes(texts, seed=seed)), strict=True)) == there


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_a_prompt_and_those_that_were_made_from_it_are_on_one_side(number: int) -> None:
    """Short prompts with a long constraint, say, are no near copies of each other; ids play no role."""
    chance = random.Random(number)
    lines: list[dict[str, Any]] = [{"id": f"p{n}", "prompt": question(chance, 5)} for n in range(8)]
    lines += [
        {"id": f"{line['id']}-{n}", "prompt": question(chance), "source": {"root": content_id(line["prompt"])}}
        for line in lines
        for n in range(2)
    ]
    chance.shuffle(lines)

    async def run() -> list[Outcome]:
        stage = Split()
        return [await stage.process(Line(json.dumps(line).encode(), n, "test")) for n, line in enumerate(lines, 1)]

    sides: dict[str, set[str]] = {}
    for line, outcome in zip(lines, asyncio.run(run()), strict=True):
        sides.setdefault(str(line["id"]).split("-")[0], set()).add(side_of(outcome))
    assert len(sides) == 8
    assert all(len(found) == 1 for found in sides.values())


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10**6).map(random.Random))
def test_what_is_bound_to_both_parts_is_in_neither(chance: random.Random) -> None:
    """A near copy of a prompt in one part that was made from a prompt in the other."""
    sft, preference = question_on(SFT, chance), question_on(PREFERENCE, chance)
    lines = [
        {"id": "s", "prompt": sft},
        {"id": "p", "prompt": preference},
        {"id": "c", "prompt": f"{preference} Why", "source": {"root": content_id(normalised(sft))}},
    ]

    async def run() -> list[Outcome]:
        stage = Split()
        return [await stage.process(Line(json.dumps(line).encode(), n, "test")) for n, line in enumerate(lines, 1)]

    assert [side_of(outcome) for outcome in asyncio.run(run())] == ["sft", "preference", "of both parts"]


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_near_copies_are_on_one_side(chance: random.Random) -> None:
    """Copies of copies too. Similarities close to 0.8, where the index may err, are left out."""
    texts = [question(chance)]
    for _ in range(12):
        words = chance.choice(texts).split()
        words[chance.randrange(len(words))] = chance.choice(WORDS)
        texts.append(" ".join(words))
    made = [(text, side_of(outcome)) for text, outcome in zip(texts, outcomes(texts), strict=True)]
    kept = [(text, side) for text, side in made if side in ("sft", "preference")]
    for number, (text, side) in enumerate(kept):
        assert all(other == side for copy, other in kept[:number] if similarity(text, copy) >= 0.9)
    assert len(kept) > 3


def test_the_shares_are_kept() -> None:
    chance = random.Random(3)
    texts = [question(chance, 8) for _ in range(1500)]
    sides = [side_of(outcome) for outcome in outcomes(texts, sft=0.2, preference=0.5)]
    # three standard deviations of a draw
    assert abs(sides.count("sft") - 300) < 47
    assert abs(sides.count("preference") - 750) < 58
    assert abs(sides.count("in neither part") - 450) < 54
    few = texts[:100]
    assert {side_of(outcome) for outcome in outcomes(few, sft=0.1, preference=0.9000001)} == {"sft", "preference"}
    assert {side_of(outcome) for outcome in outcomes(few, sft=0, preference=1)} == {"preference"}
    assert {side_of(outcome) for outcome in outcomes(few, sft=1, preference=0)} == {"sft"}
    assert [side_of(outcome) for outcome in outcomes(few, seed=1)] != [side_of(outcome) for outcome in outcomes(few)]


def cases() -> dict[str, tuple[dict[str, Any], str]]:
    """{id: (the line, where it has to go)}, in the order of the file."""
    chance = random.Random(1)
    ours, theirs = question_on(SFT, chance), question_on(PREFERENCE, chance)
    # the same beginning, 15 % of its own at the end: not near to each other, and both near to the beginning alone
    shared = question(chance, 40) + " "
    tails = [question_on(side, chance, shared)[: round(len(shared) * 1.16)] for side in (SFT, PREFERENCE)]
    ends = []
    for side in (SFT, PREFERENCE):
        text = tails[side]
        while drawn_side(content_id(normalised(text)), 0, 0.5, 0.5) != side:
            text += "!"
        ends.append(text)
    unsafe = {"source": {"unsafe": True, "flags": "violence"}}
    answered = {"responses": [{"messages": [{"role": "assistant", "content": "Yes."}], "reward": 1.5}]}
    return {
        "ours": ({"prompt": ours, **answered}, "sft"),
        "theirs": ({"prompt": chat(theirs), "tags": ["mine"]}, "preference"),
        "same": ({"prompt": chat(f"  {ours.upper()}\n")}, "sft"),
        "longer": ({"prompt": chat(ours, "It depends.", "On what?")}, "sft"),
        "system": ({"prompt": chat(theirs, system=question_on(SFT, chance))}, "preference"),
        "typo": ({"prompt": ours.replace("amber", "ambre", 1) + " Thanks"}, "sft"),
        "left": ({"prompt": ends[SFT]}, "sft"),
        "right": ({"prompt": ends[PREFERENCE]}, "preference"),
        "between": ({"prompt": shared}, "of both parts"),
        "bad-sft": ({"prompt": question_on(SFT, chance), **unsafe}, "unsafe"),
        "bad-preference": ({"prompt": question_on(PREFERENCE, chance), **unsafe}, "preference"),
        "bad-same": ({"prompt": ours + " ", **unsafe}, "unsafe"),
        "good": ({"prompt": question_on(SFT, chance), "source": {"unsafe": False}}, "sft"),
        "unclear": ({"prompt": question_on(SFT, chance), "source": {"unsafe": "true"}}, "wrong field"),
        "late": ({"prompt": theirs.replace("delta", "dleta", 1) + " Thanks"}, "preference"),
    }


def places(folder: Path) -> dict[str, str]:
    """{id: part, or why it was left out} of an output folder."""
    found = {line["id"]: part for part in ("sft", "preference") for line in read_lines(folder / f"{part}.jsonl")}
    entries = [entry for entry in read_lines(folder / "rejects.jsonl") if entry["cause"] != "duplicate id"]
    left_out = {entry["id"]: entry["cause"] for entry in entries}
    assert not found.keys() & left_out.keys()
    return found | left_out


def test_each_prompt_goes_where_it_belongs_and_a_longer_file_moves_none(tmp_path: Path) -> None:
    wanted = cases()
    lines = [{"id": id, **line} for id, (line, _) in wanted.items()]
    write_lines(tmp_path / "in.jsonl", lines)
    done = sdg(tmp_path, "split", "--sft", "0.5", "--preference", "0.5", "in.jsonl", "-o", "whole")
    assert places(tmp_path / "whole") == {id: place for id, (_, place) in wanted.items()}
    assert "split: sft 6, preference 5; 2 near copies of earlier prompts kept on their side\n" in done.stderr
    assert "read 15, written 11, dropped 3 (unsafe 2, of both parts 1), bad input 1 (wrong field 1)" in done.stderr
    assert "record unclear: field \"source.unsafe\" must be true or false, this is 'true'" in done.stderr
    assert (done.returncode, done.stdout) == (2, "")
    [first] = [line for line in read_lines(tmp_path / "whole" / "sft.jsonl") if line["id"] == "ours"]
    assert first["responses"] == lines[0]["responses"]

    # the same file in three runs: a part of it, all of it, and once more after the power failed
    write_lines(tmp_path / "part.jsonl", lines[:8])
    sdg(tmp_path, "split", "part.jsonl", "-o", "steps")
    sdg(tmp_path, "split", "in.jsonl", "-o", "steps")
    names = ("sft.jsonl", "preference.jsonl")
    assert [(tmp_path / "steps" / name).read_bytes() for name in names] == [
        (tmp_path / "whole" / name).read_bytes() for name in names
    ]
    sft = (tmp_path / "steps" / "sft.jsonl").read_bytes()
    (tmp_path / "steps" / "sft.jsonl").write_bytes(sft[: len(sft) // 2])
    again = sdg(tmp_path, "split", "in.jsonl", "-o", "steps")
    assert (tmp_path / "steps" / "sft.jsonl").read_bytes() == sft
    assert "split: sft 6, preference 5" in again.stderr
    assert places(tmp_path / "steps") == places(tmp_path / "whole")
    other = sdg(tmp_path, "split", "in.jsonl", "-o", "steps", "--seed", "3")
    assert other.returncode == 2
    assert "seed was 0, now 3" in other.stderr


def test_a_prompt_that_is_there_twice_is_written_once_and_the_rest_of_a_sample_is_left_out(tmp_path: Path) -> None:
    chance = random.Random(2)
    texts = [question(chance) for _ in range(40)]
    write_lines(tmp_path / "in.jsonl", [{"prompt": text} for text in [*texts, *texts[:5]]])
    done = sdg(tmp_path, "split", "--sft", "0.25", "--preference", "0.25", "in.jsonl", "-o", "out")
    found = list(places(tmp_path / "out").values())
    assert done.returncode == 0
    assert 10 <= found.count("in neither part") <= 30
    drawn = [drawn_side(content_id(normalised(text)), 0, 0.25, 0.25) for text in texts]
    assert (found.count("sft"), found.count("preference")) == (drawn.count(SFT), drawn.count(PREFERENCE))
    assert "duplicate id 5" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--sft", "0.7", "-o", "out"], "--sft 0.7 and --preference 0.5 are more than all: 1.2"),
        (["--sft", "0", "--preference", "0", "-o", "out"], "leave nothing to write"),
        ([], "name a folder for sft.jsonl and preference.jsonl: -o DIR"),
        (["-o", "in.jsonl"], "-o in.jsonl is a file: name a folder"),
    ],
)
def test_wrong_use_is_said_in_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    write_lines(tmp_path / "in.jsonl", [{"prompt": "Why?"}])
    done = sdg(tmp_path, "split", "in.jsonl", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()
