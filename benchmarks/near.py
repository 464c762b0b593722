"""Speed and memory of the index of near copies (sdg/core/near.py), as `sdg split` uses it: ask, then add.

    python benchmarks/near.py [PROMPTS]

Prompts of about 300 characters in made-up words, 100,000 of them by default; then 5,000 of 1,500 characters of which
the first 1,200 are always the same, the hardest case for the table.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable

from sdg.core.near import Near


def run(name: str, count: int, text: Callable[[], str]) -> None:
    """Time `count` texts, and print how the process grew."""
    near = Near()
    near.near(text())  # imports what is needed
    before, seconds = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0.0
    for _ in range(count):
        prompt = text()
        began = time.process_time()
        near.near(prompt)
        near.add(prompt, 0)
        seconds += time.process_time() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(f"{name}: {count:,} prompts, {count / seconds:,.0f} a second of CPU, {grown / count:,.0f} bytes each")


def main() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 9))) for _ in range(5000)]
    beginning = " ".join(chance.choices(words, k=190))
    run("different", int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, lambda: " ".join(chance.choices(words, k=47)))
    run("one beginning", 5000, lambda: f"{beginning} {' '.join(chance.choices(words, k=47))}")


if __name__ == "__main__":
    main()
