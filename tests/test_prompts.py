"""The command `sdg prompts`: N distinct prompts for every task, what is thrown away, going on, running dry."""

from __future__ import annotations

import itertools
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from answering import alone, answering, draft_in, lines, numbered
from sdg.core.template import Templates
from sdg.record import Source, prompt_id
from support import SDG, environment, read_lines

TASKS = ["open-qa", "writing", "math", "coding"]


def _topics(folder: Path, *topics: str) -> list[str]:
    (folder / "topics.txt").write_text("\n".join(topics) + "\n", encoding="utf-8")
    return ["--topics", "topics.txt"]


@pytest.mark.parametrize("task", TASKS)
def test_a_task_brings_so_many_distinct_prompts_with_all_that_is_known_of_them(task: str, tmp_path: Path) -> None:
    done = alone(tmp_path, "prompts", "--task", task, "-n", "40", "--seed", "3")
    assert done.returncode == 0, done.stderr
    records = lines(done)
    texts = [record["prompt"][0]["content"] for record in records]
    assert len(records) == len(set(texts)) == len({record["id"] for record in records}) == 40
    table = Templates(None).table(f"{task}/draws")
    for record in records:
        assert list(record) == ["id", "task", "prompt", "reference", "constraints", "source", "extra"]
        assert (record["task"], record["reference"], record["extra"]) == (task, "", {})
        assert record["id"] == prompt_id(record["prompt"])
        source = record["source"]
        assert list(source) == list(Source.model_fields)
        assert source["topic"]
        assert source["rehearsal"] is True
        assert source["model"] == "rehearsal-instruct"
        assert source["plan"].startswith("3.")
        assert len(source["template"].split("+")) == len(source["template_hash"].split("+"))
        assert all(source[axis] in choices for axis, choices in table.items())
        assert bool(source["draft"]) is (task in ("open-qa", "writing")), "only the revised text is a prompt"
    assert len({record["source"]["kind"] for record in records}) > 8, "the draws vary"
    made = re.search(r"made (\d+) topics and (\d+) subtopics", done.stderr)
    assert made
    assert int(made[1]) == 8


def test_what_is_thrown_away_is_replaced_counted_and_kept_with_its_reason(tmp_path: Path) -> None:
    done = alone(tmp_path, "prompts", "--task", "open-qa", "-n", "300", "-o", "out.jsonl")
    assert done.returncode == 0, done.stderr
    assert len(read_lines(tmp_path / "out.jsonl")) == 300
    rejects = read_lines(tmp_path / "out.rejects.jsonl")
    counts = re.search(r"drafts (\d+), written 300, dropped (\d+)", done.stderr)
    assert counts
    assert int(counts[1]) == 300 + int(counts[2])
    assert len(rejects) == int(counts[2]) > 0
    assert {reject["kind"] for reject in rejects} == {"dropped"}
    assert all("plan" in json.loads(reject["record"])["source"] for reject in rejects)


def test_no_more_is_asked_than_is_needed(tmp_path: Path) -> None:
    drafts = (f"Why is thing number {number} red?" for number in itertools.count())

    def reply(question: str) -> str:
        draft = draft_in(question)
        return f"{draft} I saw it today." if draft else numbered(question, list(itertools.islice(drafts, 5)))

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", "--task", "open-qa", "-n", "13", *_topics(tmp_path, "Rust", "Ink"))
    assert done.returncode == 0, done.stderr
    assert len(lines(done)) == 13
    asked = [bool(draft_in(question)) for question in model.asked]
    assert (asked.count(False), asked.count(True)) == (3, 13), "three lists of five, thirteen revisions"


def test_the_same_seed_brings_the_same_prompts_from_the_cache_and_another_seed_others(tmp_path: Path) -> None:
    command = ["prompts", "--task", "writing", "-n", "60", *_topics(tmp_path, "Bees", "Tides", "Glass", "Chess")]
    first, again = alone(tmp_path, *command), alone(tmp_path, *command)
    assert "calls 0" in again.stderr
    assert sorted(first.stdout.splitlines()) == sorted(again.stdout.splitlines())
    other = lines(alone(tmp_path, *command, "--seed", "1"))
    assert len({r["id"] for r in other} & {r["id"] for r in lines(first)}) < 20


