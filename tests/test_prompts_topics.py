"""Where the topics of `sdg prompts` come from: a pipe, a file, the model; the language; wrong use."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from answering import alone, answering, draft_in, lines, numbered
from support import SDG, environment, sdg, write_lines


def test_topics_come_through_a_pipe_and_give_their_parent_and_field(tmp_path: Path) -> None:
    tree = alone(tmp_path, "topics", "--macro", "3", "--sub", "2", "--field", "math")
    done = sdg(tmp_path, "prompts", "--task", "math", "-n", "9", stdin=tree.stdout)
    assert done.returncode == 0, done.stderr
    sources = [record["source"] for record in lines(done)]
    assert {(s["parent_topic"], s["topic"], s["field"]) for s in sources} == {
        (topic["parent"], topic["topic"], "math") for topic in lines(tree)
    }
    assert "prompts: made" not in done.stderr
    plain = sdg(tmp_path, "prompts", "--task", "open-qa", "-n", "4", stdin="Bees\nTides\nBEES\n")
    assert {record["source"]["topic"].casefold() for record in lines(plain)} == {"bees", "tides"}
    assert "1 topics are there more than once" in plain.stderr


def test_a_domain_gets_a_tree_of_its_own(tmp_path: Path) -> None:
    done = alone(tmp_path, "prompts", "--task", "writing", "-n", "5", "--domain", "power grid maintenance")
    assert done.returncode == 0, done.stderr
    assert {record["source"]["field"] for record in lines(done)} == {"power grid maintenance"}


def test_a_silent_pipe_is_spoken_of_and_ctrl_c_ends_the_wait(tmp_path: Path) -> None:
    read, write = os.pipe()
    command = [*SDG, "prompts", "--task", "writing"]
    run = subprocess.Popen(command, cwd=tmp_path, env=environment(), stdin=read, stderr=subprocess.PIPE, text=True)
    os.close(read)
    try:
        assert run.stderr
        assert "NO ENDPOINT" in run.stderr.readline()
        assert "reading topics from stdin; use --topics FILE, or </dev/null" in run.stderr.readline()
        run.send_signal(signal.SIGINT)
        assert run.wait(20) == 130
    finally:
        run.kill()
        os.close(write)


USES = {
    "an unknown task": (["--task", "writting"], "unknown task 'writting'; did you mean 'writing'?"),
    "documents for another task": (["--task", "math", "--documents", "."], "--documents is for tasks about documents"),
    "topics and a domain": (["--task", "math", "--topics", "t.jsonl", "--domain", "x"], "leave it or --topics out"),
    "a missing list": (["--task", "math", "--topics", "none.jsonl"], "cannot read none.jsonl"),
    "bad JSON": (["--task", "math", "--topics", "t.jsonl"], "t.jsonl line 2: not JSON"),
    "a wrong field": (["--task", "math", "--topics", "u.jsonl"], 'u.jsonl line 1: field "topic" must be text'),
    "a broken template": (
        ["--task", "math", "--prompts", "mine"],
        "there is no variable 'keywrd'; did you mean 'keyword'",
    ),
}


@pytest.mark.parametrize("use", USES)
def test_wrong_use_is_one_clear_line_before_anything_is_asked(use: str, tmp_path: Path) -> None:
    options, words = USES[use]
    write_lines(tmp_path / "t.jsonl", ['{"topic": "Bees"}', "Tides"])
    write_lines(tmp_path / "u.jsonl", [{"topic": 3}])
    (tmp_path / "mine" / "math").mkdir(parents=True)
    (tmp_path / "mine" / "math" / "problem.jinja").write_text("{{ keywrd }}")
    with answering(lambda _: 500) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", *options)
        assert model.asked == []
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_template_that_fails_only_while_it_is_filled_in_ends_the_run_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mine" / "math").mkdir(parents=True)
    (tmp_path / "mine" / "math" / "problem.jinja").write_text("{{ 1 // (count - 5) }} {{ keyword }}")
    done = sdg(tmp_path, "prompts", "--task", "math", "-n", "9", "--prompts", "mine", stdin="Ring\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert "problem.jinja, line 1: integer division or modulo by zero" in done.stderr
    assert "internal error" not in done.stderr


def test_an_empty_pipe_is_wrong_use_and_says_what_to_do(tmp_path: Path) -> None:
    done = sdg(tmp_path, "prompts", "--task", "writing", stdin="")
    assert done.returncode == 2
    assert "stdin is empty" in done.stderr
    assert "</dev/null" in done.stderr


def test_the_language_reaches_every_request(tmp_path: Path) -> None:
    def reply(question: str) -> str:
        draft = draft_in(question)
        return f"{draft} Bitte kurz." if draft else numbered(question, [f"Warum ist {len(question)} so groß?"])

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", "--task", "open-qa", "-n", "3", "--language", "Deutsch")
    assert all("in Deutsch" in question for question in model.asked)
    assert {record["source"]["language"] for record in lines(done)} == {"Deutsch"}
