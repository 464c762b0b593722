"""The language of a prompt, and what its system prompt demands: `sdg prompts --task instruction-following`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from support import read_lines, sdg, write_lines

TASK = ("prompts", "--task", "instruction-following", "--from")


def test_a_language_is_told_from_the_prompt_and_never_made_up(tmp_path: Path) -> None:
    texts = {
        "de": "Wie funktioniert eine Wärmepumpe, wenn es draußen friert?",
        "nl": "Wat is de beste manier om een fiets in de winter te onderhouden?",
        "id": "Buatkan cerita pendek tentang seekor naga yang tinggal di gunung.",
        "tr": "Kışın bahçemdeki gülleri soğuktan nasıl koruyabilirim?",
        "ru": "Как ухаживать за розами зимой в холодном саду?",
        "en": "How does a heat pump work when it is freezing outside?",
        "quotes": "What does the saying 'Morgenstund hat Gold im Mund' mean, and who says it?",
        "carries": "Describe the mood of this diary entry.\n\nGestern lief der Hund durch den Garten und fand Knochen.",
        "names": "Give me a recipe for pasta alla norma",
        "short": "How is soup made?",
        "known": "Comparez Rome et Paris comme villes de printemps, s'il vous plaît.",
    }
    lines: list[dict[str, Any]] = [{"id": id, "prompt": text} for id, text in texts.items()]
    lines[-1] |= {"source": {"language": "English"}}
    file = str(write_lines(tmp_path / "in.jsonl", lines))
    done = sdg(tmp_path, *TASK, file, "-o", "out.jsonl", "--seed", "6")
    assert done.returncode == 0, done.stderr
    rejects = {entry["id"]: entry for entry in read_lines(tmp_path / "out.rejects.jsonl")}
    assert {id for id, entry in rejects.items() if entry["cause"] == "other language"} == {"de", "nl", "id", "tr", "ru"}
    assert "is in German" in rejects["de"]["reason"]
    made = {line["source"]["seed"]: line["source"]["language"] for line in read_lines(tmp_path / "out.jsonl")}
    assert made == {"en": "English", "quotes": "English", "carries": "", "names": "", "short": "", "known": "English"}


def test_what_a_system_prompt_demands_is_not_contradicted(tmp_path: Path) -> None:
    system = {"role": "system", "content": "Reply in JSON with the key answer. Always write it in Polish."}
    asked = [f"How does a heat pump work in winter? Case {n}." for n in range(25)]
    lines = [{"prompt": [system, {"role": "user", "content": text}]} for text in asked]
    done = sdg(tmp_path, *TASK, str(write_lines(tmp_path / "in.jsonl", lines)))
    made = [json.loads(line) for line in done.stdout.splitlines()]
    assert "nothing suits 25" in done.stderr
    assert made == []
