"""`sdg mix`: the real command on real files; the order of the files by itself."""

from __future__ import annotations

import json
import re
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_hub import fake_hub
from sdg.core.errors import UsageError
from sdg.mix.inputs import Input, read_input, read_inputs
from sdg.mix.places import Places
from support import environment, read_lines, sdg, write_lines


def some(folder: Path, name: str, count: int) -> list[str]:
    """Write NAME.jsonl with `count` prompts; their ids, which begin with the file's name."""
    ids = [f"{name}{number}" for number in range(count)]
    write_lines(folder / f"{name}.jsonl", [{"id": id, "prompt": f"Prompt {id}?"} for id in ids])
    return ids


def ids_in(stdout: str) -> list[str]:
    return [json.loads(line)["id"] for line in stdout.splitlines()]


def test_without_weights_every_line_is_written_and_the_files_are_spread_over_the_whole(tmp_path: Path) -> None:
    small, large = some(tmp_path, "small", 50), some(tmp_path, "large", 400)
    done = sdg(tmp_path, "mix", "small.jsonl", "large.jsonl")
    ids = ids_in(done.stdout)
    assert done.returncode == 0
    assert [id for id in ids if id in small] == small
    assert [id for id in ids if id in large] == large
    for quarter in range(4):
        part = ids[quarter * 112 : (quarter + 1) * 112]
        assert 11 <= len(set(part) & set(small)) <= 14
    assert "mix: 50 of small.jsonl, 400 of large.jsonl\n" in done.stderr
    assert "read 450, written 450;" in done.stderr
    # the same again by the same seed, another order by another one
    assert sdg(tmp_path, "mix", "small.jsonl", "large.jsonl").stdout == done.stdout
    assert ids_in(sdg(tmp_path, "mix", "small.jsonl", "large.jsonl", "--seed", "1").stdout) != ids


def test_with_weights_the_ratio_holds_at_every_point_and_the_end_is_told(tmp_path: Path) -> None:
    some(tmp_path, "a", 300), some(tmp_path, "b", 300)
    done = sdg(tmp_path, "mix", "a.jsonl:3", "b.jsonl", "-o", "mixed.jsonl")
    ids = [line["id"] for line in read_lines(tmp_path / "mixed.jsonl")]
    shares = accumulate(id[0] == "a" for id in ids)
    assert all(abs(count - 0.75 * total) < 2 for total, count in enumerate(shares, 1))
    assert done.returncode == 0
    taken = sum(id[0] == "b" for id in ids)
    assert ids.count("a299") == 1
    words = f"300 of a.jsonl, {taken} of b.jsonl; a.jsonl has no more, so not used: {300 - taken} lines of b.jsonl\n"
    assert f"mix: {words}" in done.stderr
    # the part of a line that is the same in both files is not a pattern: runs of a's have several lengths
    assert {len(run) for run in re.findall("a+", "".join(id[0] for id in ids))} >= {2, 3, 4}


def test_balanced_takes_as_many_of_each_also_where_files_share_prompts(tmp_path: Path) -> None:
    some(tmp_path, "a", 100)
    shared = [{"id": f"a{number}", "prompt": f"Prompt a{number}?"} for number in range(0, 100, 2)]
    own = [{"id": f"b{number}", "prompt": "Prompt?"} for number in range(100)]
    write_lines(tmp_path / "b.jsonl", [line for pair in zip(shared, own, strict=False) for line in pair] + own[50:])
    some(tmp_path, "c", 1000)
    done = sdg(tmp_path, "mix", "a.jsonl", "b.jsonl", "-", "--balanced", stdin=(tmp_path / "c.jsonl").read_text())
    ids = ids_in(done.stdout)
    assert len(ids) == len(set(ids))
    told = re.search(r"mix: (\d+) of a.jsonl, (\d+) of b.jsonl, (\d+) of stdin; (\S+) has no more", done.stderr)
    assert told
    taken = [int(count) for count in told.groups()[:3]]
    assert sum(taken) == len(ids)
    assert taken[2] == sum(id[0] == "c" for id in ids)
    assert max(taken) - min(taken) <= 1
    assert "the rest of stdin\n" in done.stderr
    assert re.search(r"dropped (\d+) \(duplicate id \1\)", done.stderr)


