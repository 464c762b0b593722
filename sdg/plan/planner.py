"""From steps to what they will ask: each is rehearsed on a sample, and that is scaled to what it stands for.

Steps that make lines of nothing are rehearsed as they are, up to so many prompts, and from there on in a straight line.
Steps that work on lines get evenly thinned inputs, and what they make stands in for the inputs of later steps.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdg.core import measured
from sdg.core.errors import UsageError
from sdg.plan.asked import Asked, asked
from sdg.plan.rehearsed import Outcome, Parsed, last_words, parsed, rehearse, surroundings
from sdg.plan.shell import Copy, Step
from sdg.plan.standins import StandIns, lines_in

_MOST_LINES = 300
"""Lines of the sample for a step that calls models; it is then off by some percent."""
_MOST_FREE_LINES = 2000
"""The same for a step that calls none."""
_MOST_MADE = 1000
"""Prompts that are made in a rehearsal where they are made of nothing; half of them first, for the straight line."""
_OF_N = ("prompts", "mix", "judge-eval")
"""Commands whose -n says how many lines come out."""
_ENDS = ("export", "report", "probe", "why", "rehearse", "plan")
"""Commands that ask no model for anything that a later step reads."""


@dataclass
class Planned:
    """What one step will ask of models. pipe: steps of one number run at the same time."""

    command: list[str]
    pipe: int
    asked: list[Asked] = field(default_factory=list)

    @property
    def seconds(self) -> float | None:
        """Its models work at the same time; None: not known of each."""
        times = [one.seconds for one in self.asked]
        return None if None in times else max((time or 0.0 for time in times), default=0.0)


class Planner:
    """Plans steps in their order. place: a line, as messages begin with it; say: tells what a sample has shown."""

    def __init__(
        self, folder: Path, commands: dict[str, Any], place: Callable[[int], str], say: Callable[[str], None]
    ) -> None:
        self._folder, self._commands, self._place, self._say = folder, commands, place, say
        self._files = StandIns(folder)
        self._number = 0
        self._piped = ""

    def plan(self, found: list[Step | Copy]) -> list[Planned]:
        """The steps that call models. UsageError: one can't be planned, and why."""
        planned = []
        for one in found:
            if isinstance(one, Copy):
                self._files.copy(one)
                continue
            self._number += 1
            try:
                with surroundings(one):
                    made = self._step(one)
            except UsageError as error:
                raise UsageError(f"{self._place(one.line)}sdg {one.words[0]}: {error}") from None
            planned += [made] if made else []
        return planned

    def _step(self, step: Step) -> Planned | None:
        this = parsed(step, self._commands)
        if this.name in _ENDS:
            return None
        if (this.params["output"] or "").startswith(("-", "/dev/")):  # stdout under another name
            this.params["output"] = None
        stdin = self._piped if step.from_pipe else step.stdin
        own = {key: self._whole(value) for key, value in this.params.items() if key not in ("output", "rejects")}
        params = this.params | own
        if this.name == "topics" or (this.name == "prompts" and not params["from_"]):
            stdin = "" if stdin == os.devnull or not stdin else self._files.path(stdin)
            made, lines, files = self._from_nothing(this, params, stdin)
            real_input = True
        else:
            made, lines, files, real_input = self._from_lines(this, params, stdin)
        self._keep(this, files, lines)
        if not this.settings:
            return None
        output = this.params["output"]
        left = max(0.0, 1 - lines_in(output) / lines) if output and lines else 1.0
        cache = step.env.get("SDG_CACHE") or this.settings.cache.path
        known = measured.read(cache)
        models = [
            asked(table, this.settings.model(table), kind, took, left, known, this.params["concurrency"], real_input)
            for (table, kind), took in made.items()
        ]
        for one in models if this.params.get("batch") else []:
            one.seconds = None  # nobody knows when a batch is done
        return Planned(step.words, step.pipe, models)

    def _from_nothing(self, this: Parsed, params: dict[str, Any], stdin: str) -> tuple[_Took, float, Outcome]:
        """(what it asked, how many lines it makes, the outcome) of a step that makes its lines."""
        n = params.get("n") or 100
        if this.name == "topics" or n <= _MOST_MADE:
            outcome = self._rehearse(this, params, stdin)
            return {key: took.scaled(1) for key, took in outcome.asked.items()}, _lines(outcome), outcome
        half = self._rehearse(this, params | {"n": _MOST_MADE // 2}, stdin)
        whole = self._rehearse(this, params | {"n": _MOST_MADE}, stdin)
        if _lines(whole) < _MOST_MADE:  # it has run dry, and does so with more as well
            return {key: took.scaled(1) for key, took in whole.asked.items()}, _lines(whole), whole
        further = (n - _MOST_MADE) / (_MOST_MADE // 2)
        took = {}
        for key, all_of_it in whole.asked.items():
            took[key] = all_of_it.scaled(1 + further)
            if key in half.asked:
                took[key].add(half.asked[key].scaled(-further))
        return took, n, whole

    def _from_lines(self, this: Parsed, params: dict[str, Any], stdin: str) -> tuple[_Took, float, Outcome, bool]:
        """The same of a step that works on lines, and whether these are the user's own."""
        places = _inputs(this)
        paths = [stdin if path == "-" else path for _, _, path, _ in places]
        if "" in paths:
            raise UsageError("there is no input: name a FILE")
        thinned = self._files.thinned(paths, _MOST_LINES if this.settings else _MOST_FREE_LINES)
        for (key, index, path, rest), file in zip(places, thinned, strict=True):
            if path == "-":
                stdin = file.path
            elif index is None:
                params[key] = file.path + rest
            else:
                params[key] = [*params[key][:index], file.path + rest, *params[key][index + 1 :]]
        lines, count = sum(file.lines for file in thinned), sum(file.count for file in thinned)
        scale = count / lines if lines else 0.0
        n = params.get("n") if this.name in _OF_N else None
        if n and scale > 1 and n > lines / 2:
            params["n"] = None
        outcome = self._rehearse(this, params, stdin if stdin != os.devnull else "")
        written = _lines(outcome)
        if n and written:
            scale = min(scale, max(1.0, n / written))
        took = {key: one.scaled(scale) for key, one in outcome.asked.items()}
        return took, written * scale, outcome, not any(file.made for file in thinned)

    def _rehearse(self, this: Parsed, params: dict[str, Any], stdin: str) -> Outcome:
        self._number += 1
        folder = self._folder / f"step-{self._number}"
        if params["output"] or this.name == "judge-eval":
            name = os.path.basename((params["output"] or "items.jsonl").rstrip("/"))
            params = params | {"output": str(folder / "made" / name)}
        if "json" in params:
            params = params | {"json": None}
        outcome = rehearse(this, params, stdin, folder)
        said = re.sub(rf"{re.escape(str(self._folder))}/(?:[^\s/]+/)*", "", last_words(outcome.said))
        if outcome.status not in (0, 1):
            raise UsageError(said)
        if outcome.status == 1 and this.settings:  # of a sample, it is no news that it runs out
            self._say(f"in the rehearsal of sdg {this.name}: {said}")
        return outcome

    def _keep(self, this: Parsed, outcome: Outcome, lines: float) -> None:
        """Let what was written stand in for the real files, and for what a pipe carries."""
        written, output = _lines(outcome), this.params["output"]
        scale = lines / written if written else 0.0
        self._piped = str(self._folder / f"pipe-{self._number}")
        self._files.put(self._piped, outcome.stdout, lines_in(str(outcome.stdout)) * scale)
        if this.step.stdout:
            self._files.put(this.step.stdout, outcome.stdout, lines_in(str(outcome.stdout)) * scale)
        for file in outcome.files if output else []:
            place = os.path.join(os.path.dirname(output.rstrip("/")), file.relative_to(outcome.made))
            self._files.put(place, file, lines_in(str(file)) * scale)

    def _whole(self, value: Any) -> Any:
        """The value of an option, with the stand-in for a file that an earlier step makes."""
        return self._files.path(value) if isinstance(value, str) and value else value


_Took = dict[tuple[str, str], measured.Measured]


def _lines(outcome: Outcome) -> int:
    """All lines that a step wrote."""
    return lines_in(str(outcome.stdout)) + sum(lines_in(str(file)) for file in outcome.files if _has_lines(file))


def _has_lines(file: Path) -> bool:
    return file.suffix != ".settings" and "rejects" not in file.name


def _inputs(this: Parsed) -> list[tuple[str, int | None, str, str]]:
    """(option, place in it, path, what follows the path there) of each file whose lines a step works on."""
    params = this.params
    if this.name == "prompts":
        return [("from_", None, params["from_"], "")]
    if this.name == "mix":
        return [("files", index, *_weighted(word)) for index, word in enumerate(params["files"])]
    if this.name == "filter":
        last = len(params["rules"]) - 1
        rule = params["rules"][last]
        if rule == "-" or os.path.exists(rule) or rule.endswith(".jsonl"):
            return [("rules", last, rule, "")]
        return [("rules", len(params["rules"]), "-", "")]
    return [("file", None, params["file"], "")]


def _weighted(word: str) -> tuple[str, str]:
    path, colon, weight = word.rpartition(":")
    return (path, colon + weight) if path and weight.replace(".", "", 1).isdigit() else (word, "")
