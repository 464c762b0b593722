"""coding: tasks in Python around a keyword, at a drawn level. One step: the first text is the prompt."""

from __future__ import annotations

from sdg.prompts.task import Task

TASK = Task(name="coding", field="python", drafts="coding/problem", called={"keyword": "topic"})
