"""Trainers take the exports: TRL itself trains on them, the others are held to a fixture from their documentation."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from one_process import several
from sdg.core import plugin
from support import read_lines, write_lines

FIXTURES = sorted((Path(__file__).parent / "trainers").glob("*.json"))
TEMPLATE = (
    "{% for message in messages %}<{{ message['role'] }}>{{ message['content'] }}<end>{% endfor %}"
    "{% if add_generation_prompt %}<assistant>{% endif %}"
)


def talk() -> dict[str, Any]:
    """The conversation of the fixtures, as a line of `sdg respond --turns 2`."""
    return {
        "id": "heather",
        "prompt": [{"role": "user", "content": "Which soil suits heather?"}],
        "responses": [
            {
                "messages": [
                    {"role": "assistant", "content": "An acid one."},
                    {"role": "user", "content": "And how wet?"},
                    {"role": "assistant", "content": "Moist, never soaked."},
                ],
                "system": "Answer briefly.",
            }
        ],
    }


def test_rows_have_the_shape_of_the_trainers_own_documentation(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", [talk()])
    names = [fixture.stem for fixture in FIXTURES]
    assert set(names) == set(plugin.names("sdg.export", "Format"))
    made = several(tmp_path, *(["export", name, "in.jsonl", "-o", f"{name}.jsonl"] for name in names))
    for name, fixture, done in zip(names, FIXTURES, made, strict=True):
        assert done.status == 0, done.err
        documented = json.loads(fixture.read_text())
        [row] = read_lines(tmp_path / f"{name}.jsonl")
        assert row == documented["row"], name
        assert list(row) == list(documented["row"]), name
        if "dataset_info" in documented:
            assert json.loads((tmp_path / "dataset_info.json").read_text()) == {name: documented["dataset_info"]}


def test_trl_trains_on_messages_and_learns_only_the_completion_of_prompt_completion(tmp_path: Path) -> None:
    lines = []
    for number in range(12):
        question, answer = f"What grows in bed {number} of the garden?", f"Bean number {number}, and a little thyme."
        response = {"messages": [{"role": "assistant", "content": answer}], "system": "Speak of plants." * (number % 2)}
        lines.append({"id": f"p{number}", "prompt": question, "responses": [response]})
    write_lines(tmp_path / "in.jsonl", lines)
    losses = {}
    formats = ("messages", "prompt-completion")
    made = several(tmp_path, *(["export", format, "in.jsonl", "-o", f"{format}/"] for format in formats))
    for format, done in zip(formats, made, strict=True):
        assert done.status == 0, done.err
        losses[format], learned = train(tmp_path / format)
        assert len(losses[format]) == 3
        assert all(math.isfinite(loss) for loss in losses[format])
        if format == "prompt-completion":
            assert all(text.startswith("Bean number") for text in learned)
        else:
            assert all("<user>What grows in bed" in text for text in learned)
    assert losses["messages"] != losses["prompt-completion"]


def train(folder: Path) -> tuple[list[float], list[str]]:
    """Three steps of TRL's SFTTrainer on a data set folder: (the losses, the text that the labels keep of each row)."""
    import datasets
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM
    from trl import SFTConfig, SFTTrainer

    data = datasets.load_dataset(str(folder), split="train", cache_dir=str(folder / "cache"))
    tokenizer = tiny_tokenizer()
    torch.manual_seed(0)
    torch.set_num_threads(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=2,
        max_position_embeddings=512,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    arguments = SFTConfig(
        output_dir=str(folder / "trained"),
        max_steps=3,
        per_device_train_batch_size=4,
        logging_steps=1,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        bf16=False,
        max_length=512,
        disable_tqdm=True,
        seed=0,
    )
    trainer = SFTTrainer(model=LlamaForCausalLM(config), args=arguments, train_dataset=data, processing_class=tokenizer)
    batch = next(iter(trainer.get_train_dataloader()))
    kept = [[token for token in labels.tolist() if token != -100] for labels in batch["labels"]]
    trainer.train()
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    return losses, [tokenizer.decode(tokens) for tokens in kept]


def tiny_tokenizer() -> Any:
    """A byte-level tokenizer without merges and with a chat template; nothing is downloaded."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    special = ["<pad>", "<end>", "<system>", "<user>", "<assistant>"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate([*special, *alphabet])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="<end>", chat_template=TEMPLATE
    )
