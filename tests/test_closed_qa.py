"""`sdg prompts --task closed-qa`: documents from folders, JSONL and the hub, cut, asked about and joined by layouts."""

from __future__ import annotations

import json
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from answering import alone, answering, lines
from fake_hub import fake_hub
from support import environment, read_lines, write_lines

COMMAND = ["prompts", "--task", "closed-qa", "--documents"]
LONG = "The weir was built in 1902. It has three gates, and the middle one leaks. "


def _folder(folder: Path, count: int, paragraphs: int = 3) -> str:
    """Documents in a folder and one below it, each with words of its own."""
    for number in range(count):
        path = folder / "docs" / ("deep" if number % 2 else "") / f"d{number}.{'md' if number % 3 else 'txt'}"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(f"Document {number}, paragraph {place}. {LONG}" for place in range(paragraphs))
        path.write_text(text, encoding="utf-8")
    return "docs"


def test_each_document_of_a_folder_gets_an_instruction_joined_by_different_layouts(tmp_path: Path) -> None:
    done = alone(tmp_path, *COMMAND, _folder(tmp_path, 30), "-n", "30")
    assert done.returncode == 0, done.stderr
    records = lines(done)
    assert len({record["source"]["document"] for record in records}) == 30
    assert len({record["source"]["layout"] for record in records}) > 6
    for record in records:
        source = record["source"]
        number = re.search(r"(\d+)\.(?:md|txt)", source["document"])
        assert number
        [message] = record["prompt"]
        assert (tmp_path / "docs" / source["document"]).read_text().strip() in message["content"], "word for word"
        assert source["draft"] in message["content"], "the instruction by itself"
        assert source["document_part"] == "1/1"
        assert source["template"] == f"closed-qa/instruct+closed-qa/layouts/{source['layout']}"
        assert source["kind"]
    assert any(record["source"]["document"].startswith("deep/") for record in records)


def test_other_languages_get_only_layouts_without_words(tmp_path: Path) -> None:
    done = alone(tmp_path, *COMMAND, _folder(tmp_path, 20), "-n", "20", "--language", "Deutsch")
    assert {record["source"]["layout"].split("-")[0] for record in lines(done)} == {"plain"}


def test_a_long_document_is_cut_to_fit_and_rounds_take_its_other_parts(tmp_path: Path) -> None:
    _folder(tmp_path, 2, paragraphs=60)
    instructions = iter(range(1000))
    with answering(lambda _: f"Instruction: Count the gates, version {next(instructions)}.") as model:
        model.config(tmp_path, context=2048)
        done = alone(tmp_path, *COMMAND, "docs", "-n", "12")
    assert done.returncode == 0, done.stderr
    records = lines(done)
    parts: dict[str, list[str]] = {}
    for record in records:
        source = record["source"]
        parts.setdefault(source["document"], []).append(source["document_part"])
        content = record["prompt"][0]["content"]
        assert len(content) < 2048 / 2 * 3.5 + 400, "half of the context, and the layout"
        assert re.search(r"^Document \d, paragraph \d+\.", content, re.MULTILINE), "parts begin with a paragraph"
        assert source["draft"].startswith("Count the gates, version"), "without the label"
    assert set(parts) == {"d0.txt", "deep/d1.md"}
    for numbers in parts.values():
        assert len(numbers) == 6
        total = int(numbers[0].split("/")[1])
        assert len(set(numbers)) == min(total, 6) > 1


BAD: list[Any] = [
    "no JSON at all",
    {"id": "x", "title": "no text here"},
    {"id": "y", "text": 7},
    {"id": "z", "text": "Too short."},
]


def test_lines_that_are_no_documents_are_told_of_and_the_others_are_used(tmp_path: Path) -> None:
    good = [{"id": f"doc{number}", "body": f"Report {number}. {LONG * 3}"} for number in range(4)]
    bad: list[Any] = [line if isinstance(line, str) else {**line, "body": line.get("text")} for line in BAD]
    bad[1].pop("body")
    write_lines(tmp_path / "docs.jsonl", [good[0], *bad, *good[1:]])
    options = ["-n", "4", "--text-field", "body", "--rejects", "rejects.jsonl"]
    done = alone(tmp_path, *COMMAND, "docs.jsonl", *options)
    assert done.returncode == 1, "some documents could not be read"
    assert {record["source"]["document"] for record in lines(done)} <= {f"doc{number}" for number in range(4)}
    assert len(lines(done)) == 4
    rejects = [reject for reject in read_lines(tmp_path / "rejects.jsonl") if "document" in reject["cause"]]
    assert [reject["cause"] for reject in rejects] == ["bad document line"] * 3 + ["document too short"]
    assert [reject["kind"] for reject in rejects] == ["failed"] * 3 + ["dropped"]
    reasons = [reject["reason"] for reject in rejects]
    assert reasons[0].startswith("docs.jsonl line 2: not JSON")
    assert reasons[1].startswith('docs.jsonl line 3: field "body" is missing (fields here: id, title')
    assert reasons[2] == 'docs.jsonl line 4: field "body" must be text'
    assert "docs.jsonl line 2: not JSON" in done.stderr


def test_instructions_that_are_none_are_replaced(tmp_path: Path) -> None:
    answers: Iterator[str | tuple[str, str]] = iter(
        ["I'm sorry, but I can't help with that.", ("Count the", "length"), "word " * 400, "Hm?"]
    )

    def reply(question: str) -> str | tuple[str, str]:
        found = re.search("Document ([0-9]+)", question)
        return next(answers, None) or f'"Which gate leaks in document {found and found[1]}?"'

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, *COMMAND, _folder(tmp_path, 9), "-n", "5", "--rejects", "rejects.jsonl")
    assert done.returncode == 0, done.stderr
    causes = {reject["cause"] for reject in read_lines(tmp_path / "rejects.jsonl")}
    assert causes == {"refusal", "cut off", "answered instead of asked", "too short"}
    assert all(record["source"]["draft"].startswith("Which gate leaks") for record in lines(done))