def test_n_ends_it_and_a_larger_n_goes_on_with_the_same_mix(tmp_path: Path) -> None:
    some(tmp_path, "a", 100), some(tmp_path, "b", 100)
    whole = sdg(tmp_path, "mix", "a.jsonl", "b.jsonl:2", "-n", "90").stdout
    assert len(ids_in(whole)) == 90
    for n in ("30", "90"):
        done = sdg(tmp_path, "mix", "a.jsonl", "b.jsonl:2", "-n", n, "-o", "mixed.jsonl")
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "mixed.jsonl").read_text() == whole
    short = sdg(tmp_path, "mix", "a.jsonl", "b.jsonl", "-n", "300")
    assert (short.returncode, len(ids_in(short.stdout))) == (1, 200)
    assert "mix: only 200 of 300 lines: 100 of a.jsonl, 100 of b.jsonl\n" in short.stderr


def test_a_mix_that_was_cut_off_becomes_the_file_of_an_uninterrupted_one(tmp_path: Path) -> None:
    some(tmp_path, "a", 60), some(tmp_path, "b", 60)
    shared = [{"id": f"a{number}", "prompt": f"Prompt a{number}?"} for number in range(20, 60, 3)]
    write_lines(tmp_path / "c.jsonl", [*shared, {"id": "c", "prompt": "Prompt?"}])
    command = ("mix", "a.jsonl", "b.jsonl:2", "c.jsonl", "-o", "mixed.jsonl")
    assert sdg(tmp_path, *command).returncode == 0
    mixed = tmp_path / "mixed.jsonl"
    whole = mixed.read_bytes()
    lines = whole.splitlines(keepends=True)
    for kept, torn in ((1, 0), (37, 9)):
        mixed.write_bytes(b"".join(lines[:kept]) + lines[kept][:torn])
        again = sdg(tmp_path, *command)
        assert again.returncode == 0, again.stderr
        assert mixed.read_bytes() == whole
    other = sdg(tmp_path, *command, "--seed", "4")
    assert (other.returncode, mixed.read_bytes()) == (2, whole)
    assert "seed was 0, now 4" in other.stderr


def test_an_id_that_stands_for_two_prompts_is_bad_input_and_no_prompt_vanishes(tmp_path: Path) -> None:
    mine = [{"id": n, "prompt": f"Mine {n}?"} for n in range(1, 9)]
    yours = [{"id": f"y{n}", "prompt": f"Yours {n}?"} for n in range(5)]
    clash, copy = {"id": "3", "prompt": "Yours 5?"}, {"id": "4", "prompt": [{"role": "user", "content": "Mine 4?"}]}
    write_lines(tmp_path / "mine.jsonl", mine)
    write_lines(tmp_path / "yours.jsonl", [*yours, clash, clash, copy, {"id": "y0", "prompt": "Yours 7?"}])
    for _ in ("new", "continued"):
        done = sdg(tmp_path, "mix", "mine.jsonl", "yours.jsonl", "-o", "mixed.jsonl")
        assert done.returncode == 2, done.stderr
        ids = [line["id"] for line in read_lines(tmp_path / "mixed.jsonl")]
        assert sorted(ids) == sorted([str(line["id"]) for line in mine] + [line["id"] for line in yours])
        refused = [entry for entry in read_lines(tmp_path / "mixed.rejects.jsonl") if entry["kind"] == "invalid"]
        assert [(entry["cause"], entry["file"], entry["id"]) for entry in refused] == [
            ("id of another", "yours.jsonl", "3"),
            ("id of another", "yours.jsonl", "3"),
            ("id of another", "yours.jsonl", "y0"),
        ]
        assert "yours.jsonl line 6: id '3' stands for another prompt in mine.jsonl: give the lines" in done.stderr
        assert "yours.jsonl line 9: id 'y0' stands for another prompt in yours.jsonl" in done.stderr


