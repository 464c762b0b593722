"""Every line of every command loads with `datasets`, also when a column comes late."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from support import sdg, some_prompts, write_lines

LATE = 200_001


def loads(path: Path, folder: Path, chunk: int = 10 << 20) -> dict[str, Any]:
    """Rows and last row, as `datasets` loads the file in its own process. chunk: bytes that it infers types from."""
    return all_load([path], folder, chunk)[0]


def all_load(paths: list[Path], folder: Path, chunk: int = 10 << 20) -> list[dict[str, Any]]:
    """The same of several files, each for itself."""
    code = (
        "import sys, json, datasets; datasets.disable_progress_bars()\n"
        "for path in sys.argv[3:]:\n"
        "    d = datasets.load_dataset('json', data_files=path, split='train', cache_dir=sys.argv[1],"
        " chunksize=int(sys.argv[2]))\n"
        "    print(json.dumps({'rows': len(d), 'last': d[len(d) - 1]}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder / "cache"), str(chunk), *map(str, paths)],
        capture_output=True,
        text=True,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


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
    written = [tmp_path / f"{name}.jsonl" for name in (*steps, "score.rejects")]
    for path, loaded in zip(written, all_load(written, tmp_path), strict=True):
        assert loaded["rows"], path


def late_field(path: Path, lines: int) -> Path:
    """Prompts without optional fields, and a last line that has them."""
    late = {"id": "late", "prompt": "x", "reference": "42", "note": {"by": "me"}}
    return write_lines(path, [*some_prompts(lines), late])


def test_a_field_that_first_comes_after_200001_lines_loads(tmp_path: Path) -> None:
    late_field(tmp_path / "in.jsonl", LATE)
    done = sdg(tmp_path, "filter", "duplicate", "in.jsonl", "-o", "out.jsonl")
    assert done.returncode == 0
    loaded = loads(tmp_path / "out.jsonl", tmp_path)
    assert loaded["rows"] == LATE + 1
    last = loaded["last"]
    assert (last["id"], last["reference"], last["extra"]) == ("late", "42", {"note": {"by": "me"}})


def test_a_field_that_comes_late_travels_through_the_commands_that_call_models(tmp_path: Path) -> None:
    """The same with a smaller first chunk, as 200,001 lines of answers would take minutes to make."""
    late_field(tmp_path / "in.jsonl", 500)
    for command, source in (("respond", "in"), ("score", "respond"), ("filter", "score")):
        more = ["length:min=1"] if command == "filter" else ["--in-order"]
        done = sdg(tmp_path, command, *more, f"{source}.jsonl", "-o", f"{command}.jsonl")
        assert done.returncode == 0, done.stderr
    written = [tmp_path / f"{command}.jsonl" for command in ("respond", "score", "filter")]
    for loaded in all_load(written, tmp_path, chunk=16_384):
        assert loaded["rows"] == 501
        assert (loaded["last"]["reference"], loaded["last"]["extra"]) == ("42", {"note": {"by": "me"}})


def test_one_number_rewards_load_beside_none_of_the_attributes(tmp_path: Path) -> None:
    (tmp_path / "sdg.toml").write_text(
        '[models.instruct]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct"\n'
        '[models.reward]\nbase_url = "rehearsal:"\nmodel = "rehearsal-reward-text"\n'
    )
    write_lines(tmp_path / "in.jsonl", some_prompts(3))
    assert sdg(tmp_path, "respond", "in.jsonl", "-o", "answers.jsonl").returncode == 0
    assert sdg(tmp_path, "score", "answers.jsonl", "-o", "scored.jsonl").returncode == 0
    assert loads(tmp_path / "scored.jsonl", tmp_path)["rows"] == 3
