"""Installs the peers that are measured beside sdg, each into .venv-peers/NAME with a Python of its own.

    python benchmarks/install_peers.py [NAME ...]

One that does not install is told and left out of the comparisons; so is one that is not named here.
"""

from __future__ import annotations

import subprocess
import sys

from clients import PEERS, VENVS


def install(name: str) -> bool:
    """Whether it could be installed, or was."""
    folder = VENVS / name
    mark = folder / "installed"
    if mark.exists():
        return True
    steps = [
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *PEERS[name].split()],
    ]
    if any(subprocess.run(step).returncode for step in steps):
        return False
    mark.touch()
    return True


if __name__ == "__main__":
    for name in sys.argv[1:] or PEERS:
        print(f"{name}: {'installed' if install(name) else 'could not be installed, and is left out'}", flush=True)
