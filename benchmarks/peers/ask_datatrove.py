"""Answers a file of prompts with datatrove's inference, which has sockets of its own.

    python ask_datatrove.py IN.jsonl OUT.jsonl URL CONCURRENCY

Run by its own Python, in .venv-peers/datatrove.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.inference.run_inference import InferenceConfig, InferenceRunner
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


async def answer(document: Document, generate: Any) -> str:
    """One request for one document."""
    return (await generate({"messages": [{"role": "user", "content": document.text}]})).text


def as_line(_: Any, document: Document) -> dict[str, Any]:
    return {"prompt": document.text, "response": document.metadata["rollout_results"][0]}


def main(source: str, target: str, url: str, concurrency: int) -> None:
    config = InferenceConfig(
        server_type="endpoint",
        model_name_or_path="fast-instruct",
        endpoint_url=url.removesuffix("/v1"),
        max_concurrent_generations=concurrency,
    )
    folder, name = os.path.split(target)
    writer = JsonlWriter(folder, output_filename=name, compression=None, adapter=as_line)
    reader = JsonlReader(source, text_key="prompt")
    InferenceRunner(answer, config, writer).run(reader.run())


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
