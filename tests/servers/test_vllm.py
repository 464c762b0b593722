"""`sdg score` against real reward servers: vLLM with tiny random models, beside what transformers makes of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import Served, served

from one_process import several
from sdg.core.rewards.scores import DEFAULT_WEIGHTS, weighted
from sdg.record import ATTRIBUTES
from support import read_lines, write_lines
from tiny import tiny_tokenizer

CONTEXT = 512
MARK = "!"
"""The token whose logit is the reward of the causal model, as in Llama-3.1-Nemotron-70B-Reward."""

AS_CLASSIFIER = {
    "architectures": ["LlamaForSequenceClassification"],
    "classifier_from_token": [MARK],
    "method": "no_post_processing",
}
"""How configs/vllm.toml says that a causal reward model is served."""

ANSWERS = [
    "Ice floats because it is less dense than water.",
    "No.",
    "冰的密度比水小,所以它浮在水面上。",
    "Let x = 4:\n\n```python\nprint(x**2)\n```\n\nso x² is 16 🧪",
]
LONG = "It depends, as so often. " * 40


def conversation(answer: str) -> list[dict[str, str]]:
    question = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Pourquoi la glace flotte ?"}]
    return [*question, {"role": "assistant", "content": answer}]


class Reward:
    """A tiny random reward model in a folder. kind: `one` label, `five` labels, or `causal`."""

    def __init__(self, folder: Path, kind: str) -> None:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM, LlamaForSequenceClassification

        self.kind, self.folder, self.tokenizer = kind, folder / kind, tiny_tokenizer()
        torch.manual_seed(1)
        config = LlamaConfig(
            vocab_size=len(self.tokenizer),
            hidden_size=64,  # two heads of 32: smaller ones vLLM has no attention for on a CPU
            intermediate_size=128,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            max_position_embeddings=CONTEXT,
            initializer_range=0.3,  # numbers that are not all between 0 and 1
            bos_token_id=None,
            eos_token_id=self.tokenizer.eos_token_id,
            pad_token_id=self.tokenizer.pad_token_id,
            **({} if kind == "causal" else {"num_labels": {"one": 1, "five": 5}[kind]}),
        )
        self.model: Any = (LlamaForCausalLM if kind == "causal" else LlamaForSequenceClassification)(config).eval()
        self.model.save_pretrained(self.folder)
        self.tokenizer.save_pretrained(self.folder)

    def logits(self, answer: str) -> list[float]:
        """What transformers itself says of a conversation that ends with this answer."""
        import torch

        text = self.tokenizer.apply_chat_template(conversation(answer), tokenize=False)
        tokens = self.tokenizer(text, add_special_tokens=False, return_tensors="pt").input_ids
        with torch.no_grad():
            logits = self.model(tokens).logits[0]
        if self.kind == "causal":
            return [float(logits[-1, self.tokenizer.convert_tokens_to_ids(MARK)])]
        return [float(value) for value in logits]

    def serve(self) -> Served:
        options = ["--served-model-name", self.kind, "--runner", "pooling", "--dtype", "float32", "--enforce-eager"]
        options += ["--max-model-len", str(CONTEXT), "--max-num-seqs", "8"]
        if self.kind == "causal":
            options += ["--hf-overrides", json.dumps(AS_CLASSIFIER)]
        # Two threads for each would wait for one another on a small machine.
        variables = {"VLLM_CPU_KVCACHE_SPACE": "1", "OMP_NUM_THREADS": "1"}
        return Served("vllm/vllm", self.folder / "server.log", "serve", str(self.folder), *options, **variables)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reward]:
    folder = tmp_path_factory.mktemp("models")
    return {kind: Reward(folder, kind) for kind in ("one", "five", "causal")}


@pytest.fixture(scope="module")
def scored(models: dict[str, Reward], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what `sdg score` made of the answers: `KIND.jsonl` of each model, asked in each way."""
    folder = tmp_path_factory.mktemp("scored")
    responses = [{"messages": [{"role": "assistant", "content": answer}], "model": "m"} for answer in ANSWERS]
    too_long = {"messages": [{"role": "assistant", "content": LONG}], "model": "m"}
    prompt = conversation("")[:-1]
    lines = [{"id": "all", "prompt": prompt, "responses": responses}]
    write_lines(folder / "in.jsonl", [*lines, {"id": "long", "prompt": prompt, "responses": [too_long]}])
    servers = {kind: model.serve() for kind, model in models.items()}
    with served(*servers.values(), path="/health"):
        commands = []
        for name in ("one", "five", "causal", "one, pooling", "five, pooling"):
            kind, _, format = name.partition(", ")
            config = [f'base_url = "{servers[kind].url}/v1"', f'model = "{kind}"', f'format = "{format or "auto"}"']
            (folder / f"{name}.toml").write_text("\n".join(["[models.reward]", *config]))
            files = ["-o", f"{name}.jsonl", "--rejects", f"{name}.rejects.jsonl", "--config", f"{name}.toml"]
            commands.append(["score", "in.jsonl", *files])
        for done, command in zip(several(folder, *commands), commands, strict=True):
            (folder / f"{command[3]}.said").write_text(f"{done.status}\n{done.err}")
        yield folder


def responses_in(path: Path) -> list[dict[str, Any]]:
    [line] = read_lines(path)
    responses: list[dict[str, Any]] = line["responses"]
    return responses


@pytest.mark.parametrize("name", ["one", "one, pooling", "causal"])
def test_one_number_is_the_logit_that_transformers_computes(scored: Path, models: dict[str, Reward], name: str) -> None:
    model = models[name.partition(",")[0]]
    rewards = [response["reward"] for response in responses_in(scored / f"{name}.jsonl")]
    assert rewards == [pytest.approx(model.logits(answer)[0], rel=1e-4, abs=1e-5) for answer in ANSWERS]
    assert len(set(rewards)) == len(ANSWERS)


@pytest.mark.parametrize("name", ["five", "five, pooling"])
def test_five_labels_are_the_five_attributes_in_their_order(scored: Path, models: dict[str, Reward], name: str) -> None:
    for response, answer in zip(responses_in(scored / f"{name}.jsonl"), ANSWERS, strict=True):
        attributes = dict(zip(ATTRIBUTES, models["five"].logits(answer), strict=True))
        assert response["scores"] == {
            name: pytest.approx(value, rel=1e-4, abs=1e-5) for name, value in attributes.items()
        }
        assert response["reward"] == pytest.approx(weighted(attributes, DEFAULT_WEIGHTS), abs=1e-4)


def test_the_way_to_ask_is_found_and_a_conversation_too_long_is_told_in_the_servers_words(scored: Path) -> None:
    for name in ("one", "five", "causal", "one, pooling", "five, pooling"):
        status, _, said = (scored / f"{name}.jsonl.said").read_text().partition("\n")
        assert status == "1", said
        assert f"POST /{name.partition(', ')[2] or 'classify'} gives" in said
        [reject] = read_lines(scored / f"{name}.rejects.jsonl")
        assert (reject["id"], reject["cause"]) == ("long", "context too long")
        assert f"maximum context length is {CONTEXT} tokens" in reject["reason"]
