"""length: prompts or responses are neither too short nor too long.

min   at least so many
max   at most so many (give at least one of the two)
unit  words (default) or characters
of    response (default): each response's last message; prompt: all its messages together
need  all (default): every response; any: at least one

A word is a run of characters without white space that has a letter or a digit. Chinese characters and kana have no
spaces between words: each counts as one, as in word processors. Characters are Unicode code points.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sdg.core.words import count_words
from sdg.filter.responses import Of, Options, objection, prompt_text
from sdg.record import Record

Count = Annotated[int | None, Field(ge=0)]


class Rule(Options):
    """Counts words or characters; reasoning is kept apart from a response and is not counted."""

    min: Count = None
    max: Count = None
    unit: Literal["words", "characters"] = "words"
    of: Of = "response"
    need: Literal["all", "any"] = "all"

    @model_validator(mode="after")
    def _has_bounds(self) -> Rule:
        if self.min is None and self.max is None:
            raise ValueError("give min, max or both, as in length:max=2000")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"min={self.min} is above max={self.max}: no length can be within")
        return self

    def judge(self, record: Record) -> str | None:
        """A reason for a person, or None. BadLine: no responses where they are measured."""
        if self.of == "prompt":
            why = self._look(prompt_text(record))
            return f"the prompt {why}" if why else None
        return objection(record, self.need, lambda response: self._look(response.text))

    def _look(self, text: str) -> str | None:
        count = count_words(text) if self.unit == "words" else len(text)
        if self.min is not None and count < self.min:
            return f"has {count} {self.unit}, fewer than {self.min}"
        if self.max is not None and count > self.max:
            return f"has {count} {self.unit}, more than {self.max}"
        return None
