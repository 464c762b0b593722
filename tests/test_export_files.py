"""The files of `sdg export`: loadable, split, described by a card, and put in place whole or not at all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

from exported import FORMATS, Line, answer, loaded, record, some
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


def test_the_card_tells_where_the_rows_are_from(tmp_path: Path) -> None:
    from huggingface_hub import DatasetCard

    source = {"language": "German", "model": "writer", "template": "writing/draft+writing/revise",
              "template_hash": "aaa+bbb"}  # fmt: skip
    lines = [
        record(
            f"p{n}",
            f"Beet {n}?",
            answer("x", model="one", reward=float(n), reward_model="judge", scores={"helpfulness": n / 10}),
            answer("y", model="two|b", reward=-1.0, reward_model="judge", scores={"helpfulness": 0.0}),
            task="writing",
            source=source,
        )
        for n in range(1, 101)
    ]
    write_lines(tmp_path / "in.jsonl", lines)
    path = str(tmp_path / "in.jsonl")
    done = sdg(tmp_path, "export", "sharegpt", path, "-o", "beds/", "--license", "cc-by-4.0", "--shard-rows", "60")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "beds/README.md").read_text()
    body = text.split("---\n", 2)[2]
    card = vars(DatasetCard(text).data)
    assert card["license"] == "cc-by-4.0"
    assert card["language"] == ["de"]
    assert card["size_categories"] == ["n<1K"]
    assert {"synthetic", "sdg"} <= set(card["tags"])
    assert card["pretty_name"] == "beds"
    assert card["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.jsonl"}]
    table = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in body.splitlines() if line[:1] == "|"
    ]
    for row in (
        ("prompts read", "100"),
        ("answers to them", "200"),
        ("answers with a reward", "200"),
        ("rows exported", "100"),
        ("one", "100"),
        ("judge", "100"),
        ("writing/revise", "bbb", "100"),
        ("writing", "100"),
        ("reward", "1", "25", "50", "75", "100", "50.5"),
        ("helpfulness", "0.1", "2.5", "5", "7.5", "10", "5.05"),
    ):
        assert row in table
    assert "two" not in body  # its answers were not exported
    assert "sdg export sharegpt in.jsonl --shard-rows 60 --license cc-by-4.0 -o beds/" in body
    assert str(tmp_path) not in text
    assert loaded(tmp_path / "beds")["train"].num_rows == 100


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
