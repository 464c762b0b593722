"""refusal: answers do not refuse instead of answering ("I'm sorry, but I can't help with that").

of    response (default): each response's last message; prompt: the last user message (a model that was asked for
      prompts may refuse, too)
need  all (default): every response; any: at least one

Judged by fixed phrases at the very beginning, in ten languages. An answer that quotes a refusal further on, or begins
with a quotation mark, stays; so does one that says what it can't do and then does the rest ("I can't open links, but
here is ..."). A refusal in other words, and one that comes after a long preface, is not found: judge these by the
reward.
"""

from __future__ import annotations

from typing import Literal

from sdg.core.refusals import refusal_in
from sdg.filter.responses import Of, Options, objection
from sdg.record import Record


class Rule(Options):
    """Fixed phrases; asks no model."""

    of: Of = "response"
    need: Literal["all", "any"] = "all"

    def judge(self, record: Record) -> str | None:
        """A reason for a person, or None. BadLine: no responses where they are judged."""
        if self.of == "prompt":
            users = [message for message in record.prompt if message.role == "user"]
            why = _look((users or record.prompt)[-1].content)
            return f"the prompt {why}" if why else None
        return objection(record, self.need, lambda response: _look(response.text))


def _look(text: str) -> str | None:
    return f"refuses: {' '.join(text.lstrip()[:90].split())!r}" if refusal_in(text) else None
