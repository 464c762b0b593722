"""The options that all commands share. Imports nothing, because the command line is built with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class RunOptions:
    """What a run is told besides its stage's own options; None or the default where a command has no such option."""

    file: str = "-"
    output: str | None = None
    rejects: str | None = None
    config: str | None = None
    concurrency: int = 64
    in_order: bool = False
    quiet: bool = False
    cache: bool = True
    prompts: str | None = None
    max_cost: float | None = None
    max_calls: int | None = None
    max_time: str | None = None
    batch: bool = False
