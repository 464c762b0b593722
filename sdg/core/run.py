"""One command's run: puts input, output, rejects, configuration, cache, progress and engine together.

`run_stage` is the one way from a command line to a running stage and its exit status. Knows no particular stage.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sdg.core import config, rejects
from sdg.core.cache import Cache
from sdg.core.digests import Digests
from sdg.core.endpoint import Endpoint
from sdg.core.engine import Engine
from sdg.core.errors import Interrupted, RecordFailed, Stop, UsageError
from sdg.core.funnel import Funnel
from sdg.core.intake import read_lines
from sdg.core.jsonl import same_file
from sdg.core.lines import LineReader
from sdg.core.options import RunOptions
from sdg.core.output import Output
from sdg.core.progress import Progress, Status
from sdg.core.stage import LineStage, Stage
from sdg.core.stopping import Stopping
from sdg.core.template import Templates
from sdg.core.writer import Writer


@dataclass
class Run:
    """What one command's run shares with its stage."""

    options: RunOptions
    funnel: Funnel
    stopping: Stopping
    progress: Progress
    config: config.Config
    cache: Cache | None
    done: Digests = field(default_factory=Digests)
    """Ids that have their outcome from an earlier run: those in a continued output, and of lines dropped there."""
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
        for endpoint in self._endpoints.values():
            with suppress(Exception):
                await endpoint.close()
        if self.cache:
            self.cache.close()


def run_stage(make: type[Stage[Any]], fields: dict[str, Any], options: RunOptions) -> int:
    """Run one stage to its end; the exit status of the command.

    0: all written. 1: some records failed, or the run stopped early. 2: wrong use or input. 130: interrupted.
    """
    progress = Progress(make.name, options.quiet)
    try:
        stage = _make(make, fields)
        return asyncio.run(_run(stage, options, progress))
    except UsageError as error:
        progress.say(f"{make.name}: {error}")
        return 2
    finally:
        progress.close()


def _make(make: type[Stage[Any]], fields: dict[str, Any]) -> Stage[Any]:
    try:
        return make.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = ".".join(str(part) for part in first["loc"]).replace("_", "-")
        message = first["msg"].removeprefix("Value error, ")
        raise UsageError(f"--{option}: {message[0].lower()}{message[1:]}" if option else message) from None


async def _run(stage: Stage[Any], options: RunOptions, progress: Progress) -> int:
    settings = config.load(options.config)
    stopping = Stopping(lambda words: progress.say(f"{stage.name}: {words}"))
    funnel = Funnel(stage.name, stage.unit, calls_models=stage.calls_models)
    stopping.listen(lambda: funnel.in_flight)
    if stage.calls_models and settings.made_up:
        progress.say(
            f"{stage.name}: NO ENDPOINT IS CONFIGURED: all text and scores are made up by the built-in rehearsal "
            f"endpoint. Set NVIDIA_API_KEY or OPENAI_BASE_URL, or write {config.LOCAL_FILE}"
        )
    cache = _open_cache(settings, stopping) if options.cache and stage.calls_models else None
    run = Run(options, funnel, stopping, progress, settings, cache)
    try:
        return await _drive(run, stage)
    except (Stop, RecordFailed) as error:
        progress.say(f"{stage.name}: {error}")
        return error.exit_code if isinstance(error, Stop) else 1
    except Interrupted:
        return stopping.exit_code or 1
    finally:
        await run.close()


