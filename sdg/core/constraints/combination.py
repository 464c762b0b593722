"""Constraints on the whole of an answer: the request repeated before it, or two answers in one."""

from __future__ import annotations

from typing import ClassVar

from sdg.core.constraints.base import Constraint, Text

_DIVIDER = "*" * 6


class RepeatPrompt(Constraint):
    """The answer begins with the prompt, word for word in any case, and something follows it."""

    kind: ClassVar[str] = "combination:repeat_prompt"

    prompt_to_repeat: Text

    def _holds(self, text: str) -> bool:
        prompt = self.prompt_to_repeat.replace("\r\n", "\n").replace("\r", "\n").lower()
        text = text.strip().lower()
        return text.startswith(prompt) and bool(text[len(prompt) :].strip())


class TwoResponses(Constraint):
    """Two answers that are not the same, with six asterisks between."""

    kind: ClassVar[str] = "combination:two_responses"

    def _holds(self, text: str) -> bool:
        answers = [piece.strip() for piece in text.split(_DIVIDER)]
        answers = answers[not answers[0] : len(answers) - (not answers[-1])]  # it may also stand around them
        return len(answers) == 2 and all(answers) and answers[0] != answers[1]
