"""Answers a file of prompts with bespokelabs-curator, set to ask as much at once as is allowed.

    python ask_curator.py IN.jsonl OUT.jsonl URL CONCURRENCY

Run by its own Python, in .venv-peers/curator.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec

os.environ |= {"TELEMETRY_ENABLED": "0", "CURATOR_VIEWER": "0", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
if (litellm := find_spec("litellm")) and litellm.origin:  # it brings the token tables that are fetched otherwise
    os.environ["TIKTOKEN_CACHE_DIR"] = os.path.join(os.path.dirname(litellm.origin), "litellm_core_utils/tokenizers")

from bespokelabs import curator
from datasets import load_dataset


class Answer(curator.LLM):
    def prompt(self, input: dict[str, str]) -> str:
        return input["prompt"]

    def parse(self, input: dict[str, str], response: str) -> list[dict[str, str]]:
        return [{"prompt": input["prompt"], "response": response}]


def main(source: str, target: str, url: str, concurrency: int) -> None:
    scratch = os.path.dirname(target)
    rows = load_dataset("json", data_files=source, split="train", cache_dir=f"{scratch}/datasets")
    limits = dict.fromkeys(("max_requests_per_minute", "max_tokens_per_minute"), 10**9)
    backend = {"base_url": url, "api_key": "none", "max_concurrent_requests": concurrency, **limits}
    llm = Answer("fast-instruct", backend="openai", backend_params={**backend, "require_all_responses": False})
    found = llm(rows, working_dir=f"{scratch}/curator")
    getattr(found, "dataset", found).to_json(target)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
