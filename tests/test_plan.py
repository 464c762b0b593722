"""`sdg plan`: what it foretells is what a run then uses; it asks nobody, writes nothing and needs no key."""

from __future__ import annotations

import json
import random
import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from one_process import several
from sdg.core import measured
from sdg.plan.shell import Script
from support import ROOT, write_lines

RECIPE = """
# Prompts, answers of two models and dialogues, judged in three ways.
set -euo pipefail
out=${1:-made}; data=$(cd "$(dirname "$0")" && pwd)/data
export N=${N:-150}

run() {
  echo "+ sdg $*" >&2
  sdg "$@" </dev/null || exit $?
}
mkdir -p "$out"
cp "$data/short.jsonl" "$out/few.jsonl"
run prompts --task math -n "$N" -o "$out/math.jsonl"
run prompts --task instruction-following --from "$data/long.jsonl" -o "$out/constrained.jsonl"
run mix "$out/math.jsonl" "$out/constrained.jsonl" "$out/few.jsonl:1" -n 400 -o "$out/prompts.jsonl"
run split --sft 0.3 --preference 0.7 "$out/prompts.jsonl" -o "$out/parts"
run respond --turns 2 \\
  --model second "$out/parts/sft.jsonl" -o "$out/dialogues.jsonl"
run respond -n 2 --model instruct,second "$out/parts/preference.jsonl" -o "$out/responses.jsonl"
run verify "$out/responses.jsonl" -o "$out/verified.jsonl"
run score --min 3 "$out/verified.jsonl" -o "$out/scored.jsonl"
run filter length:min=10,unit=words "$out/scored.jsonl" -o "$out/kept.jsonl"
run pairs --judge llm "$out/kept.jsonl" -o "$out/pairs.jsonl"
"""
CONFIG = """
[models.instruct]
base_url = "rehearsal:"
model = "rehearsal-instruct"
price = { input = 1, output = 3 }

[models.second]
base_url = "rehearsal:"
model = "rehearsal-instruct-b"
price = { input = 0.5, output = 1 }

[models.reward]
base_url = "rehearsal:"
model = "rehearsal-reward"
price = { input = 0.1, output = 0 }
"""


WORDS = [
    first + last for first in ("bar", "den", "kil", "mos", "tur", "wel") for last in ("a", "ent", "ing", "o", "ure")
]


def sentence(chance: random.Random, longest: int) -> str:
    """A question that is like no other."""
    return f"Why does {' '.join(chance.choices(WORDS, k=chance.randint(5, longest)))} matter?"


def kind_of(command: str) -> str:
    """The kind of calls that a command makes, as it is kept."""
    words = command.split()[1:]
    options = {"prompts": ("--task", ""), "respond": ("--turns", "1")}
    name, default = options.get(words[0], ("", ""))
    if not name:
        return words[0]
    return f"{words[0]} {name} {words[words.index(name) + 1] if name in words else default}"


