"""The command `sdg topics`: the tree, the user's own lists, titles and code, and a model that runs dry."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from answering import alone, answering, lines
from sdg.core.normal import normalised
from support import read_lines, write_lines


def _numbered(names: list[str]) -> str:
    return "Sure! Here you go:\n\n" + "\n".join(f"{number}. {name}" for number, name in enumerate(names, 1))


def _count(question: str) -> int:
    return int(re.findall(r"numbered list of (\d+)", question)[0])


def _macro(question: str) -> bool:
    return "<topic>" not in question


def test_each_macro_topic_is_followed_by_its_subtopics_and_every_name_is_there_once(tmp_path: Path) -> None:
    done = alone(tmp_path, "topics", "--macro", "6", "--sub", "4")
    assert done.returncode == 0, done.stderr
    tree = lines(done)
    assert len(tree) == 30
    macros = [topic for topic in tree if not topic["parent"]]
    assert len(macros) == 6
    for place, topic in enumerate(tree):
        assert topic["parent"] == ("" if place % 5 == 0 else tree[place - place % 5]["topic"])
        assert (topic["field"], topic["origin"], topic["rehearsal"]) == ("general", "model", True)
    assert len({normalised(topic["topic"]) for topic in tree}) == len({topic["id"] for topic in tree}) == 30


def test_macro_topics_alone_keep_the_order_of_the_model(tmp_path: Path) -> None:
    with answering(lambda _: _numbered(["Zinc", "Apples", "Music"])) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "3", "--sub", "0")
    assert [topic["topic"] for topic in lines(done)] == ["Zinc", "Apples", "Music"]
    assert len(model.asked) == 1


def test_what_a_short_list_and_repeats_leave_open_is_asked_for_again_with_the_names_there_are(tmp_path: Path) -> None:
    answers = iter([["Bees", "Tides"], ["BEES", "Chess", "Ｔｉｄｅｓ", "Glass"]])
    with answering(lambda _: _numbered(next(answers))) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "4", "--sub", "0", "--rejects", "rejects.jsonl")
    assert done.returncode == 0, done.stderr
    assert [topic["topic"] for topic in lines(done)] == ["Bees", "Tides", "Chess", "Glass"]
    assert [_count(question) for question in model.asked] == [4, 2]
    assert "Taken already" not in model.asked[0]
    assert "Bees; Tides" in model.asked[1]
    assert [reject["cause"] for reject in read_lines(tmp_path / "rejects.jsonl")] == ["repeat", "repeat"]
    assert "topics 6, written 4, dropped 2 (repeat 2)" in done.stderr


def test_a_model_that_runs_dry_is_told_of_and_the_exit_status_says_so(tmp_path: Path) -> None:
    def reply(question: str) -> str:
        return _numbered(["Bees", "Tides"]) if "Bees" not in question else "I'm sorry, but I can't help with that."

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "9", "--sub", "0")
    assert done.returncode == 1
    assert len(lines(done)) == 2
    assert len(model.asked) == 3, "two requests in a row without anything new are enough"
    assert "stopped at 2 of 9 macro topics: 2 requests in a row brought nothing new (in all 2 refusals)" in done.stderr


def test_a_subtopic_that_stands_elsewhere_in_the_tree_is_replaced(tmp_path: Path) -> None:
    fresh = (f"Name {number}" for number in itertools.count())

    def reply(question: str) -> str:
        if _macro(question):
            return _numbered(["Bees", "Tides"])
        return _numbered(["Tides", *itertools.islice(fresh, _count(question) - 1)] if "Taken" not in question
                         else list(itertools.islice(fresh, _count(question))))  # fmt: skip

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "2", "--sub", "3")
    assert done.returncode == 0, done.stderr
    tree = lines(done)
    assert len(tree) == len({normalised(topic["topic"]) for topic in tree}) == 8
    assert sum("Tides" in question.split("Taken already")[-1] for question in model.asked) >= 2


def test_more_names_than_a_list_holds_well_are_asked_for_in_rounds(tmp_path: Path) -> None:
    names = (f"Topic {number}" for number in itertools.count())
    with answering(lambda question: _numbered(list(itertools.islice(names, _count(question))))) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "120", "--sub", "0")
    assert len(lines(done)) == 120
    assert [_count(question) for question in model.asked] == [25, 25, 25, 25, 20]
    assert model.asked[-1].count("Topic ") == 60, "a request shows so many names as taken and no more"


def test_the_users_own_topics_stand_in_front_and_get_subtopics_too(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("Sailing\n\n  bee   keeping \nsailing\n", encoding="utf-8")
    done = alone(tmp_path, "topics", "--macro", "2", "--sub", "2", "--seeds", "own.txt")
    assert done.returncode == 0, done.stderr
    tree = lines(done)
    assert [topic["topic"] for topic in tree if topic["origin"] == "seeds"] == ["Sailing", "bee keeping"]
    assert [topic["parent"] for topic in tree[:6]] == ["", "Sailing", "Sailing", "", "bee keeping", "bee keeping"]
    assert len(tree) == 12
    only = alone(tmp_path, "topics", "--macro", "0", "--sub", "2", "--seeds", "own.txt")
    assert len(lines(only)) == 6


def test_a_domain_of_the_users_own_is_in_every_request_and_record(tmp_path: Path) -> None:
    with answering(lambda question: _numbered([f"Relay {len(question)} {n}" for n in range(3)])) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--domain", "power grid maintenance", "--macro", "2", "--sub", "1")
    assert {topic["field"] for topic in lines(done)} == {"power grid maintenance"}
    assert all("power grid maintenance" in question for question in model.asked)


def test_titles_are_kept_if_the_model_says_that_they_belong(tmp_path: Path) -> None:
    says = {
        "Group theory": "**Yes**",
        "Isaac Newton": "No, he is a person.",
        "Matrix": "yes, because ...",
        "Ring": "hm",
    }

    def reply(question: str) -> str:
        return next(verdict for title, verdict in says.items() if title in question)

    (tmp_path / "titles.txt").write_text("\n".join([*says, "Matrix"]), encoding="utf-8")
    with answering(reply) as model:
        model.config(tmp_path)
        options = ["--field", "math", "--macro", "0", "--entities", "titles.txt", "--rejects", "rejects.jsonl"]
        done = alone(tmp_path, "topics", *options)
    assert done.returncode == 1, "one title could not be decided"
    assert [(topic["topic"], topic["origin"]) for topic in lines(done)] == [
        ("Group theory", "entities"),
        ("Matrix", "entities"),
    ]
    causes = {reject["cause"]: reject for reject in read_lines(tmp_path / "rejects.jsonl")}
    assert set(causes) == {"not of the field", "no yes or no"}
    assert "'hm'" in causes["no yes or no"]["reason"]
    assert sum("Ring" in question for question in model.asked) == 2
    assert all("max_tokens" not in question for question in model.asked)


def test_names_that_are_frequent_in_source_code_become_keywords(tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    common = "import json\nfrom functools import lru_cache\n@lru_cache\ndef f(x):\n    return json.loads(x)\n"
    for number in range(3):
        raises = "try:\n    print(len([1]))\nexcept KeyError:\n    x = sum(n for n in [1])\n"
        (code / f"m{number}.py").write_text(common + (raises if number else ""))
    (code / "broken.py").write_text("def (")
    done = alone(tmp_path, "topics", "--field", "python", "--macro", "0", "--code", "code")
    assert done.returncode == 0, done.stderr
    names = [topic["topic"] for topic in lines(done)]
    assert set(names[:4]) == {
        "json module", "functools module", "functools.lru_cache decorator", "json.loads() function"
    }  # fmt: skip
    assert set(names[4:]) == {"KeyError exception", "generator expression", "sum() function"}
    assert {topic["origin"] for topic in lines(done)} == {"code"}
    assert "1 files in code are no Python that can be parsed" in done.stderr


USES = {
    "an unknown field": (["--field", "pyhton"], "unknown field 'pyhton'; did you mean 'python'?"),
    "code without python": (["--code", "."], "--code takes names from Python source: it needs --field python"),
    "a missing folder": (["--field", "python", "--code", "none"], "none: no such folder"),
    "a folder without code": (["--field", "python", "--code", "empty"], "empty holds no .py files"),
    "titles without a field": (["--entities", "own.txt"], "--entities needs a field"),
    "a missing list": (["--seeds", "none.txt"], "cannot read none.txt"),
    "an empty list": (["--seeds", "blank.txt"], "blank.txt is empty"),
    "bad JSON": (["--seeds", "bad.jsonl"], "bad.jsonl line 2: not JSON"),
    "prompts for topics": (["--seeds", "prompts.jsonl"], 'prompts.jsonl line 1: field "topic" is missing'),
    "nothing at all": (["--macro", "0"], "--macro 0 asks for no topics"),
    "two fields": (["--field", "math", "--domain", "x"], "give one of them"),
}


@pytest.mark.parametrize("use", USES)
def test_wrong_use_is_one_clear_line_before_anything_is_asked(use: str, tmp_path: Path) -> None:
    options, words = USES[use]
    (tmp_path / "empty").mkdir()
    (tmp_path / "own.txt").write_text("Bees\n")
    (tmp_path / "blank.txt").write_text("\n \n")
    write_lines(tmp_path / "bad.jsonl", ['{"topic": "Bees"}', '{"topic": '])
    write_lines(tmp_path / "prompts.jsonl", [{"prompt": "Why?"}])
    with answering(lambda _: 500) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", *options)
        assert model.asked == []
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1


def _cut(path: Path, keep: int) -> list[bytes]:
    """Leave only the first lines of a file, and half of the next; the lines that were there."""
    whole = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(whole[:keep]) + whole[keep][:30])
    return whole


@pytest.mark.parametrize("keep", [0, 1, 7, 11])
def test_a_tree_that_was_cut_off_is_continued_to_the_same_tree_without_paying_again(tmp_path: Path, keep: int) -> None:
    command = ["topics", "--macro", "5", "--sub", "3", "-o", "tree.jsonl"]
    assert alone(tmp_path, *command).returncode == 0
    whole = _cut(tmp_path / "tree.jsonl", keep)
    again = alone(tmp_path, *command)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "tree.jsonl").read_bytes() == b"".join(whole)
    assert "calls 0" in again.stderr
    assert "calls 0, cached 0" in alone(tmp_path, *command).stderr


def test_a_tree_is_completed_without_a_cache_too(tmp_path: Path) -> None:
    names = (f"Topic {number}" for number in itertools.count())
    with answering(lambda question: _numbered(list(itertools.islice(names, _count(question))))) as model:
        model.config(tmp_path)
        command = ["topics", "--macro", "5", "--sub", "3", "-o", "tree.jsonl", "--no-cache"]
        assert alone(tmp_path, *command).returncode == 0
        _cut(tmp_path / "tree.jsonl", 10)
        assert alone(tmp_path, *command).returncode == 0
    tree = read_lines(tmp_path / "tree.jsonl")
    macros = [topic["topic"] for topic in tree if not topic["parent"]]
    assert len(macros) == 5
    assert [sum(topic["parent"] == macro for topic in tree) for macro in macros] == [3] * 5


def test_a_failed_request_for_subtopics_is_that_topics_failure_alone(tmp_path: Path) -> None:
    def reply(question: str) -> str | int:
        if _macro(question):
            return _numbered(["Bees", "Tides"])
        return 400 if "<topic>Bees" in question else _numbered(["Neap tide"])

    with answering(reply) as model:
        model.config(tmp_path)
        done = alone(tmp_path, "topics", "--macro", "2", "--sub", "1", "--rejects", "rejects.jsonl")
    assert done.returncode == 1
    assert [topic["topic"] for topic in lines(done)] == ["Bees", "Tides", "Neap tide"]
    [reject] = read_lines(tmp_path / "rejects.jsonl")
    assert (reject["kind"], reject["cause"]) == ("failed", "refused with 400")
    assert "refused by the test" in reject["reason"]
