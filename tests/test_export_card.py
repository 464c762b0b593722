"""The card of an export: what it tells of where the rows are from, and what it does not claim."""

from __future__ import annotations

from pathlib import Path

from exported import answer, loaded, record, said
from one_process import several
from support import read_lines, sdg, write_lines


def test_the_card_calls_only_that_synthetic_which_a_model_made(tmp_path: Path) -> None:
    from huggingface_hub import DatasetCard

    chats = [
        {"messages": [said("user", f"Imported {n}?"), said("assistant", "Yes.")], "model": "chat-llm"} for n in range(4)
    ]
    write_lines(tmp_path / "raw.jsonl", chats)
    assert sdg(tmp_path, "import", "messages", "raw.jsonl", "-o", "chats.jsonl").returncode == 0
    imported = read_lines(tmp_path / "chats.jsonl")
    for line in imported:
        line["source"]["model"] = "chat-llm"
    call = {"model": "ours", "finish_reason": "stop"}
    answered = [{**line, "responses": [answer("No.", **call)]} for line in imported[:2]]
    made = [
        record("m", "Made?", answer("Yes.", **call), source={"model": "writer", "template": "t", "template_hash": "h"})
    ]
    turned = [{**line, "id": f"turned {n}", "source": {**line["source"], "model": "player", "form": "two-turn",
               "seed": "s", "template": "t"}} for n, line in enumerate(imported[:1])]  # fmt: skip
    files = {
        "real": imported,
        "mixed": [*answered, *imported[2:], *turned],
        "made": made,
        "own": [record("o", "Own?", answer("Yes."))],
    }
    for name, lines in files.items():
        write_lines(tmp_path / f"{name}.jsonl", lines)
    done = several(tmp_path, *(["export", "messages", f"{name}.jsonl", "-o", f"{name}/"] for name in files))
    assert [one.status for one in done] == [0] * 4, [one.err for one in done]
    text = {name: (tmp_path / name / "README.md").read_text() for name in files}
    tags = {name: vars(DatasetCard(card).data)["tags"] for name, card in text.items()}
    assert tags == {name: ["synthetic", "sdg"] if name in ("mixed", "made") else ["sdg"] for name in files}
    opening = {name: card.split("---\n", 2)[2].split("\n\n")[1] for name, card in text.items()}
    assert opening["real"].startswith("Imported chats: nothing in them was written by a model through sdg.")
    assert opening["mixed"].startswith("Partly synthetic data")
    assert opening["made"].startswith("Synthetic data")
    assert opening["own"].startswith("Data of which nothing is known to be written by a model through sdg.")
    assert "Models that wrote prompts" not in text["real"] + text["own"]
    assert "| chat-llm |" not in text["mixed"].partition("## Models that wrote prompts")[2].partition("##")[0]
    assert "| player | 1 |" in text["mixed"].partition("## Models that wrote prompts")[2]
    for row in ("| prompts | imported | 4 |", "| prompts | made with sdg, of imported ones | 1 |",
                "| answers | made with sdg | 2 |", "| answers | imported | 3 |"):  # fmt: skip
        assert row in text["mixed"]


def test_the_card_tells_where_the_rows_are_from(tmp_path: Path) -> None:
    from huggingface_hub import DatasetCard

    source = {"language": "German", "model": "writer", "template": "writing/draft+writing/revise",
              "template_hash": "aaa+bbb"}  # fmt: skip
    lines = [
        record(
            f"p{n}",
            f"Beet {n}?",
            answer("x", model="one", reward=float(n), reward_model="judge", scores={"helpfulness": n / 10}),
            answer("y", model="two|b", reward=-1.0, reward_model="judge", scores={"helpfulness": 0.0}),
            task="writing",
            source=source,
        )
        for n in range(1, 101)
    ]
    write_lines(tmp_path / "in.jsonl", lines)
    path = str(tmp_path / "in.jsonl")
    done = sdg(tmp_path, "export", "sharegpt", path, "-o", "beds/", "--license", "cc-by-4.0", "--shard-rows", "60")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "beds/README.md").read_text()
    body = text.split("---\n", 2)[2]
    card = vars(DatasetCard(text).data)
    assert card["license"] == "cc-by-4.0"
    assert card["language"] == ["de"]
    assert card["size_categories"] == ["n<1K"]
    assert {"synthetic", "sdg"} <= set(card["tags"])
    assert card["pretty_name"] == "beds"
    assert card["configs"][0]["data_files"] == [{"split": "train", "path": "data/train-*.jsonl"}]
    table = [
        tuple(cell.strip() for cell in line.strip("|").split("|")) for line in body.splitlines() if line[:1] == "|"
    ]
    for row in (
        ("prompts read", "100"),
        ("answers to them", "200"),
        ("answers with a reward", "200"),
        ("rows exported", "100"),
        ("one", "100"),
        ("judge", "100"),
        ("writing/revise", "bbb", "100"),
        ("writing", "100"),
        ("reward", "1", "25", "50", "75", "100", "50.5"),
        ("helpfulness", "0.1", "2.5", "5", "7.5", "10", "5.05"),
    ):
        assert row in table
    assert "two" not in body  # its answers were not exported
    assert "sdg export sharegpt in.jsonl --shard-rows 60 --license cc-by-4.0 -o beds/" in body
    assert str(tmp_path) not in text
    assert loaded(tmp_path / "beds")["train"].num_rows == 100