@pytest.mark.parametrize("cache", ["--cache", "--no-cache"])
def test_a_file_that_was_cut_off_is_continued_to_n_and_to_more(tmp_path: Path, cache: str) -> None:
    topics = _topics(tmp_path, "Bees", "Tides", "Glass")
    command = ["prompts", "--task", "open-qa", *topics, "-o", "out.jsonl", cache]
    assert alone(tmp_path, *command, "-n", "60").returncode == 0
    whole = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(b"".join(whole[:25]) + whole[25][:40])
    again = alone(tmp_path, *command, "-n", "60")
    assert again.returncode == 0, again.stderr
    now = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    assert len(now) == len({json.loads(line)["id"] for line in now}) == 60
    if cache == "--cache":
        assert set(now) == set(whole)
        assert "calls 0" in again.stderr
    assert alone(tmp_path, *command, "-n", "90").returncode == 0
    more = read_lines(tmp_path / "out.jsonl")
    assert len(more) == len({record["id"] for record in more}) == 90
    tags = [record["source"]["plan"] for record in more]
    assert len(set(tags)) == 90, "no draft was used twice"
    rejects = read_lines(tmp_path / "out.rejects.jsonl")
    assert len({reject["id"] for reject in rejects}) == len(rejects), "nothing is thrown away twice"
    done = alone(tmp_path, *command, "-n", "90")
    assert (done.returncode, "calls 0, cached 0" in done.stderr) == (0, True)


def test_a_file_is_not_continued_with_other_topics_or_another_seed(tmp_path: Path) -> None:
    command = ["prompts", "--task", "math", "-n", "5", "-o", "out.jsonl"]
    assert alone(tmp_path, *command, *_topics(tmp_path, "Matrix")).returncode == 0
    assert "seed was 0, now 1" in alone(tmp_path, *command, "--topics", "topics.txt", "--seed", "1").stderr
    done = alone(tmp_path, *command, *_topics(tmp_path, "Ring"))
    assert done.returncode == 2
    assert "begun with other settings: topics was" in done.stderr


def test_a_run_that_is_interrupted_keeps_what_is_paid_for_and_goes_on_later(tmp_path: Path) -> None:
    numbers = itertools.count()

    def reply(question: str) -> str:
        time.sleep(0.05)
        draft = draft_in(question)
        return (
            f"{draft} Really?" if draft else numbered(question, [f"Is {next(numbers)} prime or not?" for _ in "12345"])
        )

    with answering(reply) as model:
        model.config(tmp_path)
        command = [*SDG, "prompts", "--task", "open-qa", "-n", "200", "--topics", "topics.txt", "-o", "out.jsonl"]
        _topics(tmp_path, *(f"Number {number}" for number in range(40)))
        run = subprocess.Popen(
            [*command, "--concurrency", "8"], cwd=tmp_path, env=environment(), stderr=subprocess.PIPE
        )
        while len(model.asked) < 60:
            time.sleep(0.01)
        run.send_signal(signal.SIGINT)
        _, told = run.communicate(timeout=60)
        assert run.returncode == 130, told
        kept = len(read_lines(tmp_path / "out.jsonl"))
        assert 0 < kept < 200
        assert subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True).returncode == 0
    assert len(read_lines(tmp_path / "out.jsonl")) == 200
    assert len(model.asked) == len(set(model.asked)) == 240, "forty lists and two hundred revisions, each paid once"


