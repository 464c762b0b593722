"""`sdg report`: bad input, where it writes, how large the page gets."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from one_process import several
from report_page import answer, pair
from sdg.report.rows import Sampled, fitted
from support import SDG, environment, sdg, write_lines


def rows_in(page: Path) -> list[dict[str, Any]]:
    """The rows of the page's table."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    assert found
    rows: list[dict[str, Any]] = json.loads(found[1])
    return rows


def test_bad_lines_are_told_and_counted_and_the_page_is_made(tmp_path: Path) -> None:
    good = {"id": "g", "prompt": "Why?"}
    odd = pair("p", "Why?", answer("a"), answer("b"))
    bad = [
        "{",
        '{"id": "t", "topic": "moss"}',
        odd,
        '{"id": "s", "prompt": "\\ud800"}',
        b"\xff".decode("latin-1"),
        "[]",
    ]
    write_lines(tmp_path / "some.jsonl", ["nothing", good, *bad])
    done = sdg(tmp_path, "report", "some.jsonl", "-o", "page.html")
    assert done.returncode == 2
    assert "some.jsonl line 1: not JSON" in done.stderr
    assert "some.jsonl line 4: this is a topic, not a prompt" in done.stderr
    assert "some.jsonl line 5: this is a pair, and the lines before are not" in done.stderr
    assert "7 bad lines are left out of the report" in done.stderr
    assert [row["id"] for row in rows_in(tmp_path / "page.html")] == ["g"]


def test_only_a_page_of_its_own_is_ever_replaced(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": "p", "prompt": "Why?"}])
    (tmp_path / "in.rejects.jsonl").touch()
    (tmp_path / "in.jsonl.settings").write_text("{}")
    (tmp_path / "own.html").write_text("<!doctype html><title>mine</title>")
    (tmp_path / "link.html").symlink_to("in.jsonl")
    (tmp_path / "folder").mkdir()
    kept = {path: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    refused = ["in.jsonl", "in.rejects.jsonl", "in.jsonl.settings", "link.html", "own.html", "folder", "none/page.html"]
    written = [["report", "in.jsonl", "-o", "page.html"]] * 2 + [
        ["report", "in.jsonl"],
        ["report", "in.jsonl", "in.jsonl"],
    ]
    done = several(tmp_path, *(["report", "in.jsonl", "-o", name] for name in refused), *written)
    assert [one.status for one in done] == [2] * len(refused) + [0, 0, 0, 2], [one.err for one in done]
    for one, words in zip(
        done, ["the input", "the input", "the input", "the input", "no page of", "folder", "no folder"], strict=False
    ):
        assert words in one.err
        assert one.err.count("\n") == 1
    assert {path: path.read_bytes() for path in kept} == kept
    assert done[-2].out == (tmp_path / "page.html").read_text()  # the same page on stdout
    assert "given more than once" in done[-1].err
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in kept} | {"folder", "page.html"}


def test_without_an_output_a_terminal_gets_no_page(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": "p", "prompt": "Why?"}])
    master, terminal = pty.openpty()
    done = subprocess.run(
        [*SDG, "report", "in.jsonl"],
        cwd=tmp_path,
        env=environment(),
        stdout=terminal,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.close(terminal)
    os.close(master)
    assert done.returncode == 2
    assert done.stderr == "report: the page would go to the terminal: write it to a file, -o report.html\n"


def test_a_full_disk_behind_stdout_is_one_clear_line(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [{"id": "p", "prompt": "Why?"}])
    with open("/dev/full", "wb") as full:
        command = [*SDG, "report", "in.jsonl"]
        done = subprocess.run(command, cwd=tmp_path, env=environment(), stdout=full, stderr=subprocess.PIPE, text=True)
    assert (done.returncode, done.stderr) == (2, "report: cannot write stdout: No space left on device\n")


def test_the_page_stays_below_ten_megabytes_and_says_what_is_cut(tmp_path: Path) -> None:
    heavy = "<&>\u2028" * 1_000 + "é" * 2_000  # six bytes in the page for one of "<"
    lines = [
        {
            "id": f"{n}",
            "prompt": f"Number {n}",
            "responses": [answer(f"{k} {heavy}", model="m", reward=k) for k in range(2)],
        }
        for n in range(2_000)
    ]
    with (tmp_path / "long.jsonl").open("w", encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    write_lines(tmp_path / "many.jsonl", [{"id": f"{n}", "prompt": f"Number {n}"} for n in range(2_500)])
    done = several(
        tmp_path,
        ["report", "long.jsonl", "-o", "long.html"],
        ["report", "many.jsonl", "-o", "many.html"],
        ["report", "many.jsonl", "--sample", "20", "-o", "few.html"],
    )
    assert [one.status for one in done] == [0, 0, 0], [one.err for one in done]
    assert 8_000_000 < (tmp_path / "long.html").stat().st_size < 10_000_000
    rows = rows_in(tmp_path / "long.html")
    assert len(rows) == 2_000
    text, gone = rows[7]["answers"][1]["turns"][0]["text"]
    assert len(text) + gone == len(f"1 {heavy}")
    assert len(text) > 100
    many, few = ([row["id"] for row in rows_in(tmp_path / name)] for name in ("many.html", "few.html"))
    assert len(many) == 2_000
    assert many == sorted(many, key=int)
    assert len(set(few)) == 20
    assert set(few) < set(many)
    assert "A sample of 20 of 2,500 lines" in (tmp_path / "few.html").read_text()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 30)), min_size=1, max_size=40), st.integers(0, 400_000))
def test_rows_are_cut_before_they_are_left_out_and_always_fit(sizes: list[tuple[int, int]], budget: int) -> None:
    def row(name: str, length: int, answers: int) -> bytes:
        turns = [{"role": "assistant", "text": ["<" * length, 0]}]
        return json.dumps({"id": name, "answers": [{"turns": turns}] * answers}).encode()

    drawn = [Sampled(rank, -rank, row(str(rank), *size)) for rank, size in enumerate(sizes)]
    rows, unfit = fitted(drawn[:-1], drawn[-1:], budget)
    assert sum(map(len, rows)) + 2 * len(rows) <= budget
    assert len(rows) + unfit == len(sizes)
    ids = [int(json.loads(one)["id"]) for one in rows]
    assert sorted(ids) == list(range(len(rows)))  # those that were drawn first
    assert ids == [*sorted(set(ids) - {len(sizes) - 1}, reverse=True), *([len(sizes) - 1] if not unfit else [])]
    least = sum(min(answers, 5) * (6 * min(length, 120) + 100) + 100 for length, answers in sizes)
    assert unfit == 0 or budget < least


def test_stdin_is_a_file_too_and_nothing_usable_is_no_page(tmp_path: Path) -> None:
    line = json.dumps({"id": "p", "prompt": "Why?"})
    done = sdg(tmp_path, "report", "-", stdin=line + "\n")
    assert done.returncode == 0
    assert done.stdout.startswith("<!doctype html>")
    assert sdg(tmp_path, "report", "-", "-o", "page.html", stdin="").returncode == 2
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("name", ["style.css", "record.css", "text.js", "record.js", "table.js", "keys.js"])
def test_nothing_in_our_own_style_or_script_could_end_its_element(name: str) -> None:
    import sdg.report

    text = (Path(sdg.report.__path__[0]) / name).read_text()
    assert not re.search(
        r"</(style|script)|<!--|innerHTML|insertAdjacentHTML|document\.write|eval\(|@import|url\(", text
    )
