"""open-qa: questions about a topic. Drafts are short and plain, so each is revised; only the revision is used."""

from __future__ import annotations

from sdg.prompts.task import Task

TASK = Task(name="open-qa", drafts="open-qa/draft", revision="open-qa/revise")
