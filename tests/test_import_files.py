"""`sdg import` and its files: what it reads, the wrong file, a run that was stopped."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from fake_hub import fake_hub
from sdg.core.errors import BadLine
from sdg.import_.stage import Import
from support import environment, sdg, write_lines
from test_chats import CHATS, rows
from test_import import imported


def test_jsonl_an_array_parquet_and_the_hub_give_the_same_records(tmp_path: Path) -> None:
    whole = rows("lmsys.jsonl")
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(whole), tmp_path / "lmsys.parquet")
    (tmp_path / "lmsys.json").write_text(json.dumps(whole, indent=1))
    by_file = [imported(tmp_path, "lmsys", f"./lmsys.{ending}")[0] for ending in ("jsonl", "json", "parquet")]
    log: list[str] = []
    with fake_hub("gardens/chats", {"data.jsonl": (CHATS / "lmsys.jsonl").read_bytes()}, log) as url:
        env = environment(HF_ENDPOINT=url, HF_HOME=str(tmp_path / "hf"))
        done = sdg(tmp_path, "import", "lmsys", "hf://gardens/chats", env=env)
    assert done.returncode == 0, done.stderr
    by_file.append([json.loads(line) for line in done.stdout.splitlines()])
    array = (tmp_path / "lmsys.json").read_bytes()
    by_file.append(
        [
            json.loads(line)
            for line in sdg(tmp_path, "import", "lmsys", stdin=b"\xef\xbb\xbf\n" + array).stdout.splitlines()
        ]
    )
    datasets = [{record["source"].pop("dataset") for record in records} for records in by_file]
    assert datasets == [{"lmsys.jsonl"}, {"lmsys.json"}, {"lmsys.parquet"}, {"hf://gardens/chats"}, {"stdin"}]
    assert all(records == by_file[0] for records in by_file)
    assert len(by_file[0]) == 4


def test_an_array_through_a_pipe_is_read_however_its_lines_are_broken(tmp_path: Path) -> None:
    chats = [{"messages": [{"role": "user", "content": f"Bed {n}:\n[" + "x" * 3000}]} for n in range(60)]
    for text in (json.dumps(chats), json.dumps(chats, indent=2), "\n \n" + json.dumps(chats).replace(", ", ",\r\n")):
        done = sdg(tmp_path, "import", "messages", "-", stdin=text)
        assert done.returncode == 0, done.stderr
        records = [json.loads(line) for line in done.stdout.splitlines()]
        assert [record["prompt"] for record in records] == [chat["messages"] for chat in chats]
        assert [record["source"]["row"] for record in records] == [str(n + 1) for n in range(60)]
    done = sdg(tmp_path, "import", "messages", stdin=json.dumps(chats[:2])[:-1] + ", {]")
    assert (done.returncode, len(done.stdout.splitlines())) == (2, 2)
    assert "import: stdin: element 3 of the array is not JSON" in done.stderr
    empty = "import: stdin is empty: there is nothing to work on"
    for text in (" ", "[]"):
        done = sdg(tmp_path, "import", "messages", stdin=text)
        assert (done.returncode, done.stderr.splitlines()[0]) == (2, empty)
    done = sdg(tmp_path, "import", "text", stdin=b"PAR1\x15\x04\x15\x00rest\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "control characters: plain text was expected" in done.stderr


def test_a_file_of_another_format_stops_at_its_first_line_and_a_later_line_is_only_bad_input(tmp_path: Path) -> None:
    good = rows("messages.jsonl")[:2]
    write_lines(tmp_path / "mixed.jsonl", [good[0], rows("sharegpt.json")[0], "not JSON", good[1]])
    records, rejects = imported(tmp_path, "messages", "mixed.jsonl", exit_code=2)
    assert len(records) == 2
    assert [(reject["kind"], reject["cause"], reject["line"]) for reject in rejects] == [
        ("invalid", "other format", 2),
        ("invalid", "not JSON", 3),
    ]
    assert (
        'field "messages" is missing (fields here: id, conversations); this looks like sharegpt' in rejects[0]["reason"]
    )
    records, [reject] = imported(tmp_path, "text", "messages.jsonl", exit_code=2)
    assert (records, reject["line"]) == ([], 1), "the wrong file: nothing of it is read"
    assert reject["reason"] == "this is JSON, not plain text; it looks like messages"


def test_a_stopped_import_goes_on_and_ends_as_if_it_had_not_been_stopped(tmp_path: Path) -> None:
    shutil.copy(CHATS / "sharegpt.json", tmp_path)
    command = ["import", "sharegpt", "sharegpt.json", "-o", "out.jsonl"]
    assert sdg(tmp_path, *command).returncode == 0
    out, rejected = tmp_path / "out.jsonl", tmp_path / "out.rejects.jsonl"
    whole, reasons = out.read_bytes(), sorted(rejected.read_bytes().splitlines())
    out.write_bytes(whole[: len(whole) // 2])
    rejected.write_bytes(b"".join(line + b"\n" for line in reasons[::2]))
    done = sdg(tmp_path, *command)
    assert done.returncode == 0, done.stderr
    assert "continuing out.jsonl" in done.stderr
    assert out.read_bytes() == whole
    ours = [reason for reason in sorted(rejected.read_bytes().splitlines()) if b'"duplicate id"' not in reason]
    assert ours == [reason for reason in reasons if b'"duplicate id"' not in reason]
    other = sdg(tmp_path, *command, "--take", "first")
    assert (other.returncode, out.read_bytes()) == (2, whole)
    assert 'take was "chat", now "first"' in other.stderr


def test_plain_text_is_told_from_rows_by_where_it_comes_from() -> None:
    stage = Import(format="text")
    line = b'{"text": "Why?", "language": "English"}'
    assert stage.line(line, 1, "hf://gardens/prompts", None).id == stage.line(b"Why?", 1, "in.txt", None).id
    named = Import(format="text:column=ask").line(b'{"ask": "Why?"}', 1, "in.parquet", None)
    assert named.id == stage.line(b"Why?", 1, "in.txt", None).id
    with pytest.raises(BadLine, match=r"0xff at position 4 is not UTF-8.*text:column=NAME"):
        stage.line(b"PAR\xff", 1, "in.parquet", None)