def test_a_recipe_uses_what_was_planned_within_a_fifth_and_a_later_plan_knows_more(tmp_path: Path) -> None:
    chance = random.Random(5)
    (tmp_path / "data").mkdir()
    for name, count, longest in (("long", 420, 60), ("short", 90, 15)):
        write_lines(tmp_path / "data" / f"{name}.jsonl", [{"prompt": sentence(chance, longest)} for _ in range(count)])
    write_lines(tmp_path / "sdg.toml", [CONFIG])
    (tmp_path / "recipe.sh").write_text(RECIPE)
    before = sorted(tmp_path.rglob("*"))
    [planned] = several(tmp_path, ["plan", "--json", "recipe.sh"])
    assert (planned.status, planned.err) == (0, "")
    assert sorted(path for path in tmp_path.rglob("*") if ".told" not in str(path)) == before

    (tmp_path / "made").mkdir()
    shutil.copy(tmp_path / "data" / "short.jsonl", tmp_path / "made" / "few.jsonl")
    steps = Script(RECIPE, "recipe.sh", [str(tmp_path / "recipe.sh")]).steps
    *runs, again, wider = several(
        tmp_path,
        *[step.words for step in steps],
        ["plan", "--json", "recipe.sh"],
        ["plan", "sdg respond --concurrency 1 data/short.jsonl -n 2 | sdg score --config sdg.toml -o other.jsonl"],
    )
    assert {run.status for run in runs} <= {0, 1}, [run.err for run in runs]
    used = measured.read(str(tmp_path / ".sdg" / "requests.db"))
    plan = json.loads(planned.out)
    told = {(kind_of(step["command"]), one["model"]): one for step in plan["steps"] for one in step["models"]}
    assert len(told) == len(used) == 7
    for (kind, _, model), took in used.items():
        for figure in ("calls", "tokens_in", "tokens_out"):
            foretold, real = told[kind, model][figure], getattr(took, figure)
            assert abs(foretold - real) <= 0.2 * real, f"{kind} {model} {figure}: {foretold:.0f}, not {real}"
    for figure in ("calls", "tokens_in", "tokens_out"):
        real = sum(getattr(took, figure) for took in used.values())
        assert abs(plan["total"][figure] - real) <= 0.1 * real
    costs = [float(cost) for run in runs for cost in re.findall(r", cost ([\d.]+); ", run.err)]
    assert plan["total"]["cost"] == pytest.approx(sum(costs), rel=0.2)
    assert plan["total"]["seconds"] is None
    assert not any(one["measured"] for one in told.values())

    done = json.loads(again.out)
    assert done["total"]["calls"] < 0.1 * plan["total"]["calls"], "what the outputs have already is not planned again"
    assert all(one["measured"] for step in done["steps"] for one in step["models"])
    lines = wider.out.splitlines()
    assert [line.split()[0] for line in lines] == ["step", "1", "2", "total"]
    assert lines[1].startswith("1 respond --concurrency 1 data/short.jsonl -n 2  instruct     90 ")
    assert lines[2].startswith("2 score ")
    assert "?" not in wider.out
    assert float(lines[1].split()[-2]) > 0
    assert {path.name for path in (tmp_path / ".sdg").iterdir()} == {".gitignore", "requests.db"}