def test_one_instruction_for_ever_runs_dry(tmp_path: Path) -> None:
    with answering(lambda _: "Which gate leaks, and why?") as model:
        model.config(tmp_path)
        done = alone(tmp_path, *COMMAND, _folder(tmp_path, 2), "-n", "9")
    assert done.returncode == 1
    assert len(lines(done)) == 2, "the same instruction about the same document is one prompt, whatever its layout"
    assert "stopped at 2 of 9" in done.stderr
    assert "More documents" in done.stderr


USES = {
    "no documents": (["--task", "closed-qa"], "--task closed-qa needs --documents"),
    "a missing folder": ([*COMMAND[1:], "none"], "none: no such file or folder"),
    "an empty folder": ([*COMMAND[1:], "empty"], "empty holds no .txt or .md files"),
    "documents of blanks": ([*COMMAND[1:], "blank"], "no document in blank can be used"),
    "an empty file": ([*COMMAND[1:], "empty.jsonl"], "no document in empty.jsonl can be used"),
    "another field": (
        [*COMMAND[1:], "d.jsonl"],
        'd.jsonl line 1: field "text" is missing (fields here: body; see --text',
    ),
    "no JSON lines": ([*COMMAND[1:], "d.csv"], "d.csv line 1: not JSON"),
    "topics as well": ([*COMMAND[1:], "blank", "--topics", "d.csv"], "leave --topics out"),
    "no name": ([*COMMAND[1:], "hf://"], "write hf://ORG/NAME"),
    "no network": ([*COMMAND[1:], "hf://acme/rivers"], "cannot read hf://acme/rivers: ConnectionError"),
}


@pytest.mark.parametrize("use", USES)
def test_wrong_use_is_one_clear_line_before_anything_is_asked(use: str, tmp_path: Path) -> None:
    options, words = USES[use]
    (tmp_path / "empty").mkdir()
    (tmp_path / "blank").mkdir()
    (tmp_path / "blank" / "a.txt").write_text(" \n")
    (tmp_path / "empty.jsonl").write_text("")
    write_lines(tmp_path / "d.jsonl", [{"body": LONG * 4}])
    (tmp_path / "d.csv").write_text("id,text\n1,hello\n")
    with answering(lambda _: 500) as model:
        model.config(tmp_path)
        env = environment(HF_HUB_OFFLINE="1", HF_HOME=str(tmp_path / "hf"))
        done = alone(tmp_path, "prompts", *options, env=env)
        assert model.asked == []
    assert (done.returncode, done.stdout) == (2, "")
    told = [line for line in done.stderr.splitlines() if not line.startswith("prompts: drafts")]
    assert words in told[0]
    assert [line for line in told[1:] if "left out" not in line] == []


def test_a_data_set_of_the_hub_is_streamed_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    rows = b"".join(json.dumps({"text": f"River {n}. {LONG * 3}", "n": n}).encode() + b"\n" for n in range(20))
    files = {"train.jsonl": rows, "README.md": b"# rivers\n"}
    log: list[str] = []
    with fake_hub("acme/rivers", files, log) as url:
        env = environment(HF_ENDPOINT=url, HF_HOME=str(tmp_path / "hf"), HF_HUB_DISABLE_TELEMETRY="1")
        done = alone(tmp_path, *COMMAND, "hf://acme/rivers", "-n", "25", env=env)
        assert done.returncode == 0, done.stderr
        documents = {record["source"]["document"] for record in lines(done)}
        assert len(lines(done)) == 25
        assert 15 < len(documents) <= 20, "a second round over them, with other draws"
        wrong = {
            ("hf://acme/rivers:tset",): "Bad split: tset",
            ("hf://acme/rivers", "--text-field", "body"): "has no column 'body'; it has: text, n",
            ("hf://acme/lakes",): "Dataset 'acme/lakes' doesn't exist",
        }
        for options, words in wrong.items():
            done = alone(tmp_path, *COMMAND, *options, env=env)
            assert (done.returncode, done.stdout) == (2, "")
            assert words in done.stderr.splitlines()[-1]
    assert not [entry for entry in log if entry.startswith("POST")], "nothing is sent to the hub"


def test_real_documents_go_into_the_prompts_word_for_word(tmp_path: Path) -> None:
    folder = tmp_path / "licences"
    folder.mkdir()
    texts = {}
    found = sorted(Path(sysconfig.get_paths()["purelib"]).glob("*.dist-info/**/LICENSE*"))
    for number, file in enumerate(file for file in found if file.is_file()):
        text = "\n".join(file.read_bytes().decode("utf-8", "replace").splitlines())  # some have CRLF
        if len(text) > 500:
            texts[f"{number}.txt"] = text
            (folder / f"{number}.txt").write_text(text)
    assert len(texts) >= 10, "the tests run in an environment with many packages, each with its licence"
    done = alone(tmp_path, "prompts", "--task", "closed-qa", "--documents", "licences", "-n", "60")
    assert done.returncode == 0, done.stderr
    made = lines(done)
    assert len(made) == 60
    assert len({line["source"]["document"] for line in made}) >= min(60, len(texts)) / 2
    for line in made:
        prompt, source = line["prompt"][0]["content"], line["source"]
        whole = texts[source["document"]]
        longest = max((part.strip() for part in whole.split("\n\n")), key=len)
        assert source["draft"] in prompt
        assert source["document_part"] != "1/1" or longest in prompt
        assert len(prompt) < 4096 * 3.5
