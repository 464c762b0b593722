"""The stage `verify`: gives every response a verdict by program; calls no model and never edits a text.

The first verifier that finds something to check on a record judges its responses. A response of a record that asks
for nothing gets a verdict whose every value is "". With `keep`, responses that are not right leave the line. How a
response is judged is not in here but in the file of its verifier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import orjson
from pydantic import PrivateAttr

from sdg.core.errors import BadLine, WrongStep
from sdg.core.stage import Dropped, Kept, LineStage, Outcome, Trimmed
from sdg.record import Response, Verdict
from sdg.verify.constraints import Constraints
from sdg.verify.tally import Tally
from sdg.verify.verifier import Found, Verifier

if TYPE_CHECKING:
    from sdg.core.jsonl import Line
    from sdg.core.run import Run

VERIFIERS: tuple[Verifier[Any], ...] = (Constraints(),)
"""In the order in which they are asked."""

_NOTHING = Verdict().model_dump()


class Verify(LineStage):
    """Verifies every response; see the module's docstring."""

    name: ClassVar[str] = "verify"
    calls_models: ClassVar[bool] = False

    keep: Literal["all", "strict", "loose"] = "all"

    _quiet: bool = PrivateAttr(default=False)
    _right_step: bool = PrivateAttr(default=False)
    _tally: Tally = PrivateAttr(default_factory=Tally)

    async def open(self, run: Run) -> None:
        self._quiet = run.options.quiet

    async def process(self, line: Line) -> Outcome:
        """The line with a verdict in each response; all, some or none of them stay on it."""
        responses = self._responses(line)
        for verifier in VERIFIERS:
            asked = verifier.asked(line.record)
            if asked is not None:
                found = [await verifier.verdict(asked, response) for response in responses]
                return self._outcome(line, verifier.name, found)
        for _ in responses:
            self._tally.add(None)
        return Kept(line.id, _line(line, [{**raw, "verdict": _NOTHING} for raw in line.data["responses"]]))

    def closing_words(self) -> tuple[str, int]:
        """How many were right, also by kind."""
        return ("" if self._quiet else self._tally.words()), 0

    def _responses(self, line: Line) -> list[Response]:
        """At least one; BadLine where there is none."""
        responses = line.record.responses
        if not responses:
            # Before any line with responses this is the wrong file; after one it is a single odd line.
            kind = BadLine if self._right_step or responses is not None else WrongStep
            raise kind("no responses", f"record {line.id} has no responses: run `sdg respond` before")
        self._right_step = True
        return responses

    def _outcome(self, line: Line, verifier: str, found: list[Found]) -> Outcome:
        for one in found:
            self._tally.add(one)
        judged = [
            {**raw, "verdict": one.verdict(verifier).model_dump()}
            for raw, one in zip(line.data["responses"], found, strict=True)
        ]
        wrong = [number for number, one in enumerate(found) if not self._stays(one)]
        if not wrong:
            return Kept(line.id, _line(line, judged))
        rule = f"not right ({self.keep})"
        told = "; ".join(f"response {number + 1} {found[number].reason or found[number].outcome}" for number in wrong)
        if len(wrong) == len(judged):
            return Dropped(line.id, rule, f"no response is right: {told}", _line(line, judged))
        kept = [response for number, response in enumerate(judged) if number not in wrong]
        left = [judged[number] for number in wrong]
        reason = f"{len(left)} of {len(judged)} responses are not right: {told}"
        return Kept(line.id, _line(line, kept), Trimmed(rule, reason, _line(line, left), len(left)))

    def _stays(self, found: Found) -> bool:
        if self.keep == "all":
            return True
        return (found.outcome if self.keep == "strict" else found.loosely) == "right"


def _line(line: Line, responses: list[dict[str, Any]]) -> bytes:
    return orjson.dumps({**line.data, "responses": responses})
