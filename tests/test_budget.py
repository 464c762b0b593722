"""--max-calls, --max-cost and --max-time stop a run as Ctrl-C does, prices are told, and the same command goes on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from fake_server import FakeServer, completion
from one_process import several
from sdg.core.budget import duration, money
from sdg.core.errors import UsageError
from support import read_lines, rehearsal, sdg, some_prompts, write_lines

PRICED = (
    '\n[models.{name}]\nbase_url = "{url}"\nmodel = "rehearsal-{name}"\nprice = {{ input = 1000, output = 2000 }}\n'
)


def sent(log: Path) -> int:
    """Requests that have come to the server."""
    return sum(entry["event"] == "in" for entry in read_lines(log))


def test_each_limit_stops_cleanly_with_its_reason_and_the_same_command_goes_on(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(50))
    slow = ["--latency", "fixed:0.2", "--fault", "500=0.1"]
    with rehearsal(tmp_path, *slow) as server:
        (tmp_path / "sdg.toml").write_text(PRICED.format(name="instruct", url=server.url))
        command = ["respond", "in.jsonl", "-o", "out.jsonl", "--concurrency", "4"]
        # Each answer is some 25 tokens in and 100 to 200 out: about 0.3.
        limits = [["--max-calls", "9"], ["--max-cost", "3"], ["--max-time", "1s"]]
        done, came = [], [0]
        for limit in limits:
            done += several(tmp_path, [*command, *limit])
            came.append(sent(server.log))
        last = several(tmp_path, command, command)
        answered = server.answered()

    assert [run.status for run in done] == [1, 1, 1]
    for run, reached in zip(done, ("--max-calls 9", "--max-cost 3", "--max-time 1s"), strict=True):
        [told] = [line for line in run.err.splitlines() if "is reached" in line]
        assert re.fullmatch(
            rf"respond: {reached} is reached(: finishing \d requests? in flight)?\. Run the .* go on", told
        )
    assert came[1] == 9, "asking again counts as a call, and there is not one more"
    costs = [float(found) for run in done for found in re.findall(r", cost ([\d.]+); ", run.err)]
    assert 2 < costs[1] < 3 + 4 * 0.6, "what was in flight may come on top"
    assert came[3] - came[2] <= 4 * 6

    assert [run.status for run in last] == [0, 0]
    assert "calls 0" not in last[0].err
    assert "calls 0, cached 0, tokens in 0, out 0, cost 0.00; " in last[1].err
    assert sorted(line["id"] for line in read_lines(tmp_path / "out.jsonl")) == sorted(f"p{n}" for n in range(50))
    assert set(answered.values()) == {1}, "what a limit stopped was not paid twice"


def test_cached_answers_cost_nothing_and_cost_is_what_the_tokens_come_to(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", some_prompts(8))
    (tmp_path / "sdg.toml").write_text(PRICED.format(name="instruct", url="rehearsal:"))
    first, again = several(tmp_path, ["respond", "in.jsonl", "-n", "2"], ["respond", "in.jsonl", "--max-cost", "0"])
    usage = [json.loads(line)["responses"][0]["usage"] for line in first.out.splitlines()]
    cost = sum(used["prompt_tokens"] * 1000 + used["completion_tokens"] * 2000 for used in usage) / 1e6
    assert f", cost {money(cost)}; " in first.err
    assert (again.status, len(again.out.splitlines())) == (0, 8)
    none, missing = several(
        tmp_path, ["respond", "in.jsonl", "--max-cost", "0", "--no-cache"], ["score", "--max-cost", "1", "in.jsonl"]
    )
    assert (none.status, none.out) == (2, "")
    assert "--max-calls and --max-cost need the request cache" in none.err
    assert missing.status == 2
    assert "no reward model is configured" in missing.err


def test_a_server_that_counts_no_tokens_is_paid_by_the_length_of_its_replies(tmp_path: Path) -> None:
    def answer(body: dict[str, object]) -> tuple[int, object]:
        said = completion([{"content": "Tomatoes like the sun. " * 20}])
        said.pop("usage", None)
        return 200, said

    write_lines(tmp_path / "in.jsonl", some_prompts(40))
    with FakeServer(answer) as server:
        (tmp_path / "sdg.toml").write_text(PRICED.format(name="instruct", url=server.url))
        done = sdg(tmp_path, "respond", "in.jsonl", "--max-cost", "2", "--concurrency", "1")
    assert done.returncode == 1, done.stderr
    assert 5 <= len(done.stdout.splitlines()) <= 9
    assert "tokens in 0, out 0, cost " in done.stderr


def test_what_can_not_be_a_limit_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"prompt": "Why?"}\n')
    (tmp_path / "sdg.toml").write_text('[models.instruct]\nbase_url = "rehearsal:"\nmodel = "rehearsal-instruct"\n')
    (tmp_path / "mine.toml").write_text('[models.instruct]\nbase_url = "rehearsal:"\nprice = { input = 1 }\n')
    (tmp_path / "odd.toml").write_text('[models.instruct]\nbase_url = "rehearsal:"\nprice = { inputs = 1 }\n')
    (tmp_path / "priced.toml").write_text(PRICED.format(name="instruct", url="rehearsal:"))
    command = ["respond", "in.jsonl"]
    done = several(
        tmp_path,
        [*command, "--max-cost", "1"],
        [*command, "--max-cost", "inf"],
        [*command, "--max-time", "5 minutes"],
        [*command, "--config", "mine.toml"],
        [*command, "--config", "odd.toml"],
        [*command, "--config", "priced.toml", "--max-cost", "1", "--model", "rehearsal-other"],
    )
    words = ["add price = { input = ..., output = ... }", "inf is no amount", "'5 minutes' is no time: write 90s, 30m"]
    words += ["mine.toml: [models.instruct]: price.output is missing"]
    words += ["unknown key 'price.inputs'; did you mean 'input'? (known: input, output)", "what rehearsal-other costs"]
    for run, word in zip(done, words, strict=True):
        assert (run.status, run.out) == (2, "")
        assert word in run.err.splitlines()[-1]


def test_times_and_amounts_are_read_and_written_for_people() -> None:
    times = {"90s": 90, "30m": 1800, "6h": 21_600, "1h30m": 5400, "2d": 172_800, "1.5s": 1.5}
    assert {text: duration(text) for text in times} == times
    for text in ("", "90", "-5s", "s", "1m1h", "0s"):
        with pytest.raises(UsageError):
            duration(text)
    assert [money(amount) for amount in (0, 0.00123, 0.5, 1234.5)] == ["0.00", "0.0012", "0.50", "1,234.50"]
