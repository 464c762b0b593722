"""writing: tasks to write a document of a drawn kind that has to do with a topic, drafted and then revised."""

from __future__ import annotations

from sdg.prompts.task import Task

TASK = Task(name="writing", drafts="writing/draft", revision="writing/revise", called={"document_kind": "kind"})
