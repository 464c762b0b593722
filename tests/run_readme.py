"""Runs the README's quickstart as a reader would: the ```sh blocks under a heading, in order, in an empty folder.

    python tests/run_readme.py --sdg VENV/bin/sdg README.md [--heading Quickstart]

The blocks run as one bash script under `set -euo pipefail`, with the folder of the given `sdg` first on PATH, and
without any key or endpoint of the environment. Lines that install sdg or make a folder's virtual environment (`pip
install`, `python -m venv`, `source .../activate`) are left out: what is tested is the `sdg` that was given.
Exit status: that of the script. Nothing of the project is imported.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TERM", "TMPDIR")
"""Everything else in the environment, above all keys and base URLs, is hidden from the commands."""

INSTALLING = re.compile(r"^\s*(\S*pip3? install|python3? -m (pip|venv) |source |\. \S+/activate)")


def section(markdown: str, heading: str) -> str:
    """The text under a heading, of any level, up to the next heading of the same or a higher level."""
    level, taken, in_code = 0, [], False
    for line in markdown.splitlines():
        in_code ^= line.startswith("```")
        marks = re.match(r"(#+) +(.*?) *$", line)
        if marks and not in_code:
            if level and len(marks[1]) <= level:
                break
            if marks[2].lower() == heading.lower():
                level = len(marks[1])
                continue
        if level:
            taken.append(line)
    return "\n".join(taken)


def blocks(text: str) -> list[str]:
    """The fenced blocks that are marked as sh."""
    return re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def script(commands: list[str]) -> str:
    """One bash script: each block under a line that says, on stderr, what runs now."""
    parts = ["set -euo pipefail"]
    for block in commands:
        kept = "\n".join(line for line in block.splitlines() if not INSTALLING.match(line))
        if kept.strip():
            parts += [f"cat >&2 <<'SHOWN'\n+ {kept}\nSHOWN", kept]
    return "\n".join(parts) + "\n"


def run(readme: Path, heading: str, sdg: Path) -> int:
    """Run the section's blocks; the script's exit status."""
    commands = blocks(section(readme.read_text(encoding="utf-8"), heading))
    if not commands:
        print(f"{readme} has no ```sh block under a heading {heading!r}", file=sys.stderr)
        return 2
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    environment["PATH"] = f"{sdg.parent}{os.pathsep}{environment.get('PATH', '')}"
    with tempfile.TemporaryDirectory(prefix="sdg-readme-") as folder:
        environment["HOME"] = folder  # a cache or configuration of the machine's user has no say either
        done = subprocess.run(
            ["bash", "-c", script(commands)], cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False
        )
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the quickstart of a README with a given sdg.")
    parser.add_argument("readme", type=Path)
    parser.add_argument("--sdg", type=Path, required=True, help="the sdg command to run it with")
    parser.add_argument("--heading", default="Quickstart")
    given = parser.parse_args()
    sdg = Path(os.path.abspath(given.sdg))  # not resolve(): a virtual environment's links must stay links
    if not os.access(sdg, os.X_OK):
        parser.error(f"{sdg} is not a command")
    return run(given.readme, given.heading, sdg)


if __name__ == "__main__":
    sys.exit(main())
