"""Overload: an endpoint that takes 32 requests at once and answers 429 (Retry-After 0.1) above; 256 are allowed.

    python benchmarks/overload.py [--runs 3] [--prompts 4000] [--clients sdg,naive] [--latency fixed:0.075]

used: the share of the endpoint's 32 slots that were busy while there were prompts to feed. refused: of all requests.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from clients import arguments, command
from figures import Figures
from runs import Client, Endpoint, outcome, write_prompts

CAPACITY, CONCURRENCY = 32, 256


def measure(name: str, prompts: int, latency: str, limit: float) -> dict[str, float | None]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source, target = write_prompts(folder / "in.jsonl", prompts), folder / "out.jsonl"
        with Endpoint("--capacity", str(CAPACITY), "--busy", str(CAPACITY), "--latency", latency) as endpoint:
            ran = Client(command(name, source, target, endpoint.url, CONCURRENCY), folder).wait(limit)
            seen = endpoint.stats()
        lost, doubled, wrong, rejected = outcome(target, prompts)
        return {
            "used": seen["busy"],
            "refused": seen["refused"] / max(1, seen["requests"]),
            "lost": lost + rejected,
            "doubled_or_wrong": doubled + wrong,
            "wall_s": ran.wall if ran.status >= 0 else None,
            "CPU_s": ran.cpu,
        }


def main() -> None:
    parser = arguments("An endpoint that takes 32 requests at once.", prompts=4000, limit=60)
    parser.add_argument("--latency", action="append", metavar="SPEC", help="fixed:0.075 and exponential:0.075")
    options = parser.parse_args()
    for latency in options.latency or ["fixed:0.075", "exponential:0.075"]:
        figures = Figures(f"{options.prompts:,} prompts, {latency}", ratios=("wall s",))
        for _ in range(options.runs):
            for name in options.clients:
                figures.add(name, **measure(name, options.prompts, latency, options.limit))
        figures.print()


if __name__ == "__main__":
    main()
