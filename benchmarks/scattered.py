"""Scattered faults: 5 % 429 with Retry-After 1, 2 % 500, 1 % resets, 0.5 % cut JSON, 0.5 % cut bodies.

    python benchmarks/scattered.py [--runs 3] [--prompts 1000] [--clients sdg,naive]

Concurrency 32, exponential latency with a mean of 0.1 s: with nothing wrong, 1,000 prompts would take 3.3 s.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from clients import arguments, command
from figures import Figures
from runs import Client, Endpoint, outcome, write_prompts

FAULTS = ("429=0.05", "500=0.02", "reset=0.01", "cut=0.005", "cut-body=0.005")
CONCURRENCY = 32


def measure(name: str, prompts: int, seed: int, limit: float) -> dict[str, float | None]:
    faults = [part for fault in FAULTS for part in ("--fault", fault)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source, target = write_prompts(folder / "in.jsonl", prompts), folder / "out.jsonl"
        with Endpoint(
            "--latency", "exponential:0.1", "--busy", str(CONCURRENCY), "--seed", str(seed), *faults
        ) as endpoint:
            ran = Client(command(name, source, target, endpoint.url, CONCURRENCY), folder).wait(limit)
            seen = endpoint.stats()
        lost, doubled, wrong, rejected = outcome(target, prompts)
        return {
            "wall_s": ran.wall if ran.status >= 0 else None,
            "lost": lost + rejected,
            "doubled_or_wrong": doubled + wrong,
            "requests": seen["requests"],
            "busy": seen["busy"],
        }


def main() -> None:
    options = arguments("Scattered faults.", prompts=1000, limit=60).parse_args()
    figures = Figures(f"{options.prompts:,} prompts, scattered faults", ratios=("wall s",))
    for number in range(options.runs):
        for name in options.clients:
            figures.add(name, **measure(name, options.prompts, number, options.limit))
    figures.print()


if __name__ == "__main__":
    main()
