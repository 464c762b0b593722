"""`sdg rehearse`: from the command's options to a served endpoint. What it answers is in reply.py."""

from __future__ import annotations

import sys
from pathlib import Path

from sdg.core.errors import UsageError


def run_rehearse(
    port: int, host: str, latency: str, faults: list[str], capacity: int, seed: int, log: str | None
) -> int:
    """Serve until SIGINT or SIGTERM; 2 for options that make no sense."""
    from sdg.rehearsal.faults import Faults
    from sdg.rehearsal.server import run_server

    try:
        run_server(port, host, Faults.parse(faults, latency, seed), Path(log) if log else None, capacity)
    except UsageError as error:
        sys.stderr.write(f"rehearse: {error}\n")
        return 2
    return 0
