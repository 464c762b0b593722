"""Files of requests become batches at their servers, and batches become replies in the folder, until all are there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from sdg.core.batch.api import BatchApi, Refused
from sdg.core.batch.folder import Folder
from sdg.core.batch.lines import File, complaints
from sdg.core.config import Config, Model
from sdg.core.errors import Interrupted, Stop, UsageError
from sdg.core.funnel import Funnel
from sdg.core.progress import Progress, Status
from sdg.core.stopping import Stopping

_FIRST_LOOK, _LONGEST = 0.2, 60.0
"""Seconds until a batch is looked at again: twice as many each time, up to this."""
_BARE_LOOKS = 8
"""How often a batch that has ended is looked at again because its files are not named yet."""
_ENDED = ("completed", "expired", "cancelled")
_LATER = "Run the same command again to go on"


class Jobs:
    """Works off the files of a folder."""

    def __init__(self, folder: Folder, config: Config, funnel: Funnel, stopping: Stopping, progress: Progress) -> None:
        self._folder, self._config, self._funnel = folder, config, funnel
        self._stopping, self._progress = stopping, progress
        self._apis: dict[tuple[str, str], BatchApi] = {}
        self._state: dict[str, str] = {}
        self._bare: Counter[str] = Counter()
        self._done: dict[str, int] = {}
        self._full = False
        """Whether a server took no further batch: then one that is under way has to end first."""

    def check(self) -> None:
        """UsageError: what an earlier run has begun can't be fetched with this configuration."""
        for file in self._folder.files():
            self._model(file)

    async def work_off(self) -> None:
        """Until every file is fetched. Interrupted: the run is stopping, and what is under way goes on without it."""
        self._state, self._done, self._full = {}, {}, False
        pause = _FIRST_LOOK
        try:
            while files := self._folder.files():
                for file in files:
                    if self._stopping.requested:
                        raise Interrupted
                    if not file.batch and not (self._full and any(other.batch for other in files)):
                        await self._submit(file)
                self._show(files)
                ended = [await self._look(file) for file in files if file.batch]
                if not all(ended):
                    pause = _FIRST_LOOK if any(ended) else pause
                    await self._stopping.sleep(pause)
                    pause = min(2 * pause, _LONGEST)
                if self._stopping.requested:
                    raise Interrupted
        finally:
            while self._apis:
                await self._apis.popitem()[1].close()

    async def _submit(self, file: File) -> None:
        """Upload it and begin a batch. Each step is on disk before the next one."""
        api = self._api(file)
        if not file.input:
            path = self._folder.write(file)
            file.input = await api.upload(path)
            self._folder.save(file)
            path.unlink(missing_ok=True)
        asked, file.asked = file.asked, True
        self._folder.save(file)
        try:
            file.batch = await api.create(file.input, file.url, file.name, perhaps_there=asked)
        except Refused:
            file.asked = False
            self._folder.save(file)
            raise
        self._folder.save(file)
        self._tell(f"batch {file.batch} at {file.server} ({file.model}) has {file.requests:,} requests")

    async def _look(self, file: File) -> bool:
        """Whether the batch has ended; what it brought is in the folder then."""
        batch = await self._api(file).get(file.batch)
        if batch is None:  # of a gateway that has lost its server, perhaps: to ask again would pay again
            raise Stop(
                f"batch {file.batch} is not known at {file.server} (404)",
                2,
                f"{_LATER}; if it is gone for good, delete {self._folder.path} to pay for what is not answered yet",
            )
        status = str(batch.get("status")).lower()
        self._count(file, status, batch.get("request_counts"))
        if status == "failed":
            self._failed(file, batch)
            return True
        if status not in _ENDED or self._without_files(file, batch):
            return False
        answered = await self._fetch(file, batch, status)
        self._full = False
        self._tell(f"batch {file.batch} {status}: {answered:,} of {file.requests:,} requests have a reply")
        if status == "cancelled":
            raise Stop(f"batch {file.batch} at {file.server} was cancelled; its replies are kept", advice=_LATER)
        return True

    def _without_files(self, file: File, batch: dict[str, Any]) -> bool:
        """Whether it says that requests are done, and not yet where their replies are. Not for ever."""
        named = batch.get("output_file_id") or batch.get("error_file_id")
        if named or not self._done.get(file.batch) or self._bare[file.batch] >= _BARE_LOOKS:
            return False
        self._bare[file.batch] += 1
        return True

    async def _fetch(self, file: File, batch: dict[str, Any], status: str) -> int:
        """Its output and its errors, either of which may not be there."""
        paths: list[Path] = []
        for part in ("output", "error"):
            if remote := batch.get(f"{part}_file_id"):
                paths.append(self._folder.path / f"{file.name}.{part}.jsonl")
                await self._api(file).download(str(remote), paths[-1])
        missing = {"completed": "no reply in the batch", "expired": "batch expired"}.get(status, "")
        answered = self._folder.take(file, paths, missing)
        self._funnel.calls += answered
        for path in paths:
            path.unlink(missing_ok=True)
        return answered

    def _failed(self, file: File, batch: dict[str, Any]) -> None:
        """Not begun at all: over single lines, over too many requests waiting, or over all of it."""
        by_line, why = complaints(batch)
        others = sum(bool(other.batch) for other in self._folder.files()) - 1
        if by_line:
            self._tell(f"batch {file.batch} was refused over {len(by_line):,} of its requests ({why})")
            self._folder.refuse(file, by_line)
        elif others:
            self._full = True
            file.batch, file.asked, file.input = "", False, ""
            self._folder.save(file)
        else:
            self._folder.refuse(file, {})
            raise Stop(f"batch {file.batch} at {file.server} failed: {why}", 2, _LATER)

    def _api(self, file: File) -> BatchApi:
        key = (file.model, file.server)
        if key not in self._apis:
            self._apis[key] = BatchApi(file.model, self._model(file), file.server, self._stopping, self._tell)
        return self._apis[key]

    def _model(self, file: File) -> Model:
        model = self._config.model(file.model)
        if model.first_url != file.server:
            raise UsageError(
                f"{self._folder.path} has a batch at {file.server}, and [models.{file.model}] is elsewhere now: "
                "put its base_url back to fetch it, or delete the folder to pay anew"
            )
        return model

    def _count(self, file: File, status: str, counts: Any) -> None:
        counts = counts if isinstance(counts, dict) else {}
        numbers = [counts.get(part) for part in ("completed", "failed")]
        self._state[file.batch] = status
        self._done[file.batch] = sum(number for number in numbers if isinstance(number, int))

    def _show(self, files: list[File]) -> None:
        """The progress line tells of requests and batches, while no lines are worked on."""
        self._progress.total = sum(file.requests for file in files)
        mine = [file.batch for file in files]

        def status() -> Status:
            states = Counter(self._state.get(batch, "submitted") for batch in mine)
            words = ", ".join(f"{count} {state}" for state, count in states.items())
            return Status(sum(self._done.get(batch, 0) for batch in mine), waiting=f"batches: {words}")

        self._progress.watch(status)
        self._progress.start()

    def _tell(self, words: str) -> None:
        if not self._progress.quiet:
            self._progress.say(f"{self._funnel.name}: {words}")
