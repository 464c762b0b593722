"""From a command line to a running stage and its exit status. The one place where a run is put together and ended.

Knows no particular stage. What a stage sees of its run is in run.py, what happens to each item in engine.py.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, redirect_stdout
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sdg.core import config, measured
from sdg.core.budget import Budget
from sdg.core.cache import Cache
from sdg.core.engine import Engine
from sdg.core.errors import Interrupted, RecordFailed, Stop, UsageError
from sdg.core.files import Files
from sdg.core.funnel import Funnel
from sdg.core.intake import Intake
from sdg.core.options import RunOptions
from sdg.core.progress import Progress
from sdg.core.run import Run
from sdg.core.stage import LineStage, Stage
from sdg.core.stopping import Stopping
from sdg.core.writer import Writer

if TYPE_CHECKING:
    from sdg.core.batch.passes import Batch


def run_stage(make: type[Stage[Any]], fields: dict[str, Any], options: RunOptions) -> int:
    """Run one stage to its end; the exit status of the command.

    0: all written. 1: some records failed, or the run stopped early. 2: wrong use or input. 130: interrupted.
    """
    progress = Progress(make.name, options.quiet)
    try:
        stage = _make(make, fields)
        with redirect_stdout(sys.stderr):  # what a user's own rule prints is talk; data goes to the descriptor
            return asyncio.run(_run(stage, options, progress))
    except UsageError as error:
        progress.say(f"{make.name}: {error}")
        return 2
    finally:
        progress.close()


def _make(make: type[Stage[Any]], fields: dict[str, Any]) -> Stage[Any]:
    for name, value in fields.items():
        if isinstance(value, str) and not value.isascii() and value != value.encode("utf-8", "replace").decode():
            raise UsageError(f"--{name.replace('_', '-')}: {value!r} is not UTF-8")
    try:
        return make.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = ".".join(str(part) for part in first["loc"]).replace("_", "-")
        message = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            raise UsageError(f"--{option} does not go with the other options given") from None
        raise UsageError(f"--{option}: {message[0].lower()}{message[1:]}" if option else message) from None


async def _run(stage: Stage[Any], options: RunOptions, progress: Progress) -> int:
    """Make what the run shares, drive the stage, let go of everything."""
    # A step that calls no model must not fail over what is written about models.
    settings = config.load(options.config) if stage.calls_models else config.Config({}, config.CacheConfig(), "none")
    if options.output and not options.batch and os.path.isdir(f"{options.output}.batch"):
        from sdg.core.batch.passes import refuse_paid

        refuse_paid(options.output)
    stopping = Stopping(lambda words: progress.say(f"{stage.name}: {words}"))
    funnel = Funnel(stage.name, stage.unit, calls_models=stage.calls_models)
    stopping.listen(lambda: funnel.flying)
    budget = Budget(funnel, stopping, options)
    budget.start()
    if stage.calls_models and settings.made_up:
        progress.say(
            f"{stage.name}: NO ENDPOINT IS CONFIGURED: all text and scores are made up by the built-in rehearsal "
            f"endpoint. Set NVIDIA_API_KEY or OPENAI_BASE_URL, or write {config.LOCAL_FILE}"
        )

    async def once(batch: Batch | None = None) -> int:
        usual = os.environ.get("SDG_CACHE") or settings.cache.path
        path = usual if stage.calls_models and options.cache else batch.cache_path if batch else ""
        cache = Cache(path, lambda message: stopping.softly(message, 2)) if path else None
        run = Run(options, funnel, stopping, progress, settings, cache, budget, batch)
        return await _drive(run, stage.model_copy(deep=True) if batch else stage)

    try:
        if options.batch:
            from sdg.core.batch.passes import passes

            return await passes(stage.models, options, settings, funnel, stopping, progress, once)
        return await once()
    except Stop as stop:
        progress.say(f"{stage.name}: {stop.whole}")
        return stop.exit_code
    except RecordFailed as failed:
        progress.say(f"{stage.name}: {failed}")
        return 1
    except Interrupted:
        return stopping.exit_code or 1


async def _drive(run: Run, stage: Stage[Any]) -> int:
    """Open the files, run the engine over the items, close the files; let go of everything."""
    try:
        files = Files(stage, run.options)
        try:
            return await _work(run, stage, files)
        finally:
            files.close()
    finally:
        await stage.close()
        await run.close()


async def _work(run: Run, stage: Stage[Any], files: Files) -> int:
    options, funnel = run.options, run.funnel
    await _open(stage, run)
    funnel.already = files.resume(stage) - funnel.written
    run.done, run.spool = files.done, files.spool
    if funnel.already:
        run.say(f"{stage.name}: continuing {files.name}, which has {funnel.already:,} lines")
    data = {part: Writer(o.fd, _told(run, o.name), _gate(run, o.fd)) for part, o in files.outputs.items()}
    rejected = None if files.reject_fd is None else Writer(files.reject_fd, _told(run, str(files.reject_path)))
    engine = Engine(stage, funnel, run.stopping, data, rejected, run.say)
    _watch(run, files, stage.expected)
    gc.freeze()  # what was imported stays: the collector need not look through it again and again
    items: AsyncIterator[Any]
    if isinstance(stage, LineStage):
        items = Intake(stage, files.done, funnel, engine.bad_line).items(files.readers)
    else:
        items = stage.items()
    # More workers than slots, so that waiting for a busy server does not leave slots empty; what calls no model mostly
    # never waits, and one worker then spares the turns.
    workers = options.concurrency * 3 // 2 + 8 if stage.calls_models else stage.workers
    await engine.run(items, workers, options.in_order or stage.in_order)
    further = run.batch is not None and run.batch.end_pass()
    if not further:
        run.budget.close()
    for writer in (*data.values(), rejected):
        if writer:
            await writer.close(given_up=lambda: run.stopping.now)
    for output in files.outputs.values():
        output.flush()
    if not run.batch:  # a batch tells nothing of how fast a server is
        measured.keep(run.cache, stage.measured_as, run.endpoints)
    await run.close()
    if further:
        return 0
    return await _finish(run, stage, files, sum(writer.lost for writer in data.values()))


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
    if run.batch:
        run.batch.collecting = True


def _gate(run: Run, fd: int) -> Callable[[], AbstractContextManager[object]]:
    return lambda: run.progress.data_gate(fd)


def _told(run: Run, name: str) -> Callable[[OSError], None]:
    """What happens when a file can't be written any more."""

    def broken(error: OSError) -> None:
        if isinstance(error, BrokenPipeError):
            if run.cache and run.funnel.in_flight:  # they are paid for, and the cache keeps what they bring
                run.stopping.softly(f"nobody reads any further: finishing {run.funnel.flying}", 0)
            else:
                run.stopping.at_once()
        else:
            run.stopping.softly(f"cannot write {name}: {error.strerror}", 2)

    return broken


