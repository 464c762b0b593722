"""The clients that are measured, as commands: sdg, the naive one, and the peers that install_peers.py has installed."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from runs import HERE

SDG = [sys.executable, "-m", "sdg"]
VENVS = HERE.parent / ".venv-peers"
PEERS = {
    "curator": "bespokelabs-curator",
    "datatrove": "datatrove aiohttp aiofiles aiosqlite httpx orjson",
    "distilabel": "distilabel[openai] requests beautifulsoup4",
}
"""By name, what pip is to install. Each is asked by peers/ask_NAME.py."""


def configure(folder: Path, *urls: str, more: str = "") -> Path:
    """A configuration with both models at these addresses, and a cache in the folder."""
    address = json.dumps(urls[0] if len(urls) == 1 else list(urls))
    path = folder / "bench.toml"
    path.write_text(
        f'[cache]\npath = "{folder}/cache.db"\n'
        f'[models.instruct]\nbase_url = {address}\nmodel = "fast-instruct"\n{more}\n'
        f'[models.reward]\nbase_url = {address}\nmodel = "fast-reward"\nformat = "nim"\n{more}\n'
    )
    return path


def command(name: str, source: Path, target: Path, url: str, concurrency: int) -> list[str]:
    """The whole command of a client that answers `source` into `target`."""
    if name in ("sdg", "sdg respond", "sdg score"):
        options = ["--config", str(configure(target.parent, url)), "--concurrency", str(concurrency)]
        return [*SDG, "score" if name == "sdg score" else "respond", str(source), "-o", str(target), *options]
    if name == "naive":
        return [sys.executable, str(HERE / "naive.py"), str(source), str(target), url, str(concurrency)]
    script = HERE / "peers" / f"ask_{name}.py"
    return [str(VENVS / name / "bin" / "python"), str(script), str(source), str(target), url, str(concurrency)]


def present() -> list[str]:
    """sdg, naive, and the peers that are installed."""
    return ["sdg", "naive", *(name for name in PEERS if (VENVS / name / "installed").exists())]


def arguments(about: str, prompts: int, limit: float = 180) -> argparse.ArgumentParser:
    """The options that the comparisons have in common."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="rounds; each runs every client once")
    parser.add_argument("--prompts", type=int, default=prompts, metavar="N")
    parser.add_argument("--clients", type=lambda text: text.split(","), default=present(), metavar="A,B")
    parser.add_argument("--limit", type=float, default=limit, metavar="S", help="a client is ended after S seconds")
    return parser