async def _drive(run: Run, stage: Stage[Any]) -> int:
    """Open everything, run the engine, close everything."""
    options, funnel, stopping, progress = run.options, run.funnel, run.stopping, run.progress
    reader = LineReader(options.file) if isinstance(stage, LineStage) else None
    output = Output(options.output)
    _keep_apart(reader, output, options)
    await _open(stage, run)
    funnel.already = output.resume({"command": stage.name, **stage.settings()}, stage.known)
    run.done = output.done
    reject_path = options.rejects or (_beside(output.path) if output.is_file and output.path else None)
    reject_fd = (
        rejects.open_file(reject_path, stage.name, output.done if output.continued else None) if reject_path else None
    )
    if funnel.already:
        progress.say(f"{stage.name}: continuing {output.name}, which has {funnel.already:,} lines")

    def broken(name: str) -> Callable[[OSError], None]:
        def tell(error: OSError) -> None:
            if isinstance(error, BrokenPipeError):
                stopping.at_once()
            else:
                stopping.softly(f"cannot write {name}: {error.strerror}", 2)

        return tell

    data = Writer(output.fd, broken(output.name), lambda: progress.data_gate(output.fd))
    rejected = Writer(reject_fd, broken(reject_path or "")) if reject_fd is not None else None
    engine = Engine(stage, funnel, stopping, data, rejected, progress.say)
    _watch(run, reader, progress)
    gc.collect()
    gc.freeze()
    items: AsyncIterator[Any]
    if reader and isinstance(stage, LineStage):
        items = read_lines(reader, output.done, stage.unique_ids, funnel, engine.bad_line)
    else:
        items = stage.items()
    workers = 2 * options.concurrency + 8
    await engine.run(items, workers, options.in_order or stage.in_order)
    await data.close()
    if rejected:
        await rejected.close()
    output.flush()
    return _finish(run, stage, reject_path if rejected else None, data)


async def _open(stage: Stage[Any], run: Run) -> None:
    """Let the stage get ready; Ctrl-C ends that at once, as nothing is under way."""
    opening = asyncio.ensure_future(stage.open(run))

    def give_up() -> None:
        opening.cancel()

    run.stopping.on_change(give_up)
    try:
        await opening
    except asyncio.CancelledError:
        raise Interrupted from None


def _finish(run: Run, stage: Stage[Any], reject_path: str | None, data: Writer) -> int:
    """Say how it went; the exit status."""
    funnel, stopping, progress, options = run.funnel, run.stopping, run.progress, run.options
    words, code = ("", 0) if stopping.requested else stage.closing_words()
    progress.close()
    funnel.written -= data.lost
    funnel.unfinished += data.lost
    if stopping.message:
        again = ". Run the same command again to go on" if stopping.exit_code == 1 else ""
        progress.say(f"{stage.name}: {stopping.message}{again}")
    if words:
        progress.say(f"{stage.name}: {words}")
    if not options.quiet:
        progress.say(funnel.line())
        if reject_path and funnel.losses + funnel.trimmed.total():
            progress.say(f"{stage.name}: reasons in {reject_path}")
        elif funnel.failed or funnel.dropped or funnel.trimmed:
            progress.say(f"{stage.name}: what was left out is kept with --rejects FILE")
    if stopping.requested and not (data.closed_downstream and not stopping.exit_code):
        return stopping.exit_code or (1 if funnel.failed else 0)
    if funnel.invalid:
        return 2
    return code or (1 if funnel.failed else 0)


def _watch(run: Run, reader: LineReader | None, progress: Progress) -> None:
    """Start the progress line; a file's lines are counted beside the run."""
    progress.watch(run.status)
    progress.start()
    if reader and not run.options.quiet:

        def count() -> None:
            progress.total = reader.count()

        threading.Thread(target=count, name="counter", daemon=True).start()


def _open_cache(settings: config.Config, stopping: Stopping) -> Cache:
    path = os.environ.get("SDG_CACHE") or settings.cache.path
    return Cache(path, lambda message: stopping.softly(message, 2))


def _beside(path: str) -> str:
    """`out.jsonl` -> `out.rejects.jsonl`."""
    whole = Path(path)
    return str(whole.with_name(f"{whole.stem}.rejects{whole.suffix or '.jsonl'}"))


def _keep_apart(reader: LineReader | None, output: Output, options: RunOptions) -> None:
    """Input, output and rejects must be three files."""
    if reader and (same_file(reader.fd, f"/dev/fd/{output.fd}")):
        raise UsageError(f"{output.name} is the input as well: write to another file")
    if options.rejects and same_file(output.fd, options.rejects):
        raise UsageError(f"{options.rejects} is both the output and the rejects: choose two files")
    if options.rejects and reader and same_file(reader.fd, options.rejects):
        raise UsageError(f"{options.rejects} is both the input and the rejects: choose two files")
