"""How long `sdg --help` takes, beside an empty Python and `import openai`.

    python benchmarks/startup.py

Prints the best of 15 runs of each, and the ratio to an empty Python: the best, because a shared machine only adds time.
"""

from __future__ import annotations

import subprocess
import sys
import time

RUNS = 15
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "sdg --help": ["-m", "sdg", "--help"],
    "python -c 'import openai'": ["-c", "import openai"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one run."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def main() -> None:
    best = dict.fromkeys(COMMANDS, float("inf"))
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            best[name] = min(best[name], seconds(arguments))
    empty = best["python -c pass"]
    for name, time_taken in best.items():
        print(f"{name:28} {time_taken:6.3f} s   {time_taken / empty:5.1f} times an empty Python")


if __name__ == "__main__":
    main()
