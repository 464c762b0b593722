"""A soak: three endpoints that fail in every way, one of which also flaps, for ten minutes.

    python benchmarks/soak.py [--minutes 10] [--share 0.02]

2 % each of 429, 500, resets, cut JSON, cut bodies, HTML, content null and hanging requests; the third endpoint is
killed every 25 s and is away for 5. Prompts come through a pipe for as long as it lasts. Nothing may be lost or
doubled, and memory may grow by what is remembered of each prompt only. Exit status 1 if that does not hold.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from statistics import mean

from clients import SDG, configure
from runs import Client, Endpoint, outcome, prompt_of

KINDS = ("429", "500", "reset", "cut", "cut-body", "html", "null", "hang")
CONCURRENCY = 32
BYTES_A_PROMPT = 64  # what may be remembered of each: its id, in a table that has room


def feed(client: Client, until: float) -> int:
    """Write prompts until that moment; how many."""
    pipe, count = client.process.stdin, 0
    assert pipe
    while time.monotonic() < until:
        pipe.write(json.dumps({"id": f"p{count}", "prompt": prompt_of(count)}).encode() + b"\n")
        count += 1
    pipe.close()
    return count


def flap(endpoint: Endpoint, stop: threading.Event) -> None:
    """Away for 5 of 25 seconds, until the end; it is up at the end."""
    while not stop.wait(20):
        endpoint.kill()
        stop.wait(5)
        endpoint.start()


def watch(client: Client, sizes: list[float], stop: threading.Event) -> None:
    """The client's resident memory, in MB, once a second."""
    while not stop.wait(1):
        status = Path(f"/proc/{client.process.pid}/status").read_text()
        sizes.extend(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def causes(target: Path) -> str:
    """Why records were rejected."""
    path = target.with_suffix(".rejects.jsonl")
    found = Counter(json.loads(line)["cause"] for line in (path.open() if path.exists() else ()))
    return ", ".join(f"{cause} {count}" for cause, count in found.most_common()) or "none"


def soak(minutes: float, share: float) -> bool:
    """Whether it held."""
    faults = [part for kind in KINDS for part in ("--fault", f"{kind}={share}")]
    stop, sizes = threading.Event(), list[float]()
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        folder, target = Path(scratch), Path(scratch, "out.jsonl")
        ends = [
            stack.enter_context(Endpoint("--latency", "exponential:0.2", "--seed", str(n), *faults)) for n in range(3)
        ]
        config = configure(folder, *(end.url for end in ends), more="timeout = 5")
        command = [*SDG, "respond", "-o", str(target), "--config", str(config), "--concurrency", str(CONCURRENCY)]
        client = Client(command, folder, stdin=subprocess.PIPE)
        threads = [threading.Thread(target=flap, args=(ends[2], stop), daemon=True)]
        threads.append(threading.Thread(target=watch, args=(client, sizes, stop), daemon=True))
        for thread in threads:
            thread.start()
        count = feed(client, time.monotonic() + minutes * 60)
        stop.set()
        for thread in threads:
            thread.join()
        ran = client.wait(300)
        return told(count, sizes, outcome(target, count), causes(target), ran.status, ran.said)


def told(count: int, sizes: list[float], found: tuple[int, int, int, int], why: str, status: int, said: str) -> bool:
    """Print it; whether it held."""
    fifth = max(1, len(sizes) // 5)
    early, late = mean(sizes[fifth : 2 * fifth]), mean(sizes[-fifth:])
    allowed = 4 + BYTES_A_PROMPT * count / 2**20
    lost, doubled, wrong, rejected = found
    print(f"{count:,} prompts: lost {lost}, doubled {doubled}, wrong {wrong}, rejected {rejected} ({why})")
    print(
        f"memory: {early:.1f} MB in the second fifth, {late:.1f} MB in the last; up to {allowed:.1f} MB more is allowed"
    )
    print(f"exit status {status}; it said at last:\n{said[-600:]}")
    return not (lost or doubled or wrong) and status in (0, 1) and late - early <= allowed


def main() -> None:
    parser = argparse.ArgumentParser(description="Three endpoints that fail in every way, one of which flaps.")
    parser.add_argument("--minutes", type=float, default=10, metavar="N")
    parser.add_argument("--share", type=float, default=0.02, metavar="X", help="of each kind of fault")
    options = parser.parse_args()
    sys.exit(0 if soak(options.minutes, options.share) else 1)


if __name__ == "__main__":
    main()
