"""Peak memory of `sdg respond` over 20,000 and 200,000 prompts, against the rehearsal endpoint in another process.

    python benchmarks/memory.py [--cache]

Prints the peak resident size of each run and their ratio. Input and output are files; answers are 16 tokens.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (20_000, 200_000)
SDG = [sys.executable, "-m", "sdg"]


def peak_mb(folder: Path, prompts: int, options: list[str]) -> tuple[float, float]:
    """(peak MB, seconds) of one run over that many prompts."""
    source, target = folder / f"in-{prompts}.jsonl", folder / f"out-{prompts}.jsonl"
    with source.open("w") as file:
        for number in range(prompts):
            file.write(json.dumps({"id": f"p{number}", "prompt": f"What is there to know about plot {number}?"}) + "\n")
    began = time.monotonic()
    run = subprocess.Popen([*SDG, "respond", str(source), "-o", str(target), "-q", *options])
    _, status, usage = os.wait4(run.pid, 0)
    assert status == 0, f"exit status {status}"
    with target.open("rb") as file:
        assert sum(1 for _ in file) == prompts
    return usage.ru_maxrss / 1024, time.monotonic() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = subprocess.Popen([*SDG, "rehearse", "--port", "0"], stderr=subprocess.PIPE, text=True)
        assert server.stderr
        url = server.stderr.readline().split(" at ")[1].strip()
        config = folder / "c.toml"
        config.write_text(
            f'[models.instruct]\nbase_url = "{url}"\nmodel = "rehearsal-instruct"\nsampling = {{ max_tokens = 16 }}\n'
            f'[cache]\npath = "{folder}/cache.db"\n'
        )
        options = ["--config", str(config)] + ([] if "--cache" in sys.argv else ["--no-cache"])
        try:
            peaks = []
            for prompts in SIZES:
                peak, seconds = peak_mb(folder, prompts, options)
                peaks.append(peak)
                print(
                    f"{prompts:>9,} prompts: peak {peak:6.1f} MB, {seconds:6.1f} s, {prompts / seconds:,.0f} prompts/s",
                    flush=True,
                )
            print(f"200,000 against 20,000: {peaks[1] / peaks[0]:.3f} times the memory")
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
