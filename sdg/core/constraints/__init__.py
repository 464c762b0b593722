"""Verifiable constraints: does an answer obey? The 25 kinds of IFEval (arXiv 2311.07911), each by a small program.

One file for each family of kinds. No prompts, no records, no models: only text in and a verdict out.
"""

from __future__ import annotations

from sdg.core.constraints.base import Constraint, holds_loosely
from sdg.core.constraints.given import Given, dump, parse
from sdg.core.constraints.kinds import KINDS
from sdg.core.constraints.speech import LANGUAGES, language_of

__all__ = ["KINDS", "LANGUAGES", "Constraint", "Given", "dump", "holds_loosely", "language_of", "parse"]
