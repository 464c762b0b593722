"""A run in batches: a stage goes over its input again and again, and between two passes the batches do the asking.

What a pass lacks is collected, submitted and fetched; the next pass finds it. The last one lacks nothing. Each pass
continues the output as the same command would, so a kill costs nothing that was answered. A run begins with a
pass, also where an earlier one left batches under way: only what is still wanted is submitted.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from sdg.core.batch.folder import Folder, is_ours
from sdg.core.batch.jobs import Jobs
from sdg.core.batch.sender import BatchSender
from sdg.core.config import REHEARSAL_URL, Config, Model
from sdg.core.errors import Interrupted, UsageError
from sdg.core.funnel import Funnel
from sdg.core.options import RunOptions
from sdg.core.progress import Progress
from sdg.core.sender import Sender
from sdg.core.stopping import Stopping


class Batch:
    """What the passes of one run share.

    collecting: requests go into batches, once the stage of a pass is open. goes_on: there is a further pass to come.
    """

    def __init__(self, folder: Folder, funnel: Funnel, stopping: Stopping, progress: Progress) -> None:
        self.folder, self.funnel, self.stopping = folder, funnel, stopping
        self.collecting = self.goes_on = False
        self._progress = progress
        self._said: set[str] = set()
        self._cached: int | None = None

    @property
    def cache_path(self) -> str:
        """A cache for these passes alone, as what an earlier one got must be found again, also with --no-cache."""
        return str(self.folder.path / "answers.db")

    def sender(self, table: str, model: Model, **shared: Any) -> Sender:
        """What an endpoint sends by."""
        return BatchSender(self, table, model, **shared)

    def say(self, message: str) -> None:
        """A message that every pass would repeat, said once."""
        if message not in self._said:
            self._said.add(message)
            self._progress.say(message)

    def end_pass(self) -> bool:
        """This pass is over. Whether it has left lines to a further one."""
        # Later passes find in the cache what this run paid for; what was there before it, the first one has counted.
        self._cached = self.funnel.cached if self._cached is None else self._cached
        self.funnel.cached = self._cached
        self.goes_on = self.folder.waited_for and not self.stopping.requested
        return self.goes_on


async def passes(
    models: list[str],
    options: RunOptions,
    config: Config,
    funnel: Funnel,
    stopping: Stopping,
    progress: Progress,
    one: Callable[[Batch], Awaitable[int]],
) -> int:
    """Passes (`one`) until nothing is owed; the exit status of the last. models: those that are asked in them."""
    path = _place(options)
    for name in models:
        _check_model(name, config.model(name))
    folder = Folder(path)
    batch = Batch(folder, funnel, stopping, progress)
    jobs = Jobs(folder, config, funnel, stopping, progress)
    done = False
    try:
        folder.take_back()
        jobs.check()
        while True:
            batch.collecting = False
            folder.begin()
            code = await one(batch)
            if not batch.goes_on:
                done = not stopping.requested
                return code
            folder.split()
            await _until_now(jobs.work_off(), stopping)
            funnel.again()
    finally:
        under_way = any(file.batch for file in folder.files())
        folder.close(done)
        if stopping.requested and under_way:
            progress.say(f"{funnel.name}: what was submitted goes on; the same command fetches it when it is done")


async def _until_now(work: Coroutine[Any, Any, None], stopping: Stopping) -> None:
    """Do it; Interrupted if the run shall stop at once."""
    task = asyncio.ensure_future(work)

    def give_up() -> None:
        if stopping.now:
            task.cancel()

    stopping.on_change(give_up)
    try:
        await task
    except asyncio.CancelledError:
        raise Interrupted from None


def refuse_paid(output: str) -> None:
    """Before a run without --batch. UsageError: an earlier one with it has batches for this output under way.

    What a kill has left before there was a batch is taken away.
    """
    path = _beside(output)
    if not is_ours(path):
        return
    folder = Folder(path)
    paid = folder.paid
    folder.close(done=False)
    if paid:
        raise UsageError(f"{path} has requests that were paid for: run with --batch to fetch them, or delete it")


def _beside(output: str) -> Path:
    return Path(f"{output}.batch")


def _place(options: RunOptions) -> Path:
    """The folder, if there can be one. UsageError: not with these options."""
    output, file = options.output, options.file
    if output is None or output == "-" or (os.path.exists(output) and not os.path.isfile(output)):
        raise UsageError("--batch needs -o FILE: what is under way is kept beside it")
    if file == "-" or (os.path.exists(file) and not os.path.isfile(file) and not os.path.isdir(file)):
        raise UsageError("--batch needs a FILE to read, not a pipe: it is read more than once")
    if options.in_order:
        raise UsageError("--in-order does not go with --batch: what is asked again comes later")
    if options.max_calls is not None or options.max_cost is not None:
        raise UsageError("--max-calls and --max-cost are for requests sent one by one, and do not go with --batch")
    return _beside(output)


def _check_model(name: str, model: Model) -> None:
    """UsageError: its address is none for batches."""
    if len(model.base_urls) > 1:
        raise UsageError(f"[models.{name}] has several addresses, and --batch goes to one: give it one base_url")
    if model.first_url == REHEARSAL_URL:
        raise UsageError(
            f"--batch needs a server with a Batch API, and [models.{name}] is the built-in rehearsal endpoint"
        )
