"""What one command's run shares with its stage: endpoints, templates, cache, counts. Starts and ends nothing itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sdg.core.answers import Answers
from sdg.core.budget import Budget
from sdg.core.cache import Cache
from sdg.core.config import Config
from sdg.core.digests import Digests
from sdg.core.endpoint import Endpoint
from sdg.core.funnel import Funnel
from sdg.core.options import RunOptions
from sdg.core.pools import Pools
from sdg.core.progress import Progress, Status
from sdg.core.stopping import Stopping

if TYPE_CHECKING:
    from sdg.core.batch.passes import Batch
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
    budget: Budget
    batch: Batch | None = None
    """With --batch: what its passes share."""
    done: Digests = field(default_factory=Digests)
    """Ids that have their outcome from an earlier run: those in a continued output, and of lines dropped there."""
    spool: Path | None = None
    """Where a stage that writes its output anew has its lines until they are put in place: rows.jsonl, or its parts."""
    _pools: Pools | None = None
    _answers: Answers | None = None
    _endpoints: dict[tuple[str, str], Endpoint] = field(default_factory=dict)
    _templates: Templates | None = None

    @property
    def templates(self) -> Templates:
        """The prompt templates, with the user's own over them."""
        from sdg.core.template import Templates

        if self._templates is None:
            self._templates = Templates(Path(self.options.prompts) if self.options.prompts else None)
        return self._templates

    @property
    def pools(self) -> Pools:
        """The servers that were asked for."""
        if self._pools is None:
            words = f"{self.funnel.name}: "
            self._pools = Pools(self.options.concurrency, self.stopping, lambda said: self.say(words + said))
        return self._pools

    @property
    def answers(self) -> Answers:
        """What is paid for and what is being paid for, by all endpoints."""
        if self._answers is None:
            self._answers = Answers(self.cache)
        return self._answers

    def endpoint(self, name: str, **sampling: Any) -> Endpoint:
        """A role, a [models.NAME] table, or a model id on the instruct endpoint."""
        key = (name, repr(sorted(sampling.items())))
        if key not in self._endpoints:
            self._endpoints[key] = Endpoint(
                name,
                self.config.model(name),
                sampling=sampling,
                pools=self.pools,
                answers=self.answers,
                funnel=self.funnel,
                stopping=self.stopping,
                budget=self.budget,
                batch=self.batch,
                say=self.progress.say,
            )
        return self._endpoints[key]

    @property
    def endpoints(self) -> list[Endpoint]:
        """All that the stage has asked for."""
        return list(self._endpoints.values())

    async def remember(self, key: str, make: Callable[[], Awaitable[str]]) -> str:
        """A fact about an endpoint: found out once, then kept in the cache file."""
        known = self.cache.fact(key) if self.cache else None
        if known is None:
            known = await make()
            if self.cache:
                self.cache.remember(key, known)
        return known

    def say(self, message: str) -> None:
        """A message on stderr; where a run has several passes, in the first one that has it."""
        (self.batch or self.progress).say(message)

    def status(self) -> Status:
        """What the progress line shows now."""
        waiting = next((e.waiting for e in self._endpoints.values() if e.waiting), "")
        tokens = self.funnel.tokens_in + self.funnel.tokens_out
        return Status(self.funnel.done, self.funnel.in_flight, self.funnel.failed.total(), tokens, waiting)

    async def close(self) -> None:
        """Connections and cache; what was answered is on disk afterwards."""
        self._endpoints.clear()
        if self._pools:
            await self._pools.close()
        cache, self.cache = self.cache, None
        if cache:
            await cache.close()
