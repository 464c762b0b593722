"""What `sdg plan` reads in a shell script: the steps that the shell would take, or a refusal by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from sdg.core.errors import UsageError
from sdg.plan.commands import Copy
from sdg.plan.shell import Script
from support import ROOT


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
        ("if [ -f x ]; then sdg respond x; else sdg score x; fi", ["score", "x"]),
        ("if [ $# -gt 1 ]; then sdg a; elif ! [ -z '' ]; then sdg b; else if true; then :; fi; sdg c; fi", ["c"]),
        ("if [ a = a ]; then :; else if [ -d / ]; then sdg a; fi; sdg b; fi; sdg c", ["c"]),
        ("[ -e x ] && sdg a || sdg b", ["b"]),
        ("mkdir -p x; touch x/y; if [ ! -f x/y ]; then sdg a; fi; rm -r x; if [ ! -f x/y ]; then sdg b; fi", ["b"]),
        ("f() { [ -n \"$1\" ] && return; sdg a; }\nf b; f", ["a"]),
        ("set -- a b; (cd /; sdg \"$2\"); if [ $# -eq 2 ] && [ \"$PWD\" != / ]; then exit; fi; sdg c", ["b"]),
        ("true || sdg score; sdg respond >/dev/null 2>&1 || exit 1", ["respond"]),
        ("f() { local in=$1; shift; sdg respond $in \"$@\"; }\nf a 'b c'", ["respond", "a", "b c"]),
        ("d=$(date +%F); sdg respond -o runs/$d.jsonl", ["respond", "-o", "runs/$(date+%F).jsonl"]),
    ],
)  # fmt: skip
def test_what_a_line_of_shell_means(text: str, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("N", "5")
    monkeypatch.setenv("M", "p q")
    script = Script(text, "text", ["text"])
    [step] = script.steps
    assert (step.words, script.said) == (words, [])


def test_a_test_that_nobody_knows_takes_the_first_branch_and_says_so() -> None:
    text = "mv a.jsonl b.jsonl\nif grep -q x y; then sdg a; elif [ -f x ]; then sdg b; else sdg c; fi\nsdg d"
    script = Script(text, "x.sh", ["x.sh"])
    assert [step.words for step in script.steps] == [["a"], ["d"]]
    assert script.said == ["x.sh:2: the first branch is taken"]
    assert isinstance(script.found[0], Copy)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("case $1 in a) sdg a;; esac", "`case` is not followed"),
        ("function f { sdg a; }", "`function` is not followed"),
        ("ls | xargs sdg respond", "`xargs` is not followed"),
        ("a=$(cat x | sdg respond)", "`sdg` inside $(...)"),
        ("sdg respond `ls`", "backticks"),
        ("sdg respond 'a", "no closing quote"),
        ('sdg respond "a', "no closing quote"),
        ("sdg a | | sdg b", "no command before |"),
        ("sdg a |", "nothing after the last |"),
        ("if true; then sdg a", "no fi for this if"),
        ("sdg a; fi", "no if for this fi"),
        ("if [ $# -lt 1 ]; then exit 2; fi; sdg a", "the script ends here with status 2"),
    ],
)
def test_what_is_not_followed_is_refused_by_its_line(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Script(f"\n{text}", "x.sh", ["x.sh"])
    assert str(refused.value).startswith("x.sh:2: ")
    assert said in str(refused.value)
