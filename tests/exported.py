"""Records to export, and what came of it as the tests look at it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from support import read_lines

FORMATS = ("messages", "prompt-completion", "sharegpt", "llama-factory", "nemo-aligner", "nemo-rl", "torchtune")
PAIRS = ("axolotl", "llama-factory-preference", "nemo-aligner-dpo", "nemo-aligner-rpo", "nemo-rl-preference",
         "openrlhf", "preference", "torchtune-preference", "trl-reward")  # fmt: skip
LABELLED = ("kto", "llama-factory-kto")
SCORED = ("helpsteer2", "nemo-aligner-regression", "steerlm")
Line = dict[str, Any]


def unlike(number: int) -> str:
    """A text for each number, no two of which are near copies of each other."""
    return hashlib.sha256(str(number).encode()).hexdigest()


def said(role: str, content: str, **more: Any) -> Line:
    return {"role": role, "content": content, **more}


def answer(*texts: str, **more: Any) -> Line:
    """A response: assistant, user, assistant, ..."""
    roles = ("assistant", "user")
    return {"messages": [said(roles[n % 2], text) for n, text in enumerate(texts)], **more}


def record(id: str, prompt: Any, *responses: Line, **more: Any) -> Line:
    return {"id": id, "prompt": prompt, "responses": list(responses), **more}


def pair(id: str, prompt: Any, chosen: Line, rejected: Line, **more: Any) -> Line:
    """A line of `sdg pairs`; the rewards are those of the responses."""
    better, worse = chosen.get("reward"), rejected.get("reward")
    margin = None if better is None or worse is None else better - worse
    told = {"chosen_reward": better, "rejected_reward": worse, "margin": margin, "judge": "reward", "judge_model": "rm"}
    rest = {"record": id, "number": 1, "pairs": 1, "on_policy": ""}
    return {"id": id, "prompt": prompt, "chosen": chosen, "rejected": rejected, **told, **rest, **more}


def scored(text: str, reward: float = 1.0, **more: Any) -> Line:
    """A response with five attributes and a reward."""
    names = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
    return answer(text, scores={name: reward / 2 + n / 8 for n, name in enumerate(names)}, reward=reward, **more)


def some(count: int) -> list[Line]:
    """Records with texts that a reader which guesses types would change, system prompts and dialogues among them."""
    lines = []
    for n in range(count):
        turns = ("2024-01-01", "And then?", "2024-01-02, or 3") if n % 3 == 0 else (f"20{n:02}-05-01",)
        response = answer(*turns, model="m/one", system="2020-02-02" if n % 3 == 0 else "", reward=n / 4)
        lines.append(record(f"p{n}", f"On which day was {unlike(n)} sown? é|\t", response))
    return lines


def contents(folder: Path, hidden: bool = True) -> dict[str, bytes]:
    """Everything in a folder: what is in each file, b"" for a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if hidden or not name.startswith("."):
            found[name] = path.read_bytes() if path.is_file() else b""
    return found


def rejects(folder: Path, name: str = "out.rejects.jsonl") -> list[tuple[str, str, str]]:
    return [(entry["id"], entry["kind"], entry["cause"]) for entry in read_lines(folder / name)]


def loaded(path: Path, **how: Any) -> Any:
    import datasets

    datasets.disable_progress_bars()
    return datasets.load_dataset(str(path), cache_dir=str(path.parent / "cache"), **how)
