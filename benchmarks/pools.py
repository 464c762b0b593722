"""A pool of three endpoints, of which one is killed under load and started again.

    python benchmarks/pools.py [--runs 3] [--prompts 6000]

Exponential latency with a mean of 0.1 s, concurrency 32. The third endpoint is killed (SIGKILL) after a fifth of the
prompts, and started again when the other two have answered half. moved s: from the kill until the other two answer nine
tenths as fast as before, or faster, measured over a quarter of a second, which is therefore the least it can be.
back s: from the new start to the first answer. Beside it the same run with nothing killed.
"""

from __future__ import annotations

import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from clients import SDG, arguments, configure
from figures import Figures
from runs import Client, Endpoint, outcome, write_prompts

CONCURRENCY, LATENCY = 32, "exponential:0.1"


def answered(endpoints: list[Endpoint]) -> float:
    return sum(endpoint.stats()["answered"] for endpoint in endpoints)


def wait_for(endpoints: list[Endpoint], count: float, client: Client) -> None:
    """Until that many were answered, or the client has ended."""
    while client.running() and answered(endpoints) < count:
        time.sleep(0.02)


def rate(endpoints: list[Endpoint], seconds: float) -> float:
    """Answers a second, over the next `seconds`."""
    before, began = answered(endpoints), time.monotonic()
    time.sleep(seconds)
    return (answered(endpoints) - before) / (time.monotonic() - began)


def kill_and_restart(others: list[Endpoint], third: Endpoint, prompts: int, client: Client) -> dict[str, float | None]:
    """Let the third die and come back; how the work moved."""
    wait_for([*others, third], prompts * 0.2, client)
    usual = rate(others, 0.5)
    third.kill()
    killed = time.monotonic()
    while client.running() and rate(others, 0.25) < 0.9 * usual:
        pass
    moved = time.monotonic() - killed
    wait_for(others, prompts * 0.5, client)
    third.start()
    started = time.monotonic()
    while client.running() and not third.stats()["answered"]:
        time.sleep(0.02)
    return {"moved_s": moved, "back_s": time.monotonic() - started if client.running() else None}


def measure(prompts: int, kill: bool, limit: float) -> dict[str, float | None]:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder = Path(scratch)
        options = ("--latency", LATENCY, "--busy", str(CONCURRENCY))
        endpoints = [stack.enter_context(Endpoint(*options)) for _ in range(3)]
        source, target = write_prompts(folder / "in.jsonl", prompts), folder / "out.jsonl"
        config = configure(folder, *(endpoint.url for endpoint in endpoints))
        command = [*SDG, "respond", str(source), "-o", str(target), "--config", str(config)]
        client = Client([*command, "--concurrency", str(CONCURRENCY)], folder)
        moved = kill_and_restart(endpoints[:2], endpoints[2], prompts, client) if kill else {}
        ran = client.wait(limit)
        lost, doubled, wrong, rejected = outcome(target, prompts)
    return {
        "wall_s": ran.wall if ran.status == 0 else None,
        "lost": lost + rejected,
        "doubled": doubled,
        "wrong": wrong,
        "status": ran.status,
        **moved,
    }


def main() -> None:
    options = arguments("One of three endpoints is killed and restarted.", prompts=6000).parse_args()
    figures = Figures(f"{options.prompts:,} prompts, three endpoints", ratios=("wall s",))
    for _ in range(options.runs):
        for name, kill in (("all three live", False), ("one killed and restarted", True)):
            figures.add(name, **measure(options.prompts, kill, options.limit))
    figures.print()


if __name__ == "__main__":
    main()
