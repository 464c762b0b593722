"""What a task is that makes a new prompt of a prompt: `sdg prompts --task NAME --from FILE`. Asks no model itself.

A new one is one more file in this folder with `FROM_TASK = ItsClass` in it (the class: every run makes its own
object); its `name` is the name on the command line. What the tasks share about the new record is `made_from`.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from sdg.core.endpoint import Endpoint
from sdg.core.family import root_id
from sdg.core.hub import HUB
from sdg.core.jsonl import Line
from sdg.prompts.task import Thrown
from sdg.record import Record, Source, prompt_id

if TYPE_CHECKING:
    from sdg.core.run import Run
    from sdg.prompts.from_prompts import PromptsFrom

CARRIED = (
    "topic",
    "parent_topic",
    "field",
    "document",
    "document_part",
    "kind",
    "level",
    "audience",
    "style",
    "language",
    "model",
    "dataset",
    "row",
    "unsafe",
    "flags",
    "rehearsal",
)
"""Fields of `Source` that stay true of a prompt made from another one."""

_OF_THE_OLD = {"messages", "conversations", "conversation", "chosen", "rejected", "response", "completion", "output"}
_REMADE = frozenset(Record.model_fields) | _OF_THE_OLD
"""Columns that are made anew, or that belong to the old prompt alone: what answers it does not answer the new one."""

_EMPTY = Source()


class Used(Protocol):
    """A template or a table that a prompt was made with."""

    @property
    def name(self) -> str: ...
    @property
    def hash(self) -> str: ...


class FromTask(ABC):
    """One task. `open` is called once, before anything is paid; then `make` for each line, many at a time."""

    name: ClassVar[str]
    uses: ClassVar[frozenset[str]] = frozenset()
    """The options that only some of the tasks have a use for: personas, user_model."""

    async def open(self, stage: PromptsFrom, run: Run) -> None:  # noqa: B027  (most need it, but none must)
        """Get templates, tables and endpoints ready; UsageError where the options or the user's files are wrong."""

    def settings(self) -> dict[str, Any]:
        """What decides the new prompts besides the command's options: models, hashes of templates and tables."""
        return {}

    @abstractmethod
    async def make(self, line: Line) -> dict[str, Any] | Thrown:
        """The new record (see `made_from`), or why there is none. May raise RecordFailed."""


def find_from_task(name: str) -> FromTask | None:
    """A new object of the task of that name; None if there is none."""
    task = from_tasks().get(name)
    return task() if task else None


def from_tasks() -> dict[str, type[FromTask]]:
    """{name: class} of the tasks in this folder."""
    import sdg.prompts as package

    found: dict[str, type[FromTask]] = {}
    for module in pkgutil.iter_modules(package.__path__):
        task = getattr(importlib.import_module(f"sdg.prompts.{module.name}"), "FROM_TASK", None)
        if isinstance(task, type) and issubclass(task, FromTask):
            found[task.name] = task
    return found


def made_from(
    line: Line,
    task: str,
    messages: list[dict[str, Any]],
    *,
    templates: Sequence[Used] = (),
    endpoint: Endpoint | None = None,
    constraints: str = "",
    **source: Any,
) -> dict[str, Any]:
    """The record of a new prompt made from the prompt of `line`, with all that is known of where it comes from.

    messages: the new prompt, its id comes from them. templates: those that were used, in order. endpoint: the model
    that wrote a part of it. source: further fields of `Source`, over those that are carried over. A user's own columns
    and `extra` are carried over; the reference is not, because the question is another one now.
    """
    old = line.data.get("source")
    carried = {key: old[key] for key in CARRIED if key in old} if isinstance(old, dict) else {}
    carried = {key: value for key, value in carried.items() if type(value) is type(getattr(_EMPTY, key))}
    if endpoint:
        made_up = carried.get("rehearsal", False) or endpoint.rehearsal
        carried |= {"model": endpoint.model, "rehearsal": made_up}
    if line.source.startswith(HUB) and not carried.get("dataset"):
        carried |= {"dataset": line.source, "row": str(line.number)}
    origin = {"seed": line.id, "root": root_id(line.record), "plan": line.id}
    used = {
        "template": "+".join(template.name for template in templates),
        "template_hash": "+".join(template.hash for template in templates),
    }
    extra = line.data.get("extra") or {}
    values = {
        "id": prompt_id(messages),
        "task": task,
        "prompt": messages,
        "constraints": constraints,
        "source": Source.model_validate({**carried, **used, **origin, **source}).model_dump(),
        "extra": extra if isinstance(extra, dict) else {"extra": extra},
    }
    record = Record.model_validate(values).model_dump(exclude={"responses"})
    return record | {key: value for key, value in line.data.items() if key not in _REMADE}
