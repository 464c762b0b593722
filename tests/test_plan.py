"""`sdg plan`: what it foretells is what a run then uses; it asks nobody, writes nothing and needs no key."""

from __future__ import annotations

import json
import random
import re
import shutil
from pathlib import Path

import pytest

from one_process import several
from sdg.core import measured
from sdg.plan.shell import Copy, Script
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
    small, large, real, *wrong = several(
        tmp_path,
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
    )
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
    words += ["hf://org/data is on the hub", "open-qa", "there is no sdg command"]
    for run, word in zip(wrong, words, strict=True):
        [line] = run.err.splitlines()
        assert (run.status, run.out, line.startswith("plan: ")) == (2, "", True)
        assert word in line
    assert [path.name for path in tmp_path.iterdir() if path.name != ".told"] == ["sdg.toml"]


def test_the_examples_are_read_as_the_shell_would_read_them() -> None:
    found = {}
    for name in ("sft", "preference", "demo"):
        path = str(ROOT / "examples" / f"{name}.sh")
        found[name] = Script(Path(path).read_text(), path, [path, *(["made"] if name != "demo" else [])])
    sft = [step.words for step in found["sft"].steps]
    assert " ".join(sft[0]) == "prompts --task closed-qa --documents made/documents -n 40 -o made/documents.jsonl"
    assert sft[2][:3] == ["import", "sharegpt", str(ROOT / "examples" / "chats.jsonl")]
    assert sft[-2][:3] == ["score", "--min", "2.5"]
    assert [len(one.sources) for one in found["sft"].found if isinstance(one, Copy)] == [3, 1]
    assert found["preference"].steps[0].env["SDG_CONFIG"] == str(ROOT / "configs" / "rehearsal.toml")
    assert [step.words[0] for step in found["preference"].steps[-2:]] == ["export", "report"]
    demo = found["demo"].steps
    assert [step.words[0] for step in demo] == ["prompts", "respond", "score"]
    assert len({step.pipe for step in demo}) == 1
    assert [step.from_pipe for step in demo] == [False, True, True]
    assert (demo[0].cwd, demo[2].stdout) == (str(ROOT), "demo/sft.jsonl")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a='x $N' sdg respond \"$N y\" z\\ w $M", ["respond", "5 y", "z w", "p", "q"]),
        ("sdg respond \\\n  -n ${K:-4} # four\n", ["respond", "-n", "4"]),
        ("list=(--system 'a b'); list+=(-n 2); sdg respond \"${list[@]}\"", ["respond", "--system", "a b", "-n", "2"]),
        ("cat <<'END'\nsdg score \"\nEND\nenv X=1 python3 -m sdg respond", ["respond"]),
        ("if [ -f x ]; then sdg respond x; else sdg score x; fi", ["respond", "x"]),
        ("true || sdg score; sdg respond >/dev/null 2>&1 || exit 1", ["respond"]),
        ("f() { local in=$1; shift; sdg respond $in \"$@\"; }\nf a 'b c'", ["respond", "a", "b c"]),
        ("d=$(date +%F); sdg respond -o runs/$d.jsonl", ["respond", "-o", "runs/$(date+%F).jsonl"]),
    ],
)  # fmt: skip
def test_what_a_line_of_shell_means(text: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("N", "5")
    monkeypatch.setenv("M", "p q")
    [step] = Script(text, "text", ["text"]).steps
    assert step.words == words
