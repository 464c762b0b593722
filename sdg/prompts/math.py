"""math: problems around a keyword of mathematics, at a drawn level. One step: the first text is the prompt."""

from __future__ import annotations

from sdg.prompts.task import Task

TASK = Task(name="math", field="math", drafts="math/problem", called={"keyword": "topic"})
