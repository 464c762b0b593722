"""One step of a plan, rehearsed: the real command on a sample of its input, on the endpoint that makes everything up.

Each step runs in a fork of this process, which has imported everything already, with its output in the plan's folder.
What it asked of each model is what it leaves as facts in a cache file of its own; how that is scaled is in planner.py.
"""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer

from sdg.core import config, measured
from sdg.core.errors import UsageError, nearest
from sdg.core.measured import Measured
from sdg.plan import model_tables
from sdg.plan.commands import Step

_OURS = ("SDG_", "OPENAI_", "NVIDIA_")
_INTERNAL_ERROR = 70


@dataclass
class Parsed:
    """A step whose arguments are understood: the options by the names that the command has for them."""

    step: Step
    name: str
    context: Any
    params: dict[str, Any]
    settings: config.Config | None
    """The user's configuration, where models are called."""


@dataclass
class Outcome:
    """What a rehearsal came to. asked: by table and kind of work; files: what it wrote below the folder `made`.

    bad: what is wrong with each line of the input that could not be used.
    """

    status: int
    said: str
    stdout: Path
    made: Path
    files: list[Path]
    bad: list[str]
    asked: dict[tuple[str, str], Measured] = field(default_factory=dict)


def parsed(step: Step, commands: dict[str, Any]) -> Parsed:
    """Understand a step as the command line would; to be called in its surroundings. UsageError: it is refused."""
    name = step.words[0]
    if name not in commands:
        raise UsageError(f"there is no such command{nearest(name, commands)} (there are {', '.join(commands)})")
    try:
        context = commands[name].make_context(name, step.words[1:])
    except typer.Exit:
        raise UsageError("it only shows something: there is nothing to plan") from None
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise UsageError(str(error.format_message())) from None
    params = dict(context.params)
    settings = config.load(params["config"]) if "config" in params else None
    return Parsed(step, name, context, params, settings)


def rehearse(parsed: Parsed, params: dict[str, Any], stdin: str, folder: Path) -> Outcome:
    """Run a step with these options instead of its own. folder: a new one, for everything that it writes."""
    made = folder / "made"
    made.mkdir(parents=True)
    cache = folder / "requests.db"
    params = params | {"quiet": True, "rejects": str(folder / "left.jsonl")}
    played: dict[str, str] = {}
    env = {"SDG_CACHE": str(cache)}
    if parsed.settings:
        names, rewards = model_tables.named(params)
        file = folder / "models.toml"
        played = model_tables.write(file, parsed.settings, names, rewards)
        params |= {"config": str(file), "cache": True, "max_cost": None, "max_calls": None, "max_time": None}
        params |= {"batch": False} if "batch" in params else {}
    stdout, stderr = folder / "stdout.jsonl", folder / "stderr.txt"
    parsed.context.params = params
    status = _in_a_fork(parsed, env, stdin or os.devnull, stdout, stderr)
    said = stderr.read_text(errors="replace").strip()
    if parsed.settings:
        said = said.replace(str(folder / "models.toml"), parsed.settings.origin or "the built-in configuration")
    files = [path for path in sorted(made.rglob("*")) if path.is_file()]
    asked: dict[tuple[str, str], Measured] = {}
    for (kind, _, model), took in measured.read(str(cache)).items():
        asked.setdefault((played[model], kind), Measured()).add(took)
    return Outcome(status, said, stdout, made, files, _bad_lines(folder / "left.jsonl"), asked)


def _bad_lines(rejects: Path) -> list[str]:
    entries = [json.loads(line) for line in rejects.read_text().splitlines()] if rejects.exists() else []
    return [entry["cause"] for entry in entries if entry["kind"] == "invalid"]


def _in_a_fork(parsed: Parsed, env: dict[str, str], stdin: str, stdout: Path, stderr: Path) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code, write = _INTERNAL_ERROR, os.O_WRONLY | os.O_CREAT
    try:
        for fd, path, flags in ((0, stdin, os.O_RDONLY), (1, stdout, write), (2, stderr, write)):
            os.dup2(os.open(path, flags, 0o644), fd)
        for name in [name for name in os.environ if name.startswith(_OURS)]:
            del os.environ[name]
        os.environ |= env
        parsed.context.command.invoke(parsed.context)
        code = 0
    except typer.Exit as ended:
        code = ended.exit_code
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


@contextmanager
def surroundings(step: Step) -> Iterator[None]:
    """While the block runs, be where the step was started, with its variables."""
    before, cwd = dict(os.environ), os.getcwd()
    try:
        os.environ.clear()
        os.environ.update(step.env)
        if os.path.isdir(step.cwd):
            os.chdir(step.cwd)
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        os.chdir(cwd)


def last_words(said: str) -> str:
    """The last line of what a command said, without its own name in front."""
    lines = said.splitlines() or ["it ended without a word"]
    return re.sub(r"^[a-z-]+: ", "", lines[-1])
