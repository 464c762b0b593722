"""The files of `sdg export`: loadable, split, described by a card, and put in place whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from exported import FORMATS, Line, answer, loaded, record, rejects, said, some, unlike
from one_process import several
from support import SDG, environment, read_lines, sdg, write_lines


def test_datasets_loads_every_export_and_the_folder_by_its_card_has_the_same_rows(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(40))
    split = ["--test", "0.2", "--shard-rows", "9"]
    commands = []
    for format in FORMATS:
        export = ["export", format, "in.jsonl"]
        commands += [
            export,
            [*export, "-o", f"{format}.lines/", *split],
            [*export, "-o", f"{format}.columns/", *split, "--parquet"],
            [*export, "-o", f"{format}.jsonl"],
        ]
    commands += [["export", format, "in.jsonl", "-o", f"{format}.parquet"] for format in ("messages", "nemo-aligner")]
    done = several(tmp_path, *commands)
    assert [one.status for one in done] == [0] * len(commands), [one.err for one in done if one.status]
    for number, format in enumerate(FORMATS):
        rows = sorted(json.dumps(json.loads(line)) for line in done[4 * number].out.rstrip("\n").split("\n"))
        assert len(rows) == 40
        for folder in (tmp_path / f"{format}.lines", tmp_path / f"{format}.columns"):
            splits = loaded(folder)
            assert set(splits) == {"train", "test"}
            assert 1 <= len(splits["test"]) <= 16
            assert sorted(json.dumps(row) for split in splits.values() for row in split) == rows
            shards = sorted(path.name for path in folder.rglob("train-*"))
            assert len(shards) == -(-len(splits["train"]) // 9)
            assert shards[0].startswith(f"train-00000-of-{len(shards):05}.")
        for name in (path.name for path in tmp_path.glob(f"{format}.*") if path.suffix in (".jsonl", ".parquet")):
            if "rejects" in name:
                continue
            one = loaded(tmp_path, data_files=name, split="train")
            assert sorted(json.dumps(row) for row in one) == rows


def test_the_test_split_goes_by_what_the_user_asks_and_stays_when_prompts_are_added(tmp_path: Path) -> None:
    def splits(lines: list[Line]) -> dict[str, set[str]]:
        write_lines(tmp_path / "in.jsonl", lines)
        done = sdg(tmp_path, "export", "messages", "in.jsonl", "-o", "out/", "--test", "0.3", "--overwrite")
        assert done.returncode == 0, done.stderr
        found: dict[str, set[str]] = {"train": set(), "test": set()}
        for path in (tmp_path / "out").rglob("*.jsonl"):
            for row in read_lines(path):
                first = next(message["content"] for message in row["messages"] if message["role"] == "user")
                found[path.name.partition("-")[0]].add(first.casefold().strip())
        return found

    lines = [record(f"a{n}", f"Question {n}?", answer("yes")) for n in range(100)]
    again = [record(f"b{n}", f"  QUESTION {n}? ", answer("no", "Why?", "So.")) for n in range(100)]
    few, many = splits(lines[:50]), splits(lines + again)
    assert few["test"] < many["test"]
    assert few["train"] < many["train"]
    assert not many["test"] & many["train"]
    assert 15 <= len(many["test"]) <= 45


def test_near_copies_and_what_is_made_of_one_prompt_are_in_one_split(tmp_path: Path) -> None:
    asked = [unlike(n) for n in range(100)]
    lines = [record(f"r{n}", text, answer(f"root {n}"), source={"root": f"root {n}"}) for n, text in enumerate(asked)]
    for n, text in enumerate(asked):
        lines.append(record(f"near{n}", f"Please: {text}", answer(f"near {n}")))
        made = [said("user", unlike(n + 100)), said("assistant", "a"), said("user", "b")]
        lines.append(record(f"made{n}", made, answer(f"made {n}"), source={"root": f"root {n}"}))
    write_lines(tmp_path / "in.jsonl", lines)
    done = sdg(tmp_path, "export", "messages", "in.jsonl", "-o", "out/", "--test", "0.3")
    assert done.returncode == 0, done.stderr
    splits: dict[str, set[tuple[str, str]]] = {"train": set(), "test": set()}
    for path in (tmp_path / "out").rglob("*.jsonl"):
        for row in read_lines(path):
            kind, number = row["messages"][-1]["content"].split()
            splits[path.name.partition("-")[0]].add((kind, number))
    numbers = {split: {number for _, number in rows} for split, rows in splits.items()}
    assert not numbers["train"] & numbers["test"]
    assert 15 <= len(numbers["test"]) <= 45
    assert len(splits["train"] | splits["test"]) == 300

    # One prompt that is bound to a prompt of either: made from the one, a near copy of the other.
    train, test = (sorted(int(number) for number in numbers[split])[0] for split in ("train", "test"))
    both = record("both", asked[test], answer("both 0"), source={"root": f"root {train}"})
    write_lines(tmp_path / "more.jsonl", [*lines, both])
    done = sdg(tmp_path, "export", "messages", "more.jsonl", "-o", "more/", "--test", "0.3")
    assert done.returncode == 0, done.stderr
    assert rejects(tmp_path, "more.rejects.jsonl") == [("both", "dropped", "of both splits")]
    for name in ("train", "test"):
        [new], [old] = ((tmp_path / folder / "data").glob(f"{name}-*") for folder in ("more", "out"))
        assert new.read_bytes() == old.read_bytes()


def test_an_export_is_there_whole_or_the_old_one_stays(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(5))
    ends = (("out/", "README.md", signal.SIGKILL, -9), ("out/", "README.md", signal.SIGINT, 130),
            ("out.jsonl", "", signal.SIGKILL, -9))  # fmt: skip
    whole = [["export", "messages", "in.jsonl", "-o", target] for target in ("out/", "out.jsonl")]
    made = several(tmp_path, *whole, *whole)
    assert [one.status for one in made] == [0, 0, 2, 2]
    assert all("exists: choose another -o, or replace it with --overwrite" in one.err for one in made[2:])
    for target, inside, number, status in ends:
        old = (tmp_path / target / inside).read_bytes()
        # The input never ends: the run is in the middle for as long as the pipe is open.
        process = subprocess.Popen(
            [*SDG, "export", "messages", "-o", target, "--overwrite", "--rejects", os.devnull],
            cwd=tmp_path,
            env=environment(),
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdin
        process.stdin.write("".join(json.dumps(line) + "\n" for line in some(50)).encode())
        process.stdin.flush()
        spooled = f".{target.rstrip('/')}.*/*.jsonl"
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.glob(spooled)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(number)
        assert process.wait(60) == status
        assert (tmp_path / target / inside).read_bytes() == old
        for path in tmp_path.glob(spooled):  # what a kill leaves behind
            path.unlink()
    write_lines(tmp_path / "in.jsonl", some(7))
    assert all(one.status == 0 for one in several(tmp_path, *([*export, "--overwrite"] for export in whole)))
    assert (
        len(read_lines(tmp_path / "out.jsonl"))
        == len(read_lines(tmp_path / "out/data/train-00000-of-00001.jsonl"))
        == 7
    )


def test_llama_factory_gets_its_entries_beside_the_data(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some(30))
    (tmp_path / "dataset_info.json").write_text('{"mine": {"file_name": "mine.json"}}')
    assert sdg(tmp_path, "export", "llama-factory", "in.jsonl", "-o", "beds.jsonl").returncode == 0
    entries = json.loads((tmp_path / "dataset_info.json").read_text())
    assert entries["mine"] == {"file_name": "mine.json"}
    assert entries["beds"]["file_name"] == "beds.jsonl"
    assert sdg(tmp_path, "export", "llama-factory", "in.jsonl", "-o", "beds/", "--test", "0.3").returncode == 0
    entries = json.loads((tmp_path / "beds/dataset_info.json").read_text())
    assert {name: entry["file_name"] for name, entry in entries.items()} == {"beds": "train", "beds_test": "test"}
    assert {path.parent.name for path in (tmp_path / "beds").rglob("*.jsonl")} == {"train", "test"}
    (tmp_path / "dataset_info.json").write_text("[]")
    refused = sdg(tmp_path, "export", "llama-factory", "in.jsonl", "-o", "more.jsonl")
    assert refused.returncode == 2
    assert "is no JSON object" in refused.stderr
    assert not (tmp_path / "more.jsonl").exists()
