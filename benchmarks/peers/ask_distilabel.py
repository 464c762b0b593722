"""Answers a file of prompts with distilabel, in batches that are as big as the concurrency.

    python ask_distilabel.py IN.jsonl OUT.jsonl URL CONCURRENCY

Run by its own Python, in .venv-peers/distilabel.
"""

from __future__ import annotations

import json
import os
import sys

from distilabel.models import OpenAILLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts
from distilabel.steps.tasks import TextGeneration


def main(source: str, target: str, url: str, concurrency: int) -> None:
    with open(source) as file:
        rows = [{"instruction": json.loads(line)["prompt"]} for line in file]
    with Pipeline(cache_dir=os.path.join(os.path.dirname(target), "distilabel")) as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=concurrency)
        llm = OpenAILLM(model="fast-instruct", base_url=url, api_key="none")
        load >> TextGeneration(llm=llm, input_batch_size=concurrency, add_raw_input=False, add_raw_output=False)
    found = pipeline.run(use_cache=False)["default"]["train"]
    with open(target, "w") as file:
        for row in found:
            if row["generation"] is not None:
                file.write(json.dumps({"prompt": row["instruction"], "response": row["generation"]}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
