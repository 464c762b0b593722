"""Full endpoints: the share of slots that are busy while there are prompts to feed, under lognormal latency (0.5 s, 1).

    python benchmarks/slots.py [--runs 3] [--clients sdg,naive] [--concurrency 64]

At concurrency 64 and 1,024. Then a pipe of respond and score at 256, an endpoint for each: both have to be busy at the
same time, from when score has filled its slots once until respond's last prompt is out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from clients import SDG, arguments, command, configure
from figures import Figures
from runs import Client, Endpoint, outcome, write_prompts

LATENCY, MEAN = "lognormal:0.5,1", 0.824  # seconds
PIPE = 256
CHECKS = 3  # conversations by which score makes sure that a reward model is one


def alone(name: str, concurrency: int, prompts: int, limit: float) -> dict[str, float | None]:
    """One client at one endpoint."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source, target = write_prompts(folder / "in.jsonl", prompts), folder / "out.jsonl"
        with Endpoint("--latency", LATENCY, "--busy", str(concurrency)) as endpoint:
            ran = Client(command(name, source, target, endpoint.url, concurrency), folder).wait(limit)
            seen = endpoint.stats()
        lost, doubled, wrong, rejected = outcome(target, prompts)
        return {
            "busy": seen["busy"],
            "feeding_s": seen["seconds_feeding"],
            "wall_s": ran.wall if ran.status >= 0 else None,
            "CPU_s": ran.cpu,
            "peak_MB": ran.mb,
            "lost_doubled_or_wrong": lost + doubled + wrong + rejected,
        }


def pipe(prompts: int) -> dict[str, float | None]:
    """sdg respond | sdg score."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        Endpoint("--latency", LATENCY) as one,
        Endpoint("--latency", LATENCY) as two,
    ):
        folders = [Path(scratch, part) for part in ("respond", "score")]
        for folder in folders:
            folder.mkdir()
        source = write_prompts(folders[0] / "in.jsonl", prompts)
        runs = [
            [*SDG, verb, "--config", str(configure(folder, end.url)), "--concurrency", str(PIPE)]
            for verb, folder, end in zip(("respond", "score"), folders, (one, two), strict=True)
        ]
        respond = Client([*runs[0], str(source)], folders[0], stdout=subprocess.PIPE)
        score = Client([*runs[1], "-o", "scored.jsonl"], folders[1], stdin=respond.process.stdout)
        assert respond.process.stdout
        respond.process.stdout.close()
        respond_busy, score_busy = both_busy(one, two, prompts)
        walls = [client.wait().wall for client in (respond, score)]
        lost, doubled, wrong, rejected = outcome(folders[1] / "scored.jsonl", prompts)
    return {
        "busy": respond_busy,
        "busy_of_score": score_busy,
        "wall_s": max(walls),
        "wall_over_ideal_of_one": max(walls) / (prompts * MEAN / PIPE),
        "lost_doubled_or_wrong": lost + doubled + wrong + rejected,
    }


def both_busy(one: Endpoint, two: Endpoint, prompts: int) -> tuple[float, float]:
    """How busy both endpoints are, from when score has filled its slots once until respond's last prompt is out."""
    while two.stats()["prompts"] < PIPE + CHECKS:
        if one.stats()["prompts"] >= prompts:
            sys.exit(f"slots: {prompts:,} prompts are too few for a pipe on this machine: say more with --prompts")
        time.sleep(0.05)
    began = [one.stats(), two.stats()]
    while (now := one.stats())["prompts"] < prompts:
        time.sleep(0.05)
    ended = [now, two.stats()]
    shares = [(b["area"] - a["area"]) / (b["now"] - a["now"]) / PIPE for a, b in zip(began, ended, strict=True)]
    return shares[0], shares[1]


def main() -> None:
    parser = arguments("Full endpoints.", prompts=0)
    parser.add_argument("--concurrency", type=int, action="append", metavar="N", help="64 and 1024, and the pipe")
    options = parser.parse_args()
    for concurrency in options.concurrency or [64, 1024]:
        prompts = options.prompts or {64: 3000, 1024: 20_000}.get(concurrency, 20 * concurrency)
        figures = Figures(f"{prompts:,} prompts, concurrency {concurrency:,}", ratios=("busy",))
        for _ in range(options.runs):
            for name in options.clients:
                figures.add(name, **alone(name, concurrency, prompts, options.limit))
        figures.print()
    if not options.concurrency and "sdg" in options.clients:
        figures = Figures(f"respond | score, concurrency {PIPE} each", ratios=())
        for _ in range(options.runs):
            figures.add("sdg", **pipe(options.prompts or 6000))
        figures.print()


if __name__ == "__main__":
    main()
