"""What one writes first: AsyncOpenAI, a semaphore, and all prompts at once.

    python benchmarks/naive.py IN.jsonl OUT.jsonl URL CONCURRENCY

Reads {"prompt"}, writes {"prompt", "response"}. No cache, no resume, no checks; openai's own retries.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TextIO

import openai


async def answer_all(source: Path, target: TextIO, url: str, concurrency: int) -> int:
    """How many prompts got no answer."""
    client = openai.AsyncOpenAI(base_url=url, api_key="none")
    slots = asyncio.Semaphore(concurrency)

    async def answer(prompt: str) -> bool:
        async with slots:
            try:
                messages = [{"role": "user", "content": prompt}]
                completion = await client.chat.completions.create(model="fast-instruct", messages=messages)  # type: ignore[arg-type]
                text = completion.choices[0].message.content
            except (openai.OpenAIError, ValueError, AttributeError, TypeError, IndexError) as error:
                print(f"lost: {error!r}"[:200], file=sys.stderr)
                return False
        target.write(json.dumps({"prompt": prompt, "response": text}) + "\n")
        return True

    with source.open() as file:
        prompts = [json.loads(line)["prompt"] for line in file]
    return (await asyncio.gather(*map(answer, prompts))).count(False)


if __name__ == "__main__":
    with open(sys.argv[2], "w") as target:
        lost = asyncio.run(answer_all(Path(sys.argv[1]), target, sys.argv[3], int(sys.argv[4])))
    sys.exit(1 if lost else 0)
