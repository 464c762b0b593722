"""`sdg export --push-to-hub`, with the real huggingface_hub against a server that speaks the hub's upload protocol."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from exported import unlike
from support import environment, sdg, write_lines
from upload_hub import upload_hub


def answered(count: int) -> list[dict[str, Any]]:
    """Prompts with one answer each."""
    response = {"messages": [{"role": "assistant", "content": "In spring."}], "model": "m"}
    return [{"id": f"p{n}", "prompt": unlike(n), "responses": [response]} for n in range(count)]


def test_a_folder_is_uploaded_in_one_commit_and_replaced_only_when_told(tmp_path: Path) -> None:
    from pyarrow import parquet

    write_lines(tmp_path / "in.jsonl", answered(30))
    push = ["export", "messages", "in.jsonl", "--push-to-hub", "garden/beds"]
    with upload_hub("garden/beds") as hub:
        env = environment(**hub.environment(str(tmp_path / "home")), TMPDIR=str(tmp_path))
        done = sdg(tmp_path, *push, "--parquet", "--shard-rows", "10", "--test", "0.2", "--private", env=env)
        assert done.returncode == 0, done.stderr
        assert not done.stdout
        assert f"uploaded to {hub.url}/datasets/garden/beds" in done.stderr
        assert hub.private
        assert len(hub.commits) == 1
        data = {name: content for name, content in hub.files.items() if name.startswith("data/")}
        assert len(data) > 2
        assert set(hub.files) - set(data) == {"README.md"}
        assert sum(parquet.read_table(io.BytesIO(content)).num_rows for content in data.values()) == 30
        assert not list(tmp_path.glob(".sdg*"))  # nothing stays where it was made

        refused = sdg(tmp_path, *push, env=env)
        assert refused.returncode == 2
        assert "has files already: replace them with --overwrite" in refused.stderr
        assert len(hub.commits) == 1

        owned = ("NOTES.md", "data/raw/train-00000-of-00001.jsonl", "data/notes.csv", "train/weights.bin",
                 "dataset_info.json")  # fmt: skip
        hub.files.update(dict.fromkeys(owned, b"the owner's"))
        done = sdg(tmp_path, *push, "--overwrite", "-o", "kept/", env=env)
        assert done.returncode == 0, done.stderr
        assert set(hub.files) == {"README.md", "data/train-00000-of-00001.jsonl", *owned}
        assert hub.files["README.md"] == (tmp_path / "kept/README.md").read_bytes()

        lists = ["export", "llama-factory", *push[2:], "--overwrite"]
        assert sdg(tmp_path, *lists, env=env).returncode == 0
        trained = {"train/train-00000-of-00001.jsonl", "dataset_info.json"}
        assert set(hub.files) == {"README.md", *owned} | trained
        assert sdg(tmp_path, *push, "--overwrite", env=env).returncode == 0
        assert not trained & set(hub.files)

        hub.private = False
        refused = sdg(tmp_path, *push, "--overwrite", "--private", env=env)
        assert refused.returncode == 2
        assert "is public already" in refused.stderr


def test_what_the_hub_refuses_is_told_and_the_folder_stays(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", answered(3))
    push = ["export", "messages", "in.jsonl", "--push-to-hub", "garden/beds", "-o", "beds/"]
    with upload_hub("garden/beds") as hub:
        env = environment(**hub.environment(str(tmp_path / "home")))
        nobody = sdg(tmp_path, *push, env={key: value for key, value in env.items() if key != "HF_TOKEN"})
        assert nobody.returncode == 2
        assert "run `hf auth login`, or set HF_TOKEN" in nobody.stderr
        assert not (tmp_path / "beds").exists()

        hub.refuses = True
        refused = sdg(tmp_path, *push, env=env)
        assert refused.returncode == 1
        assert "your token may not write there" in refused.stderr
        assert "hf_test" not in refused.stderr
        assert f"The data set is whole in {tmp_path / 'beds'}" in refused.stderr
        assert (tmp_path / "beds/README.md").exists()
    wrong = sdg(tmp_path, "export", "messages", "in.jsonl", "--push-to-hub", "beds")
    assert wrong.returncode == 2
    assert "write ORG/NAME" in wrong.stderr
