"""Every line of every command loads with `datasets`, also when a column comes late."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from support import SDG, environment, sdg, some_prompts, write_lines

LATE = 200_001


def loads(path: Path, folder: Path) -> dict[str, object]:
    """The last row, as `datasets` loads the file in a process of its own."""
    code = (
        "import sys, json, datasets; datasets.disable_progress_bars()\n"
        "d = datasets.load_dataset('json', data_files=sys.argv[1], split='train', cache_dir=sys.argv[2])\n"
        "print(json.dumps({'rows': len(d), 'last': d[len(d) - 1]}))"
    )
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), str(folder / "cache")], capture_output=True, text=True, env=env
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout)
    return result


def test_what_each_command_writes_loads(tmp_path: Path) -> None:
    steps = {
        "topics": ["topics", "--macro", "3", "--sub", "3"],
        "prompts": ["prompts", "--task", "open-qa", "-n", "6", "--topics", "topics.jsonl"],
        "respond": ["respond", "-n", "2", "prompts.jsonl"],
        "score": ["score", "--min", "4", "respond.jsonl"],
        "filter": ["filter", "finish:need=any", "score.jsonl"],
    }
    for name, arguments in steps.items():
        done = sdg(tmp_path, *arguments, "-o", f"{name}.jsonl")
        assert done.returncode == 0, done.stderr
        assert loads(tmp_path / f"{name}.jsonl", tmp_path)["rows"]
    assert loads(tmp_path / "score.rejects.jsonl", tmp_path)["rows"]


@pytest.mark.parametrize("command", ["respond", "filter"])
def test_a_field_that_first_comes_after_200001_lines_loads(command: str, tmp_path: Path) -> None:
    with (tmp_path / "in.jsonl").open("w") as file:
        for line in some_prompts(LATE):
            file.write(json.dumps(line) + "\n")
        file.write(json.dumps({"id": "late", "prompt": "x", "reference": "42", "note": {"by": "me"}}) + "\n")
    arguments = {"respond": ["respond", "--no-cache", "--config", "short.toml"], "filter": ["filter", "duplicate"]}[
        command
    ]
    (tmp_path / "short.toml").write_text(
        '[models.instruct]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct"\nsampling = { max_tokens = 1 }\n'
    )
    with (tmp_path / "out.jsonl").open("wb") as output:
        done = subprocess.run(
            [*SDG, *arguments, "--in-order", "-q", "in.jsonl"], cwd=tmp_path, env=environment(), stdout=output
        )
    assert done.returncode == 0
    loaded = loads(tmp_path / "out.jsonl", tmp_path)
    assert loaded["rows"] == LATE + 1
    last = loaded["last"]
    assert isinstance(last, dict)
    assert (last["id"], last["reference"], last["extra"]) == ("late", "42", {"note": {"by": "me"}})


def test_one_number_rewards_load_beside_none_of_the_attributes(tmp_path: Path) -> None:
    (tmp_path / "sdg.toml").write_text(
        '[models.instruct]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct"\n'
        '[models.reward]\nbase_url = "rehearsal:"\nmodel = "rehearsal-reward-text"\n'
    )
    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    assert sdg(tmp_path, "respond", "in.jsonl", "-o", "answers.jsonl").returncode == 0
    assert sdg(tmp_path, "score", "answers.jsonl", "-o", "scored.jsonl").returncode == 0
    assert loads(tmp_path / "scored.jsonl", tmp_path)["rows"] == 3
