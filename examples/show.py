"""Shows what `examples/demo.sh` made: a few records for people, what became of the others, and where the files are.

Uses nothing but the standard library: a record is one line of JSON.
"""

from __future__ import annotations

import json
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any


def lines(path: Path) -> list[dict[str, Any]]:
    """The records of a JSONL file; none where there is no such file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def show_record(record: dict[str, Any]) -> None:
    """The prompt, where it comes from, and the best response with its scores."""
    source = record["source"]
    best = max(record["responses"], key=lambda response: response["reward"])
    scores = ", ".join(f"{name} {value:.2f}" for name, value in best["scores"].items())
    print(f"\n--- {record['id']}   topic: {source.get('topic', '')}   kind: {source.get('kind', '')}")
    show_text("prompt", record["prompt"][-1]["content"])
    show_text(f"the best response, of {len(record['responses'])} kept", best["messages"][-1]["content"])
    print(f"  reward {best['reward']:.2f} ({scores})")


def show_text(title: str, text: str, most: int = 5) -> None:
    wrapped = [part for line in text.splitlines() for part in textwrap.wrap(line, 100) if part]
    print(f"  {title}:")
    for line in wrapped[:most]:
        print(f"    {line}")
    if len(wrapped) > most:
        print(f"    ... ({len(wrapped) - most} more lines)")


def funnel_line(step: str, came_out: int, rejects: list[dict[str, Any]]) -> str:
    """`score     31 lines out; dropped 9 (reward < 3.5: 9); left with fewer responses 21 (...)`."""
    text = f"  {step:<8} {came_out:>4} lines out"
    words = {"dropped": "dropped", "failed": "failed", "invalid": "bad input", "trimmed": "left with fewer responses"}
    for kind, word in words.items():
        causes = Counter(entry["cause"] for entry in rejects if entry["kind"] == kind)
        if causes:
            listed = ", ".join(f"{cause}: {count}" for cause, count in causes.most_common())
            text += f"; {word} {causes.total()} ({listed})"
    return text


def main(folder: Path, sdg: str) -> None:
    kept = lines(folder / "sft.jsonl")
    rejects = {step: lines(folder / f"{step}.rejects.jsonl") for step in ("prompts", "respond", "score")}
    for record in kept[:3]:
        show_record(record)

    # What a step did not pass on is in its rejects, so the counts can be had from the end of the pipe backwards.
    print("\n--- the funnel")
    came_out = {"score": len(kept)}
    for step, before in (("score", "respond"), ("respond", "prompts")):
        came_out[before] = came_out[step] + sum(entry["kind"] != "trimmed" for entry in rejects[step])
    for step, count in reversed(came_out.items()):
        print(funnel_line(step, count, rejects[step]))
    responses = sum(len(record["responses"]) for record in kept)
    print(f"  in the end {len(kept)} prompts with {responses} responses. The text is made up: this was a rehearsal.")

    print("\n--- the files")
    for path in sorted(folder.glob("*.jsonl")):
        print(f"  {path}  ({len(lines(path))} lines, {path.stat().st_size:,} bytes)")
    print()
    left_out = [entry for step in ("score", "respond", "prompts") for entry in rejects[step]]
    left_out.sort(key=lambda entry: entry["kind"] == "trimmed")  # whole lines first
    if left_out:
        entry = left_out[0]
        print(f"Why one was left out:   {sdg} why {entry['id']} --rejects {folder}/{entry['step']}.rejects.jsonl")
    print("With real models next:  README.md, and the files in configs/")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
