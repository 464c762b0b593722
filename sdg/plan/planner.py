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
from sdg.plan.asked import Asked, asked, earlier
from sdg.plan.commands import Copy, Step
from sdg.plan.made import Made, longer_in, written_lines
from sdg.plan.rehearsed import Outcome, Parsed, last_words, parsed, rehearse, surroundings
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
            made = self._from_nothing(this, params, stdin)
        else:
            made = self._from_lines(this, params, stdin)
        models = self._asked(this, made) if this.settings else []
        self._keep(this, made)
        return Planned(step.words, step.pipe, models) if this.settings else None

    def _asked(self, this: Parsed, made: Made) -> list[Asked]:
        """What is still to be asked of each model; tells `made` how much longer its responses will be."""
        assert this.settings
        output, concurrency = this.params["output"], this.params["concurrency"]
        calls = sum(took.calls for took in made.took.values())
        left = share = max(0.0, 1 - lines_in(output) / made.lines) if output and made.lines else 1.0
        if calls and (most := this.params.get("max_calls")) is not None:
            share = min(left, most / calls)
        known = measured.read(this.step.env.get("SDG_CACHE") or this.settings.cache.path)
        before = {key: earlier(known, key[1], this.settings.model(key[0])) for key in made.took}
        further = longer_in(this.name, this.params, made, before)
        models = [
            asked(table, this.settings.model(table), took.scaled(share), further, before[table, kind], concurrency)
            for (table, kind), took in made.took.items()
        ]
        for one in models if this.params.get("batch") else []:
            one.seconds = None  # nobody knows when a batch is done
        made.lines *= 1 - (left - share)
        return models

    def _from_nothing(self, this: Parsed, params: dict[str, Any], stdin: str) -> Made:
        """What comes of a step that makes its lines."""
        n = params.get("n") or 100
        if this.name == "topics" or n <= _MOST_MADE:
            outcome = self._rehearse(this, params, stdin)
            return Made(outcome.asked, written_lines(outcome), outcome)
        half = self._rehearse(this, params | {"n": _MOST_MADE // 2}, stdin)
        whole = self._rehearse(this, params | {"n": _MOST_MADE}, stdin)
        if written_lines(whole) < _MOST_MADE:  # it has run dry, and does so with more as well
            return Made(whole.asked, written_lines(whole), whole)
        further = (n - _MOST_MADE) / (_MOST_MADE // 2)
        took = {}
        for key, all_of_it in whole.asked.items():
            took[key] = all_of_it.scaled(1 + further)
            if key in half.asked:
                took[key].add(half.asked[key].scaled(-further))
        return Made(took, n, whole)

    def _from_lines(self, this: Parsed, params: dict[str, Any], stdin: str) -> Made:
        """The same of a step that works on lines."""
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
        written = written_lines(outcome)
        if n and written:
            scale = min(scale, max(1.0, n / written))
        if outcome.bad:
            names = ", ".join(
                dict.fromkeys((this.step.stdin or "stdin") if path == "-" else path for _, _, path, _ in places)
            )
            causes = ", ".join(dict.fromkeys(outcome.bad))
            self._say(
                f"sdg {this.name}: {len(outcome.bad)} of the {lines} lines of {names} in the sample can't be used "
                f"({causes}); the real run keeps such lines in its rejects"
            )
        took = {key: one.scaled(scale) for key, one in outcome.asked.items()}
        longer = sum(file.longer * file.count for file in thinned) / count if count else 0.0
        return Made(took, written * scale, outcome, longer)

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
        if outcome.status not in (0, 1) and not (outcome.bad and written_lines(outcome)):
            raise UsageError(said)
        if outcome.status == 1 and this.settings:  # of a sample, it is no news that it runs out
            self._say(f"in the rehearsal of sdg {this.name}: {said}")
        return outcome

    def _keep(self, this: Parsed, made: Made) -> None:
        """Let what was written stand in for the real files, and for what a pipe carries."""
        outcome, output = made.outcome, this.params["output"]
        self._piped = str(self._folder / f"pipe-{self._number}")
        places = {self._piped: outcome.stdout}
        if this.step.stdout:
            places[this.step.stdout] = outcome.stdout
        for file in outcome.files if output else []:
            places[os.path.join(os.path.dirname(output.rstrip("/")), file.relative_to(outcome.made))] = file
        for place, file in places.items():
            self._files.put(place, file, lines_in(str(file)) * made.scale, made.longer)

    def _whole(self, value: Any) -> Any:
        """The value of an option, with the stand-in for a file that an earlier step makes."""
        return self._files.path(value) if isinstance(value, str) and value else value


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