def _watch(run: Run, files: Files, expected: int | None) -> None:
    """Start the progress line; a file's lines are counted beside the run."""
    progress, readers = run.progress, files.readers
    progress.total = expected
    progress.watch(run.status)
    progress.start()
    if readers and expected is None and not run.options.quiet:

        def count() -> None:
            counts = [reader.count() for reader in readers]
            progress.total = None if None in counts else sum(count or 0 for count in counts)

        threading.Thread(target=count, name="counter", daemon=True).start()


async def _finish(run: Run, stage: Stage[Any], files: Files, lost: int) -> int:
    """Let the stage put its output in place, say how it went; the exit status."""
    funnel, stopping, progress = run.funnel, run.stopping, run.progress
    words, code = ("", 0) if stopping.requested else stage.closing_words()
    funnel.written -= lost
    funnel.unfinished += lost
    progress.close()
    if not stopping.requested:
        try:
            last_words = await _last_step(run, stage, files.name)
        except Stop as stop:
            last_words, code = stop.whole, stop.exit_code
    else:
        last_words = f"stopped before the end, so {files.name} is left as it was" if files.spool else ""
    for sentence in (words, last_words):
        if sentence:
            progress.say(f"{stage.name}: {sentence}")
    if not run.options.quiet:
        progress.say(funnel.line(run.budget.words))
        left_out = funnel.losses + funnel.trimmed.total()
        if left_out and files.reject_path:
            progress.say(f"{stage.name}: reasons in {files.reject_path}")
        elif left_out:
            progress.say(f"{stage.name}: what was left out is kept with --rejects FILE")
    if stopping.exit_code:
        return stopping.exit_code
    if funnel.invalid:
        return 2
    return code or (1 if funnel.failed else 0)


async def _last_step(run: Run, stage: Stage[Any], name: str) -> str:
    """Beside the event loop, so that Ctrl-C is heard."""
    try:
        return await asyncio.to_thread(stage.finish, run)
    except OSError as error:
        raise UsageError(f"cannot write {error.filename or name}: {error.strerror}") from None
