"""The fault matrix: every fault of `faulty_server` alone and all together, met by `sdg respond` and by `sdg score`.

What must be true of every outcome is in test_faults.py, what people read of it in fault_page.py.
"""

from __future__ import annotations

import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faulty_server import WAYS, FaultyServer, Try
from one_process import Done, several
from reward_servers import record
from support import SDG, environment, read_lines, write_lines

COMMANDS = ("respond", "score")
TIMEOUT, PATIENCE = 2.0, 2
SLOW = ("hang", "slow drip")
WAITS = "429, Retry-After 90"

_BUSY = [fault for fault in WAYS if fault.startswith("429") and fault != WAITS]
REJECTED = {
    **{status: status for status in ("500", "502", "408")},
    "reset before the reply": "connection reset",
    "reset in the body": "cut body",
    **dict.fromkeys(SLOW, "timeout"),
    "cut JSON": "cut JSON",
    "HTML with 200": "HTML",
    **dict.fromkeys(("{}", "choices: null"), "no choices"),
    "empty choices": "empty choices",
    "null content": "null content",
    "finish_reason content_filter": "content filter",
    "content-length too large": "cut body",
    "content-length too small": "connection broken",
}
"""The faults for which a prompt is rejected if they last, and the cause that the reject has to name."""
STOP = {
    "401 midway": "answers 401: Incorrect API key provided",
    "410 midway": "answers 410: Gone",
    "redirect": "answers 307: redirects to https://elsewhere.example",
    **dict.fromkeys((*_BUSY, "503"), "gave no answer for"),
}
"""The faults that end a run if they last, and with what words."""
AT_ONCE = ("401 midway", "410 midway", "redirect")
"""Those of them that need not last."""
ANSWERS = [fault for fault in WAYS if fault not in (*REJECTED, *STOP, WAITS)]
"""Odd, but an answer."""


@dataclass
class Run:
    """One command, its input and what came of it. ids: of the lines, with their prompts."""

    name: str
    command: str
    lines: list[dict[str, Any]]
    options: list[str] = field(default_factory=list)
    timeout: float = 30.0
    patience: float = PATIENCE
    first: Done | None = None
    second: Done | None = None

    @property
    def prompts(self) -> dict[str, str]:
        """The prompt of each line by its id."""
        return {line["id"]: line["prompt"][0]["content"] for line in self.lines}

    def arguments(self, folder: Path, server: FaultyServer) -> list[str]:
        """The command line; writes the input and the configuration."""
        write_lines(folder / f"{self.name}.in.jsonl", self.lines)
        table = f'base_url = "{server.url(self.name)}"\ntimeout = {self.timeout}\npatience = {self.patience}\n'
        (folder / f"{self.name}.toml").write_text(
            f'[models.instruct]\nmodel = "instruct"\n{table}[models.reward]\nmodel = "reward"\n{table}'
            f'[cache]\npath = "{self.name}.db"\n'
        )
        files = [f"{self.name}.in.jsonl", "-o", f"{self.name}.jsonl", "--config", f"{self.name}.toml"]
        return [self.command, *files, *self.options]


