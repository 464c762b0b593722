"""A run in batches: a stage goes over its input again and again, and between two passes the batches do the asking.

What a pass lacks is collected, submitted and fetched; the next pass finds it. The last one lacks nothing. Each pass
continues the output as the same command would, so a kill costs nothing that was answered.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

from sdg.core.batch.folder import Folder
from sdg.core.batch.jobs import Jobs
from sdg.core.batch.sender import BatchSender
from sdg.core.config import Config, Model
from sdg.core.errors import Interrupted, UsageError
from sdg.core.funnel import Funnel
from sdg.core.options import RunOptions
from sdg.core.progress import Progress
from sdg.core.sender import Sender
from sdg.core.stopping import Stopping


class Batch:
    """What the passes of one run share. collecting: requests go into batches, once the stage of a pass is open."""

    def __init__(self, folder: Folder, funnel: Funnel, stopping: Stopping, progress: Progress) -> None:
        self.folder, self.funnel, self.stopping = folder, funnel, stopping
        self.collecting = False
        self._progress = progress
        self._said: set[str] = set()
        self._cached: int | None = None

    def sender(self, table: str, model: Model, **shared: Any) -> Sender:
        """What an endpoint sends by."""
        return BatchSender(self, table, model, **shared)

    def say(self, message: str) -> None:
        """A message that every pass would repeat, said once."""
        if message not in self._said:
            self._said.add(message)
            self._progress.say(message)

    def goes_on(self) -> bool:
        """Whether this pass, which is over, has left lines to a further one."""
        # Later passes find in the cache what this run paid for; what was there before it, the first one has counted.
        self._cached = self.funnel.cached if self._cached is None else self._cached
        self.funnel.cached = self._cached
        return self.folder.owed > 0 and not self.stopping.requested


async def passes(
    options: RunOptions,
    config: Config,
    funnel: Funnel,
    stopping: Stopping,
    progress: Progress,
    one: Callable[[Batch], Awaitable[int]],
) -> int:
    """Passes (`one`) until nothing is owed; the exit status of the last."""
    folder = Folder(_place(options))
    batch = Batch(folder, funnel, stopping, progress)
    jobs = Jobs(folder, config, funnel, stopping, progress)
    done = False
    try:
        while True:
            await _until_now(jobs.work_off(), stopping)
            batch.collecting = False
            folder.begin()
            code = await one(batch)
            if not batch.goes_on():
                done = not stopping.requested
                return code
            folder.split()
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


def _place(options: RunOptions) -> Path:
    """The folder, if there can be one. UsageError: not with these options."""
    output = options.output
    if output is None or output == "-" or (os.path.exists(output) and not os.path.isfile(output)):
        raise UsageError("--batch needs -o FILE: what is under way is kept beside it")
    if not os.path.isfile(options.file):
        raise UsageError("--batch needs a FILE to read, not a pipe: it is read more than once")
    if options.in_order:
        raise UsageError("--in-order does not go with --batch: what is asked again comes later")
    return Path(f"{output}.batch")
