"""The pools of one run: a pool for each set of addresses, shared by all that ask there. Knows nothing of requests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from sdg.core.config import REHEARSAL_URL, Model
from sdg.core.pace import Pace
from sdg.core.pool import Pool
from sdg.core.server import Server
from sdg.core.stopping import Stopping
from sdg.core.transport import Http, Rehearsal


class Pools:
    """concurrency: requests in flight at once in each pool. say: for what happens to single servers."""

    def __init__(self, concurrency: int, stopping: Stopping, say: Callable[[str], None]) -> None:
        self._concurrency, self._say = concurrency, say
        self._pools: dict[str, Pool] = {}
        stopping.on_change(self._release)

    def of(self, model: Model, key: str) -> Pool:
        """The servers of a model; the same for every model with these addresses, this key and these limits.

        Of a rehearsal the context counts as well: there it is the server's.
        """
        limits = model.requests_per_minute or 0, model.tokens_per_minute or 0
        context = model.context if model.first_url == REHEARSAL_URL else 0
        name = repr((model.base_urls, key, model.timeout, limits, context))
        if name not in self._pools:
            servers = [
                Server(
                    url,
                    Rehearsal(context) if url == REHEARSAL_URL else Http(url, key, model.timeout),
                    self._concurrency,
                    Pace(*limits),
                )
                for url in model.base_urls
            ]
            self._pools[name] = Pool(servers, self._concurrency, self._say)
        return self._pools[name]

    async def close(self) -> None:
        """Let go of the connections."""
        while self._pools:
            with suppress(Exception):
                await self._pools.popitem()[1].close()

    def _release(self) -> None:
        for pool in self._pools.values():
            pool.release()