def test_a_model_that_repeats_itself_runs_dry_and_the_words_say_how_far_it_came(tmp_path: Path) -> None:
    def reply(question: str) -> str:
        draft = draft_in(question)
        return f"{draft} Tell me all." if draft else numbered(question, ["Why do bees hum?", "What is honey made of?"])

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", "--task", "open-qa", "-n", "50", *_topics(tmp_path, "Bees"))
    assert done.returncode == 1
    assert len(lines(done)) == 2
    [told] = [line for line in done.stderr.splitlines() if "stopped at" in line]
    found = re.search(r"stopped at 2 of 50: the last (\d+) requests brought nothing new \(in all (\d+) repeats\)", told)
    assert found
    assert int(found[1]) >= 12
    assert int(found[2]) >= 24
    assert "--temperature" in told
    assert len([question for question in model.asked if draft_in(question)]) == 2, (
        "a repeated draft is not paid for again"
    )


FINAL = {
    "I'm sorry, but I can't help with that.": "refusal",
    "Hm?": "too short",
    "word " * 400: "answered instead of revised",
}


def test_a_revision_that_is_no_prompt_is_dropped_by_its_rule(tmp_path: Path) -> None:
    drafts = (f"Why is thing number {number} red?" for number in itertools.count())
    finals = itertools.cycle([*FINAL, ("Why is this red and", "length"), None])
    numbers = itertools.count()

    def reply(question: str) -> str | tuple[str, str]:
        if not draft_in(question):
            return numbered(question, list(itertools.islice(drafts, 5)))
        return next(finals) or f'Here is a more specific version:\n\n"What is number {next(numbers)} for?"'

    with answering(reply) as model:
        model.config(tmp_path)
        command = ["prompts", "--task", "open-qa", "-n", "4", "--concurrency", "1", "--rejects", "rejects.jsonl"]
        done = alone(tmp_path, *command, *_topics(tmp_path, "Rust", "Ink"))
    assert done.returncode == 0, done.stderr
    assert {r["prompt"][0]["content"] for r in lines(done)} == {f"What is number {n} for?" for n in range(4)}
    rejects = read_lines(tmp_path / "rejects.jsonl")
    assert {reject["cause"] for reject in rejects} == {*FINAL.values(), "cut off"}
    assert json.loads(rejects[0]["record"])["source"]["draft"].startswith("Why is thing")


def test_failed_requests_are_in_the_rejects_with_their_cause_and_the_plan_goes_on(tmp_path: Path) -> None:
    drafts = (f"Why is thing number {number} red?" for number in itertools.count())

    def reply(question: str) -> str | int:
        draft = draft_in(question)
        if draft is None:
            return 400 if "Ink" in question else numbered(question, list(itertools.islice(drafts, 5)))
        return 400 if "3 red" in draft else f"{draft} I saw it today."

    with answering(reply) as model:
        model.config(tmp_path)
        command = ["prompts", "--task", "open-qa", "-n", "12", "--rejects", "rejects.jsonl"]
        done = alone(tmp_path, *command, *_topics(tmp_path, "Rust", "Ink"))
    assert done.returncode == 1, "some requests failed"
    assert len(lines(done)) == 12
    rejects = read_lines(tmp_path / "rejects.jsonl")
    assert {(reject["kind"], reject["cause"]) for reject in rejects} == {("failed", "refused with 400")}
    assert len({reject["id"] for reject in rejects}) == len(rejects)


def test_a_server_that_refuses_every_request_ends_the_run_instead_of_asking_for_ever(tmp_path: Path) -> None:
    with answering(lambda _: 400) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", "--task", "math", "-n", "10", *_topics(tmp_path, "Ring"))
        assert done.returncode == 1
        assert "stopped at 0 of 10" in done.stderr
        assert "failed: refused with 400" in done.stderr
        assert len(model.asked) < 200


def test_later_requests_on_a_topic_are_told_what_exists(tmp_path: Path) -> None:
    drafts = (f"Set a problem on ring number {number} please." for number in itertools.count())
    with answering(lambda question: numbered(question, list(itertools.islice(drafts, 5)))) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "prompts", "--task", "math", "-n", "40", *_topics(tmp_path, "Ring"))
    assert len(lines(done)) == 40
    told = [len(re.findall(r"^- Set a problem", question, re.MULTILINE)) for question in model.asked]
    assert sorted(told) == [0, 0, 0, 0, 5, 10, 10, 10]
