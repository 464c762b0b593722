"""Constraints on parts that an answer has to have: placeholders, a postscript."""

from __future__ import annotations

import re
from typing import ClassVar

from sdg.core.constraints.base import Constraint, Count, Text

_PLACEHOLDER = re.compile(r"\[([^\[\]\n]*)\]")


class NumberPlaceholders(Constraint):
    """At least so many placeholders in square brackets, such as [name]; empty brackets are none."""

    kind: ClassVar[str] = "detectable_content:number_placeholders"

    num_placeholders: Count

    def _holds(self, text: str) -> bool:
        return sum(1 for name in _PLACEHOLDER.findall(text) if name.strip()) >= self.num_placeholders


class Postscript(Constraint):
    """The marker (P.S., P.P.S) stands somewhere, in any case, also with a space after its points."""

    kind: ClassVar[str] = "detectable_content:postscript"

    postscript_marker: Text

    def _holds(self, text: str) -> bool:
        marker = re.escape(self.postscript_marker.lower()).replace(r"\.", r"\.\s?")
        return re.search(rf"(?<!\w){marker}", text.lower()) is not None
