"""Throughput: whole commands, start-up included, against an endpoint that answers at once on another core.

    python benchmarks/throughput.py [--runs 3] [--prompts 10000] [--clients sdg,naive] [--concurrency 64]

CPU a further request is the difference of two sizes, all prompts and a fifth of them. One prompt alone shows what
starting and ending cost. `sdg score` scores what `sdg respond` wrote. Every answer is checked against its prompt.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from clients import arguments, command
from figures import Figures
from runs import Client, Endpoint, Ran, outcome, write_prompts


def once(name: str, source: Path, concurrency: int, limit: float) -> tuple[Ran, Path]:
    """One whole run in a folder of its own."""
    folder = Path(tempfile.mkdtemp(dir=source.parent))
    with Endpoint() as endpoint:
        run = command(name, source, folder / "out.jsonl", endpoint.url, concurrency)
        return Client(run, folder).wait(limit), folder / "out.jsonl"


def first_lines(source: Path, count: int) -> Path:
    """A file of the first lines."""
    target = source.with_name(f"{source.stem}-{count}.jsonl")
    with source.open() as lines, target.open("w") as file:
        file.writelines(line for _, line in zip(range(count), lines, strict=False))
    return target


def measure(
    name: str, source: Path, prompts: int, concurrency: int, limit: float
) -> tuple[dict[str, float | None], Path]:
    """The figures of one client, and what it wrote."""
    fewer = prompts // 5
    all_of, target = once(name, source, concurrency, limit)
    if all_of.status < 0:
        return {"wall_s": None}, target
    some, one = (once(name, first_lines(source, count), concurrency, limit)[0] for count in (fewer, 1))
    if name != "sdg score":
        assert outcome(target, prompts)[:3] == (0, 0, 0), f"{name}: {outcome(target, prompts)} {all_of.said[-500:]}"
    return {
        "wall_s": all_of.wall,
        "requests_a_s": prompts / all_of.wall,
        "CPU_ms_a_request": all_of.cpu / prompts * 1e3,
        "CPU_ms_a_further_request": (all_of.cpu - some.cpu) / (prompts - fewer) * 1e3,
        "peak_MB": all_of.mb,
        "one_prompt_s": one.wall,
    }, target


def main() -> None:
    parser = arguments("Whole commands against an endpoint that answers at once.", prompts=10_000)
    parser.add_argument("--concurrency", type=int, default=64, metavar="N")
    options = parser.parse_args()
    title = f"{options.prompts:,} prompts, concurrency {options.concurrency}"
    figures = Figures(title, ratios=("wall s", "CPU ms a further request"))
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory() as name:
            source = write_prompts(Path(name) / "in.jsonl", options.prompts)
            rest = (source, options.prompts, options.concurrency, options.limit)
            for client in options.clients:
                found, target = measure(client, *rest)
                figures.add(client, **found)
                if client == "sdg":
                    scored, _ = measure("sdg score", target, *rest[1:])
                    figures.add("sdg score", **scored)
    figures.print()


if __name__ == "__main__":
    main()
