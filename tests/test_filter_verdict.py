"""The rule `verdict` of `sdg filter`, on what `sdg verify` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support import read_lines, sdg, write_lines

NO_COMMA = json.dumps([{"kind": "punctuation:no_comma", "arguments": {}, "turns": "first"}])


def line(id: str, constraints: str, *texts: str) -> dict[str, Any]:
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in texts]
    return {"id": id, "prompt": f"Question {id}?", "constraints": constraints, "responses": responses}


def test_a_line_is_kept_where_its_responses_are_right_or_nothing_was_asked(tmp_path: Path) -> None:
    lines = [
        line("right", NO_COMMA, "One.", "Two."),
        line("mixed", NO_COMMA, "One.", "No, no."),
        line("loose", NO_COMMA, "Well, so:\nTwo."),
        line("wrong", NO_COMMA, "No, no.", "Oh, well."),
        line("unasked", "", "No, no."),
    ]
    write_lines(tmp_path / "in.jsonl", lines)
    assert sdg(tmp_path, "verify", "in.jsonl", "-o", "verified.jsonl").returncode == 0
    kept: dict[str, list[str]] = {}
    for rule in ("verdict", "verdict:need=any", "verdict:loose=true", "verdict:need=any,loose=true"):
        done = sdg(tmp_path, "filter", rule, "verified.jsonl", "--rejects", f"{len(kept)}.rejects.jsonl")
        assert done.returncode == 0, done.stderr
        kept[rule] = [json.loads(text)["id"] for text in done.stdout.splitlines()]
    assert kept == {
        "verdict": ["right", "unasked"],
        "verdict:need=any": ["right", "mixed", "unasked"],
        "verdict:loose=true": ["right", "loose", "unasked"],
        "verdict:need=any,loose=true": ["right", "mixed", "loose", "unasked"],
    }
    strict, loose = (
        {entry["id"]: entry["reason"] for entry in read_lines(tmp_path / f"{number}.rejects.jsonl")}
        for number in (0, 2)
    )
    assert strict["mixed"] == "response 2 is wrong: disobeys punctuation:no_comma"
    assert strict["loose"] == "response 1 is wrong: disobeys punctuation:no_comma (loosely right)"
    assert loose["mixed"] == "response 2 is wrong also loosely: disobeys punctuation:no_comma"


def test_a_line_without_a_verdict_is_told_to_be_verified_before(tmp_path: Path) -> None:
    unverified = line("early", NO_COMMA, "One.")
    write_lines(tmp_path / "in.jsonl", [unverified])
    first = sdg(tmp_path, "filter", "verdict", "in.jsonl")
    assert (first.returncode, first.stdout) == (2, "")
    assert "record early has no verdict (response 1): run `sdg verify` before" in first.stderr

    write_lines(tmp_path / "right.jsonl", [line("right", NO_COMMA, "One.")])
    assert sdg(tmp_path, "verify", "right.jsonl", "-o", "verified.jsonl").returncode == 0
    write_lines(tmp_path / "both.jsonl", [*read_lines(tmp_path / "verified.jsonl"), unverified])
    later = sdg(tmp_path, "filter", "verdict", "both.jsonl")
    assert (later.returncode, json.loads(later.stdout)["id"]) == (2, "right")
    assert "bad input 1 (no verdict 1)" in later.stderr

    write_lines(tmp_path / "prompts.jsonl", [{"id": "p1", "prompt": "Why?"}])
    prompts = sdg(tmp_path, "filter", "verdict", "prompts.jsonl")
    assert "record p1 has no responses: run `sdg respond` before" in prompts.stderr
