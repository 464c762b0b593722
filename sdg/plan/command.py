"""`sdg plan`: what a command line or a recipe will ask of which model, and what it costs. Calls nobody, writes nothing.

How a script is read is in shell.py, how steps are rehearsed and scaled in planner.py.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sdg.core.budget import money
from sdg.core.errors import UsageError
from sdg.core.funnel import lasting, short
from sdg.plan.planner import Planned, Planner
from sdg.plan.shell import Script

_LONGEST_COMMAND = 60
_ELSEWHERE = {"-o", "--output", "--rejects", "--config"}


def run_plan(words: list[str], as_json: bool, commands: dict[str, Any]) -> int:
    """Plan it and print the table; 2 where it can't be planned. commands: those of the command line, by name."""
    import sdg.core.launch  # noqa: F401  (once, before the forks)

    try:
        script = _script(["sdg", *words] if words[0] in commands else words)
        for said in script.said:
            _say(said)
        if not script.steps:
            raise UsageError(f"there is no sdg command in {' '.join(words)}")
        with tempfile.TemporaryDirectory(prefix="sdg-plan-") as folder:
            planned = Planner(Path(folder), commands, script.place, _say).plan(script.found)
    except UsageError as error:
        sys.stderr.write(f"plan: {error}\n")
        return 2
    sys.stdout.write(_json(planned) if as_json else _table(planned))
    return 0


def _script(words: list[str]) -> Script:
    """The steps: of a file with its arguments, of one text, or of words as the shell gave them."""
    if words[0] in ("bash", "sh") and len(words) > 1:
        words = words[1:]
    if " " in words[0] and len(words) > 1:
        raise UsageError(
            f"what follows a command in quotes is not read: {shlex.join(words[1:])} (options go before it)"
        )
    if _is_path(words[0]) and not os.path.isfile(words[0]):
        raise UsageError(f"{words[0]}: {'this is a folder' if os.path.isdir(words[0]) else 'no such file'}")
    if os.path.isfile(words[0]):
        try:
            text = Path(words[0]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"cannot read {words[0]}: {error}") from None
        return Script(text, words[0], words)
    text = words[0] if len(words) == 1 and " " in words[0] else shlex.join(words)
    return Script(text, "", ["sdg"])


def _is_path(word: str) -> bool:
    """Whether a word can only be a file: `sdg` and Python may be called by a path, too."""
    called = os.path.basename(word) == "sdg" or os.path.basename(word).startswith("python")
    return not called and " " not in word and (word.endswith(".sh") or "/" in word)


def _say(message: str) -> None:
    sys.stderr.write(f"plan: {message}\n")


def _json(planned: list[Planned]) -> str:
    steps = [
        {"command": shlex.join(["sdg", *step.command]), "seconds": step.seconds, "models": step.asked}
        for step in planned
    ]
    whole = {"steps": steps, "total": _total(planned)}
    return json.dumps(whole, default=asdict, indent=2) + "\n"


def _total(planned: list[Planned]) -> dict[str, int | float | None]:
    models = [one for step in planned for one in step.asked]
    costs = [one.cost for one in models]
    return {
        "calls": sum(one.calls for one in models),
        "tokens_in": sum(one.tokens_in for one in models),
        "tokens_out": sum(one.tokens_out for one in models),
        "cost": None if None in costs else sum(cost or 0.0 for cost in costs),
        "seconds": _seconds(planned),
    }


def _seconds(planned: list[Planned]) -> float | None:
    """Steps of one pipe run at the same time, pipes one after the other; None: not all is known."""
    pipes: dict[int, float] = {}
    for step in planned:
        if step.seconds is None:
            return None
        pipes[step.pipe] = max(pipes.get(step.pipe, 0.0), step.seconds)
    return sum(pipes.values())


def _table(planned: list[Planned]) -> str:
    rows = [["step", "model", "calls", "tokens in", "tokens out", "cost", "time"]]
    for number, step in enumerate(planned, 1):
        name = f"{number} {_in_short(step.command)}"
        name = name if len(name) <= _LONGEST_COMMAND else f"{name[: _LONGEST_COMMAND - 3]}..."
        for one in step.asked:
            rows.append([name, one.table, *_figures(asdict(one))])
            name = ""
    rows.append(["total", "", *_figures(_total(planned))])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join([*lines, *_notes(planned)]) + "\n"


def _in_short(command: list[str]) -> str:
    """A command without where it writes and where it is configured."""
    kept = [word for word, before in zip(command, ["", *command], strict=False) if not {word, before} & _ELSEWHERE]
    return " ".join(kept)


def _figures(values: dict[str, Any]) -> list[str]:
    cost, seconds = values["cost"], values["seconds"]
    return [
        f"{values['calls']:,}",
        short(values["tokens_in"]),
        short(values["tokens_out"]),
        "?" if cost is None else money(cost),
        "?" if seconds is None else lasting(seconds),
    ]


def _notes(planned: list[Planned]) -> list[str]:
    """What the figures stand on, where that is not known."""
    models = [one for step in planned for one in step.asked if one.calls]
    guessed = dict.fromkeys(one.table for one in models if not one.measured)
    unpriced = dict.fromkeys(one.table for one in models if one.cost is None)
    notes = []
    if guessed:
        notes.append(f"Not measured yet: {', '.join(guessed)}. Its answers are taken to be as long as the rehearsal's.")
    if unpriced:
        notes.append(
            f"No price: {', '.join(unpriced)}. [models.NAME] price = {{ input = ..., output = ... }} tells it."
        )
    return notes