def test_a_pipe_is_planned_without_key_or_server_and_a_long_one_goes_on_in_a_straight_line(tmp_path: Path) -> None:
    keyed = CONFIG.replace("rehearsal:", "http://127.0.0.1:9/v1").replace('model = "rehearsal-', 'model = "org/')
    keyed = keyed.replace("price", 'api_key_env = "NO_SUCH_KEY"\nrequests_per_minute = 60\nprice')
    write_lines(tmp_path / "sdg.toml", [keyed])
    pipe = "sdg prompts --task coding -n {n} | sdg respond --model org/else,second | sdg score --min 3.5 > sft.jsonl"
    many = ["prompts", "--task", "coding", "-n", "1300"]
    write_lines(tmp_path / "bad.jsonl", [{"prompt": f"Why {n}?"} for n in range(700)] + ["none", {"prompt": " "}] * 50)
    with sqlite3.connect(tmp_path / "known.db") as known:
        known.execute("CREATE TABLE facts (key, value)")
        took = {"calls": 10, "answers": 10, "choices": 20, "tokens_in": 90000, "tokens_out": 40000}
        for kind in ("respond --turns 1", "score"):
            for model in ("instruct", "reward"):
                key = json.dumps([kind, "http://127.0.0.1:9/v1", f"org/{model}"])
                known.execute("INSERT INTO facts VALUES (?, ?)", (f"measured {key}", json.dumps(took)))
    (tmp_path / "other.toml").write_text(CONFIG.partition("[models.second]")[0])
    (tmp_path / "limited.sh").write_text(
        """export SDG_CACHE=known.db
        if [ $# -lt 1 ]; then sdg prompts; fi
        sdg respond -n 2 --max-calls 70 "$1" -o made.jsonl
        sdg score made.jsonl
        sdg respond "$1" --batch -o batch.jsonl"""
    )
    given = sorted(path.name for path in tmp_path.iterdir())
    short, long, limited, small, large, real, *wrong = several(
        tmp_path,
        ["plan", "--json", "sdg respond -n 2 < bad.jsonl | sdg score"],
        ["plan", "--json", "export SDG_CACHE=known.db; sdg respond -n 2 < bad.jsonl | sdg score"],
        ["plan", "--json", "bash", "limited.sh", "bad.jsonl"],
        ["plan", "--json", pipe.format(n=60)],
        ["plan", "--json", "sdg", *many],
        [*many, "--config", str(ROOT / "configs" / "rehearsal.toml"), "-o", "/dev/null", "--no-cache"],
        ["plan", "for file in *.jsonl; do sdg respond $file; done"],
        ["plan", "jq . a.jsonl | sdg respond"],
        ["plan", "sdg", "respond", "none.jsonl"],
        ["plan", "sdg", "respond", "--nn", "4"],
        ["plan", "sdg score hf://org/data"],
        ["plan", "sdg prompts --task open-qu"],
        ["plan", "echo hello"],
        ["plan", str(ROOT / "examples" / "none.sh")],
        ["plan", "bash", str(ROOT / "examples" / "sft.sh"), "mine", "texts/"],
        ["plan", "sdg respond bad.jsonl", "--json"],
        ["plan", "sdg respond bad.jsonl --model instruc --config other.toml"],
        ["plan", "sdg score bad.jsonl --config other.toml"],
    )
    rehearsed, measured_too = ([step["models"][0] for step in json.loads(run.out)["steps"]] for run in (short, long))
    assert re.fullmatch(r"plan: .* of the 300 lines of bad\.jsonl .*\(not JSON, empty prompt\).*rejects\n", short.err)
    assert [one["calls"] for one in rehearsed] == [pytest.approx(700, rel=0.01), pytest.approx(1400, rel=0.01)]
    assert measured_too[0]["tokens_in"] == rehearsed[0]["tokens_in"], "of the prompts that are sent, not of others"
    assert measured_too[0]["tokens_out"] == pytest.approx(1400 * 2000, rel=0.01)
    further = measured_too[1]["tokens_in"] - rehearsed[1]["tokens_in"]
    assert further == pytest.approx(1400 * 2000 - rehearsed[0]["tokens_out"], rel=0.01), "longer answers are read"
    [first, second, batch] = json.loads(limited.out)["steps"]
    assert (first["models"][0]["calls"], first["models"][0]["tokens_out"]) == (70, pytest.approx(140 * 2000, rel=0.01))
    assert second["models"][0]["calls"] == pytest.approx(140, abs=3), "no more lines come than that"
    assert batch["seconds"] is None
    figures = [one[key] for one in measured_too for key in ("calls", "tokens_in", "tokens_out")]
    assert all(isinstance(figure, int) for figure in figures)
    assert (small.status, large.status) == (0, 0), small.err + large.err
    plan = json.loads(small.out)
    _, respond, score = plan["steps"]
    assert [one["table"] for one in respond["models"]] == ["org/else", "second"]
    assert sum(one["calls"] for one in respond["models"]) == 60
    assert [one["cost"] is None for step in plan["steps"] for one in step["models"]] == [False, True, False, False]
    assert plan["total"]["cost"] is None
    assert score["models"][0]["calls"] == 63, "a score of each response, and three to learn how the model talks"
    assert plan["total"]["seconds"] == max(step["seconds"] for step in plan["steps"]) >= 60
    calls = int(re.findall(r"calls ([\d,]+)", real.err)[0].replace(",", ""))
    assert json.loads(large.out)["total"]["calls"] == pytest.approx(calls, rel=0.2)
    words = ["a step in a loop can't be planned", "what `jq . a.jsonl` sends", "none.jsonl is not there", "--nn"]
    words += ["hf://org/data is on the hub", "open-qa", "there is no sdg command", "none.sh: no such file"]
    words += ["texts/: no such file or folder", "options go before it", "no [models.instruc] table", "(other.toml has"]
    for run, word in zip(wrong, words, strict=True):
        *taken, line = run.err.splitlines()
        assert all(line.endswith("sft.sh:62: the first branch is taken") for line in taken)
        assert (run.status, run.out, line.startswith("plan: ")) == (2, "", True)
        assert word in line
        assert "models.toml" not in line
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".told") == given
