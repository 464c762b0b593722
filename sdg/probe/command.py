"""`sdg probe`: asks every configured endpoint for its models, a one-token answer and a score, and says what works.

Meant to be run before anything is paid for. Reads and writes no records.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

from sdg.core import config
from sdg.core.answers import Answers
from sdg.core.endpoint import Endpoint
from sdg.core.errors import Interrupted, RecordFailed, Stop, UsageError
from sdg.core.funnel import Funnel
from sdg.core.pools import Pools
from sdg.core.rewards.auto import understand
from sdg.core.stopping import Stopping

_QUESTION = "Name one colour. Answer with one word."


def run_probe(path: str | None, concurrency: int) -> int:
    """Probe all configured models; 0 if each does what its role needs, else 1, or 2 for a bad configuration."""
    try:
        settings = config.load(path)
    except UsageError as error:
        sys.stderr.write(f"probe: {error}\n")
        return 2
    return asyncio.run(_probe(settings, concurrency))


async def _probe(settings: config.Config, concurrency: int) -> int:
    if settings.made_up:
        _tell("Nothing is configured, so the built-in rehearsal endpoint stands in: it makes everything up.")
        _tell(f"To use a model of yours, set NVIDIA_API_KEY or OPENAI_BASE_URL, or write {config.LOCAL_FILE}.\n")
    else:
        _tell(f"Configured by {settings.origin}.\n")
    works = True
    for table, model in settings.models.items():
        for url in model.base_urls:
            _tell(f"{table}: {model.model or '(no model named)'} at {url}")
            async for well, sentence in _findings(table, model.model_copy(update={"base_url": url}), concurrency):
                works = works and well
                _tell(f"  {'ok   ' if well else 'WRONG'} {sentence}")
    _tell("\nAll of this works." if works else "\nChange what is marked WRONG, then probe again.")
    return 0 if works else 1


async def _findings(table: str, model: config.Model, concurrency: int) -> AsyncIterator[tuple[bool, str]]:
    """(whether it works, a sentence) for each thing asked; a plain failure ends the list for this endpoint."""
    stopping = Stopping(lambda message: None)
    pools = Pools(concurrency, stopping, lambda message: None)
    try:
        endpoint = Endpoint(
            table,
            model.model_copy(update={"patience": min(model.patience, 3), "timeout": min(model.timeout, 30)}),
            sampling={},
            pools=pools,
            answers=Answers(None),
            funnel=Funnel("probe"),
            stopping=stopping,
            say=lambda message: None,
        )
        yield await _models(endpoint)
        await endpoint.find_model()
        yield await (_score(endpoint) if _is_reward(table, model) else _answer(endpoint))
    except UsageError as error:
        yield False, str(error)
    except RecordFailed as error:
        yield False, f"{error.reason}"
    except Stop as error:
        yield False, f"{error}. {_advice(str(error))}".strip()
    except Interrupted:
        yield False, "interrupted"
    finally:
        await pools.close()


def _is_reward(table: str, model: config.Model) -> bool:
    return table == "reward" or model.format not in ("auto", "genrm")


async def _models(endpoint: Endpoint) -> tuple[bool, str]:
    """Some servers list nothing, or list models that they do not run: only a hint, never a failure."""
    try:
        served = await endpoint.models()
    except (Stop, RecordFailed) as error:
        if "no answer for" in str(error) or "401" in str(error):
            raise
        return True, f"it lists no models ({error})"
    listed = ", ".join(served[:5]) + (f" and {len(served) - 5} more" if len(served) > 5 else "")
    if endpoint.model and endpoint.model not in served:
        return True, f"it lists {listed or 'no models'}: {endpoint.model} is not among them"
    return True, f"it lists {listed or 'no models'}"


async def _answer(endpoint: Endpoint) -> tuple[bool, str]:
    try:
        choice = await endpoint.ask(_QUESTION, max_tokens=1)
    except RecordFailed as failed:
        if failed.cause != "cut off in reasoning":
            raise
        return True, "it thinks before it answers: leave max_tokens large enough for both"
    counted = f"{choice.prompt_tokens} tokens in, {choice.completion_tokens} out"
    return True, f"it answers: {choice.text!r} ({counted}, finish_reason {choice.finish_reason or 'missing'})"


async def _score(endpoint: Endpoint) -> tuple[bool, str]:
    understood = await understand(endpoint)
    return True, f"it scores: {understood.sentence}"


def _advice(said: str) -> str:
    """What to change, by what the server said."""
    for mark, advice in (
        ("401", "Check the key in the variable that api_key_env names."),
        ("403", "The key is known but may not use this model."),
        ("410", "The model is retired: name its successor in `model`."),
        ("404", "Check `model` against the list above, and that base_url ends as the server wants it (often /v1)."),
        ("no connection", "Check base_url and that the server is running."),
    ):
        if mark in said:
            return advice
    return ""


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