def lines(command: str, faults: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """One line for each (fault, when): ("", "") is a prompt that meets none."""
    made = []
    for number, (fault, when) in enumerate(faults):
        named = f" (fault: {fault}, {when})" if fault else ""
        prompt = [{"role": "user", "content": f"What grows best on plot {number}?{named}"}]
        line = record(f"{number}", f"worth {1 + number / 100}", prompt=prompt)
        made.append(line if command == "score" else {"id": line["id"], "prompt": prompt})
    return made


def alone(command: str, fault: str) -> Run:
    """Lines that meet nothing, then one that meets the fault once and one that always does; of STOP many."""
    named = [(fault, "always")] * 8 if fault in AT_ONCE else [(fault, "once"), (fault, "always")]
    options = ["--concurrency", "2"] if fault in AT_ONCE else []
    options += ["-n", "2"] if (command, fault) == ("respond", "wrong n") else []
    name = f"{command}-{re.sub('[^a-z0-9]+', '-', fault.lower()).strip('-') or 'braces'}"
    run = Run(name, command, lines(command, [("", "")] * 6 + named), options)
    run.timeout = TIMEOUT if fault in SLOW else run.timeout
    return run


def together(command: str) -> Run:
    """Every fault that passes twice, among lines that meet nothing, and every one that lasts for one line."""
    passing = [fault for fault in WAYS if fault not in (*AT_ONCE, WAITS)]
    met = [(fault, "once") for fault in passing for _ in range(1 if fault == "30 MB" else 2)]
    met += [(fault, "always") for fault in REJECTED if fault not in SLOW]
    return Run(f"{command}-together", command, lines(command, [*met, *[("", "")] * len(met)]), timeout=10, patience=60)


class Matrix:
    """All runs and the server they met."""

    def __init__(self, folder: Path, server: FaultyServer) -> None:
        self.folder, self.server = folder, server
        self.alone = {(command, fault): alone(command, fault) for command in COMMANDS for fault in WAYS}
        self.together = {command: together(command) for command in COMMANDS}
        self.runs = [*self.alone.values(), *self.together.values()]
        self.stopped: dict[str, set[str]] = {}
        """By the name of a run that stopped: the ids it did not come to."""

    def go(self) -> None:
        """Run everything, then, without faults, once more what was stopped."""
        waiting = [self.alone[command, WAITS] for command in COMMANDS]
        with ThreadPoolExecutor() as beside:
            waited = [beside.submit(self._until_it_waits, run) for run in waiting]
            self._several([run for run in self.runs if run not in waiting], "first")
        for run, done in zip(waiting, waited, strict=True):
            run.first = done.result()
        stopped = [run for run in self.runs if self.owed(run)]
        self.server.mended |= {run.name for run in stopped}
        self.stopped = {run.name: set(self.owed(run)) for run in stopped}
        self._several(stopped, "second")

    def _several(self, runs: list[Run], attempt: str) -> None:
        commands = [run.arguments(self.folder, self.server) for run in runs]
        for run, done in zip(runs, several(self.folder, *commands, apart=0.1), strict=True):
            setattr(run, attempt, done)

    def _until_it_waits(self, run: Run) -> Done:
        """Ctrl-C when every prompt was asked and the run has nothing to do but wait."""
        process = subprocess.Popen(
            [*SDG, *run.arguments(self.folder, self.server)],
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        while not all(self.tries(run, id) for id in run.prompts):
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        return Done(process.returncode, "", err, time.time())

    def written(self, run: Run) -> dict[str, dict[str, Any]]:
        """The lines of the output by id; each must be there once."""
        found = read_lines(self.folder / f"{run.name}.jsonl")
        by_id = {line["id"]: line for line in found}
        assert len(by_id) == len(found), f"{run.name}: a line came out twice"
        return by_id

    def rejected(self, run: Run) -> dict[str, dict[str, Any]]:
        """The rejects by id."""
        file = self.folder / f"{run.name}.rejects.jsonl"
        return {entry["id"]: entry for entry in read_lines(file)} if file.exists() else {}

    def owed(self, run: Run) -> list[str]:
        """The ids that are neither here nor there."""
        done = {*self.written(run), *self.rejected(run)}
        return [id for id in run.prompts if id not in done]

    def tries(self, run: Run, id: str) -> list[Try]:
        """What was asked for a line."""
        return self.server.tries[run.name, run.prompts[id]]

    def outcome(self, run: Run, id: str) -> str:
        """What became of a line, and of the run if it stopped over it."""
        assert run.first
        if id in self.stopped.get(run.name, ()):
            if run.first.status == 130:
                return "waited for; Ctrl-C ends the run with status 130"
            said = next((words for words in STOP.values() if words in run.first.err), "")
            return f"the run stops with status {run.first.status}" + (f": `{said} ...`" if said else "")
        asked = len(self.tries(run, id))
        if id in self.rejected(run):
            times = f"{asked} times" if asked > 1 else "once"
            return f"rejected: `{self.rejected(run)[id]['cause']}`, asked {times}"
        [response, *_] = self.written(run)[id]["responses"]
        marks = [", marked as truncated"] if response.get("truncated") else []
        marks += [", with U+FFFD instead"] if "\ufffd" in response["messages"][-1]["content"] else []
        return f"answered{' when asked again' if asked > 1 else ''}{''.join(marks)}"

    def seconds(self, run: Run, id: str) -> float:
        """From the first request for a line to its answer, or to the end of the run that gave it up."""
        assert run.first
        first, *_, last = [*self.tries(run, id), self.tries(run, id)[-1]]
        answered = id in self.written(run) and id not in self.stopped.get(run.name, ())
        return (last.went if answered else run.first.ended) - first.came
