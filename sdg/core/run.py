"""What one command's run shares with its stage: endpoints, templates, cache, counts. Starts and ends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sdg.core.cache import Cache
from sdg.core.config import Config
from sdg.core.digests import Digests
from sdg.core.endpoint import Endpoint
from sdg.core.funnel import Funnel
from sdg.core.options import RunOptions
from sdg.core.progress import Progress, Status
from sdg.core.stopping import Stopping
from sdg.core.template import Templates


@dataclass
class Run:
    """What one command's run shares with its stage."""

    options: RunOptions
    funnel: Funnel
    stopping: Stopping
    progress: Progress
    config: Config
    cache: Cache | None
    done: Digests = field(default_factory=Digests)
    """Ids that have their outcome from an earlier run: those in a continued output, and of lines dropped there."""
    spool: Path | None = None
    """Where a stage that writes its output anew has its lines until they are put in place: rows.jsonl, or its parts."""
    _endpoints: dict[tuple[str, str], Endpoint] = field(default_factory=dict)
    _templates: Templates | None = None

    @property
    def templates(self) -> Templates:
        """The prompt templates, with the user's own over them."""
        if self._templates is None:
            self._templates = Templates(Path(self.options.prompts) if self.options.prompts else None)
        return self._templates

    def endpoint(self, name: str, **sampling: Any) -> Endpoint:
        """A role, a [models.NAME] table, or a model id on the instruct endpoint."""
        key = (name, repr(sorted(sampling.items())))
        if key not in self._endpoints:
            self._endpoints[key] = Endpoint(
                name,
                self.config.model(name),
                sampling=sampling,
                concurrency=self.options.concurrency,
                cache=self.cache,
                funnel=self.funnel,
                stopping=self.stopping,
                say=self.progress.say,
            )
        return self._endpoints[key]

    async def remember(self, key: str, make: Callable[[], Awaitable[str]]) -> str:
        """A fact about an endpoint: found out once, then kept in the cache file."""
        known = self.cache.fact(key) if self.cache else None
        if known is None:
            known = await make()
            if self.cache:
                self.cache.remember(key, known)
        return known

    def status(self) -> Status:
        """What the progress line shows now."""
        waiting = next((e.waiting for e in self._endpoints.values() if e.waiting), "")
        tokens = self.funnel.tokens_in + self.funnel.tokens_out
        return Status(self.funnel.done, self.funnel.in_flight, self.funnel.failed.total(), tokens, waiting)

    async def close(self) -> None:
        """Connections and cache; what was answered is on disk afterwards."""
        while self._endpoints:
            with suppress(Exception):
                await self._endpoints.popitem()[1].close()
        cache, self.cache = self.cache, None
        if cache:
            await cache.close()
