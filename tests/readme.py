"""The help blocks of the README: `python tests/readme.py` writes them anew, a test holds them to the real help.

A block begins with the line `$ sdg COMMAND --help` inside a ```text fence.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```text\n\$ sdg (.*?)--help\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def real_help(command: str) -> str:
    """What `sdg COMMAND --help` prints in a terminal of 100 columns."""
    code = "import sys; sys.argv = ['sdg', *sys.argv[1:]]; from sdg.cli import main; main()"
    env = {**os.environ, "COLUMNS": "100", "PYTHONPATH": str(README.parent)}
    arguments = [sys.executable, "-c", code, *command.split(), "--help"]
    done = subprocess.run(arguments, env=env, capture_output=True, text=True, check=True)
    return done.stdout.strip().replace("Usage: -c", "Usage: sdg") + "\n"


def renewed(text: str) -> str:
    """The README with every help block as it is now."""
    return BLOCK.sub(lambda block: f"```text\n$ sdg {block[1]}--help\n{real_help(block[1].strip())}```", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
