"""`sdg export` never destroys what is not its own: its input, a user's files, an entry, the export that was there."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from exported import answer, contents, record, some
from one_process import several
from support import SDG, environment, sdg, write_lines

SHARD = "data/train-00000-of-00001.jsonl"


def exported(*arguments: str) -> list[str]:
    return ["export", "messages", *arguments, "--overwrite"]


def test_an_export_that_would_replace_its_own_input_or_rejects_is_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "same.jsonl", some(3))
    write_lines(tmp_path / "other.jsonl", some(2))
    (tmp_path / "link.jsonl").symlink_to("same.jsonl")
    assert sdg(tmp_path, "export", "messages", "same.jsonl", "-o", "ds/").returncode == 0
    write_lines(tmp_path / "ds" / SHARD, some(3))  # records under a name that an export replaces
    (tmp_path / "within.jsonl").symlink_to(f"ds/{SHARD}")
    before = contents(tmp_path)
    cases = (
        (exported("same.jsonl", "-o", "same.jsonl"), "same.jsonl is the input as well"),
        (exported("link.jsonl", "-o", "same.jsonl"), "same.jsonl is the input as well"),
        (exported("same.jsonl", "-o", "link.jsonl"), "link.jsonl is the input as well"),
        (exported(f"ds/{SHARD}", "-o", "ds/"), f"the input ds/{SHARD} lies in ds/"),
        (exported("within.jsonl", "-o", "ds/"), "the input within.jsonl lies in ds/"),
        (exported("same.jsonl", "-o", "ds/", "--rejects", "ds/rejects.jsonl"), "ds/rejects.jsonl lies in ds/"),
        (exported("same.jsonl", "-o", "other.jsonl", "--rejects", "other.jsonl"), "both the output and the rejects"),
        (exported("same.jsonl", "-o", "new.jsonl", "--rejects", "new.jsonl"), "both the output and the rejects"),
    )
    for (command, words), done in zip(cases, several(tmp_path, *(command for command, _ in cases)), strict=True):
        assert done.status == 2, command
        assert words in done.err
        assert len(done.err.splitlines()) == 1
    with (tmp_path / "same.jsonl").open("rb") as stdin:
        command = [*SDG, *exported("-o", "same.jsonl")]
        piped = subprocess.run(command, cwd=tmp_path, env=environment(), stdin=stdin, capture_output=True)
    assert piped.returncode == 2
    assert b"same.jsonl is the input as well" in piped.stderr
    assert contents(tmp_path) == before
    with open(os.devnull, "wb") as nowhere:  # what is no file may be both
        command = [*SDG, "export", "messages", "same.jsonl", "--rejects", os.devnull]
        assert subprocess.run(command, cwd=tmp_path, env=environment(), stdout=nowhere).returncode == 0


def test_a_folder_is_replaced_only_if_nothing_but_an_export_is_in_it(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(9))
    folders = ("parquet", "llama", "extra", "deep", "readme", "bare", "entries", "link", "hollow")
    assert all(
        done.status == 0
        for done in several(
            tmp_path,
            *(["export", "messages", "in.jsonl", "-o", f"{name}/", "--parquet"] for name in folders if name != "llama"),
            ["export", "llama-factory", "in.jsonl", "-o", "llama/"],
        )
    )
    (tmp_path / "extra/data/raw").mkdir()
    (tmp_path / "extra/data/raw/notes.csv").write_text("x")
    (tmp_path / "deep/data/train-00000-of-00001.csv").write_text("x")
    (tmp_path / "readme/README.md").write_text("# Ours\n\nA copy of a data set that sdg made.\n")
    (tmp_path / "bare/README.md").unlink()
    (tmp_path / "entries/dataset_info.json").write_text('{"mine": {"hf_hub_url": "me/mine"}}')
    (tmp_path / "link/train").symlink_to(tmp_path / "parquet/data")
    (tmp_path / "hollow/models").mkdir()
    proj = tmp_path / "proj"
    (proj / "data/raw").mkdir(parents=True)
    (proj / "data/raw/notes.csv").write_text("x")
    (proj / "README.md").write_text("x")
    (tmp_path / "empty").mkdir()
    before = contents(tmp_path)
    cases = (
        ("proj", "(README.md, data/raw)"),
        ("extra", "(data/raw)"),
        ("deep", "(data/train-00000-of-00001.csv)"),
        ("readme", "(README.md)"),
        ("bare", "no README.md of `sdg export`"),
        ("entries", "(dataset_info.json)"),
        ("link", "(train)"),
        ("hollow", "(models)"),
    )
    for (name, words), done in zip(
        cases, several(tmp_path, *(exported("in.jsonl", "-o", f"{name}/") for name, _ in cases)), strict=True
    ):
        assert done.status == 2, name
        assert words in done.err
    assert contents(tmp_path) == before
    for done in several(tmp_path, *(exported("in.jsonl", "-o", f"{name}/") for name in ("parquet", "llama", "empty"))):
        assert done.status == 0, done.err
    names = {"README.md", SHARD}
    assert {str(path.relative_to(tmp_path / "llama")) for path in (tmp_path / "llama").rglob("*.*")} == names
    assert {str(path.relative_to(tmp_path / "parquet")) for path in (tmp_path / "parquet").rglob("*.*")} == names


def test_an_entry_of_the_users_own_is_replaced_only_when_told(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(3))
    lf = tmp_path / "lf"
    lf.mkdir()
    mine = {"train": {"hf_hub_url": "me/mine"}, "other": {"file_name": "other.json"}}
    (lf / "dataset_info.json").write_text(json.dumps(mine))
    export = ["export", "llama-factory", "in.jsonl", "-o", "lf/train.jsonl"]
    before = contents(tmp_path)
    refused = sdg(tmp_path, *export)
    assert refused.returncode == 2
    assert "dataset_info.json has another entry 'train': choose another -o, or replace it with --over" in refused.stderr
    assert contents(tmp_path) == before
    assert sdg(tmp_path, *export, "--overwrite").returncode == 0
    entries = json.loads((lf / "dataset_info.json").read_text())
    assert entries["other"] == mine["other"]
    assert entries["train"]["file_name"] == "train.jsonl"
    (lf / "train.jsonl").unlink()
    assert sdg(tmp_path, *export).returncode == 0  # the same entry stands in nobody's way
    assert json.loads((lf / "dataset_info.json").read_text()) == entries


def test_an_export_without_a_row_leaves_the_old_one(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(3))
    write_lines(tmp_path / "cut.jsonl", [record("p1", "q", answer("a", truncated=True))])
    targets = ("out.jsonl", "out.parquet", "out/")
    assert all(done.status == 0 for done in several(tmp_path, *(exported("in.jsonl", "-o", name) for name in targets)))
    before = contents(tmp_path)
    commands = [exported("cut.jsonl", "-o", name, "--rejects", os.devnull) for name in (*targets, "new.jsonl")]
    for done in several(tmp_path, *commands):
        assert done.status == 1
        assert "no row is left to export" in done.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("target", ["out.jsonl", "out/"])
def test_what_came_there_meanwhile_stays_and_nothing_is_left_beside_it(tmp_path: Path, target: str) -> None:
    process = subprocess.Popen(
        [*SDG, *exported("-o", target, "--rejects", os.devnull)[:-1]],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob(".out*")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    there = tmp_path / target
    if target.endswith("/"):
        there.mkdir()
        there = there / "thesis.tex"
    there.write_text("years of work")
    before = contents(tmp_path, hidden=False)
    _, said = process.communicate("".join(json.dumps(line) + "\n" for line in some(5)), timeout=60)
    assert process.returncode == 2, said
    assert "thesis.tex" in said if target.endswith("/") else "exists" in said
    assert "Traceback" not in said
    assert contents(tmp_path) == before