def test_a_data_set_of_the_hub_is_mixed_by_weight(tmp_path: Path) -> None:
    some(tmp_path, "a", 30)
    rows = b"".join(b'{"id":"h%d","prompt":"Row %d?"}\n' % (number, number) for number in range(50))
    with fake_hub("acme/rows", {"train.jsonl": rows, "README.md": b"# rows\n"}, []) as url:
        env = environment(HF_ENDPOINT=url, HF_HOME=str(tmp_path / "hf"), HF_HUB_DISABLE_TELEMETRY="1")
        done = sdg(tmp_path, "mix", "hf://acme/rows:train:0.5", "a.jsonl", env=env)
        refused = sdg(tmp_path, "mix", "hf://acme/rows:train", "a.jsonl", env=env)
    assert done.returncode == 0, done.stderr
    assert "30 of a.jsonl; a.jsonl has no more, so not used: the rest of hf://acme/rows:train\n" in done.stderr
    assert 14 <= sum(id[0] == "h" for id in ids_in(done.stdout)) <= 16
    assert refused.returncode == 2
    assert "hf://acme/rows:train can't be counted before it is read: give weights" in refused.stderr


def test_what_can_not_be_mixed_is_said_in_one_line(tmp_path: Path) -> None:
    some(tmp_path, "a", 3)
    write_lines(tmp_path / "empty.jsonl", [])
    write_lines(tmp_path / "bad.jsonl", ['{"id": "x", "prompt": "Why?"}', "{broken"])
    wrong = {
        ("a.jsonl", "-"): "stdin can't be counted before it is read: give weights",
        ("a.jsonl", "./a.jsonl"): "./a.jsonl is given twice",
        ("a.jsonl:0",): "a.jsonl:0: the weight after the colon must be a number above 0",
        ("a.jsonl:2", "b.jsonl", "--balanced"): "leave out the weights",
        ("a.jsonl", "empty.jsonl"): "empty.jsonl is empty: leave it out",
        ("a.jsonl", "none.jsonl"): "cannot read none.jsonl",
    }
    for arguments, words in wrong.items():
        done = sdg(tmp_path, "mix", *arguments, stdin='{"prompt": "Why?"}\n')
        assert (done.returncode, done.stdout) == (2, "")
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
    done = sdg(tmp_path, "mix", "a.jsonl", "bad.jsonl", "--rejects", "rejects.jsonl")
    assert (done.returncode, len(ids_in(done.stdout))) == (2, 4)
    assert "bad.jsonl line 2: not JSON" in done.stderr
    assert [entry["file"] for entry in read_lines(tmp_path / "rejects.jsonl")] == ["bad.jsonl"]


@pytest.mark.parametrize(
    ("text", "path", "weight"),
    [
        ("a.jsonl", "a.jsonl", None),
        ("a.jsonl:2", "a.jsonl", 2.0),
        ("a.jsonl:0.25", "a.jsonl", 0.25),
        ("a.jsonl:1e-3", "a.jsonl", 0.001),
        ("-:.5", "-", 0.5),
        ("hf://org/name", "hf://org/name", None),
        ("hf://org/name:train", "hf://org/name:train", None),
        ("hf://org/name:train:3", "hf://org/name:train", 3.0),
        ("C:/2024:05/a.jsonl", "C:/2024:05/a.jsonl", None),
        ("a:nan", "a:nan", None),
        (":3", ":3", None),
        ("a:1_0", "a:1_0", None),
    ],
)
def test_a_weight_is_a_number_after_the_last_colon(text: str, path: str, weight: float | None) -> None:
    assert read_input(text) == Input(path, weight)


def test_a_file_with_a_number_after_a_colon_in_its_name_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "run:2", [])
    assert read_input("run:2") == Input("run:2")
    assert read_input("run:2:3") == Input("run:2", 3.0)


@pytest.mark.parametrize("weight", ["0", "-1", "1e999", "0.0"])
def test_a_weight_that_is_not_above_zero_is_refused(weight: str) -> None:
    with pytest.raises(UsageError, match="must be a number above 0"):
        read_inputs([f"a.jsonl:{weight}"], False)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=6), st.integers(0, 1000))
def test_every_file_has_its_share_at_every_point(weights: list[float], seed: int) -> None:
    places = Places(weights, seed)
    for total in range(1, 300):
        assert places.next is not None
        places.took()
        for taken, weight in zip(places.taken, weights, strict=True):
            share = weight / sum(weights)
            assert abs(taken - share * total) <= 1 + share * len(weights)
