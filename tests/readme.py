"""The help blocks of the README: `python tests/readme.py` writes them anew, a test holds them to the real help.

A block begins with the line `$ sdg COMMAND --help` inside a ```text fence.
"""

from __future__ import annotations

import re
from pathlib import Path

from support import environment, sdg

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```text\n\$ sdg (.*?)--help\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def real_help(command: str) -> str:
    """What `sdg COMMAND --help` prints in a terminal of 100 columns."""
    done = sdg(README.parent, *command.split(), "--help", env=environment(COLUMNS="100"))
    return done.stdout.strip().replace("Usage: python -m sdg", "Usage: sdg") + "\n"


def renewed(text: str) -> str:
    """The README with every help block as it is now."""
    return BLOCK.sub(lambda block: f"```text\n$ sdg {block[1]}--help\n{real_help(block[1].strip())}```", text)


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
