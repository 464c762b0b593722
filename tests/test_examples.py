"""The examples run as they are, from a folder of the user's own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from support import ROOT, SDG, environment, read_lines


def test_real_documents_and_chats_become_a_data_set_of_checked_dialogues(tmp_path: Path) -> None:
    command = tmp_path / "sdg"
    command.write_text(f'#!/bin/sh\nexec {" ".join(SDG)} "$@"\n')
    command.chmod(0o755)
    env = environment(SDG=str(command), N="16")
    script = ["bash", str(ROOT / "examples" / "sft.sh"), "made"]
    done = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    made = tmp_path / "made"

    prompts = read_lines(made / "prompts.jsonl")
    assert {line["task"] for line in prompts} == {"closed-qa", "instruction-following", ""}
    assert any(line["source"]["dataset"] == "chats.jsonl" for line in prompts)
    assert any(line["constraints"] for line in prompts)
    sft, preference = (read_lines(made / "parts" / f"{part}.jsonl") for part in ("sft", "preference"))
    assert {line["id"] for line in sft + preference} == {line["id"] for line in prompts}
    assert not {line["prompt"][0]["content"] for line in sft} & {line["prompt"][0]["content"] for line in preference}

    scored = read_lines(made / "scored.jsonl")
    responses = [response for line in scored for response in line["responses"]]
    assert all(response["reward"] >= 2.5 and response["verdict"]["loose"] in ("", "right") for response in responses)
    assert any(response["verdict"]["loose"] for response in responses)
    assert {len(response["messages"]) for response in responses if not response["ended"]} == {5}

    rows = [row for file in sorted((made / "dataset" / "data").glob("*.jsonl")) for row in read_lines(file)]
    conversations = [line["prompt"] + line["responses"][0]["messages"] for line in scored]
    kept = {json.dumps(conversation) for conversation in conversations}
    assert rows
    assert {json.dumps(row["messages"]) for row in rows} <= kept

    again = subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert again.returncode == 0, again.stderr
    assert "calls 0" in again.stderr
    assert [line["id"] for line in read_lines(made / "scored.jsonl")] == [line["id"] for line in scored]
