"""The command line itself: fast help, what it imports, and what may import what."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, environment, sdg

STAGES = [
    "topics", "prompts", "import_", "mix", "split", "respond", "verify", "score", "filter", "pairs", "judge_eval",
    "export",
]  # fmt: skip
ALONE = ["report", "plan", "probe", "why"]
CALLERS = [("core", "transport.py"), ("core", "thin.py"), ("core", "batch", "api.py")]
COMMANDS = [*(stage.rstrip("_").replace("_", "-") for stage in STAGES), *ALONE, "rehearse"]


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        f"import sys; sys.argv = ['sdg', *{arguments!r}]\n"
        "from sdg.cli import app\n"
        "try:\n    app()\nexcept SystemExit: pass\n"
        "heavy = {'openai', 'datasets', 'pydantic', 'orjson', 'jinja2', 'aiohttp', 'httpx2', 'tqdm', 'rich'}\n"
        "print('HEAVY', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "HEAVY []"


def test_no_arguments_show_the_help_and_an_unknown_command_is_named(tmp_path: Path) -> None:
    shown, refused = sdg(tmp_path), sdg(tmp_path, "respnd")
    assert all(f"\n  {command} " in shown.stdout + shown.stderr for command in COMMANDS)
    assert (refused.returncode, "respnd" in refused.stderr) == (2, True)


def test_each_stage_imports_what_it_needs_and_not_what_another_has_imported() -> None:
    code = (
        "import importlib, os, sys, jinja2, orjson, pydantic\n"
        "for name in sys.argv[1:]:\n"
        "    if not os.fork():\n        importlib.import_module(name)\n        break\n"
        "    assert os.wait()[1] == 0, name\n"
    )
    modules = [f"sdg.{stage}.stage" for stage in STAGES]
    command = [sys.executable, "-c", code, *modules]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def imports_of(file: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("file", sorted((ROOT / "sdg").rglob("*.py")), ids=lambda file: str(file.relative_to(ROOT)))
def test_each_file_imports_only_what_its_place_allows(file: Path) -> None:
    place = file.relative_to(ROOT / "sdg").parts
    imported = {name.split(".")[1] for name in imports_of(file) if name.startswith("sdg.")}
    if place[0] == "core":
        assert not imported & {*STAGES, *ALONE, "cli"}, "core knows no stage"
    if place[0] in STAGES:
        assert not imported & (set(STAGES) - {place[0]}), "a stage knows no other stage"
    if "openai" in {name.split(".")[0] for name in imports_of(file)}:
        assert place in CALLERS, "models are called in one place, one by one or in batches"


def test_every_file_says_what_it_is() -> None:
    for file in (ROOT / "sdg").rglob("*.py"):
        assert ast.get_docstring(ast.parse(file.read_text())), file
